import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { t, type Key } from '../words';
import './devices';
import { languageField } from './dialogs';
import { Part } from './part';
import './picture';

/** Joining takes one screen: who one is, whether camera and microphone work, the language, one button. */
@customElement('rs-join')
export class Join extends Part {
	override connectedCallback(): void {
		super.connectedCallback();
		void this.session.capture.acquire();
	}

	override render(): TemplateResult {
		const { session } = this;
		const { claims } = session.link;
		if (claims === null)
			return html``;
		const { capture } = session;
		return html`<main class="join">
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
					</header>
					${session.speaks ? html`<rs-devices .session=${session}></rs-devices>` : nothing}
					${languageField(() => session.update())}
					<button type="button" class="button main big" data-testid="join" @click=${() => session.join()}>${t('join.button')}</button>
					${session.speaks ? html`<p class="small muted">${t(claims.role === 'interpreter' ? 'join.note.desk' : 'join.note')}</p>` : nothing}
				</div>
			</section>
		</main>`;
	}
}
