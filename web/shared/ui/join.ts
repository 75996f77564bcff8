import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { mayBeInRoom } from '../link';
import { meetingOf, type Listed } from '../listed';
import { t, type Key } from '../words';
import './devices';
import { languageField } from './dialogs';
import { Part } from './part';
import './picture';
import './precall';
import { rehearsalSign } from './rehearsal';

/** Joining takes one screen: who one is, whether camera and microphone work, the language, one button. */
@customElement('rs-join')
export class Join extends Part {
	@state() private meeting: Listed | null = null;

	override connectedCallback(): void {
		super.connectedCallback();
		void meetingOf(this.session.link).then((meeting) => (this.meeting = meeting));
		if (!this.session.companion)
			void this.session.capture.acquire();
	}

	override render(): TemplateResult {
		const { session } = this;
		const { claims } = session.link;
		if (claims === null)
			return html``;
		const { capture } = session;
		return html`<main class="join">
			${rehearsalSign(this.meeting ?? {})}
			<section class="card ${session.speaks ? '' : 'narrow'}" aria-labelledby="join-name">
				${session.speaks
					? html`<div class="preview"><rs-picture .session=${session} feed="self"></rs-picture>${
							capture.camera === null
								? html`<p>${t(capture.wishes.camera === null ? 'join.camera.off' : 'join.camera.none')}</p>`
								: nothing
						}</div>`
					: nothing}
				<div class="side">
					<header>
						<p class="muted">${t(`role.${claims.role}` satisfies Key)}${
							claims.delegation ? html` · <span data-testid="delegation">${claims.delegation}</span>` : ''
						}</p>
						<h1 id="join-name" data-testid="join-name">${claims.name || claims.sub}</h1>
						${this.meeting === null ? nothing : html`<p class="small" data-testid="join-meeting"><bdi>${this.meeting.title}</bdi></p>`}
					</header>
					${mayBeInRoom(claims.role) ? this.place() : nothing}
					${session.speaks ? html`<rs-devices .session=${session}></rs-devices>` : nothing}
					${languageField(() => session.update())}
					<button type="button" class="button main big" data-testid="join" @click=${() => session.join()}>${t('join.button')}</button>
					${session.speaks || session.companion ? html`<p class="small muted">${t(this.note(claims.role === 'interpreter'))}</p>` : nothing}
					${session.speaks ? html`<rs-precall .session=${session}></rs-precall>` : nothing}
				</div>
			</section>
		</main>`;
	}

	private note(desk: boolean): Key {
		if (this.session.companion)
			return 'join.note.room';
		return desk ? 'join.note.desk' : 'join.note';
	}

	/** Remotely, or in the meeting room beside its microphone. */
	private place(): TemplateResult {
		const { session } = this;
		return html`<fieldset class="place-choice"><legend>${t('join.place')}</legend>${[false, true].map(
			(companion) => html`<label class="check"><input type="radio" name="place" data-testid=${companion ? 'place-in-room' : 'place-remote'}
				.checked=${session.companion === companion} @change=${() => void session.setCompanion(companion)}>
				<span>${t(companion ? 'join.place.in-room' : 'join.place.remote')}</span></label>`,
		)}</fieldset>`;
	}
}
