// Pictures of two codecs in one meeting, from a real browser: each is kept as it was sent; the programme, a file of one codec, shows
// both, says what it left out where a machine is too busy for that, and never loses a word.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test, { after, before } from 'node:test';
import { decodingFaults, essence, events, faultsOf, madeAgain, programmes, sessions, verify } from '../support/archive.mjs';
import { browserClients } from '../support/browser_client.mjs';
import { join } from '../support/page.mjs';
import { COLOURS, nameColour } from '../support/picture.mjs';
import { startRostrum } from '../support/rostrum.mjs';
import { TONES, decode, stretches } from '../support/sound.mjs';
import { sleep, until } from '../support/wait.mjs';

const LIMIT = { timeout: 240_000 };
const TURN_MS = 4000;
// H.264 first: no programme can be of that codec.
const TURNS = ['FRA', 'KEN', 'FRA'];
const CODECS = { KEN: 'VP9', FRA: 'H264' };
let rostrum;
let clients;
let directory;

const probe = (path, entries, ...more) => spawnSync('ffprobe', ['-v', 'error', ...more, '-show_entries', entries, '-of', 'csv=p=0', path], { encoding: 'utf8' }).stdout.trim().split('\n');

before(async () => {
	rostrum = await startRostrum();
	clients = await browserClients('chromium', rostrum);
	const [chair, ...delegates] = await Promise.all(['chair', 'KEN', 'FRA'].map((who) => join(rostrum, who)));
	await chair.must('open-meeting');
	await chair.sees('recording', (view) => view.recording.state === 'recording');
	const publishers = [];
	for (const [who, codec] of Object.entries(CODECS)) publishers.push(await clients.publish(who, { token: rostrum.token(who), meeting: 'demo', hz: TONES[who], colour: COLOURS[who].rgb, codec }));
	for (const publisher of publishers) await publisher.connected();
	for (const who of TURNS) {
		await chair.must('give-floor', { participant: who });
		await sleep(TURN_MS);
	}
	await chair.must('close-meeting');
	[directory] = sessions(rostrum.archive);
	await until('the seal', () => verify(directory).sealed, { limit: 90_000, every: 500 });
	for (const page of [chair, ...delegates]) page.close();
}, LIMIT);

after(async () => {
	await clients?.close();
	assert.deepEqual(rostrum?.faults() ?? [], []);
	await rostrum?.stop();
});

test('each picture is kept in the codec it came in', LIMIT, () => {
	const pictures = essence(directory).filter((path) => /\.v\.\w+$/.test(path));
	assert.ok(pictures.some((path) => path.endsWith('KEN.001.v.webm')) && pictures.some((path) => path.endsWith('FRA.001.v.mkv')), String(pictures));
	for (const path of pictures) {
		assert.deepEqual(faultsOf(path), [], path);
		assert.deepEqual(probe(path, 'stream=codec_name'), [path.includes('KEN') ? 'vp9' : 'h264'], path);
		assert.equal(decodingFaults(path), '', path);
	}
});

// Whose pictures were left out for want of time. Nobody's, but on a machine that cannot follow.
const leftOut = () => events(directory).filter(({ type }) => type === 'programme-without-picture').map(({ payload }) => payload.source);

test('the programme shows everybody in one codec, and has every word', LIMIT, (t) => {
	const { floor } = programmes(directory);
	assert.deepEqual(faultsOf(floor, { streams: 2 }), []);
	assert.deepEqual(probe(floor, 'stream=codec_name').sort(), ['opus', 'vp8']);
	const sound = decode(floor);
	// Made again from the archive nothing is left out for want of time.
	const out = leftOut();
	const times = probe(out.length ? programmes(madeAgain(directory)).floor : floor, 'packet=pts_time', '-select_streams', 'v').map(Number);
	for (const who of ['KEN', 'FRA']) {
		const heard = stretches(sound, TONES[who]);
		const turns = TURNS.filter((one) => one === who).length;
		assert.equal(heard.length, turns, `${who}: ${JSON.stringify(heard)}`);
		assert.ok(heard.every(({ from, to }) => to - from > (0.7 * TURN_MS) / 1000), `${who}: ${JSON.stringify(heard)}`);
		for (const { from, to } of heard) {
			const shown = times.filter((at) => at > from && at < to).length;
			assert.ok(shown > 10, `${who}: ${shown} pictures from ${from} to ${to}, left out as it was made: ${out}`);
		}
	}
	t.diagnostic(`measured: ${times.length} pictures, left out as it was made: ${out.join() || 'nobody'}`);
});

test('Chromium plays it to its end', LIMIT, async () => {
	const session = events(directory)[0].payload.session;
	const seen = await clients.page.evaluate(async (path, token) => {
		const { ticket } = await (await fetch(path, { headers: { authorization: `Bearer ${token}` } })).json();
		const video = document.createElement('video');
		const error = new Promise((fail, never) => video.addEventListener('error', () => never(new Error(video.error.message))));
		const once = (name) => Promise.race([error, new Promise((done) => video.addEventListener(name, done, { once: true }))]);
		video.src = `${path}/programme/floor?ticket=${ticket}`;
		document.body.append(video);
		await once('loadeddata');
		video.playbackRate = 4;
		const end = once('ended');
		await video.play();
		await end;
		const pen = Object.assign(document.createElement('canvas'), { width: 8, height: 8 }).getContext('2d');
		pen.drawImage(video, 0, 0, 8, 8);
		return { rgb: [...pen.getImageData(4, 5, 1, 1).data].slice(0, 3), frames: video.getVideoPlaybackQuality().totalVideoFrames, size: [video.videoWidth, video.videoHeight] };
	}, `/api/v1/archive/${session}`, rostrum.tokens.viewer);
	if (!leftOut().includes('FRA')) assert.equal(nameColour(seen.rgb), 'FRA', `the last picture stands: ${JSON.stringify(seen)}`);
	assert.ok(seen.frames > 10, JSON.stringify(seen));
});
