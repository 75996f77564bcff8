import { html, nothing, type TemplateResult } from 'lit';
import { t } from '#shared/words';
import type { Recorded } from '#shared/view';

/** One line: the recording is complete, or what it lacks. Nothing while nobody knows. */
export function recorded(account: Recorded | null | undefined): TemplateResult | typeof nothing {
	if (!account) return nothing;
	const { missing, breaks } = account;
	const faults = [...(missing > 0 ? [t('recorded.missing', { n: missing })] : []), ...(breaks > 0 ? [t('recorded.breaks', { n: breaks })] : [])];
	return html`<p class="small" data-testid="recorded" data-missing=${missing}>${faults.length === 0 ? t('recorded.complete') : faults.join(' · ')}</p>`;
}
