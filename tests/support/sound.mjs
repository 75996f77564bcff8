// Sound in tests: tones as WAV files for fake microphones, and how loud a frequency is in what came out.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

export const RATE = 48_000;
const WINDOW = 8192;

// Frequencies far enough apart, and in no whole-number relation, so that neither leakage nor distortion mixes them up.
export const TONES = { chair: 350, FRA: 620, KEN: 990, 'fr-1': 1430, 'fr-2': 1870, room: 2330, 'ar-1': 2710 };

// A mono WAV file of samples from -1 to 1.
export function writeSamples(path, samples) {
	const data = Buffer.alloc(44 + samples.length * 2);
	data.write('RIFF', 0);
	data.writeUInt32LE(36 + samples.length * 2, 4);
	data.write('WAVEfmt ', 8);
	data.writeUInt32LE(16, 16);
	data.writeUInt16LE(1, 20); // PCM
	data.writeUInt16LE(1, 22); // mono
	data.writeUInt32LE(RATE, 24);
	data.writeUInt32LE(RATE * 2, 28);
	data.writeUInt16LE(2, 32);
	data.writeUInt16LE(16, 34);
	data.write('data', 36);
	data.writeUInt32LE(samples.length * 2, 40);
	samples.forEach((sample, i) => data.writeInt16LE(Math.round(32767 * sample), 44 + i * 2));
	writeFileSync(path, data);
	return path;
}

// A mono WAV file of one tone. Whole seconds of a whole-numbered frequency loop without a click.
export function writeTone(path, hz, { seconds = 10, amplitude = 0.5 } = {}) {
	return writeSamples(path, Float32Array.from({ length: RATE * seconds }, (_, i) => amplitude * Math.sin((2 * Math.PI * hz * i) / RATE)));
}

function run(command, args, options) {
	const ran = spawnSync(command, args, { maxBuffer: 1 << 30, ...options });
	if (ran.status !== 0) throw new Error(`${command} ${args.at(-1)}: ${ran.stderr}`);
	return ran.stdout;
}

// A frame lies where the one before it ended, unless its timestamp says otherwise by more than this many seconds:
// smaller differences are clocks that drift, and moving frames for them would bend the tone.
const GAP = 0.06;

// What a file holds, as mono samples of RATE by ffmpeg, each frame at its timestamp: sample n is heard n / RATE seconds
// after the file's beginning, and what is missing is silence.
export function decode(path, { gap = GAP } = {}) {
	const raw = run('ffmpeg', ['-v', 'error', '-i', path, '-map', '0:a:0', '-ac', '1', '-ar', String(RATE), '-f', 'f32le', '-']);
	const heard = new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length - (raw.length % 4)));
	const frames = run('ffprobe', ['-v', 'error', '-select_streams', 'a:0', '-show_entries', 'frame=pts_time,nb_samples', '-of', 'csv=p=0', path], { encoding: 'utf8' })
		.split('\n').filter(Boolean).map((line) => line.split(',').map(Number));
	const placed = new Float32Array(Math.ceil((frames.at(-1)[0] + 1) * RATE));
	let from = 0;
	let to = 0;
	for (const [time, samples] of frames) {
		if (Math.abs(time * RATE - to) > gap * RATE) to = Math.round(time * RATE);
		placed.set(heard.subarray(from, from + samples), to);
		from += samples;
		to += samples;
	}
	return placed.subarray(0, to);
}

// Level of one frequency in `WINDOW` samples from `start`, in dB below a full-scale tone: one bin of a Fourier
// transform under a Hann window (Goertzel). -200 for digital silence.
export function levelAt(samples, hz, start = 0) {
	const length = Math.min(WINDOW, samples.length - start);
	const step = 2 * Math.cos((2 * Math.PI * hz) / RATE);
	let before = 0;
	let last = 0;
	for (let i = 0; i < length; i += 1) {
		const hann = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / length);
		const now = samples[start + i] * hann + step * last - before;
		before = last;
		last = now;
	}
	const power = last * last + before * before - step * last * before;
	const amplitude = (Math.sqrt(Math.max(power, 0)) * 4) / length; // 2 for one-sided, 2 for the window's mean
	return 20 * Math.log10(Math.max(amplitude, 1e-10));
}

// Stretches during which a frequency is heard above a level: [{ from, to }] in seconds, to a twelfth of a second.
export function stretches(samples, hz, above = -30) {
	const found = [];
	for (let start = 0; start + WINDOW <= samples.length; start += WINDOW / 2) {
		if (levelAt(samples, hz, start) < above) continue;
		const from = start / RATE;
		const last = found.at(-1);
		if (last && from <= last.to) last.to = (start + WINDOW) / RATE;
		else found.push({ from, to: (start + WINDOW) / RATE });
	}
	return found;
}
