import { folded } from '#shared/find';
import type { View } from '#shared/view';

export interface Name {
	/** What one types: a delegation's id, as KEN. */
	short: string;
	name: string;
}

/** What is often named: delegations and groups, then who has the floor or waits for it. */
export function namesOf(view: View): Name[] {
	const found = new Map<string, Name>();
	for (const { id, country } of view.delegations ?? [])
		found.set(country, { short: id, name: country });
	for (const { delegation, country, name } of Object.values(view.participants)) {
		if (country && !found.has(country))
			found.set(country, { short: delegation ?? '', name: country });
		if (!country)
			found.set(name, { short: '', name });
	}
	return [...found.values()];
}

/** The word that ends at `at`. */
export function wordBefore(text: string, at: number): string {
	return /[\p{L}\p{N}]*$/u.exec(text.slice(0, at))![0];
}

const MOST = 5;
/** A word of one letter begins too much. */
const SHORTEST = 2;

/** Names a word may stand for: that with this short form first, then those that begin with it, then those with a word that does. */
export function complete(word: string, names: readonly Name[]): string[] {
	const begun = folded(word);
	if (begun.length < SHORTEST)
		return [];
	const rank = ({ short, name }: Name): number => {
		if (folded(short) === begun)
			return 0;
		if (folded(name).startsWith(begun))
			return 1;
		return folded(name).split(/[^\p{L}\p{N}]+/u).some((part) => part.startsWith(begun)) ? 2 : 3;
	};
	return names
		.map((one) => ({ name: one.name, rank: rank(one) }))
		.filter((one) => one.rank < 3 && one.name !== word)
		.sort((a, b) => a.rank - b.rank)
		.slice(0, MOST)
		.map(({ name }) => name);
}
