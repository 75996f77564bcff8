import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { callsWait, delegationName, holder, shortName, type Entry, type View } from '../view';
import { isKey, t, timeOfDay } from '../words';
import { icon, lamp } from './icons';
import { Part } from './part';
import { Settling } from './settling';
import './small';
import './speaking-time';

/** Minutes that are asked for most; any other a profile gives is offered as well. */
const LIMITS = [0, 2, 3, 5, 10, 15];

interface Drag {
	entry: number;
	/** Place it would get, 1 = first. */
	position: number;
}

function levelName(level: string): string {
	const key = `level.${level}`;
	return isKey(key) ? t(key) : level;
}

/** The list of speakers: who has the floor, who is next. With `leads`, the keys to run it. */
@customElement('rs-speakers')
export class Speakers extends Part {
	@property({ type: Boolean }) leads = false;
	@state() private drag: Drag | null = null;
	@state() private menu = 0;
	/** Whether one may still ask, and whether the meeting itself has closed or adjourned the debate. */
	private closed({ inscription }: View): TemplateResult | typeof nothing {
		if (inscription.debate)
			return html`<span class="small badge" data-testid="debate" data-debate=${inscription.debate}>${t(`debate.${inscription.debate}`)}</span>`;
		return inscription.closed ? html`<span class="small badge" data-testid="list-closed">${t('list.closed')}</span>` : nothing;
	}

	private readonly settling = new Settling();
	private focused: HTMLElement | null = null;

	override willUpdate(): void {
		this.settling.draw((this.session.view?.list ?? []).map(({ entry }) => entry));
		const active = document.activeElement;
		this.focused = active instanceof HTMLElement && this.contains(active) ? active : null;
	}

	override updated(): void {
		// A row that is moved in the document loses the focus; who moves an entry by keys goes on with it.
		if (this.focused?.isConnected && document.activeElement !== this.focused)
			this.focused.focus();
	}

	override render(): TemplateResult {
		const view = this.session.view!;
		const list = view.list ?? [];
		return html`<section class="panel speakers" aria-labelledby="speakers-title">
			<header><h2 id="speakers-title">${t('list.title')}</h2><span class="muted small figures" data-testid="list-length">${list.length}</span>
				${this.closed(view)}</header>
			${this.leads && view.meeting.state === 'in-session' ? this.conduct(view) : nothing}
			${this.leads ? nothing : this.speaking(view)}
			${list.length === 0 ? nothing : this.drawn(view)}
			${list.length === 0
				? html`<p class="empty">${t(['in-session', 'suspended'].includes(view.meeting.state) ? 'list.empty' : 'list.before')}</p>`
				: html`<ol data-testid="list" tabindex=${this.leads ? nothing : 0} @keydown=${this.close}>${repeat(
						list,
						({ entry }) => entry,
						(entry, i) => this.row(view, entry, i + 1),
					)}</ol>`}
			${view.replies.length === 0
				? nothing
				: html`<h3 class="small muted replies-title">${t('replies.title')}</h3>
						<ol data-testid="replies">${repeat(
							view.replies,
							({ entry }) => entry,
							(entry) => this.reply(view, entry),
						)}</ol>`}
		</section>`;
	}

	/** Closing the list, and the time of its statements. */
	private conduct(view: View): TemplateResult {
		const { session } = this;
		const { closed, allotted } = view.inscription;
		const minutes = (allotted ?? 0) / 60_000;
		const choices = LIMITS.includes(minutes) ? LIMITS : [...LIMITS, minutes].sort((a, b) => a - b);
		return html`<div class="conduct">
			<label class="small"><span class="muted">${t('list.limit')}</span>
				<select data-testid="limit" .value=${String(minutes)} @change=${(event: Event) => {
					const chosen = Number((event.target as HTMLSelectElement).value);
					void session.ask('set-limit', { seconds: Math.round(chosen * 60) }, 'limit');
				}}>${choices.map(
					(n) => html`<option value=${n} ?selected=${n === minutes}>${n === 0 ? t('list.limit.none') : t('list.limit.minutes', { n })}</option>`,
				)}</select></label>
			${closed
				? html`<button type="button" class="button" data-testid="open-list" aria-disabled=${session.isAsked('open-list')}
						@click=${() => session.isAsked('open-list') || void session.ask('open-list')}>${t('list.open')}</button>`
				: html`<rs-twice testid="close-list" label=${t('list.close')} again=${t('list.close.again')}
						.busy=${session.isAsked('close-list')} .run=${() => void session.ask('close-list')}></rs-twice>`}
		</div>`;
	}

