import { html, nothing, type TemplateResult } from 'lit';
import { t } from '../words';

/** Above everything else of a page: nobody may take a rehearsal for the meeting, or the meeting for a rehearsal. */
export function rehearsalSign(meeting: { rehearsal?: boolean }, recorded = false): TemplateResult | typeof nothing {
	if (meeting.rehearsal !== true)
		return nothing;
	return html`<section class="rehearsal" aria-label=${t('rehearsal.title')} data-testid="rehearsal" data-recorded=${recorded}><strong>${t('rehearsal.title')}</strong>
		<span>${t('rehearsal.note')}${recorded ? html` ${t('rehearsal.recorded')}` : nothing}</span></section>`;
}
