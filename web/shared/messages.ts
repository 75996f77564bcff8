/** The chat as one page has it: what it may read, and what it has not read yet. */

export interface ChatMessage {
	/** Its number; grows, and is never used again. */
	message: number;
	/** Wall clock in ms. */
	time: number;
	/** Badge. */
	from: string;
	to: 'all' | 'delegation' | 'secretariat' | 'participant' | 'booth' | 'booths';
	/** With `to` participant: the badge. */
	participant?: string;
	text: string;
}

/** Octets of UTF-8 in one message, at most. */
export const TEXT_MAX = 2000;
/** Messages a page keeps. */
const KEPT_MAX = 500;

export class Messages {
	list: ChatMessage[] = [];
	/** Up to this number all was seen. */
	private seen: number;

	constructor(private readonly storage: Pick<Storage, 'getItem' | 'setItem'>, private readonly key: () => string) {
		this.seen = -1;
	}

	/** Adds what is new; returns that, oldest first. */
	take(messages: ChatMessage[]): ChatMessage[] {
		const known = new Set(this.list.map(({ message }) => message));
		const fresh = messages.filter(({ message }) => !known.has(message));
		this.list = [...this.list, ...fresh].sort((a, b) => a.message - b.message).slice(-KEPT_MAX);
		return fresh;
	}

	remove(number: number): void {
		this.list = this.list.filter(({ message }) => message !== number);
	}

	unread(me: string): number {
		const seen = this.lastSeen();
		return this.list.filter(({ message, from }) => message > seen && from !== me).length;
	}

	/** Everything up to now was looked at. */
	read(): void {
		const last = this.list.at(-1)?.message ?? 0;
		if (last <= this.lastSeen())
			return;
		this.seen = last;
		this.storage.setItem(this.key(), String(last));
	}

	private lastSeen(): number {
		if (this.seen < 0)
			this.seen = Number(this.storage.getItem(this.key()) ?? 0);
		return this.seen;
	}
}

export function octets(text: string): number {
	return new TextEncoder().encode(text).length;
}
