import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { shortName } from '#shared/view';
import { chainOf } from '#shared/provenance';
import { t } from '#shared/words';
import { deskOf, heardBy, heardChain, leadsBack } from './desk';
import { chain, channelName, DeskPart, mark, qualityOf, through } from './part';

/** What this desk hears, and the keys of what it may hear: the floor and three relays. */
@customElement('rs-sources')
export class Sources extends DeskPart {
	override render(): TemplateResult {
		const { view, me, desk } = this;
		return html`<section class="panel sources" aria-labelledby="sources-title">
			<header><h2 id="sources-title">${t('desk.sources')}</h2><p class="heard" data-testid="heard" data-channel=${heardBy(view, me)}>${chain(view, heardChain(view, me))}</p></header>
			<div class="source-keys">
				${this.floor()}
				${desk.presets.map((id, i) => this.relay(id, i))}
			</div>
			<p class="tail"><button type="button" class="button quiet" data-testid="relays" aria-expanded=${desk.menu === 'relay'} @click=${() => desk.toggle('relay')}
				><kbd>R</kbd>${t('relay.set')}</button></p>
		</section>`;
	}

	/** The floor key plays what auto-relay puts there, and says so. */
	private floor(): TemplateResult {
		const { view, me } = this;
		const auto = deskOf(view, me)?.auto ?? '';
		const spoken = view.languages.find(({ id }) => id === view.floor?.language);
		if (auto !== '')
			return this.key('floor', '0', html`${t('channel.floor.key')} = ${channelName(view, auto)}`, html`<span class="auto">${t('source.auto')}</span>`, auto);
		const note = spoken === undefined
				? html`${t('floor.language')}: ${t('floor.language.none')}`
				: html`<span lang=${spoken.id}>${spoken.name}</span>`;
		return this.key('floor', '0', html`${t('channel.floor.key')}`, note, 'floor');
	}

	private relay(id: string, i: number): TemplateResult {
		const { view, me } = this;
		const back = leadsBack(view, me, id);
		const note = back
			? html`${t('source.back')}`
			: chainOf(view, id).length === 1
				? html`${t('source.passes')}`
				: through(view, id);
		return this.key(id, String(i + 1), channelName(view, id), note, id, back);
	}

	private key(id: string, press: string, name: TemplateResult, note: TemplateResult, sounds: string, off = false): TemplateResult {
		const { session, desk, view, me } = this;
		const chosen = (deskOf(view, me)?.source ?? 'floor') === id;
		const badge = id === 'floor' ? '' : (view.channels[id]?.desk ?? '');
		return html`<button type="button" class="button source" aria-pressed=${chosen} aria-disabled=${off} data-testid="listen" data-channel=${id}
			@click=${() => desk.selectSource(id)}><kbd>${press}</kbd><span class="grow"><span class="channel">${name}</span>
				<span class="small note">${session.isAsked(`source-${id}`) ? t('asked') : note}</span></span>
			${mark(qualityOf(view, sounds))}
			${badge === '' ? nothing : html`<rs-meter .read=${() => session.wire.measured.levels?.[badge] ?? -100} label=${t('level.of', { name: shortName(view, badge) })}></rs-meter>`}</button>`;
	}
}
