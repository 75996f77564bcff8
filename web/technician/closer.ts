import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { decimal, t, type Key } from '#shared/words';
import { Part } from '#shared/ui/part';

/** What media servers say of one participant's media when somebody asks (common/control/PROTOCOL.md section 2.3). */

interface Slot {
	mid: string;
	kind: 'audio' | 'video';
	source: string;
	bitrate_bps: number;
	loss_permille: number;
	layer?: number;
	height?: number;
	why?: (typeof WHYS)[number];
}

interface Stream {
	mid: string;
	media: (typeof MEDIA)[number];
	layer: number;
	height: number;
	flowing: boolean;
	/** Nobody wants this layer, and its sender knows. */
	rests?: boolean;
	bitrate_bps: number;
}

/** Wall clock us, direction, kind, SSRC, sequence number, octets (of `nack` and `lost`: packets). */
type Packet = [us: number, way: 'in' | 'out', kind: string, ssrc: number, seq: number, size: number];

interface Answer {
	peers: { slots?: Slot[]; streams?: Stream[]; records?: Packet[] }[];
}

const WHYS = ['best', 'wish', 'line', 'paused-by-wish', 'paused-by-line', 'no-codec'] as const;
const MEDIA = ['microphone', 'camera', 'content'] as const;
const PACKETS_SHOWN = 100;

function kbps(bps: number): string {
	return t('unit.kbps', { n: Math.round(bps / 1000) });
}

/** One line looked at closely: what it gets and sends, layer by layer, and its last packets. Asked for by a press, and again by the next. */
@customElement('rs-closer')
export class Closer extends Part {
	@property() badge = '';
	@state() private media: Answer | null = null;
	@state() private packets: Answer | null = null;
	@state() private busy = false;
	@state() private failed = false;
	private of = '';

	override render(): TemplateResult {
		const shown = this.of === this.badge;
		return html`<button type="button" class="button" data-testid="look-closer" aria-disabled=${this.busy} @click=${() => this.busy || void this.look()}
			>${this.busy ? t('asked') : t('closer.look')}</button>
			${shown && this.failed ? html`<p class="small" role="status">${t('closer.failed')}</p>` : nothing}
			${shown && !this.failed && this.media !== null ? this.places(this.media) : nothing}
			${shown && !this.failed && this.packets !== null ? this.timeline(this.packets) : nothing}`;
	}

	private async look(): Promise<void> {
		const { badge } = this;
		this.busy = true;
		const [media, packets] = await Promise.all([this.ask('media', badge), this.ask('timeline', badge)]);
		this.of = badge;
		this.busy = false;
		this.failed = media === null || packets === null;
		this.media = media;
		this.packets = packets;
	}

	private async ask(what: 'media' | 'timeline', badge: string): Promise<Answer | null> {
		const { link, view } = this.session;
		const path = `/api/v1/meetings/${encodeURIComponent(view!.meeting.id)}/${what}/${encodeURIComponent(badge)}`;
		try {
			const answer = await fetch(path, { headers: { authorization: `Bearer ${link.token}` } });
			return answer.ok ? ((await answer.json()) as Answer) : null;
		} catch {
			return null;
		}
	}

	private places({ peers }: Answer): TemplateResult {
		const streams = peers.flatMap((peer) => peer.streams ?? []);
		const slots = peers.flatMap((peer) => peer.slots ?? []).filter(({ source }) => source !== '');
		return html`<h3 class="small">${t('figure.up')}</h3>
			<ul class="closely small">${streams.map(({ media, layer, height, flowing, rests, bitrate_bps }) => html`<li data-testid="stream" data-media=${media}>${t(`closer.${media}` satisfies Key)}${
				height > 0 ? ` · ${t('closer.layer', { n: layer, height })}` : ''} · ${flowing ? (bitrate_bps > 0 ? kbps(bitrate_bps) : t('closer.flows')) : t(rests === true ? 'closer.rests' : 'closer.still')}</li>`)}</ul>
			<h3 class="small">${t('figure.down')}</h3>
			<ul class="closely small">${slots.map(({ kind, source, layer, height, bitrate_bps, loss_permille, why }) => html`<li data-testid="slot"><bdi>${source}</bdi> · ${t(`closer.${kind}` satisfies Key)}${
				layer !== undefined && layer >= 0 ? ` · ${t('closer.layer', { n: layer, height: height ?? 0 })}` : ''} · ${kbps(bitrate_bps)} · ${t('unit.percent', { n: decimal(loss_permille / 10) })}${
				why === undefined ? '' : ` · ${t(`closer.why.${why}` satisfies Key)}`}</li>`)}</ul>`;
	}

	/** The names of packets are those of RTP, in every language. */
	private timeline({ peers }: Answer): TemplateResult {
		const packets = peers.flatMap(({ records }) => records ?? []).slice(-PACKETS_SHOWN);
		const last = packets.at(-1)?.[0] ?? 0;
		return html`<h3 class="small">${t('closer.packets')}</h3>
			<div class="packets" tabindex="0" role="region" aria-label=${t('closer.packets')}><table class="small" data-testid="packets">
				<thead><tr><th scope="col">${t('closer.ago')}</th><th scope="col">${t('closer.way')}</th><th scope="col">${t('closer.kind')}</th><th scope="col">SSRC</th><th scope="col">${t('closer.number')}</th><th scope="col">${t('closer.size')}</th></tr></thead>
				<tbody>${packets.reverse().map(([us, way, kind, ssrc, seq, size]) => html`<tr><td class="figures">${Math.round((last - us) / 1000)}</td><td>${t(way === 'in' ? 'closer.in' : 'closer.out')}</td><td>${kind}</td><td class="figures">${ssrc}</td><td class="figures">${seq}</td><td class="figures">${size}</td></tr>`)}</tbody>
			</table></div>`;
	}
}
