/** What somebody hears beside the language chosen, and when instead of it. This browser keeps it: it is the person's, not the meeting's. */

const STORED = 'rostrum.hearing';
/** Of the volume: softly enough to follow the interpreter, loudly enough to hear who speaks, and how. */
const USUAL_LEVEL = 0.45;
/** As many as the server takes. */
const MOST_LANGUAGES = 8;

export class Hearing {
	/** The original is heard softly underneath the interpreter. */
	underneath = false;
	/** How loud, as a part of the volume, 0 to 1 by the law of `sound/loudness.ts`. */
	level = USUAL_LEVEL;
	/** Languages in which the floor itself is wanted. */
	understands: string[] = [];

	/** Without a storage nothing is read and nothing kept. */
	constructor(private readonly storage: Storage | null) {
		try {
			const { underneath, level, understands } = JSON.parse(storage?.getItem(STORED) ?? '{}') as Record<string, unknown>;
			this.underneath = underneath === true;
			if (typeof level === 'number' && level >= 0 && level <= 1)
				this.level = level;
			if (Array.isArray(understands))
				this.understands = understands.filter((one): one is string => typeof one === 'string').slice(0, MOST_LANGUAGES);
		} catch {
			// Not ours; it is written over by the first choice.
		}
	}

	setUnderneath(on: boolean): void {
		this.underneath = on;
		this.keep();
	}

	setLevel(level: number): void {
		this.level = Math.min(1, Math.max(0, level));
		this.keep();
	}

	setUnderstands(language: string, on: boolean): void {
		const others = this.understands.filter((one) => one !== language);
		this.understands = on ? [...others, language].slice(-MOST_LANGUAGES) : others;
		this.keep();
	}

	/** Members of `listen` besides the channel. */
	wishes(): { original: boolean; understands: string[] } {
		return { original: this.underneath, understands: this.understands };
	}

	private keep(): void {
		const { underneath, level, understands } = this;
		this.storage?.setItem(STORED, JSON.stringify({ underneath, level, understands }));
	}
}
