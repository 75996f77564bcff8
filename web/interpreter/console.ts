import type { Session } from '#shared/session';
import type { Booth, Channel } from '#shared/view';
import { t, type Key } from '#shared/words';
import * as desk from './desk';
import { keepPresets, readPresets, setPreset } from './presets';

/** What a key of the second row offers, shown in one place until one is chosen. */
export type Menu = 'impediment' | 'language' | 'relay' | 'handover';

/** The digits that relay keys leave free: a press of 0 to 3 never means anything else. */
export const CHOICES = ['4', '5', '6', '7', '8', '9'] as const;

export type Impediment = NonNullable<Booth['impediment']>['reason'];

export interface Choice {
	id: string;
	label: string;
	/** Of the label. */
	lang?: string;
	chosen?: boolean;
	run: () => void;
}

export interface Alarm {
	/** The same as long as it is about the same. */
	id: string;
	text: string;
}

const REASONS: readonly Impediment[] = ['sound', 'speed', 'no-video', 'document'];
/** When the partner is to take over: seconds from now, or the end of the turn. */
const TIMES = ['now', '30', '60', 'turn'] as const;
export type Time = (typeof TIMES)[number];

type Uses = 'view' | 'me' | 'may' | 'ask' | 'isAsked' | 'update' | 'wire' | 'capture' | 'media';
export type DeskSession = Pick<Session, Uses> & { spoken: string };

/** What the hands do at this desk, and what only this page knows of it. */
export class Console {
	menu: Menu | null = null;
	/** Of a menu with more than the digits hold, or of several in a row. */
	page = 0;
	coughing = false;
	private readonly seen = new Set<string>();
	private state: desk.Microphone = 'off';

	constructor(
		readonly session: DeskSession,
		private readonly store: Pick<Storage, 'getItem' | 'setItem'>,
	) {}

	get output(): string {
		return desk.outputOf(this.session.view!, this.session.me);
	}

	get live(): string {
		return desk.liveIn(this.session.view!, this.session.me);
	}

	get microphone(): desk.Microphone {
		return desk.microphoneOf(this.session.view!, this.session.me, this.coughing);
	}

	/** What is said is not sent, whatever the meeting takes this desk for. */
	get isFaulty(): boolean {
		const { capture, media } = this.session;
		return capture.microphone === null || capture.faults.microphone !== undefined || (this.live !== '' && media.state !== 'connected');
	}

	/** Own channel of the booth: never a relay of its own. */
	private get home(): string {
		return desk.boothOf(this.session.view!, this.session.me)?.home ?? '';
	}

	get presets(): string[] {
		const { view, me } = this.session;
		return readPresets(this.store, desk.deskOf(view!, me)?.booth ?? '', Object.keys(view!.channels), this.home);
	}

	get busy(): boolean {
		return this.session.isAsked('desk');
	}

	toggleLive(): void {
		const { session, output } = this;
		if (this.busy || output === '')
			return;
		if (this.live !== '')
			void session.ask('go-idle', {}, 'desk');
		else if (desk.mustAsk(session.view!, session.me))
			this.requestHandover('now');
		else
			void session.ask('go-live', { channel: output }, 'desk');
	}

	/** While one is live the microphone goes along. */
	selectOutput(channel: string): void {
		const { session } = this;
		if (this.busy || channel === this.output)
			return;
		if (this.live !== '')
			void session.ask('go-live', { channel }, 'desk');
		else
			void session.ask('select-output', { channel }, 'desk');
	}

	selectSource(source: string): void {
		const { session } = this;
		if (!session.isAsked(`source-${source}`))
			void session.ask('select-source', { source }, `source-${source}`);
	}

	/** Here at once, whatever becomes of the word to the others. */
	cough(on: boolean): void {
		const { session } = this;
		if (this.coughing === on)
			return;
		this.coughing = on;
		session.capture.setMuted(on);
		// A key may come up after the page was put away.
		if (session.view !== null && this.live !== '')
			void session.wire.command('cough', { on });
		session.update();
	}

	requestHandover(time: Time): void {
		const { session } = this;
		const at = this.due(time);
		this.close();
		if (session.isAsked('handover'))
			return;
		void session.ask('request-handover', { channel: this.output, ...(at > 0 ? { at } : {}) }, 'handover');
	}

	/** Without turns there is no end of one. */
	get times(): readonly Time[] {
		return desk.turnOf(this.session.view!) > 0 ? TIMES : TIMES.filter((time) => time !== 'turn');
	}

	/** Wall clock in ms; 0 = now. */
	private due(time: Time): number {
		const now = this.session.wire.clock.now();
		if (time === 'now')
			return 0;
		if (time !== 'turn')
			return Math.round(now + Number(time) * 1000);
		const end = this.turnEnd;
		return end > now ? end : 0;
	}

	/** When the turn of whoever is live in this output is over; 0: nobody is, or turns have no end here. */
	get turnEnd(): number {
		const view = this.session.view!;
		const since = view.channels[this.output]?.since;
		const turn = desk.turnOf(view);
		return since && turn > 0 ? since + turn : 0;
	}

	answerHandover(answer: 'accept-handover' | 'decline-handover' | 'cancel-handover'): void {
		const { session } = this;
		const handover = desk.handoverOf(session.view!, session.me);
		if (handover !== null && !session.isAsked('handover'))
			void session.ask(answer, {}, 'handover');
	}

