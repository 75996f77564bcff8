import { t, timeOfDay } from './words';

/** When each who waits will speak, as the server forecasts it. Times are the server's wall clock in ms. */

/** Does a turn end before the interpreters leave? */
export type Fit = 'yes' | 'perhaps' | 'no' | 'unknown';

export interface Turn {
	entry: number;
	start: number;
	/** Nine of ten times it is not farther off than that. */
	margin: number;
	end: number;
	fits: Fit;
}

export interface Plan {
	/** The interpreters leave; nobody knows when: null or absent. */
	until?: number | null;
	/** The booth that has used up its hours then. */
	booth?: string;
	/** Turns that do not fit. */
	late: number;
	/** Of those who wait. */
	finish: number;
	margin: number;
	/** Expected to ask yet, were the list left open; and the end of these. */
	more: number;
	last: number;
	last_margin: number;
	/** Percent of their time that speakers take. */
	used: number;
	statements: number;
	turns: Turn[];
}

/** What a plan is asked with; what is absent stays as it is. */
export interface WhatIf {
	/** Seconds; 0: without limit. */
	limit?: number;
	close?: boolean;
	until?: number;
	/** Seconds. */
	pause?: number;
}

/** Whole minutes, and never none: a forecast of seconds is not believed. */
export function marginMinutes(ms: number): number {
	return Math.max(1, Math.round(ms / 60_000));
}

/** "about 11:40 (± 5 min)" */
export function about(time: number, margin: number): string {
	return t('plan.about', { time: timeOfDay(time), n: marginMinutes(margin) });
}

export function turnOf(plan: Plan | null | undefined, entry: number): Turn | undefined {
	return plan?.turns.find((turn) => turn.entry === entry);
}

/** In percent of the line, from now at its beginning. */
export interface Stretch {
	entry: number;
	at: number;
	width: number;
	fits: Fit;
}

export interface Timeline {
	stretches: Stretch[];
	/** Where the interpreters leave; null: not known, or over already. */
	until: number | null;
	/** The end of the line, wall clock. */
	end: number;
}

/** The plan as a line that holds the whole list, the end of interpretation, and at least a quarter of an hour. `end` makes two lines comparable. */
export function timeline(plan: Plan, now: number, end = 0): Timeline {
	const last = Math.max(end, now + 15 * 60_000, plan.finish, plan.until ?? 0);
	const percent = (time: number) => Math.min(100, Math.max(0, ((time - now) / (last - now)) * 100));
	return {
		stretches: plan.turns.map(({ entry, start, end: over, fits }) => ({
			entry,
			at: percent(start),
			width: Math.max(0.4, percent(over) - percent(start)),
			fits,
		})),
		until: plan.until && plan.until > now ? percent(plan.until) : null,
		end: last,
	};
}

/** The one sentence a secretary needs: will everybody be heard? */
export function verdict(plan: Plan): { text: string; grade: 'good' | 'fair' | 'bad' } | null {
	if (!plan.until || plan.turns.length === 0)
		return null;
	const time = timeOfDay(plan.until);
	if (plan.late > 0)
		return { text: t('plan.late', { n: plan.late, time }), grade: 'bad' };
	if (plan.turns.some(({ fits }) => fits === 'perhaps'))
		return { text: t('plan.perhaps', { time }), grade: 'fair' };
	return { text: t('plan.fits', { time }), grade: 'good' };
}
