import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { motionName } from '#shared/questions';
import { shortName, type Motion, type PendingMotion, type View } from '#shared/view';
import { t } from '#shared/words';
import { Part } from '#shared/ui/part';
import { lastMotion, speakersOn } from '#shared/ui/motions';
import { putKeys } from './put-keys';
import '#shared/ui/small';

/** Motions before the meeting, the topmost first, and those that wait; the key that comes next is the main one. */
@customElement('rs-motions')
export class Motions extends Part {
	/** The key that comes next. */
	press(): void {
		this.querySelector<HTMLElement>('.button.main')?.click();
	}

	override render(): TemplateResult | typeof nothing {
		const view = this.session.view!;
		const { waiting, pending } = view.motions;
		const last = lastMotion(view);
		if (pending.length === 0 && waiting.length === 0 && last === nothing)
			return nothing;
		return html`<section class="alarm points motions" data-testid="motions" data-pending=${pending.length} aria-labelledby="motions-title">
			<strong id="motions-title">${t('motion.title')}</strong>
			${last}
			${pending.length === 0
				? nothing
				: html`<ol class="stack">${pending.map((motion, i) => html`<li data-testid="motion" data-motion=${motion.motion}>${this.topic(view, motion, i === 0)}</li>`)}</ol>`}
			${waiting.map((motion, i) => this.waits(view, motion, i === 0))}
		</section>`;
	}

	private waits(view: View, motion: Motion, first: boolean): TemplateResult {
		const precedes = this.rank(view, motion) < this.rank(view, view.motions.pending[0]);
		const off = !first || !precedes || Boolean(view.points.stage);
		return html`<div class="keys"><span class="grow" role="alert">${this.moved(view, motion)}</span>
			${this.key('take-up-motion', t('motion.take'), { entry: motion.entry }, !off, off)}
			${this.twice('withdraw-motion', t('motion.dismiss'), t('motion.dismiss.again'), motion.entry)}</div>`;
	}

	private rank(view: View, motion: Motion | undefined): number {
		return view.rules.motions.find((kind) => kind.motion === motion?.motion)?.rank ?? Infinity;
	}

	private moved(view: View, motion: Motion): TemplateResult {
		return html`<b>${motionName(motion.motion)}</b> <span class="small">${t('motion.moved', { name: shortName(view, motion.participant) })}</span>`;
	}

	/** The topmost can be acted on, those below it wait. */
	private topic(view: View, motion: PendingMotion, top: boolean): TemplateResult {
		const { session } = this;
		const acts = top && !view.points.stage && session.may('put-question');
		const spoken = motion.speakers.every(({ called }) => called);
		const put = Boolean(motion.decision) && !(view.decision?.decision === motion.decision && view.decision?.objectors?.length);
		return html`<p role="alert">${this.moved(view, motion)}</p>
			${speakersOn(view, motion)}
			${acts && !put ? this.speakers(view, motion) : nothing}
			${acts && spoken && !put ? putKeys(session, motion.entry, ['hands', 'recorded', 'roll-call', 'consensus']) : nothing}
			${motion.interrupted ? html`<p class="small">${t('motion.return', { name: shortName(view, motion.interrupted) })}</p>` : nothing}
			${acts ? html`<div class="keys">${this.twice('withdraw-motion', t('motion.dismiss'), t('motion.dismiss.again'), motion.entry)}</div>` : nothing}`;
	}

	private speakers(view: View, motion: PendingMotion): TemplateResult[] {
		const waiting = motion.speakers.filter(({ called }) => !called);
		return waiting.map(
			({ entry, participant }, i) => html`<div class="keys"><span class="grow">${shortName(view, participant)}</span>
				${this.key('give-floor', t('list.give'), { entry }, i === 0, !view.participants[participant]?.present)}
				${this.key('withdraw', t('motion.off'), { entry }, false, false)}</div>`,
		);
	}

	private key(command: string, label: string, data: { entry: number }, main: boolean, off: boolean): TemplateResult {
		const { session } = this;
		const asked = `${command}-${data.entry}`;
		const busy = session.isAsked(asked);
		return html`<button type="button" class="button ${main ? 'main' : ''}" data-testid="motion-${command}" aria-disabled=${busy || off}
			@click=${() => busy || off || void session.ask(command, data, asked)}>${busy ? t('asked') : label}</button>`;
	}

	private twice(command: string, label: string, again: string, entry: number): TemplateResult {
		const { session } = this;
		const asked = `${command}-${entry}`;
		return html`<rs-twice testid=${command} label=${label} again=${again} .busy=${session.isAsked(asked)}
			.run=${() => void session.ask(command, { entry }, asked)}></rs-twice>`;
	}
}
