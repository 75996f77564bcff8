import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { shortName } from '#shared/view';
import { t } from '#shared/words';
import { presence } from '#shared/ui/presence';
import { ready } from '#shared/ui/ready';
import { sound } from '#shared/ui/sound';
import { Part } from '#shared/ui/part';

/** The next three, and whether their lines will carry them: time to help, before they are called. */
@customElement('rs-next')
export class Next extends Part {
	override render(): TemplateResult {
		const { session } = this;
		const view = session.view!;
		const next = view.list.slice(0, 3);
		if (next.length === 0)
			return html``;
		return html`<section class="next-three" aria-labelledby="next-title">
			<h2 id="next-title" class="small muted">${t('next.title')}</h2>
			<ol>${next.map(
				({ participant }, i) => html`<li class="panel"><span class="place figures">${i + 1}</span>
					<span class="who"><strong>${shortName(view, participant)}</strong>
					${view.participants[participant] === undefined ? nothing : html`${presence(session, participant)} ${ready(session, participant)} ${sound(session, participant, true)}`}</span></li>`,
			)}</ol>
		</section>`;
	}
}
