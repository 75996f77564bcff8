import { finds } from '#shared/find';
import { speaks } from '#shared/link';
import { isOpen, outageOf } from '#shared/outages';
import type { Verdict } from '#shared/precall';
import { shortName, type Outage, type Participant, type View } from '#shared/view';
import { currentLanguage, decimal, isKey, t } from '#shared/words';
import type { Severity, Station, Survey, Trouble } from './survey';

/** The lines of the table: who, how bad, in which order. */

export interface Row {
	badge: string;
	participant: Participant;
	station: Station | undefined;
	/** Also of a room that is away. */
	troubles: Trouble[];
	/** Of a room whose line was lost of late. */
	outage: Outage | undefined;
	severity: Severity | null;
	/** Since when it is that bad; 0: it is not. */
	since: number;
	/** Of the test before the call; undefined: there was none. */
	verdict: Verdict | undefined;
}

export const SHOWN = ['all', 'trouble', 'here', 'rooms', 'desks', 'unready'] as const;
export type Shown = (typeof SHOWN)[number];

export function worst(troubles: Trouble[]): { severity: Severity | null; since: number } {
	const severity = troubles[0]?.[1] ?? null;
	const alike = troubles.filter(([, one]) => one === severity).map(([, , since]) => since);
	return { severity, since: severity === null ? 0 : Math.min(...alike) };
}

/** Of who is not here the survey says nothing; what a room owes the record is a trouble all the same. */
export function troublesOf(station: Station | undefined, outage: Outage | undefined, recorded: boolean): Trouble[] {
	const told = station?.troubles ?? [];
	if (outage === undefined || !recorded || !isOpen(outage) || told.some(([name]) => name === 'undelivered'))
		return told;
	return [...told, ['undelivered', 'warning', outage.from_ms, 1]];
}

export function rowsOf(view: View, survey: Survey, outages: Outage[] = [], now = 0): Row[] {
	const recorded = view.recording?.state !== 'off';
	return Object.entries(view.participants).map(([badge, participant]) => {
		const station = survey.people[badge];
		const outage = participant.role === 'room' ? outageOf(outages, badge, now) : undefined;
		const troubles = troublesOf(station, outage, recorded);
		return { badge, participant, station, troubles, outage, ...worst(troubles), verdict: survey.tests[badge]?.verdict };
	});
}

const RANK = { critical: 0, warning: 1 } as const;

function rank({ severity, participant }: Row): number {
	return severity !== null ? RANK[severity] : participant.present ? 2 : 3;
}

/** Trouble on top, the worst first and of those alike what has lasted longest; then who is here, by name. */
export function sorted(rows: Row[], view: View): Row[] {
	const names = new Map(rows.map(({ badge }) => [badge, shortName(view, badge)]));
	const collator = new Intl.Collator(currentLanguage());
	return [...rows].sort(
		(a, b) => rank(a) - rank(b) || a.since - b.since || collator.compare(names.get(a.badge)!, names.get(b.badge)!) || a.badge.localeCompare(b.badge),
	);
}

/** The same rows in the order they had; for while a finger or a pointer is on them. New ones come last. */
export function asBefore(rows: Row[], order: string[]): Row[] {
	const places = new Map(order.map((badge, i) => [badge, i]));
	return [...rows].sort((a, b) => (places.get(a.badge) ?? order.length) - (places.get(b.badge) ?? order.length));
}

export function matches({ badge, participant, severity, verdict }: Row, shown: Shown, text: string): boolean {
	if (!finds(text, [badge, participant.name, participant.country, participant.seat]))
		return false;
	switch (shown) {
		case 'all':
			return true;
		case 'trouble':
			return severity !== null;
		case 'here':
			return participant.present;
		case 'rooms':
			return participant.role === 'room';
		case 'desks':
			return participant.role === 'interpreter';
		case 'unready':
			return speaks(participant.role) && participant.role !== 'room' && verdict !== 'good';
	}
}

/** A trouble in the reader's words, with its figure where that says something. */
export function troubleText([name, , , figure]: Trouble): string {
	const key = `trouble.${name}`;
	const n = name.startsWith('loss') ? decimal(figure / 10) : name === 'slow' ? Math.round(figure / 1000) : name === 'clock' || name === 'room-clock' ? Math.round(Math.abs(figure) / 1000) : Math.abs(figure);
	return isKey(key) ? t(key, { n }) : name;
}
