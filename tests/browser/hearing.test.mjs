// The protection of an interpreter's hearing, on the audio thread of a real browser: what is too loud is held without a click,
// in what a page renders by itself and in what comes from the floor.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { Participant, launchChromium, participate } from '../support/browsers.mjs';
import { installEars } from '../support/ears.mjs';
import { startRostrum } from '../support/rostrum.mjs';
import { RATE, TONES, levelAt } from '../support/sound.mjs';
import { sleep, until } from '../support/wait.mjs';

const LIMIT = { timeout: 240_000 };
const LOUD = 115; // dB SPL at full scale, as if the headset were very sensitive
const SOFT = 80; // as if turned down so far that nothing is too loud
const CEILING = 10 ** ((100 - LOUD) / 20) / Math.SQRT2; // the largest sample at 100 dB SPL
const HELD_DB = 94 - LOUD; // a tone of 94 dB SPL, below one of full scale
let rostrum;
let chair;
let KEN;
let desk; // fr-1

async function interpret() {
	const browser = await launchChromium('fr-1');
	const [page] = await browser.pages();
	await page.evaluateOnNewDocument(installEars);
	const participant = new Participant('fr-1', browser, page);
	await participant.join(rostrum.link('fr-1'));
	return participant;
}

before(async () => {
	rostrum = await startRostrum();
	[chair, KEN, desk] = await Promise.all([participate(rostrum, 'chair', { camera: false }), participate(rostrum, 'KEN', { camera: false }), interpret()]);
}, LIMIT);
after(async () => {
	await Promise.all([chair, KEN, desk].map((one) => one?.close()));
	await rostrum?.stop();
});

// Runs in the page: a soft tone into which a full-scale one breaks for a second, through the page's own limiter.
async function render(rate, hz, fullScale) {
	const context = new OfflineAudioContext(1, rate * 3, rate);
	await context.audioWorklet.addModule(window.ears.modules()[0]);
	const limiter = new AudioWorkletNode(context, 'rostrum-limiter', { channelCount: 1, channelCountMode: 'explicit', outputChannelCount: [1], processorOptions: { fullScale } });
	const input = context.createBuffer(1, rate * 3, rate);
	const samples = input.getChannelData(0);
	for (let i = 0; i < samples.length; i += 1) {
		const burst = Math.max(0, Math.min(1, (i / rate - 1) / 0.005, (2 - i / rate) / 0.005));
		samples[i] = (0.01 + 0.99 * burst) * Math.sin((2 * Math.PI * hz * i) / rate);
	}
	const source = new AudioBufferSourceNode(context, { buffer: input });
	source.connect(limiter).connect(context.destination);
	source.start();
	return [[...samples], [...(await context.startRendering()).getChannelData(0)]];
}

const largest = (samples) => samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);

test('a shriek that breaks in is held under the ceiling without a click', LIMIT, async (t) => {
	const [given, out] = await desk.page.evaluate(render, RATE, 1000, LOUD);
	assert.ok(largest(out) <= CEILING * 1.000001, `${largest(out)} of ${CEILING}`);
	const cut = given.map((sample) => Math.max(-CEILING, Math.min(CEILING, sample)));
	// Windows over the beginning and over the end of the shriek; what lies far from its tone is the click.
	for (const start of [0.93 * RATE, 1.93 * RATE]) {
		const clicks = [7000, 11_000, 15_000].map((hz) => levelAt(out, hz, start));
		t.diagnostic(`measured: ${clicks.map((level) => level.toFixed(0)).join(', ')} dB at 7, 11 and 15 kHz`);
		for (const level of clicks) assert.ok(level < -75, `${clicks}`);
	}
	assert.ok(levelAt(cut, 7000, 1.2 * RATE) > -60, 'what is merely cut off would be seen');
	assert.ok(Math.abs(levelAt(out, 1000, 1.6 * RATE) - HELD_DB) < 0.5, `held at ${levelAt(out, 1000, 1.6 * RATE)} dB`);
	assert.ok(Math.abs(levelAt(out, 1000, 0.5 * RATE) + 40) < 0.1, 'the soft tone before it is as it was');
	assert.ok(Math.abs(levelAt(out, 1000, 2.8 * RATE) + 40) < 0.5, 'and after it again');
});

const setScale = (db) => desk.page.$eval('[data-testid="full-scale"]', (field, value) => {
	field.value = value;
	field.dispatchEvent(new Event('change', { bubbles: true }));
}, String(db));
const heard = (ms) => desk.page.evaluate((tones, time) => window.ears.heard(tones, time), Object.values(TONES), ms);

test('what comes from the floor plays through the protection alone', LIMIT, async () => {
	await chair.click('open-meeting');
	await until('the session to be open', async () => (await KEN.view()).meeting.state === 'in-session');
	await chair.give('KEN');
	await desk.hears('KEN');
	await setScale(SOFT);
	await until('the page to say that nothing is held back', async () => (await desk.attribute('hearing', 'data-state')) === 'guarded');
	// The source at 0.7 is as loud as it came: a tone at half of full scale.
	const level = await until('the tone in the headset', async () => {
		const at = (await heard(500)).levels[TONES.KEN];
		return at > -12 && at;
	});
	assert.ok(Math.abs(level + 6) < 1.5, `${level} dB`);
});

test('too loud for this headset it is held at 94 dB SPL, the interpreter is warned, and turned down it is left alone', LIMIT, async (t) => {
	await setScale(LOUD);
	await until('the page to say so', async () => (await desk.attribute('hearing', 'data-state')) === 'limiting');
	await sleep(500);
	const { levels, peak } = await heard(3000);
	t.diagnostic(`measured: tone of 109 dB SPL held at ${(levels[TONES.KEN] + LOUD).toFixed(1)} dB SPL, largest sample ${((20 * Math.log10(peak * Math.SQRT2)) + LOUD).toFixed(1)} dB SPL`);
	assert.ok(Math.abs(levels[TONES.KEN] - HELD_DB) < 1, `${levels[TONES.KEN]} dB`);
	assert.ok(peak <= CEILING * 1.000001, `${peak} of ${CEILING}`);
	await until('the warning', () => desk.page.$('[data-testid="notice"]'));
	await setScale(SOFT);
	await until('the tone as it came', async () => Math.abs((await heard(500)).levels[TONES.KEN] + 6) < 1.5);
	assert.deepEqual(desk.errors, []);
});