	/** How this page judges the draw that the list was ordered by. */
	private drawn(view: View): TemplateResult | typeof nothing {
		const { drawn } = this.session;
		if (drawn === null || drawn.item !== (view.agenda.current ?? ''))
			return nothing;
		return html`<p class="small drawn ${drawn.result}" role="status" data-testid="drawn" data-result=${drawn.result}>${t(`lots.${drawn.result}`)}${
			drawn.lot !== '' ? html` <span class="muted">${t('lots.own', { lot: drawn.lot })}</span>` : nothing
		}</p>`;
	}

	private speaking(view: View): TemplateResult | typeof nothing {
		const speaker = holder(view);
		if (speaker === null)
			return nothing;
		return html`<div class="entry now" data-testid="list-holder" data-participant=${speaker}>
			${lamp('speaking', true)}
			<span class="who"><strong>${speaker === this.session.me ? t('you') : shortName(view, speaker)}</strong></span>
			<rs-speaking-time .session=${this.session} small></rs-speaking-time>
		</div>`;
	}

	private row(view: View, { entry, participant, asked, requested, group, fixed }: Entry, place: number): TemplateResult {
		const mine = participant === this.session.me;
		const person = view.participants[participant];
		const away = person?.line === 'away' && person.place !== 'in-room';
		const name = mine ? t('you') : shortName(view, participant);
		const moving = this.drag?.entry === entry;
		const target = this.drag !== null && !moving && this.drag.position === place;
		return html`<li class="entry ${mine ? 'mine' : ''} ${moving ? 'moving' : ''} ${target ? 'target' : ''}" data-testid="entry"
			data-entry=${entry} data-participant=${participant}>
			${this.leads ? this.handle(entry, place, name) : html`<span class="place figures">${requested ? '…' : place}</span>`}
			<span class="who"><strong>${name}</strong>${
				this.leads && person?.country ? html`<span class="small muted">${person.name}</span>` : nothing
			}${person?.level ? html`<span class="small muted" data-testid="level">${levelName(person.level)}</span>` : nothing}${
				group ? html`<span class="small muted" data-testid="on-behalf">${t('list.behalf', { name: delegationName(view, group) })}</span>` : nothing}${
				fixed && this.leads ? html`<span class="small muted" data-testid="fixed">${t('list.fixed')}</span>` : nothing
			}</span>
			${place === 1 && !this.leads ? html`<span class="small next">${lamp('next')}${t('list.next')}</span>` : nothing}
			${away ? html`<span class="small away">${t('presence.away')}</span>` : nothing}
			${this.leads ? this.actions(entry, place, name, asked) : nothing}
		</li>`;
	}

	private reply(view: View, { entry, participant }: Entry): TemplateResult {
		const mine = participant === this.session.me;
		const name = mine ? t('you') : shortName(view, participant);
		const busy = this.session.isAsked(`give-${entry}`);
		const off = busy || callsWait(view) || view.inscription.debate === 'adjourned';
		return html`<li class="entry reply ${mine ? 'mine' : ''}" data-testid="reply" data-entry=${entry} data-participant=${participant}>
			<span class="who"><strong>${name}</strong></span>
			${this.leads
				? html`<button type="button" class="button" data-testid="give-reply" aria-disabled=${off}
						@click=${() => off || this.give(entry)}>${busy ? t('asked') : t('list.give')}<span class="unseen"> · ${name}</span></button>`
				: nothing}
			${this.leads || mine
				? html`<rs-twice testid="withdraw-reply" label=${t('list.withdraw')} again=${t('list.withdraw.again')}
						.run=${() => void this.session.ask('withdraw', { entry })}></rs-twice>`
				: nothing}
		</li>`;
	}

