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

/** A language also means its regional ones, as the server has it (RFC 4647 section 3.3.1). */
function isOf(spoken: string, language: string): boolean {
	return `${spoken}-`.toLowerCase().startsWith(`${language}-`.toLowerCase());
}

/** `chosen`: a channel or `floor`; `understands`: languages in which one wants to hear the floor itself. */
export function provenance(view: View, chosen: string, understands: readonly string[]): Provenance {
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
	return { chain: channel.chain ?? ['floor', chosen], instead: null, age: channel.age ?? null };
}
