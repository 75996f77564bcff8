import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { octets, TEXT_MAX, type ChatMessage } from '../messages';
import { shortName, type Role } from '../view';
import { t, timeOfDay, type Key } from '../words';
import { icon } from './icons';
import { Part } from './part';
import './small';

/** Whom one may write to: `all`, `delegation`, `secretariat`, or a badge. */
type Audience = string;
const GROUPS = ['booth', 'booths', 'all', 'delegation', 'secretariat'] as const;

/** The messages beside the meeting: a panel at the side of the page, which stays in use meanwhile. */
@customElement('rs-chat')
export class Chat extends Part {
	@state() private shown = false;
	@state() private text = '';
	@state() private to: Audience = '';
	private followed = 0;

	toggle(): void {
		this.shown = !this.shown;
		this.session.update();
		if (this.shown)
			void this.updateComplete.then(() => this.querySelector<HTMLElement>('[data-testid=chat-text]')?.focus());
	}

	get isShown(): boolean {
		return this.shown;
	}

	override updated(): void {
		if (!this.shown)
			return;
		this.session.messages.read();
		const { list } = this.session.messages;
		const log = this.querySelector('.log');
		// Once the parts of the last message are drawn too.
		if (log !== null && list.length !== this.followed)
			window.requestAnimationFrame(() => (log.scrollTop = log.scrollHeight));
		this.followed = list.length;
	}

	override render(): TemplateResult | typeof nothing {
		const { session } = this;
		if (!this.shown)
			return nothing;
		const { list } = session.messages;
		return html`<section class="panel chat" aria-labelledby="chat-title" data-testid="chat" @keydown=${this.keys}>
			<header><h2 id="chat-title">${t('chat.title')}</h2>${this.gate()}
				<button type="button" class="button quiet icon" data-testid="chat-hide" aria-label=${t('close')} @click=${() => this.hide()}>${icon('close')}</button></header>
			<ol class="log" data-testid="chat-log" tabindex="0" aria-label=${t('chat.title')}>${
				list.length === 0
					? html`<li class="muted small">${t('chat.empty')}</li>`
					: repeat(
							list,
							({ message }) => message,
							(message) => this.message(message),
						)
			}</ol>
			${this.form()}
		</section>`;
	}

	private hide(): void {
		this.shown = false;
		this.session.update();
		document.querySelector<HTMLElement>('[data-testid=open-chat]')?.focus();
	}

	/** The secretariat closes and opens the chat; everybody sees that it is closed. */
	private gate(): TemplateResult | typeof nothing {
		const { session } = this;
		const closed = session.view!.chat?.closed ?? false;
		const command = closed ? 'open-chat' : 'close-chat';
		if (!session.may(command))
			return nothing;
		return html`<button type="button" class="button" data-testid=${closed ? 'chat-reopen' : 'chat-close'} aria-disabled=${session.isAsked(command)}
			@click=${() => session.isAsked(command) || void session.ask(command)}>${t(closed ? 'chat.open' : 'chat.close')}</button>`;
	}

	private message(one: ChatMessage): TemplateResult {
		const { session } = this;
		const view = session.view!;
		const mine = one.from === session.me;
		const name = mine ? t('you') : shortName(view, one.from);
		const to = one.to === 'participant' ? shortName(view, one.participant ?? '') : t(`chat.to.${one.to}` satisfies Key);
		const answerable = !mine && session.wire.you?.role === 'secretariat' && view.participants[one.from]?.role !== 'secretariat';
		return html`<li class=${mine ? 'mine' : ''} data-testid="message" data-message=${one.message} data-to=${one.to}>
			<p class="small muted"><strong>${name}</strong> › ${one.to === 'participant' && one.participant === session.me ? t('you') : to} · <span class="figures">${timeOfDay(one.time)}</span></p>
			<p class="text" dir="auto">${one.text}</p>
			${answerable || session.may('remove-message')
				? html`<p class="deeds">${
						answerable
							? html`<button type="button" class="button" data-testid="chat-reply" @click=${() => this.answer(one.from)}>${t('chat.reply')}<span class="unseen"> · ${name}</span></button>`
							: nothing
					}${
						session.may('remove-message')
							? html`<rs-twice testid="remove-message" label=${t('chat.remove')} again=${t('chat.remove.again')}
									.run=${() => void session.ask('remove-message', { message: one.message }, `remove-${one.message}`)}></rs-twice>`
							: nothing
					}</p>`
				: nothing}
		</li>`;
	}

