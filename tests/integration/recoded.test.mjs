// Speakers whose browsers send VP9, H.264 and AV1, one after the other: what is written on their pictures is read again in the programme, in
// the one that is made from the archive, and in the webcast. The recorder, rostrum-webcast and all coders are real.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { afterEach } from 'node:test';
import { events, faultsOf, lastPacketSeconds, madeAgain, programmes } from '../support/archive.mjs';
import { see, writePicture } from '../support/marks.mjs';
import { Rig, endRigs } from '../support/recorder.mjs';
import { newState } from '../support/rostrum.mjs';
import { until as waitUntil } from '../support/wait.mjs';
import { Webcast, endWebcasts } from '../support/webcast.mjs';

const LIMIT = { timeout: 300_000 };
const PICTURES = 24;
const KEY_EVERY = 12;
const SIZE = [160, 90];
const SETS = ['webcast.segment_ms=1000', 'webcast.window=30', 'webcast.video.width=320', 'webcast.video.height=180', 'webcast.video.bitrate=400000'];
const until = (what, check) => waitUntil(what, check, { limit: 60_000 });

const hogs = [];

afterEach(() => {
	for (const hog of hogs.splice(0)) hog.kill('SIGKILL');
	endWebcasts();
	endRigs();
});

function ffmpeg(...args) {
	const ran = spawnSync('ffmpeg', ['-v', 'error', '-y', ...args], { encoding: 'utf8' });
	assert.equal(ran.status, 0, ran.stderr);
}

// Access units into IVF, as tests/support/clip.h reads it.
function ivf(units) {
	const head = Buffer.alloc(32);
	head.write('DKIF\0\0\x20\0H264', 'latin1');
	return Buffer.concat([head, ...units.flatMap((unit) => {
		const length = Buffer.alloc(12);
		length.writeUInt32LE(unit.length);
		return [length, unit];
	})]);
}

// The clips of tests/support/clips, with numbers on them.
function numberedClips() {
	const root = newState();
	const clips = join(root, 'tests/support/clips');
	mkdirSync(clips, { recursive: true });
	const raw = join(root, 'raw.y4m');
	writePicture(raw, { size: SIZE, fps: 25, pictures: PICTURES });
	const common = ['-i', raw, '-pix_fmt', 'yuv420p', '-g', String(KEY_EVERY), '-keyint_min', String(KEY_EVERY)];
	ffmpeg(...common, '-c:v', 'libvpx-vp9', '-b:v', '200k', '-deadline', 'realtime', '-cpu-used', '8', '-lag-in-frames', '0', join(clips, 'vp9.ivf'));
	ffmpeg(...common, '-c:v', 'libaom-av1', '-usage', 'realtime', '-cpu-used', '8', '-b:v', '200k', '-lag-in-frames', '0', join(clips, 'av1.ivf'));
	const h264 = join(root, 'raw.h264');
	ffmpeg(...common, '-c:v', 'libx264', '-preset', 'veryfast', '-tune', 'zerolatency', '-crf', '30', '-x264-params', `aud=1:scenecut=0`, h264);
	const octets = readFileSync(h264);
	const starts = [];
	for (let at = octets.indexOf('0000000109', 0, 'hex'); at >= 0; at = octets.indexOf('0000000109', at + 5, 'hex')) starts.push(at);
	assert.equal(starts.length, PICTURES);
	writeFileSync(join(clips, 'h264.ivf'), ivf(starts.map((at, i) => octets.subarray(at, starts[i + 1] ?? octets.length))));
	return root;
}

// Whose pictures stand in a list, by what events.jsonl says: { HUN: [{ number, at }], … }.
function bySpeaker(directory, pictures) {
	const shows = events(directory).filter(({ type }) => type === 'show').map(({ payload }) => payload);
	const speakers = {};
	shows.forEach(({ source, t_ms }, i) => {
		const ends = shows[i + 1]?.t_ms ?? Infinity;
		if (source !== 'NOBODY') speakers[source] = pictures.filter(({ at }) => at * 1000 >= t_ms && at * 1000 < ends);
	});
	return speakers;
}

