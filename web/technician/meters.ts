/** Meters of microphones, as the server tells a page that surveys about seven times a second. */

export interface Reading {
	/** dBov: what the bar stands at, and what was loudest lately. */
	level: number;
	peak: number;
}

interface Meter {
	told: Reading;
	shown: Reading;
	/** When the peak came. */
	since: number;
	at: number;
}

const FLOOR_DB = -60;
/** A bar is up at once and falls so fast, in dB a second; a peak stands for a while before it does. */
const FALL_DB = 40;
const PEAK_FALL_DB = 20;
const PEAK_HELD_MS = 1000;

function fallen(from: number, to: number, rate: number, ms: number): number {
	return Math.max(to, from - (rate * ms) / 1000);
}

export class Meters {
	private readonly meters = new Map<string, Meter>();

	/** As told: level and peak by badge, of those that are not as they were. `now` in ms, as below. */
	take(levels: Record<string, [level: number, peak: number]>, now: number): void {
		for (const [badge, [level, peak]] of Object.entries(levels)) {
			const meter = this.meters.get(badge) ?? { told: { level, peak }, shown: { level: FLOOR_DB, peak: FLOOR_DB }, since: now, at: now };
			this.fall(meter, now);
			meter.told = { level, peak };
			meter.shown.level = Math.max(meter.shown.level, level);
			if (peak >= meter.shown.peak) {
				meter.shown.peak = peak;
				meter.since = now;
			}
			this.meters.set(badge, meter);
		}
	}

	/** What a meter shows; without `falling` just what was told. `measured`: its level as everybody is told it each second, null when nothing comes from it. */
	shown(badge: string, measured: number | null, now: number, falling = true): Reading | null {
		if (measured === null) {
			this.meters.delete(badge);
			return null;
		}
		const meter = this.meters.get(badge);
		if (meter === undefined)
			return { level: measured, peak: measured };
		this.fall(meter, now);
		return falling ? { ...meter.shown } : { ...meter.told };
	}

	/** The line was lost: what was told is no more. */
	forget(): void {
		this.meters.clear();
	}

	private fall(meter: Meter, now: number): void {
		const { told, shown, at, since } = meter;
		shown.level = fallen(shown.level, told.level, FALL_DB, now - at);
		shown.peak = fallen(shown.peak, told.peak, PEAK_FALL_DB, Math.max(0, now - Math.max(at, since + PEAK_HELD_MS)));
		meter.at = now;
	}
}