	/** Dragged by pointer, moved by arrow keys while focused. */
	private handle(entry: number, place: number, name: string): TemplateResult {
		return html`<button type="button" class="button quiet grip" data-testid="move" aria-label=${t('list.move', { name, n: place })}
			title=${t('list.move.hint')}
			@pointerdown=${(event: PointerEvent) => this.grip(event, entry, place)}
			@pointermove=${this.pull} @pointerup=${this.letGo} @pointercancel=${() => (this.drag = null)}
			@keydown=${(event: KeyboardEvent) => {
				const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
				if (step === undefined)
					return;
				event.preventDefault();
				this.move(entry, place + step);
			}}>${icon('grip')}<span class="figures" aria-hidden="true">${place}</span></button>`;
	}

	private actions(entry: number, place: number, name: string, asked: number): TemplateResult {
		const { session } = this;
		const busy = session.isAsked(`give-${entry}`);
		const off = busy || callsWait(session.view!);
		const open = this.menu === entry;
		return html`<button type="button" class="button ${place === 1 ? 'main' : ''}" data-testid="give" aria-disabled=${off}
				@click=${() => off || this.give(entry)}>${busy ? t('asked') : t('list.give')}<span class="unseen"> · ${name}</span></button>
			<button type="button" class="button quiet icon" data-testid="more" aria-expanded=${open} aria-label=${t('list.more', { name })}
				@click=${() => (this.menu = open ? 0 : entry)}>${icon('more')}</button>
			${open
				? html`<div class="more">
						<span class="small muted">${t('list.asked', { time: timeOfDay(asked) })}</span>
						<button type="button" class="button" data-testid="up" aria-disabled=${place === 1}
							@click=${() => this.move(entry, place - 1)}>${t('list.up')}</button>
						<button type="button" class="button" data-testid="down" aria-disabled=${place === session.view!.list.length}
							@click=${() => this.move(entry, place + 1)}>${t('list.down')}</button>
						${place === 1 && session.may('skip-entry')
							? html`<button type="button" class="button" data-testid="skip-entry" aria-disabled=${session.isAsked('skip')}
									@click=${() => session.isAsked('skip') || void session.ask('skip-entry', { entry }, 'skip')}>${t('list.skip')}</button>`
							: nothing}
						<rs-twice testid="withdraw-entry" label=${t('list.withdraw')} again=${t('list.withdraw.again')}
							.run=${() => void session.ask('withdraw', { entry })}></rs-twice>
					</div>`
				: nothing}`;
	}

	private give(entry: number): void {
		if (!this.settling.done || this.session.isAsked(`give-${entry}`))
			return;
		void this.session.ask('give-floor', { entry }, `give-${entry}`);
	}

	private move(entry: number, position: number): void {
		if (position >= 1 && position <= this.session.view!.list.length)
			void this.session.ask('move-entry', { entry, position }, `move-${entry}`);
	}

	private grip(event: PointerEvent, entry: number, position: number): void {
		if (event.button !== 0)
			return;
		(event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
		this.drag = { entry, position };
	}

	private readonly pull = (event: PointerEvent): void => {
		if (this.drag === null)
			return;
		const rows = [...this.querySelectorAll('li.entry')];
		const over = rows.findIndex((row) => {
			const { top, bottom } = row.getBoundingClientRect();
			return event.clientY >= top && event.clientY < bottom;
		});
		if (over >= 0)
			this.drag = { ...this.drag, position: over + 1 };
	};

	private readonly letGo = (): void => {
		if (this.drag === null)
			return;
		const { entry, position } = this.drag;
		const before = this.session.view!.list.findIndex((one) => one.entry === entry) + 1;
		this.drag = null;
		if (position !== before)
			this.move(entry, position);
	};

	private readonly close = (event: KeyboardEvent): void => {
		if (event.key === 'Escape')
			this.menu = 0;
	};
}
