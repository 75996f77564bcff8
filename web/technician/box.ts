import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { decimal, formatSpan, signed, t, timeOfDay } from '#shared/words';
import { Part } from '#shared/ui/part';
import { whileSeen } from '#shared/ui/small';
import { drawMeter, inksOf } from './pens';

/** What a meeting room's box says of itself (signaling/wire/PROTOCOL.md section 3.13). */

interface Microphone {
	seat: string;
	open: boolean;
	level: number;
	peak: number;
	clipping: number;
}

interface Camera {
	name: string;
	here: boolean;
	shown: boolean;
	fps?: number;
	since?: number;
}

interface Output {
	name: string;
	delay?: number;
	failed: number;
	feeds: string[];
}

interface Device {
	place: string;
	name: string;
	here: boolean;
	lost: number;
	xruns: number;
	slips: number;
	ppm: number;
	since?: number;
}

export interface BoxReport {
	version: string;
	cpu?: number;
	skipped: number;
	free?: number;
	left?: number;
	kept?: number;
	delay?: number;
	concealed?: number;
	microphones: Microphone[];
	cameras: Camera[];
	outputs: Output[];
	devices: Device[];
}

const DRAW_MS = 100;
/** What a meter falls by in one drawing, dB. */
const FALL_DB = 3;
/** In CSS pixels, as the style sheet has it: a meter stands at the foot of its row. */
const METER_PX = 6;

/** In a word or two, for the tile: what it takes of a core, how long an outage may last. */
export function boxSummary({ cpu, left }: BoxReport): string {
	return [...(cpu === undefined ? [] : [t('node.cpu', { n: cpu })]), ...(left === undefined ? [] : [`${t('box.left')} ${formatSpan(left)}`])].join(' · ');
}

/** What stands at a place of the box's configuration, as people count. */
export function placeText(place: string): string {
	const [, kind, n] = /^(microphone|camera|output)s?(?:\[(\d+)\])?\./.exec(place) ?? [];
	switch (kind) {
		case 'microphone':
			return t('box.microphone', { n: Number(n ?? 0) + 1 });
		case 'camera':
			return t('box.camera', { n: Number(n ?? 0) + 1 });
		case 'output':
			return t('box.output', { n: Number(n ?? 0) + 1 });
		default:
			return place;
	}
}

/** A room from inside. While it is shown the box is asked to say each second how it is. */
@customElement('rs-box')
export class BoxDetail extends Part {
	@property({ attribute: false }) report: BoxReport | undefined;
	@property() badge = '';
	private stop = () => {};
	private falling: number[] = [];
	private looked = '';

	override connectedCallback(): void {
		super.connectedCallback();
		this.stop = whileSeen(DRAW_MS, () => this.draw());
	}

	override disconnectedCallback(): void {
		this.stop();
		this.look('');
		super.disconnectedCallback();
	}

	override updated(): void {
		if (this.looked !== this.badge)
			this.look(this.badge);
	}

	/** The line is back: what was asked for on the one before is forgotten. */
	again(): void {
		this.looked = '';
		this.look(this.badge);
	}

	private look(badge: string): void {
		const { session } = this;
		if (badge === this.looked || !session.may('look-at-box') || session.wire.state !== 'open')
			return;
		this.looked = badge;
		this.falling = [];
		void session.wire.command('look-at-box', badge === '' ? {} : { participant: badge });
	}

	override render(): TemplateResult {
		const { report } = this;
		return html`<section class="box-inside" aria-labelledby="box-title" data-testid="box-inside"><h3 class="small" id="box-title">${t('box.title')}</h3>
			${report === undefined ? html`<p class="small muted" role="status">${t('box.waiting')}</p>` : html`${this.figures(report)}${this.microphones(report)}${this.cameras(report)}${this.outputs(report)}${this.devices(report)}`}</section>`;
	}

	private figures({ cpu, delay, skipped, kept, left, version }: BoxReport): TemplateResult {
		const figure = (name: string, title: string, text: string) => html`<div data-testid="box-figure" data-figure=${name}><dt class="small muted">${title}</dt><dd class="reading">${text}</dd></div>`;
		return html`<dl class="measures">
			${cpu === undefined ? nothing : figure('cpu', t('box.cpu'), t('unit.percent', { n: cpu }))}
			${delay === undefined ? nothing : figure('delay', t('box.delay'), t('unit.ms', { n: delay }))}
			${skipped === 0 ? nothing : figure('skipped', t('box.skipped'), t('unit.ms', { n: skipped * 10 }))}
			${kept === undefined ? nothing : figure('kept', t('box.kept'), t('unit.percent', { n: kept }))}
			${left === undefined ? nothing : figure('left', t('box.left'), formatSpan(left))}
			${figure('version', t('box.version'), version)}</dl>`;
	}

