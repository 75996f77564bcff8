import { Captions } from './captions';
import { Capture, type Wishes } from './capture';
import { Errands } from './errands';
import { Hearing } from './hearing';
import { isCompanionLink, mayBeInRoom, readLink, speaks, type Link } from './link';
import { readLine, type Counted } from './line-stats';
import { Looking } from './looking';
import { Draws, lotOf, type Verdict } from './lots';
import { Media } from './media';
import { Messages, type ChatMessage } from './messages';
import { motionName, questionTitle } from './questions';
import { Secret } from './secret';
import { Echo } from './sound/echo';
import { headsetGain } from './sound/graph';
import { Headset } from './sound/headset';
import { gainOf } from './sound/loudness';
import { delegationName, holder, isOpen, placeOf, roomOf, shortName, type MeetingEvent, type View } from './view';
import { isKey, t, type Key } from './words';
import { Wire, type Reply } from './wire';

/** What one page has: its link, its line, its media, and what is to be said aloud. Pages draw from it and decide nothing. */

export interface Notice {
	id: number;
	text: string;
}

const NOTICE_MS = 15_000;
/** Technicians are told of the line so often. */
const LINE_MS = 5000;
/** The feed of one's own voice. */
const OWN = 'own';

export class Session {
	readonly link: Link = readLink(location);
	readonly wire: Wire;
	readonly media: Media;
	readonly capture: Capture;
	readonly looking: Looking;
	readonly secret: Secret;
	/** Of an interpreter: what is heard goes through it, guarded. Others hear the media elements. */
	readonly headset: Headset | null;
	/** A desk's is its source: what somebody chose as a listener in this browser is none of its business. */
	readonly hearing: Hearing;
	readonly captions: Captions;
	/** What a technician asks of this page. */
	readonly errands: Errands;
	/** For a page that follows the meeting itself. */
	onevent: (event: MeetingEvent) => void = () => {};
	/** For a page that must ask for something again whenever the line is open. */
	onwelcome: () => void = () => {};
	readonly messages = new Messages(sessionStorage, () => this.key('read'));
	/** The join button was pressed. */
	joined = false;
	/** Of somebody in the meeting room: no sound or picture goes out, and none need come in. */
	companion: boolean;
	/** Language channel listened to; `floor` is the original, `none` (a companion's) silence. */
	channel: string;
	notices: Notice[] = [];
	/** Last thing for the live region. */
	spoken = '';

	/** How the last draw of lots stood this page's own check, and this delegation's lot in it. */
	drawn: (Verdict & { lot: string }) | null = null;

	/** Sent instead of microphone and camera; null = they are sent. */
	private tone: MediaStreamTrack | null = null;
	private bars: MediaStreamTrack | null = null;
	private readonly echo = new Echo();
	private counted: Counted | null = null;
	private plainVolume = 1;
	private readonly draws = new Draws();
	private readonly watchers = new Set<() => void>();
	private readonly asked = new Set<string>();
	private lastNotice = 0;
	private redraw = 0;

	constructor() {
		const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
		this.wire = new Wire(`${scheme}://${location.host}/ws`, this.link.token);
		this.media = new Media(
			(type, members) => this.wire.command(type, members),
			() => this.wire.iceServers,
		);
		this.secret = new Secret((type, members) => this.wire.command(type, members), () => this.key('ballot'), () => this.changed());
		this.capture = new Capture(this.firstWishes());
		this.companion = this.firstPlace();
		this.channel = this.firstChannel();

		this.headset = this.link.claims?.role === 'interpreter' ? this.makeHeadset() : null;
		// In the partner's place others have their own voice alone, which the echo plays, late.
		if (this.headset === null)
			this.media.setPartnerVolume(0);
		this.hearing = new Hearing(this.headset === null ? localStorage : null);

		// A captioner reads what is written; the hall's screen shows what its address says.
		this.captions = new Captions(this.link.claims?.role === 'captioner' ? null : localStorage);

		this.wire.onchange = () => this.changed();
		this.wire.onevent = (event) => this.heard(event);
		this.wire.onchat = (messages) => this.wrote(messages);
		this.wire.onwelcome = (resumed) => this.welcomed(resumed);
		this.wire.oncaption = (language, text) => this.captions.typed(language, text);
		this.wire.onsilent = () => void this.wire.command('listen', this.listening());
		this.wire.onlistening = (slots) => {
			this.media.carry(slots);
			this.headset?.setEcho(slots.some(({ feed }) => feed === OWN));
		};
		this.wire.onlayers = (peer, wanted) => this.media.want(peer, wanted);
		this.errands = new Errands({
			now: () => this.wire.clock.now(),
			send: (tone, bars) => {
				this.tone = tone;
				this.bars = bars;
				this.putTracks();
			},
			echo: (on) => this.hearMyself(on),
			changed: () => this.update(),
		});
		this.wire.ontechnician = (request) => this.errands.take(request);
		this.looking = new Looking(
			() => this.media.slots,
			async (slots) => this.may('watch') && (await this.wire.command('watch', { slots })).ok,
		);
		this.media.onchange = () => {
			this.looking.later();
			this.update();
		};
		this.capture.onchange = () => {
			this.putTracks();
			this.update();
		};
		window.setInterval(() => void this.tellLine(), LINE_MS);
		window.addEventListener('online', () => {
			this.wire.hurry();
			this.media.networkChanged();
		});
		window.addEventListener('offline', () => this.wire.drop());
	}

