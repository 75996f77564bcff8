// A camera that nobody sees sends its smallest layer alone; who is next on the list sends all of them before the gavel, so that the picture is full at once.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { participate } from '../support/browsers.mjs';
import { startRostrum } from '../support/rostrum.mjs';
import { sleep, until } from '../support/wait.mjs';

const LIMIT = { timeout: 240_000 };
const CAMERA = ['1280x720', 15]; // Chromium makes three layers of no smaller picture
const LAYERS = ['q', 'h', 'f'];
const COUNT_MS = 3000;
let rostrum;
let chair;
let KEN;
let FRA;
let all;

before(async () => {
	rostrum = await startRostrum();
	const camera = join(rostrum.state, 'camera.y4m');
	const [size, rate] = CAMERA;
	assert.equal(spawnSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${rate}`, '-t', '2', '-pix_fmt', 'yuv420p', camera]).status, 0);
	all = await Promise.all([participate(rostrum, 'chair', { camera: false }), participate(rostrum, 'KEN', { camera }), participate(rostrum, 'FRA', { camera: false })]);
	[chair, KEN, FRA] = all;
	await chair.click('open-meeting');
	await until('the session to be open', async () => (await KEN.view()).meeting.state === 'in-session');
}, LIMIT);
after(async () => {
	await Promise.all((all ?? []).map((one) => one.close()));
	await rostrum?.stop();
});

// By rid, what the camera has sent so far, and octets of all that the page sent.
const sent = (one) => one.page.evaluate(async () => {
	const found = { layers: {}, octets: 0 };
	for (const stats of (await window.rostrum.pc().getStats()).values()) {
		if (stats.type === 'outbound-rtp' && stats.rid) found.layers[stats.rid] = { active: stats.active, frames: stats.framesSent ?? 0, height: stats.frameHeight };
		if (stats.type === 'transport') found.octets += stats.bytesSent;
	}
	return found;
});

// Pictures sent of each layer within some time, and kbit/s.
async function sends(one) {
	const [from, at] = [await sent(one), Date.now()];
	await sleep(COUNT_MS);
	const to = await sent(one);
	const kbps = (8 * (to.octets - from.octets)) / (Date.now() - at);
	return { frames: LAYERS.map((rid) => to.layers[rid].frames - from.layers[rid].frames), active: LAYERS.map((rid) => to.layers[rid].active), kbps };
}

const resting = (one) => until(`${one.who}'s larger layers to rest`, async () => {
	const { frames, active } = await sends(one);
	return frames[0] > 0 && frames[1] === 0 && frames[2] === 0 && active.join() === 'true,false,false';
}, { limit: 60_000 });
// On a busy machine Chromium leaves the largest out by itself.
const awake = (one) => until(`${one.who} to send larger layers`, async () => {
	const { frames, active } = await sends(one);
	return frames[0] > 0 && frames[1] > 0 && active.every(Boolean);
}, { limit: 60_000 });

// From now on: when this page hears that KEN has the floor, and each picture it shows of the speaker, [ms, lines].
const look = (one) => one.page.evaluate(() => {
	const video = document.querySelector('video[data-testid="picture-speaker"]');
	const looked = (window.looked = { given: 0, pictures: [] });
	const frame = (now, { height }) => {
		if (window.looked !== looked) return;
		looked.pictures.push([now, height]);
		video.requestVideoFrameCallback(frame);
	};
	video.requestVideoFrameCallback(frame);
	const timer = setInterval(() => {
		if (window.rostrum.view().floor?.holder !== 'KEN') return;
		looked.given = performance.now();
		clearInterval(timer);
	}, 5);
});

// The floor to KEN: ms from when FRA's page knows it to the first picture, and to the first of full size.
async function gavel() {
	await look(FRA);
	const large = (height) => height > 1.5 * smallest; // what fills the place on FRA's page: 360 lines of a camera of 720, or what a busy machine has left of it
	const smallest = (await sent(KEN)).layers.q.height;
	await chair.give('KEN');
	const { given, pictures } = await until('the whole picture at FRA', async () => {
		const looked = await FRA.page.evaluate(() => window.looked);
		return looked.given > 0 && looked.pictures.some(([, height]) => large(height)) && looked;
	}, { limit: 60_000, every: 20 });
	const [first] = pictures;
	const [whole] = pictures.find(([, height]) => large(height));
	return { first: Math.round(first[0] - given), lines: first[1], full: Math.round(whole - given) };
}

test('a camera that waits sends its smallest layer alone, and all of them once it is seen', LIMIT, async (t) => {
	await resting(KEN);
	const waiting = await sends(KEN);
	const cold = await gavel();
	await awake(KEN);
	await sleep(5000); // Chromium finds out what its line carries
	const speaking = await until('all layers', async () => {
		const now = await sends(KEN);
		return now.active.every(Boolean) && now;
	}, { limit: 60_000 });
	await chair.take();
	await resting(KEN);
	t.diagnostic(`measured: a delegate's uplink: ${waiting.kbps.toFixed(0)} kbit/s while waiting, ${speaking.kbps.toFixed(0)} kbit/s with the floor (camera of ${CAMERA[0]}, ${CAMERA[1]} pictures a second); ` +
		`gavel to the first picture ${cold.first} ms (${cold.lines} lines), to the full size ${cold.full} ms`);
	assert.ok(waiting.kbps < speaking.kbps / 2, `${waiting.kbps} kbit/s`);
});

test('who is next on the list is warm before the gavel', LIMIT, async (t) => {
	await resting(KEN);
	await KEN.click('floor-key');
	await until('KEN on the list', async () => (await chair.view()).list.length === 1);
	await awake(KEN); // though nobody sees it
	await sleep(5000);
	const warm = await gavel();
	t.diagnostic(`measured: warm: gavel to the first picture ${warm.first} ms (${warm.lines} lines), to the full size ${warm.full} ms`);
	await chair.take();
	await resting(KEN);
});

test('a page that cannot be told sends everything, and rests again when it is told', LIMIT, async () => {
	await resting(KEN);
	await KEN.page.evaluate(() => {
		const { sender } = window.rostrum.pc().getTransceivers()[1];
		const timer = setInterval(() => {
			window.woke = sender.getParameters().encodings.every(({ active }) => active);
			if (window.woke) clearInterval(timer);
		}, 5);
	});
	await rostrum.kill('signaling');
	await until('KEN to send everything', () => KEN.page.evaluate(() => window.woke));
	await resting(KEN);
});
