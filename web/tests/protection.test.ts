import { describe, expect, it, vi } from 'vitest';
import { LIMITS, MOST_DELAY_MS, decibels, peakOf, ratio, splOf, usableFullScale } from '#shared/sound/pressure';
import { Protection } from '#shared/sound/protection';

const RATE = 48_000;
const LOUD = 115; // dB SPL at full scale: a headset that needs guarding
const QUANTUM = 128;

// A second each on a machine that has time; on one that has not, many.
vi.setConfig({ testTimeout: 60_000 });

type Wave = (second: number) => number;
const sine = (hz: number, amplitude = 1): Wave => (second) => amplitude * Math.sin(2 * Math.PI * hz * second);
/** A sine as loud as `spl`. */
const tone = (hz: number, spl: number, fullScale = LOUD): Wave => sine(hz, ratio(spl - fullScale));
const silence: Wave = () => 0;

/** `seconds` of a wave through the protection, in the pieces in which a browser asks. */
function play(protection: Protection, wave: Wave, seconds: number, { rate = RATE, from = 0 } = {}): Float32Array {
	const length = Math.round((seconds * rate) / QUANTUM) * QUANTUM;
	const out = new Float32Array(length);
	const input = new Float32Array(QUANTUM);
	for (let at = 0; at < length; at += QUANTUM) {
		for (let i = 0; i < QUANTUM; i++)
			input[i] = wave(from + (at + i) / rate);
		protection.process(input, out.subarray(at, at + QUANTUM));
	}
	return out;
}

const largest = (samples: Float32Array) => samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
const stretch = (samples: Float32Array, fromMs: number, toMs: number, rate = RATE) => samples.subarray((fromMs * rate) / 1000, (toMs * rate) / 1000);
const power = (samples: Float32Array) => samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
const spl = (samples: Float32Array, fullScale = LOUD) => splOf(power(samples), fullScale);

/** Level of one frequency under a Hann window, dB below a full-scale sine. */
function levelAt(samples: Float32Array, hz: number): number {
	let [real, imaginary] = [0, 0];
	samples.forEach((sample, i) => {
		const weighed = sample * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / samples.length));
		real += weighed * Math.cos((2 * Math.PI * hz * i) / RATE);
		imaginary += weighed * Math.sin((2 * Math.PI * hz * i) / RATE);
	});
	return decibels((16 * (real * real + imaginary * imaginary)) / samples.length ** 2);
}

