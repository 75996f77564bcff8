import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { shortName, type View } from '#shared/view';
import { t, zoneOf } from '#shared/words';
import { icon } from '#shared/ui/icons';
import { Part } from '#shared/ui/part';
import '#shared/ui/small';

const VISIBILITIES = ['public', 'private', 'closed-members'] as const;
const TRIED = ['chair', 'secretariat', 'delegate', 'room'];
const MINUTE_MS = 60_000;

/** What `datetime-local` takes: the wall clock of the reader, without a zone. */
export function localMinute(ms: number): string {
	const date = new Date(ms);
	return new Date(ms - date.getTimezoneOffset() * MINUTE_MS).toISOString().slice(0, 16);
}

/** How many members are needed now: to open before the gavel, to decide after it. None: nothing is asked of this body. */
export function needed({ meeting, quorum }: View): { n: number; reached: boolean; key: 'quorum.open' | 'quorum.decide' } | null {
	const sits = meeting.state === 'in-session' || meeting.state === 'suspended';
	const n = sits ? quorum?.to_decide : quorum?.to_open;
	return quorum && n ? { n, reached: quorum.present >= n, key: sits ? 'quorum.decide' : 'quorum.open' } : null;
}

/** The life of the meeting beside the gavel: doors and sound check, quorum, before whom it sits, adjournment. */
@customElement('rs-life')
export class Life extends Part {
	/** Opens what is seldom needed, with the focus in it; a second press puts it away. */
	press(): void {
		const more = this.querySelector('details');
		if (more === null)
			return;
		more.open = !more.open;
		(more.open ? more.querySelector<HTMLElement>('.more button:not([aria-pressed]), .more input') : more.querySelector('summary'))?.focus();
	}

	override render(): TemplateResult {
		const view = this.session.view!;
		return html`<section class="panel life" aria-labelledby="life-title">
			<header><h2 id="life-title">${t('life.title')}</h2>${this.present(view)}</header>
			${this.quorum(view)} ${this.doors(view)} ${this.more(view)}
		</section>`;
	}

	private present({ quorum }: View): TemplateResult | typeof nothing {
		if (!quorum)
			return nothing;
		return html`<span class="small muted" data-testid="quorum" data-present=${quorum.present}>${t('quorum.present', { n: quorum.present, all: quorum.authorised })}</span>`;
	}

	/** What is short of the rule is said in full, with what may be done about it. */
	private quorum(view: View): TemplateResult | typeof nothing {
		const asked = needed(view);
		if (asked === null)
			return nothing;
		const { n, reached, key } = asked;
		const testid = key === 'quorum.open' ? 'quorum-open' : 'quorum-decide';
		return html`<p class="quorum small ${reached ? 'reached' : 'short'}" data-testid=${testid} data-reached=${reached}
			>${icon(reached ? 'yes' : 'no')}${t(key, { n })}</p>
			${reached ? nothing : this.without(view)}`;
	}

	/** Where the gavel would be refused for want of a quorum. */
	private without({ meeting }: View): TemplateResult | typeof nothing {
		const { session } = this;
		if (meeting.state === 'in-session' || meeting.state === 'suspended' || !session.may('open-meeting'))
			return nothing;
		return html`<p class="keys"><rs-twice testid="open-without" label=${t('open.without')} again=${t('open.without.again')}
			.busy=${session.isAsked('open-without')} .run=${() => void session.ask('open-meeting', { override: true }, 'open-without')}></rs-twice></p>`;
	}

	private doors(view: View): TemplateResult | typeof nothing {
		const { session } = this;
		const { state } = view.meeting;
		if (!session.may('open-doors') || state === 'in-session' || state === 'suspended')
			return nothing;
		const test = state === 'test';
		const command = test ? 'close-doors' : 'open-doors';
		const busy = session.isAsked(command);
		return html`${test && session.may('begin-sound-check') ? this.soundCheck(view) : nothing}
			<p class="keys"><button type="button" class="button" data-testid=${command} aria-disabled=${busy}
				@click=${() => busy || void session.ask(command)}>${busy ? t('asked') : t(test ? 'doors.close' : 'doors.open')}</button></p>`;
	}

	/** One microphone at a time, chosen from those who are here. */
	private soundCheck(view: View): TemplateResult {
		const chosen = view.meeting.checking ?? '';
		const here = Object.entries(view.participants)
			.filter(([badge, { present, role }]) => badge === chosen || (present && TRIED.includes(role)))
			.map(([badge]) => badge)
			.sort((a, b) => shortName(view, a).localeCompare(shortName(view, b)) || a.localeCompare(b));
		// A delegation has more than one microphone.
		const whose = (badge: string) => (view.participants[badge]!.country ? `${shortName(view, badge)} · ${view.participants[badge]!.name}` : shortName(view, badge));
		return html`<label class="field"><span>${t('sound.check')}</span>
			<select data-testid="sound-check" @change=${(event: Event) => void this.check((event.target as HTMLSelectElement).value)}>
				<option value="" .selected=${live(chosen === '')}>${t('sound.nobody')}</option>
				${here.map((badge) => html`<option value=${badge} .selected=${live(badge === chosen)}>${whose(badge)}</option>`)}
			</select></label>`;
	}

	/** What was refused is not left standing in the field. */
	private async check(participant: string): Promise<void> {
		if (participant === '')
			await this.session.ask('end-sound-check');
		else
			await this.session.ask('begin-sound-check', { participant });
		this.requestUpdate();
	}

	private more(view: View): TemplateResult | typeof nothing {
		const sees = this.session.may('set-visibility');
		const adjourns = this.session.may('adjourn-meeting') && (view.meeting.state === 'in-session' || view.meeting.state === 'suspended');
		if (!sees && !adjourns)
			return nothing;
		return html`<details><summary class="button quiet" data-testid="life-more">${t('life.more')}</summary>
			<div class="more">${sees ? this.visibility(view) : nothing}${adjourns ? this.adjournment() : nothing}</div>
		</details>`;
	}

	private visibility(view: View): TemplateResult {
		const { session } = this;
		return html`<div class="choice" role="group" aria-label=${t('visibility.title')}>${VISIBILITIES.map((one) =>
			one === view.meeting.visibility
				? html`<button type="button" class="button" aria-pressed="true" data-testid="visibility-${one}">${t(`visibility.${one}`)}</button>`
				: html`<rs-twice testid="visibility-${one}" label=${t(`visibility.${one}`)} again=${t('visibility.again')}
						.busy=${session.isAsked(`visibility-${one}`)}
						.run=${() => void session.ask('set-visibility', { visibility: one }, `visibility-${one}`)}></rs-twice>`,
		)}</div>`;
	}

	private adjournment(): TemplateResult {
		const { session } = this;
		const now = session.wire.clock.now();
		return html`<label class="field"><span>${t('adjourn.until', { zone: zoneOf(now) })}</span>
				<input type="datetime-local" data-testid="adjourn-until" min=${localMinute(now)}></label>
			<rs-twice testid="adjourn-meeting" label=${t('adjourn')} again=${t('adjourn.again')}
				.busy=${session.isAsked('adjourn-meeting')} .run=${() => this.adjourn()}></rs-twice>`;
	}

	private adjourn(): void {
		const until = this.querySelector<HTMLInputElement>('[data-testid=adjourn-until]')?.value ?? '';
		void this.session.ask('adjourn-meeting', until === '' ? {} : { until: new Date(until).getTime() });
	}
}
