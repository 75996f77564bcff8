import { html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { readLink } from '#shared/link';
import { languageField } from '#shared/ui/dialogs';
import { t } from '#shared/words';
import { open, type Opened, type Trouble } from './api';
import './finder';
import './player';
import { TROUBLES } from './troubles';

/** The archive: what there is, or one recording. Which of the two stands in the address, so that it can be passed on; the token does not. */
@customElement('rs-archive')
export class Archive extends LitElement {
	@property() token = '';
	@state() private opened: Opened | null = null;
	@state() private trouble: Trouble | null = null;
	private readonly back = () => void this.follow();

	override createRenderRoot(): HTMLElement {
		return this;
	}

	override connectedCallback(): void {
		super.connectedCallback();
		addEventListener('popstate', this.back);
		void this.follow();
	}

	override disconnectedCallback(): void {
		removeEventListener('popstate', this.back);
		super.disconnectedCallback();
	}

	private get session(): string | null {
		return new URLSearchParams(location.search).get('s');
	}

	/** Shows what the address says. */
	private async follow(): Promise<void> {
		const { session } = this;
		this.trouble = null;
		if (session === this.opened?.recording.session)
			return;
		this.opened = null;
		if (session === null || this.token === '')
			return;
		const answer = await open(session, this.token);
		if (session !== this.session)
			return;
		if (answer.ok)
			this.opened = answer.value;
		else
			this.trouble = answer.trouble;
	}

	private go(change: Record<string, string | null>): void {
		const said = new URLSearchParams(location.search);
		for (const [name, value] of Object.entries(change)) {
			if (value === null)
				said.delete(name);
			else
				said.set(name, value);
		}
		history.pushState(null, '', `${location.pathname}${said.size > 0 ? `?${said}` : ''}${location.hash}`);
		scrollTo(0, 0);
		void this.follow();
	}

	override render(): TemplateResult {
		const { opened, session } = this;
		document.title = `${opened?.recording.title || t('archive.recordings')} – Rostrum`;
		return html`<main class="archive" data-testid="page">
			<header class="archive-head">
				${session !== null && this.token !== ''
					? html`<button type="button" class="button quiet" data-testid="all-recordings" @click=${() => this.go({ s: null, t: null, l: null })}>${t('archive.back')}</button>`
					: html`<h1>${t('archive.recordings')}</h1>`}
				${languageField(() => this.again())}
			</header>
			${this.content(opened)}
		</main>`;
	}

	/** Words are asked for where they are drawn: everything is drawn again. */
	private again(): void {
		this.requestUpdate();
		for (const part of this.querySelectorAll<LitElement>('rs-finder, rs-recording, rs-timeline')) part.requestUpdate();
	}

	private content(opened: Opened | null): TemplateResult {
		if (this.token === '')
			return this.askForLink();
		if (this.trouble !== null)
			return html`<p role="alert" class="panel notice-box" data-testid="trouble">${t(TROUBLES[this.trouble])}
				<button type="button" class="button" @click=${this.back}>${t('archive.again')}</button></p>`;
		if (opened !== null)
			return html`<rs-recording .opened=${opened} .token=${this.token}></rs-recording>`;
		return this.session !== null
			? html`<p role="status">${t('archive.loading')}</p>`
			: html`<rs-finder .token=${this.token} .choose=${(s: string, at?: number) => this.go({ s, t: at === undefined ? null : String(at / 1000) })}></rs-finder>`;
	}

	/** A link to a place in a recording carries nobody's token: one's own join link is asked for. */
	private askForLink(): TemplateResult {
		const take = (event: SubmitEvent): void => {
			event.preventDefault();
			const text = String(new FormData(event.target as HTMLFormElement).get('link'));
			const { claims, token } = readLink({ hash: text.slice(text.indexOf('#') + 1) });
			if (claims !== null)
				location.hash = token;
		};
		return html`<form class="panel own-link" @submit=${take}>
			<h2>${t('link.none')}</h2>
			<p>${t('link.none.todo')}</p>
			<label class="field"><span>${t('archive.own-link')}</span><input name="link" required autocomplete="off" dir="ltr" data-testid="own-link"></label>
			<button type="submit" class="button main">${t('archive.own-link.open')}</button>
		</form>`;
	}
}
