import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { lampOf } from '#shared/session';
import { edgesOf, outageShort } from '#shared/outages';
import { shortName } from '#shared/view';
import { decimal, t, timeOfDay, type Key } from '#shared/words';
import { icon, lamp } from '#shared/ui/icons';
import { Part } from '#shared/ui/part';
import { whileSeen } from '#shared/ui/small';
import type { Meters } from './meters';
import { drawMeter, drawSpark, inksOf, type Inks } from './pens';
import { asBefore, matches, rowsOf, SHOWN, sorted, troubleText, type Row, type Shown } from './rows';
import { figureOf, STEPS, type Series, type Survey } from './survey';

/** Rows drawn beyond what is seen, to either side. */
const SPARE = 6;
/** A row's height, as the style sheet has it. */
const ROW_REM = 3.5;
const ROW_NARROW_REM = 5;
export const NARROW = matchMedia('(max-width: 52rem)');
/** After the pointer or a key was on the table the order stays for so long. */
const STILL_MS = 4000;
/** Meters are drawn so often, all else once in so many times of it. */
const DRAW_MS = 50;
const PLOTS_EVERY = 10;
/** Who wishes no motion sees a meter step, once a second. */
const NO_MOTION = matchMedia('(prefers-reduced-motion: reduce)');
const STEPS_EVERY = 20;
/** Least that fills the height of a small plot. */
const TOPS: Partial<Record<Series, number>> = { loss_up: 50, rtt: 200, up: 500 };
const NOTHING_MEASURED: null[] = Array.from({ length: STEPS }, () => null);

/** Everybody's line: trouble on top. Only rows that are seen exist; one canvas over them has all meters and small plots. */
@customElement('rs-stations')
export class Stations extends Part {
	@property({ attribute: false }) survey!: Survey;
	@property({ attribute: false }) meters!: Meters;
	@property() chosen = '';
	@property({ attribute: false }) choose: (badge: string) => void = () => {};
	/** History of these is looked at. */
	@property({ attribute: false }) seen: (badges: string[]) => void = () => {};
	@state() private text = '';
	@state() private shown: Shown = 'all';
	@state() private first = 0;
	@state() private fits = 20;
	private order: string[] = [];
	private rows: Row[] = [];
	private troubled = 0;
	/** Stepped to, and not drawn yet. */
	private wanted = '';
	private touched = -STILL_MS;
	private stop = () => {};
	/** Times that it was drawn. */
	private drawings = 0;
	/** Rows are not where they were. */
	private moved = true;
	private sizes: ResizeObserver | null = null;
	/** Read with the plots: each colour costs the page a look at its styles. */
	private inks: Inks | null = null;

	override connectedCallback(): void {
		super.connectedCallback();
		this.stop = whileSeen(DRAW_MS, () => this.draw());
		this.sizes = new ResizeObserver(() => this.scrolled());
	}

	override disconnectedCallback(): void {
		this.stop();
		this.sizes?.disconnect();
		super.disconnectedCallback();
	}

	override firstUpdated(): void {
		this.sizes?.observe(this.scroller);
	}

	override willUpdate(changed: PropertyValues): void {
		super.willUpdate(changed);
		const view = this.session.view!;
		const { measured, clock } = this.session.wire;
		const all = rowsOf(view, this.survey, measured.outages, clock.now());
		this.troubled = all.filter(({ severity }) => severity !== null).length;
		const fitting = all.filter((row) => matches(row, this.shown, this.text));
		const still = performance.now() - this.touched < STILL_MS;
		this.rows = still ? asBefore(fitting, this.order) : sorted(fitting, view);
		this.order = this.rows.map(({ badge }) => badge);
	}

	override updated(): void {
		this.moved = true;
		const height = `${this.rows.length * this.rowPx}px`;
		this.querySelector<HTMLElement>('.tall')!.style.blockSize = height;
		this.querySelector<HTMLElement>('.window')!.style.insetBlockStart = `${this.from * this.rowPx}px`;
		this.follow();
		this.seen(this.drawn.map(({ badge }) => badge));
	}

	/** The field that finds people. */
	find(): void {
		this.querySelector<HTMLInputElement>('[data-testid=find-station]')?.focus();
	}

	/** From the one chosen, `by` rows on; the first when none is. */
	step(by: number): void {
		const at = this.order.indexOf(this.chosen);
		const badge = this.order[Math.min(this.order.length - 1, Math.max(0, at < 0 ? 0 : at + by))];
		if (badge === undefined)
			return;
		this.touch();
		this.choose(badge);
		this.reveal(this.order.indexOf(badge));
		this.wanted = badge;
	}

	/** The next in trouble after the one chosen, from the top again after the last. */
	nextTrouble(): void {
		const troubled = this.rows.filter(({ severity }) => severity !== null).map(({ badge }) => badge);
		const badge = troubled[(troubled.indexOf(this.chosen) + 1) % troubled.length];
		if (badge === undefined)
			return;
		this.touch();
		this.choose(badge);
		this.reveal(this.order.indexOf(badge));
	}

