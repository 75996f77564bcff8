import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { formatDuration } from '#shared/time';
import { icon } from '#shared/ui/icons';
import { dateAndTime, languageName, t, type Key } from '#shared/words';
import { fileAddress, isThere, open, proofAddress, type Opened, type Trouble } from './api';
import { deliveredAt, hueOf, readPlace, roomOf, speechAt, type Channel, type Recording, type Speech } from './recording';
import './timeline';
import { TROUBLES } from './troubles';

/** How a speech was made, where that is worth a word. */
const MANNERS = {
	reply: 'archive.as.reply',
	explanation: 'archive.as.explanation',
	motion: 'archive.as.motion',
	'point-of-order': 'archive.as.point-of-order',
	presiding: 'archive.as.presiding',
} as const satisfies Record<string, Key>;
const KINDS = {
	consensus: 'decision.mode.consensus',
	hands: 'decision.mode.hands',
	'show-of-hands': 'decision.mode.hands',
	recorded: 'decision.mode.recorded',
	'roll-call': 'decision.mode.roll-call',
	secret: 'decision.mode.secret',
} as const satisfies Record<string, Key>;
const MOTIONS = {
	'suspend-meeting': 'motion.kind.suspend-meeting',
	'adjourn-meeting': 'motion.kind.adjourn-meeting',
	'adjourn-debate': 'motion.kind.adjourn-debate',
	'close-debate': 'motion.kind.close-debate',
	'close-list': 'motion.kind.close-list',
	reconsider: 'motion.kind.reconsider',
	division: 'motion.kind.division',
	'no-action': 'motion.kind.no-action',
	competence: 'motion.kind.competence',
} as const satisfies Record<string, Key>;
const OUTCOMES = { adopted: 'archive.motion.carried', rejected: 'archive.motion.lost', withdrawn: 'archive.motion.withdrawn' } as const satisfies Record<string, Key>;
const RESULTS = { adopted: 'decision.adopted', rejected: 'decision.rejected' } as const satisfies Record<string, Key>;
/** A ticket that ended is renewed at most so often. */
const RENEW_MS = 60_000;
const LANGUAGE = 'rostrum.archive.language';

const word = <K extends string>(words: Record<K, Key>, name: string | undefined): string | null =>
	name !== undefined && Object.hasOwn(words, name) ? t(words[name as K]) : null;

/** One recording: player, timeline, speeches, decisions. The place stays the same whatever language is listened to. */
@customElement('rs-recording')
export class RecordingPage extends LitElement {
	@property({ attribute: false }) opened!: Opened;
	@property() token = '';
	@state() private language = '';
	@state() private captions = '';
	@state() private at = 0; // ms
	@state() private failed = false;
	@state() private said = '';
	/** Whether what rooms delivered after an outage is played where it belongs; a programme is what was heard. */
	@state() private late = false;
	/** The speech whose proof is being made, and what became of the last that was asked for. */
	@state() private proving: number | null = null;
	@state() private unproven: { n: number; trouble: Trouble } | null = null;
	/** Where to go on once the file is open, and whether to play there. */
	private place: { ms: number; plays: boolean } | null = null;
	private renewed = -Infinity;
	private source = '';

	override createRenderRoot(): HTMLElement {
		return this;
	}

	private get recording(): Recording {
		return this.opened.recording;
	}

	private get video(): HTMLVideoElement | null {
		return this.querySelector('video');
	}

	override connectedCallback(): void {
		super.connectedCallback();
		const said = new URLSearchParams(location.search);
		const ids = this.recording.languages.map(({ id }) => id);
		this.language = [said.get('l'), localStorage.getItem(LANGUAGE), 'floor'].find((id) => id !== null && ids.includes(id)) ?? ids[0] ?? '';
		this.late = said.get('late') === 'true' && this.recording.late !== undefined;
		this.at = readPlace(said.get('t'), this.recording.duration_ms);
		this.place = { ms: this.at, plays: false };
	}

	/** Go to a place, wherever the file stands. */
	private readonly seek = (ms: number): void => {
		this.at = ms;
		const { video } = this;
		if (this.place !== null)
			this.place.ms = ms;
		else if (video !== null)
			video.currentTime = ms / 1000;
	};

