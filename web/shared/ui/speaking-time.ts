import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { formatDuration } from '../time';
import { speakingTime, type SpeakingTime } from '../view';
import { t, type Key } from '../words';
import { Ticking } from './small';

const LABELS: Record<SpeakingTime['state'], Key> = {
	free: 'floor.since',
	running: 'time.left',
	warned: 'time.left',
	over: 'time.over',
	stopped: 'time.stopped',
	awaits: 'time.awaits',
	suspended: 'time.suspended',
};

/** The clock of the statement: time left where there is a limit, else time spoken. */
@customElement('rs-speaking-time')
export class SpeakingClock extends Ticking {
	/** The figures alone. */
	@property({ type: Boolean }) small = false;

	override updated(): void {
		// Not by a style attribute: the pages' policy allows none.
		const bar = this.querySelector<HTMLElement>('.time-bar span');
		const time = speakingTime(this.session.view!, this.session.wire.clock.now());
		if (bar !== null && time !== null && time.left !== null)
			bar.style.transform = `scaleX(${Math.max(0, time.left / (time.used + time.left))})`;
	}

	override render(): TemplateResult | typeof nothing {
		const { session } = this;
		const time = speakingTime(session.view!, session.wire.clock.now());
		if (time === null)
			return nothing;
		// What is left is rounded up: 0:00 means that it is over.
		const ms = time.left === null ? time.used : time.left > 0 ? time.left + 999 : -time.left;
		const figures = `${time.state === 'over' ? '+' : ''}${formatDuration(ms)}`;
		return html`<span class="speaking-time ${time.state}" data-testid="speaking-time" data-state=${time.state}>${
			this.small ? nothing : html`<span class="small muted">${t(LABELS[time.state])}</span>`
		}<span class="figures" role="timer" aria-live="off">${figures}</span>${
			this.small || time.left === null
				? nothing
				: html`<span class="time-bar" aria-hidden="true"><span></span></span>`
		}</span>`;
	}
}
