/** How far ahead the limiter sees, and so by how much it delays. */
const LOOK_AHEAD_MS = 2;
/** A dip of the gain is kept for half a period of the deepest voice, so that the gain does not follow the wave itself. */
const HOLD_MS = 10;
const RELEASE_MS = 80;

/**
 * A limiter that no sample passes. It looks ahead: the gain is down before the loud sample comes out, in a straight line
 * over the time it sees, so that nothing clicks; afterwards it is held for a moment and comes back slowly.
 */
export class Ceiling {
	private readonly delay: Float32Array;
	/** The least gain asked for within look-ahead and hold: a queue of gains that rise, with the sample each was asked at. */
	private readonly gains: Float64Array;
	private readonly asked: Float64Array;
	private first = 0;
	private waiting = 0;
	/** Gains of the last look-ahead, whose mean is the one applied. */
	private readonly recent: Float64Array;
	private sum: number;
	private gain = 1;
	private now = 0;
	/** Of this sample in `delay` and `recent`. */
	private at = 0;
	private readonly reach: number;
	private readonly release: number;

	constructor(
		rate: number,
		public limit: number,
	) {
		const ahead = Math.max(2, Math.round((rate * LOOK_AHEAD_MS) / 1000));
		this.reach = ahead + Math.round((rate * HOLD_MS) / 1000);
		this.delay = new Float32Array(ahead);
		this.recent = new Float64Array(ahead).fill(1);
		this.sum = ahead;
		this.gains = new Float64Array(this.reach);
		this.asked = new Float64Array(this.reach);
		this.release = 1 - Math.exp(-1000 / (rate * RELEASE_MS));
	}

	/** Samples by which what comes out is late. */
	get late(): number {
		return this.delay.length - 1;
	}

	/** The gain applied to the last sample; 1 = untouched. */
	get applied(): number {
		return Math.min(1, this.sum / this.recent.length);
	}

	/** One sample in, the one of `late` samples ago out. */
	next(sample: number): number {
		const at = this.at;
		const least = this.leastGain(Math.abs(sample) > this.limit ? this.limit / Math.abs(sample) : 1);
		this.gain = Math.min(least, this.gain + (1 - this.gain) * this.release);

		this.sum += this.gain - this.recent[at]!;
		this.recent[at] = this.gain;
		this.delay[at] = sample;
		this.now++;
		this.at = at + 1 < this.delay.length ? at + 1 : 0;
		const oldest = this.delay[this.at]!;
		// The mean is at or below what was asked; rounding of sum and samples is not.
		return Math.min(this.limit, Math.max(-this.limit, oldest * this.applied));
	}

	private leastGain(asked: number): number {
		const size = this.reach;
		if (this.waiting > 0 && this.asked[this.first]! <= this.now - size) {
			this.first = (this.first + 1) % size;
			this.waiting--;
		}
		while (this.waiting > 0 && this.gains[(this.first + this.waiting - 1) % size]! >= asked)
			this.waiting--;
		const at = (this.first + this.waiting) % size;
		this.gains[at] = asked;
		this.asked[at] = this.now;
		this.waiting++;
		return this.gains[this.first]!;
	}
}