	/** A speech that is pressed is listened to. */
	private hear(ms: number): void {
		this.seek(ms);
		if (this.place !== null)
			this.place.plays = true;
		else
			void this.video?.play().catch(() => {}); // refused by the browser: its own key is there
	}

	private listen(id: string): void {
		if (id === this.language)
			return;
		this.keepPlace();
		localStorage.setItem(LANGUAGE, id);
		this.language = id;
		this.failed = false;
	}

	/** It lies in the floor's time, so a listener to another language changes over for as long as it lasts. */
	private get isLate(): boolean {
		return this.late && (this.language === 'floor' || deliveredAt(this.recording.delivered, this.at).length > 0);
	}

	override willUpdate(): void {
		const source = this.isLate ? 'late' : this.language;
		if (this.source !== '' && source !== this.source)
			this.keepPlace();
		this.source = source;
	}

	/** A stretch that is pressed is listened to, too: in the programme there is nothing of it. */
	private hearLate(ms: number): void {
		this.late = this.recording.late !== undefined;
		this.hear(ms);
	}

	private keepPlace(): void {
		const { video } = this;
		if (video !== null && this.place === null)
			this.place = { ms: video.readyState > 0 ? video.currentTime * 1000 : this.at, plays: !video.paused && !video.ended };
	}

	private readonly ready = (): void => {
		const { place, video } = this;
		if (place === null || video === null)
			return;
		this.place = null;
		video.currentTime = place.ms / 1000;
		if (place.plays)
			void video.play().catch(() => {}); // as in hear()
	};

	private readonly moved = (): void => {
		const { video } = this;
		// One that has nothing yet stands at its beginning, which is not where the listener is.
		if (this.place === null && video !== null && video.readyState > 0)
			this.at = video.currentTime * 1000;
	};

	/** The ticket may have ended: another one, once, before anything is said. */
	private async broken(): Promise<void> {
		const now = performance.now();
		if (now - this.renewed < RENEW_MS) {
			this.failed = true;
			return;
		}
		this.renewed = now;
		this.keepPlace();
		const answer = await open(this.recording.session, this.token);
		if (answer.ok && answer.value.ticket !== this.opened.ticket)
			this.opened = answer.value;
		else
			this.failed = true;
	}

	private retry(): void {
		this.failed = false;
		this.keepPlace();
		this.video?.load();
	}

	override updated(): void {
		for (const track of this.video?.textTracks ?? []) track.mode = track.language === this.captions ? 'showing' : 'disabled';
	}

	override render(): TemplateResult {
		const { recording } = this;
		const { title, symbol, started_ms, duration_ms } = recording;
		return html`<header class="recording-head">
				<h1><bdi>${title || recording.session}</bdi></h1>
				<p class="small muted facts">${symbol ? html`<bdi>${symbol}</bdi>` : nothing} <span>${dateAndTime(started_ms)}</span> <span class="figures">${formatDuration(duration_ms)}</span></p>
			</header>
			<div class="replay">
				<section class="stage-column">
					${this.player()}
					<rs-timeline .recording=${recording} .at=${this.at} .seek=${this.seek} .beside=${this.lateSwitch()}></rs-timeline>
					${this.choices()}
					${this.arrived()}
				</section>
				<section class="side-column">${this.speeches()} ${this.events()}</section>
			</div>
			<p class="unseen" role="status">${this.said}</p>`;
	}

	private player(): TemplateResult {
		const { session, captions } = this.recording;
		const { ticket } = this.opened;
		const speech = speechAt(this.recording.speeches, this.at);
		const late = deliveredAt(this.recording.delivered, this.at);
		return html`<div class="screen">
				<video controls playsinline preload="auto" src=${this.address()} data-testid="player" data-language=${this.language} data-late=${this.isLate}
					aria-label=${this.recording.title} @loadedmetadata=${this.ready} @timeupdate=${this.moved} @seeking=${this.moved} @error=${() => void this.broken()}>
					${captions.map(({ language }) => html`<track kind="captions" srclang=${language} label=${languageName(language)} src=${fileAddress(session, 'captions', language, ticket)}>`)}
				</video>
			</div>
			${this.failed
				? html`<p role="alert" class="panel notice-box" data-testid="unplayable">${t('archive.unplayable')} <button type="button" class="button" @click=${() => this.retry()}>${t('archive.again')}</button></p>`
				: nothing}
			<p class="speaking" data-testid="speaking" data-participant=${speech?.participant ?? ''}><span class="figures">${formatDuration(this.at)}</span>
				${speech ? html`<strong><bdi>${speech.name}</bdi></strong> ${speech.person?.name ? html`<bdi>${speech.person.name}</bdi>` : nothing}` : nothing}
				${late.length > 0 ? html`<span class="late small">${t('archive.delivered')}</span>` : nothing}</p>`;
	}

