// Each page judged by axe-core, before joining and in the meeting, light and dark, wide and at 360 px; the hall's screen also while a statement is too long.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import test, { after, before } from 'node:test';
import { launchChromium, Participant } from '../support/browsers.mjs';
import { join } from '../support/page.mjs';
import { startRostrum } from '../support/rostrum.mjs';

const LIMIT = { timeout: 240_000 };
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

for (const who of ['KEN', 'chair', 'fr-1', 'secretariat', 'technician', 'viewer']) {
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

test('the screen of the hall has no fault that axe-core finds, with a clock in time and over time', LIMIT, async () => {
	const [chair, KEN] = await Promise.all(['chair', 'KEN'].map((who) => join(rostrum, who)));
	const context = await browser.createBrowserContext();
	const page = await context.newPage();
	const participant = new Participant('viewer', browser, page);
	try {
		await page.goto(`${rostrum.base}/hall?lang=ar#${rostrum.token('viewer')}`);
		await page.waitForSelector('[data-testid="nobody"]');
		await chair.must('open-meeting');
		for (const { seconds, state } of [{ seconds: 600, state: 'running' }, { seconds: 1, state: 'over' }]) {
			await chair.must('set-limit', { seconds });
			await KEN.must('ask-for-floor');
			await chair.must('give-floor', { entry: await chair.sees('the entry', (view) => view.list[0]?.entry) });
			await page.waitForSelector(`[data-testid="speaking-time"][data-state="${state}"]`);
			for (const width of [1920, 1024, 360]) {
				await page.setViewport({ width, height: width === 360 ? 740 : Math.round((width * 3) / 4) });
				assert.deepEqual(await violations(page), [], `${state}, ${width} px`);
				const seen = await page.evaluate(() => ({
					dir: document.documentElement.dir,
					wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
					clock: document.querySelector('[data-testid="speaking-time"] .figures').getBoundingClientRect().toJSON(),
					height: innerHeight,
				}));
				assert.equal(seen.dir, 'rtl');
				assert.ok(seen.wide <= 0, `${seen.wide} px wider than ${width}`);
				assert.ok(seen.clock.top >= 0 && seen.clock.bottom <= seen.height && seen.clock.width > 0, `the clock is in sight: ${JSON.stringify(seen)}`);
			}
		}
		assert.match(await participant.text('speaking-time'), /\+\d\d:\d\d/);
		assert.deepEqual(participant.errors, []);
	} finally {
		chair.close();
		KEN.close();
		await context.close();
	}
});
