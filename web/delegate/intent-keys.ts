import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { t } from '#shared/words';
import { Part } from '#shared/ui/part';
import { VOTES } from '#shared/ui/proposal';
import '#shared/ui/small';

/** After the result a delegation may have it recorded how it had intended to vote; the result stands. */
@customElement('rs-intent-keys')
export class IntentKeys extends Part {
	override render(): TemplateResult | typeof nothing {
		const { session } = this;
		const view = session.view!;
		const { decision } = view;
		const mine = session.wire.you?.delegation ?? '';
		const vote = decision?.votes?.[mine];
		if (!decision || decision.state !== 'proclaimed' || !vote || !session.may('state-intent') || view.meeting.state !== 'in-session')
			return nothing;
		const said = decision.intents?.[mine] ?? vote;
		return html`<details class="intent"><summary class="button">${t('intent.title')}</summary><p class="small">${t('intent.hint')}</p>
			<p class="keys">${VOTES.filter((one) => one !== said).map(
				(one) => html`<rs-twice testid="intent-${one}" label=${t('intent.say', { vote: t(`vote.${one}`) })} again=${t('intent.again')}
					.busy=${session.isAsked('state-intent')} .run=${() => void session.ask('state-intent', { decision: decision.decision, vote: one })}></rs-twice>`,
			)}</p></details>`;
	}
}