	get view(): View | null {
		return this.wire.view;
	}

	/** Whether this page has a microphone and a camera to look after. */
	get speaks(): boolean {
		return speaks(this.link.claims?.role) && !this.companion;
	}

	/** Own badge. */
	get me(): string {
		return this.wire.you?.id ?? this.link.claims?.sub ?? '';
	}

	join(): void {
		if (this.joined)
			return;
		this.joined = true;
		this.wire.companion = this.companion;
		if (this.headset === null)
			this.media.setSilent(this.channel === 'none');
		this.mix();
		this.capture.wake();
		void this.headset?.wake();
		this.wire.start();
		this.update();
	}

	may(command: string): boolean {
		return this.wire.you?.may?.includes(command) ?? false;
	}

	/** Sends a command; until its answer `isAsked(key)` is true. A refusal is told to the user. */
	async ask(type: string, members: Record<string, unknown> = {}, key = type): Promise<Reply> {
		this.asked.add(key);
		this.update();
		const reply = await this.wire.command(type, members);
		this.asked.delete(key);
		if (!reply.ok)
			this.notify(refusal(reply));
		this.update();
		return reply;
	}

	isAsked(key: string): boolean {
		return this.asked.has(key);
	}

	/** Where one takes part; said before joining. */
	async setCompanion(companion: boolean): Promise<void> {
		this.companion = companion;
		sessionStorage.setItem(this.key('place'), companion ? 'in-room' : 'remote');
		this.channel = this.firstChannel();
		this.update();
		if (companion)
			this.capture.letGo();
		else
			await this.capture.acquire();
	}

	async listen(channel: string): Promise<void> {
		const before = this.channel;
		this.choose(channel);
		if (channel === 'none')
			return;
		const reply = await this.ask('listen', this.listening(), `listen-${channel}`);
		if (!reply.ok && this.channel === channel)
			this.choose(before);
	}

	/** What plays follows at once: a companion that stays at none must not sound into the room. */
	private choose(channel: string): void {
		this.channel = channel;
		sessionStorage.setItem(this.channelKey(), channel);
		if (this.headset === null)
			this.media.setSilent(channel === 'none');
		this.update();
	}

	/** Of what is listened to, 0 to 1. */
	get volume(): number {
		return this.headset?.settings.volume ?? this.plainVolume;
	}

	setVolume(volume: number): void {
		this.plainVolume = Math.min(1, Math.max(0, volume));
		this.headset?.setVolume(volume);
		this.mix();
		this.update();
	}

	/** Whether the floor is heard softly under the channel. */
	get original(): boolean {
		return this.hearing.underneath;
	}

	async setOriginal(original: boolean): Promise<void> {
		this.hearing.setUnderneath(original);
		await this.listenAnew();
	}

	/** How loud it is then: as a part of the volume, 0 to 1. */
	setUnderVolume(level: number): void {
		this.hearing.setLevel(level);
		this.headset?.setOriginal(level);
		this.mix();
		this.update();
	}

	/** Whether the floor itself is wanted while this language is spoken there. */
	async setUnderstands(language: string, on: boolean): Promise<void> {
		this.hearing.setUnderstands(language, on);
		await this.listenAnew();
	}

