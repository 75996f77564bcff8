// A delegate in Firefox ESR among Chromium pages: hears, speaks, selects a language, keeps one connection.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { launchFirefox, participate, stopPulse } from '../support/browsers.mjs';
import { startRostrum } from '../support/rostrum.mjs';
import { TONES } from '../support/sound.mjs';
import { sleep, until } from '../support/wait.mjs';

const LIMIT = { timeout: 240_000 };
const SILENT = -60;
const ONE_NEGOTIATION = { connections: 1, offers: 1, answers: 1, iceRestarts: 0, local: 1, remote: 1 };
let rostrum;
let chair;
let KEN; // Firefox
let booth;

before(async () => {
	rostrum = await startRostrum();
	KEN = await participate(rostrum, 'KEN', { launch: launchFirefox });
	[chair, booth] = await Promise.all(['chair', 'fr-1'].map((who) => participate(rostrum, who)));
	await chair.click('open-meeting');
	await until('the session to be open', async () => (await KEN.view()).meeting.state === 'in-session');
}, LIMIT);
after(async () => {
	await Promise.all([chair, KEN, booth].map((one) => one?.close()));
	stopPulse();
	await rostrum?.stop();
});


test('Firefox without the floor is heard by nobody while it sends', LIMIT, async () => {
	const before = (await KEN.stats()).audioSent;
	const heard = [];
	await until('Firefox to send two seconds of sound', async () => {
		heard.push(...(await Promise.all([chair, booth].map((one) => one.loudest(3000)))));
		return (await KEN.stats()).audioSent > before + 100;
	});
	for (const levels of heard) assert.ok(levels[TONES.KEN] < SILENT, `${levels[TONES.KEN]} dB`);
});

test('Firefox asks, is given the floor, and is heard and seen', LIMIT, async () => {
	await KEN.click('floor-key');
	await chair.give('KEN');
	await Promise.all([chair, booth].map((one) => one.hears('KEN')));
	await until('a picture from Firefox', async () => (await chair.picture('speaker'))?.size[0] > 0);
	const seen = await chair.picture('speaker');
	await until('the picture to change, as Firefox’s fake camera does', async () => {
		const now = await chair.picture('speaker');
		return now && now.rgb.some((part, i) => Math.abs(part - seen.rgb[i]) > 8);
	});
	await chair.take();
	await until('a second of silence at the chair, once what was on its way is played', async () => (await chair.loudest(1000))[TONES.KEN] < SILENT);
	const levels = await chair.loudest(3000);
	assert.ok(levels[TONES.KEN] < SILENT, `${levels[TONES.KEN]} dB after the floor was taken`);
});

test('Firefox hears and sees the floor, and French when it selects French', LIMIT, async () => {
	await chair.click('chair-key');
	await KEN.hears('chair');
	await until('the chair’s picture', async () => (await KEN.picture('speaker'))?.who === 'chair');
	await booth.click('desk-key');
	await KEN.click('listen', '[data-channel="fr"]');
	await KEN.hearsAlone('fr-1', -45);
});

test('ten changes of language negotiate nothing and the delay does not creep', LIMIT, async (t) => {
	const delay = async () => {
		const [from, to] = [(await KEN.stats()).slots[0], (await sleep(3000), (await KEN.stats()).slots[0])];
		return (1000 * (to.jitterBufferDelay - from.jitterBufferDelay)) / (to.jitterBufferEmittedCount - from.jitterBufferEmittedCount);
	};
	// A growth must last to count, and come with each ten changes: a busy machine makes the buffer grow, too, and there is no
	// second Firefox beside this one whose source is not switched.
	let after = await delay();
	let before;
	for (let round = 0; round < 3 && !(after < before + 50); round += 1) {
		before = after;
		for (let i = 0; i < 10; i += 1) {
			await KEN.click('listen', `[data-channel="${i % 2 ? 'fr' : 'floor'}"]`);
			await KEN.hears(i % 2 ? 'fr-1' : 'chair');
		}
		after = await delay();
		for (let tries = 0; tries < 3 && after >= before + 50; tries += 1) after = await delay();
		t.diagnostic(`measured: jitter buffer ${before.toFixed(1)} ms before, ${after.toFixed(1)} ms after`);
	}
	assert.ok(after < before + 50, `${before} ms before, ${after} ms after`);
	assert.deepEqual(await KEN.counters(), ONE_NEGOTIATION);
	assert.deepEqual(KEN.errors, []);
});
