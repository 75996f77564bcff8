import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { shortName, type View } from '#shared/view';
import { dateAndTime, t } from '#shared/words';
import { Part } from '#shared/ui/part';
import '#shared/ui/small';

const VISIBILITIES = ['public', 'private', 'closed-members'] as const;

/** The life of the meeting beside the gavel: doors and sound check, quorum, before whom it sits, adjournment. */
@customElement('rs-life')
export class Life extends Part {
	override render(): TemplateResult {
		const view = this.session.view!;
		return html`<section class="panel life" aria-labelledby="life-title">
			<header><h2 id="life-title">${t('life.title')}</h2></header>
			${this.quorum(view)} ${this.visibility(view)} ${this.doors(view)} ${this.adjournment(view)}
		</section>`;
	}

	/** Nothing is asked of an informal body: then the members present alone. */
	private quorum(view: View): TemplateResult | typeof nothing {
		const { quorum } = view;
		if (!quorum)
			return nothing;
		const part = (needed: number | null | undefined, key: 'quorum.open' | 'quorum.decide', testid: string): TemplateResult | typeof nothing =>
			needed
				? html`<span class="small ${quorum.present < needed ? 'short' : 'muted'}" data-testid=${testid} data-reached=${quorum.present >= needed}
						>${quorum.present >= needed ? '✓' : '✗'} ${t(key, { n: needed })}</span>`
				: nothing;
		return html`<p class="quorum" data-testid="quorum" data-present=${quorum.present}>
			<span class="figures">${t('quorum.present', { n: quorum.present, all: quorum.authorised })}</span>
			${part(quorum.to_open, 'quorum.open', 'quorum-open')} ${part(quorum.to_decide, 'quorum.decide', 'quorum-decide')}
		</p>`;
	}

	private visibility(view: View): TemplateResult | typeof nothing {
		const { session } = this;
		if (!session.may('set-visibility'))
			return nothing;
		return html`<div class="keys" role="group" aria-label=${t('visibility.title')}>${VISIBILITIES.map((one) =>
			one === view.meeting.visibility
				? html`<button type="button" class="button chosen" aria-pressed="true" data-testid="visibility-${one}">${t(`visibility.${one}`)}</button>`
				: html`<rs-twice testid="visibility-${one}" label=${t(`visibility.${one}`)} again=${t('visibility.again')}
						.busy=${session.isAsked(`visibility-${one}`)}
						.run=${() => void session.ask('set-visibility', { visibility: one }, `visibility-${one}`)}></rs-twice>`,
		)}</div>`;
	}

	private doors(view: View): TemplateResult | typeof nothing {
		const { session } = this;
		const { state } = view.meeting;
		if (!session.may('open-doors') || state === 'in-session' || state === 'suspended')
			return nothing;
		const test = state === 'test';
		const command = test ? 'close-doors' : 'open-doors';
		const busy = session.isAsked(command);
		return html`<div class="keys">
			<button type="button" class="button" data-testid=${command} aria-disabled=${busy}
				@click=${() => busy || void session.ask(command)}>${busy ? t('asked') : t(test ? 'doors.close' : 'doors.open')}</button>
			${test && session.may('begin-sound-check') ? this.soundCheck(view) : nothing}
			${this.without(view)}
		</div>`;
	}

	/** One microphone at a time, chosen from those who are here. */
	private soundCheck(view: View): TemplateResult {
		const here = Object.entries(view.participants).filter(
			([, { present, role }]) => present && ['chair', 'secretariat', 'delegate', 'room'].includes(role),
		);
		const chosen = view.meeting.checking ?? '';
		return html`<label class="field"><span>${t('sound.check')}</span>
			<select data-testid="sound-check" @change=${(event: Event) => this.check((event.target as HTMLSelectElement).value)}>
				<option value="" ?selected=${chosen === ''}>${t('sound.nobody')}</option>
				${here.map(([id]) => html`<option value=${id} ?selected=${id === chosen}>${shortName(view, id)}</option>`)}
			</select></label>`;
	}

	private check(participant: string): void {
		if (participant === '')
			void this.session.ask('end-sound-check');
		else
			void this.session.ask('begin-sound-check', { participant });
	}

	/** Where the gavel would be refused for want of a quorum. */
	private without(view: View): TemplateResult | typeof nothing {
		const { session } = this;
		const short = view.quorum?.to_open && view.quorum.present < view.quorum.to_open;
		if (!short || !session.may('open-meeting'))
			return nothing;
		return html`<rs-twice testid="open-without" label=${t('open.without')} again=${t('open.without.again')}
			.busy=${session.isAsked('open-without')} .run=${() => void session.ask('open-meeting', { override: true }, 'open-without')}></rs-twice>`;
	}

	private adjournment(view: View): TemplateResult | typeof nothing {
		const { session } = this;
		const { state, until } = view.meeting;
		if (state === 'adjourned')
			return until ? html`<p data-testid="until">${t('adjourned.until', { date: dateAndTime(until) })}</p>` : nothing;
		if (!session.may('adjourn-meeting') || (state !== 'in-session' && state !== 'suspended'))
			return nothing;
		return html`<div class="keys">
			<label class="field"><span>${t('adjourn.until')}</span><input type="datetime-local" data-testid="adjourn-until"></label>
			<rs-twice testid="adjourn-meeting" label=${t('adjourn')} again=${t('adjourn.again')}
				.busy=${session.isAsked('adjourn-meeting')} .run=${() => this.adjourn()}></rs-twice>
		</div>`;
	}

	private adjourn(): void {
		const until = this.querySelector<HTMLInputElement>('[data-testid=adjourn-until]')?.value ?? '';
		void this.session.ask('adjourn-meeting', until === '' ? {} : { until: new Date(until).getTime() });
	}
}
