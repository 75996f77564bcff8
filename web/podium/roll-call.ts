import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { allCalled, delegationName, type Decision } from '#shared/view';
import { t } from '#shared/words';
import { icon } from '#shared/ui/icons';
import { Part } from '#shared/ui/part';
import { VOTES } from '#shared/ui/proposal';

const ANSWERS = [...VOTES, 'absent'] as const;

/** The roll call: who is called, the answer that is spoken in the hall, and the next name. */
@customElement('rs-roll-call')
export class RollCall extends Part {
	override render(): TemplateResult | typeof nothing {
		const { decision } = this.session.view!;
		if (decision?.mode !== 'roll-call' || decision.state !== 'open')
			return nothing;
		return html`<div class="roll-call" data-testid="roll-call" data-called=${decision.called ?? ''} data-round=${decision.round ?? 0}>
			${this.called(decision)}${this.next(decision)}</div>`;
	}

	private called(decision: Decision): TemplateResult | typeof nothing {
		const { called, round } = decision;
		if (!called)
			return nothing;
		const name = delegationName(this.session.view!, called);
		return html`<p class="called" role="status"><strong>${t('rollcall.calling', { name })}</strong>
				<span class="small muted">${t('rollcall.round', { n: round ?? 1 })}</span></p>
			${this.session.may('enter-vote') ? this.answers(decision, called, name) : nothing}`;
	}

	/** What the secretariat hears. */
	private answers({ decision, votes }: Decision, delegation: string, name: string): TemplateResult {
		const { session } = this;
		return html`<div class="answers" role="group" aria-label=${t('rollcall.answer', { name })}>${ANSWERS.map((vote) => {
			const busy = session.isAsked(`enter-vote-${vote}`);
			const is = votes?.[delegation] === vote;
			return html`<button type="button" class="button" data-testid="answer" data-vote=${vote} aria-pressed=${is} aria-disabled=${busy}
				@click=${() => busy || is || void session.ask('enter-vote', { decision, delegation, vote }, `enter-vote-${vote}`)}>${icon(vote)}${t(`vote.${vote}`)}</button>`;
		})}</div>`;
	}

	private next({ decision, round }: Decision): TemplateResult {
		const { session } = this;
		if (allCalled(session.view!))
			return html`<p class="small" role="status">${t('rollcall.done')}</p>`;
		const busy = session.isAsked('call-next');
		return html`<button type="button" class="button main" data-testid="call-next" aria-disabled=${busy}
			@click=${() => busy || void session.ask('call-next', { decision })}>${busy ? t('asked') : t(round ? 'rollcall.next' : 'rollcall.call')}</button>`;
	}
}