	/** Of the media elements; what an interpreter hears, the headset mixes. */
	private mix(): void {
		if (this.headset !== null)
			return;
		const gain = gainOf(this.plainVolume);
		this.media.setVolume(gain);
		this.media.setUnderVolume(gain * gainOf(this.hearing.level));
	}

	/** The wish as the server is told it; a desk's is its source, and stays what it is. */
	private listening(): Record<string, unknown> {
		const source = this.view?.desks?.[this.me]?.source;
		return { channel: source ?? (this.channel === 'none' ? 'floor' : this.channel), ...this.hearing.wishes() };
	}

	/** The same channel, with other wishes. */
	private async listenAnew(): Promise<void> {
		this.update();
		if (this.view !== null && this.channel !== 'none')
			await this.ask('listen', this.listening(), 'wishes');
	}

	async setCaptions(change: Parameters<Captions['set']>[0]): Promise<void> {
		this.captions.set(change);
		if (change.language !== undefined && this.view !== null)
			await this.askForCaptions();
		this.update();
	}

	/** Finished lines come anyway; what is being typed, to those who ask. */
	private async askForCaptions(): Promise<void> {
		const { language } = this.captions;
		this.captions.forget();
		await this.wire.command('captions', language !== '' && this.view?.channels[language] !== undefined ? { language } : {});
	}

	/** A page that has no more than this from the server: after each welcome. */
	captionsAgain(): void {
		this.captions.forget();
		if (this.captions.language !== '' && this.may('captions'))
			void this.askForCaptions();
	}

	private makeHeadset(): Headset {
		// The elements stay silent, yet there: without one Chromium hands no sound of a connection to Web Audio.
		const headset = new Headset(localStorage, (settings) => {
			this.media.setSilent(settings === null);
			// An element has no room beyond what came.
			const gain = (volume = 1) => Math.min(1, headsetGain(volume));
			this.media.setVolume(gain(settings?.volume));
			this.media.setUnderVolume(gain(settings?.original));
			this.media.setPartnerVolume(gain(settings?.partner));
		});
		headset.onchange = () => this.update();
		headset.onwarning = () => this.notify(t('hearing.warned'));
		this.media.onsound = (tracks) => headset.take(tracks);
		return headset;
	}

	async setWishes(wishes: Wishes): Promise<void> {
		sessionStorage.setItem(this.key('wishes'), JSON.stringify(wishes));
		await this.capture.acquire(wishes);
	}

	notify(text: string): void {
		const id = ++this.lastNotice;
		this.notices = [...this.notices.slice(-2), { id, text }];
		window.setTimeout(() => this.dismiss(id), NOTICE_MS);
		this.update();
	}

	dismiss(id: number): void {
		this.notices = this.notices.filter((notice) => notice.id !== id);
		this.update();
	}

	/** Calls `run` after every change, at most once a frame. Returns how to stop. */
	watch(run: () => void): () => void {
		this.watchers.add(run);
		return () => this.watchers.delete(run);
	}

	update(): void {
		if (this.redraw !== 0)
			return;
		// A timer, not a frame: a page in the background must go on saying what it knows.
		this.redraw = window.setTimeout(() => this.drawNow());
	}

	private drawNow(): void {
		window.clearTimeout(this.redraw);
		this.redraw = 0;
		for (const run of this.watchers)
			run();
	}

	/** What a tab keeps for a badge over a reload. */
	private key(name: string): string {
		return `rostrum.${name}.${this.link.claims?.meeting ?? ''}.${this.me}`;
	}

	/** What one hears in the room and what one hears elsewhere have nothing to do with one another. */
	private channelKey(): string {
		return this.key(this.companion ? 'channel.in-room' : 'channel');
	}

	/** In the room the page is silent until a language is chosen: its sound would come back into the room. */
	private firstChannel(): string {
		return sessionStorage.getItem(this.channelKey()) ?? (this.companion ? 'none' : 'floor');
	}

	private firstPlace(): boolean {
		if (!mayBeInRoom(this.link.claims?.role))
			return false;
		const stored = sessionStorage.getItem(this.key('place'));
		return stored === null ? isCompanionLink(location) : stored === 'in-room';
	}

