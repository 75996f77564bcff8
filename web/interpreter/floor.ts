import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { t } from '#shared/words';
import { DeskPart } from './part';

/** The language that is spoken, and the key to say which. */
@customElement('rs-floor-line')
export class FloorLine extends DeskPart {
	override render(): TemplateResult {
		const { session, view, desk } = this;
		const spoken = view.languages.find(({ id }) => id === view.floor?.language);
		const word = html`<span class="muted">${t('floor.language')}</span> <strong lang=${spoken?.id ?? nothing}>${spoken?.name ?? t('floor.language.none')}</strong>`;
		return html`<div class="floor-line">
			${session.may('set-floor-language')
				? html`<button type="button" class="button" data-testid="floor-language" data-language=${spoken?.id ?? ''} aria-expanded=${desk.menu === 'language'}
						@click=${() => desk.toggle('language')}><kbd>F</kbd><span>${word}</span></button>`
				: html`<p data-testid="floor-language" data-language=${spoken?.id ?? ''}>${word}</p>`}
		</div>`;
	}
}
