import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { motionName } from '#shared/questions';
import { isVoting, shortName, type PendingMotion, type Side, type View } from '#shared/view';
import { t } from '#shared/words';
import { Part } from '#shared/ui/part';
import { lastMotion, placesLeft, speakersOn } from '#shared/ui/motions';
import '#shared/ui/small';

/** What motion is before the meeting, and to speak on it. */
@customElement('rs-motion')
export class MotionTopic extends Part {
	override render(): TemplateResult | typeof nothing {
		const view = this.session.view!;
		const top = view.motions.pending[0];
		if (view.meeting.state !== 'in-session')
			return nothing;
		return top ? this.topic(view, top) : lastMotion(view);
	}

	private topic(view: View, motion: PendingMotion): TemplateResult {
		return html`<section class="panel decision" aria-labelledby="motion-title" data-testid="motion" data-motion=${motion.motion}>
			<header><h2 id="motion-title">${motionName(motion.motion)}</h2></header>
			<div class="inside"><p class="small">${t('motion.moved', { name: shortName(view, motion.participant) })}</p>
				${speakersOn(view, motion)}${this.session.may('speak-on-motion') ? this.speaking(view, motion) : nothing}</div>
		</section>`;
	}

	private speaking(view: View, motion: PendingMotion): TemplateResult | typeof nothing {
		const { session } = this;
		const mine = motion.speakers.find((speaker) => speaker.participant === session.me);
		if (mine)
			return mine.called
				? nothing
				: html`<rs-twice testid="withdraw" label=${t('motion.unspeak')} again=${t('motion.unspeak.again')} .busy=${session.isAsked('withdraw')}
						.run=${() => void session.ask('withdraw', { entry: mine.entry })}></rs-twice>`;
		const delegation = session.wire.you?.delegation;
		const taken = [motion, ...motion.speakers].some(({ participant }) => participant === session.me || (delegation && view.participants[participant]?.delegation === delegation));
		const sides = (['in-favour', 'against'] as const).filter((side) => !taken && placesLeft(view, motion, side) > 0);
		return sides.length === 0 ? nothing : html`<p class="keys">${sides.map((side) => this.side(motion.entry, side))}</p>`;
	}

	private side(entry: number, side: Side): TemplateResult {
		const { session } = this;
		const asked = `speak-${side}`;
		const busy = session.isAsked(asked);
		return html`<button type="button" class="button" data-testid="speak-on-motion" data-side=${side} aria-disabled=${busy}
			@click=${() => busy || void session.ask('speak-on-motion', { entry, side }, asked)}>${busy ? t('asked') : t(`motion.speak.${side}`)}</button>`;
	}

}

/** The own motion, or a key that opens the kinds that may be raised now, and one for each. */
@customElement('rs-motion-keys')
export class MotionKeys extends Part {
	@state() private open = false;

	override render(): TemplateResult | typeof nothing {
		const { session } = this;
		const view = session.view!;
		const top = view.motions.pending[0];
		if (!session.may('raise-motion') || view.meeting.state !== 'in-session')
			return nothing;
		const mine = [...view.motions.waiting, ...view.motions.pending].find(({ participant }) => participant === session.me);
		if (mine)
			return html`<p class="small" role="status" data-testid="own-motion">${t('motion.waits', { motion: motionName(mine.motion) })}</p>
				<rs-twice testid="withdraw-motion" label=${t('motion.withdraw')} again=${t('motion.withdraw.again')} .busy=${session.isAsked('withdraw-motion')}
					.run=${() => void session.ask('withdraw-motion', { entry: mine.entry })}></rs-twice>`;
		const rank = view.rules.motions.find((kind) => kind.motion === top?.motion)?.rank ?? Infinity;
		const kinds = view.rules.motions.filter((kind) => kind.rank < rank);
		if (kinds.length === 0 || isVoting(view))
			return nothing;
		return html`<button type="button" class="button" data-testid="raise-motion" aria-expanded=${this.open} aria-controls="kinds-of-motion"
				@click=${() => (this.open = !this.open)}>${t('motion.raise')}</button>
			<div id="kinds-of-motion" class="kinds" role="group" aria-label=${t('motion.raise')} ?hidden=${!this.open}>${kinds.map(({ motion }) => {
				const busy = session.isAsked(`raise-${motion}`);
				return html`<button type="button" class="button" data-testid="kind-of-motion" data-motion=${motion} aria-disabled=${busy}
					@click=${() => busy || this.raise(motion)}>${busy ? t('asked') : motionName(motion)}</button>`;
			})}</div>`;
	}

	private raise(motion: string): void {
		this.open = false;
		void this.session.ask('raise-motion', { motion }, `raise-${motion}`);
	}
}
