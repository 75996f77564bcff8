// A listener, heard where the sound leaves the page: the original softly underneath, another language at a press of a key, and
// the floor itself while one understands what is spoken there.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { Participant, launchChromium, participate } from '../support/browsers.mjs';
import { installEars } from '../support/ears.mjs';
import { join } from '../support/page.mjs';
import { startRostrum } from '../support/rostrum.mjs';
import { TONES } from '../support/sound.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 240_000 };
const AWAY = -45; // of one tone while another is heard: a decoder that stretches time spreads a loud one a little
const BUFFER_MS = 80; // what a decoder keeps for a good line
const SWITCH_MS = 500; // a regression, on a machine that four browsers share; to be aimed at are 300
let rostrum;
let secretariat;
let chair;
let KEN; // speaks
let booth; // fr-1
let FRA; // listens
let all;

async function listen() {
	const browser = await launchChromium('FRA');
	const [page] = await browser.pages();
	await page.evaluateOnNewDocument(installEars);
	const participant = new Participant('FRA', browser, page);
	await participant.join(rostrum.link('FRA'));
	return participant;
}

const heard = (ms = 500) => FRA.page.evaluate((tones, time) => window.ears.heard(tones, time), Object.values(TONES), ms).then(({ levels }) => levels);
const chain = async () => [await FRA.attribute('chain', 'data-chain'), await FRA.attribute('chain', 'data-instead')];
const spoken = (language) => secretariat.must('set-floor-language', { language });

// Until only one of the two is heard; of the other, what the jitter buffer still held is played.
const hearsOnly = (who, other) => until(`${who} and not ${other}`, async () => {
	const levels = await heard(400);
	return levels[TONES[who]] > -12 && levels[TONES[other]] < AWAY;
});

before(async () => {
	rostrum = await startRostrum();
	secretariat = await join(rostrum, 'secretariat');
	all = await Promise.all([...['chair', 'KEN', 'fr-1'].map((who) => participate(rostrum, who, { camera: false })), listen()]);
	[chair, KEN, booth, FRA] = all;
	await chair.click('open-meeting');
	await until('the session to be open', async () => (await KEN.view()).meeting.state === 'in-session');
	await chair.give('KEN');
	await spoken('en');
	await booth.click('desk-key');
	await until('the desk to be live', async () => (await FRA.view()).channels.fr.desk === 'fr-1');
}, LIMIT);
after(async () => {
	secretariat?.close();
	await Promise.all((all ?? []).map((one) => one.close()));
	await rostrum?.stop();
});

test('a language is heard alone, and the page says where it comes from', LIMIT, async () => {
	await FRA.click('listen', '[data-channel="fr"]');
	await hearsOnly('fr-1', 'KEN');
	assert.deepEqual(await chain(), ['floor fr', '']);
});

test('the original lies underneath as loud as it was chosen, and not when it was not', LIMIT, async (t) => {
	await FRA.click('underneath');
	await FRA.page.waitForSelector('[data-testid="underneath-level"]');
	for (const [level, below] of [[45, 14], [71, 6]]) {
		await FRA.page.$eval('[data-testid="underneath-level"]', (slider, value) => {
			slider.value = value;
			slider.dispatchEvent(new Event('input', { bubbles: true }));
		}, String(level));
		const apart = await until(`the original ${below} dB below`, async () => {
			const levels = await heard(1000);
			const difference = levels[TONES['fr-1']] - levels[TONES.KEN];
			return Math.abs(difference - below) < 1.5 && levels[TONES['fr-1']] > -12 && difference;
		});
		t.diagnostic(`measured: the original ${apart.toFixed(1)} dB below the interpreter at ${level} %`);
	}
	await FRA.click('underneath');
	await hearsOnly('fr-1', 'KEN');
});

test('another language is heard soon after the key, and nothing is negotiated', LIMIT, async (t) => {
	const channels = Object.keys((await FRA.view()).channels);
	const keys = [['0', 'KEN', 'fr-1'], [String(channels.indexOf('fr') + 1), 'fr-1', 'KEN']];
	const measured = [];
	for (let i = 0; i < 8; i += 1) {
		const [key, who, other] = keys[i % 2];
		const presses = await FRA.page.evaluate(() => window.ears.presses());
		const seen = FRA.page.evaluate((before, hz) => window.ears.sinceKey(before, hz, -20, 5000), presses, TONES[who]);
		await FRA.press(key);
		measured.push(await seen);
		await hearsOnly(who, other);
	}
	const { jitterBufferDelay, jitterBufferEmittedCount } = (await FRA.stats()).slots[0];
	const buffered = (1000 * jitterBufferDelay) / jitterBufferEmittedCount;
	t.diagnostic(`measured: key to new sound ${measured.map((ms) => ms.toFixed(0)).join(', ')} ms, of which the jitter buffer ${buffered.toFixed(0)} ms`);
	// The middle of eight: a busy machine stalls a browser now and then. A buffer that has grown because of it is no part of the switch.
	assert.ok([...measured].sort((a, b) => a - b)[4] <= SWITCH_MS + Math.max(0, buffered - BUFFER_MS), `${measured}`);
	assert.deepEqual(await FRA.counters(), { connections: 1, offers: 1, answers: 1, iceRestarts: 0, local: 1, remote: 1 });
});

test('the floor itself is heard while one understands it, and the booth when another language is spoken', LIMIT, async () => {
	await FRA.page.$eval('[data-testid="understands"][data-language="en"]', (box) => box.click());
	await hearsOnly('KEN', 'fr-1');
	assert.deepEqual(await chain(), ['floor', 'understood']);
	await spoken('es');
	await hearsOnly('fr-1', 'KEN');
	assert.deepEqual(await chain(), ['floor fr', '']);
	await spoken('en');
	await hearsOnly('KEN', 'fr-1');
});

test('a channel in whose language the floor speaks carries it', LIMIT, async () => {
	await FRA.page.$eval('[data-testid="understands"][data-language="en"]', (box) => box.click());
	await hearsOnly('fr-1', 'KEN');
	await spoken('fr');
	await hearsOnly('KEN', 'fr-1');
	assert.deepEqual(await chain(), ['floor', 'spoken']);
	for (const one of all) assert.deepEqual(one.errors, [], one.who);
});
