// A link and a PIN, as somebody who got both on paper uses them: in Arabic, on a telephone, with one wrong digit first.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { launchChromium } from '../support/browsers.mjs';
import { build, root, startRostrum } from '../support/rostrum.mjs';
import { payloadOf } from '../support/token.mjs';

const LIMIT = { timeout: 240_000 };
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

async function issue(badge) {
	const issued = await rostrum.http('POST', '/api/v1/conferences/demo-conference/credentials', {
		token: rostrum.token('secretariat'), type: 'application/json', body: JSON.stringify({ badges: [badge] }),
	});
	return issued.json.credentials[0];
}

async function isClean(page) {
	assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'wider than the telephone');
	await page.evaluate(axe);
	const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] }));
	assert.deepEqual(violations.map(({ id }) => id), []);
}

test('a PIN opens the place in the meeting, a wrong one says so', LIMIT, async () => {
	const { link, pin } = await issue('KEN');
	const page = await browser.newPage();
	await page.setViewport({ width: 360, height: 740 });
	await page.goto(link.replace('/#', '/?lang=ar#'));
	await page.waitForSelector('[data-testid="pin"]');
	assert.equal(await page.$eval('html', (html) => html.dir), 'rtl');

	await page.type('[data-testid="pin"]', String((Number(pin) + 1) % 1_000_000).padStart(6, '0'));
	await page.keyboard.press('Enter');
	await page.waitForFunction(() => document.querySelector('[role="alert"]').textContent.trim() !== '');
	assert.equal(await page.$eval('[data-testid="pin"]', (field) => field.getAttribute('aria-invalid')), 'true');
	await isClean(page);

	// The wrong one stands selected: what is typed takes its place, as an Arabic keyboard writes it.
	const arabic = [...pin].map((digit) => String.fromCodePoint(0x660 + Number(digit))).join('');
	await page.type('[data-testid="pin"]', arabic);
	await page.keyboard.press('Enter');
	await page.waitForSelector('[data-testid="join-name"]');
	assert.equal(new URL(page.url()).pathname, '/delegate');
	assert.match(await page.$eval('[data-testid="join-name"]', (name) => name.textContent), /Amina Odhiambo/);
});

test('while the rehearsal is under way and the meeting is not, the PIN opens either', LIMIT, async () => {
	const made = spawnSync(join(build, 'tools/rostrumctl/rostrumctl'),
		['--base', rostrum.base, '--state', rostrum.state, 'rehearsal', 'create', join(root, 'conf/examples/demo.json')], { encoding: 'utf8' });
	assert.equal(made.status, 0, made.stderr);
	const { link, pin } = await issue('FRA');
	for (const [key, meeting] of [['to-rehearsal', 'demo-rehearsal'], ['to-meeting', 'demo']]) {
		const page = await browser.newPage();
		await page.setViewport({ width: 360, height: 740 });
		await page.goto(link);
		await page.type('[data-testid="pin"]', pin);
		await page.keyboard.press('Enter');
		await page.waitForSelector(`[data-testid="${key}"]`);
		await isClean(page);
		await page.click(`[data-testid="${key}"]`);
		await page.waitForSelector('[data-testid="join-name"]');
		assert.equal([payloadOf(new URL(page.url()).hash.slice(1)).meeting].flat()[0], meeting);
		await page.close();
	}
});
