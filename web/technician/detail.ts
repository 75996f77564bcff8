import { html, nothing, svg, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { speaks } from '#shared/link';
import { outageOf, outageText, spanOf } from '#shared/outages';
import { shortName, type Outage } from '#shared/view';
import { decimal, t, timeOfDay, type Key } from '#shared/words';
import { icon } from '#shared/ui/icons';
import { Part } from '#shared/ui/part';
import { sound, soundAdviceFor } from '#shared/ui/sound';
import './asking';
import './box';
import './closer';
import { troublesOf, troubleText } from './rows';
import { figureOf, STEPS, type Figure, type History, type Series, type Station, type Survey } from './survey';
import { tested } from './tested';

const WIDTH = 240;
const HEIGHT = 48;

/** What is plotted together, the least that fills the height, and in which unit. */
const PLOTS = [
	{ title: 'plot.loss', series: ['loss_up', 'loss_down'], top: 50, unit: 'percent' },
	{ title: 'plot.delay', series: ['rtt', 'jitter'], top: 200, unit: 'ms' },
	{ title: 'plot.rate', series: ['up', 'down'], top: 500, unit: 'kbps' },
	{ title: 'plot.heard', series: ['concealed'], top: 50, unit: 'percent' },
	{ title: 'plot.decoded', series: ['decoded'], top: 30, unit: 'fps' },
	{ title: 'plot.level', series: ['level'], top: 60, unit: 'db' },
] as const;
type Unit = 'percent' | 'ms' | 'kbps' | 'db' | 'khz' | 'fps';

const FIGURES: { figure: Figure; unit: Unit }[] = [
	{ figure: 'loss_up', unit: 'percent' },
	{ figure: 'loss_down', unit: 'percent' },
	{ figure: 'rtt', unit: 'ms' },
	{ figure: 'jitter', unit: 'ms' },
	{ figure: 'up', unit: 'kbps' },
	{ figure: 'down', unit: 'kbps' },
	{ figure: 'capacity', unit: 'kbps' },
	{ figure: 'queue', unit: 'ms' },
	{ figure: 'khz', unit: 'khz' },
	{ figure: 'clock', unit: 'ms' },
	{ figure: 'available', unit: 'kbps' },
	{ figure: 'concealed', unit: 'percent' },
	{ figure: 'heard_jitter', unit: 'ms' },
	{ figure: 'decoded', unit: 'fps' },
	{ figure: 'dropped', unit: 'percent' },
];

/** The bands of Opus (RFC 6716 section 2), by what each goes up to in kHz. */
const BANDS = [[4, 'narrow'], [6, 'medium'], [8, 'wide'], [12, 'super'], [20, 'full']] as const;

function band(khz: number): string {
	const [, name] = BANDS.find(([top]) => khz <= top) ?? BANDS[4];
	return t(`band.${name}` satisfies Key);
}

/** With its unit. Losses are told in thousandths. */
function measure(n: number, unit: Unit): string {
	return t(`unit.${unit}` satisfies Key, { n: unit === 'percent' ? decimal(n / 10) : n });
}

/** As what stands above the floor of the plot: a level counts from -60 dBov. */
function raised(series: Series, value: number | null): number | null {
	return value === null || series !== 'level' ? value : Math.max(0, value + 60);
}

/** Points of the parts that hang together. */
function lines(values: (number | null)[], most: number): string[] {
	const parts: string[][] = [[]];
	values.forEach((value, i) => {
		if (value === null)
			parts.push([]);
		else
			parts.at(-1)!.push(`${((i * WIDTH) / (STEPS - 1)).toFixed(1)},${(HEIGHT - (Math.min(value, most) / most) * HEIGHT).toFixed(1)}`);
	});
	return parts.filter(({ length }) => length > 0).map((points) => (points.length === 1 ? `${points[0]} ${points[0]}` : points.join(' ')));
}

interface Band {
	outage: Outage;
	x: number;
	width: number;
}

/** Outages as they stand in the plots, from edge to edge; a short one is seen all the same. */
export function bandsOf(outages: Outage[], extent: { from_ms: number; to_ms: number } | null, now: number): Band[] {
	if (extent === null)
		return [];
	const at = (ms: number): number => (Math.min(1, Math.max(0, (ms - extent.from_ms) / (extent.to_ms - extent.from_ms))) * WIDTH);
	return outages
		.filter(({ from_ms, to_ms }) => (to_ms ?? now) > extent.from_ms && from_ms < extent.to_ms)
		.map((outage) => ({ outage, x: at(outage.from_ms), width: Math.max(1, at(outage.to_ms ?? now) - at(outage.from_ms)) }));
}

/** One line in full: what is wrong, all figures, ten minutes of them. */
@customElement('rs-station')
export class StationDetail extends Part {
	@property({ attribute: false }) survey!: Survey;
	@property() badge = '';
	@property({ attribute: false }) close: () => void = () => {};

	override render(): TemplateResult | typeof nothing {
		const view = this.session.view!;
		const participant = view.participants[this.badge];
		if (participant === undefined)
			return nothing;
		const station = this.survey.people[this.badge];
		const { wire } = this.session;
		const outages = (wire.measured.outages ?? []).filter(({ source }) => source === this.badge);
		return html`<section class="panel detail" aria-labelledby="detail-title" data-testid="detail" data-participant=${this.badge}>
			<header><h2 id="detail-title" dir="auto">${shortName(view, this.badge)}</h2>
				<button type="button" class="button quiet icon" data-testid="detail-close" aria-label=${t('close')} @click=${() => this.close()}>${icon('close')}</button></header>
			<div class="body" tabindex="0">
				<p class="small muted"><bdi>${participant.name}</bdi> · ${t(`role.${participant.role}` satisfies Key)}${participant.seat ? html` · <bdi>${participant.seat}</bdi>` : nothing} · ${t(
					participant.place === 'in-room' ? 'detail.in-room' : !participant.present ? 'station.away' : participant.line === 'connected' ? 'detail.connected' : 'detail.joined')}</p>
				${troublesOf(station, outageOf(outages, this.badge, wire.clock.now()), view.recording.state !== 'off').map(
					(trouble) => html`<p class="trouble ${trouble[1]}" data-testid="trouble" data-trouble=${trouble[0]} data-severity=${trouble[1]}>${icon('warning')}<span><strong>${t(`severity.${trouble[1]}` satisfies Key)}</strong> · ${troubleText(trouble)}<br
						><span class="small muted">${t('station.since', { time: timeOfDay(trouble[2]) })}</span></span></p>`,
				)}
				${outages.length === 0 ? nothing : this.outages(outages)}
				<dl class="measures">${FIGURES.map(({ figure, unit }) => {
					const n = figureOf(station, figure);
					return n === null ? nothing : html`<div data-testid="figure" data-figure=${figure}><dt class="small muted">${t(`figure.${figure}` satisfies Key)}</dt><dd class="reading">${measure(n, unit)}${figure === 'khz' ? html` <span class="small muted" data-testid="band">${band(n)}</span>` : nothing}</dd></div>`;
				})}${this.page(station?.page)}</dl>
				${participant.role === 'room' ? html`<rs-box .session=${this.session} .report=${station?.box} badge=${this.badge}></rs-box>` : nothing}
				${speaks(participant.role) ? tested(this.survey.tests[this.badge], this.session.wire.clock.now()) : nothing}
				${this.check()}
				<rs-asking .session=${this.session} .asked=${station?.asked ?? []} badge=${this.badge}></rs-asking>
				${this.plots(this.survey.history(this.badge), outages)}
				<rs-closer .session=${this.session} badge=${this.badge}></rs-closer>
			</div>
		</section>`;
	}

	/** The newest first. */
	private outages(outages: Outage[]): TemplateResult {
		const now = this.session.wire.clock.now();
		return html`<h3 class="small">${t('outages.title')}</h3>
			<ul class="small outages">${[...outages].reverse().map((one) => html`<li data-testid="outage" data-state=${one.state}>${outageText(one, now)}</li>`)}</ul>`;
	}

	/** As its own page says. */
	private page(page: Station['page']): TemplateResult | typeof nothing {
		if (page === undefined)
			return nothing;
		const [path, limit] = page;
		const said = (title: Key, text: string) => html`<div data-testid="page-says"><dt class="small muted">${t(title)}</dt><dd class="reading">${text}</dd></div>`;
		return html`${path === '' ? nothing : said('path.title', t(`path.${path}` satisfies Key))}${limit === 'none' ? nothing : said('limit.title', t(`limit.${limit}` satisfies Key))}`;
	}

	/** Behind open doors one microphone at a time is tried, heard by all who are there; the verdict is that of the media server. */
	private check(): TemplateResult {
		const { session, badge } = this;
		const { meeting, participants } = session.view!;
		const tried = meeting.checking === badge;
		const command = tried ? 'end-sound-check' : 'begin-sound-check';
		const may = meeting.state === 'test' && session.may(command) && (tried || participants[badge]?.present === true);
		const busy = session.isAsked(command);
		const verdict = session.wire.measured.sounds?.[badge]?.verdict;
		return html`<p class="keys">${sound(session, badge)}</p>
			${soundAdviceFor(session, badge)}
			${tried ? html`<p class="small" role="status">${t('check.heard')}${verdict === undefined ? ` ${t('check.wait')}` : ''}</p>` : nothing}
			${may
				? html`<button type="button" class="button" data-testid=${command} aria-disabled=${busy}
						@click=${() => busy || void session.ask(command, tried ? {} : { participant: badge })}>${busy ? t('asked') : t(tried ? 'check.end' : 'check.begin')}</button>`
				: nothing}`;
	}

	private plots(history: History | null, outages: Outage[]): TemplateResult {
		const now = this.session.wire.clock.now();
		const bands = bandsOf(outages, this.survey.extent(this.badge), now);
		return html`<h3 class="small">${t('plots.title')}</h3>
			${history === null
				? html`<p class="small muted">${t('station.waiting')}</p>`
				: html`${bands.map(({ outage }) => html`<p class="legend small muted"><span class="out">${t('outage.band', { span: spanOf(outage, now) })}</span></p>`)}${PLOTS.map((plot) => this.plot(history, bands, plot))}`}`;
	}

	private plot(history: History, bands: Band[], { title, series, top, unit }: (typeof PLOTS)[number]): TemplateResult {
		const raises = series.map((name) => history[name].map((value) => raised(name, value)));
		const most = Math.max(top, ...raises.flat().map((value) => value ?? 0));
		return html`<figure class="plot" data-testid="plot" data-plot=${title}>
			<figcaption class="small"><span>${t(title)}</span><span class="reading muted">${unit === 'db' ? measure(0, unit) : measure(most, unit)}</span></figcaption>
			<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label=${t(title)}>${bands.map(({ x, width }) => svg`<g class="out" data-testid="outage-band"><rect x=${x} width=${width} height=${HEIGHT}/><path d="M${x} 0v${HEIGHT}M${x + width} 0v${HEIGHT}"/></g>`)}${raises.map((values, i) =>
				lines(values, most).map((points) => svg`<polyline class=${i === 0 ? 'first' : 'second'} points=${points}/>`),
			)}</svg>
			${series.length === 1 ? nothing : html`<p class="legend small muted"><span class="first">${t(`figure.${series[0]}` satisfies Key)}</span><span class="second">${t(`figure.${series[1]}` satisfies Key)}</span></p>`}
		</figure>`;
	}
}