	private firstWishes(): Wishes {
		const query = new URLSearchParams(location.search);
		const role = this.link.claims?.role;
		const stored = sessionStorage.getItem(this.key('wishes'));
		if (stored !== null)
			return JSON.parse(stored) as Wishes;
		return {
			microphone: speaks(role) ? '' : null,
			camera: speaks(role) && role !== 'interpreter' ? '' : null,
			original: role === 'interpreter' || role === 'room' || query.get('audio') === 'raw',
		};
	}

	/** What nobody but this browser knows of the line; lost if it cannot be said now. */
	private async tellLine(): Promise<void> {
		const { pc, state } = this.media;
		if (pc === null || state !== 'connected' || this.wire.state !== 'open' || !this.may('tell-line'))
			return;
		const { members, counted } = readLine(await pc.getStats(), this.counted, performance.now());
		this.counted = counted;
		// A test tone that is sent instead of the microphone does not hum.
		if (this.capture.hum !== null && this.tone === null)
			members['hum'] = this.capture.hum;
		if (this.wire.state === 'open')
			await this.wire.command('tell-line', members);
	}

	private putTracks(): void {
		this.media.setTracks(this.tone ?? this.capture.microphone, this.bars ?? this.capture.camera);
	}

	private hearMyself(on: boolean): void {
		if (this.headset !== null)
			return;
		const track = on ? this.media.track(OWN) : null;
		if (track !== null)
			this.echo.play(track);
		else
			this.echo.stop();
	}

	/** The server ends them, too; a page that is cut off from it must not wait for that. */
	private endSignals(): void {
		const { view, me } = this;
		const trial = view !== null && (view.meeting.state === 'test' || view.meeting.rehearsal === true);
		const heard = view !== null && lampOf(view, me) === 'speaking';
		if (this.wire.state !== 'open' || (heard && !trial))
			this.errands.endSignals();
	}

	private changed(): void {
		this.endSignals();
		if (this.wire.state !== 'open')
			this.media.wantAll();
		if (this.wire.state === 'ended')
			this.media.close();
		else if (this.wire.excluded !== null)
			this.beOut();
		else if (this.view !== null && this.may('offer'))
			this.media.follow(this.view.media?.instance ?? null);
		if (this.view !== null && this.wire.state === 'open')
			this.secret.follow(this.view, this.wire.you);
		const talking = this.view !== null && isOpen(this.view, this.me);
		if (!talking && this.wire.you?.role !== 'interpreter' && this.capture.muted)
			this.capture.setMuted(false);
		this.update();
	}

	/** At once: a part whose clock ticks before the page has put it away would find no view. */
	private beOut(): void {
		this.media.hangUp();
		this.spoken = '';
		this.notices = [];
		this.drawNow();
	}

	private welcomed(resumed: boolean): void {
		this.secret.again();
		this.captionsAgain();
		this.onwelcome();
		const { draw, commitment } = this.view?.inscription ?? {};
		if (draw && commitment)
			this.draws.commit(draw, commitment);
		const desk = this.view?.desks?.[this.me];
		// A server that was started anew learns from the media server what is heard, but not what is understood.
		const again = !resumed || this.hearing.understands.length > 0;
		if (again && desk === undefined && this.channel !== 'floor' && this.channel !== 'none')
			void this.listen(this.channel);
	}

	private wrote(messages: ChatMessage[]): void {
		const fresh = this.messages.take(messages).filter(({ from }) => from !== this.me);
		// What was there before is counted, not read out.
		if (messages.length === 1 && fresh[0] !== undefined && this.view !== null)
			this.spoken = t('chat.said', { name: shortName(this.view, fresh[0].from) });
		this.update();
	}

	/** Every page works each draw out again for itself. */
	private async verifyLots(event: MeetingEvent): Promise<void> {
		const verdict = await this.draws.take(event);
		if (verdict === null)
			return;
		const delegation = this.wire.you?.delegation;
		this.drawn = { ...verdict, lot: delegation ? await lotOf(verdict.seed, verdict.word, delegation) : '' };
		if (verdict.result === 'wrong')
			this.notify(t('lots.wrong'));
		this.update();
	}

