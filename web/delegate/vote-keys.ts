import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { questionTitle } from '#shared/questions';
import type { You, View } from '#shared/view';
import { t } from '#shared/words';
import { icon } from '#shared/ui/icons';
import { Part } from '#shared/ui/part';
import { VOTES } from '#shared/ui/proposal';

/** True while this badge's delegation may cast a vote. */
export function mayVote(view: View, you: You | null): boolean {
	const { decision } = view;
	const mine = decision?.votes?.[you?.delegation ?? ''];
	return decision?.state === 'open' && mine !== undefined && view.meeting.state === 'in-session';
}

/** Three big keys while the voting is open; the pressed one is the delegation's vote, and changes until the lock. */
@customElement('rs-vote-keys')
export class VoteKeys extends Part {
	override render(): TemplateResult | typeof nothing {
		const { session } = this;
		const view = session.view!;
		const you = session.wire.you;
		if (!mayVote(view, you))
			return nothing;
		const { decision, votes } = view.decision!;
		const mine = votes![you!.delegation!]!;
		return html`<p class="question"><bdi>${questionTitle(view.decision!)}</bdi></p>
			<div class="three" role="group" aria-label=${t('vote.title')}>${VOTES.map((vote) => {
				const busy = session.isAsked(`cast-${vote}`);
				return html`<button type="button" class="vote-key vote-${vote}" data-testid="cast" data-vote=${vote} aria-pressed=${mine === vote}
					aria-disabled=${busy} @click=${() => busy || mine === vote || void session.ask('cast', { decision, vote }, `cast-${vote}`)}>
					${icon(vote)}<strong>${busy ? t('asked') : t(`vote.${vote}`)}</strong></button>`;
			})}</div>
			<p class="small" role="status" data-testid="own-vote">${mine === 'none' ? t('vote.own.none') : t('vote.own', { vote: t(`vote.${mine}`) })}</p>`;
	}
}
