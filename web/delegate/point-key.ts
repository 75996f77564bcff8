import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { shortName } from '#shared/view';
import { t } from '#shared/words';
import { Part } from '#shared/ui/part';
import '#shared/ui/small';

/** A point of order may be raised at any moment; a ruling may be appealed against while it can; a reply may be asked for. */
@customElement('rs-point-key')
export class PointKey extends Part {
	override render(): TemplateResult | typeof nothing {
		const { session } = this;
		const view = session.view!;
		if (!session.may('raise-point') || view.meeting.state !== 'in-session')
			return nothing;
		const { waiting, stage, participant, ruling } = view.points;
		return html`${stage === 'heard' ? html`<p class="small" role="status">${t('point.heard', { name: shortName(view, participant!) })}</p>` : nothing}
			${stage === 'ruled'
				? html`<p class="small" role="status">${t('point.ruled', { name: shortName(view, participant!), ruling: t(`point.${ruling!}`) })}</p>
						${this.twice('appeal', t('point.appeal'), t('point.appeal.again'))}`
				: nothing}
			${waiting.some((point) => point.participant === session.me)
				? this.twice('withdraw-point', t('point.withdraw'), t('point.withdraw.again'))
				: this.twice('raise-point', t('point.raise'), t('point.raise.again'))}
			${view.replies.some((reply) => reply.participant === session.me)
				? nothing
				: this.twice('ask-for-reply', t('replies.ask'), t('replies.ask.again'))}`;
	}

	private twice(command: string, label: string, again: string): TemplateResult {
		const { session } = this;
		return html`<rs-twice testid=${command} label=${label} again=${again} .busy=${session.isAsked(command)}
			.run=${() => void session.ask(command)}></rs-twice>`;
	}
}
