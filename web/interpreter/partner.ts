import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { shortName } from '#shared/view';
import { t } from '#shared/words';
import { lamp } from '#shared/ui/icons';
import { presence } from '#shared/ui/presence';
import { deskOf, heardChain, liveIn, partnersOf } from './desk';
import { chain, channelName, DeskPart } from './part';

/** Who else sits in this booth, and what they do. */
@customElement('rs-partner')
export class Partner extends DeskPart {
	override render(): TemplateResult {
		const partners = partnersOf(this.view, this.me);
		return html`<section class="panel partners" aria-labelledby="partner-title">
			<header><h2 id="partner-title">${t('desk.partner')}</h2></header>
			${partners.length === 0 ? html`<p class="empty">${t('desk.partner.none')}</p>` : html`<ul class="rows">${partners.map((badge) => this.partner(badge))}</ul>`}
		</section>`;
	}

	private partner(badge: string): TemplateResult {
		const { session, view } = this;
		const { line } = view.participants[badge]!;
		const live = liveIn(view, badge);
		const state = live === '' ? 'off' : deskOf(view, badge)?.cough ? 'muted' : line === 'away' ? 'fault' : 'speaking';
		return html`<li data-testid="partner" data-participant=${badge} data-lamp=${state}>${lamp(state)}
			<span class="grow"><strong>${shortName(view, badge)}</strong><br><span class="small muted">${
				live !== ''
					? html`${t(state === 'muted' ? 'desk.cough.on' : 'desk.partner.live')} · ${channelName(view, live)}`
					: line === 'away'
						? presence(session, badge)
						: html`${t('partner.hears')} ${chain(view, heardChain(view, badge).slice(-1))}`
			}</span></span>
			${line === 'away' ? nothing : html`<rs-meter .read=${() => session.wire.measured.levels?.[badge] ?? -100} label=${t('level.of', { name: shortName(view, badge) })}></rs-meter>`}</li>`;
	}
}
