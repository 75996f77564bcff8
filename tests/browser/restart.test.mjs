// kill -9 of each program while pages are joined: no reload, the same list and floor, media back.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { participate } from '../support/browsers.mjs';
import { startRostrum } from '../support/rostrum.mjs';
import { stallsOf, watchStalls, without } from '../support/stalls.mjs';
import { TONES } from '../support/sound.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 240_000 };
const BACK_MS = 3000;
const TRIES = 5; // what a busy machine delays, it does not delay each time
let rostrum;
let chair;
let KEN;
const took = []; // ms from each restart of the SFU until media was back

before(async () => {
	rostrum = await startRostrum();
	[chair, KEN] = await Promise.all(['chair', 'KEN'].map((who) => participate(rostrum, who)));
	await chair.click('open-meeting');
	await KEN.click('floor-key');
	await chair.give('KEN');
	await chair.hears('KEN');
	for (const one of [chair, KEN]) await one.page.evaluate(() => (window.notReloaded = true));
}, LIMIT);
after(async () => {
	await Promise.all([chair, KEN].map((one) => one?.close()));
	await rostrum?.stop();
});

test('signaling killed: media never stops, pages come back with the same floor', LIMIT, async (t) => {
	const before = (await chair.view()).floor;
	// Its silences: a page that lost its media is silent until it has a new connection; a busy machine stalls a moment.
	await watchStalls(chair.page, KEN.page);
	const listening = chair.page.evaluate(async (hz) => {
		const silences = [];
		let silent = null; // since then
		const end = performance.now() + 6000;
		for (let now = performance.now(); now < end || silent !== null && now < end + 30_000; now = performance.now()) {
			if ((await window.probe.loudest([hz], 1))[hz] >= -45) {
				if (silent !== null) silences.push([silent, performance.now()].map((at) => performance.timeOrigin + at));
				silent = null;
			} else {
				silent ??= now;
			}
		}
		if (silent !== null) throw new Error('the tone stopped');
		return silences;
	}, TONES.KEN);
	await rostrum.kill('signaling');
	await until('the pages to be back', async () => (await chair.page.evaluate(() => window.rostrum.line())) === 'open' && (await KEN.page.evaluate(() => window.rostrum.line())) === 'open');
	const silences = await listening;
	const stalls = await stallsOf(chair.page, KEN.page);
	const silence = Math.max(0, ...silences.map(([from, to]) => without(stalls, from, to)));
	t.diagnostic(`measured: ${silence.toFixed(0)} ms without sound at most in 6 s around the kill`);
	assert.ok(silence < 1000, `the tone stopped for ${silence} ms`);
	for (const one of [chair, KEN]) {
		assert.deepEqual((await one.view()).floor, before);
		assert.equal((await one.counters()).connections, 1);
	}
	await chair.take();
	await until('commands to work', async () => !(await KEN.view()).floor?.holder);
	await KEN.click('floor-key');
	await chair.give('KEN');
	await chair.hears('KEN');
});

test('sfu killed: within 3 s of its restart media is back, by one new connection of the same layout', LIMIT, async (t) => {
	const slots = await chair.page.evaluate(() => window.rostrum.slots().map(({ mid, kind, feed, rank }) => ({ mid, kind, feed, rank })));
	do {
		const { started } = await rostrum.kill('sfu');
		await until('a new connection', async () => (await chair.counters()).connections === 2 + took.length, { limit: 60_000, every: 20 });
		await chair.hears('KEN');
		took.push(Date.now() - started);
	} while (took.length < TRIES && took.at(-1) > BACK_MS);
	t.diagnostic(`measured: media back ${took.join(', then ')} ms after the restart`);
	assert.ok(took.at(-1) <= BACK_MS, `${took} ms`);
	assert.deepEqual(await chair.page.evaluate(() => window.rostrum.slots().map(({ mid, kind, feed, rank }) => ({ mid, kind, feed, rank }))), slots);
	for (const one of [chair, KEN]) assert.equal(await one.page.evaluate(() => window.notReloaded), true);
	await until('the picture', async () => (await chair.picture('speaker'))?.who === 'KEN');
});

test('recorder killed: the pages notice nothing and recording goes on', LIMIT, async () => {
	await rostrum.kill('recorder');
	await chair.hears('KEN');
	await until('recording', async () => (await chair.view()).recording.state === 'recording');
	assert.equal((await chair.counters()).connections, 1 + took.length);
	for (const one of [chair, KEN]) assert.deepEqual(one.errors, []);
});
