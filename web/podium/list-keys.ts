import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { shortName, type Entry, type View } from '#shared/view';
import { nextTime } from '#shared/time';
import { t } from '#shared/words';
import { Part } from '#shared/ui/part';
import '#shared/ui/small';
import './budgets';
import './inscribe';

/** What the secretariat does with the list beside calling: inscribe, put back who was absent, draw lots, end it. */
@customElement('rs-list-keys')
export class ListKeys extends Part {
	@state() private word = '';

	/** The first on the list is not there. */
	skip(): void {
		const first = this.session.view?.list[0];
		if (first !== undefined && !this.session.isAsked('skip'))
			void this.session.ask('skip-entry', { entry: first.entry }, 'skip');
	}

	/** Announce the lots, then draw them. */
	lots(): void {
		this.querySelector<HTMLElement>('[data-testid=announce-lots], button[data-testid=draw-lots]')?.click();
	}

	/** Whoever was set aside first is put back, to be called next. */
	putBack(): void {
		this.querySelector<HTMLElement>('[data-testid=requeue-next]')?.click();
	}

	/** What waits for somebody to act stands open; what can be done at any time is folded away. */
	override render(): TemplateResult | typeof nothing {
		const { session } = this;
		const view = session.view!;
		if (!session.may('inscribe'))
			return nothing;
		return html`<section class="panel list-keys" aria-labelledby="list-keys-title">
			${this.ending(view)}
			${this.absent(view)}
			${this.announced(view)}
			<details class="fold" data-testid="list-more"><summary><h2 id="list-keys-title">${t('list.keys')}</h2>
					<span class="small badge" data-testid="list-state" data-state=${view.inscription.state}>${t(`list.state.${view.inscription.state}`)}</span></summary>
				<rs-inscribe .session=${session}></rs-inscribe>
				${this.divide(view)}
				<rs-budgets .session=${session}></rs-budgets>
				${this.announce(view)}
				${this.waited(view)}
			</details>
		</section>`;
	}

	private absent(view: View): TemplateResult | typeof nothing {
		const skipped = view.skipped ?? [];
		if (skipped.length === 0)
			return nothing;
		return html`<div class="pending"><h3 class="small muted">${t('list.skipped')}</h3>
			<ul class="rows" data-testid="skipped">${skipped.map((entry) => this.back(view, entry))}</ul></div>`;
	}

	private back(view: View, { entry, participant }: Entry): TemplateResult {
		const key = (label: string, testid: string, members: object) => html`<button type="button" class="button" data-testid=${testid}
			aria-disabled=${this.session.isAsked(`back-${entry}`)}
			@click=${() => void this.session.ask('requeue-entry', { entry, ...members }, `back-${entry}`)}>${label}<span class="unseen"> · ${shortName(view, participant)}</span></button>`;
		return html`<li data-entry=${entry} data-participant=${participant}><span class="grow">${shortName(view, participant)}</span>
			${key(t('list.back.next'), 'requeue-next', { position: 1 })}${key(t('list.back.last'), 'requeue-last', {})}</li>`;
	}

	/** What is left until a time, in equal parts for those who wait. */
	private divide(view: View): TemplateResult | typeof nothing {
		const { session } = this;
		if (view.list.length === 0 || view.meeting.state !== 'in-session')
			return nothing;
		const off = session.isAsked('limit');
		return html`<p class="keys"><label class="field grow"><span>${t('list.divide.until')}</span>
				<input type="time" data-testid="divide-until"></label>
			<button type="button" class="button" data-testid="divide" aria-disabled=${off} @click=${() => off || this.divideUntil()}>${t('list.divide')}</button></p>`;
	}

	private divideUntil(): void {
		const { session } = this;
		const value = this.querySelector<HTMLInputElement>('[data-testid=divide-until]')?.value ?? '';
		if (value !== '')
			void session.ask('set-limit', { until: nextTime(value, session.wire.clock.now()) }, 'limit');
	}

	private announce(view: View): TemplateResult | typeof nothing {
		const { session } = this;
		const { draw, window } = view.inscription;
		if (draw && !window)
			return nothing;
		return html`<p class="keys"><span class="grow small muted">${t('lots.note')}</span>
			<button type="button" class="button" data-testid="announce-lots" aria-disabled=${session.isAsked('announce-lots')}
				@click=${() => session.isAsked('announce-lots') || void session.ask('announce-lots')}>${t('lots.announce')}</button></p>`;
	}

	private announced(view: View): TemplateResult | typeof nothing {
		const { session } = this;
		const { draw, commitment, window } = view.inscription;
		if (!draw || window)
			return nothing;
		return html`<div class="pending"><p class="small" role="status" data-testid="commitment">${t('lots.announced')} <span class="hex" dir="ltr">${commitment}</span></p>
			<p class="keys"><label class="field grow"><span>${t('lots.word')}</span>
				<input type="text" maxlength="32" pattern="[A-Za-z0-9_\\-]*" data-testid="lots-word" .value=${this.word}
					@input=${(event: Event) => (this.word = (event.target as HTMLInputElement).value.replace(/[^A-Za-z0-9_-]/g, ''))}></label>
			<rs-twice testid="draw-lots" label=${t('lots.draw')} again=${t('lots.draw.again')} .busy=${session.isAsked('draw-lots')}
				.run=${() => {
					void session.ask('draw-lots', this.word === '' ? {} : { word: this.word });
					this.word = '';
				}}></rs-twice></p></div>`;
	}

	private ending(view: View): TemplateResult | typeof nothing {
		const { session } = this;
		if (view.inscription.state !== 'exhausted')
			return nothing;
		return html`<p class="keys pending"><span class="grow">${t('list.exhausted')}</span>
			<rs-twice testid="end-list" label=${t('list.end')} again=${t('list.end.again')} .busy=${session.isAsked('end-list')}
				.run=${() => void session.ask('end-list')}></rs-twice></p>`;
	}

	/** Whether those afar wait longer than those in the room. */
	private waited(view: View): TemplateResult | typeof nothing {
		const { room, remote } = view.inscription.waited ?? { room: { n: 0, mean: 0 }, remote: { n: 0, mean: 0 } };
		if (room.n === 0 || remote.n === 0)
			return nothing;
		const minutes = (ms: number) => Math.round(ms / 6000) / 10;
		return html`<p class="small muted figures" data-testid="waited">${t('list.waited', { room: minutes(room.mean), remote: minutes(remote.mean) })}</p>`;
	}
}
