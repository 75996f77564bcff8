import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { questionTitle } from '#shared/questions';
import { ending, type BallotState, type Choice } from '#shared/secret';
import type { You, View } from '#shared/view';
import { t } from '#shared/words';
import type { Session } from '#shared/session';
import { icon } from '#shared/ui/icons';
import { Part } from '#shared/ui/part';
import { VOTES } from '#shared/ui/proposal';

/** True while the delegation's secret ballot takes the band. */
export function hasBallot({ secret }: Session, view: View, you: You | null): boolean {
	return view.decision?.state === 'open' && view.meeting.state === 'in-session' && secret.state(view, you) !== 'none';
}

/** The secret ballot: a choice, then one key that casts it, for good. */
@customElement('rs-ballot-keys')
export class BallotKeys extends Part {
	/** Marked, not cast; of this decision. */
	private choice: { decision: number; vote: Choice } | null = null;

	override render(): TemplateResult | typeof nothing {
		const { session } = this;
		const view = session.view!;
		const state = session.secret.state(view, session.wire.you);
		if (!view.decision || state === 'none')
			return nothing;
		return html`<p class="question"><bdi>${questionTitle(view.decision)}</bdi> <span class="small muted">${t('decision.mode.secret')}</span></p>
			${state === 'ready' ? this.keys(view.decision.decision) : nothing}
			<p class=${state === 'ready' ? 'small' : 'ballot-state'} role=${state === 'broken' ? 'alert' : 'status'} data-testid="ballot" data-state=${state}>${this.said(state)}</p>`;
	}

	private said(state: BallotState): string {
		return t(`ballot.${state as Exclude<BallotState, 'none'>}`, { ending: ending(this.session.secret.token ?? '') });
	}

	private keys(decision: number): TemplateResult {
		const chosen = this.choice?.decision === decision ? this.choice.vote : null;
		return html`<div class="three" role="group" aria-label=${t('vote.title')}>${VOTES.map(
				(vote) => html`<button type="button" class="vote-key vote-${vote}" data-testid="choose" data-vote=${vote} aria-pressed=${vote === chosen}
					@click=${() => this.choose(decision, vote)}>${icon(vote)}<strong>${t(`vote.${vote}`)}</strong></button>`,
			)}</div>
			${chosen === null ? nothing : html`<button type="button" class="button main" data-testid="cast-ballot" @click=${() => this.cast(chosen)}>${t('ballot.cast', { vote: t(`vote.${chosen}`) })}</button>`}`;
	}

	private choose(decision: number, vote: Choice): void {
		this.choice = { decision, vote };
		this.requestUpdate();
	}

	private cast(vote: Choice): void {
		const { secret, view, wire } = this.session;
		const { lock } = view!.decision!;
		secret.cast(vote, lock ? lock - wire.clock.now() : Infinity);
		this.choice = null;
	}
}
