import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { ownLamp } from '#shared/session';
import { isOpen } from '#shared/view';
import { t } from '#shared/words';
import { lamp } from '#shared/ui/icons';
import { Part } from '#shared/ui/part';
import '#shared/ui/small';

/** The presiding officer's own microphone, beside the floor. */
@customElement('rs-chair-key')
export class ChairKey extends Part {
	press(): void {
		if (!this.session.isAsked('chair-key') && this.session.view?.meeting.state === 'in-session')
			void this.session.ask(this.open ? 'close-microphone' : 'open-microphone', {}, 'chair-key');
	}

	private get open(): boolean {
		const { view, me } = this.session;
		return view !== null && isOpen(view, me);
	}

	override render(): TemplateResult {
		const { session } = this;
		const state = ownLamp(session);
		const busy = session.isAsked('chair-key');
		const label = busy ? t('asked') : t(this.open ? 'chair.close' : 'chair.open');
		return html`<button type="button" class="floor-key ${state}" data-testid="chair-key" data-lamp=${state}
				aria-disabled=${busy || session.view!.meeting.state !== 'in-session'} @click=${() => this.press()}>
				${lamp(state)}
				<span><strong>${label}</strong><span class="state" data-testid="own-state">${this.stateText(state)}</span></span>
			</button>
			${session.capture.microphone === null
				? nothing
				: html`<div class="own"><rs-meter .read=${() => session.capture.level()} .clipped=${() => session.capture.clipped} label=${t('device.level')}></rs-meter></div>`}`;
	}

	private stateText(state: ReturnType<typeof ownLamp>): string {
		if (this.session.companion)
			return t(state === 'fault' ? 'own.room.silent' : state === 'speaking' ? 'own.room.open' : 'own.room');
		switch (state) {
			case 'speaking':
				return t('own.speaking');
			case 'fault':
				return t(this.open ? 'own.fault.open' : 'own.fault');
			case 'blocked':
				return t('own.blocked');
			default:
				return t('own.off');
		}
	}
}
