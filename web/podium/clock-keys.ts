import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { Session } from '#shared/session';
import { formatDuration } from '#shared/time';
import { holder, isInRoom, shortName, speakingTime, voiceOf, type View } from '#shared/view';
import { t } from '#shared/words';
import { Part } from '#shared/ui/part';

/** The statement's time in the hands of whoever presides. */
@customElement('rs-clock-keys')
export class ClockKeys extends Part {
	/** Stop the clock, or let it run. */
	press(): void {
		const { session } = this;
		const floor = session.view?.floor;
		if (!floor?.holder || floor.suspended || session.isAsked('clock'))
			return;
		void session.ask(floor.since ? 'stop-clock' : 'start-clock', {}, 'clock');
	}

	override render(): TemplateResult | typeof nothing {
		const { session } = this;
		const floor = session.view!.floor;
		if (!floor?.holder || floor.suspended)
			return nothing;
		const busy = session.isAsked('clock');
		return html`<button type="button" class="button" data-testid="clock" aria-disabled=${busy} @click=${() => this.press()}>${
				busy ? t('asked') : t(floor.since ? 'clock.stop' : 'clock.start')
			}</button>
			${floor.allotted
				? html`<button type="button" class="button" data-testid="extend" aria-disabled=${session.isAsked('extend')}
						@click=${() => session.isAsked('extend') || void session.ask('extend-time', { seconds: 60 }, 'extend')}>${t('clock.extend')}</button>`
				: nothing}`;
	}
}

/** Somebody counts as present for a while after the line is lost; without one they cannot go on. */
function isReached(view: View, badge: string): boolean {
	const { present, line } = view.participants[badge] ?? {};
	return present === true && (line !== 'away' || isInRoom(view, badge));
}

/** A line that is cut counts as connected for half a minute; a microphone has a level only while it is heard, open or not. */
function isBack({ view, wire }: Session, badge: string): boolean {
	return isReached(view!, badge) && wire.measured.levels?.[voiceOf(view!, badge) ?? ''] !== undefined;
}

/** The speaker's line is lost: how much time is left, and who could go on. */
@customElement('rs-lost-speaker')
export class LostSpeaker extends Part {
	press(): void {
		this.querySelector<HTMLElement>('[data-testid=resume]')?.click();
	}

	override render(): TemplateResult | typeof nothing {
		const { session } = this;
		const view = session.view!;
		const speaker = holder(view);
		if (speaker === null || !view.floor?.suspended)
			return nothing;
		const time = speakingTime(view, session.wire.clock.now());
		const name = shortName(view, speaker);
		return html`<div class="alarm" data-testid="lost-speaker"><div role="alert"><strong>${t(isBack(session, speaker) ? 'lost.speaker.back' : 'lost.speaker', { name })}</strong>
			<p>${time?.left && time.left > 0 ? t('lost.speaker.left', { left: formatDuration(time.left + 999) }) : t('lost.speaker.held')}</p></div>
			<p class="keys">${this.resume(speaker, t('resume'), 'resume')}
			${this.substitutes(speaker).map((badge) => this.resume(badge, t('resume.with', { name: view.participants[badge]!.name }), 'substitute'))}</p></div>`;
	}

	private resume(badge: string, label: string, testid: string): TemplateResult {
		const { session } = this;
		const away = !isReached(session.view!, badge);
		const busy = session.isAsked(`resume-${badge}`);
		return html`<button type="button" class="button ${testid === 'resume' && !away ? 'main' : ''}" data-testid=${testid} data-participant=${badge}
			aria-disabled=${away || busy} @click=${() => away || busy || void session.ask('resume-floor', { participant: badge }, `resume-${badge}`)}
			>${busy ? t('asked') : away ? t('resume.away') : label}</button>`;
	}

	/** Others of the delegation who are here. */
	private substitutes(speaker: string): string[] {
		const view = this.session.view!;
		const { participants } = view;
		const delegation = participants[speaker]?.delegation;
		if (!delegation)
			return [];
		return Object.entries(participants)
			.filter(([badge, one]) => badge !== speaker && one.delegation === delegation && isReached(view, badge))
			.map(([badge]) => badge);
	}
}
