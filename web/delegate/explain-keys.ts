import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { isVoting } from '#shared/view';
import { t } from '#shared/words';
import { Part } from '#shared/ui/part';
import '#shared/ui/small';

/** To explain the delegation's vote on the proposal: before the voting is announced, after its result, or not. */
@customElement('rs-explain-keys')
export class ExplainKeys extends Part {
	override render(): TemplateResult | typeof nothing {
		const { session } = this;
		const view = session.view!;
		const { decision, explanations, rules } = view;
		const delegation = session.wire.you?.delegation;
		if (!decision || decision.subject || decision.mode === 'secret' || !delegation || !session.may('explain-vote') || view.meeting.state !== 'in-session')
			return nothing;
		const mine = [...explanations.before, ...explanations.after].find(({ participant }) => participant === session.me);
		if (mine)
			return this.twice('withdraw', t('explain.withdraw'), t('motion.unspeak.again'), { entry: mine.entry });
		const barred = explanations.sponsors.includes(delegation) && !rules.explanations.sponsors;
		if (barred || (rules.explanations.once && explanations.explained.includes(delegation)))
			return nothing;
		const before = rules.explanations.before && decision.state === 'proposed';
		return html`${before ? this.when('before') : nothing}${rules.explanations.after && !isVoting(view) ? this.when('after') : nothing}`;
	}

	private when(when: 'before' | 'after'): TemplateResult {
		return this.twice('explain-vote', t(`explain.${when}`), t('explain.again'), { decision: this.session.view!.decision!.decision, when });
	}

	private twice(command: string, label: string, again: string, data: { entry: number } | { decision: number; when: string }): TemplateResult {
		const { session } = this;
		const asked = `explain-${'when' in data ? data.when : 'not'}`;
		return html`<rs-twice testid=${asked} label=${label} again=${again} .busy=${session.isAsked(asked)}
			.run=${() => void session.ask(command, { ...data }, asked)}></rs-twice>`;
	}
}
