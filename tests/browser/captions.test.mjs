// Captions on the real pages: a captioner writes, a delegate reads, a correction takes the place of its line, and the log has both.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launchChromium, Participant } from '../support/browsers.mjs';
import { startRostrum } from '../support/rostrum.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 180_000 };
const slot = (testid, rest = '') => `[data-testid="${testid}"]${rest}`;
let rostrum;
let browser;
let chair;
let KEN;
let writer;

async function enter(who, query = '') {
	const page = await (await browser.createBrowserContext()).newPage();
	const one = new Participant(who, browser, page);
	const link = who === 'caption-1' ? rostrum.links.captioners[who] : rostrum.link(who);
	await one.join(link, query, { camera: false, microphone: false });
	return one;
}

// What a page shows of the captions: finished lines, and what is being typed.
const shown = (one) => one.page.evaluate(() => ({
	lines: [...document.querySelectorAll('[data-testid="caption"]')].map(({ textContent }) => textContent),
	typing: document.querySelector('[data-testid="caption-live"]')?.textContent ?? '',
}));
const reads = (one, ...lines) => until(`${one.who} to read ${lines}`, async () => {
	const seen = await shown(one);
	return JSON.stringify(seen.lines) === JSON.stringify(lines) || assert.fail(JSON.stringify(seen));
}, { limit: 30_000, every: 50 });

before(async () => {
	rostrum = await startRostrum();
	browser = await launchChromium('KEN');
	chair = await enter('chair');
	KEN = await enter('KEN');
	writer = await enter('caption-1');
	await chair.click('open-meeting');
	await until('the session to be open', async () => (await writer.view()).meeting.state === 'in-session');
	await KEN.page.select(slot('captions-language'), 'en');
}, { timeout: 180_000 });
after(async () => {
	await browser?.close();
	await rostrum?.stop();
});

// From Enter to the line on a delegate's page, in ms.
const took = { typed: 0, lines: [] };
async function enterLine(text) {
	const line = KEN.page.waitForFunction((words) => [...document.querySelectorAll('[data-testid="caption"]')].some(({ textContent }) => textContent === words) && performance.timeOrigin + performance.now(), { polling: 'mutation' }, text);
	const pressed = Date.now();
	await writer.page.keyboard.press('Enter');
	took.lines.push((await (await line).jsonValue()) - pressed);
}

test('what is typed is read while it is typed, and the line after Enter', LIMIT, async () => {
	const began = Date.now();
	await writer.page.type(slot('caption-text'), 'Thank you, Madam');
	await until('words to come', async () => (await shown(KEN)).typing.startsWith('Thank'), { every: 50 });
	const typed = Date.now() - began;
	await writer.page.type(slot('caption-text'), ' Chair. Kenia has');
	took.typed = typed;
	await enterLine('Thank you, Madam Chair. Kenia has');
	await reads(KEN, 'Thank you, Madam Chair. Kenia has');
	assert.equal((await shown(KEN)).typing, '');
});

test('an earlier line is corrected with the arrow, names are completed, and readers see the last', LIMIT, async () => {
	await writer.page.type(slot('caption-text'), 'We thank bra');
	await writer.page.keyboard.press('Tab');
	await enterLine('We thank Brazil');
	await reads(KEN, 'Thank you, Madam Chair. Kenia has', 'We thank Brazil');
	await writer.page.keyboard.press('ArrowUp');
	await writer.page.keyboard.press('ArrowUp');
	await writer.page.waitForSelector(slot('caption-text', '[data-correcting="1"]'));
	for (let i = 0; i < 'Kenia has'.length; i += 1) await writer.page.keyboard.press('Backspace');
	await writer.page.type(slot('caption-text'), 'Kenya has the floor.');
	await enterLine('Thank you, Madam Chair. Kenya has the floor.');
	await reads(KEN, 'Thank you, Madam Chair. Kenya has the floor.', 'We thank Brazil');
});

test('a line is read a moment after Enter', LIMIT, (t) => {
	const { typed, lines } = took;
	t.diagnostic(`measured: from Enter to the line on a delegate's page ${lines.map((ms) => ms.toFixed(0)).join(', ')} ms`);
	// What a busy machine delays, it does not delay each time.
	assert.ok(Math.min(...lines) < Math.max(1000, typed), `${lines} ms; what was typed came after ${typed} ms`);
});

test('the log has the line and its correction, and nothing of what was typed between', LIMIT, async () => {
	const { body } = await rostrum.http('GET', '/api/v1/meetings/demo/events?after=0', { token: rostrum.token('secretariat') });
	const { events } = JSON.parse(body);
	const captions = events.filter(({ name }) => name === 'caption');
	assert.deepEqual(captions.map(({ by, data: { language, line, text } }) => [by, language, line, text]), [
		['caption-1', 'en', 1, 'Thank you, Madam Chair. Kenia has'],
		['caption-1', 'en', 2, 'We thank Brazil'],
		['caption-1', 'en', 1, 'Thank you, Madam Chair. Kenya has the floor.'],
	]);
	const [first, , corrected] = captions.map(({ data }) => data);
	assert.ok(first.from_ms < first.to_ms, 'it began with its first key');
	assert.deepEqual([corrected.from_ms, corrected.to_ms], [first.from_ms, first.to_ms]);
	assert.ok(!events.some(({ name }) => name === 'caption-live'));
});

test('whoever reads them not is told only lines; who comes late sees the last ones, the hall too', LIMIT, async () => {
	assert.deepEqual(await shown(chair), { lines: [], typing: '' });
	const late = await enter('FRA', '&lang=ar');
	await late.page.select(slot('captions-language'), 'en');
	await reads(late, 'Thank you, Madam Chair. Kenya has the floor.', 'We thank Brazil');
	assert.equal(await late.page.$eval(`${slot('captions')} [aria-live]`, (element) => element.getAttribute('aria-live')), 'off');
	const hall = await (await browser.createBrowserContext()).newPage();
	await hall.goto(`${rostrum.base}/hall?captions=en#${rostrum.token('viewer')}`, { waitUntil: 'load' });
	await hall.waitForSelector(slot('caption', '[data-line="2"]'));
	for (const one of [chair, KEN, writer, late]) assert.deepEqual(one.errors, []);
});
