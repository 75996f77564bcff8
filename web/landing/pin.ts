import { html, nothing, render, type TemplateResult } from 'lit';
import { languageField } from '#shared/ui/dialogs';
import { t } from '#shared/words';
import { ask, type Answer } from './ask';

/** What stands below the field: nothing, or why the last PIN did not open. */
type Said = Exclude<Answer, { kind: 'token' }> | { kind: 'nothing' };
type Opened = Extract<Answer, { kind: 'token' }>;

/** Why the last PIN did not open. */
export function why(said: Said): TemplateResult | string | typeof nothing {
	switch (said.kind) {
		case 'nothing':
			return nothing;
		case 'gone':
			return html`${t('ending.no-such-meeting')}<br>${t('ending.no-such-meeting.todo')}`;
		case 'wait':
			return t('pin.wait', { n: said.seconds });
		case 'wrong':
			return t('pin.wrong');
		case 'offline':
			return t('pin.offline');
	}
}

/** The PIN that belongs to a join link: told on another way than the link, asked for once. */
export class PinPage {
	private said: Said = { kind: 'nothing' };
	private busy = false;
	/** The PIN was right, and there are two places to go to. */
	private choice: { pin: string; opened: Opened; rehearsal: string } | null = null;

	constructor(
		private readonly link: string,
		private readonly root: HTMLElement,
	) {}

	show(): void {
		document.title = `${t(this.choice === null ? 'pin.title' : 'rehearsal.now')} – Rostrum`;
		render(this.choice === null ? this.template() : this.choiceTemplate(this.choice.opened), this.root);
	}

	private choiceTemplate(opened: Opened): TemplateResult {
		return html`<main class="landing">
			<p class="mark"><span aria-hidden="true"></span>Rostrum</p>
			<h1 tabindex="-1">${t('rehearsal.now')}</h1>
			<p class="lead">${t('rehearsal.now.lead')}</p>
			<div class="choice">
				<button class="button main big" ?disabled=${this.busy} @click=${() => void this.rehearse()} data-testid="to-rehearsal">${t('rehearsal.enter')}</button>
				<button class="button big" ?disabled=${this.busy} @click=${() => this.go(opened)} data-testid="to-meeting">${t('rehearsal.skip')}</button>
			</div>
			<p class="said" role="alert">${why(this.said)}</p>
			${languageField(() => this.show())}
		</main>`;
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
				<p id="pin-said" class="said" role="alert">${why(this.said)}</p>
				<button class="button main big" ?disabled=${this.busy} data-testid="pin-enter">${t('pin.button')}</button>
			</form>
			${languageField(() => this.show())}
		</main>`;
	}

	private go({ page, token }: Opened): void {
		location.replace(`/${page}${location.search}#${token}`);
	}

	private async submit(event: Event): Promise<void> {
		event.preventDefault();
		const pin = this.root.querySelector('input')!.value;
		const opened = await this.open(pin);
		if (opened?.rehearsal !== undefined)
			this.choice = { pin, opened, rehearsal: opened.rehearsal };
		else if (opened !== null)
			return this.go(opened);
		this.show();
		const field = this.root.querySelector('input');
		field?.select();
		(field ?? this.root.querySelector('h1'))?.focus();
	}

	private async rehearse(): Promise<void> {
		const { pin, rehearsal, opened } = this.choice!;
		const there = await this.open(pin, rehearsal);
		if (there !== null || this.said.kind === 'gone') // it ended meanwhile: on to the meeting
			return this.go(there ?? opened);
		this.show();
	}

	/** Null: it is said why not. */
	private async open(pin: string, meeting?: string): Promise<Opened | null> {
		this.busy = true;
		this.show();
		const answer = await ask(this.link, pin, meeting);
		this.busy = false;
		this.said = answer.kind === 'token' ? { kind: 'nothing' } : answer;
		return answer.kind === 'token' ? answer : null;
	}
}
