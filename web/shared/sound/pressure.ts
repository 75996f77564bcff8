/**
 * Sound pressure in a headset, as far as a page can know it.
 *
 * A browser knows samples, not pascals: how loud a sample is depends on the headset and on the volume the system is set to.
 * So one number is assumed, and can be set: `fullScale`, the level in dB SPL that the headset gives for a sine at digital
 * full scale. All levels are of the samples that leave the page, unweighted (no A-weighting: what is limited is what is
 * counted; for speech the two differ by a decibel or two, on the safe side), for one ear; both ears get the same.
 */

/** A headset of ordinary sensitivity with the system's volume near its top. */
export const USUAL_FULL_SCALE = 105;
/** What a headset can be: from turned far down to the loudest there are. */
export const LEAST_FULL_SCALE = 80;
export const MOST_FULL_SCALE = 130;

/** What an interpreter's desk guards against (ISO 20109 desks; Televic's manual of the Lingua ID). */
export const LIMITS = {
	/** No sample passes this pressure (dB SPL). */
	ceiling: 100,
	/** Mean over `sustainedMs` that is not passed (dB SPL). */
	sustained: 94,
	sustainedMs: 100,
	/** Mean over a minute that is warned of (dB SPL). */
	exposure: 80,
	exposureMs: 60_000,
	/** Two beeps, one pause, each this long. */
	beepMs: 100,
	/** Below the 70 dB SPL that a beep may have, by a decibel for the headset's own unevenness. */
	beep: 69,
	/** No further warning for so long. */
	backOffMs: 30 * 60_000,
} as const;

/** The most a whole way through the protection may delay a sound. */
export const MOST_DELAY_MS = 5;

export function ratio(db: number): number {
	return 10 ** (db / 20);
}

export function decibels(power: number): number {
	return 10 * Math.log10(power + 1e-15);
}

/** Mean square of samples that sound as loud as `spl`. A sine at full scale has a mean square of one half. */
export function powerOf(spl: number, fullScale: number): number {
	return ratio(spl - fullScale) ** 2 / 2;
}

/** Largest sample that keeps the pressure at every instant at or below `spl`. */
export function peakOf(spl: number, fullScale: number): number {
	return Math.sqrt(powerOf(spl, fullScale));
}

/** Level of samples of this mean square. */
export function splOf(power: number, fullScale: number): number {
	return decibels(2 * power) + fullScale;
}

export function usableFullScale(db: number): number {
	return Number.isFinite(db) ? Math.min(MOST_FULL_SCALE, Math.max(LEAST_FULL_SCALE, db)) : USUAL_FULL_SCALE;
}
