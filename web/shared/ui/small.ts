import { html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { formatDuration } from '../time';
import { t } from '../words';
import { Part } from './part';

/** Gives a part the time: it is drawn again four times a second. */
export function ticking<Base extends abstract new () => Part>(base: Base): Base {
	abstract class Timed extends (base as abstract new () => Part) {
		private timer = 0;

		override connectedCallback(): void {
			super.connectedCallback();
			this.timer = window.setInterval(() => this.requestUpdate(), 250);
		}

		override disconnectedCallback(): void {
			window.clearInterval(this.timer);
			super.disconnectedCallback();
		}
	}
	return Timed as unknown as Base;
}

/** A part that shows time passing. */
export abstract class Ticking extends ticking(Part) {}

/** Runs now and every `ms`, but not while nobody sees the page. Returns how to stop. */
export function whileSeen(ms: number, run: () => void): () => void {
	let timer = 0;
	const follow = () => {
		window.clearInterval(timer);
		if (document.hidden)
			return;
		timer = window.setInterval(run, ms);
		run();
	};
	document.addEventListener('visibilitychange', follow);
	follow();
	return () => {
		document.removeEventListener('visibilitychange', follow);
		window.clearInterval(timer);
	};
}

/** Time since a moment of the server's clock. */
@customElement('rs-clock')
export class Clock extends Ticking {
	@property({ type: Number }) since = 0;

	override render(): TemplateResult {
		return html`<span class="figures" role="timer" aria-live="off">${formatDuration(this.session.wire.clock.now() - this.since)}</span>`;
	}
}

/** A level in dBFS as a bar; it is read 15 times a second and draws nothing else. */
@customElement('rs-meter')
export class Meter extends LitElement {
	@property({ attribute: false }) read: () => number = () => -100;
	/** Whether it was cut off a moment ago, which is said in a word. */
	@property({ attribute: false }) clipped: () => boolean = () => false;
	@property() label = '';
	private stop = () => {};

	override createRenderRoot(): HTMLElement {
		return this;
	}

	override connectedCallback(): void {
		super.connectedCallback();
		this.stop = whileSeen(66, () => this.draw());
	}

	override disconnectedCallback(): void {
		this.stop();
		super.disconnectedCallback();
	}

	override render(): TemplateResult {
		return html`<div class="meter" role="img" aria-label=${this.label}><div class="bar"></div></div><p class="clipped small" hidden>${t('device.clipped')}</p>`;
	}

	private draw(): void {
		const bar = this.querySelector<HTMLElement>('.bar');
		if (bar === null || !bar.checkVisibility())
			return;
		// -60 dBFS is an empty bar, 0 a full one; above -6 a voice is about to be clipped.
		const level = this.read();
		bar.style.transform = `scaleX(${Math.min(1, Math.max(0, (level + 60) / 60))})`;
		bar.classList.toggle('hot', level > -6);
		this.querySelector<HTMLElement>('.clipped')!.hidden = !this.clipped();
	}
}

/**
 * A button for what cannot be taken back: the first press arms it and says so, a second one within four
 * seconds does it. No dialog comes in between, so hand and eye stay where they are.
 */
@customElement('rs-twice')
export class Twice extends LitElement {
	@property() label = '';
	@property() again = '';
	@property() look = '';
	@property() testid = '';
	@property({ type: Boolean }) busy = false;
	@property({ type: Boolean }) disabled = false;
	@property({ attribute: false }) run: () => void = () => {};
	@state() private armed = false;
	private timer = 0;

	override createRenderRoot(): HTMLElement {
		return this;
	}

	override disconnectedCallback(): void {
		window.clearTimeout(this.timer);
		super.disconnectedCallback();
	}

	override willUpdate(changed: PropertyValues<this>): void {
		// Another label is another deed; the press before was not for it.
		if (changed.has('label') || changed.has('disabled'))
			this.armed = false;
	}

	press(): void {
		if (this.busy || this.disabled)
			return;
		window.clearTimeout(this.timer);
		this.armed = !this.armed;
		if (this.armed)
			this.timer = window.setTimeout(() => (this.armed = false), 4000);
		else
			this.run();
	}

	override render(): TemplateResult {
		return html`<button type="button" class="button ${this.look} ${this.armed ? 'armed' : ''}" data-testid=${this.testid}
			aria-disabled=${this.busy || this.disabled} @click=${() => this.press()}><span aria-live="polite">${
			this.busy ? t('asked') : this.armed ? this.again : this.label
		}</span></button>`;
	}
}
