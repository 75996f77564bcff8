import type { CaptionLine } from '#shared/captions';
import type { Session } from '#shared/session';
import type { MeetingEvent } from '#shared/view';
import { complete, namesOf, wordBefore } from './names';

/** What is typed is told this far apart; the server tells it on no oftener. */
const TELL_MS = 400;
/** As many as can still be corrected. */
const KEPT = 64;
/** As many as the server takes. */
const MOST_CHARACTERS = 200;

export type WriterSession = Pick<Session, 'view' | 'me' | 'may' | 'ask' | 'update' | 'captions'> & {
	wire: Pick<Session['wire'], 'command' | 'you'>;
	setCaptions: Session['setCaptions'];
};

interface Timers {
	set: (run: () => void, ms: number) => number;
	clear: (timer: number) => void;
}

/** What a captioner types: the line under way, the lines before it, and which of them is being corrected. */
export class Writer {
	text = '';
	/** Where in the text the cursor is to be put; null: where it is. */
	cursor: number | null = null;
	/** Number of the line that is corrected; null: a new one is written. */
	correcting: number | null = null;
	/** Sent, and not answered yet. */
	sending: string[] = [];
	language = '';
	private draft = '';
	private known = new Map<string, CaptionLine[]>();
	private timer = 0;
	private untold = false;
	/** Names Tab goes through, and which it is at. */
	private round: { names: string[]; at: number; from: number } | null = null;

	constructor(
		readonly session: WriterSession,
		private readonly timers: Timers = { set: (run, ms) => window.setTimeout(run, ms), clear: (timer) => window.clearTimeout(timer) },
	) {}

	/** Of the badge, as far as the meeting has them. */
	get languages(): string[] {
		const { view, wire } = this.session;
		return (wire.you?.languages ?? []).filter((id) => view?.channels[id] !== undefined);
	}

	/** Once the meeting is there: the first language, its lines, and what others type in it. */
	follow(): void {
		const { view } = this.session;
		if (view === null)
			return;
		if (this.language === '' && this.languages[0] !== undefined)
			this.choose(this.languages[0]);
		for (const [language, lines] of Object.entries(view.captions ?? {}))
			for (const line of lines)
				this.keep(language, line);
	}

	choose(language: string): void {
		this.back();
		this.tellNow('');
		this.language = language;
		void this.session.setCaptions({ language });
		this.session.update();
	}

	next(): void {
		const { languages } = this;
		if (languages.length > 1)
			this.choose(languages[(languages.indexOf(this.language) + 1) % languages.length]!);
	}

	heard({ name, data }: MeetingEvent): void {
		if (name === 'caption')
			this.keep(String(data['language']), { line: Number(data['line']), text: String(data['text']) });
	}

	/** The oldest first. */
	get lines(): readonly CaptionLine[] {
		return this.known.get(this.language) ?? [];
	}

	/** Characters there is room for. */
	get left(): number {
		return MOST_CHARACTERS - [...this.text.trim()].length;
	}

	/** The field says so. */
	type(text: string): void {
		this.text = text;
		this.cursor = null;
		this.round = null;
		if (this.correcting === null)
			this.tell();
		this.session.update();
	}

	async send(): Promise<void> {
		const { session, language, correcting } = this;
		const text = this.text.replace(/\s+/gu, ' ').trim();
		if (text === '' || this.left < 0 || language === '')
			return;
		const unchanged = correcting !== null && this.lines.some((one) => one.line === correcting && one.text === text);
		if (correcting === null)
			this.text = this.draft = '';
		this.forget();
		this.back();
		if (unchanged)
			return;
		this.sending = [...this.sending, text];
		session.update();
		const reply = await session.ask('caption', { language, text, ...(correcting === null ? {} : { line: correcting }) });
		this.sending = this.sending.filter((one) => one !== text);
		// What was refused is not lost: it stands before what was typed since.
		if (!reply.ok && correcting === null)
			this.text = `${text} ${this.text}`.trimEnd();
		session.update();
	}

	/** The line before, to be corrected; from a new line on the last. */
	up(): void {
		const { lines } = this;
		const at = this.correcting === null ? lines.length : lines.findIndex(({ line }) => line === this.correcting);
		if (at > 0)
			this.correct(lines[at - 1]!);
	}

	/** The line after; after the last what was being written. */
	down(): void {
		const { lines } = this;
		const at = lines.findIndex(({ line }) => line === this.correcting);
		if (this.correcting === null)
			return;
		if (at >= 0 && at + 1 < lines.length)
			this.correct(lines[at + 1]!);
		else
			this.back();
	}

	correct({ line, text }: CaptionLine): void {
		if (this.correcting === null)
			this.draft = this.text;
		this.correcting = line;
		this.put(text);
	}

	/** To the new line, as it was. */
	back(): void {
		if (this.correcting === null)
			return;
		this.correcting = null;
		this.put(this.draft);
		this.draft = '';
	}

	private put(text: string): void {
		this.text = text;
		this.cursor = text.length;
		this.round = null;
		this.session.update();
	}

	/** Names that the word before the cursor may stand for. */
	names(at: number): string[] {
		const { view } = this.session;
		return this.round?.names ?? (view === null ? [] : complete(wordBefore(this.text, at), namesOf(view)));
	}

	/** Puts the first of them, and pressed again the next; false: there is none. */
	complete(at: number): boolean {
		const names = this.names(at);
		if (names.length === 0)
			return false;
		const before = this.round;
		const from = before?.from ?? at - wordBefore(this.text, at).length;
		const index = before === null ? 0 : (before.at + 1) % names.length;
		const end = before === null ? at : from + names[before.at]!.length;
		const text = this.text.slice(0, from) + names[index]! + this.text.slice(end);
		this.type(text);
		this.cursor = from + names[index]!.length;
		this.round = { names, at: index, from };
		return true;
	}

	private keep(language: string, line: CaptionLine): void {
		const others = (this.known.get(language) ?? []).filter((one) => one.line !== line.line);
		this.known.set(language, [...others, line].sort((a, b) => a.line - b.line).slice(-KEPT));
	}

	/** At once, then no oftener than is told on. */
	private tell(): void {
		if (this.timer !== 0) {
			this.untold = true;
			return;
		}
		this.tellNow(this.text);
		this.timer = this.timers.set(() => {
			this.timer = 0;
			if (this.untold)
				this.tell();
		}, TELL_MS);
	}

	private tellNow(text: string): void {
		this.untold = false;
		if (this.language !== '' && this.session.may('caption-live'))
			void this.session.wire.command('caption-live', { language: this.language, text: [...text].slice(-MOST_CHARACTERS).join('') });
	}

	/** The finished line tells it all. */
	private forget(): void {
		this.timers.clear(this.timer);
		this.timer = 0;
		this.untold = false;
	}
}
