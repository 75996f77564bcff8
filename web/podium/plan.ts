import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { about, timeline, verdict, type Plan, type WhatIf } from '#shared/plan';
import { shortName, type View } from '#shared/view';
import { t, timeOfDay } from '#shared/words';
import { Part } from '#shared/ui/part';
import { boothName } from './booths';

/** Minutes that are tried most. */
const LIMITS = [1, 2, 3, 5, 10, 15];
const STAYS = [15, 30, 60];
const PAUSES = [10, 15, 30];
const MINUTE_MS = 60_000;

/** What is tried: minutes; null: as it is. */
interface Trial {
	limit: number | null;
	close: boolean;
	stay: number | null;
	pause: number | null;
}

const AS_IT_IS: Trial = { limit: null, close: false, stay: null, pause: null };

/** The list against the interpreters' time, and what would change it. */
@customElement('rs-plan')
export class PlanPanel extends Part {
	@state() private trial: Trial = AS_IT_IS;
	@state() private answer: Plan | null = null;
	private asked = '';

	press(): void {
		this.querySelector<HTMLElement>('summary')?.click();
		this.querySelector<HTMLElement>('details[open] select')?.focus();
	}

	override willUpdate(): void {
		const plan = this.plan;
		if (plan === null || !this.tries) {
			this.answer = null;
			this.asked = '';
			return;
		}
		// Asked again when the plan itself has moved.
		const question = this.question(plan);
		const key = JSON.stringify([question, plan.finish, plan.turns.length]);
		if (key === this.asked)
			return;
		this.asked = key;
		void this.session.wire.command('plan', { ...question }).then((reply) => {
			if (this.asked === key && reply.ok)
				this.answer = reply['plan'] as Plan;
		});
	}

	override render(): TemplateResult | typeof nothing {
		const { session } = this;
		const plan = this.plan;
		if (plan === null || plan.turns.length === 0)
			return nothing;
		const now = session.wire.clock.now();
		const end = Math.max(timeline(plan, now).end, this.answer === null ? 0 : timeline(this.answer, now).end);
		return html`<section class="panel plan" aria-labelledby="plan-title" data-testid="plan" data-late=${plan.late}>
			<header><h2 id="plan-title">${t('plan.title')}</h2><span class="small muted">${t('plan.used', { n: plan.used })}</span></header>
			${this.line(plan, now, end, 'plan-line')}
			${this.words(plan)}
			<details class="what-if"><summary class="button" data-testid="what-if">${t('plan.if')}</summary>
				<div class="trials">
					${this.choice('limit', t('list.limit'), LIMITS, (n) => t('list.limit.minutes', { n }), t('plan.if.same'))}
					${this.choice('stay', t('plan.if.stay'), STAYS, (n) => t('plan.if.stay.more', { n }), t('plan.if.same'))}
					${this.choice('pause', t('plan.if.pause'), PAUSES, (n) => t('list.limit.minutes', { n }), t('plan.if.pause.none'))}
					<label class="check"><input type="checkbox" data-testid="try-close" .checked=${this.trial.close}
						?disabled=${session.view!.inscription.closed}
						@change=${(event: Event) => (this.trial = { ...this.trial, close: (event.target as HTMLInputElement).checked })}>
						${t('plan.if.close')}</label>
				</div>
				<div aria-live="polite" data-testid="what-if-answer">${
					this.answer === null ? nothing : html`${this.line(this.answer, now, end, 'what-if-line')}${this.words(this.answer)}`
				}</div>
				${this.answer === null ? nothing : this.keys()}
			</details>
		</section>`;
	}

	private get plan(): Plan | null {
		return this.session.wire.measured.plan ?? null;
	}

	private get tries(): boolean {
		return Object.values(this.trial).some((tried) => tried !== null && tried !== false);
	}

	private question(plan: Plan): WhatIf {
		const { limit, close, stay, pause } = this.trial;
		return {
			...(limit === null ? {} : { limit: limit * 60 }),
			...(close ? { close } : {}),
			...(stay === null || !plan.until ? {} : { until: plan.until + stay * MINUTE_MS }),
			...(pause === null ? {} : { pause: pause * 60 }),
		};
	}

