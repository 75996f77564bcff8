import { html, LitElement, nothing, svg, type PropertyValues, type SVGTemplateResult, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { formatDuration } from '#shared/time';
import { t } from '#shared/words';
import { hueOf, isPresiding, neighbour, roomOf, speechAt, type Recording } from './recording';

/** Heights of the bands, from above: items, speeches, marks. */
const ITEMS = { y: 0, height: 22 };
const SPEECHES = { y: 26, height: 44 };
/** Who presides lies under the speeches, as a strip. */
const CHAIR = { y: 72, height: 6 };
const MARKS = { y: 82, height: 18 };
const HEIGHT = 116;
const ZOOMS = [1, 2, 4, 8, 16, 32];
const STEP_MS = 5000;
const STRIDE_MS = 60_000;
/** Steps of the scale that read well. */
const SCALE_MS = [10, 30, 60, 120, 300, 600, 1200, 1800, 3600].map((s) => s * 1000);

/**
 * Who spoke when, as a picture of the whole meeting: what it is about above, speeches coloured by delegation, points of order and
 * decisions below. Time runs from left to right in every language, as on a clock. It is a slider: keys move the place.
 */
@customElement('rs-timeline')
export class Timeline extends LitElement {
	@property({ attribute: false }) recording!: Recording;
	@property({ type: Number }) at = 0; // ms
	@property({ attribute: false }) seek: (ms: number) => void = () => {};
	/** What can be done with that which was delivered afterwards, beside what explains its mark. */
	@property({ attribute: false }) beside: TemplateResult | typeof nothing = nothing;
	@state() private zoom = 0;
	@state() private width = 600;
	@state() private start = 0; // ms at the left edge
	private readonly watch = new ResizeObserver(([entry]) => (this.width = Math.max(200, entry!.contentRect.width)));

	override createRenderRoot(): HTMLElement {
		return this;
	}

	override firstUpdated(): void {
		this.watch.observe(this.querySelector('.timeline-frame')!);
	}

	override disconnectedCallback(): void {
		this.watch.disconnect();
		super.disconnectedCallback();
	}

	/** The place stays in sight while it moves. */
	override willUpdate(changed: PropertyValues<this>): void {
		if (!changed.has('at'))
			return;
		if (this.at < this.start || this.at > this.start + this.span)
			this.show(this.at);
	}

	private get duration(): number {
		return Math.max(1, this.recording.duration_ms);
	}

	private get span(): number {
		return this.duration / ZOOMS[this.zoom]!;
	}

	private show(ms: number): void {
		this.start = Math.max(0, Math.min(ms - this.span / 2, this.duration - this.span));
	}

	private turn(step: 1 | -1): void {
		this.zoom = Math.max(0, Math.min(ZOOMS.length - 1, this.zoom + step));
		this.show(this.at);
	}

	private x(ms: number): number {
		return ((ms - this.start) / this.span) * this.width;
	}

	private clip(from_ms: number, to_ms: number): { x: number; width: number } | null {
		const x = Math.max(0, this.x(from_ms));
		const end = Math.min(this.width, this.x(to_ms));
		return end < 0 || x > this.width || end <= x ? null : { x, width: Math.max(1, end - x - 1) };
	}

	private press(event: PointerEvent): void {
		const frame = (event.currentTarget as Element).getBoundingClientRect();
		this.seek(Math.max(0, Math.min(this.duration, this.start + ((event.clientX - frame.left) / frame.width) * this.span)));
	}

	private key(event: KeyboardEvent): void {
		const moves: Record<string, number> = {
			ArrowRight: this.at + STEP_MS, ArrowUp: this.at + STEP_MS, ArrowLeft: this.at - STEP_MS, ArrowDown: this.at - STEP_MS,
			PageUp: this.at + STRIDE_MS, PageDown: this.at - STRIDE_MS, Home: 0, End: this.duration,
		};
		const to = moves[event.key];
		if (to === undefined || event.altKey || event.ctrlKey || event.metaKey)
			return;
		event.preventDefault();
		this.seek(Math.max(0, Math.min(this.duration, to)));
	}

	override render(): TemplateResult {
		const speech = speechAt(this.recording.speeches, this.at);
		const time = formatDuration(this.at);
		return html`<div class="timeline-frame" dir="ltr">
				<svg class="timeline" width=${this.width} height=${HEIGHT} viewBox="0 0 ${this.width} ${HEIGHT}" role="slider" tabindex="0" data-testid="timeline"
					aria-label=${t('archive.timeline')} aria-valuemin="0" aria-valuemax=${Math.round(this.duration / 1000)} aria-valuenow=${Math.round(this.at / 1000)}
					aria-valuetext=${speech ? t('archive.at', { time, name: speech.name }) : time}
					@pointerdown=${(event: PointerEvent) => this.press(event)} @keydown=${(event: KeyboardEvent) => this.key(event)}>
					${this.scale()} ${this.items()} ${this.gaps()} ${this.speeches()} ${this.delivered()} ${this.marks()}
					<line class="now" x1=${this.x(this.at)} x2=${this.x(this.at)} y1="0" y2=${HEIGHT - 12}></line>
				</svg>
			</div>
			${this.recording.delivered.length === 0 ? nothing : html`<div class="legend"><span class="delivered small muted">${t('archive.delivered')}</span>${this.beside}</div>`}
			<div class="timeline-keys">
				<button type="button" class="button" data-testid="previous-speech" @click=${() => this.jump(-1)}>${t('archive.previous')}</button>
				<button type="button" class="button" data-testid="next-speech" @click=${() => this.jump(1)}>${t('archive.following')}</button>
				<span class="grow"></span>
				<button type="button" class="button" data-testid="zoom-out" aria-disabled=${this.zoom === 0} @click=${() => this.turn(-1)}>${t('archive.zoom.out')}</button>
				<button type="button" class="button" data-testid="zoom-in" aria-disabled=${this.zoom === ZOOMS.length - 1} @click=${() => this.turn(1)}>${t('archive.zoom.in')}</button>
			</div>`;
	}

	private jump(step: 1 | -1): void {
		const to = neighbour(this.recording.speeches, this.at, step);
		if (to !== undefined)
			this.seek(to.from_ms);
	}

	private scale(): SVGTemplateResult[] {
		const step = SCALE_MS.find((ms) => (ms / this.span) * this.width >= 64) ?? SCALE_MS.at(-1)!;
		const first = Math.ceil(this.start / step);
		const n = Math.min(200, Math.floor((this.start + this.span) / step) - first + 1);
		return Array.from({ length: Math.max(0, n) }, (_, i) => {
			const x = this.x((first + i) * step);
			const anchor = x < 20 ? 'start' : x > this.width - 24 ? 'end' : 'middle';
			return svg`<line class="tick" x1=${x} x2=${x} y1="0" y2=${HEIGHT - 12}></line>
				<text class="scale" x=${x} y=${HEIGHT - 1} text-anchor=${anchor}>${formatDuration((first + i) * step)}</text>`;
		});
	}

	private items(): SVGTemplateResult[] {
		return this.recording.items.flatMap(({ from_ms, to_ms, title, item }) => {
			const box = this.clip(from_ms, to_ms);
			// A title of which little is to be seen is better read in the list; about 7 px a letter.
			const letters = box ? Math.floor((box.width - 8) / 7) : 0;
			const text = title.length <= letters ? title : letters > 6 ? `${title.slice(0, letters - 1)}…` : letters > 1 ? String(item) : '';
			return box ? [svg`<g><title>${title}</title><rect class="item" x=${box.x} width=${box.width} y=${ITEMS.y} height=${ITEMS.height} rx="3"></rect>
				<text class="label" x=${box.x + 4} y=${ITEMS.y + 16}>${text}</text></g>`] : [];
		});
	}

	private gaps(): SVGTemplateResult[] {
		return this.recording.gaps.flatMap(({ from_ms, to_ms, participant }) => {
			const box = participant === undefined ? this.clip(from_ms, to_ms) : null;
			return box ? [svg`<g><title>${t('archive.gap')}</title><rect class="gap" x=${box.x} width=${box.width} y=${SPEECHES.y} height=${SPEECHES.height}></rect></g>`] : [];
		});
	}

	/** Hatched between both edges, below the speeches; the word where it fits, else in the legend and the list. */
	private delivered(): SVGTemplateResult[] {
		const bands = this.recording.delivered.flatMap((one) => {
			const box = this.clip(one.from_ms, one.to_ms);
			const word = t('archive.delivered');
			return box ? [svg`<g data-testid="delivered-band"><title>${t('archive.delivered.of', { name: roomOf(one) })}</title>
				<path class="delivered" d=${`M${box.x} ${SPEECHES.y}V${MARKS.y}M${box.x + box.width} ${SPEECHES.y}V${MARKS.y}`}></path>
				<rect class="delivered" fill="url(#delivered-hatch)" x=${box.x} width=${Math.max(3, box.width)} y=${MARKS.y} height=${MARKS.height}></rect>
				${box.width > word.length * 7 + 8 ? svg`<text class="delivered" x=${box.x + box.width / 2} y=${MARKS.y + 13} text-anchor="middle">${word}</text>` : nothing}</g>`] : [];
		});
		return bands.length === 0 ? [] : [svg`<defs><pattern id="delivered-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line class="hatch" y2="6"></line></pattern></defs>`, ...bands];
	}

	/** Where many speeches share a pixel, one of them stands for all. */
	private speeches(): SVGTemplateResult[] {
		let taken = -1;
		return this.recording.speeches.flatMap((speech) => {
			const box = this.clip(speech.from_ms, speech.to_ms);
			const presides = isPresiding(speech);
			if (box === null || (!presides && box.width <= 1 && box.x < taken))
				return [];
			const { y, height } = presides ? CHAIR : SPEECHES;
			if (!presides)
				taken = box.x + 1;
			const code = speech.delegation ?? speech.participant;
			const current = speech.from_ms <= this.at && this.at < speech.to_ms;
			return [svg`<g><title>${t('archive.at', { time: formatDuration(speech.from_ms), name: speech.name })}</title>
				<rect class="speech ${hueOf(speech)} ${current ? 'current' : ''}" x=${box.x} width=${box.width} y=${y} height=${height} rx="2"></rect>
				${!presides && box.width > code.length * 9 + 6 ? svg`<text class="code" x=${box.x + box.width / 2} y=${SPEECHES.y + 27} text-anchor="middle">${code}</text>` : nothing}</g>`];
		});
	}

	/** Points of order are triangles, decisions squares on their corner. */
	private marks(): SVGTemplateResult[] {
		const y = MARKS.y + MARKS.height / 2;
		const shape = (ms: number, kind: 'point' | 'decision', title: string): SVGTemplateResult[] => {
			const x = this.x(ms);
			if (x < 0 || x > this.width)
				return [];
			const path = kind === 'point' ? `M${x} ${y - 8}l8 15h-16z` : `M${x} ${y - 9}l9 9l-9 9l-9-9z`;
			return [svg`<g><title>${title}</title><path class="mark ${kind}" d=${path}></path></g>`];
		};
		const { points, decisions } = this.recording;
		return [
			...points.flatMap(({ at_ms, participant, name }) => shape(at_ms, 'point', t('archive.point', { name: name ?? participant }))),
			...decisions.flatMap(({ at_ms, title }) => shape(at_ms, 'decision', title)),
		];
	}
}
