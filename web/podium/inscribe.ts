import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { groupsOf, shortName, type View } from '#shared/view';
import { t } from '#shared/words';
import { Part } from '#shared/ui/part';

/** Puts somebody on the list, also when it is closed: it is closed to requests alone. */
@customElement('rs-inscribe')
export class Inscribe extends Part {
	@state() private badge = '';
	@state() private group = '';
	/** 0: where the order of the list puts it. */
	@state() private position = 0;

	override render(): TemplateResult {
		const { session } = this;
		const view = session.view!;
		const off = this.badge === '' || session.isAsked('inscribe');
		const groups = groupsOf(view);
		return html`<div class="keys">
			<label class="field grow"><span>${t('list.inscribe.who')}</span>
				<select data-testid="inscribe-who" @change=${(event: Event) => (this.badge = (event.target as HTMLSelectElement).value)}>
					<option value="" ?selected=${this.badge === ''}></option>
					${this.people(view).map((badge) => html`<option value=${badge} ?selected=${badge === this.badge}>${shortName(view, badge)} · ${view.participants[badge]!.name}</option>`)}
				</select></label>
			${this.badge === '' ? nothing : html`${groups.length === 0
				? nothing
				: html`<label class="field grow"><span>${t('list.behalf.whom')}</span>
						<select data-testid="inscribe-group" @change=${(event: Event) => (this.group = (event.target as HTMLSelectElement).value)}>
							<option value="" ?selected=${this.group === ''}>${t('list.behalf.own')}</option>
							${groups.map(({ id, country }) => html`<option value=${id} ?selected=${id === this.group}>${country}</option>`)}
						</select></label>`}
				<label class="field"><span>${t('list.place')}</span>
					<select data-testid="inscribe-place" @change=${(event: Event) => (this.position = Number((event.target as HTMLSelectElement).value))}>
						<option value="0" ?selected=${this.position === 0}>${t('list.place.order')}</option>
						${[...view.list, null].map((_, i) => html`<option value=${i + 1} ?selected=${this.position === i + 1}>${i + 1}</option>`)}
					</select></label>`}
			<button type="button" class="button" data-testid="inscribe" aria-disabled=${off} @click=${() => off || this.inscribe()}>${t('list.inscribe')}</button></div>`;
	}

	private people(view: View): string[] {
		const waiting = new Set(view.list.map(({ participant }) => participant));
		return Object.entries(view.participants)
			.filter(([badge, { role }]) => ['delegate', 'room', 'chair'].includes(role) && !waiting.has(badge))
			.map(([badge]) => badge)
			.sort((a, b) => shortName(view, a).localeCompare(shortName(view, b)));
	}

	private inscribe(): void {
		const { badge, group, position } = this;
		void this.session.ask('inscribe', { participant: badge, ...(group !== '' && { group }), ...(position > 0 && { position }) }, 'inscribe');
		this.badge = '';
		this.group = '';
		this.position = 0;
	}
}
