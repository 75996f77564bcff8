import { beforeEach, expect, test } from 'vitest';
import { HUM_SAMPLES, HumFinder } from '#shared/sound/hum';

/** Hum of the mains, told from voices, noise and machines; all of it made here. */

const RATE = 48_000;
const SECONDS = 20;

function random(seed: number): () => number {
	let state = seed;
	return () => ((state = (state * 48_271) % 0x7fffffff) / 0x7fffffff) * 2 - 1;
}
const amplitude = (db: number): number => Math.SQRT2 * 10 ** (db / 20);
const silence = (): Float32Array => new Float32Array(RATE * SECONDS);

/** A turn of the vocal cords. */
const GLOTTIS = Float32Array.from({ length: 4096 }, (_, i) =>
	Array.from({ length: 24 }, (_, k) => Math.sin(((k + 1) * 2 * Math.PI * i) / 4096) / (k + 1)).reduce((sum, one) => sum + one),
);

/** Syllables of four a second on a pitch that moves, pauses in between. */
function voice(into: Float32Array, pitch: number, db: number): void {
	const chance = random(7 + pitch);
	let phase = 0;
	for (let from = 0; from < into.length;) {
		const length = Math.round(RATE * (0.12 + 0.1 * Math.abs(chance())));
		const pause = chance() > 0.55 ? Math.round(RATE * 0.5) : Math.round(RATE * 0.05);
		const [begin, end] = [pitch * (1 + 0.12 * chance()), pitch * (1 + 0.12 * chance())];
		for (let i = 0; i < length && from + i < into.length; i += 1) {
			phase = (phase + (begin + ((end - begin) * i) / length) / RATE) % 1;
			into[from + i]! += 0.6 * amplitude(db) * Math.sin((Math.PI * i) / length) * GLOTTIS[Math.floor(phase * 4096)]!;
		}
		from += length + pause;
	}
}
function tone(into: Float32Array, hz: number, db: number): void {
	for (let i = 0; i < into.length; i += 1)
		into[i]! += amplitude(db) * Math.sin((2 * Math.PI * hz * i) / RATE);
}
function white(into: Float32Array, db: number): void {
	const chance = random(11);
	for (let i = 0; i < into.length; i += 1)
		into[i]! += 10 ** (db / 20) * Math.sqrt(3) * chance();
}
function pink(into: Float32Array, db: number): void {
	const chance = random(13);
	let [a, b, c] = [0, 0, 0];
	for (let i = 0; i < into.length; i += 1) {
		const now = chance();
		a = 0.99765 * a + now * 0.099046;
		b = 0.963 * b + now * 0.2965164;
		c = 0.57 * c + now * 1.0526913;
		into[i]! += 10 ** (db / 20) * (a + b + c + now * 0.1848);
	}
}

/** What is found, second by second. */
function found(samples: Float32Array, rate = RATE): (number | null)[] {
	const finder = new HumFinder(rate);
	const hums: (number | null)[] = [];
	for (let at = 0; at + HUM_SAMPLES <= samples.length; at += rate) {
		finder.look(samples.subarray(at, at + HUM_SAMPLES));
		hums.push(finder.db);
	}
	return hums;
}
// So that the runner is answered in between, however slow the machine is.
beforeEach(() => new Promise((resolve) => void setImmediate(resolve)));

const never = (samples: Float32Array): boolean => found(samples).every((one) => one === null);

for (const pitch of [85, 100, 110, 120, 150, 200, 240, 300])
	test(`a voice at ${pitch} Hz is no hum`, () => {
		const samples = silence();
		voice(samples, pitch, -20);
		white(samples, -70); // pauses without a bit would not be looked at
		expect(never(samples)).toBe(true);
	});

for (const mains of [50, 60])
	for (const level of [-30, -40, -50, -60])
		test(`${mains} Hz at ${level} dB under a voice, off by a fifth of a hertz`, () => {
			const samples = silence();
			voice(samples, 130, -20);
			for (const [multiple, less] of [[1, 0], [2, 3], [3, 6]] as const)
				tone(samples, (mains - 0.2) * multiple, level - less);
			expect(Math.abs(found(samples).at(-1)! - level - 2)).toBeLessThanOrEqual(2); // the three together are 2.4 dB more
		});

for (const hz of [100, 120])
	test(`a rectifier hums at ${hz} Hz, and under a voice of the same pitch`, () => {
		const samples = silence();
		voice(samples, hz, -20);
		tone(samples, hz, -40);
		tone(samples, 2 * hz, -45);
		expect(Math.abs(found(samples).at(-1)! + 39)).toBeLessThanOrEqual(2);
	});

for (const rate of [16_000, 44_100, 48_000, 96_000])
	test(`its level is that of its lines, whatever the sound card's rate: ${rate} Hz`, () => {
		const samples = new Float32Array(rate * SECONDS);
		for (let i = 0; i < samples.length; i += 1)
			samples[i] = amplitude(-40) * Math.sin((2 * Math.PI * 60 * i) / rate);
		expect(found(samples, rate).at(-1)).toBe(-40);
	});

test('it is known after five looks, gone five after the cable was changed, and a switched microphone says nothing', () => {
	const samples = silence();
	white(samples, -70);
	tone(samples.subarray(0, 12 * RATE), 50, -40);
	samples.fill(0, 7.6 * RATE, 11.5 * RATE);
	const hums = found(samples);
	expect(hums.slice(0, 4)).toEqual([null, null, null, null]);
	expect(hums.slice(4, 12)).toEqual(Array(8).fill(-40));
	expect(hums.slice(16)).toEqual(Array(hums.length - 16).fill(null));
});

for (const level of [-20, -40, -60])
	test(`noise at ${level} dB is no hum`, () => {
		for (const noise of [white, pink]) {
			const samples = silence();
			voice(samples, 110, -20);
			noise(samples, level);
			expect(never(samples)).toBe(true);
		}
	});

// Of the last, 300 Hz is a multiple of either mains, and no hum without a lower one.
for (const hz of [47, 57, 94, 97, 118, 145, 172, 300])
	test(`a machine with a tone of its own at ${hz} Hz is no hum`, () => {
		const samples = silence();
		pink(samples, -45);
		tone(samples, hz, -40);
		expect(never(samples)).toBe(true);
	});

test('a hum that noise covers is noise', () => {
	const samples = silence();
	white(samples, -20);
	tone(samples, 50, -60);
	expect(never(samples)).toBe(true);
});
