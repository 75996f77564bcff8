/** A sample from here on was cut off by whatever made it a number. */
const CLIPPED = 0.995;
/** Clipping lasts a fifth of a millisecond; who is to see it is shown it for so long. */
const HOLD_MS = 2000;
const NOTHING_DB = -100;

/** A level to draw: how loud, and whether it was cut off a moment ago. */
export class Level {
	/** Root mean square and largest sample of the last stretch, dBFS. */
	db = NOTHING_DB;
	peakDb = NOTHING_DB;
	private clippedUntil = -Infinity;

	/** `now` in ms, of any clock that does not go back. */
	take(power: number, peak: number, now: number): void {
		this.db = Math.max(NOTHING_DB, 10 * Math.log10(power + 1e-10));
		this.peakDb = Math.max(NOTHING_DB, 20 * Math.log10(peak + 1e-5));
		if (peak >= CLIPPED)
			this.clippedUntil = now + HOLD_MS;
	}

	takeSamples(samples: Float32Array, now: number): void {
		let power = 0;
		let peak = 0;
		for (const sample of samples) {
			power += sample * sample;
			peak = Math.max(peak, Math.abs(sample));
		}
		this.take(power / samples.length, peak, now);
	}

	isClipped(now: number): boolean {
		return now < this.clippedUntil;
	}
}
