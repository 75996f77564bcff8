import { html, nothing, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { relays } from '#shared/provenance';
import { shortName, type View } from '#shared/view';
import { t } from '#shared/words';
import { Part } from '#shared/ui/part';
import { ticking } from '#shared/ui/small';
import type { Console } from './console';
import { quality, type Quality } from './desk';

/** A part of the console. */
export abstract class DeskPart extends Part {
	@property({ attribute: false }) desk!: Console;

	protected get view(): View {
		return this.session.view!;
	}

	protected get me(): string {
		return this.session.me;
	}

	protected get now(): number {
		return this.session.wire.clock.now();
	}
}

/** One that shows time passing. */
export abstract class TimedDeskPart extends ticking(DeskPart) {}

const MARKS: Record<Quality, string> = { floor: '', plus: '+', minus: '−' };

/** FLOOR, + or −, as consoles have it, with what it means for who does not see it. */
export function mark(of: Quality): TemplateResult {
	const sign = MARKS[of];
	return html`<span class="mark ${of}" data-quality=${of}><span aria-hidden="true">${sign || t('channel.floor.key')}</span><span class="unseen">${t(`quality.${of}`)}</span></span>`;
}

/** A channel by its name, in its own language. */
export function channelName(view: View, id: string): TemplateResult {
	const channel = view.channels[id];
	return channel === undefined ? html`${t('channel.floor.key')}` : html`<span lang=${channel.language}>${channel.name}</span>`;
}

/** Where sound comes from, the speaker first. The arrows turn with the page. */
export function chain(view: View, links: readonly string[]): TemplateResult {
	return html`<span class="way">${links.map((id, i) => html`${i === 0 ? nothing : TO}${channelName(view, id)}`)}</span>`;
}

const TO = html` <span class="to" aria-hidden="true"></span><span class="unseen">›</span> `;

/** Who speaks in a channel, behind the channels that are relayed. */
export function through(view: View, id: string): TemplateResult {
	const { desk } = view.channels[id]!;
	return html`${relays(view, id).map((link) => html`${channelName(view, link)}${TO}`)}${shortName(view, desk ?? '')}`;
}

export function qualityOf(view: View, id: string): Quality {
	return id === 'floor' ? 'floor' : quality(view.channels[id]);
}
