// What one room hears of another whose line to the meeting narrows and opens again: sound lost or late, and the picture's rate. Wants root.
// usage: node bench/roombox/uplink.mjs [KBITS[:SECONDS]...] [--loss PERMILLE] [--delay MS]   (preset: 5000:15 800:30 300:30 5000:30)
// The room shows a moving picture with a camera's noise at camera.bitrate (preset), in three sizes; its line has 20 ms (--delay) each way, loses nothing (--loss, of what it sends) and has a queue of 300 ms.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startLine } from '../../support/line.mjs';
import { importRooms, startBox } from '../../support/rooms.mjs';
import { freePort, startRostrum } from '../../support/rostrum.mjs';
import { sleep, until } from '../../support/wait.mjs';

const { values, positionals } = parseArgs({ options: { loss: { type: 'string', default: '0' }, delay: { type: 'string', default: '20' } }, allowPositionals: true });
const stages = (positionals.length > 0 ? positionals : ['5000:15', '800:30', '300:30', '5000:30']).map((text) => text.split(':').map(Number)).map(([rate, seconds = 30]) => ({ rate: rate * 1000, seconds }));
const LINE = { delay: Number(values.delay) * 1000, queue: 300_000 };
const folder = mkdtempSync(join(tmpdir(), 'rostrum-uplink-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

function moving() {
	const path = join(folder, 'moving.y4m');
	const made = spawnSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=20', '-vf', 'noise=alls=6:allf=t', '-t', '4', '-pix_fmt', 'yuv420p', path]);
	if (made.status !== 0) throw new Error(`ffmpeg: ${made.stderr}`);
	return path;
}

async function metrics(port) {
	const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
	return Object.fromEntries([...text.matchAll(/^rostrum_box_heard_(\w+) ([\d.e+-]+)$/gm)].map(([, name, value]) => [name, Number(value)]));
}

// Asked behind the line, not over it.
function uplink(name, port) {
	const { stdout } = spawnSync('ip', ['netns', 'exec', name, 'curl', '-s', `http://127.0.0.1:${port}/metrics`], { encoding: 'utf8' });
	const read = (pattern) => [...stdout.matchAll(pattern)].map(([, value]) => Math.round(Number(value) / 1000));
	const [bps] = read(/^rostrum_box_uplink_bps (\d+)$/gm);
	return bps === undefined ? 'not measured' : `thought to carry ${bps} kbit/s, of which pictures may take ${read(/^rostrum_box_picture_bps\S+ (\d+)$/gm).join(' + ')}`;
}

const line = await startLine();
const port = await freePort();
const rostrum = await startRostrum({ listen: `0.0.0.0:${port}` });
importRooms(rostrum);
const health = await freePort();
const own = await freePort();
line.both(LINE);
line.up({ ...LINE, rate: stages[0].rate });
const boxes = [
	startBox(rostrum, 'room-1', 'room', { line, base: `http://${line.server}:${port}`, microphones: [{ input: 'gen:chirp' }], 'camera.input': `file:${moving()}`, 'camera.loop': true, 'camera.fps': 20, 'health.listen': `127.0.0.1:${own}` }),
	startBox(rostrum, 'room-2', 'room', { 'health.listen': `127.0.0.1:${health}`, outputs: [{ output: 'null:' }] }),
];
try {
	await until('both are in the meeting', () => boxes.every((box) => /in the meeting/.test(box.log())), { limit: 60_000 });
	await until('the room is heard', async () => (await metrics(health)).packets_total > 100, { limit: 60_000, every: 200 });
	for (const { rate, seconds } of stages) {
		line.up({ ...LINE, rate, loss: Number(values.loss) });
		await line.stats();
		const before = await metrics(health);
		await sleep(seconds * 1000);
		const [after, { up }] = [await metrics(health), await line.stats()];
		const diff = (name) => after[name] - before[name];
		console.log(`measured: ${rate / 1000} kbit/s for ${seconds} s: sound ${seconds * 50} packets sent, ${diff('lost_total')} lost or late, ${diff('recovered_total')} of them by in-band FEC, ${diff('concealed_total')} made up, heard ${(1000 * after.delay_seconds).toFixed(0)} ms after the quickest packet; ` +
			`line: ${up.sent} packets, ${up.dropped} dropped, waited ${up.wait_ms.p50} ms (median), ${up.wait_ms.p95} ms (95 %), ${up.wait_ms.max} ms (most); ${uplink(line.name, own)}`);
	}
} finally {
	boxes.forEach(({ child }) => child.kill());
	await Promise.all(boxes.map(({ ended }) => ended));
	await rostrum.stop();
	line.stop();
}