	private address(save = false): string {
		const { isLate } = this;
		return fileAddress(this.recording.session, 'programme', isLate ? 'floor' : this.language, this.opened.ticket, { save, late: isLate });
	}

	/** Beside the mark in the timeline: always there, off at first. */
	private lateSwitch(): TemplateResult | typeof nothing {
		return this.recording.late === undefined
			? nothing
			: html`<button type="button" class="button" data-testid="play-late" aria-pressed=${this.late} @click=${() => (this.late = !this.late)}>${t('archive.late.play')}</button>`;
	}

	/** Below all that is pressed, so that nothing moves when it comes. */
	private arrived(): TemplateResult {
		return html`<div role="status">${deliveredAt(this.recording.delivered, this.at).map((one) => html`<p class="late small" data-testid="delivered" data-participant=${one.participant}
			><strong>${t('archive.delivered')}.</strong> ${t(this.isLate ? 'archive.late.text' : 'archive.delivered.text', { name: roomOf(one) })}</p>`)}</div>`;
	}

	private choices(): TemplateResult {
		const { languages, captions } = this.recording;
		const name = ({ id, language, name: own }: Channel): string => (id === 'floor' ? t('channel.floor') : own || languageName(language ?? id));
		const here = languages.find(({ id }) => id === this.language);
		return html`<fieldset class="listen-choice"><legend>${t('archive.listen')}</legend>${languages.map(
				(one) => html`<button type="button" class="button" lang=${one.language ?? nothing} data-testid="listen" data-channel=${one.id} aria-pressed=${one.id === this.language} @click=${() => this.listen(one.id)}>${name(one)}</button>`,
			)}</fieldset>
			<p class="small muted">${t('archive.authentic')}</p>
			<div class="below">
				${captions.length > 0
					? html`<label class="field"><span>${t('archive.captions')}</span><select data-testid="captions" @change=${(event: Event) => (this.captions = (event.target as HTMLSelectElement).value)}>
						<option value="">${t('archive.captions.off')}</option>
						${captions.map(({ language }) => html`<option value=${language} ?selected=${language === this.captions}>${languageName(language)}</option>`)}
					</select></label>`
					: nothing}
				${here ? html`<a class="button" data-testid="save" download href=${this.address(true)}>${t('archive.save', { language: this.isLate ? t('archive.late.floor') : name(here) })}</a>` : nothing}
			</div>`;
	}

	private speeches(): TemplateResult {
		const { speeches } = this.recording;
		const current = speechAt(speeches, this.at);
		return html`<section class="panel" aria-labelledby="speeches-title">
			<header><h2 id="speeches-title">${t('archive.speeches')}</h2><span class="small muted figures">${speeches.length}</span></header>
			${speeches.length === 0
				? html`<p class="empty">${t('archive.speeches.none')}</p>`
				: html`<ol class="speeches" tabindex="0" aria-labelledby="speeches-title">${speeches.map((speech) => this.speech(speech, speech === current))}</ol>`}
		</section>`;
	}

