/**
 * Mains hum in what a microphone gives: lines at multiples of 50 or 60 Hz that stand out of what lies beside them, and stay.
 * It is looked for where nobody speaks: a voice has lines of its own, and lays them over those of the mains.
 */

/** Samples to look at, once a second. At 48 kHz 0.68 s, of which the quietest half counts. */
export const HUM_SAMPLES = 32_768;
const MAINS = [50, 60] as const;
const MULTIPLES = [1, 2, 3, 4, 5, 6];
/** A rectifier hums at twice the mains; a line of the others alone is a machine's, or music. */
const GROUND = 2;
/** Nothing above a hum's highest line is needed: so many samples are taken together. */
const TOGETHER = 8;
const PART = HUM_SAMPLES / TOGETHER / 2;
const STEP = 64;
/** A line stands higher than what is so near, or it is another one's flank. */
const FLANK_HZ = [-3, 3];
/** Where nothing of either mains is, and by how much (dB) a line stands out of it: noise alone comes near half of it. */
const BESIDE_HZ = [-15, -11, 11, 15];
const PROMINENT = 10 ** (12 / 10);
/** dBFS: what is quieter nobody hears. */
const LEAST = 10 ** (-75 / 10);
/** Looks that are remembered; of those, the ones near the quietest are pauses (power), and so many make a judgement. */
const LOOKS = 20;
const PAUSE = 4;
const PAUSES = 5;
/** In three pauses of four a line is there, and no further from its middle (power): the end of a word may lie over the others. */
const STEADY_PART = 0.75;
const STEADY = 2;

const HANN = Float32Array.from({ length: PART }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / PART));

interface Look {
	power: number;
	/** By mains and multiple; 0 where none stands out. */
	lines: number[][];
}

/** A sine's mean square at a frequency (Goertzel's algorithm). */
function powerAt(windowed: Float32Array, hz: number, rate: number): number {
	const w = (2 * Math.PI * hz) / rate;
	const c = 2 * Math.cos(w);
	let [last, before] = [0, 0];
	for (const sample of windowed) {
		const now = sample + c * last - before;
		before = last;
		last = now;
	}
	return (8 * (last * last + before * before - c * last * before)) / (windowed.length * windowed.length);
}

function lineAt(windowed: Float32Array, hz: number, rate: number): number {
	const line = powerAt(windowed, hz, rate);
	const at = (offsets: number[]) => Math.max(...offsets.map((off) => powerAt(windowed, hz + off, rate)));
	return line > LEAST && line > at(FLANK_HZ) && line > PROMINENT * at(BESIDE_HZ) ? line : 0;
}

function takenTogether(samples: Float32Array): Float32Array {
	const sums = new Float32Array(samples.length / TOGETHER);
	for (let i = 0; i < samples.length; i += 1)
		sums[Math.floor(i / TOGETHER)]! += samples[i]! / TOGETHER;
	return sums;
}

const meanSquare = (samples: Float32Array): number => samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;

function quietest(samples: Float32Array): { part: Float32Array; power: number } {
	let least = { part: samples, power: Infinity };
	for (let at = 0; at + PART <= samples.length; at += STEP) {
		const part = samples.subarray(at, at + PART);
		const power = meanSquare(part);
		if (power < least.power)
			least = { part, power };
	}
	return least;
}

/** A converter gives one silent sample after another for a moment at most. */
function isSwitched(samples: Float32Array): boolean {
	for (let at = 0; at < samples.length; at += STEP)
		if (samples.subarray(at, at + STEP).every((sample) => sample === 0))
			return true;
	return false;
}

export class HumFinder {
	/** dBFS of all lines of the mains that hums; null: none does, or it is not known yet. */
	db: number | null = null;
	private looks: Look[] = [];

	constructor(private readonly rate: number) {}

	/** The last HUM_SAMPLES of the microphone. Silence without a single bit is a switch, and such a look says nothing. */
	look(samples: Float32Array): void {
		const sums = takenTogether(samples);
		if (isSwitched(sums))
			return;
		const { part, power } = quietest(sums);
		const windowed = part.map((sample, i) => sample * HANN[i]!);
		const rate = this.rate / TOGETHER;
		const lines = MAINS.map((mains) => MULTIPLES.map((multiple) => lineAt(windowed, mains * multiple, rate)));
		this.looks = [...this.looks.slice(1 - LOOKS), { power, lines }];
		this.db = this.judge();
	}

	private judge(): number | null {
		const floor = Math.min(...this.looks.map(({ power }) => power));
		const pauses = this.looks.filter(({ power }) => power <= PAUSE * floor);
		if (pauses.length < PAUSES)
			return null;
		const hums = MAINS.map((_, mains) => {
			const steady = MULTIPLES.map((_, i) => steadyOf(pauses.map(({ lines }) => lines[mains]![i]!)));
			return steady.slice(0, GROUND).some((power) => power > 0) ? steady.reduce((sum, power) => sum + power, 0) : 0;
		});
		const most = Math.max(...hums);
		return most > 0 ? Math.round(10 * Math.log10(most)) : null;
	}
}

/** The middle of a line's powers; 0 if it comes and goes. */
function steadyOf(powers: number[]): number {
	const there = powers.filter((power) => power > 0).sort((a, b) => a - b);
	const middle = there[Math.floor(there.length / 2)] ?? 0;
	const steady = there.filter((power) => power <= STEADY * middle && middle <= STEADY * power);
	return steady.length >= STEADY_PART * powers.length ? middle : 0;
}
