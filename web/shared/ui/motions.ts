import { html, nothing, type TemplateResult } from 'lit';
import { motionName } from '../questions';
import { shortName, type PendingMotion, type Side, type View } from '../view';
import { t } from '../words';

const SIDES = ['in-favour', 'against'] as const;

/** How many more may speak on this side. */
export function placesLeft(view: View, motion: PendingMotion, side: Side): number {
	const kind = view.rules.motions.find((one) => one.motion === motion.motion);
	const most = (side === 'against' ? kind?.against : kind?.in_favour) ?? 0;
	return motion.decision ? 0 : most - motion.speakers.filter((speaker) => speaker.side === side).length;
}

/** Who speaks for and against, those who have spoken struck off by a word. */
export function speakersOn(view: View, motion: PendingMotion): TemplateResult {
	const kind = view.rules.motions.find((one) => one.motion === motion.motion);
	if (!kind || kind.in_favour + kind.against === 0)
		return html`<p class="small">${t('motion.undebated')}</p>`;
	return html`<dl class="sides">${SIDES.filter((side) => (side === 'against' ? kind.against : kind.in_favour) > 0).map(
		(side) => html`<div data-testid="side" data-side=${side}><dt class="small">${t(`motion.side.${side}`)} <span class="figures">${
			motion.speakers.filter((speaker) => speaker.side === side).length
		}/${side === 'against' ? kind.against : kind.in_favour}</span></dt>
			<dd>${motion.speakers
				.filter((speaker) => speaker.side === side)
				.map(({ participant, called }) => html`<span>${shortName(view, participant)}${called ? html` <span class="small">(${t('motion.called')})</span>` : nothing}</span>`)}</dd></div>`,
	)}</dl>`;
}

/** How the last motion ended, where the panel of decisions does not show it. */
export function lastMotion(view: View): TemplateResult | typeof nothing {
	const { last } = view.motions;
	if (!last || view.decision?.decision === last.decision)
		return nothing;
	const motion = motionName(last.motion);
	const totals = last.yes + last.no + last.abstain > 0 ? ` ${last.yes} – ${last.no} – ${last.abstain}` : '';
	return html`<p role="status" data-testid="last-motion" data-outcome=${last.outcome}>${t(
		last.outcome === 'adopted' ? 'motion.carried' : 'motion.lost',
		{ motion },
	)}<span class="figures" dir="ltr">${totals}</span></p>`;
}
