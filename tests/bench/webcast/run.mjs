// What a webcast costs and how late it is: a real recorder is fed by this program, in place of signaling and the SFU, in real
// time: VP8 of a picture that moves all over, and the sound of the floor and its languages (noise: nobody decodes it).
// A real rostrum-webcast follows.
//   node bench/webcast/run.mjs [--size 1280x720] [--fps 25] [--kbps 1500] [--languages 6] [--seconds 60] [--card] [--json]
import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cpuSeconds, message, messagesOf, packet } from '../../support/frames.mjs';
import { newState, program } from '../../support/rostrum.mjs';
import { sleep, until } from '../../support/wait.mjs';
import { Webcast } from '../../support/webcast.mjs';

const { values } = parseArgs({
	options: { size: { type: 'string', default: '1280x720' }, fps: { type: 'string', default: '25' }, kbps: { type: 'string', default: '1500' }, languages: { type: 'string', default: '6' }, seconds: { type: 'string', default: '60' }, card: { type: 'boolean' }, json: { type: 'boolean' } },
});
const [FPS, KBPS, LANGUAGES, SECONDS] = ['fps', 'kbps', 'languages', 'seconds'].map((name) => Number(values[name]));
const TAGS = ['en', 'fr', 'es', 'ru', 'zh', 'ar', 'de', 'pt'].slice(0, LANGUAGES);
const WARM_UP = 8;
const PACKET_OCTETS = 1100;

const state = newState();
const archive = join(state, 'archive');
mkdirSync(archive);

// --- pictures: ten seconds that begin with a key frame, over and over ---
function shoot() {
	const file = join(state, 'camera.ivf');
	const ran = spawnSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', `testsrc2=size=${values.size}:rate=${FPS}`, '-vf', 'noise=alls=6:allf=t', '-t', '10', '-c:v', 'libvpx',
		'-deadline', 'realtime', '-cpu-used', '8', '-b:v', `${KBPS}k`, '-g', '100000', '-f', 'ivf', file], { encoding: 'utf8' });
	if (ran.status !== 0) throw new Error(ran.stderr);
	const ivf = readFileSync(file);
	const frames = [];
	for (let at = ivf.readUInt16LE(6); at < ivf.length; at += 12 + ivf.readUInt32LE(at)) frames.push(ivf.subarray(at + 12, at + 12 + ivf.readUInt32LE(at)));
	return frames;
}

const frames = values.card ? [] : shoot();
const tracks = ['floor', ...TAGS].map((name, i) => ({ track: i + 1, type: 111, name, media: 'channel', codec: 'opus', clock: 48000, every: 20 }));
if (!values.card) tracks.push({ track: tracks.length + 1, type: 96, name: 'KEN', media: 'camera', codec: 'vp8', clock: 90000, every: 1000 / FPS });
for (const track of tracks) Object.assign(track, { seq: 0, timestamp: 0, frame: 0, noise: randomBytes(160) });

function next(track) {
	track.timestamp += (track.clock * track.every) / 1000;
	if (track.media === 'channel') {
		track.noise[0] = 0x78; // one packet of 20 ms
		return [packet({ ...track, seq: track.seq++ }, track.noise)];
	}
	const frame = frames[track.frame++ % frames.length];
	const packets = [];
	for (let at = 0; at < frame.length; at += PACKET_OCTETS)
		packets.push(packet({ ...track, seq: track.seq++, marker: at + PACKET_OCTETS >= frame.length }, Buffer.concat([Buffer.from([at === 0 ? 0x10 : 0x00]), frame.subarray(at, at + PACKET_OCTETS)])));
	return packets;
}

// --- signaling and the SFU ---
let tap;
createServer((socket) => {
	messagesOf(socket, ({ type }) => {
		if (type !== 'hello') return;
		const channels = TAGS.map((id) => ({ id, language: id, name: id }));
		socket.write(message({ type: 'state', revision: 1, meetings: [{ id: 'demo', title: 'bench', record: true, session: 'bench-session', tap: join(state, 'tap.sock'), channels }], peers: [] }));
		const payload = JSON.stringify({ event: 1, time: Date.now(), name: 'webcast', by: null, data: { on: true } });
		const hash = createHash('sha256').update(Buffer.alloc(32)).update(payload).digest('hex');
		socket.write(message({ type: 'event', revision: 2, meeting: 'demo', event: 1, hash, payload }));
	});
}).listen(join(state, 'control.sock'));
createServer((socket) => {
	messagesOf(socket, ({ type }) => {
		if (type !== 'subscribe') return;
		for (const { track, name, media, codec, clock } of tracks) socket.write(message({ type: 'track', track, meeting: 'demo', name, media, codec, clock, channels: 1 }));
		if (!values.card) socket.write(message({ type: 'show', meeting: 'demo', source: 'KEN', wall_us: Date.now() * 1000 }));
		tap = socket;
	});
}).listen(join(state, 'tap.sock'));

const recorder = spawn(program('recorder'), ['--set', `control.socket=${state}/control.sock`, '--set', `archive.directory=${archive}`], { stdio: ['ignore', 'ignore', 'ignore'] });
const webcast = new Webcast(archive, state).start();
const proc = (file) => readFileSync(`/proc/${webcast.child.pid}/${file}`, 'utf8');
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

try {
	await until('the tap', () => tap !== undefined);
	const due = tracks.map(() => performance.now());
	const delays = new Map();
	const run = async (seconds) => {
		const end = performance.now() + seconds * 1000;
		while (performance.now() < end) {
			const now = performance.now();
			const out = [];
			tracks.forEach((track, i) => {
				for (; due[i] <= now; due[i] += track.every) out.push(...next(track));
			});
			if (out.length > 0) tap.write(Buffer.concat(out));
			const live = webcast.live;
			if (live) delays.set(live.updated_ms, live.delay_ms);
			await sleep(5);
		}
	};
	await run(WARM_UP);
	delays.clear();
	const before = cpuSeconds(proc('stat'));
	const began = performance.now();
	await run(SECONDS);
	const cpu = ((cpuSeconds(proc('stat')) - before) / (performance.now() - began)) * 100_000;
	const figures = {
		cpu_percent: Math.round(cpu * 10) / 10, memory_mib: Math.round(Number(/VmHWM:\s+(\d+)/.exec(proc('status'))[1]) / 1024),
		segments: delays.size, delay_median_ms: median([...delays.values()]), delay_most_ms: Math.max(...delays.values()), pictures_left_out: webcast.live.pictures_left_out,
	};
	if (values.json) console.log(JSON.stringify(figures));
	else
		console.log(`${values.card ? 'a card' : `${values.size} at ${FPS} a second, ${KBPS} kbit/s`}, ${tracks.length - (values.card ? 0 : 1)} sounds, ${SECONDS} s: ${figures.cpu_percent} % of a core, ${figures.memory_mib} MiB; `
			+ `a segment of two seconds is there ${figures.delay_median_ms} ms after its last picture (most ${figures.delay_most_ms}); ${figures.pictures_left_out} pictures left out`);
} finally {
	recorder.kill('SIGKILL');
	await webcast.end('SIGKILL');
	rmSync(state, { recursive: true, force: true });
}
process.exit(0);
