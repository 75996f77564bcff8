// From one room's microphone to another's loudspeaker: box, media server, box. usage: node bench/roombox/ear.mjs [SECONDS]
// A burst begins each second of the one's file; where it begins in what the other plays tells how long it took, since each box says when its
// first block was, on the machine's one clock. Sound cards and the air are not in it.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { importRooms, startBox } from '../../support/rooms.mjs';
import { startRostrum } from '../../support/rostrum.mjs';
import { RATE, writeTone } from '../../support/sound.mjs';
import { sleep, until } from '../../support/wait.mjs';

const seconds = Number(process.argv[2] ?? 20);
const HEAD = 44;
const BURST = RATE / 10;
const LOUD = 3000; // of a burst with an amplitude of 16384, behind the codec

const rostrum = await startRostrum();
const input = writeTone(join(rostrum.state, 'bursts.wav'), 1000, { seconds: 1 });
const data = readFileSync(input);
data.fill(0, HEAD + 2 * BURST);
writeFileSync(input, data);
const output = join(rostrum.state, 'heard.wav');
importRooms(rostrum);
const boxes = [
	startBox(rostrum, 'room-1', 'room', { microphones: [{ input: `file:${input}`, loop: true }] }),
	startBox(rostrum, 'room-2', 'room', { outputs: [{ output: `file:${output}` }] }),
];

function onsets() {
	const samples = readFileSync(output).subarray(HEAD);
	const found = [];
	for (let i = 0; i * 2 + 1 < samples.length; i += 1) {
		if (Math.abs(samples.readInt16LE(i * 2)) < LOUD || (found.length > 0 && i - found.at(-1) < RATE / 2)) continue;
		found.push(i);
	}
	return found;
}

try {
	await until('both are in the meeting', () => boxes.every((box) => /in the meeting/.test(box.log())), { limit: 30_000 });
	await sleep(seconds * 1000);
	const [said, heard] = boxes.map((box) => Number(/first_block_us=(\d+)/.exec(box.log())[1]));
	const delays = onsets().map((at) => ((heard + (at * 1e6) / RATE - said) % 1e6) / 1000).sort((a, b) => a - b);
	console.log(`measured: ${delays.length} bursts from microphone to loudspeaker: least ${delays[0].toFixed(1)}, median ${delays[delays.length >> 1].toFixed(1)}, most ${delays.at(-1).toFixed(1)} ms`);
} finally {
	boxes.forEach(({ child }) => child.kill());
	await Promise.all(boxes.map(({ ended }) => ended));
	await rostrum.stop();
}
