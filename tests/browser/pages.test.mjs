// Each page judged by axe-core, before joining and in the meeting, light and dark, wide and at 360 px.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import test, { after, before } from 'node:test';
import { launchChromium, Participant } from '../support/browsers.mjs';
import { startRostrum } from '../support/rostrum.mjs';

const LIMIT = { timeout: 90_000 };
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let rostrum;
let browser;

before(async () => {
	rostrum = await startRostrum();
	browser = await launchChromium('chair');
}, LIMIT);
after(async () => {
	await browser?.close();
	await rostrum?.stop();
});

async function violations(page) {
	await page.evaluate(axe);
	const result = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] }));
	return result.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
}

// Joined in the meeting room, and with the messages open: by address and press, what is beside the plain page.
const STATES = [
	{ who: 'KEN', query: '?companion', state: 'in the room' },
	{ who: 'KEN', query: '?lang=ru', state: 'in Russian', press: 'open-chat' },
	{ who: 'secretariat', query: '?lang=zh', state: 'in Chinese', press: 'open-chat' },
	{ who: 'FRA', query: '?lang=ar', state: 'in Arabic', press: 'open-chat' },
];

for (const { who, query, state, press } of STATES) {
	test(`the page of ${who} ${state} has no fault that axe-core finds`, LIMIT, async () => {
		const context = await browser.createBrowserContext();
		const page = await context.newPage();
		const participant = new Participant(who, browser, page);
		const [address, token] = rostrum.link(who).split('#');
		await page.goto(`${address}${query}#${token}`);
		await page.waitForSelector('[data-testid="join"]');
		assert.deepEqual(await violations(page), [], 'before joining');
		await page.click('[data-testid="join"]');
		await page.waitForSelector('[data-testid="page"] h1');
		if (press) {
			await page.click(`[data-testid="${press}"]`);
			await page.waitForSelector('[data-testid="chat"]');
		}
		for (const width of [1280, 360]) {
			await page.setViewport({ width, height: 740 });
			assert.deepEqual(await violations(page), [], `${width} px`);
			const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
			assert.ok(wide <= 0, `${wide} px wider than ${width}`);
		}
		assert.deepEqual(participant.errors, []);
		await context.close();
	});
}

for (const who of ['KEN', 'chair', 'fr-1', 'secretariat', 'viewer']) {
	test(`the page of ${who} has no fault that axe-core finds`, LIMIT, async () => {
		const context = await browser.createBrowserContext();
		const page = await context.newPage();
		const participant = new Participant(who, browser, page);
		const [address, token] = rostrum.link(who).split('#');
		await page.goto(`${address}#${token}`);
		await page.waitForSelector('[data-testid="join"]');
		assert.deepEqual(await violations(page), [], 'before joining');
		await page.click('[data-testid="join"]');
		await page.waitForSelector('[data-testid="page"] h1');
		for (const scheme of ['light', 'dark']) {
			await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
			assert.deepEqual(await violations(page), [], scheme);
		}
		await page.setViewport({ width: 360, height: 740 });
		assert.deepEqual(await violations(page), [], '360 px');
		const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
		assert.ok(wide <= 0, `${wide} px wider than 360`);
		assert.deepEqual(participant.errors, []);
		await context.close();
	});
}
