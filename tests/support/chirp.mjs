// Known chirps: a sweep a second as a WAV file, and how much of it is in a sound, whatever else is: by its correlation at every lag. So it
// is found where a codec has hidden it far below another's voice.
import { readFileSync } from 'node:fs';
import { RATE, writeSamples } from './sound.mjs';

const HEAD = 44;
const EVERY = 4; // of the samples that are looked at: sweeps stay below 5 kHz
const SLOW = RATE / EVERY;
const SIZE = 1 << 15; // of a transform: a chirp, and what is looked at beside it
const TAPS = 64;
const LENGTH = 0.8; // seconds of sound in each second

// One second: sound under a Hann window, then silence. `amplitude` is its greatest.
export function chirp({ from, to, amplitude = 0.5 }) {
	const samples = new Float32Array(RATE);
	const n = RATE * LENGTH;
	for (let i = 0; i < n; i += 1) {
		const phase = 2 * Math.PI * (from + ((to - from) * i) / n / 2) * (i / RATE);
		samples[i] = amplitude * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / n)) * Math.sin(phase);
	}
	return samples;
}

export const writeChirp = (path, sweep) => writeSamples(path, chirp(sweep));

// What a box wrote: samples of one channel of a WAVE file that may still grow.
export function readChannel(path, { channel = 0, channels = 1 } = {}) {
	const data = readFileSync(path).subarray(HEAD);
	const samples = new Float32Array(Math.floor(data.length / (2 * channels)));
	for (let i = 0; i < samples.length; i += 1) samples[i] = data.readInt16LE((i * channels + channel) * 2) / 32768;
	return samples;
}

// Every fourth sample, without what they could not tell from the rest: a low pass of 5 kHz (a sinc under a Hann window).
const pass = Float32Array.from({ length: TAPS }, (_, i) => {
	const x = i - (TAPS - 1) / 2;
	return (Math.sin((2 * Math.PI * 5000 * x) / RATE) / (Math.PI * x)) * (0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / TAPS));
});
function thin(samples) {
	const few = new Float32Array(Math.floor(samples.length / EVERY));
	for (let n = 0; n < few.length; n += 1) {
		const from = Math.max(0, n * EVERY - TAPS / 2);
		for (let i = from; i < Math.min(samples.length, n * EVERY + TAPS / 2); i += 1) few[n] += samples[i] * pass[i - n * EVERY + TAPS / 2];
	}
	return few;
}

// In place, radix 2; `sign` -1 forth, 1 back (then SIZE times as large).
function transform(re, im, sign) {
	for (let i = 1, j = 0; i < SIZE; i += 1) {
		let bit = SIZE >> 1;
		for (; j & bit; bit >>= 1) j ^= bit;
		j ^= bit;
		if (i < j) [re[i], re[j], im[i], im[j]] = [re[j], re[i], im[j], im[i]];
	}
	for (let length = 2; length <= SIZE; length *= 2) {
		const half = length / 2;
		for (let k = 0; k < half; k += 1) {
			const angle = (sign * 2 * Math.PI * k) / length;
			const [c, s] = [Math.cos(angle), Math.sin(angle)];
			for (let i = k; i < SIZE; i += length) {
				const j = i + half;
				const [x, y] = [re[j] * c - im[j] * s, re[j] * s + im[j] * c];
				[re[j], im[j], re[i], im[i]] = [re[i] - x, im[i] - y, re[i] + x, im[i] + y];
			}
		}
	}
}

const spectrum = (samples) => {
	const [re, im] = [new Float64Array(SIZE), new Float64Array(SIZE)];
	re.set(samples);
	transform(re, im, -1);
	return { re, im };
};

// How loud the chirp is in a sound against the file it is of, in dB, for each tenth of a second it may begin in: [{ at, level }], `at` = the
// sample at which it fits best there.
export function findChirp(samples, sweep) {
	const [one, all] = [thin(chirp(sweep)), thin(samples)];
	const sought = spectrum(one);
	const energy = one.reduce((sum, sample) => sum + sample * sample, 0);
	const step = SLOW / 10;
	const hop = Math.floor((SIZE - SLOW) / step) * step;
	const found = [];
	for (let start = 0; start + SLOW <= all.length; start += hop) {
		const { re, im } = spectrum(all.subarray(start, start + SIZE));
		for (let i = 0; i < SIZE; i += 1) {
			// One half of the spectrum, twice: what comes back is the envelope.
			const twice = i > 0 && i < SIZE / 2 ? 2 : 0;
			[re[i], im[i]] = [twice * (re[i] * sought.re[i] + im[i] * sought.im[i]), twice * (im[i] * sought.re[i] - re[i] * sought.im[i])];
		}
		transform(re, im, 1);
		const power = (i) => re[i] * re[i] + im[i] * im[i];
		for (let from = 0; from < hop && start + from + SLOW <= all.length; from += step) {
			let best = from;
			for (let i = from; i < from + step; i += 1) if (power(i) > power(best)) best = i;
			found.push({ at: (start + best) * EVERY, level: 20 * Math.log10(Math.max(Math.sqrt(power(best)) / SIZE / energy, 1e-10)) });
		}
	}
	return found;
}
