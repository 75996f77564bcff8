import { html, nothing, type TemplateResult } from 'lit';
import type { Session } from '../session';
import { t } from '../words';

/** To what was recorded, in a window of its own: the meeting goes on in this one. Nothing where the site shows no archive. */
export function recordingsLink({ link, wire }: Session): TemplateResult | typeof nothing {
	return wire.archive ? html`<p><a class="button" data-testid="recordings" target="_blank" href="/archive#${link.token}">${t('archive.recordings')}</a></p>` : nothing;
}
