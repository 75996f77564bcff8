import { html, nothing, type TemplateResult } from 'lit';
import type { Provenance } from '../provenance';
import type { View } from '../view';
import { decimal, languageName, t, type Key } from '../words';

/** A relay through more than these is shown by its ends. */
const LONGEST = 4;

function link(view: View, id: string): string {
	if (id === 'floor')
		return view.floor?.language ? t('chain.original', { language: languageName(view.floor.language) }) : t('channel.floor');
	const channel = view.channels[id];
	return channel === undefined ? id : languageName(channel.language);
}

/** Where the sound comes from, in the direction of reading: "Original (English) → French → Arabic". */
export function chain(view: View, { chain: ids, instead, age }: Provenance): TemplateResult {
	const shown = ids.length > LONGEST ? [ids[0]!, null, ...ids.slice(2 - LONGEST)] : ids;
	return html`<div class="chain small" data-testid="chain" data-chain=${ids.join(' ')} data-instead=${instead ?? ''}>
		<ol aria-label=${t('chain.title')}>${shown.map((id) => html`<li>${id === null ? '…' : link(view, id)}</li>`)}</ol>${
		instead !== null ? html`<span class="muted">${t(`chain.${instead}` satisfies Key)}</span>` : nothing}${
		age !== null ? html`<span class="muted figures">${t('chain.age', { s: decimal(age / 1000) })}</span>` : nothing}</div>`;
}
