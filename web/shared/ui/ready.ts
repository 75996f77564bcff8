import { html, nothing, svg, type TemplateResult } from 'lit';
import type { Session } from '../session';
import { listed, t, type Key } from '../words';

const WHAT = ['microphone', 'camera', 'line'] as const;
const READY = svg`<circle cx="8" cy="8" r="6" fill="currentColor"/>`;
const NOT = svg`<circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" stroke-width="2"/><path d="M8 4.5v4M8 10.5v1" stroke="currentColor" stroke-width="2"/>`;

/** Whether somebody in the green room is ready to be called, and what is missing; told to those who lead the meeting and to technicians. */
export function ready(session: Session, badge: string): TemplateResult | typeof nothing {
	const told = session.wire.measured.ready?.[badge];
	if (!told)
		return nothing;
	const lacks = WHAT.filter((what) => !told[what]);
	return html`<span class="ready ${lacks.length === 0 ? 'good' : 'fair'} small" data-testid="ready" data-participant=${badge} data-lacks=${lacks.join(' ')}
		><svg viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">${lacks.length === 0 ? READY : NOT}</svg><span>${
			lacks.length === 0 ? t('green.ready') : t('green.lacks', { what: listed(lacks.map((what) => t(`green.lack.${what}` satisfies Key))) })
		}</span></span>`;
}
