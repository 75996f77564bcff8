import { html, svg, type TemplateResult } from 'lit';
import type { Session } from '../session';
import { isInRoom, roomOf, voiceOf, type View } from '../view';
import { t, type Key } from '../words';

const SHAPES = {
	connected: svg`<circle cx="8" cy="8" r="6" fill="currentColor"/>`,
	joined: svg`<circle cx="8" cy="8" r="5" fill="none" stroke="currentColor" stroke-width="2"/><path d="M8 3a5 5 0 0 1 0 10z" fill="currentColor"/>`,
	away: svg`<circle cx="8" cy="8" r="5" fill="none" stroke="currentColor" stroke-width="2"/>`,
};

/** A seat: in the meeting room. */
const SEAT = svg`<path d="M4 2v7h8V2M4 9v5M12 9v5" fill="none" stroke="currentColor" stroke-width="2"/>`;

function inRoom(view: View, badge: string): TemplateResult {
	const silent = view.participants[roomOf(view) ?? '']?.line !== 'connected';
	const seat = view.participants[badge]?.seat;
	const word = silent ? t('presence.room.silent') : seat ? t('presence.room.seat', { seat }) : t('presence.room');
	return html`<span class="presence ${silent ? 'fair' : 'good'} small" data-testid="presence" data-line="in-room"
		><svg viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">${SEAT}</svg><span>${word}</span></span>`;
}

/** Speaks into an open microphone: their own, or the room's while it is open for them. */
export function isSpeaking(session: Session, badge: string): boolean {
	const view = session.view!;
	const voice = voiceOf(view, badge);
	if (voice !== badge && !view.open.includes(badge))
		return false;
	return voice !== null && (session.wire.measured.speaking?.[voice] ?? false);
}

/** Whether somebody is there, and how good the line is. */
export function presence(session: Session, badge: string): TemplateResult {
	if (isInRoom(session.view!, badge))
		return inRoom(session.view!, badge);
	const line = session.view!.participants[badge]?.line ?? 'away';
	const measured = session.wire.measured.lines?.[badge];
	const percent = Math.round((measured?.loss ?? 0) * 100);
	const grade = line === 'away' ? 'bad' : line === 'joined' || percent >= 5 ? 'fair' : 'good';
	const word = line === 'connected' && percent >= 5 ? t('presence.loss', { percent }) : t(`presence.${line}` satisfies Key);
	return html`<span class="presence ${grade} small" data-testid="presence" data-line=${line}
		><svg viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">${SHAPES[line]}</svg><span>${word}</span></span>`;
}
