import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { groupsOf, shortName, type Entry, type View } from '#shared/view';
import { t } from '#shared/words';
import { Part } from '#shared/ui/part';
import '#shared/ui/small';

/** Inscription in advance, and changing places with another delegation by consent. */
@customElement('rs-own-lists')
export class OwnLists extends Part {
	@state() private other = 0;

	override render(): TemplateResult | typeof nothing {
		const { session } = this;
		if (!session.may('offer-swap'))
			return nothing;
		const view = session.view!;
		return html`${this.offered(view)}${this.offer(view)}${this.behalf(view)}${this.advance(view)}`;
	}

	private mine({ participant }: Entry): boolean {
		const { view, me, wire } = this.session;
		const delegation = wire.you?.delegation;
		return participant === me || (Boolean(delegation) && view!.participants[participant]?.delegation === delegation);
	}

	/** Somebody would take my place for theirs. */
	private offered(view: View): TemplateResult[] {
		const { session } = this;
		const places = new Map(view.list.map(({ entry }, i) => [entry, i + 1]));
		const own = view.list.find((entry) => this.mine(entry));
		return view.list
			.filter((entry) => own !== undefined && entry.offers === own.entry)
			.map(
				({ entry, participant }) => html`<section class="panel" role="status" data-testid="swap-offered" data-entry=${entry}>
					<p>${t('swap.offered', { name: shortName(view, participant), theirs: places.get(entry)!, yours: places.get(own!.entry)! })}</p>
					<p class="keys"><button type="button" class="button main" data-testid="accept-swap" aria-disabled=${session.isAsked('swap')}
							@click=${() => void session.ask('accept-swap', { entry }, 'swap')}>${t('swap.accept')}</button>
						<button type="button" class="button" data-testid="decline-swap" aria-disabled=${session.isAsked('swap')}
							@click=${() => void session.ask('decline-swap', { entry }, 'swap')}>${t('swap.decline')}</button></p></section>`,
			);
	}

	private offer(view: View): TemplateResult | typeof nothing {
		const { session } = this;
		const own = view.list.find((entry) => this.mine(entry));
		const others = view.list.filter((entry) => !this.mine(entry) && !entry.requested);
		if (own === undefined || own.requested || others.length === 0)
			return nothing;
		if (own.offers)
			return html`<p class="keys" data-testid="swap-asked"><span class="grow small">${t('swap.asked', {
					name: shortName(view, view.list.find(({ entry }) => entry === own.offers)?.participant ?? ''),
				})}</span><button type="button" class="button" data-testid="withdraw-swap" aria-disabled=${session.isAsked('swap')}
					@click=${() => void session.ask('withdraw-swap', { entry: own.entry }, 'swap')}>${t('swap.withdraw')}</button></p>`;
		const chosen = others.some(({ entry }) => entry === this.other) ? this.other : 0;
		const off = chosen === 0 || session.isAsked('swap');
		return html`<p class="keys"><label class="field grow"><span>${t('swap.with')}</span>
				<select data-testid="swap-with" @change=${(event: Event) => (this.other = Number((event.target as HTMLSelectElement).value))}>
					<option value="0" ?selected=${chosen === 0}></option>
					${others.map(({ entry, participant }) => html`<option value=${entry} ?selected=${entry === chosen}>${
						view.list.findIndex((one) => one.entry === entry) + 1
					} · ${shortName(view, participant)}</option>`)}
				</select></label>
			<button type="button" class="button" data-testid="offer-swap" aria-disabled=${off}
				@click=${() => off || void session.ask('offer-swap', { entry: own.entry, with: chosen }, 'swap')}>${t('swap.offer')}</button></p>`;
	}

	/** Asking for the floor on behalf of a group. */
	private behalf(view: View): TemplateResult | typeof nothing {
		const { session } = this;
		const groups = groupsOf(view);
		const { closed, debate } = view.inscription;
		if (groups.length === 0 || view.meeting.state !== 'in-session' || closed || debate || view.list.some((entry) => this.mine(entry)))
			return nothing;
		const busy = session.isAsked('floor-key');
		return html`<details class="panel fold" data-testid="behalf"><summary>${t('list.behalf.ask')}</summary>
			<ul class="rows">${groups.map(({ id, country }) => html`<li><span class="grow"><bdi>${country}</bdi></span>
				<button type="button" class="button" data-testid="behalf-ask" data-group=${id} aria-disabled=${busy}
					@click=${() => busy || void session.ask('ask-for-floor', { group: id, at: session.wire.clock.page() }, 'floor-key')}>${
						busy ? t('asked') : t('floor.ask')
					}<span class="unseen"> · ${country}</span></button></li>`)}</ul></details>`;
	}

	private advance(view: View): TemplateResult | typeof nothing {
		const before = view.meeting.state !== 'in-session' && view.meeting.state !== 'suspended';
		const items = view.agenda.items.filter(({ id }) => before || id !== view.agenda.current);
		if (items.length === 0 || !view.rules.in_advance)
			return nothing;
		return html`<details class="panel fold" data-testid="advance"><summary>${t('advance.title')}</summary>
			<ul class="rows">${items.map(({ id, title }) => this.item(view, id, title))}</ul></details>`;
	}

	private item(view: View, id: string, title: string): TemplateResult {
		const { session } = this;
		const current = id === view.agenda.current;
		const list = current ? view.list : (view.advance?.[id]?.list ?? []);
		const closed = current ? view.inscription.closed : (view.advance?.[id]?.closed ?? false);
		const place = list.findIndex((entry) => this.mine(entry));
		const busy = session.isAsked(`advance-${id}`);
		return html`<li data-testid="advance-item" data-item=${id}><span class="grow"><bdi><span class="figures">${id}</span> · ${title}</bdi>
				${place < 0 ? nothing : html`<br><span class="small muted" data-testid="advance-place">${t('advance.place', { n: place + 1, all: list.length })}</span>`}</span>
			${place >= 0
				? html`<rs-twice testid="advance-withdraw" label=${t('floor.withdraw')} again=${t('floor.withdraw.again')}
						.run=${() => void session.ask('withdraw', { entry: list[place]!.entry }, `advance-${id}`)}></rs-twice>`
				: closed
					? html`<span class="small muted">${t('list.closed')}</span>`
					: html`<button type="button" class="button" data-testid="advance-ask" aria-disabled=${busy}
							@click=${() => busy || void session.ask('ask-for-floor', { item: id }, `advance-${id}`)}>${busy ? t('asked') : t('advance.ask')}<span class="unseen"> · ${title}</span></button>`}
		</li>`;
	}
}