	/** The focus goes with the line that was stepped to, once it is drawn as chosen. */
	private follow(): void {
		const selected = this.wanted === '' || this.wanted !== this.chosen ? null : this.querySelector<HTMLElement>('[aria-selected=true]');
		if (selected === null)
			return;
		this.wanted = '';
		selected.focus({ preventScroll: true });
	}

	private get scroller(): HTMLElement {
		return this.querySelector('.scroller')!;
	}

	private get rowPx(): number {
		return (NARROW.matches ? ROW_NARROW_REM : ROW_REM) * parseFloat(getComputedStyle(document.documentElement).fontSize);
	}

	private get from(): number {
		return Math.max(0, Math.min(this.first, this.rows.length - this.fits) - SPARE);
	}

	private get drawn(): Row[] {
		return this.rows.slice(this.from, this.from + this.fits + 2 * SPARE);
	}

	private touch(): void {
		this.touched = performance.now();
	}

	private scrolled(): void {
		this.moved = true;
		this.first = Math.floor(this.scroller.scrollTop / this.rowPx);
		this.fits = Math.ceil(this.scroller.clientHeight / this.rowPx) + 1;
	}

	private reveal(index: number): void {
		const { scroller, rowPx } = this;
		const top = index * rowPx;
		if (top < scroller.scrollTop)
			scroller.scrollTop = top;
		else if (top + rowPx > scroller.scrollTop + scroller.clientHeight)
			scroller.scrollTop = top + rowPx - scroller.clientHeight;
		this.scrolled();
	}

	/* ---- what is drawn by hand ---- */

	private draw(): void {
		const turn = this.drawings++;
		const all = this.moved || turn % PLOTS_EVERY === 0;
		if (NO_MOTION.matches && !this.moved && turn % STEPS_EVERY !== 0)
			return;
		const canvas = this.querySelector('canvas');
		const probe = this.querySelector<HTMLElement>('.probe');
		const pen = canvas?.getContext('2d');
		if (!canvas || !probe || !pen)
			return;
		const frame = canvas.getBoundingClientRect();
		const resized = this.fit(canvas, frame);
		pen.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
		if (all)
			pen.clearRect(0, 0, frame.width, frame.height);
		if (all || this.inks === null)
			this.inks = inksOf(probe);
		for (const place of this.querySelectorAll<HTMLElement>(all || resized ? '[data-draws]' : '[data-draws=level]'))
			this.drawOne(pen, place, frame, this.inks);
		this.moved = false;
	}

	/** The canvas has the pixels of its place. True: it was another size, and is empty. */
	private fit(canvas: HTMLCanvasElement, frame: DOMRect): boolean {
		const [width, height] = [Math.round(frame.width * devicePixelRatio), Math.round(frame.height * devicePixelRatio)];
		if (canvas.width === width && canvas.height === height)
			return false;
		[canvas.width, canvas.height] = [width, height];
		return true;
	}

	private drawOne(pen: CanvasRenderingContext2D, place: HTMLElement, frame: DOMRect, inks: Inks): void {
		const { x, y, width, height } = place.getBoundingClientRect();
		const box = { x: x - frame.x, y: y - frame.y, width, height };
		const { draws, badge } = place.dataset as { draws: Series; badge: string };
		if (box.y > frame.height || box.y + height < 0 || width === 0)
			return;
		if (draws === 'level') {
			const level = this.session.wire.measured.levels?.[badge] ?? null;
			drawMeter(pen, box, this.meters.shown(badge, level, performance.now(), !NO_MOTION.matches), inks);
		} else {
			drawSpark(pen, box, this.survey.history(badge)?.[draws] ?? NOTHING_MEASURED, TOPS[draws] ?? 1, draws === 'loss_up' ? inks.bad : inks.accent);
		}
	}

	/* ---- what is drawn by the browser ---- */

	override render(): TemplateResult {
		const all = Object.values(this.session.view!.participants);
		const { troubled } = this;
		return html`<section class="panel stations" aria-labelledby="stations-title">
			<header>
				<h2 id="stations-title">${t('stations.title')}</h2>
				<p class="small muted" data-testid="stations-count" data-troubled=${troubled}>${t('people.count', { n: all.filter(({ present }) => present).length, all: all.length })} · ${t('stations.troubled', { n: troubled })}</p>
			</header>
			<div class="sieve">
				<label class="field"><span>${t('stations.find')}</span><input type="search" data-testid="find-station" autocomplete="off"
					.value=${this.text} @input=${(event: Event) => this.sift({ text: (event.target as HTMLInputElement).value })}></label>
				<label class="field"><span>${t('stations.show')}</span><select data-testid="show-stations"
					@change=${(event: Event) => this.sift({ shown: (event.target as HTMLSelectElement).value as Shown })}>${SHOWN.map(
						(shown) => html`<option value=${shown} ?selected=${shown === this.shown}>${t(`stations.show.${shown}` satisfies Key)}</option>`,
					)}</select></label>
			</div>
			<div class="scroller" role="grid" aria-labelledby="stations-title" aria-rowcount=${this.rows.length + 1} @scroll=${() => this.scrolled()}
				@pointermove=${() => this.touch()} @pointerdown=${() => this.touch()} @keydown=${this.pressed}>
				<div class="station heading" role="row" aria-rowindex="1">
					<span class="who" role="columnheader">${t('column.who')}</span><span class="judged" role="columnheader">${t('column.verdict')}</span>
					<span class="sound" role="columnheader">${t('column.sound')}</span><span class="loss" role="columnheader">${t('column.loss')}</span>
					<span class="delay" role="columnheader">${t('column.delay')}</span><span class="rate" role="columnheader">${t('column.rate')}</span>
				</div>
				<div class="over-rows" aria-hidden="true"><canvas></canvas><i class="probe"></i></div>
				<div class="tall" role="rowgroup"><div class="window" role="presentation">${repeat(
					this.drawn,
					({ badge }) => badge,
					(row, i) => this.row(row, this.from + i),
				)}</div></div>
			</div>
			${this.rows.length === 0 ? html`<p class="empty" role="status">${t('stations.none')}</p>` : nothing}
		</section>`;
	}

