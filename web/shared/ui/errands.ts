import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { Errand } from '../errands';
import { t, type Key } from '../words';
import { icon } from './icons';
import { Part } from './part';

/** What a technician asks of whoever sits at this page; it stays until it is answered or over. */
@customElement('rs-errands')
export class ErrandCards extends Part {
	override render(): TemplateResult {
		const { errands } = this.session;
		const told = errands.get('tell');
		const signal = errands.get('test-signal')?.signal;
		return html`${told === null ? nothing : this.card('tell', html`<strong>${t('errand.tell')}</strong> <bdi>${told.text}</bdi>`, ['done'])}
			${errands.get('use-cable') === null ? nothing : this.card('use-cable', html`<strong>${t('errand.cable')}</strong> ${t('errand.cable.how')}`, ['done', 'cannot'])}
			${errands.get('loop-back') === null ? nothing : this.card('loop-back', html`${t('errand.loop')}`, [])}
			${signal === undefined || signal === 'off' ? nothing : this.card('test-signal', html`${t(`errand.signal.${signal}` satisfies Key)}`, [])}`;
	}

	private card(errand: Exclude<Errand, 'restart'>, text: TemplateResult, answers: ('done' | 'cannot')[]): TemplateResult {
		return html`<div class="notice errand" role="status" data-testid="errand" data-errand=${errand}>${icon('wrench')}<p>${text}</p>
			${answers.map((answer) => html`<button type="button" class="button" data-testid="errand-${answer}" @click=${() => this.answer(errand, answer)}
				>${t(errand === 'tell' ? 'errand.read' : `errand.${answer}` satisfies Key)}</button>`)}</div>`;
	}

	private answer(errand: Errand, answer: 'done' | 'cannot'): void {
		const number = this.session.errands.get(errand)?.number;
		this.session.errands.end(errand);
		if (number !== undefined)
			void this.session.wire.command('answer-technician', { number, answer });
	}
}
