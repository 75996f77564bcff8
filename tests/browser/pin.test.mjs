// A link and a PIN, as somebody who got both on paper uses them: in Arabic, on a telephone, with one wrong digit first.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import test, { after, before } from 'node:test';
import { launchChromium } from '../support/browsers.mjs';
import { startRostrum } from '../support/rostrum.mjs';

const LIMIT = { timeout: 90_000 };
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let rostrum;
let browser;

before(async () => {
	rostrum = await startRostrum();
	browser = await launchChromium('KEN');
}, LIMIT);
after(async () => {
	await browser?.close();
	await rostrum?.stop();
});

test('a PIN opens the place in the meeting, a wrong one says so', LIMIT, async () => {
	const issued = await rostrum.http('POST', '/api/v1/conferences/demo-conference/credentials', {
		token: rostrum.token('secretariat'), type: 'application/json', body: JSON.stringify({ badges: ['KEN'] }),
	});
	const [{ link, pin }] = issued.json.credentials;
	const page = await browser.newPage();
	await page.setViewport({ width: 360, height: 740 });
	await page.goto(link.replace('/#', '/?lang=ar#'));
	await page.waitForSelector('[data-testid="pin"]');
	assert.equal(await page.$eval('html', (html) => html.dir), 'rtl');

	await page.type('[data-testid="pin"]', String((Number(pin) + 1) % 1_000_000).padStart(6, '0'));
	await page.keyboard.press('Enter');
	await page.waitForFunction(() => document.querySelector('[role="alert"]').textContent.trim() !== '');
	assert.equal(await page.$eval('[data-testid="pin"]', (field) => field.getAttribute('aria-invalid')), 'true');
	assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'wider than the telephone');
	await page.evaluate(axe);
	const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] }));
	assert.deepEqual(violations.map(({ id }) => id), []);

	// The wrong one stands selected: what is typed takes its place, as an Arabic keyboard writes it.
	const arabic = [...pin].map((digit) => String.fromCodePoint(0x660 + Number(digit))).join('');
	await page.type('[data-testid="pin"]', arabic);
	await page.keyboard.press('Enter');
	await page.waitForSelector('[data-testid="join-name"]');
	assert.equal(new URL(page.url()).pathname, '/delegate');
	assert.match(await page.$eval('[data-testid="join-name"]', (name) => name.textContent), /Amina Odhiambo/);
});
