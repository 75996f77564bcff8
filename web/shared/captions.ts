import type { View } from './view';

/** What somebody reads of the captions, and how. This browser keeps it: it is the person's, not the meeting's. */

export interface CaptionLine {
	/** From 1 in each language. */
	line: number;
	text: string;
}

const STORED = 'rostrum.captions';
export const SIZES = ['small', 'usual', 'large', 'largest'] as const;
export type CaptionSize = (typeof SIZES)[number];

export class Captions {
	/** Whose captions are shown; empty: none. */
	language = '';
	size: CaptionSize = 'usual';
	/** Rows of text. */
	rows: 2 | 3 = 2;
	/** Finished lines are read out; off at first, for whoever reads by ear hears the meeting itself. */
	aloud = false;
	/** What is being typed, by language. */
	private readonly live = new Map<string, string>();

	/** Without a storage nothing is read and nothing kept. */
	constructor(private readonly storage: Pick<Storage, 'getItem' | 'setItem'> | null) {
		try {
			const { language, size, rows, aloud } = JSON.parse(storage?.getItem(STORED) ?? '{}') as Record<string, unknown>;
			if (typeof language === 'string')
				this.language = language;
			this.size = SIZES.find((one) => one === size) ?? 'usual';
			this.rows = rows === 3 ? 3 : 2;
			this.aloud = aloud === true;
		} catch {
			// Not ours; it is written over by the first choice.
		}
	}

	set(change: Partial<Pick<Captions, 'language' | 'size' | 'rows' | 'aloud'>>): void {
		Object.assign(this, change);
		const { language, size, rows, aloud } = this;
		this.storage?.setItem(STORED, JSON.stringify({ language, size, rows, aloud }));
	}

	/** The server told what is being typed. */
	typed(language: string, text: string): void {
		this.live.set(language, text);
	}

	/** A line was finished: what was typed is this line now. */
	finished(language: string): void {
		this.live.delete(language);
	}

	/** The line was lost: what was typed meanwhile is not known. */
	forget(): void {
		this.live.clear();
	}

	typing(language: string): string {
		return this.live.get(language) ?? '';
	}

	/** The last finished lines, the oldest first. */
	lines(view: View, language: string): readonly CaptionLine[] {
		return view.captions?.[language] ?? [];
	}
}
