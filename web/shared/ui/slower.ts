import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { holder } from '../view';
import { t } from '../words';
import { Ticking } from './small';

/** Booths ask the speaker to slow down: told to the speaker once as many ask as the profile says, to others at once. Nobody knows which. */
@customElement('rs-slower')
export class Slower extends Ticking {
	override render(): TemplateResult | typeof nothing {
		const { session } = this;
		const { floor, rules } = session.view!;
		const slower = floor?.slower;
		const own = holder(session.view!) === session.me;
		if (!slower || session.wire.clock.now() - slower.since >= (rules.interpretation?.slower_hold ?? 0))
			return nothing;
		if (own && slower.count < (rules.interpretation?.slower_desks ?? 1))
			return nothing;
		return html`<p class="slower" role="status" data-testid="slower">${own ? t('booths.slower.own') : t('booths.slower', { n: slower.count })}</p>`;
	}
}
