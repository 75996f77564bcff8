import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { questionTitle } from '#shared/questions';
import type { Decision, You, View } from '#shared/view';
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

/** How many names until this one is called in the roll call, itself counted; 0: it was called, or there is none. */
function placesBefore({ mode, order, called, round, votes }: Decision, delegation: string): number {
	if (mode !== 'roll-call' || !order || votes?.[delegation] !== 'none' || called === delegation || (round ?? 0) > 1)
		return 0;
	const now = called && round ? order.indexOf(called) : -1;
	return Math.max(0, order.indexOf(delegation) - now);
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
		const before = placesBefore(view.decision!, you!.delegation!);
		if (before > 0)
			return html`<p class="question" role="status" data-testid="roll-call-wait">${before === 1 ? t('rollcall.wait.next') : t('rollcall.wait', { n: before - 1 })}</p>`;
		const turn = view.decision!.called === you!.delegation && mine === 'none';
		return html`${turn ? html`<p class="turn" role="alert" data-testid="your-turn">${t('rollcall.you')}</p>` : nothing}<p class="question"><bdi>${questionTitle(view.decision!)}</bdi></p>
			<div class="three" role="group" aria-label=${t('vote.title')}>${VOTES.map((vote) => {
				const busy = session.isAsked(`cast-${vote}`);
				return html`<button type="button" class="vote-key vote-${vote}" data-testid="cast" data-vote=${vote} aria-pressed=${mine === vote}
					aria-disabled=${busy} @click=${() => busy || mine === vote || void session.ask('cast', { decision, vote }, `cast-${vote}`)}>
					${icon(vote)}<strong>${busy ? t('asked') : t(`vote.${vote}`)}</strong></button>`;
			})}</div>
			<p class="small" role="status" data-testid="own-vote">${mine === 'none' ? t('vote.own.none') : t('vote.own', { vote: t(`vote.${mine}`) })}</p>`;
	}
}
