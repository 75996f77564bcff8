// A hybrid meeting: two rooms' boxes that play known chirps, and a chair and two delegates in Chromium. Everybody hears who has the floor and
// nobody else, each room never itself; what a room hears of its own chirp is told by correlation, however deep it lies.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { Participant, launchChromium } from '../support/browsers.mjs';
import { findChirp, readChannel, writeChirp } from '../support/chirp.mjs';
import { importRooms, roomToken, startBox } from '../support/rooms.mjs';
import { startRostrum } from '../support/rostrum.mjs';
import { RATE, TONES, levelAt } from '../support/sound.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 180_000 };
const MEETING = 'hybrid';
// Bands in which no delegate's tone lies, nor twice or three times one.
const SWEEPS = { 'room-1': { from: 2100, to: 2600 }, 'room-2': { from: 3200, to: 3700 } };
// Frequencies that tell a page who is heard.
const SIGNS = { FRA: TONES.FRA, KEN: TONES.KEN, 'room-1': 2350, 'room-2': 3450 };
const HEARD = -40; // a chirp is in a page's spectrum for a moment only
const HEARD_CHIRP = -20; // by correlation: a jitter buffer that plays a little faster or slower bends it
const SILENT = -60;
const ALONE = 3; // seconds that are looked at of each who has the floor
const pages = [];
const boxes = {};
let rostrum;
let chair;

const output = (id) => join(rostrum.state, `${id}-heard.wav`);
const heardIn = (id) => readChannel(output(id));

async function joinPage(who, role) {
	const browser = await launchChromium(who);
	const [page] = await browser.pages();
	const one = new Participant(who, browser, page);
	pages.push(one);
	await one.join(`${rostrum.link(role === 'chair' ? 'chair' : 'FRA').split('#')[0]}#${roomToken(rostrum, who, role, MEETING)}`, '', { camera: false, microphone: role === 'delegate' });
	return one;
}

before(async () => {
	rostrum = await startRostrum();
	importRooms(rostrum);
	[chair] = await Promise.all([joinPage('chair', 'chair'), joinPage('FRA', 'delegate'), joinPage('KEN', 'delegate')]);
	await chair.click('open-meeting');
	// Last: browsers that start take all there is of a small machine.
	for (const [id, sweep] of Object.entries(SWEEPS))
		boxes[id] = startBox(rostrum, id, 'room', {
			meeting: MEETING, microphones: [{ input: `file:${writeChirp(join(rostrum.state, `${id}.wav`), sweep)}`, loop: true }],
			'camera.input': 'gen:bars,width=320,height=180', 'camera.fps': 10, 'camera.bitrate': 300000, 'log.interval': 1, outputs: [{ output: `file:${output(id)}` }],
		});
	await until('the boxes in the meeting', async () => Object.keys(boxes).every((id) => /in the meeting/.test(boxes[id].log())), { limit: 60_000 });
}, LIMIT);
after(async () => {
	await Promise.all(pages.map((one) => one.close()));
	Object.values(boxes).forEach(({ child }) => child.kill());
	await Promise.all(Object.values(boxes).map(({ ended }) => ended));
	await rostrum?.stop();
});

// A page hears this one and, for two seconds, no other; nobody hears oneself.
function pageHears(page, holder) {
	return until(`${page.who} hears ${holder ?? 'nobody'} alone`, async () => {
		const levels = await page.page.evaluate((tones) => window.probe.loudest(tones, 2000), Object.values(SIGNS));
		const wrong = Object.entries(SIGNS).filter(([who, hz]) => (who === holder && who !== page.who ? levels[hz] < HEARD : levels[hz] > SILENT));
		if (wrong.length === 0) return true;
		throw new Error(JSON.stringify(levels));
	}, { limit: 60_000, every: 200 });
}

const level = { chirp: (samples, id) => Math.max(...findChirp(samples, SWEEPS[id]).map((one) => one.level)),
	tone: (samples, who) => {
		let most = -200;
		for (let at = 0; at + 8192 <= samples.length; at += 4096) most = Math.max(most, levelAt(samples, TONES[who], at));
		return most;
	} };

// The last seconds of what a room played: how loud each was in them.
function levelsIn(id) {
	const samples = heardIn(id).subarray(-ALONE * RATE);
	return Object.fromEntries(Object.keys(SIGNS).map((who) => [who, who in SWEEPS ? level.chirp(samples, who) : level.tone(samples, who)]));
}

function roomHears(id, holder) {
	return until(`${id} hears ${holder ?? 'nobody'} alone`, () => {
		const levels = levelsIn(id);
		const wrong = Object.keys(SIGNS).filter((who) => (who === holder && who !== id ? levels[who] < HEARD_CHIRP : levels[who] > SILENT));
		if (wrong.length === 0) return levels;
		throw new Error(JSON.stringify(levels));
	}, { limit: 60_000, every: 1000 });
}

for (const holder of ['room-1', 'FRA', 'room-2', 'KEN', null]) {
	test(`${holder ?? 'nobody'} has the floor, and everybody hears just that`, LIMIT, async () => {
		await (holder ? chair.give(holder) : chair.take());
		await Promise.all([...pages.map((page) => pageHears(page, holder)), ...Object.keys(boxes).map((id) => roomHears(id, holder))]);
	});
}

test('in all that time no room heard itself', LIMIT, () => {
	for (const id of Object.keys(boxes)) {
		const samples = heardIn(id);
		const own = level.chirp(samples, id);
		const other = level.chirp(samples, id === 'room-1' ? 'room-2' : 'room-1');
		console.log(`measured: ${id}: its own chirp at most at ${own.toFixed(1)} dB in ${(samples.length / RATE).toFixed(0)} s, the other room's at ${other.toFixed(1)} dB`);
		assert.ok(own < SILENT, `${id} heard itself: ${own} dB`);
		assert.ok(other > HEARD_CHIRP, `${id} did not hear the other: ${other} dB`);
	}
});

// Both boxes say when their first block was, on the one clock of this machine; a chirp begins each second of the file. Where the machine stood
// still for long, blocks were left out, and the clock of the files is another.
test('the way from one microphone to the other loudspeaker was measured, and nothing went wrong beside', LIMIT, (t) => {
	const first = (id) => Number(/first_block_us=(\d+)/.exec(boxes[id].log())[1]);
	const skipped = (id) => Number(boxes[id].log().match(/blocks_skipped=(\d+)/g)?.at(-1).split('=')[1]);
	for (const [id, other] of [['room-1', 'room-2'], ['room-2', 'room-1']]) {
		const delays = findChirp(heardIn(id), SWEEPS[other]).filter((one) => one.level > -6)
			.map(({ at }) => (((first(id) - first(other)) / 1000 + (at * 1000) / RATE) % 1000 + 1000) % 1000).sort((a, b) => a - b);
		if (delays.length > 0 && skipped(id) + skipped(other) === 0)
			console.log(`measured: ${other} to ${id}: ${delays.length} chirps, least ${delays[0].toFixed(1)}, median ${delays[delays.length >> 1].toFixed(1)}, most ${delays.at(-1).toFixed(1)} ms`);
		else t.diagnostic(`${other} to ${id}: the machine stood still, or no chirp was whole: how long it took cannot be told`);
	}
	for (const page of pages) assert.deepEqual(page.errors, [], page.who);
	assert.deepEqual(rostrum.faults(), []);
});
