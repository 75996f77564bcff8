import { html, type TemplateResult } from 'lit';
import { query } from 'lit/decorators.js';
import { listenToKeys, type Binding } from '../keys';
import { pageOf } from '../link';
import { holder, currentItem, placeOf } from '../view';
import { dateAndTime, ordinal, t, type Key } from '../words';
import type { KeySheet, Settings } from './dialogs';
import './dialogs';
import { icon } from './icons';
import './errands';
import './join';
import type { Chat } from './chat';
import './chat';
import './line';
import { Part } from './part';
import { rehearsalSign } from './rehearsal';

/** Words for the close codes that end a line. */
const ENDINGS = {
	4000: 'ending.malformed',
	4001: 'ending.token-wrong',
	4003: 'ending.not-permitted',
	4004: 'ending.no-such-meeting',
	4009: 'ending.elsewhere',
} as const;
type Ended = (typeof ENDINGS)[keyof typeof ENDINGS] | 'ending.token-expired' | 'link.none' | 'link.broken';

/**
 * What every page has around its own content: joining, the head with the state of the meeting and of the
 * line, what is said when the line is lost or gone, live regions, keys.
 */
export abstract class Page extends Part {
	@query('rs-keys') private keySheet!: KeySheet;
	@query('rs-settings') private settings!: Settings;
	@query('rs-chat') protected chat!: Chat;
	private entered = false;
	protected abstract readonly page: ReturnType<typeof pageOf>;

	/** What this page is for, once in the meeting. */
	protected abstract content(): TemplateResult;
	protected abstract bindings(): Binding[];

	override connectedCallback(): void {
		super.connectedCallback();
		const role = this.session.link.claims?.role;
		if (role !== undefined && pageOf(role) !== this.page)
			location.replace(`/${pageOf(role)}${location.search}${location.hash}`);
		listenToKeys(() => (this.session.joined ? this.allBindings() : []));
	}

	override updated(): void {
		const subject = this.querySelector<HTMLElement>('.subject h1');
		const out = this.querySelector<HTMLElement>('.kept-out h1');
		if (this.entered ? out !== null : subject !== null) {
			// What had the focus is gone; whoever reads by ear starts at the top of what is there instead.
			this.entered = subject !== null;
			(subject ?? out)?.focus();
		}
		const { view, me } = this.session;
		const title = view?.meeting.title ?? 'Rostrum';
		document.title = view !== null && holder(view) === me ? `● ${t('title.floor')} · ${title}` : title;
	}

	override render(): TemplateResult {
		const { session } = this;
		const { claims, token } = session.link;
		if (claims === null)
			return this.closed(token === '' ? 'link.none' : 'link.broken');
		if (!session.joined)
			return html`<rs-join .session=${session}></rs-join>`;
		if (session.wire.state === 'ended')
			return this.ended();
		if (session.wire.excluded !== null)
			return this.excluded(session.wire.excluded);
		if (session.view === null)
			return html`<main class="entering"><p role="status">${t(session.wire.attempts > 1 ? 'joining.again' : 'joining')}</p></main>`;
		return this.meeting();
	}

	private meeting(): TemplateResult {
		const { session } = this;
		const lost = session.wire.state !== 'open';
		return html`<div class="meeting" data-testid="page">
			${rehearsalSign(session.view!.meeting, session.view!.recording.state === 'recording')}
			${this.head()}
			<div class="over">${lost ? this.banner() : ''}${session.notices.map(
				({ id, text }) => html`<div class="notice" role="status" data-testid="notice"><p>${text}</p>
					<button type="button" class="button quiet icon" aria-label=${t('close')}
						@click=${() => session.dismiss(id)}>${icon('close')}</button></div>`,
			)}<rs-errands .session=${session}></rs-errands></div>
			<div class="page ${lost ? 'dimmed' : ''}">${this.content()}</div>
			<p class="unseen" role="status" aria-live="assertive" data-testid="spoken">${session.spoken}</p>
			<rs-chat .session=${session}></rs-chat>
			<rs-settings .session=${session}></rs-settings>
			<rs-keys .session=${session} .bindings=${this.allBindings()}></rs-keys>
		</div>`;
	}

