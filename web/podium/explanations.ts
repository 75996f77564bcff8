import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { callsWait, delegationName, shortName, type Entry, type View } from '#shared/view';
import { t } from '#shared/words';
import { Part } from '#shared/ui/part';
import '#shared/ui/small';

/** Explanations of vote, called before the voting is announced and after the result, and the sponsors of the proposal. */
@customElement('rs-explanations')
export class Explanations extends Part {
	override render(): TemplateResult | typeof nothing {
		const view = this.session.view!;
		const { before, after, sponsors } = view.explanations;
		const sponsored = view.decision?.state === 'proposed' && !view.decision.subject && this.session.may('add-sponsor');
		if (before.length + after.length + sponsors.length === 0 && !sponsored)
			return nothing;
		return html`<section class="panel decision" aria-labelledby="explanations-title" data-testid="explanations">
			<header><h2 id="explanations-title">${t('explain.title')}</h2></header>
			<div class="inside">
				${this.list(view, 'before', before)}${this.list(view, 'after', after)}
				${sponsors.length > 0 ? html`<p class="small" data-testid="sponsors">${t('sponsor.title', { names: sponsors.map((one) => delegationName(view, one)).join(', ') })}</p>` : nothing}
				${sponsored ? this.form(view) : nothing}
			</div>
		</section>`;
	}

	private list(view: View, when: 'before' | 'after', entries: Entry[]): TemplateResult | typeof nothing {
		if (entries.length === 0)
			return nothing;
		const off = callsWait(view) || (when === 'after' && view.decision?.state !== 'proclaimed');
		return html`<h3 class="small">${t(`explain.title.${when}`)}</h3>
			<ul class="rows" data-testid="explain-list" data-when=${when}>${entries.map(
				({ entry, participant }) => html`<li><span class="grow">${shortName(view, participant)}</span>${this.give(entry, off || !view.participants[participant]?.present)}
					<rs-twice testid="withdraw-explanation" label=${t('motion.off')} again=${t('list.withdraw.again')} .busy=${this.session.isAsked(`off-${entry}`)}
						.run=${() => void this.session.ask('withdraw', { entry }, `off-${entry}`)}></rs-twice></li>`,
			)}</ul>`;
	}

	private give(entry: number, off: boolean): TemplateResult {
		const { session } = this;
		const busy = session.isAsked(`give-${entry}`);
		return html`<button type="button" class="button" data-testid="give-explanation" aria-disabled=${busy || off}
			@click=${() => busy || off || void session.ask('give-floor', { entry }, `give-${entry}`)}>${busy ? t('asked') : t('list.give')}</button>`;
	}

	private form(view: View): TemplateResult {
		const { sponsors } = view.explanations;
		const delegations = new Set(Object.values(view.participants).map(({ delegation }) => delegation ?? ''));
		const others = [...delegations].filter((one) => one !== '' && !sponsors.includes(one));
		const busy = this.session.isAsked('add-sponsor');
		return html`<form class="propose" @submit=${(event: SubmitEvent) => this.add(event, view)}>
			<label class="field"><span>${t('sponsor.add')}</span><select name="delegation" data-testid="sponsor">${others
				.map((one) => ({ one, name: delegationName(view, one) }))
				.sort((a, b) => a.name.localeCompare(b.name))
				.map(({ one, name }) => html`<option value=${one}>${name}</option>`)}</select></label>
			<button type="submit" class="button" data-testid="add-sponsor" aria-disabled=${busy}>${busy ? t('asked') : t('sponsor.put')}</button>
		</form>`;
	}

	private add(event: SubmitEvent, view: View): void {
		event.preventDefault();
		const delegation = new FormData(event.currentTarget as HTMLFormElement).get('delegation');
		if (delegation && !this.session.isAsked('add-sponsor'))
			void this.session.ask('add-sponsor', { decision: view.decision!.decision, delegation });
	}
}