	private heard(event: MeetingEvent): void {
		if (event.name.startsWith('lots-'))
			void this.verifyLots(event);
		if (event.name === 'caption')
			this.captions.finished(String(event.data['language']));
		this.onevent(event);
		if (event.name === 'message-removed')
			this.messages.remove(Number(event.data['message']));
		const view = this.view;
		if (view === null)
			return;
		const said = announcement(event, view, this.me);
		if (said !== null)
			this.spoken = said;
	}
}

/** Why not, in the reader's language; the server's own words only for a reason this page does not know. */
function refusal(reply: Reply): string {
	const key = `reason.${reply.reason ?? ''}`;
	return isKey(key) ? t(key) : reply.text || t('refused');
}

const PLAIN: Record<string, Key> = {
	'meeting-opened': 'said.opened',
	'meeting-closed': 'said.closed',
	'recording-failed': 'recording.failed.notice',
};

const OUTCOMES: Record<string, Key> = { adopted: 'said.adopted', rejected: 'said.rejected', 'second-vote': 'said.second' };

/** Whose turn it is in the roll call. */
function called(delegation: string, view: View, me: string): string {
	const mine = view.participants[me]?.delegation === delegation;
	return mine ? t('said.called.you') : t('said.called', { name: delegationName(view, delegation) });
}

/** What a screen reader says of an event; null = nothing worth interrupting for. */
function announcement(event: MeetingEvent, view: View, me: string): string | null {
	const who = String(event.data['participant'] ?? '');
	switch (event.name) {
		case 'floor-given':
			return who === me ? t('said.floor.you') : t('said.floor.other', { name: shortName(view, who) });
		case 'floor-taken':
			return who === me ? t('said.floor.lost') : t('said.floor.free');
		case 'entry-added':
			return who === me ? t('said.place', { n: placeOf(view, me) }) : null;
		case 'item-taken-up':
			return t('said.item', { title: view.agenda.items.find(({ id }) => id === event.data['item'])?.title ?? '' });
		case 'motion-taken-up':
			return t('said.motion', { motion: motionName(String(event.data['motion'])) });
		case 'motion-settled':
			return t(event.data['outcome'] === 'adopted' ? 'motion.carried' : 'motion.lost', { motion: motionName(String(event.data['motion'])) });
		case 'voting-opened':
			return t('said.voting', { title: view.decision ? questionTitle(view.decision) : '' });
		case 'decision-proclaimed':
			// Of a motion over a proposal the proposal is shown again by now; the next event says how the motion ended.
			return view.decision && view.decision.decision === event.data['decision']
				? t(OUTCOMES[String(event.data['outcome'])] ?? 'said.rejected', { title: questionTitle(view.decision) })
				: null;
		case 'delegation-called':
			return called(String(event.data['delegation']), view, me);
		case 'lock-announced':
			return t('said.lock', { n: Math.max(0, Math.round((Number(event.data['due']) - event.time) / 1000)) });
		case 'voting-annulled':
			return t('said.annulled', { title: view.decision ? questionTitle(view.decision) : '' });
		default: {
			const key = PLAIN[event.name];
			return key === undefined ? null : t(key);
		}
	}
}

/** The states a conference microphone shows. */
export type Lamp = 'off' | 'request' | 'next' | 'speaking' | 'muted' | 'blocked' | 'fault';

/** State of this page's own microphone. */
export function ownLamp(session: Session): Lamp {
	const { view, me, capture, media, wire } = session;
	if (view === null)
		return 'off';
	if (session.companion)
		return isOpen(view, me) && view.participants[roomOf(view) ?? '']?.line !== 'connected' ? 'fault' : lampOf(view, me);
	if (!session.may('offer') || capture.wishes.microphone === null)
		return isOpen(view, me) ? 'blocked' : lampOf(view, me);
	if (capture.faults.microphone !== undefined)
		return 'fault';
	if (isOpen(view, me)) {
		if (media.state !== 'connected' && wire.state === 'open')
			return 'fault';
		return capture.muted ? 'muted' : 'speaking';
	}
	return lampOf(view, me);
}

/** State of anybody's microphone as the meeting knows it. */
export function lampOf(view: View, badge: string): Lamp {
	if (isOpen(view, badge) || Object.values(view.channels ?? {}).some(({ desk }) => desk === badge))
		return 'speaking';
	const place = placeOf(view, badge);
	if (place === 1 && holder(view) !== badge)
		return 'next';
	return place > 0 ? 'request' : 'off';
}
