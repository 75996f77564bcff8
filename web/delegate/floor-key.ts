import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { ownLamp } from '#shared/session';
import { holder, isInterrupted, isOpen, isRequested, placeOf } from '#shared/view';
import { about } from '#shared/plan';
import { ordinal, t } from '#shared/words';
import { icon, lamp } from '#shared/ui/icons';
import { Part } from '#shared/ui/part';
import '#shared/ui/small';

interface Deed {
	command: 'ask-for-floor' | 'withdraw' | 'take-floor';
	label: string;
	/** What a first press says, where a second one is needed. */
	again?: string;
}

/** The big key: the microphone's lamp, whose word says what a press will do now. */
@customElement('rs-floor-key')
export class FloorKey extends Part {
	@state() private armed = '';
	private timer = 0;

	press(): void {
		const deed = this.deed();
		if (deed === null || this.busy)
			return;
		window.clearTimeout(this.timer);
		if (deed.again !== undefined && this.armed !== deed.command) {
			this.armed = deed.command;
			this.timer = window.setTimeout(() => (this.armed = ''), 4000);
			return;
		}
		this.armed = '';
		// When the key was pressed counts where a list was just opened, not when it came.
		void this.session.ask(deed.command, deed.command === 'ask-for-floor' ? { at: this.session.wire.clock.page() } : {}, 'floor-key');
	}

	override render(): TemplateResult {
		const { session } = this;
		const view = session.view!;
		const state = ownLamp(session);
		const deed = this.deed();
		const armed = deed !== null && this.armed === deed.command;
		const label = this.busy ? t('asked') : armed ? deed.again : (deed?.label ?? t(this.isTried ? 'floor.tried' : 'floor.ask'));
		return html`<button type="button" class="floor-key ${state} ${armed ? 'armed' : ''}" data-testid="floor-key" data-lamp=${state}
				data-does=${deed?.command ?? ''} aria-disabled=${deed === null || this.busy} @click=${() => this.press()}>
				${lamp(state)}
				<span><strong>${label}</strong><span class="state" data-testid="own-state">${this.stateText()}</span></span>
			</button>
			<div class="own">
				${session.capture.microphone === null
					? nothing
					: html`<rs-meter .read=${() => (session.capture.muted ? -100 : session.capture.level())} .clipped=${() => session.capture.clipped} label=${t('device.level')}></rs-meter>`}
				${isOpen(view, session.me) && session.capture.microphone !== null
					? html`<button type="button" class="button" data-testid="mute" aria-pressed=${session.capture.muted}
							@click=${() => session.capture.setMuted(!session.capture.muted)}>${icon('microphone')}${t(
								session.capture.muted ? 'unmute' : 'mute',
							)}</button>`
					: nothing}
			</div>`;
	}

	private get busy(): boolean {
		return this.session.isAsked('floor-key');
	}

	/** In the sound check before the meeting. */
	private get isTried(): boolean {
		return this.session.view?.meeting.checking === this.session.me;
	}

	private deed(): Deed | null {
		const { view, me } = this.session;
		if (view === null || view.meeting.state !== 'in-session')
			return null;
		if (holder(view) === me)
			return { command: 'take-floor', label: t('floor.yield'), again: t('floor.yield.again') };
		if (placeOf(view, me) > 0)
			return { command: 'withdraw', label: t('floor.withdraw'), again: t('floor.withdraw.again') };
		return view.inscription.closed || view.inscription.debate || isInterrupted(view, me) ? null : { command: 'ask-for-floor', label: t('floor.ask') };
	}

	/** With the time at which one's own turn is expected. */
	private forecast(text: string): string {
		const { turn } = this.session.wire.measured;
		return turn ? `${text} · ${about(turn.start, turn.margin)}` : text;
	}

	private stateText(): string {
		const { session } = this;
		const view = session.view!;
		const place = placeOf(view, session.me);
		const lampState = ownLamp(session);
		if (session.companion && (lampState === 'fault' || lampState === 'speaking'))
			return t(lampState === 'fault' ? 'own.room.silent' : 'own.room.open');
		if (lampState === 'fault')
			return t(isOpen(view, session.me) ? 'own.fault.open' : 'own.fault');
		if (lampState === 'blocked')
			return t('own.blocked');
		if (lampState === 'muted')
			return t('own.muted');
		if (lampState === 'speaking')
			return t(this.isTried ? 'own.tried' : 'own.speaking');
		if (view.meeting.state !== 'in-session')
			return t(`own.${view.meeting.state === 'scheduled' ? 'before' : view.meeting.state}`);
		if (holder(view) === session.me && view.floor?.suspended)
			return t('own.held');
		if (isInterrupted(view, session.me))
			return t('own.interrupted');
		if (isRequested(view, session.me))
			return t('own.requested');
		if (place === 1)
			return this.forecast(t('own.next'));
		if (place > 1)
			return this.forecast(t('own.place', { place: ordinal(place) }));
		if (view.inscription.debate)
			return t(`debate.${view.inscription.debate}`);
		return t(view.inscription.closed ? 'own.list.closed' : session.companion ? 'own.room' : 'own.off');
	}
}