describe('the ceiling', () => {
	const ceiling = peakOf(LIMITS.ceiling, LOUD);

	it('is passed by no sample of a full-scale sine of any frequency', () => {
		for (const hz of [20, 50, 125, 440, 1000, 3150, 8000, 15_000, 20_000, 23_900])
			expect(largest(play(new Protection(RATE, LOUD), sine(hz), 0.5)), `${hz} Hz`).toBeLessThanOrEqual(ceiling);
	});

	it('is passed by no sample of a sweep that begins at full scale out of silence', () => {
		const sweep: Wave = (second) => Math.sin(2 * Math.PI * (20 * second + (10_000 * second * second) / 2));
		const protection = new Protection(RATE, LOUD);
		play(protection, silence, 1);
		const out = play(protection, sweep, 2);
		expect(largest(out)).toBeLessThanOrEqual(ceiling);
		expect(spl(out)).toBeGreaterThan(85);
	});

	it('bounds what is no sound: steps, offsets, noise, infinity and not-a-number', () => {
		let seed = 1;
		const noise = () => ((seed = (seed * 48_271) % 0x7fffffff) / 0x7fffffff - 0.5) * 20;
		const faults: Wave[] = [() => 1, () => 1e30, () => Infinity, () => -Infinity, () => NaN, noise, (second) => (second % 0.01 < 0.005 ? 1e9 : -1e9)];
		const protection = new Protection(RATE, LOUD);
		for (const fault of faults) {
			const out = play(protection, fault, 0.3);
			expect(out.every(Number.isFinite)).toBe(true);
			expect(largest(out)).toBeLessThanOrEqual(ceiling);
		}
		play(protection, silence, 3);
		expect(spl(play(protection, tone(440, 70), 0.5))).toBeCloseTo(70, 1);
	});

	it('lets an offset be heard as nothing', () => {
		expect(largest(stretch(play(new Protection(RATE, LOUD), () => 0.5, 1), 500, 1000))).toBeLessThan(1e-6);
	});

	it('leaves what is below it as it was, and a little late', () => {
		const protection = new Protection(RATE, LOUD);
		const out = play(protection, tone(1000, 79), 1);
		const { late } = protection;
		expect((late * 1000) / RATE).toBeLessThan(MOST_DELAY_MS);
		const was = tone(1000, 79);
		const change = Float32Array.from(stretch(out, 500, 900), (sample, i) => sample - was((RATE / 2 + i - late) / RATE));
		expect(largest(change)).toBeLessThan(0.01 * ratio(79 - LOUD));
		expect(protection.tell().gain).toBe(1);
	});

	it('comes down and goes up again without a click', () => {
		// A shriek 30 dB above the voice fades in within 5 ms. Whoever cuts it off puts harmonics into the upper bands, the limiter does not.
		const shriek: Wave = (second) => sine(1000, ratio(-30) + Math.min(1, Math.max(0, (second - 0.1) / 0.005)))(second);
		const out = play(new Protection(RATE, LOUD), shriek, 0.3);
		const cut = Float32Array.from(out, (_, i) => Math.min(ceiling, Math.max(-ceiling, shriek(i / RATE))));
		for (const hz of [7000, 11_000, 15_000]) {
			expect(levelAt(stretch(out, 60, 230), hz), `${hz} Hz`).toBeLessThan(-80);
			expect(levelAt(stretch(cut, 60, 230), hz), `${hz} Hz, cut off`).toBeGreaterThan(-60);
		}
		const protection = new Protection(RATE, LOUD);
		const steps = play(protection, (second) => sine(1000, second > 0.1 && second < 0.2 ? 1 : ratio(-40))(second), 1);
		const largestStep = steps.reduce((most, sample, i) => (i > 0 ? Math.max(most, Math.abs(sample - steps[i - 1]!)) : most), 0);
		expect(largestStep).toBeLessThan(2 * Math.PI * 1000 / RATE * ceiling * 1.2);
	});
});

describe('a sound that stays above 94 dB SPL', () => {
	it('is held at 94 after a tenth of a second', () => {
		const out = play(new Protection(RATE, LOUD), tone(500, 96.5), 1);
		expect(spl(stretch(out, 10, 50))).toBeCloseTo(96.5, 0.5);
		expect(spl(stretch(out, 105, 125))).toBeLessThan(94.3);
		for (let ms = 200; ms < 900; ms += 100)
			expect(spl(stretch(out, ms, ms + 100))).toBeLessThan(94.05);
		expect(spl(stretch(out, 500, 900))).toBeGreaterThan(93.5);
	});

	it('passes when it is short', () => {
		const out = play(new Protection(RATE, LOUD), (second) => (second < 0.04 ? tone(500, 96.5)(second) : 0), 0.2);
		expect(spl(stretch(out, 10, 40))).toBeCloseTo(96.5, 0.5);
	});

	it('at full scale is held by ceiling and mean together', () => {
		const out = play(new Protection(RATE, LOUD), sine(500), 2);
		for (let ms = 200; ms < 1900; ms += 50)
			expect(spl(stretch(out, ms, ms + 100))).toBeLessThan(94.05);
	});

	it('leaves what comes after it as it was', () => {
		const protection = new Protection(RATE, LOUD);
		play(protection, sine(500), 1);
		play(protection, silence, 1);
		expect(spl(play(protection, tone(500, 75), 0.5))).toBeCloseTo(75, 1);
	});
});