	/** There is somebody in the booth to hand over to, or to take over from. */
	get mayRequest(): boolean {
		const { session } = this;
		const view = session.view!;
		const partners = desk.partnersOf(view, session.me);
		const possible = this.live !== '' ? partners.length > 0 : partners.includes(desk.ownerOf(view, session.me));
		return possible && session.may('request-handover') && desk.handoverOf(view, session.me) === null;
	}

	cannotInterpret(reason: Impediment): void {
		this.close();
		if (!this.session.isAsked('impediment'))
			void this.session.ask('cannot-interpret', { reason }, 'impediment');
	}

	setLanguage(language: string | null): void {
		this.close();
		if (!this.session.isAsked('language'))
			void this.session.ask('set-floor-language', { language }, 'language');
	}

	/** Calls, or takes the call back. */
	call(to: 'chair' | 'technician'): void {
		const { session } = this;
		const open = desk.callOf(session.view!, session.me, to);
		if (session.isAsked(`call-${to}`))
			return;
		if (open === null)
			void session.ask('call', { to }, `call-${to}`);
		else
			void session.ask('answer-call', { call: open }, `call-${to}`);
	}

	slower(): void {
		if (!this.session.isAsked('slower'))
			void this.session.ask('speak-slower', {}, 'slower');
	}

	/** The key that opens a menu turns its pages, and after the last closes it. */
	toggle(menu: Menu): void {
		if (this.menu !== menu)
			this.open(menu);
		else if (++this.page >= this.pages)
			this.close();
		this.session.update();
	}

	private open(menu: Menu): void {
		this.menu = menu;
		this.page = 0;
	}

	close(): void {
		this.menu = null;
		this.page = 0;
		this.session.update();
	}

	private get pages(): number {
		if (this.menu === 'relay')
			return this.presets.length * this.relayPages;
		return this.menu === 'language' ? Math.ceil(this.languages().length / CHOICES.length) : 1;
	}

	/** What the open menu offers on its page, one for each of the digits. */
	get choices(): Choice[] {
		switch (this.menu) {
			case null:
				return [];
			case 'impediment':
				return REASONS.map((id) => ({ id, label: t(`impediment.${id}` satisfies Key), run: () => this.cannotInterpret(id) }));
			case 'handover':
				return this.times.map((id) => ({ id, label: t(`handover.${id}` satisfies Key), run: () => this.requestHandover(id) }));
			case 'language':
				return this.languages().slice(this.page * CHOICES.length, (this.page + 1) * CHOICES.length);
			case 'relay':
				return this.relays().slice((this.page % this.relayPages) * CHOICES.length).slice(0, CHOICES.length);
		}
	}

	private languages(): Choice[] {
		const { languages, floor } = this.session.view!;
		const spoken = floor?.language ?? null;
		return [
			...languages.map(({ id, name }) => ({ id, label: name, lang: id, chosen: id === spoken, run: () => this.setLanguage(id) })),
			{ id: '', label: t('floor.language.none'), chosen: spoken === null, run: () => this.setLanguage(null) },
		];
	}

	/** Channels that a relay key may be set to: all but the booth's own. */
	private get relayed(): [string, Channel][] {
		return Object.entries(this.session.view!.channels).filter(([id]) => id !== this.home);
	}

	/** Pages that the channels take for each of the keys. */
	private get relayPages(): number {
		return Math.max(1, Math.ceil(this.relayed.length / CHOICES.length));
	}

	/** The relay key that the open menu sets, counted from 0. */
	get relayKey(): number {
		return Math.floor(this.page / this.relayPages);
	}

	/** What that key may be set to. */
	private relays(): Choice[] {
		const { view, me } = this.session;
		const booth = desk.deskOf(view!, me)?.booth ?? '';
		const { presets, relayKey } = this;
		return this.relayed.map(([id, { name, language }]) => ({
			id,
			label: name,
			lang: language,
			chosen: presets[relayKey] === id,
			run: () => {
				keepPresets(this.store, booth, setPreset(presets, relayKey, id));
				this.close();
			},
		}));
	}

	/** What must be seen until it is over: a source that fell back to the floor, a partner whose line is lost. */
	get alarm(): Alarm | null {
		const { view, me } = this.session;
		const alarm = desk.deskOf(view!, me)?.alarm;
		const id = `${alarm?.cause}-${alarm?.since}`;
		if (!alarm || this.seen.has(id))
			return null;
		return { id, text: t(`alarm.${alarm.cause}` satisfies Key, { channel: view!.channels[alarm.channel]?.name ?? alarm.channel }) };
	}

	acknowledge(): void {
		if (this.alarm !== null)
			this.seen.add(this.alarm.id);
		this.session.update();
	}

	/** What became of this desk's microphone is said aloud. */
	follow(): void {
		const { session } = this;
		if (session.view === null)
			return;
		const before = this.state;
		const { microphone } = this;
		this.state = microphone;
		if (before === microphone || microphone === 'cough' || before === 'cough')
			return;
		const name = session.view!.channels[this.output]?.name ?? '';
		session.spoken = t(({ live: 'said.live', standby: 'said.standby', off: 'said.idle' } as const)[microphone], { name });
	}
}