	private microphones({ microphones }: BoxReport): TemplateResult | typeof nothing {
		return microphones.length === 0
			? nothing
			: html`<h4 class="small">${t('box.microphones')}</h4>
				<div class="levels"><span class="probe" hidden></span><canvas aria-hidden="true" dir="ltr"></canvas><ol class="closely small">${microphones.map(({ seat, open, level, clipping }, i) => html`<li data-testid="box-microphone" data-open=${open}>
					<bdi>${seat === '' ? t('box.microphone', { n: i + 1 }) : seat}</bdi> · ${t(open ? 'box.open' : 'box.closed')} · <span class="reading">${t('unit.db', { n: signed(level) })}</span>${
						clipping === 0 ? nothing : html` · <strong class="bad">${t('box.clipping', { n: decimal(clipping / 10) })}</strong>`}</li>`)}</ol></div>`;
	}

	private cameras({ cameras }: BoxReport): TemplateResult | typeof nothing {
		const said = ({ here, shown, fps, since }: Camera) => [
			here ? t('box.here') : t('box.away', { time: timeOfDay(since ?? 0) }),
			...(shown ? [t('box.shown')] : []),
			...(fps === undefined ? [] : [t('unit.fps', { n: fps })]),
		];
		return cameras.length === 0
			? nothing
			: html`<h4 class="small">${t('box.cameras')}</h4><ul class="closely small">${cameras.map((camera) => html`<li data-testid="box-camera" data-here=${camera.here}><bdi>${camera.name}</bdi> · ${said(camera).join(' · ')}</li>`)}</ul>`;
	}

	private outputs({ outputs }: BoxReport): TemplateResult | typeof nothing {
		return outputs.length === 0
			? nothing
			: html`<h4 class="small">${t('box.outputs')}</h4><ul class="closely small">${outputs.map(({ name, delay, failed, feeds }, i) => html`<li data-testid="box-output">${t('box.output', { n: i + 1 })} · <bdi>${name}</bdi> · <bdi>${feeds.join(', ')}</bdi>${
				delay === undefined ? '' : ` · ${t('unit.ms', { n: delay })}`}${failed === 0 ? '' : ` · ${t('box.failed', { n: failed })}`}</li>`)}</ul>`;
	}

	private devices({ devices }: BoxReport): TemplateResult | typeof nothing {
		const said = ({ here, since, lost, xruns, slips, ppm }: Device) => [
			here ? t('box.here') : t('box.away', { time: timeOfDay(since ?? 0) }),
			...(lost === 0 ? [] : [t('box.lost', { n: lost })]),
			...(xruns === 0 ? [] : [t('box.xruns', { n: xruns })]),
			...(slips === 0 ? [] : [t('box.slips', { n: slips })]),
			...(ppm === 0 ? [] : [t('box.ppm', { n: ppm })]),
		];
		return devices.length === 0
			? nothing
			: html`<h4 class="small">${t('box.devices')}</h4><ul class="closely small">${devices.map((device) => html`<li data-testid="box-device" data-here=${device.here}>${placeText(device.place)} · <bdi>${device.name}</bdi> · ${said(device).join(' · ')}</li>`)}</ul>`;
	}

	/** One canvas under all rows has a meter at the foot of each. */
	private draw(): void {
		const canvas = this.querySelector('canvas');
		const rows = this.querySelectorAll<HTMLElement>('[data-testid=box-microphone]');
		const pen = canvas?.getContext('2d');
		if (!canvas || !pen || this.report === undefined)
			return;
		const { width, height, top, left } = canvas.getBoundingClientRect();
		const scale = window.devicePixelRatio;
		if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
			canvas.width = Math.round(width * scale);
			canvas.height = Math.round(height * scale);
		}
		const inks = inksOf(this.querySelector('.probe')!);
		pen.setTransform(scale, 0, 0, scale, 0, 0);
		pen.clearRect(0, 0, width, height);
		rows.forEach((row, i) => {
			const level = this.report!.microphones[i]?.level ?? -127;
			const shown = Math.max(level, (this.falling[i] ?? level) - FALL_DB);
			this.falling[i] = shown;
			const box = row.getBoundingClientRect();
			drawMeter(pen, { x: box.left - left, y: box.bottom - top - METER_PX, width: box.width, height: METER_PX }, { level: shown, peak: this.report!.microphones[i]?.peak ?? shown }, inks);
		});
	}
}