	private audiences(): { id: Audience; name: string }[] {
		const { session } = this;
		const view = session.view!;
		const role = session.wire.you?.role as Role;
		const may = view.rules.chat;
		const closed = (view.chat?.closed ?? false) && role !== 'secretariat';
		const groups = GROUPS.filter(
			(group) =>
				(group === 'booth' || group === 'booths' ? role === 'interpreter' : (may?.[group] ?? []).includes(role)) &&
				(group !== 'delegation' || Boolean(session.wire.you?.delegation)) &&
				(group === 'secretariat' || group === 'booth' || group === 'booths' || !closed),
		);
		const people = role === 'secretariat' ? Object.entries(view.participants).filter(([id, one]) => id !== session.me && one.present) : [];
		return [
			...groups.map((id) => ({ id, name: t(`chat.to.${id}` satisfies Key) })),
			...people.map(([id, one]) => ({ id, name: one.country ? `${one.country} · ${one.name}` : one.name })),
		];
	}

	private form(): TemplateResult {
		const { session } = this;
		const audiences = this.audiences();
		const closed = session.view!.chat?.closed ?? false;
		const note = closed ? html`<p class="small" data-testid="chat-closed">${t('chat.closed')}</p>` : nothing;
		if (audiences.length === 0)
			return html`${note}`;
		const to = this.chosen(audiences);
		const over = octets(this.text.trim()) - TEXT_MAX;
		const off = this.text.trim() === '' || over > 0 || session.isAsked('say');
		return html`${note}<form class="say" @submit=${(event: Event) => {
			event.preventDefault();
			void this.send(to);
		}}>
			<div class="field"><label for="chat-to">${t('chat.to')}</label>
				<select id="chat-to" data-testid="chat-to" @change=${(event: Event) => (this.to = (event.target as HTMLSelectElement).value)}>${audiences.map(
					({ id, name }) => html`<option value=${id} ?selected=${id === to}>${name}</option>`,
				)}</select></div>
			<label class="unseen" for="chat-text">${t('chat.text')}</label>
			<textarea id="chat-text" rows="2" dir="auto" data-testid="chat-text" placeholder=${t('chat.text')} .value=${this.text}
				aria-describedby="chat-length" @input=${(event: Event) => (this.text = (event.target as HTMLTextAreaElement).value)}></textarea>
			<p class="deeds"><span id="chat-length" class="small complaint" role="status">${over > 0 ? t('chat.long', { n: over }) : ''}</span>
				<button class="button main" data-testid="chat-send" aria-disabled=${off}>${session.isAsked('say') ? t('asked') : t('chat.send')}</button></p>
		</form>`;
	}

	private chosen(audiences: { id: Audience }[]): Audience {
		return audiences.some(({ id }) => id === this.to) ? this.to : audiences[0]!.id;
	}

	private answer(badge: string): void {
		this.to = badge;
		this.querySelector<HTMLElement>('[data-testid=chat-text]')?.focus();
	}

	private async send(to: Audience): Promise<void> {
		const text = this.text.trim();
		if (text === '' || octets(text) > TEXT_MAX || this.session.isAsked('say'))
			return;
		const group = GROUPS.some((one) => one === to);
		const reply = await this.session.ask('say', { ...(group ? { to } : { to: 'participant', participant: to }), text });
		if (reply.ok && this.text.trim() === text)
			this.text = '';
	}

	/** Enter sends, with Shift it begins a line; Escape puts the panel away. */
	private keys(event: KeyboardEvent): void {
		if (event.key === 'Escape') {
			event.stopPropagation();
			this.hide();
		} else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing && event.target instanceof HTMLTextAreaElement) {
			event.preventDefault();
			void this.send(this.chosen(this.audiences()));
		}
	}
}
