import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { holder, slowerAsked } from '../view';
import { t } from '../words';
import { Ticking } from './small';

/** Booths ask the speaker to slow down: told to the speaker once as many ask as the profile says, to others at once. Nobody knows which. */
@customElement('rs-slower')
export class Slower extends Ticking {
	override render(): TemplateResult {
		const { session } = this;
		const view = session.view!;
		const count = slowerAsked(view, session.wire.clock.now());
		const own = holder(view) === session.me;
		const told = count >= (own ? (view.rules.interpretation?.slower_desks ?? 1) : 1);
		// The status is there before its words, or they would not be read out.
		return html`<div role="status">${
			told ? html`<p class="slower" data-testid="slower">${own ? t('booths.slower.own') : t('booths.slower', { n: count })}</p>` : nothing}</div>`;
	}
}
