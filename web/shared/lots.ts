import type { MeetingEvent } from './view';

/** Lots that anyone can work out again (PROTOCOL.md section 3.4); needs a page that came over HTTPS or from this machine. */

async function sha256(octets: Uint8Array<ArrayBuffer>): Promise<string> {
	const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', octets));
	return Array.from(digest, (octet) => octet.toString(16).padStart(2, '0')).join('');
}

const sha256Text = (text: string): Promise<string> => sha256(new TextEncoder().encode(text));

/** The seed is the one that was committed to. */
export async function keepsCommitment(seed: string, commitment: string): Promise<boolean> {
	const octets = Uint8Array.from(seed.match(/../g) ?? [], (hex) => parseInt(hex, 16));
	return (await sha256(octets)) === commitment;
}

/** The lower one comes first. */
export async function lotOf(seed: string, word: string, delegation: string): Promise<string> {
	return (await sha256Text(`${seed}:${word}:${delegation}`)).slice(0, 16);
}

/** Does this order (`places`, as published) follow from the seed, and is it the one whose `digest` was published with it? */
export async function keepsOrder(places: string, seed: string, word: string, digest: string): Promise<boolean> {
	const all = places.split(' ').filter((one) => one !== '').map((one) => one.split(':'));
	if ((await sha256Text(all.map(([entry]) => entry).join())) !== digest)
		return false;
	let before: [number, number, string] | null = null;
	// Whoever kept the place stands there by its number alone.
	for (const [, who, block, level] of all.filter(({ length }) => length === 4)) {
		const own: [number, number, string] = [Number(block), Number(level), await lotOf(seed, word, who!)];
		if (before !== null && (own[0] - before[0] || own[1] - before[1] || (own[2] < before[2] ? -1 : 1)) < 0)
			return false;
		before = own;
	}
	return true;
}

export interface Verdict {
	/** Agenda item, '' for the one that was taken up. */
	item: string;
	/** `unchecked`: this page was not told the commitment before, or cannot compute. */
	result: 'right' | 'wrong' | 'unchecked';
	seed: string;
	word: string;
}

/** Follows the draws of a meeting, from their commitments to their outcome. */
export class Draws {
	private readonly commitments = new Map<number, string>();
	private places = '';
	private placesOf = 0;

	/** Told before the draw. */
	commit(draw: number, commitment: string): void {
		this.commitments.set(draw, commitment);
	}

	/** Takes any event in turn; a verdict comes of each draw. */
	async take({ name, data }: Pick<MeetingEvent, 'name' | 'data'>): Promise<Verdict | null> {
		const draw = Number(data['draw']);
		if (name === 'lots-announced')
			this.commit(draw, String(data['commitment']));
		if (name === 'lots-places') {
			this.places = `${draw === this.placesOf ? this.places : ''} ${String(data['places'])}`;
			this.placesOf = draw;
		}
		if (name !== 'lots-drawn')
			return null;
		const places = draw === this.placesOf ? this.places : '';
		const word = String(data['word'] ?? '');
		const seed = String(data['seed']);
		return { item: String(data['item'] ?? ''), seed, word, result: await this.judge(this.commitments.get(draw), seed, () => keepsOrder(places, seed, word, String(data['order']))) };
	}

	private async judge(commitment: string | undefined, seed: string, order: () => Promise<boolean>): Promise<Verdict['result']> {
		if (commitment === undefined || globalThis.crypto?.subtle === undefined)
			return 'unchecked';
		return (await keepsCommitment(seed, commitment)) && (await order()) ? 'right' : 'wrong';
	}
}
