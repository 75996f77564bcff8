import type { View } from './view';

/** Where the sound of what one listens to comes from, as the view tells it. */
export interface Provenance {
	/** From the speaker to the ear: `floor` first, then the channels it went through. */
	chain: string[];
	/** Why the floor is heard instead of the channel that was chosen; null: it is not. */
	instead: 'nobody' | 'spoken' | 'understood' | null;
	/** Measured from the speaker's microphone, ms; null: unknown, or the floor itself. */
	age: number | null;
}

/** From the speaker to the ears of who hears the channel: `floor`, `fr`, `ar`. */
export function chainOf(view: View, channel: string): string[] {
	const { carries, chain } = view.channels[channel] ?? {};
	return carries === 'desk' ? (chain ?? ['floor', channel]) : ['floor'];
}

/** The channels between the floor and this one. */
export function relays(view: View, channel: string): string[] {
	return chainOf(view, channel).slice(1, -1);
}

/** A language also means its regional ones, as the server has it (RFC 4647 section 3.3.1). */
function isOf(spoken: string, language: string): boolean {
	return `${spoken}-`.toLowerCase().startsWith(`${language}-`.toLowerCase());
}

/** The sum of how old what each desk of the chain hears is; null where one of them does not say. */
function ageOf(view: View, chain: string[], ears: Record<string, number>): number | null {
	let age = 0;
	for (const id of chain.slice(1)) {
		const ear = ears[view.channels[id]?.desk ?? ''];
		if (ear === undefined)
			return null;
		age += ear;
	}
	return age;
}

/** `ears`: how old what each desk hears is, as measured. `chosen`: a channel or `floor`; `understands`: languages in which one wants to hear the floor itself. */
export function provenance(view: View, chosen: string, understands: readonly string[], ears: Record<string, number> = {}): Provenance {
	const original = { chain: ['floor'], instead: null, age: null };
	const channel = view.channels[chosen];
	if (channel === undefined)
		return original;
	const spoken = view.floor?.language;
	if (spoken && understands.some((language) => isOf(spoken, language)))
		return { ...original, instead: 'understood' };
	if (!channel.desk)
		return { ...original, instead: 'nobody' };
	if (channel.carries === 'floor')
		return { ...original, instead: 'spoken' };
	const chain = chainOf(view, chosen);
	return { chain, instead: null, age: ageOf(view, chain, ears) };
}
