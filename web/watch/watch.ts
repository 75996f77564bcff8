import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { languageField } from '#shared/ui/dialogs';
import { rehearsalSign } from '#shared/ui/rehearsal';
import { adjournedUntil, languageName, t, type Key } from '#shared/words';
import { openPlayer, type Player } from './player';
import { lacks, partsOf, sceneOf, Watcher, type Live, type Scene, type State } from './state';

const LANGUAGE = 'rostrum.watch.language';
const CAPTIONS = 'rostrum.watch.captions';
/** So near the newest that nobody misses anything, s. */
const AT_EDGE_S = 3;
const TICK_MS = 500;
/** After what broke, before it is tried again. */
const REST_MS = 3000;

const CARDS = {
	asking: ['watch.asking'],
	none: ['watch.none', 'watch.none.todo'],
	lost: ['watch.lost', 'watch.lost.todo'],
	private: ['watch.private', 'watch.private.todo'],
	off: ['watch.off', 'watch.off.todo'],
	'not-begun': ['watch.not-begun', 'watch.stay'],
	soon: ['watch.soon', 'watch.stay'],
	suspended: ['watch.suspended', 'watch.stay'],
	adjourned: ['watch.adjourned'],
	ended: ['watch.ended'],
} as const satisfies Record<Exclude<Scene, 'playing'>, readonly Key[]>;

/** Why nobody speaks, where that is more than a pause. */
const SILENT: Record<string, Key> = { scheduled: 'watch.not-begun', test: 'watch.not-begun', suspended: 'watch.suspended', adjourned: 'watch.adjourned', closed: 'watch.ended' };

const KEYS = { k: 'watch.key.play', m: 'watch.key.sound', l: 'watch.key.live', c: 'watch.key.captions', f: 'watch.key.screen' } as const satisfies Record<string, Key>;

/** The page of a webcast: what everybody may see and hear of a public meeting, with nobody's token. */
@customElement('rs-watch')
export class Watch extends LitElement {
	@property() meeting = '';
	@state() private scene: Scene = 'asking';
	@state() private language = localStorage.getItem(LANGUAGE) ?? 'floor';
	@state() private captions = localStorage.getItem(CAPTIONS) ?? '';
	@state() private atEdge = true;
	@state() private behind: number | null = null; // s
	@state() private waits = false; // for a press: the browser plays nothing by itself
	@state() private unplayable = false;
	private watcher!: Watcher;
	private player: Player | null = null;
	/** Grows with each attempt: one that was given up in the meantime is nobody's. */
	private turn = 0;
	private opened = false;
	private resting: ReturnType<typeof setTimeout> | undefined;
	private session = '';
	/** Languages and captions that the playlist had as it was opened: players read it once. */
	private had: string[] = [];
	/** The last captions that were shown, for the key that switches them. */
	private lastCaptions = '';
	private ticking: ReturnType<typeof setInterval> | undefined;

	override createRenderRoot(): HTMLElement {
		return this;
	}

	override connectedCallback(): void {
		super.connectedCallback();
		this.watcher = new Watcher(this.meeting, () => this.follow());
		this.watcher.start();
		addEventListener('keydown', this.pressed);
		this.ticking = setInterval(() => this.tick(), TICK_MS);
	}

	override disconnectedCallback(): void {
		this.watcher.stop();
		removeEventListener('keydown', this.pressed);
		clearInterval(this.ticking);
		clearTimeout(this.resting);
		this.shut();
		super.disconnectedCallback();
	}

	private get video(): HTMLVideoElement | null {
		return this.querySelector('video');
	}

	private get known(): State | null {
		const { state } = this.watcher;
		return typeof state === 'object' ? state : null;
	}

	private get live(): Live | null {
		return this.watcher.live;
	}

	/** What the server said: the page shows that, at once. */
	private follow(): void {
		const { state, live } = this.watcher;
		if (live !== null && live.live && (live.session !== this.session || lacks(this.had, live, this.heard(live), this.captions)))
			this.shut();
		this.scene = sceneOf(state, live, this.player !== null && this.video?.ended !== true);
		if (this.scene !== 'playing')
			this.shut();
		this.requestUpdate();
	}

	override updated(_: PropertyValues): void {
		if (this.scene === 'playing' && !this.opened && this.resting === undefined && this.live !== null && !this.unplayable)
			void this.open(this.live);
	}

