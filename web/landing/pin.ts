import { html, nothing, render, type TemplateResult } from 'lit';
import { languageField } from '#shared/ui/dialogs';
import { t } from '#shared/words';
import { ask, type Answer } from './ask';

/** What stands below the field: nothing, or why the last PIN did not open. */
type Said = Exclude<Answer, { kind: 'token' }> | { kind: 'nothing' };

/** The PIN that belongs to a join link: told on another way than the link, asked for once. */
export class PinPage {
	private said: Said = { kind: 'nothing' };
	private busy = false;

	constructor(
		private readonly link: string,
		private readonly root: HTMLElement,
	) {}

	show(): void {
		document.title = `${t('pin.title')} – Rostrum`;
		render(this.template(), this.root);
	}

	private template(): TemplateResult {
		return html`<main class="landing">
			<p class="mark"><span aria-hidden="true"></span>Rostrum</p>
			<h1>${t('pin.title')}</h1>
			<p class="lead">${t('pin.lead')}</p>
			<form class="pin" @submit=${(event: Event) => void this.submit(event)}>
				<label class="field"><span>${t('pin.label')}</span>
					<input name="pin" dir="ltr" inputmode="numeric" autocomplete="one-time-code" maxlength="12" required autofocus
						aria-describedby="pin-said" aria-invalid=${this.said.kind === 'wrong' ? 'true' : 'false'} data-testid="pin"></label>
				<p id="pin-said" class="said" role="alert">${this.why()}</p>
				<button class="button main big" ?disabled=${this.busy} data-testid="pin-enter">${t('pin.button')}</button>
			</form>
			${languageField(() => this.show())}
		</main>`;
	}

	private why(): string | typeof nothing {
		switch (this.said.kind) {
			case 'nothing':
				return nothing;
			case 'wait':
				return t('pin.wait', { n: this.said.seconds });
			case 'wrong':
				return t('pin.wrong');
			case 'offline':
				return t('pin.offline');
		}
	}

	private async submit(event: Event): Promise<void> {
		event.preventDefault();
		const field = this.root.querySelector('input')!;
		this.busy = true;
		this.show();
		const answer = await ask(this.link, field.value);
		this.busy = false;
		if (answer.kind === 'token') {
			location.replace(`/${answer.page}${location.search}#${answer.token}`);
			return;
		}
		this.said = answer;
		this.show();
		field.select();
		field.focus();
	}
}
