/** A recording as the archive's index tells it. What an index leaves out is nothing of the kind. */

export interface Span {
	from_ms: number;
	to_ms: number;
}

export interface Channel {
	id: string;
	/** BCP 47; the floor has none. */
	language?: string;
	name?: string;
}

export interface Item extends Span {
	item: number;
	title: string;
}

export interface Speech extends Span {
	n: number;
	participant: string;
	name: string;
	delegation?: string;
	person?: { name?: string; rank?: string };
	as?: string;
	item?: number;
	language?: string;
}

export interface Decision {
	title: string;
	kind?: string;
	at_ms: number;
	result?: string;
	totals?: { yes?: number; no?: number; abstain?: number };
}

export interface Point {
	participant: string;
	name?: string;
	at_ms: number;
	ruling?: string;
}

export interface Motion {
	participant: string;
	name?: string;
	motion: string;
	at_ms: number;
	result?: string;
}

/** A room's line was lost, and what was said there was delivered afterwards. */
export interface Delivered extends Span {
	participant: string;
	name?: string;
	person?: { name?: string };
}

export interface Recording {
	session: string;
	meeting: string;
	title: string;
	symbol?: string;
	class: 'public' | 'private' | 'closed-members';
	started_ms: number;
	duration_ms: number;
	languages: Channel[];
	items: Item[];
	speeches: Speech[];
	decisions: Decision[];
	points: Point[];
	motions: Motion[];
	captions: { language: string }[];
	/** Of one participant alone where it is named. */
	gaps: (Span & { participant?: string })[];
	delivered: Delivered[];
	/** The floor's programme with that in its place. */
	late?: string;
}

type Bare = Pick<Recording, 'session' | 'meeting' | 'class' | 'started_ms' | 'duration_ms'> & Partial<Omit<Recording, 'speeches'>> & { speeches?: (Omit<Speech, 'name'> & { name?: string })[] };

/** The index with empty lists where it has none, and speeches in the order in which they were made. */
export function whole(index: Bare): Recording {
	const lists = { languages: [], items: [], speeches: [], decisions: [], points: [], motions: [], captions: [], gaps: [], delivered: [] };
	const all = { title: '', ...lists, ...index };
	// The chair speaks for no delegation that the record would name.
	const speeches = all.speeches.map((speech): Speech => ({ ...speech, name: speech.name ?? speech.person?.name ?? speech.participant }));
	return { ...all, speeches: speeches.sort((a, b) => a.from_ms - b.from_ms) };
}

/** The speech that is made at this moment; of two, the later one. */
export function speechAt(speeches: Speech[], ms: number): Speech | undefined {
	return speeches.filter(({ from_ms, to_ms }) => from_ms <= ms && ms < to_ms).at(-1);
}

/** What the room is called. */
export function roomOf({ participant, name, person }: Delivered): string {
	return person?.name ?? name ?? participant;
}

/** Rooms that were not heard at this moment, and have delivered what they said. */
export function deliveredAt(delivered: Delivered[], ms: number): Delivered[] {
	return delivered.filter(({ from_ms, to_ms }) => from_ms <= ms && ms < to_ms);
}

/** The chair's lasts as long as the sitting, and the others' lie within it. */
export function isPresiding({ as }: Speech): boolean {
	return as === 'presiding';
}

/** Where one gets to from here: the beginning of the speech before (or of this one, once it has gone on for a moment), or of the next. */
export function neighbour(speeches: Speech[], ms: number, step: 1 | -1): Speech | undefined {
	return step > 0 ? speeches.find(({ from_ms }) => from_ms > ms + 1) : speeches.filter(({ from_ms }) => from_ms < ms - 2000).at(-1);
}

/** Which of the timeline's hues a delegation has: the same wherever it speaks, in every recording. */
const HUES = ['hue-0', 'hue-1', 'hue-2', 'hue-3', 'hue-4', 'hue-5', 'hue-6', 'hue-7', 'hue-8', 'hue-9', 'hue-10', 'hue-11'] as const;
export function hueOf({ delegation, participant }: Speech): (typeof HUES)[number] {
	let sum = 0;
	for (const c of delegation ?? participant)
		sum = (sum * 31 + c.codePointAt(0)!) % 9973;
	return HUES[sum % HUES.length]!;
}

/** `61.5`, `1:01`, `1:02:03` as milliseconds within the recording; 0 for anything else. */
export function readPlace(text: string | null, duration_ms: number): number {
	const parts = /^\d+(?::\d{1,2}){0,2}(?:\.\d+)?$/.test(text ?? '') ? text!.split(':').map(Number) : [0];
	const seconds = parts.reduce((sum, part) => sum * 60 + part, 0);
	return Math.min(Math.round(seconds * 1000), duration_ms);
}
