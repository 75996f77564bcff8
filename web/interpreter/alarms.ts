import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { t } from '#shared/words';
import { lamp } from '#shared/ui/icons';
import { DeskPart } from './part';

/** What must be seen lies over the picture, so that no key moves, until it is seen or over. */
@customElement('rs-alarms')
export class Alarms extends DeskPart {
	override render(): TemplateResult {
		const { alarm } = this.desk;
		// The live region stays, or its first alarm would not be read out.
		return html`<p class="unseen" role="alert">${alarm?.text ?? ''}</p><div class="alarms">${
			alarm === null
				? nothing
				: html`<div class="alarm" data-testid="desk-alarm" data-alarm=${alarm.id.replace(/-\d+$/, '')}>${lamp('fault')}<p class="grow"><strong>${alarm.text}</strong></p>
					<button type="button" class="button" data-testid="alarm-seen" @click=${() => this.desk.acknowledge()}><kbd>K</kbd>${t('alarm.seen')}</button></div>`
		}</div>`;
	}
}
