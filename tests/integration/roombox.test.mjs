// Two meeting rooms' boxes and an interpreter in one meeting: each room hears the other and never itself, French on an output channel of its own.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { publish } from '../support/clients.mjs';
import { Page } from '../support/page.mjs';
import { importRooms, roomToken, startBox } from '../support/rooms.mjs';
import { freePort, startRostrum } from '../support/rostrum.mjs';
import { RATE, TONES, levelAt } from '../support/sound.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 120_000 };
const HEAD = 44;
const ROOMS = { 'room-1': TONES.FRA, 'room-2': TONES.KEN };
const boxes = [];
let rostrum;
let health; // port of room-1

const tone = (hz) => [{ input: `gen:tone,hz=${hz},level=-12` }];
const output = (id) => join(rostrum.state, `${id}.wav`);

// The channels of what a box has played so far.
function played(id) {
	const data = existsSync(output(id)) ? readFileSync(output(id)).subarray(HEAD) : Buffer.alloc(0);
	const frames = Math.floor(data.length / 4);
	const channels = [new Float32Array(frames), new Float32Array(frames)];
	for (let i = 0; i < frames; i += 1)
		channels.forEach((samples, channel) => { samples[i] = data.readInt16LE(i * 4 + channel * 2) / 32768; });
	return { floor: channels[0], french: channels[1] };
}

// How loud a tone was in the last sixth of a second.
const lately = (samples, hz) => levelAt(samples, hz, Math.max(0, samples.length - RATE / 6));

const HEARD = -30;
const SILENT = -60;

// Windows of 8192 samples within which no tone of the others begins or ends, for that leaks into every frequency.
function steady(samples, others) {
	const found = [];
	const levels = (at) => others.map((hz) => Math.max(levelAt(samples, hz, at), SILENT));
	for (let at = 8192; at + 2 * 8192 <= samples.length; at += 8192) {
		const here = levels(at);
		const same = (other) => levels(other).every((level, i) => Math.abs(level - here[i]) < 1);
		if (same(at - 8192) && same(at + 8192)) found.push(at);
	}
	return found;
}

async function checkNeverItself(id) {
	const others = [...Object.values(ROOMS), TONES['fr-1']].filter((hz) => hz !== ROOMS[id]);
	for (const name of ['floor', 'french']) {
		const loudest = await until(`steady windows of ${id}'s ${name}`, () => {
			const samples = played(id)[name];
			const windows = steady(samples, others);
			return windows.length >= 4 && Math.max(...windows.map((at) => levelAt(samples, ROOMS[id], at)));
		}, { limit: 30_000, every: 500 });
		console.log(`measured: ${id} hears itself on ${name} at most at ${loudest.toFixed(1)} dB`);
		assert.ok(loudest < SILENT, `${id} heard itself on ${name}: ${loudest} dB`);
	}
}

const hearsOther = (id) => lately(played(id).floor, ROOMS[id === 'room-1' ? 'room-2' : 'room-1']) > HEARD;

// Until the other room has been heard, and `seconds` more have been played.
async function hearsFor(id, seconds) {
	await until(`${id} hears the other`, () => hearsOther(id), { limit: 60_000, every: 500 });
	const since = played(id).floor.length;
	await until(`${id} plays on`, () => played(id).floor.length > since + seconds * RATE && hearsOther(id), { limit: 60_000, every: 500 });
}

before(async () => {
	rostrum = await startRostrum();
	importRooms(rostrum);
}, LIMIT);

after(async () => {
	boxes.forEach(({ child }) => child.kill());
	await Promise.all(boxes.map(({ ended }) => ended));
	await rostrum?.stop();
});

test('each room hears the other and never itself', LIMIT, async () => {
	health = await freePort();
	for (const [id, hz] of Object.entries(ROOMS))
		boxes.push(startBox(rostrum, id, 'room', {
			microphones: tone(hz), 'camera.input': 'gen:bars,width=320,height=180', 'camera.fps': 10, 'camera.bitrate': 300000,
			...(id === 'room-1' && { 'health.listen': `127.0.0.1:${health}` }),
			outputs: [{ output: `file:${output(id)}`, channels: ['floor', 'fr'] }],
		}));
	for (const id of Object.keys(ROOMS)) await hearsFor(id, 3);
	for (const id of Object.keys(ROOMS)) await checkNeverItself(id);
});

test('a channel of interpretation has its own output channel', LIMIT, async () => {
	const hz = TONES['fr-1'];
	const chair = new Page(rostrum.base, roomToken(rostrum, 'chair', 'chair'));
	const interpreter = new Page(rostrum.base, roomToken(rostrum, 'fr-1', 'interpreter'));
	await chair.open();
	await interpreter.open();
	await chair.must('open-meeting', { override: true });
	const desk = publish(rostrum, 'fr-1', { token: roomToken(rostrum, 'fr-1', 'interpreter'), meeting: 'rooms', hz });
	await desk.connected();
	await until('the desk is live', async () => (await interpreter.command('go-live', { channel: 'fr' })).ok, { limit: 30_000, every: 500 });
	for (const id of Object.keys(ROOMS)) {
		await until(`${id} has French on its second output`, () => {
			const { floor, french } = played(id);
			return lately(french, hz) > HEARD && lately(floor, hz) < SILENT && lately(french, ROOMS['room-2']) < SILENT && lately(french, ROOMS['room-1']) < SILENT;
		}, { limit: 30_000, every: 500 });
		await until(`${id} hears the other beside it`, () => hearsOther(id), { limit: 30_000, every: 500 });
		await checkNeverItself(id);
	}
	chair.close();
	interpreter.close();
	await desk.stop();
});

test('a box tells how it is', LIMIT, async () => {
	const ask = (path) => fetch(`http://127.0.0.1:${health}${path}`);
	assert.equal((await ask('/healthz')).status, 200);
	assert.equal((await ask('/elsewhere')).status, 404);
	const metrics = await (await ask('/metrics')).text();
	assert.match(metrics, /^rostrum_box_joins_total 1$/m);
	assert.ok(Number(/^rostrum_box_heard_packets_total (\d+)$/m.exec(metrics)[1]) > 100, metrics);
	assert.match(metrics, /^rostrum_box_blocks_skipped_total \d+$/m);
});

test('a media server that was killed costs a moment', LIMIT, async () => {
	const joins = (id) => readFileSync(join(rostrum.state, 'log', `box-${id}.log`), 'utf8').match(/in the meeting/g)?.length;
	await rostrum.kill('sfu');
	for (const id of Object.keys(ROOMS)) {
		await until(`${id} is in the meeting again`, () => joins(id) === 2, { limit: 60_000, every: 200 });
		await hearsFor(id, 1);
	}
	for (const id of Object.keys(ROOMS)) await checkNeverItself(id);
});

test('a box that is told to stop ends well', LIMIT, async () => {
	boxes.forEach(({ child }) => child.kill('SIGTERM'));
	for (const { ended } of boxes) assert.equal(await ended, 0);
	assert.deepEqual(rostrum.faults(), []);
});