	/** One stretch a speaker, and where the interpreters leave. Its words stand below and beside the list; the picture repeats them. */
	private line(plan: Plan, now: number, end: number, testid: string): TemplateResult {
		const view = this.session.view!;
		const { stretches, until } = timeline(plan, now, end);
		return html`<div class="timeline" aria-hidden="true" data-testid=${testid}>
			<div class="track">${stretches.map(
				({ entry, at, width, fits }) => html`<span class="stretch ${fits}" .style=${`inset-inline-start: ${at}%; inline-size: ${width}%`}
					title=${this.label(view, plan, entry)}>${width > 14 ? html`<bdi>${this.name(view, entry)}</bdi>` : nothing}</span>`,
			)}${until === null ? nothing : html`<span class="until" .style=${`inset-inline-start: ${until}%`}></span>`}</div>
			<div class="scale small muted"><span class="figures">${timeOfDay(now)}</span>${
				until === null || until < 12 || until > 80 ? nothing : html`<span class="mark" .style=${`inset-inline-start: ${until}%`}><span class="figures">${timeOfDay(plan.until!)}</span></span>`
			}<span class="figures">${timeOfDay(end)}</span></div>
		</div>`;
	}

	private name(view: View, entry: number): string {
		const waiting = [...view.list, ...view.replies].find((one) => one.entry === entry);
		return waiting === undefined ? '' : shortName(view, waiting.participant);
	}

	private label(view: View, plan: Plan, entry: number): string {
		const turn = plan.turns.find((one) => one.entry === entry)!;
		return `${this.name(view, entry)} · ${about(turn.start, turn.margin)}`;
	}

	private words(plan: Plan): TemplateResult {
		const judged = verdict(plan);
		return html`<p class="forecast">${t('plan.ends', { time: timeOfDay(plan.finish), n: Math.max(1, Math.round(plan.margin / MINUTE_MS)) })}
			${plan.more > 0 ? html`<span class="small muted">${t('plan.more', { n: plan.more, time: timeOfDay(plan.last) })}</span>` : nothing}
			${judged === null ? nothing : html`<strong class="verdict ${judged.grade}" data-testid="plan-verdict" data-grade=${judged.grade}>${judged.text}</strong>`}
			${plan.booth === undefined ? nothing : html`<span class="small" data-testid="plan-hours">${t('plan.hours', { name: boothName(this.session.view!, plan.booth) })}</span>`}</p>`;
	}

	private choice(
		key: 'limit' | 'stay' | 'pause',
		label: string,
		minutes: number[],
		name: (n: number) => string,
		none: string,
	): TemplateResult {
		return html`<label class="field small"><span class="muted">${label}</span>
			<select data-testid=${`try-${key}`} ?disabled=${key === 'stay' && !this.plan?.until} .value=${String(this.trial[key] ?? '')} @change=${(event: Event) => {
				const { value } = event.target as HTMLSelectElement;
				this.trial = { ...this.trial, [key]: value === '' ? null : Number(value) };
			}}><option value="">${none}</option>${minutes.map((n) => html`<option value=${n}>${name(n)}</option>`)}</select></label>`;
	}

	private keys(): TemplateResult {
		const { session, trial } = this;
		const does = trial.limit !== null || trial.close || trial.stay !== null;
		const busy = session.isAsked('plan');
		return html`<p class="keys">${
			does
				? html`<button type="button" class="button main" data-testid="make-it-so" aria-disabled=${busy} @click=${() => busy || void this.makeItSo()}>${
						busy ? t('asked') : t('plan.if.do')
					}</button>`
				: nothing
		}<button type="button" class="button quiet" data-testid="try-nothing" @click=${() => (this.trial = AS_IT_IS)}>${t('plan.if.undo')}</button></p>`;
	}

	/** What was tried becomes so, as if each had been pressed; a break is left to the gavel. */
	private async makeItSo(): Promise<void> {
		const { session, trial } = this;
		const until = this.plan?.until ?? 0;
		this.trial = AS_IT_IS;
		if (trial.limit !== null)
			await session.ask('set-limit', { seconds: trial.limit * 60 }, 'plan');
		if (trial.close && !session.view!.inscription.closed)
			await session.ask('close-list', {}, 'plan');
		if (trial.stay !== null && until > 0)
			await session.ask('set-interpretation-end', { until: until + trial.stay * MINUTE_MS }, 'plan');
	}
}
