// Plain RTP and SRTP: ffmpeg sends into sources of the rehearsal, where every source is open, and receives feeds.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { play } from '../support/clients.mjs';
import { freePairs, receive, send } from '../support/ffmpeg.mjs';
import { newState, startRostrum } from '../support/rostrum.mjs';
import { decode, levelAt, RATE } from '../support/sound.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 180_000 };
const HZ = 1000;
const SAFE_HZ = 1700;
const key = Buffer.from(Array.from({ length: 30 }, (_, i) => i)).toString('base64');
const protect = { 'srtp.profile': 'aes128-cm-sha1-80', 'srtp.key': key };
let rostrum;
let here;
let there;
const running = [];
const started = (program) => {
	running.push(program);
	return program;
};

before(async () => {
	const ports = await freePairs(12);
	here = ports.slice(0, 6);
	there = ports.slice(6);
	const sound = { meeting: 'rehearsal', codec: 'opus', pt: 111 };
	const entries = [
		{ ...sound, source: 'encoder', media: 'microphone', csrc: 7 },
		{ meeting: 'rehearsal', source: 'encoder', media: 'camera', csrc: 7, codec: 'vp8', pt: 96 },
		{ ...sound, source: 'safe', media: 'microphone', csrc: 8, ...protect },
		{ ...sound, feed: 'source-encoder', ssrc: 12345 },
		{ ...sound, feed: 'source-safe', ...protect },
		{ meeting: 'rehearsal', feed: 'source-encoder', codec: 'vp8', pt: 96 },
	].map((entry, i) => ({ ...entry, local: `127.0.0.1:${here[i]}`, remote: `127.0.0.1:${there[i]}` }));
	const state = newState();
	writeFileSync(join(state, 'sfu.set'), `media.workers=2\nplain=${JSON.stringify(entries)}\n`);
	rostrum = await startRostrum({ state });
	started(send('tone', HZ, { from: there[0], to: here[0], pt: 111 }));
	started(send('colour', 'blue', { from: there[1], to: here[1], pt: 96 }));
	started(send('tone', SAFE_HZ, { from: there[2], to: here[2], pt: 111, key }));
}, LIMIT);
after(async () => {
	await Promise.all(running.map((program) => program.stop()));
	await rostrum?.stop();
	rostrum?.remove();
});

const player = async (feed) => {
	const one = started(play(rostrum, feed, { token: rostrum.tokens.technician, meeting: 'rehearsal', listen: [HZ, SAFE_HZ] }));
	await one.connected();
	return one;
};
const file = (name) => join(rostrum.state, name);
const sfu = async () => (await rostrum.nodes())?.nodes?.find((node) => node.kind === 'sfu');
const counter = async (name) => (await sfu())?.counters?.[name];

test('a WHEP player hears and sees what an encoder sends as RTP', LIMIT, async () => {
	const one = await player('source-encoder');
	await one.hears(HZ);
	const picture = await until('a picture', () => one.colours().at(-1), { limit: 60_000 });
	assert.deepEqual(picture.size, [320, 180]);
	assert.ok(picture.colour[2] > 150 && picture.colour[0] < 100 && picture.colour[1] < 100, JSON.stringify(picture));
	await one.stop();
});

test('a WHEP player hears what an encoder sends as SRTP', LIMIT, async () => {
	const one = await player('source-safe');
	await one.hears(SAFE_HZ);
	await one.stop();
});

// What ffmpeg receives at a port for some seconds is the tone, without a hole.
async function receivesTone(name, { port, hz, secret, seconds, meanwhile = async () => {} }) {
	const ffmpeg = started(receive(file(`${name}.sdp`), file(`${name}.wav`), { port, pt: 111, codec: 'opus', key: secret, seconds }));
	await meanwhile();
	assert.equal(await ffmpeg.ended, 0, ffmpeg.said);
	const samples = decode(file(`${name}.wav`));
	assert.ok(samples.length >= (seconds - 0.1) * RATE, String(samples.length));
	for (let from = RATE / 2; from + 8192 < samples.length; from += 4096)
		assert.ok(levelAt(samples, hz, from) > -20, `${levelAt(samples, hz, from)} dB at ${from / RATE} s`);
}

test('a feed goes out as RTP', LIMIT, () => receivesTone('rtp', { port: there[3], hz: HZ, seconds: 4 }));
test('a feed goes out as SRTP', LIMIT, () => receivesTone('srtp', { port: there[4], hz: SAFE_HZ, secret: key, seconds: 4 }));

test('a feed of pictures goes out', LIMIT, async () => {
	const ffmpeg = started(receive(file('out.sdp'), file('out.y4m'), { port: there[5], pt: 96, codec: 'vp8', seconds: 2 }));
	assert.equal(await ffmpeg.ended, 0, ffmpeg.said);
	const { stdout } = spawnSync('ffmpeg', ['-v', 'error', '-i', file('out.y4m'), '-vf', 'scale=1:1', '-pix_fmt', 'rgb24', '-f', 'rawvideo', '-']);
	const [red, green, blue] = stdout.subarray(-3);
	assert.ok(stdout.length >= 3 * 40 && blue > 150 && red < 100 && green < 100, `${stdout.length / 3} pictures, ${red} ${green} ${blue}`);
});

test('what a stranger sends is dropped and counted', LIMIT, async () => {
	const socket = createSocket('udp4');
	const packet = Buffer.concat([Buffer.from([0x80, 111, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9]), Buffer.alloc(40)]);
	socket.send(packet, here[0], '127.0.0.1');
	await until('the counter', async () => (await counter('plain_rx_strangers')) === 1);
	socket.close();
});

test('signaling, which does not know them, comes back with its state and takes nothing away', LIMIT, async () => {
	await receivesTone('again', {
		port: there[3], hz: HZ, seconds: 8,
		meanwhile: async () => {
			await rostrum.kill('signaling');
			await until('the SFU at the new signaling', sfu);
		},
	});
	const one = await player('source-encoder');
	await one.hears(HZ);
	await one.stop();
});
