import { html, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { Binding } from '#shared/keys';
import { t } from '#shared/words';
import { Page } from '#shared/ui/page';
import '#shared/ui/documents';
import '#shared/ui/small';
import '#shared/ui/stage';
import './alarms';
import { bindingsOf } from './bindings';
import './booths';
import { Console } from './console';
import './floor';
import './handover';
import { soundBindings } from './knobs';
import { Ear } from './ear';
import './microphone';
import './partner';
import './signals';
import './sound';
import './sources';

/** The interpreter's soft console: every key in a fixed place, every key on the keyboard. */
@customElement('rs-interpreter')
export class Interpreter extends Page {
	protected readonly page = 'interpreter';
	private desk!: Console;
	private unfollow = () => {};
	private ear!: Ear;

	override connectedCallback(): void {
		this.desk = new Console(this.session, localStorage);
		this.unfollow = this.session.watch(() => this.desk.follow());
		this.ear = new Ear(this.session);
		this.ear.start();
		super.connectedCallback();
	}

	override disconnectedCallback(): void {
		this.unfollow();
		this.ear.stop();
		super.disconnectedCallback();
	}

	override updated(): void {
		super.updated();
		if (this.session.view !== null && this.desk.live !== '')
			document.title = `● ${t('desk.live')} · ${this.session.view.meeting.title}`;
	}

	protected content(): TemplateResult {
		const { session, desk } = this;
		return html`<main class="desk">
			<div class="left"><rs-sources .session=${session} .desk=${desk}></rs-sources><rs-sound .session=${session} .desk=${desk}></rs-sound></div>
			<div class="centre">
				<rs-alarms .session=${session} .desk=${desk}></rs-alarms>
				<rs-stage .session=${session} alone></rs-stage>
				<rs-floor-line .session=${session} .desk=${desk}></rs-floor-line>
				<rs-microphone .session=${session} .desk=${desk}></rs-microphone>
			</div>
			<div class="right">
				<rs-partner .session=${session} .desk=${desk}></rs-partner>
				<rs-handover .session=${session} .desk=${desk}></rs-handover>
				<rs-booths .session=${session} .desk=${desk}></rs-booths>
				<rs-documents .session=${session}></rs-documents>
			</div>
			<rs-signals .session=${session} .desk=${desk}></rs-signals>
			${this.cough()}
			<rs-calls .session=${session} .desk=${desk}></rs-calls>
			<rs-choices .session=${session} .desk=${desk}></rs-choices>
		</main>`;
	}

	private cough(): TemplateResult {
		const { desk } = this;
		const up = () => desk.cough(false);
		const enter = (on: boolean) => (event: KeyboardEvent) => {
			if (event.key !== 'Enter')
				return;
			event.preventDefault();
			desk.cough(on);
		};
		// What has no pointer and no key to hold, as a screen reader, presses once for on and once for off.
		const click = (event: MouseEvent) => {
			if (event.detail === 0)
				desk.cough(!desk.coughing);
		};
		return html`<button type="button" class="cough ${desk.coughing ? 'held' : ''}" data-testid="cough" aria-pressed=${desk.coughing}
			@pointerdown=${() => desk.cough(true)} @pointerup=${up} @pointercancel=${up} @pointerleave=${up} @keydown=${enter(true)} @keyup=${enter(false)} @blur=${up} @click=${click}
			><kbd>${t('key.space')}</kbd><span><strong>${t('desk.cough')}</strong> <span class="state">${t('desk.cough.hint')}</span></span></button>`;
	}

	protected bindings(): Binding[] {
		const { session, desk } = this;
		if (session.view === null)
			return [];
		const messages: Binding = { key: 'm', show: 'M', label: 'key.messages', press: () => this.chat.toggle() };
		return [...bindingsOf(desk), ...soundBindings(session.headset), ...(session.may('say') ? [messages] : [])];
	}
}