	private head(): TemplateResult {
		const view = this.session.view!;
		const item = currentItem(view);
		const { state } = view.meeting;
		return html`<header class="head">
			<div class="subject">
				<p class="small muted" dir="auto">${view.meeting.title}</p>
				<h1 tabindex="-1" dir="auto" data-testid="item">${item === undefined ? t('item.none') : html`<span class="figures">${item.id}</span> · ${item.title}`}</h1>
			</div>
			<p class="status">
				<span data-testid="meeting-state" data-state=${state}>${t(`meeting.${state}` satisfies Key)}</span>
				<span class="visibility" data-testid="visibility" data-visibility=${view.meeting.visibility}
					>${view.meeting.visibility === 'public' ? '' : icon('locked')}${t(`visibility.${view.meeting.visibility}` satisfies Key)}</span>
				${this.recording()}
			</p>
			<rs-line .session=${this.session}></rs-line>
			<div class="tools">
				${this.chatKey()}
				<button type="button" class="button quiet icon" data-testid="open-settings" aria-label=${t('settings.title')}
					@click=${() => this.settings.open()}>${icon('settings')}</button>
				<button type="button" class="button quiet icon" data-testid="open-keys" aria-label=${t('keys.title')}
					@click=${() => this.keySheet.open()}>${icon('keys')}</button>
			</div>
		</header>`;
	}

	private chatKey(): TemplateResult | '' {
		const { session } = this;
		if (!session.may('say'))
			return '';
		const unread = session.messages.unread(session.me);
		return html`<button type="button" class="button quiet icon chat-key" data-testid="open-chat" data-unread=${unread}
			aria-expanded=${this.chat?.isShown ?? false} aria-label=${unread > 0 ? t('chat.unread', { n: unread }) : t('chat.title')}
			@click=${() => this.chat.toggle()}>${icon('chat')}${unread > 0 ? html`<span class="count figures" aria-hidden="true">${unread > 99 ? '99+' : unread}</span>` : ''}</button>`;
	}

	/** The meeting goes on without this badge; nothing of it is shown. */
	private excluded(visibility: string): TemplateResult {
		const key = visibility === 'closed-members' ? 'excluded.closed-members' : 'excluded.private';
		return html`<main class="closed kept-out" data-testid="excluded" data-visibility=${visibility}>
			${icon('locked')}
			<h1 tabindex="-1">${t(key)}</h1>
			<p role="status">${t('excluded.todo')}</p>
		</main>`;
	}

	private recording(): TemplateResult {
		const { state } = this.session.view!.recording;
		return html`<span class="recording ${state}" data-testid="recording" data-state=${state}>${t(`recording.${state}` satisfies Key)}</span>`;
	}

	/** The page stays as it was; this says so, and what is kept. */
	private banner(): TemplateResult {
		const { view, me } = this.session;
		const place = view === null ? 0 : placeOf(view, me);
		const kept =
			view !== null && holder(view) === me
				? t('lost.floor')
				: place > 0
					? t('lost.place', { place: ordinal(place) })
					: t('lost.plain');
		return html`<p class="banner" role="status" data-testid="banner">${kept} ${
			this.session.media.state === 'connected' ? t('lost.media') : ''
		}</p>`;
	}

	private ended(): TemplateResult {
		const { code, reason } = this.session.wire.ending!;
		const exp = this.session.link.claims?.exp;
		if (reason === 'token-expired' && exp !== undefined)
			return this.closed('ending.token-expired', { date: dateAndTime(exp * 1000) });
		return this.closed(ENDINGS[code as keyof typeof ENDINGS]);
	}

	/** Instead of the page: what happened, what is kept, what to do. */
	private closed(key: Ended, values = {}): TemplateResult {
		return html`<main class="closed" data-testid="closed" data-reason=${key}>
			<h1>${t(key)}</h1>
			<p>${t(`${key}.todo` satisfies Key, values)}</p>
			${key === 'ending.elsewhere'
				? html`<button type="button" class="button main" @click=${() => location.reload()}>${t('ending.elsewhere.again')}</button>`
				: ''}
		</main>`;
	}

	private allBindings(): Binding[] {
		return [...this.bindings(), { key: '?', show: '?', label: 'keys.title', press: () => this.keySheet.open() }];
	}
}
