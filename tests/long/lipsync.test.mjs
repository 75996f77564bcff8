// Lips and voice of a speaker at the far browser: EBU R37 allows sound 40 ms early to 60 ms late.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { launchChromium, participate, Participant } from '../support/browsers.mjs';
import { installMouth, median, watchLips } from '../support/lips.mjs';
import { startRostrum } from '../support/rostrum.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 150_000 };
let rostrum;
let chair;
let KEN;
let near; // what the measuring itself makes of a picture and a sound of one instant

async function withMouth(who) {
	const browser = await launchChromium(who);
	const [page] = await browser.pages();
	const participant = new Participant(who, browser, page);
	await page.evaluateOnNewDocument(installMouth);
	await participant.join(rostrum.link(who));
	return participant;
}

before(async () => {
	rostrum = await startRostrum();
	[chair, KEN] = await Promise.all([participate(rostrum, 'chair'), withMouth('KEN')]);
	await chair.click('open-meeting');
	await KEN.click('floor-key');
	await chair.give('KEN');
	await until('the speaker', () => chair.picture('speaker'), { limit: 20_000 });
}, LIMIT);
after(async () => {
	await Promise.all([chair, KEN].map((one) => one?.close()));
	await rostrum?.stop();
});

// Chromium moves a stream's delay by some 80 ms a second, so it is given time before it is judged.
async function skew(t, what, settle) {
	await new Promise((done) => setTimeout(done, settle));
	const { frames, tones, skews } = await chair.page.evaluate(watchLips, false, 21_000);
	const off = median(skews) - near;
	t.diagnostic(`measured: sound ${off.toFixed(0)} ms after the picture ${what} (${skews.length} pairs, ${frames} frames, ${tones} tones)`);
	assert.ok(skews.length >= 5, `${skews.length} pairs`);
	return off;
}

test('what the measuring adds by itself is known', LIMIT, async (t) => {
	const { skews } = await KEN.page.evaluate(watchLips, true, 13_000);
	assert.ok(skews.length >= 4, `${skews.length} pairs`);
	near = median(skews);
	t.diagnostic(`measured: ${near.toFixed(0)} ms at the mouth itself`);
	assert.ok(Math.abs(near) < 100, `${near} ms`);
});

test('voice and lips come together', LIMIT, async (t) => {
	const off = await skew(t, 'on a short line', 8000);
	assert.ok(off > -40 && off < 60, `${off} ms`);
});

test('they stay together when the sound is kept back by 300 ms', LIMIT, async (t) => {
	await chair.page.evaluate(() => {
		const { mid } = window.rostrum.slots().find((slot) => slot.feed === 'floor' && slot.rank === 0);
		window.rostrum.pc().getTransceivers().find((one) => one.mid === mid).receiver.jitterBufferTarget = 300;
	});
	const off = await skew(t, 'with a sound buffer of 300 ms', 15_000);
	assert.ok(off > -40 && off < 60, `${off} ms`);
});
