import { html, nothing, type TemplateResult } from 'lit';
import type { Test, Verdict } from '#shared/precall';
import { ago, t, type Key } from '#shared/words';

const GRADES: Record<Verdict, 'good' | 'fair' | 'bad'> = { good: 'good', poor: 'fair', unusable: 'bad' };

/** What somebody's own test before the call found, how long ago, and what they were told to do. */
export function tested(test: Test | undefined, now: number): TemplateResult {
	if (test === undefined)
		return html`<p class="small muted" data-testid="tested" data-verdict="">${t('tested.never')}</p>`;
	const { verdict, time, reasons } = test;
	return html`<div class="tested small" data-testid="tested" data-verdict=${verdict}>
		<p>${t('tested.title')} <strong class=${GRADES[verdict]}>${t(`tested.${verdict}` satisfies Key)}</strong> <span class="muted">${ago(time, now)}</span></p>
		${reasons.length === 0 ? nothing : html`<p class="muted">${t('tested.told')}</p><ul>${reasons.map(([reason]) => html`<li>${t(`precall.reason.${reason}` satisfies Key)}</li>`)}</ul>`}
	</div>`;
}