	private speech(speech: Speech, current: boolean): TemplateResult {
		const { n, from_ms, to_ms, name, person, language, as } = speech;
		const manner = word(MANNERS, as);
		return html`<li class=${current ? 'current' : ''} data-testid="speech" data-speech=${n}>
			<button type="button" class="hear ${hueOf(speech)}" aria-current=${current ? 'true' : 'false'} data-testid="hear-speech" @click=${() => this.hear(from_ms)}>
				<span class="figures muted">${formatDuration(from_ms)}</span>
				<span><strong><bdi>${name}</bdi></strong> ${person?.name ? html`<bdi>${person.name}</bdi>` : nothing}
					<span class="small muted facts">${manner ? html`<span>${manner}</span>` : nothing} ${language ? html`<span>${languageName(language)}</span>` : nothing} <span class="figures">${formatDuration(to_ms - from_ms)}</span></span></span>
			</button>
			<button type="button" class="button quiet" data-testid="prove-speech" aria-label="${t('archive.prove')}: ${name}" title=${t('archive.prove')} aria-disabled=${this.proving !== null} @click=${() => void this.prove(speech)}>${this.proving === n ? '…' : icon('download')}</button>
			<button type="button" class="button quiet" data-testid="copy-link" aria-label="${t('archive.copy')}: ${name}" title=${t('archive.copy')} @click=${() => void this.copy(from_ms)}>${icon('copy')}</button>
			${this.unproven?.n === n ? html`<p role="alert" class="small notice-box" data-testid="unproven">${t(TROUBLES[this.unproven.trouble])}</p>` : nothing}
		</li>`;
	}

	/** The file is made while one waits, and refused with a sentence rather than with a broken download. */
	private async prove({ n }: Speech): Promise<void> {
		if (this.proving !== null)
			return;
		this.proving = n;
		this.unproven = null;
		this.said = t('archive.proving');
		let address = proofAddress(this.recording.session, n, this.language, this.opened.ticket);
		let trouble = await isThere(address);
		if (trouble === 'token') {
			// The ticket may have ended.
			const answer = await open(this.recording.session, this.token);
			if (answer.ok) {
				address = proofAddress(this.recording.session, n, this.language, answer.value.ticket);
				trouble = await isThere(address);
			}
		}
		this.proving = null;
		this.said = '';
		if (trouble !== null) {
			this.unproven = { n, trouble };
			return;
		}
		const link = document.createElement('a');
		link.href = address;
		link.download = '';
		link.click();
	}

	/** Without the token, which is nobody else's business. */
	private async copy(ms: number): Promise<void> {
		const said = new URLSearchParams({ s: this.recording.session, t: String(ms / 1000), l: this.language, ...(this.late && { late: 'true' }) });
		await navigator.clipboard.writeText(`${location.origin}${location.pathname}?${said}`);
		this.said = t('archive.copied');
	}

	private events(): TemplateResult | typeof nothing {
		const { decisions, points, motions, delivered } = this.recording;
		if (decisions.length + points.length + motions.length + delivered.length === 0)
			return nothing;
		const rows = [
			...points.map(({ at_ms, participant, name }) => ({ at_ms, text: t('archive.point', { name: name ?? participant }), note: '' })),
			...motions.map(({ at_ms, participant, name, motion, result }) => ({ at_ms, text: t('archive.motion', { motion: word(MOTIONS, motion) ?? motion, name: name ?? participant }), note: word(OUTCOMES, result) ?? '' })),
			...delivered.map((one) => ({ at_ms: one.from_ms, text: t('archive.delivered.of', { name: roomOf(one) }), note: `${formatDuration(one.from_ms)}–${formatDuration(one.to_ms)}`, late: true })),
			...decisions.map(({ at_ms, title, kind, result, totals }) => ({
				at_ms,
				text: title,
				note: [word(KINDS, kind), word(RESULTS, result), totals && kind !== 'consensus' ? t('archive.votes', { yes: totals.yes ?? 0, no: totals.no ?? 0, abstain: totals.abstain ?? 0 }) : null].filter(Boolean).join(' · '),
			})),
		].sort((a, b) => a.at_ms - b.at_ms);
		return html`<section class="panel" aria-labelledby="events-title">
			<header><h2 id="events-title">${t('archive.events')}</h2></header>
			<ol class="rows">${rows.map(({ at_ms, text, note, ...row }) => html`<li><button type="button" class="hear" data-testid="event" @click=${() => ('late' in row ? this.hearLate(at_ms) : this.hear(at_ms))}>
				<span class="figures muted">${formatDuration(at_ms)}</span><span><bdi>${text}</bdi>${note ? html`<span class="small muted facts">${note}</span>` : nothing}</span></button></li>`)}</ol>
		</section>`;
	}
}
