import { html, nothing, svg, type TemplateResult } from 'lit';
import type { Session } from '../session';
import { t, type Key } from '../words';

const SHAPES = {
	connected: svg`<circle cx="8" cy="8" r="6" fill="currentColor"/>`,
	joined: svg`<circle cx="8" cy="8" r="5" fill="none" stroke="currentColor" stroke-width="2"/><path d="M8 3a5 5 0 0 1 0 10z" fill="currentColor"/>`,
	away: svg`<circle cx="8" cy="8" r="5" fill="none" stroke="currentColor" stroke-width="2"/>`,
};

/** A microphone that is too narrow for interpreters; nothing where all is well. */
export function sound(session: Session, badge: string): TemplateResult | typeof nothing {
	const measured = session.wire.measured.sounds?.[badge];
	if (measured?.fit !== 'no' && measured?.fit !== 'limited') return nothing;
	return html`<span class="sound ${measured.fit === 'no' ? 'bad' : 'fair'} small" data-testid="sound" data-fit=${measured.fit}
		>${t(`sound.${measured.fit}` satisfies Key, { khz: measured.khz })}</span>`;
}

/** Whether somebody is there, and how good the line is. */
export function presence(session: Session, badge: string): TemplateResult {
	const line = session.view!.participants[badge]?.line ?? 'away';
	const measured = session.wire.measured.lines?.[badge];
	const percent = Math.round((measured?.loss ?? 0) * 100);
	const grade = line === 'away' ? 'bad' : line === 'joined' || percent >= 5 ? 'fair' : 'good';
	const word = line === 'connected' && percent >= 5 ? t('presence.loss', { percent }) : t(`presence.${line}` satisfies Key);
	return html`<span class="presence ${grade} small" data-testid="presence" data-line=${line}
		><svg viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">${SHAPES[line]}</svg><span>${word}</span></span>`;
}
