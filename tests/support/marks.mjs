// Known content (marks.h): files for cameras and microphones, and which numbers a recorded file shows and says, and when. ffmpeg decodes.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './rostrum.mjs';

const RATE = 48_000;

function run(command, args, options = {}) {
	const ran = spawnSync(command, args, { maxBuffer: 1 << 30, ...options });
	if (ran.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${ran.error ?? ran.stderr}`);
	return ran.stdout;
}

const tool = (args, options) => run(join(build, 'tests/support/marks_tool'), args.map(String), options);
const lines = (text) => String(text).split('\n').filter(Boolean);
const frames = (path, stream, entries) => lines(run('ffprobe', ['-v', 'error', '-select_streams', stream, '-show_entries', `frame=${entries}`, '-of', 'csv=p=0', path])).map((line) => line.split(',').map(Number));

// A microphone that says `first` in its first second, and so on; a camera that shows 0 first.
export const writeSound = (path, { voice = 0, first = 0, seconds }) => writeFileSync(path, tool(['say', voice, first, seconds]));
export const writePicture = (path, { size: [width, height], fps, pictures }) => writeFileSync(path, tool(['show', width, height, fps, pictures]));

// Numbers heard in a file: [{ number, at }], `at` = the time in seconds, of the packets' own times, at which its second begins.
export function hear(path, voice = 0) {
	const pcm = run('ffmpeg', ['-v', 'error', '-i', path, '-map', '0:a:0', '-ac', '1', '-ar', String(RATE), '-f', 's16le', '-']);
	let samples = 0;
	const placed = frames(path, 'a:0', 'pts_time,nb_samples').map(([time, n]) => ({ time, from: (samples += n) - n }));
	let next = 0;
	return lines(tool(['hear', voice], { input: pcm })).map((line) => {
		const [number, sample] = line.split(' ').map(Number);
		while (next + 1 < placed.length && placed[next + 1].from <= sample) next += 1;
		return { number, at: placed[next].time + (sample - placed[next].from) / RATE };
	});
}

// The same in mono samples from -1 to 1.
export function hearIn(samples, voice = 0) {
	const pcm = Int16Array.from(samples, (sample) => Math.max(-32768, Math.min(32767, Math.round(32767 * sample))));
	return lines(tool(['hear', voice], { input: Buffer.from(pcm.buffer) })).map((line) => line.split(' ').map(Number)).map(([number, sample]) => ({ number, at: sample / RATE }));
}

// What each picture of a file shows: [{ number, at }]; -1 = nothing that can be read.
export function see(path) {
	const [[width, height]] = lines(run('ffprobe', ['-v', 'error', '-select_streams', 'v:0', '-show_entries', 'stream=width,height', '-of', 'csv=p=0', path])).map((line) => line.split(',').map(Number));
	const gray = run('ffmpeg', ['-v', 'error', '-i', path, '-map', '0:v:0', '-fps_mode', 'passthrough', '-vf', `scale=${width}:${height}`, '-pix_fmt', 'gray', '-f', 'rawvideo', '-']);
	const times = frames(path, 'v:0', 'pts_time');
	const numbers = lines(tool(['see', width, height], { input: gray })).map(Number);
	if (numbers.length !== times.length) throw new Error(`${path}: ${numbers.length} pictures, ${times.length} times`);
	return numbers.map((number, i) => ({ number, at: times[i][0] }));
}
