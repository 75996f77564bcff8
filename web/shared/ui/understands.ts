import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { t } from '../words';
import { Part } from './part';

/** Languages in which one hears the floor itself, whatever was chosen. */
@customElement('rs-understands')
export class Understands extends Part {
	override render(): TemplateResult | typeof nothing {
		const { session } = this;
		const languages = session.view?.languages ?? [];
		if (languages.length === 0)
			return nothing;
		return html`<fieldset class="understands" aria-describedby="understands-note"><legend>${t('understands.title')}</legend>
			<div class="choices">${languages.map(
				({ id, name }) => html`<label class="check"><input type="checkbox" data-testid="understands" data-language=${id}
					.checked=${session.hearing.understands.includes(id)}
					@change=${(event: Event) => void session.setUnderstands(id, (event.target as HTMLInputElement).checked)}>
					<span lang=${id}>${name}</span></label>`,
			)}</div>
			<p id="understands-note" class="small muted">${t('understands.note')}</p></fieldset>`;
	}
}