describe('a minute whose mean is above 80 dB SPL', () => {
	// Half an hour of samples is much; at a lower rate it is the same arithmetic.
	const LOW = 1024;
	const beeps = (protection: Protection, wave: Wave, seconds: number) => {
		const found: number[] = [];
		for (let second = 0; second < seconds; second++) {
			const before = protection.tell().warnings;
			play(protection, wave, 1, { rate: LOW, from: second });
			if (protection.tell().warnings > before)
				found.push(second + 1);
		}
		return found;
	};

	it('is warned of when the mean of the last minute passes, silence counted, and again only after 30 minutes', () => {
		// 83 dB for half of a minute are 80 over the whole of it.
		const [first, second, ...more] = beeps(new Protection(LOW, LOUD), tone(44, 83), 2000);
		expect(first).toBeGreaterThan(28);
		expect(first).toBeLessThan(33);
		expect(second! - first!).toBeGreaterThanOrEqual(1799);
		expect(second! - first!).toBeLessThan(1803);
		expect(more).toEqual([]);
	});

	it('is not warned of below, nor after a loud but short time', () => {
		expect(beeps(new Protection(LOW, LOUD), tone(44, 79.5), 180)).toEqual([]);
		expect(beeps(new Protection(LOW, LOUD), (second) => (second < 10 ? tone(44, 85)(second) : 0), 120)).toEqual([]);
	});

	it('is warned of by two beeps of 100 ms, 100 ms apart, below 70 dB SPL, while the sound goes on', () => {
		const protection = new Protection(RATE, LOUD);
		let second = 0;
		for (; protection.tell().warnings === 0 && second < 60; second += 0.04)
			play(protection, tone(440, 84), 0.04, { from: second });
		expect(spl(play(protection, tone(440, 84), 0.04, { from: second }))).toBeGreaterThan(83.5);
		// Then the sound ends; what is heard from here on are the beeps.
		const out = play(protection, silence, 0.5);
		const heard = Array.from({ length: 40 }, (_, i) => spl(stretch(out, i * 10, i * 10 + 10)) > 60);
		const edges = heard.flatMap((on, i) => (on !== (heard[i - 1] ?? true) ? [i * 10] : []));
		expect(edges.length).toBe(3);
		const [end, again, last] = edges;
		expect(again! - end!).toBeCloseTo(100, -1.5);
		expect(last! - again!).toBeCloseTo(100, -1.5);
		const middle = stretch(out, again! + 20, again! + 80);
		expect(spl(middle)).toBeGreaterThan(66);
		expect(spl(middle)).toBeLessThanOrEqual(70);
		expect(largest(out)).toBeLessThanOrEqual(peakOf(LIMITS.ceiling, LOUD));
	});

	it('keeps the ceiling while it beeps', () => {
		const protection = new Protection(RATE, LOUD);
		const out = play(protection, (second) => sine(1000)(second), 20);
		expect(protection.tell().warnings).toBe(1);
		expect(largest(out)).toBeLessThanOrEqual(peakOf(LIMITS.ceiling, LOUD));
	});
});

describe('the assumed loudness of the headset', () => {
	it('moves all limits with it, while sound goes on', () => {
		const protection = new Protection(RATE, 130);
		play(protection, sine(500), 1);
		protection.setFullScale(110);
		play(protection, sine(500), 1);
		expect(spl(play(protection, sine(500), 1), 110)).toBeCloseTo(94, 0);
	});

	it('guards nothing that the headset cannot do', () => {
		const out = play(new Protection(RATE, 80), sine(500), 1);
		expect(largest(out)).toBeGreaterThan(0.99);
	});

	it('stays within what headsets are', () => {
		expect(usableFullScale(NaN)).toBe(105);
		expect(usableFullScale(10)).toBe(80);
		expect(usableFullScale(1000)).toBe(130);
	});
});