	private async open(live: Live): Promise<void> {
		const { video } = this;
		const turn = ++this.turn;
		this.opened = true;
		this.session = live.session;
		this.had = partsOf(live);
		const player = await openPlayer(
			video!,
			`/webcast/${encodeURIComponent(this.meeting)}/master.m3u8`,
			live.languages.map(({ id }) => id),
			{ missed: () => void this.watcher.ask(), broken: () => this.again() },
		).catch(() => undefined); // the library did not come: the line may be down
		if (turn !== this.turn) {
			player?.close();
			return;
		}
		if (player === undefined) {
			this.again();
			return;
		}
		this.player = player;
		this.unplayable = player === null;
		if (player === null)
			return;
		player.listen(this.heard(live));
		player.caption(live.captions.includes(this.captions) ? this.captions : '');
		video!.play().then(
			() => (this.waits = false),
			() => (this.waits = true),
		);
	}

	/** Nothing of it stays in sight. */
	private shut(): void {
		this.turn++;
		this.opened = false;
		this.session = '';
		this.player?.close();
		this.player = null;
		this.behind = null;
		this.waits = false;
	}

	/** It broke off: from the beginning, once the server has said that there is something to play. */
	private again(): void {
		this.shut();
		clearTimeout(this.resting);
		this.resting = setTimeout(() => {
			this.resting = undefined;
			void this.watcher.ask();
		}, REST_MS);
	}

	private tick(): void {
		const { player } = this;
		if (player === null)
			return;
		const toEdge = player.toEdge();
		const seen = player.seen();
		this.atEdge = toEdge === null || toEdge <= AT_EDGE_S;
		this.behind = seen === null ? null : Math.max(0, Math.round((this.watcher.now() - seen) / 1000));
	}

	/** What is chosen, where it is there; else the original. */
	private heard(live: Live): string {
		return live.languages.some(({ id }) => id === this.language) ? this.language : 'floor';
	}

	private listen(id: string): void {
		localStorage.setItem(LANGUAGE, id);
		this.language = id;
		this.player?.listen(id);
		this.follow();
	}

	private show(captions: string): void {
		localStorage.setItem(CAPTIONS, captions);
		this.lastCaptions = captions || this.captions;
		this.captions = captions;
		this.player?.caption(captions);
		this.follow();
	}

	private play(): void {
		const { video } = this;
		if (video?.paused === false)
			video.pause();
		else
			void video?.play().then(() => (this.waits = false)).catch(() => {}); // its own key is there
	}

	private readonly pressed = (event: KeyboardEvent): void => {
		const { key, ctrlKey, altKey, metaKey, target } = event;
		const { video } = this;
		if (ctrlKey || altKey || metaKey || (target instanceof Element && target.matches('select, input')) || video === null)
			return;
		const acts: Record<keyof typeof KEYS, () => void> = {
			k: () => this.play(),
			m: () => (video.muted = !video.muted),
			l: () => this.player?.goLive(),
			c: () => this.show(this.captions === '' ? this.lastCaptions || (this.live?.captions[0] ?? '') : ''),
			f: () => void (document.fullscreenElement === null ? video.requestFullscreen() : document.exitFullscreen()).catch(() => {}), // not in this frame
		};
		if (Object.hasOwn(acts, key.toLowerCase())) {
			event.preventDefault();
			acts[key.toLowerCase() as keyof typeof KEYS]();
		}
	};

	override render(): TemplateResult {
		const { known } = this;
		document.title = `${known?.title ?? t('watch.title')} – Rostrum`;
		return html`<main class="watch" data-testid="page">
			${rehearsalSign(known ?? {})}
			<header class="watch-head">
				<div class="subject">${known?.title === undefined ? nothing : html`<p class="small muted">${t('watch.title')}</p>`}
					<h1 data-testid="title"><bdi>${known?.title ?? t('watch.title')}</bdi></h1></div>
				${languageField(() => this.requestUpdate())}
			</header>
			<div class="screen" data-testid="scene" data-scene=${this.scene}>
				<video controls playsinline ?hidden=${this.scene !== 'playing'} data-testid="player" data-language=${this.live ? this.heard(this.live) : ''} aria-label=${known?.title ?? t('watch.title')}
					@playing=${() => (this.waits = false)} @ended=${() => this.follow()}></video>
				${this.scene === 'playing' ? this.over() : this.card(this.scene)}
			</div>
			${this.scene === 'playing' ? this.controls() : nothing}
			${this.now()}
		</main>`;
	}

