/** What everybody may know of a meeting that is webcast, asked again and again, and what of the page follows from it. */

export interface Accredited {
	id: string;
	name: string;
}

export interface State {
	webcast: string;
	visibility: 'public' | 'private' | 'closed-members';
	/** Switched on by the secretariat. */
	on: boolean;
	/** Absent while it does not sit in public, and what follows while it is not webcast. */
	title?: string;
	rehearsal?: boolean;
	state?: 'scheduled' | 'test' | 'in-session' | 'suspended' | 'adjourned' | 'closed';
	/** Adjourned until then, ms. */
	until?: number;
	item?: { id: string; title: string };
	speaker?: { role: string; delegation?: Accredited; group?: Accredited; language?: string };
	/** The server's wall clock as it answered, ms. */
	time: number;
}

/** What rostrum-webcast says of what it makes. */
export interface Live {
	session: string;
	live: boolean;
	languages: { id: string; language?: string; name?: string }[];
	captions: string[];
}

/** `playing` aside, a card that says why there is nothing to see, or no more. */
export type Scene = 'asking' | 'none' | 'lost' | 'private' | 'off' | 'not-begun' | 'soon' | 'playing' | 'suspended' | 'adjourned' | 'ended';

const BEFORE: Partial<Record<NonNullable<State['state']>, Scene>> = { scheduled: 'not-begun', test: 'not-begun', adjourned: 'adjourned', closed: 'ended' };

/** A webcast that ended is not begun anew by who comes late; who watches sees it to its end. */
export function sceneOf(state: State | 'none' | 'lost' | null, live: Live | null, plays: boolean): Scene {
	if (state === null)
		return 'asking';
	if (state === 'none')
		return 'none';
	if (state === 'lost')
		return plays ? 'playing' : 'lost';
	if (state.visibility !== 'public')
		return 'private';
	if (!state.on)
		return 'off';
	if (live !== null && (live.live || plays))
		return 'playing';
	const before = BEFORE[state.state ?? 'closed'];
	return before ?? (state.state === 'suspended' ? 'suspended' : 'soon');
}

/** What a playlist has, by the names of its folders. */
export function partsOf({ languages, captions }: Live): string[] {
	return [...languages.map(({ id }) => `a-${id}`), ...captions.map((language) => `s-${language}`)];
}

/** Whether something that is wanted and there was not there yet when the playlist was read, which players do once: `had`. */
export function lacks(had: string[], live: Live, language: string, captions: string): boolean {
	return [`a-${language}`, `s-${captions}`].some((one) => partsOf(live).includes(one) && !had.includes(one));
}

const EVERY_MS = 5000;
/** Not all of a thousand pages ask at the same moment. */
const SPREAD_MS = 1000;

/** Asks again and again until `stop()`, and at once when something went wrong with what is played. */
export class Watcher {
	state: State | 'none' | 'lost' | null = null;
	live: Live | null = null;
	/** The server's clock less ours, ms. */
	offset = 0;
	private tag = '';
	private timer: ReturnType<typeof setTimeout> | undefined;
	private under_way: Promise<void> | null = null;
	private stopped = false;

	constructor(
		private readonly meeting: string,
		private readonly changed: () => void,
	) {}

	start(): void {
		this.stopped = false;
		void this.ask();
	}

	stop(): void {
		this.stopped = true;
		clearTimeout(this.timer);
		this.timer = undefined;
	}

	/** The server's wall clock, ms. */
	now(): number {
		return Date.now() + this.offset;
	}

	ask(): Promise<void> {
		this.under_way ??= this.once().finally(() => {
			this.under_way = null;
			clearTimeout(this.timer);
			if (!this.stopped)
				this.timer = setTimeout(() => void this.ask(), EVERY_MS + Math.random() * SPREAD_MS);
		});
		return this.under_way;
	}

	private async once(): Promise<void> {
		try {
			await this.askState();
			const { state } = this;
			this.live = typeof state === 'object' && state?.on ? await this.askLive() : null;
		} catch {
			// What is played goes on as long as it can: the line may be back before it ends.
			this.state = 'lost';
			this.tag = '';
		}
		this.changed();
	}

	private async askState(): Promise<void> {
		const sent = Date.now();
		const answer = await fetch(`/api/v1/webcasts/${encodeURIComponent(this.meeting)}`, { cache: 'no-store', headers: this.tag === '' ? {} : { 'if-none-match': this.tag } });
		if (answer.status === 304)
			return;
		if (answer.status === 404) {
			this.state = 'none';
			this.tag = ''; // what comes again has to say so itself
			return;
		}
		if (!answer.ok)
			throw new Error(String(answer.status));
		this.state = (await answer.json()) as State;
		this.tag = answer.headers.get('etag') ?? '';
		this.offset = this.state.time - (sent + Date.now()) / 2;
	}

	private async askLive(): Promise<Live | null> {
		const answer = await fetch(`/webcast/${encodeURIComponent(this.meeting)}/live.json`, { cache: 'no-store' });
		if (answer.status === 404)
			return null;
		if (!answer.ok)
			throw new Error(String(answer.status)); // it is busy: that ends nothing
		return (await answer.json()) as Live;
	}
}