	private sift(change: { text?: string; shown?: Shown }): void {
		this.text = change.text ?? this.text;
		this.shown = change.shown ?? this.shown;
		// It was asked for: what is there now is in its own order.
		this.touched = -STILL_MS;
		this.scroller.scrollTop = 0;
		this.scrolled();
	}

	private readonly pressed = (event: KeyboardEvent): void => {
		const page = Math.max(1, this.fits - 2);
		const by = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[event.key];
		if (by === undefined)
			return;
		event.preventDefault();
		this.step(by);
	};

	private row(row: Row, index: number): TemplateResult {
		const { badge, participant, severity } = row;
		const { session } = this;
		const view = session.view!;
		const chosen = badge === this.chosen;
		const reachable = chosen || (index === this.from && !this.drawn.some((one) => one.badge === this.chosen));
		return html`<div class="station ${severity ?? ''} ${participant.present ? '' : 'away'}" role="row" aria-rowindex=${index + 2} aria-selected=${chosen} tabindex=${reachable ? 0 : -1}
			data-testid="station" data-participant=${badge} data-severity=${severity ?? 'none'}
			@click=${() => this.choose(badge)} @focus=${() => this.touch()} @keydown=${(event: KeyboardEvent) => this.enter(event, badge)}>
			<span class="who" role="gridcell">${lamp(lampOf(view, badge), true)}<span class="grow"><strong dir="auto">${shortName(view, badge)}</strong><span class="small muted" dir="auto">${
				participant.country ? participant.name : t(`role.${participant.role}` satisfies Key)}</span></span></span>
			<span class="judged" role="gridcell">${this.verdict(row)}</span>
			<span class="sound" role="gridcell"><span class="draws" data-draws="level" data-badge=${badge}></span>${this.figure(row, 'khz')}</span>
			<span class="loss" role="gridcell">${this.figure(row, 'loss_up')}<span class="draws" data-draws="loss_up" data-badge=${badge}></span></span>
			<span class="delay" role="gridcell">${this.figure(row, 'rtt')}<span class="draws" data-draws="rtt" data-badge=${badge}></span></span>
			<span class="rate" role="gridcell">${this.figure(row, 'up')}<span class="draws" data-draws="up" data-badge=${badge}></span></span>
		</div>`;
	}

	private enter(event: KeyboardEvent, badge: string): void {
		if (event.key !== 'Enter' && event.key !== ' ')
			return;
		event.preventDefault();
		this.choose(badge);
	}

	private verdict({ station, troubles, outage, severity, since, participant }: Row): TemplateResult {
		if (severity === null)
			return html`<span class="fine muted small">${outage ? `${outageShort(outage)} · ${edgesOf(outage)}` : t(!participant.present ? 'station.away' : station === undefined ? 'station.waiting' : 'station.fine')}</span>`;
		const [first, ...more] = troubles;
		// Both edges say more than that something is missing.
		if (outage && (first![0] === 'undelivered' || first![0] === 'line-lost'))
			return html`<span class="badge ${severity}">${icon('warning')}<span class="unseen">${t(`severity.${severity}` satisfies Key)}: </span></span><span class="grow"><span class="what">${outageShort(outage)}</span><span class="small muted">${edgesOf(outage)}</span></span>`;
		return html`<span class="badge ${severity}">${icon('warning')}<span class="unseen">${t(`severity.${severity}` satisfies Key)}: </span></span><span class="grow"><span class="what">${troubleText(first!)}${
			more.length > 0 ? html` <span class="muted">+${more.length}</span>` : nothing}</span><span class="small muted">${t('station.since', { time: timeOfDay(since) })}</span></span>`;
	}

	private figure({ station }: Row, figure: 'khz' | 'loss_up' | 'rtt' | 'up'): TemplateResult | typeof nothing {
		const n = figureOf(station, figure);
		if (n === null)
			return nothing;
		const text = figure === 'loss_up' ? t('unit.percent', { n: decimal(n / 10) }) : t(figure === 'khz' ? 'unit.khz' : figure === 'rtt' ? 'unit.ms' : 'unit.kbps', { n });
		return html`<span class="reading small">${text}</span>`;
	}
}
