import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { CATEGORIES, type Category, type View } from '#shared/view';
import { formatDuration } from '#shared/time';
import { t } from '#shared/words';
import { Part } from '#shared/ui/part';

/** No sitting is longer than a day. */
const MOST_MINUTES = 24 * 60;

/** The time that all statements of a category share in the item, and what is left of it. */
@customElement('rs-budgets')
export class Budgets extends Part {
	@state() private category: Category | '' = '';

	override render(): TemplateResult | typeof nothing {
		const { session } = this;
		const view = session.view!;
		if (!session.may('set-budget') || view.meeting.state !== 'in-session')
			return nothing;
		const off = this.category === '' || session.isAsked('budget');
		return html`<div class="keys">
			<label class="field grow"><span>${t('budget.title')}</span>
				<select data-testid="budget-category" @change=${(event: Event) => (this.category = (event.target as HTMLSelectElement).value as Category | '')}>
					<option value="" ?selected=${this.category === ''}></option>
					${this.present(view).map((one) => html`<option value=${one} ?selected=${one === this.category}>${t(`category.${one}`)}</option>`)}
				</select></label>
			${this.category === '' ? nothing : html`<label class="field"><span>${t('budget.minutes')}</span>
				<input type="number" min="0" max=${MOST_MINUTES} data-testid="budget-minutes" .value=${String(this.minutes(view, this.category))}></label>`}
			<button type="button" class="button" data-testid="set-budget" aria-disabled=${off} @click=${() => off || this.set()}>${t('budget.set')}</button></div>
			${this.running(view)}`;
	}

	/** Those that take part; what has a budget already is among them, so that it can be taken off. */
	private present(view: View): Category[] {
		const here = new Set((view.delegations ?? []).map(({ category }) => category));
		return CATEGORIES.filter((one) => here.has(one) || view.inscription.budgets?.[one]);
	}

	private minutes({ inscription }: View, category: Category): number {
		return Math.round((inscription.budgets?.[category]?.total ?? 0) / 60_000);
	}

	private running({ inscription }: View): TemplateResult | typeof nothing {
		const set = CATEGORIES.filter((one) => inscription.budgets?.[one]);
		if (set.length === 0)
			return nothing;
		return html`<ul class="rows small figures" data-testid="budgets">${set.map((one) => {
			const { total, left } = inscription.budgets![one]!;
			return html`<li data-category=${one}>${t('budget.left', { name: t(`category.${one}`), left: formatDuration(left), total: formatDuration(total) })}</li>`;
		})}</ul>`;
	}

	private set(): void {
		const field = this.querySelector<HTMLInputElement>('[data-testid=budget-minutes]');
		const minutes = field?.valueAsNumber ?? NaN;
		if (!field?.reportValidity() || Number.isNaN(minutes))
			return;
		void this.session.ask('set-budget', { category: this.category, seconds: Math.round(minutes * 60) }, 'budget');
		this.category = '';
	}
}