	private over(): TemplateResult | typeof nothing {
		if (this.unplayable)
			return html`<p class="card" role="alert" data-testid="unplayable">${t('watch.unplayable')}</p>`;
		return this.waits
			? html`<p class="card"><button type="button" class="button main" data-testid="play" @click=${() => this.play()}>${t('watch.play')}</button></p>`
			: nothing;
	}

	private card(scene: Exclude<Scene, 'playing'>): TemplateResult {
		const [title, todo]: readonly Key[] = CARDS[scene];
		const until = scene === 'adjourned' ? this.known?.until : undefined;
		return html`<div class="card" role="status">
			<p class="title">${t(title!)}</p>
			${until !== undefined ? html`<p>${adjournedUntil(until)}</p>` : nothing}
			${todo ? html`<p>${t(todo)}</p>` : nothing}
		</div>`;
	}

	private controls(): TemplateResult {
		const { live } = this;
		const runs = live?.live ?? false;
		return html`<div class="controls">
			<p class="air">
				${runs && this.atEdge
					? html`<span class="live" data-testid="live">${t('watch.live')}</span>`
					: runs
						? html`<button type="button" class="button" data-testid="go-live" @click=${() => this.player?.goLive()}>${t('watch.to-live')}</button>`
						: html`<span class="muted">${t('watch.ended')}</span>`}
				${this.behind === null || !runs ? nothing : html`<span class="small muted figures" data-testid="behind" data-seconds=${this.behind}>${t('watch.behind', { n: this.behind })}</span>`}
			</p>
			${live === null ? nothing : this.choices(live)}
			<details class="keys"><summary class="small">${t('keys.title')}</summary>
				<dl>${Object.entries(KEYS).map(([key, does]) => html`<div><dt><kbd>${key.toUpperCase()}</kbd></dt><dd>${t(does)}</dd></div>`)}</dl></details>
		</div>`;
	}

	private choices({ languages, captions }: Live): TemplateResult {
		const heard = this.heard(this.live!);
		return html`<fieldset class="listen-choice"><legend>${t('archive.listen')}</legend>${languages.map(
				({ id, language, name }) =>
					html`<button type="button" class="button" lang=${language ?? nothing} data-testid="listen" data-channel=${id} aria-pressed=${id === heard} @click=${() => this.listen(id)}
						>${id === 'floor' ? t('channel.floor') : name || languageName(language ?? id)}</button>`,
			)}</fieldset>
			${captions.length === 0
				? nothing
				: html`<label class="field"><span>${t('captions.title')}</span><select data-testid="captions" @change=${(event: Event) => this.show((event.target as HTMLSelectElement).value)}>
					<option value="">${t('captions.off')}</option>
					${captions.map((id) => html`<option value=${id} ?selected=${id === this.captions}>${languageName(id)}</option>`)}
				</select></label>`}`;
	}

	/** Agenda item and who speaks, as the meeting has it now: a little before it is seen here. */
	private now(): TemplateResult | typeof nothing {
		const { known } = this;
		if (!known?.on)
			return nothing;
		const { item, speaker, state } = known;
		const who = speaker?.delegation?.name ?? (speaker?.role === 'chair' ? t('role.chair') : null);
		const nobody = SILENT[state ?? ''] ?? 'floor.nobody';
		return html`<section class="panel now" aria-label=${t('watch.now')}>
			<p class="small muted" data-testid="item">${item ? html`<span class="figures">${item.id}</span> · <bdi>${item.title}</bdi>` : t('item.none')}</p>
			<p class="speaker" role="status" data-testid="speaker" data-delegation=${speaker?.delegation?.id ?? ''}><strong><bdi>${who ?? t(nobody)}</bdi></strong>
				${speaker?.group ? html`<span>${t('list.behalf', { name: speaker.group.name })}</span>` : nothing}
				${speaker?.language ? html`<span class="small muted">${languageName(speaker.language)}</span>` : nothing}</p>
		</section>`;
	}
}
