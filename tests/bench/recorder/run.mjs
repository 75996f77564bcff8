// What a recording costs: one real recorder is fed by this program, in place of signaling and the SFU, in real time. The
// sound and the pictures are noise of the right size, since a recorder looks at the heads of packets only.
//   node bench/recorder/run.mjs [--sounds 40] [--pictures 12] [--kbps 1000] [--seconds 60] [--json]
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cpuSeconds, message, messagesOf, packet } from '../../support/frames.mjs';
import { build, newState, program } from '../../support/rostrum.mjs';
import { sleep, until } from '../../support/wait.mjs';

const { values } = parseArgs({
	options: { sounds: { type: 'string', default: '40' }, pictures: { type: 'string', default: '12' }, kbps: { type: 'string', default: '1000' }, seconds: { type: 'string', default: '60' }, json: { type: 'boolean' } },
});
const [SOUNDS, PICTURES, KBPS, SECONDS] = ['sounds', 'pictures', 'kbps', 'seconds'].map((name) => Number(values[name]));
const WARM_UP = 5;
const SOUND_MS = 20;
const SOUND_OCTETS = 160; // 64 kbit/s
const PICTURE_MS = 40;
const PACKET_OCTETS = 1100;
const KEY_EVERY = 250;

const state = newState();
const archive = join(state, 'archive');
mkdirSync(archive);

// --- sources ---
class Source {
	constructor(number, sound) {
		Object.assign(this, { number, sound, seq: 0, timestamp: 0, frame: 0, key: true });
		this.noise = randomBytes(Math.max(2048, (KBPS * PICTURE_MS) / 8));
	}

	packet(payload, marker) {
		return packet({ track: this.number, type: this.sound ? 111 : 96, seq: this.seq++, timestamp: this.timestamp, marker }, payload);
	}

	// The packets of the next frame: Opus of 20 ms, or VP8 with the shortest descriptor.
	next() {
		if (this.sound) {
			const payload = Buffer.from(this.noise.subarray(0, SOUND_OCTETS));
			payload[0] = 0x78;
			this.timestamp += 48 * SOUND_MS;
			return [this.packet(payload, false)];
		}
		const frame = Buffer.from(this.noise.subarray(0, (KBPS * PICTURE_MS) / 8));
		const key = this.key || this.frame % KEY_EVERY === 0;
		Buffer.from(key ? [0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01] : [0x11]).copy(frame);
		this.key = false;
		this.frame += 1;
		this.timestamp += 90 * PICTURE_MS;
		const packets = [];
		for (let at = 0; at < frame.length; at += PACKET_OCTETS)
			packets.push(this.packet(Buffer.concat([Buffer.from([at === 0 ? 0x10 : 0x00]), frame.subarray(at, at + PACKET_OCTETS)]), at + PACKET_OCTETS >= frame.length));
		return packets;
	}
}

const sources = Array.from({ length: SOUNDS + PICTURES }, (_, i) => new Source(i + 1, i < SOUNDS));
const name = (source) => `S${source.number}`;
let tap;
let account;

createServer((socket) => {
	messagesOf(socket, ({ type, ...rest }) => {
		if (type === 'recording' && rest.account) account = rest.account;
		if (type !== 'hello') return;
		const meeting = { id: 'bench', title: 'bench', record: true, session: 'bench-session', tap: join(state, 'tap.sock'), channels: [] };
		socket.write(message({ type: 'state', revision: 1, meetings: [meeting], peers: [] }));
	});
}).listen(join(state, 'control.sock'));
createServer((socket) => {
	messagesOf(socket, ({ type, track }) => {
		if (type === 'keyframe') sources[track - 1].key = true;
		if (type !== 'subscribe') return;
		for (const source of sources)
			socket.write(message({ type: 'track', track: source.number, meeting: 'bench', name: name(source), media: source.sound ? 'microphone' : 'camera',
				codec: source.sound ? 'opus' : 'vp8', clock: source.sound ? 48000 : 90000, channels: 1 }));
		tap = socket;
	});
}).listen(join(state, 'tap.sock'));

// --- the recorder and what it takes ---
const recorder = spawn(program('recorder'), ['--set', `control.socket=${state}/control.sock`, '--set', `archive.directory=${archive}`], { stdio: ['ignore', 'ignore', 'pipe'] });
let log = '';
recorder.stderr.on('data', (data) => (log += data));
const ended = new Promise((done) => recorder.once('exit', done));
const taken = () => cpuSeconds(readFileSync(`/proc/${recorder.pid}/stat`, 'utf8'));
const memoryMiB = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${recorder.pid}/status`, 'utf8'))[1]) / 1024;

try {
	await until('the tap', () => tap !== undefined || recorder.exitCode !== null);
	const began = performance.now();
	const due = sources.map((source) => began + (source.number % 20) * (source.sound ? 1 : 2));
	let told = began + 1000;
	const run = async (seconds) => {
		const end = performance.now() + seconds * 1000;
		while (performance.now() < end) {
			const now = performance.now();
			const out = [];
			sources.forEach((source, i) => {
				for (; due[i] <= now; due[i] += source.sound ? SOUND_MS : PICTURE_MS) out.push(...source.next());
			});
			if (now >= told) {
				told += 1000;
				for (const { number, seq } of sources) out.push(message({ type: 'sent', track: number, packets: seq }));
			}
			if (out.length > 0) tap.write(Buffer.concat(out));
			await sleep(5);
		}
	};
	await run(WARM_UP);
	const [cpu, wall] = [taken(), performance.now()];
	await run(SECONDS);
	const share = (100 * (taken() - cpu)) / ((performance.now() - wall) / 1000);
	const memory = memoryMiB();
	recorder.kill('SIGTERM');
	await ended;
	const verified = spawnSync(join(build, 'tools/rostrumctl/rostrumctl'), ['archive', 'verify', join(archive, 'bench-session'), '--json'], { encoding: 'utf8' });
	const { octets, lost } = JSON.parse(verified.stdout).archives[0];
	const figures = { sounds: SOUNDS, pictures: PICTURES, kbps: KBPS, seconds: SECONDS, cpu_percent: Number(share.toFixed(1)), memory_mib: Number(memory.toFixed(1)), octets, lost, missing: account?.missing, verify: verified.status };
	console.log(values.json ? JSON.stringify(figures) : `${SOUNDS} sounds, ${PICTURES} pictures of ${KBPS} kbit/s, ${SECONDS} s: ${figures.cpu_percent} % of a core, ${figures.memory_mib} MiB at most; ` +
		`${octets} octets, ${lost} packets lost, ${figures.missing} missing; verify ${verified.status === 0 ? 'finds nothing wrong' : `exits with ${verified.status}`}`);
	if (verified.status !== 0 || lost !== 0 || figures.missing !== 0) process.exitCode = 1;
} catch (error) {
	console.error(error, log);
	process.exitCode = 1;
} finally {
	recorder.kill('SIGKILL');
	rmSync(state, { recursive: true, force: true });
}
process.exit();
