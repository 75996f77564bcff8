import { Ceiling } from './ceiling';
import { Mean } from './mean';
import { LIMITS, peakOf, powerOf, splOf, usableFullScale } from './pressure';

/** What is told of the last stretch of sound. */
export interface Heard {
	/** Largest sample and mean square, 1 = full scale. */
	peak: number;
	power: number;
	/** The same mean as pressure, and that of the last minute (dB SPL). */
	spl: number;
	minute: number;
	/** The least gain that was applied, 1 = nothing was held back. */
	gain: number;
	/** How often a warning was given since the beginning. */
	warnings: number;
}

/** Samples beyond this are no sound but a fault; still bounded, so that what follows stays finite. */
const FAULTY = 64;
/** Below the voice by far: what is there is no sound, but would use up the room under the ceiling. */
const LOWEST_HZ = 10;
const RECOVER_MS = 200;
const BLOCK_MS = 100;
const BEEP_HZ = 1000;
const BEEP_EDGE_MS = 5;

/**
 * What guards an interpreter's hearing, last before the headset: a ceiling that no sample passes, a mean over 100 ms that
 * is not passed, and two beeps when the mean over a minute has been too high. One object for one sound of one channel; the
 * time is that of the samples. Allocates at birth only. Whatever comes in, not-a-number included, what comes out is bounded.
 */
export class Protection {
	private readonly ceiling: Ceiling;
	private readonly sustained: Mean;
	private readonly minute: Mean;
	private readonly block: number;
	private readonly recover: number;
	private readonly lowest: number;
	private fullScale: number;
	private sustainedPower = 0;
	private beepPeak = 0;

	private before = 0;
	private steady = 0;
	private held = 1;
	/** Samples since the beginning. */
	private now = 0;
	private blockSum = 0;
	/** Sample at which the beeps began; the next warning may come after the back-off. */
	private beeping = -Infinity;
	private quietUntil = -Infinity;
	private warnings = 0;
	private peak = 0;
	private power = 0;
	private told = 0;
	private least = 1;

	constructor(
		private readonly rate: number,
		fullScale: number,
	) {
		this.fullScale = usableFullScale(fullScale);
		this.ceiling = new Ceiling(rate, 1);
		this.sustained = new Mean(this.samples(LIMITS.sustainedMs));
		this.block = this.samples(BLOCK_MS);
		this.minute = new Mean(Math.round(LIMITS.exposureMs / BLOCK_MS));
		this.recover = 1 - Math.exp(-1000 / (rate * RECOVER_MS));
		this.lowest = Math.exp((-2 * Math.PI * LOWEST_HZ) / rate);
		this.setFullScale(fullScale);
	}

	/** Samples by which what comes out is late. */
	get late(): number {
		return this.ceiling.late;
	}

	/** dB SPL of the headset for a sine at full scale. */
	setFullScale(db: number): void {
		this.fullScale = usableFullScale(db);
		// A beep is added after the limiter, at once and as loud as it is to be: its room is kept free.
		this.beepPeak = Math.SQRT2 * peakOf(LIMITS.beep, this.fullScale);
		this.ceiling.limit = peakOf(LIMITS.ceiling, this.fullScale) - this.beepPeak;
		this.sustainedPower = powerOf(LIMITS.sustained, this.fullScale);
	}

	/** Fills `output` with what `input` may sound like. Both of one length; they may be the same. */
	process(input: Float32Array, output: Float32Array): void {
		for (let i = 0; i < output.length; i++) {
			const sound = this.sustain(this.ceiling.next(this.withoutOffset(input[i] ?? 0)));
			output[i] = sound + this.beep();
			this.count(sound);
		}
	}

	/** Of everything since the last call. */
	tell(): Heard {
		const power = this.told > 0 ? this.power / this.told : 0;
		const heard = {
			peak: this.peak,
			power,
			spl: splOf(power, this.fullScale),
			minute: splOf(this.minute.value, this.fullScale),
			gain: this.least,
			warnings: this.warnings,
		};
		this.peak = this.power = this.told = 0;
		this.least = 1;
		return heard;
	}

	private samples(ms: number): number {
		return Math.round((this.rate * ms) / 1000);
	}

	private withoutOffset(value: number): number {
		const sample = value >= -FAULTY && value <= FAULTY ? value : value > 0 ? FAULTY : value < 0 ? -FAULTY : 0;
		this.steady = sample - this.before + this.lowest * this.steady;
		this.before = sample;
		return this.steady;
	}

	/** Holds the mean over 100 ms; a shorter sound passes. */
	private sustain(sample: number): number {
		const power = this.sustained.take(sample * sample);
		const wanted = power > this.sustainedPower ? Math.sqrt(this.sustainedPower / power) : 1;
		this.held = Math.min(wanted, this.held + (1 - this.held) * this.recover);
		this.least = Math.min(this.least, this.held * this.ceiling.applied);
		return sample * this.held;
	}

	private count(sample: number): void {
		const power = sample * sample;
		this.peak = Math.max(this.peak, Math.abs(sample));
		this.power += power;
		this.told++;
		this.blockSum += power;
		this.now++;
		if (this.now % this.block !== 0)
			return;
		this.minute.take(this.blockSum / this.block);
		this.blockSum = 0;
		if (this.now >= this.quietUntil && this.minute.value > powerOf(LIMITS.exposure, this.fullScale))
			this.warn();
	}

	private warn(): void {
		this.warnings++;
		this.beeping = this.now;
		this.quietUntil = this.now + this.samples(LIMITS.backOffMs);
	}

	private beep(): number {
		const since = this.now - this.beeping;
		const length = this.samples(LIMITS.beepMs);
		if (since >= 3 * length)
			return 0;
		const at = since % (2 * length);
		if (at >= length)
			return 0;
		const edge = this.samples(BEEP_EDGE_MS);
		const rise = Math.min(1, at / edge, (length - at) / edge);
		return this.beepPeak * (0.5 - 0.5 * Math.cos(Math.PI * rise)) * Math.sin((2 * Math.PI * BEEP_HZ * at) / this.rate);
	}
}