test('who sends VP9, H.264 or AV1 is seen in programme and webcast', LIMIT, async () => {
	const rig = new Rig();
	rig.start();
	await rig.says({ type: 'recording', state: 'recording' });
	rig.tell('floor');
	rig.tell(`clips ${numberedClips()}`);
	const webcast = new Webcast(rig.archive, rig.state).start(...SETS);
	await until('the program', () => /ready/.test(webcast.log));
	rig.tell('event webcast {"on":true}');

	// What each has sent is waited for in the file of the camera.
	const track = (name) => join(rig.directory, 'data/tracks', readdirSync(join(rig.directory, 'data/tracks')).find((file) => file.startsWith(`${name}.001.v.`) && !file.endsWith('.jsonl')) ?? 'none');
	const size = (name) => statSync(track(name), { throwIfNoEntry: false })?.size ?? 0;
	for (const name of ['HUN', 'AUT', 'CHE']) {
		await until(`pictures of ${name}`, () => size(name) > 0);
		const before = size(name);
		rig.tell(`show ${name}`);
		await until(`more of ${name}`, () => size(name) > before + 60_000);
	}
	rig.tell('show NOBODY');
	const shown = await until('the last to have been shown', () => events(rig.directory).find(({ type, payload }) => type === 'show' && payload.source === 'NOBODY')?.payload);
	await until('the webcast to come to it', () => (webcast.playlist('v').segments.at(-1)?.number ?? 0) * 1000 > webcast.live.started_ms + shown.t_ms + 1000);
	rig.tell('record off');
	await rig.says({ type: 'archived', sealed: true });
	await until('the end of the webcast', () => webcast.live.live === false);
	assert.equal(await webcast.end('SIGTERM'), 0);
	assert.equal(await rig.stop(), 0);
	assert.deepEqual(events(rig.directory).filter(({ type }) => type === 'programme-without-picture'), []);

	// The programme: VP8, since that is what it has where the first camera sends neither VP8 nor VP9.
	const { floor } = programmes(rig.directory);
	assert.deepEqual(faultsOf(floor, { streams: 2 }), []);
	for (const [name, pictures] of Object.entries(bySpeaker(rig.directory, see(floor)))) {
		assert.ok(pictures.length > KEY_EVERY, `${name}: ${pictures.length} pictures`);
		assert.deepEqual(pictures.filter(({ number }) => number < 0), [], name);
	}

	// Made from the archive, where nothing is left out for want of time: number follows number from a key frame on.
	const copy = madeAgain(rig.directory);
	for (const [name, pictures] of Object.entries(bySpeaker(copy, see(programmes(copy).floor)))) {
		const numbers = pictures.map(({ number }) => number);
		assert.equal(numbers[0] % KEY_EVERY, 0, `${name} begins with ${numbers[0]}`);
		assert.deepEqual(numbers, numbers.map((_, i) => (numbers[0] + i) % PICTURES), name);
		assert.ok(numbers.length > 2 * PICTURES, `${name}: ${numbers.length} pictures`);
	}

	// The webcast: a card has no numbers.
	const whole = webcast.join('v', webcast.numbers('v'), join(rig.state, 'v.mp4'));
	for (const [name, pictures] of Object.entries(bySpeaker(rig.directory, see(whole)))) assert.ok(pictures.some(({ number }) => number >= 0), `${name} is not seen in the webcast`);
});

// The recorder has one processor and shares it with others, who leave a thread behind all others next to nothing.
test('where there is hardly time to code again, the recording has all, and so has the programme of the sound', LIMIT, async () => {
	const rig = new Rig();
	rig.start();
	await rig.says({ type: 'recording', state: 'recording' });
	const [, processor] = /^Cpus_allowed_list:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'));
	const pinned = spawnSync('taskset', ['-a', '-c', '-p', processor, String(rig.recorder.pid)], { encoding: 'utf8' });
	assert.equal(pinned.status, 0, pinned.stderr);
	for (let i = 0; i < 6; i += 1) hogs.push(spawn('taskset', ['-c', processor, 'sh', '-c', 'while :; do :; done'], { stdio: 'ignore' }));
	rig.tell('floor');
	rig.tell(`clips ${numberedClips()}`);
	rig.tell('show HUN');
	await rig.plays(8000);
	const from = rig.said.length;
	const gavel = Date.now();
	rig.tell('record off');
	await until('the seal', () => rig.said.slice(from).some(({ type, sealed }) => type === 'archived' && sealed));
	const took = Date.now() - gavel;
	for (const hog of hogs.splice(0)) hog.kill('SIGKILL');
	assert.equal(await rig.stop(), 0);

	const closed = events(rig.directory).filter(({ type }) => type === 'segment-closed').map(({ payload }) => payload);
	assert.deepEqual(closed.filter(({ lost, dropped }) => lost > 0 || dropped > 0), []);
	const camera = closed.find(({ file }) => /HUN\.\d+\.v$/.test(file));
	assert.ok(camera.received > 0, 'the camera is in the archive');
	const sound = closed.find(({ file }) => file === 'channels/floor.001.a');
	assert.ok(sound.duration_ms >= 7000, `${sound.duration_ms} ms of the floor`);
	const { floor } = programmes(rig.directory);
	assert.deepEqual(faultsOf(floor, { streams: 2 }), []);
	assert.ok(lastPacketSeconds(floor) * 1000 > sound.duration_ms - 500, `${lastPacketSeconds(floor)} s of ${sound.duration_ms} ms`);
	console.log(`measured: sealed ${took} ms after the gavel; the programme has ${see(floor).filter(({ number }) => number >= 0).length} of ${Math.round(sound.duration_ms / 40)} pictures`);
});
