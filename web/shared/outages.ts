import { formatDuration } from './time';
import type { Outage } from './view';
import { isKey, secondOfDay, t, type Key } from './words';

/** What is said of a room whose line was lost. The server tells of the last eight (`measured.outages`), the oldest first. */

/** Once all is told of an outage it is worth a look for so long. */
const TOLD_MS = 600_000;
/** From here on seconds are no longer counted. */
const SECONDS_MAX = 180;

export function isOpen({ state }: Outage): boolean {
	return state !== 'delivered' && state !== 'refused';
}

/** The one of this badge that is to be told at `now`: what is not in the record yet before what is. */
export function outageOf(outages: Outage[] | undefined, badge: string, now: number): Outage | undefined {
	const all = (outages ?? []).filter((one) => one.source === badge && (isOpen(one) || now - one.at_ms < TOLD_MS));
	return all.filter(isOpen).at(-1) ?? all.at(-1);
}

/** "10:42:07–10:43:08". */
export function edgesOf({ from_ms, to_ms }: Outage): string {
	return t('outage.edges', { from: secondOfDay(from_ms), to: to_ms === null ? t('outage.now') : secondOfDay(to_ms) });
}

/** "10:42:07–10:43:08, 61 s". */
export function spanOf(outage: Outage, now: number): string {
	const { from_ms, to_ms } = outage;
	const seconds = Math.max(0, Math.round(((to_ms ?? now) - from_ms) / 1000));
	const length = seconds < SECONDS_MAX ? t('outage.seconds', { n: seconds }) : formatDuration(seconds * 1000);
	return t('outage.span', { edges: edgesOf(outage), length });
}

/** As the recorder says it where that is none of the words of the protocol. */
export function reasonOf({ reason }: Outage): string {
	const key = `outage.reason.${reason ?? 'malformed'}` as const;
	return isKey(key) ? t(key) : (reason ?? '');
}

export function percentOf({ percent }: Outage): string {
	return t('unit.percent', { n: percent ?? 0 });
}

/** In a few words, beside which the edges stand. */
export function outageShort(outage: Outage): string {
	return t(`outage.short.${outage.state}` satisfies Key, { percent: percentOf(outage), at: secondOfDay(outage.at_ms) });
}

/** In one line, for whoever mends it. */
export function outageText(outage: Outage, now: number): string {
	const span = spanOf(outage, now);
	switch (outage.state) {
		case 'lost':
			return t('outage.lost', { from: secondOfDay(outage.from_ms) });
		case 'back':
			return t('outage.back', { span });
		case 'delivering':
			return t('outage.delivering', { span, percent: percentOf(outage) });
		case 'delivered':
			return t('outage.delivered', { span, at: secondOfDay(outage.at_ms) });
		case 'refused':
			return t('outage.refused', { span, reason: reasonOf(outage) });
	}
}
