import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { Channel } from '#shared/view';
import { t, type Key } from '#shared/words';
import { lamp } from '#shared/ui/icons';
import { deskOf } from './desk';
import { DeskPart, mark, qualityOf, through } from './part';

/** What all booths do: who is live where, from what, and who cannot. */
@customElement('rs-booths')
export class Booths extends DeskPart {
	override render(): TemplateResult {
		return html`<section class="panel booths" aria-labelledby="booths-title">
			<header><h2 id="booths-title">${t('booths.title')}</h2></header>
			<ul class="rows">${Object.entries(this.view.channels).map(([id, channel]) => this.channel(id, channel))}</ul>
		</section>`;
	}

	private channel(id: string, { name, language, desk, carries }: Channel): TemplateResult {
		const { view } = this;
		const cannot = Object.values(view.booths ?? {}).find(({ home, impediment }) => home === id && impediment)?.impediment;
		const state = cannot ? 'fault' : !desk ? 'off' : deskOf(view, desk)?.cough ? 'muted' : carries === 'floor' ? 'request' : 'speaking';
		return html`<li data-testid="booth" data-channel=${id} data-desk=${desk ?? ''}>${lamp(state)}
			<span class="grow"><span lang=${language}>${name}</span><span class="unseen">, </span>
				<span class="who small ${cannot ? 'cannot' : 'muted'}">${cannot ? html`${t('impediment.title')}: ${t(`impediment.${cannot.reason}` satisfies Key)}` : desk ? through(view, id) : t('source.passes')}${!cannot && desk && carries === 'floor' ? html`<span class="unseen">, ${t('desk.standby')}</span>` : nothing}</span></span>
			${mark(qualityOf(view, id))}</li>`;
	}
}
