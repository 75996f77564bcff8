import { html, type TemplateResult } from 'lit';
import type { Session } from '../session';
import { t } from '../words';

/** To what was recorded, in a window of its own: the meeting goes on in this one. */
export function recordingsLink({ link }: Session): TemplateResult {
	return html`<a class="button" data-testid="recordings" target="_blank" href="/archive#${link.token}">${t('archive.recordings')}</a>`;
}
