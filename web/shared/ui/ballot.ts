import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { ending } from '../secret';
import type { Decision, Vote } from '../view';
import { t } from '../words';
import { icon } from './icons';
import { Part } from './part';

/** True while how votes stand is nobody's to know. */
export function isSealed({ mode, state }: Decision): boolean {
	return mode === 'secret' && (state === 'proposed' || state === 'open');
}

/** How many were given a ballot and, for those who preside, how many are in the box: all that is known before the lock. */
export function sealed({ issued, entitled }: Decision, inBox: number | null): TemplateResult {
	return html`<p data-testid="sealed" role="status"><strong class="figures">${t('ballot.issued', { n: issued?.length ?? 0, of: entitled ?? 0 })}</strong>${
		inBox === null ? nothing : html`<br /><strong class="figures" data-testid="in-box" data-count=${inBox}>${t('ballot.in', { n: inBox })}</strong>`
	}</p>`;
}

/** Every ballot by its token, sorted by it; one's own is marked. */
export function published({ ballots }: Decision, own: string | null): TemplateResult | typeof nothing {
	const rows = Object.entries(ballots ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)) as [string, Vote][];
	if (rows.length === 0)
		return nothing;
	return html`<details class="published"><summary class="button" data-testid="published">${t('ballot.list', { n: rows.length })}</summary>
		<p class="small">${t('ballot.list.hint')}</p>
		<ul class="ballots" tabindex="0" aria-label=${t('ballot.list', { n: rows.length })}>${rows.map(
			([token, vote]) => html`<li class="vote-${vote}" data-testid="published-ballot" data-token=${token} aria-current=${token === own ? 'true' : nothing}>
				<span class="grow hex" dir="ltr">…${ending(token)}</span>${token === own ? html`<strong class="small">${t('ballot.yours')}</strong>` : nothing}
				<span class="small what">${icon(vote === 'none' ? 'absent' : vote)}${t(`vote.${vote}`)}</span></li>`,
		)}</ul></details>`;
}

/** What became of the own ballot, once the list is published. */
@customElement('rs-own-ballot')
export class OwnBallot extends Part {
	override render(): TemplateResult | typeof nothing {
		const { secret, view, wire } = this.session;
		const state = secret.state(view!, wire.you);
		if (state !== 'counted' && state !== 'missing' && state !== 'unused')
			return nothing;
		return html`<p class="own-ballot ${state}" role=${state === 'missing' ? 'alert' : 'status'} data-testid="own-ballot" data-state=${state}><strong>${
			t(`ballot.${state}`, { ending: ending(secret.token ?? '') })
		}</strong></p>`;
	}
}
