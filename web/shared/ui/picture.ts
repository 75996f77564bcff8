import { html, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { byCsrc, personBehind, shortName } from '../view';
import { lamp } from './icons';
import { Part } from './part';
import { t } from '../words';

/** A place without a frame for this long shows the name plate instead of a frozen picture. */
const FROZEN_MS = 2_500;

/** One received picture, or the name plate of whoever should be in it. `feed` = `self` is the own camera. */
@customElement('rs-picture')
export class Picture extends Part {
	@property() feed: 'speaker' | 'chair' | 'self' = 'speaker';
	/** Who is expected, until the media itself says who is there. */
	@property() badge = '';
	@property({ type: Boolean }) named = false;
	/** It would be oneself: shown straight from the camera, as the way there and back costs the line twice and comes late. */
	@property({ type: Boolean }) own = false;
	@state() private moving = false;
	private shown: MediaStreamTrack | null = null;
	private lastFrame = -Infinity;
	private timer = 0;

	override connectedCallback(): void {
		super.connectedCallback();
		this.timer = window.setInterval(() => this.look(), 500);
	}

	override disconnectedCallback(): void {
		window.clearInterval(this.timer);
		if (this.video !== null)
			this.session.looking.show(this.video, null);
		super.disconnectedCallback();
	}

	private get local(): boolean {
		return this.feed === 'self' || this.own;
	}

	private get video(): HTMLVideoElement | null {
		return this.querySelector('video');
	}

	override firstUpdated(): void {
		const video = this.video;
		if (video === null)
			return;
		const frame = () => {
			this.lastFrame = performance.now();
			video.requestVideoFrameCallback(frame);
		};
		video.requestVideoFrameCallback(frame);
	}

	override updated(_: PropertyValues): void {
		const { media, capture, looking } = this.session;
		const track = this.local ? capture.camera : media.track(this.feed);
		if (this.video !== null)
			looking.show(this.video, this.local ? null : this.feed);
		if (track === this.shown || this.video === null)
			return;
		this.shown = track;
		this.video.srcObject = track && new MediaStream([track]);
	}

	private look(): void {
		// A browser pauses a video that was taken out of the page; back in it, nobody else starts it again.
		if (this.shown !== null && this.video?.paused)
			this.video.play().catch(() => {});
		this.moving = this.shown !== null && performance.now() - this.lastFrame < FROZEN_MS;
		this.requestUpdate();
	}

	/** Badge of whoever is really in the picture. */
	private get inside(): string {
		const { media, view } = this.session;
		const csrc = this.moving && !this.local ? media.source(this.feed) : null;
		const source = csrc !== null && view !== null ? byCsrc(view, csrc) : null;
		return source !== null ? personBehind(view!, source) : this.badge;
	}

	override render(): TemplateResult {
		const { view } = this.session;
		const who = this.inside;
		const participant = view?.participants[who];
		const name = view !== null && who !== '' ? shortName(view, who) : '';
		return html`<div class="picture ${this.feed} ${this.moving ? 'moving' : ''}" data-shows=${this.moving ? who : ''}>
			<video autoplay playsinline muted .muted=${true} data-testid="picture-${this.feed}" aria-label=${
				this.feed === 'self' ? t('picture.self') : t('picture.of', { name })
			}></video>
			${this.moving ? '' : this.still(name, participant?.country ? participant.name : '')}
			${this.named && this.moving ? html`<span class="tag">${this.local ? t('you') : name}</span>` : ''}
		</div>`;
	}

	/** Instead of a picture: the plate, or the empty ring of a place where nobody speaks. */
	private still(name: string, person: string): TemplateResult | '' {
		if (name !== '')
			return html`<div class="plate"><strong>${name}</strong>${person === '' ? '' : html`<span>${person}</span>`}</div>`;
		return this.feed === 'speaker' ? lamp('off') : '';
	}
}
