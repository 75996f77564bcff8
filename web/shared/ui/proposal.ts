import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { questionTitle } from '../questions';
import { delegationName, type Decision, type View, type Vote } from '../view';
import { isKey, t } from '../words';
import { icon } from './icons';
import { Part } from './part';
import './small';

export const VOTES = ['yes', 'no', 'abstain'] as const;

export function majorityName(name: string): string {
	const key = `majority.${name}`;
	return isKey(key) ? t(key) : name;
}

/** The counts, and what they must reach. */
export function tally(decision: Decision): TemplateResult {
	const { required, missing, entitled } = decision;
	return html`<dl class="tally" data-testid="tally">${VOTES.map(
			(vote) => html`<div class="vote-${vote}"><dt>${icon(vote)}${t(`vote.${vote}`)}</dt><dd class="figures">${decision[vote]}</dd></div>`,
		)}</dl>
		<p class="small muted">${[
			entitled ? t('decision.entitled', { n: entitled }) : '',
			required ? t('decision.required', { n: required }) : '',
			missing ? t('decision.missing', { n: missing }) : '',
		]
			.filter(Boolean)
			.join(' · ')}</p>`;
}

/** Who voted how, by name; those who have not come first. */
export function ballots(view: View, decision: Decision): TemplateResult | typeof nothing {
	const votes = Object.entries(decision.votes ?? {}) as [string, Vote][];
	if (votes.length === 0)
		return nothing;
	const rows = votes
		.map(([delegation, vote]) => ({ name: delegationName(view, delegation), delegation, vote, away: decision.offline?.includes(delegation) ?? false }))
		.sort((a, b) => Number(b.vote === 'none') - Number(a.vote === 'none') || Number(b.away) - Number(a.away) || a.name.localeCompare(b.name));
	return html`<ul class="ballots" tabindex="0" aria-label=${t('decision.mode.recorded')} data-testid="ballots">${rows.map(
		({ name, delegation, vote, away }) => html`<li class="vote-${vote}" data-delegation=${delegation} data-vote=${vote}>
			<span class="grow">${name}</span>${away ? html`<span class="small away">${t('presence.away')}</span>` : nothing}
			<span class="small what">${vote === 'none' ? nothing : icon(vote)}${t(`vote.${vote}`)}</span></li>`,
	)}</ul>`;
}

/** Who objects to consensus. */
export function objections(view: View, objectors: string[] | null | undefined): TemplateResult | typeof nothing {
	if (!objectors?.length)
		return nothing;
	const names = objectors.map((one) => delegationName(view, one)).join(', ');
	return html`<p role="status"><strong>${t('decision.objection', { name: names })}</strong></p>`;
}

/** In which state it is, or how it ended. */
export function verdict(decision: Decision): string {
	if (decision.state !== 'proclaimed')
		return t(`decision.state.${decision.state}`);
	if (decision.outcome === 'second-vote')
		return t('decision.second-vote');
	return t(decision.mode === 'consensus' ? 'decision.consensus' : decision.outcome === 'adopted' ? 'decision.adopted' : 'decision.rejected');
}

/** What is before the meeting, for everyone to see; delegates may object to consensus. */
@customElement('rs-proposal')
export class Proposal extends Part {
	override render(): TemplateResult | typeof nothing {
		const view = this.session.view!;
		const { decision } = view;
		if (!decision)
			return nothing;
		return html`<section class="panel decision" aria-labelledby="proposal-title" data-testid="proposal" data-state=${decision.state}
			data-outcome=${decision.outcome ?? ''}>
			<header><h2 id="proposal-title">${t('decision.title')}</h2><span class="verdict ${decision.outcome ?? ''}">${verdict(decision)}</span></header>
			<div class="inside">
				<p><bdi>${questionTitle(decision)}</bdi></p>
				${decision.subject === 'appeal' ? html`<p class="small">${t('question.appeal.yes')}</p>` : nothing}
				${decision.mode === 'consensus' ? this.consensus(view, decision) : this.vote(view, decision)}
			</div>
		</section>`;
	}

	private vote(view: View, decision: Decision): TemplateResult {
		return html`<p class="small muted">${t(`decision.mode.${decision.mode}`)} · ${majorityName(decision.majority ?? '')}</p>
			${decision.state === 'proposed' ? nothing : html`${tally(decision)}${ballots(view, decision)}`}`;
	}

	private consensus(view: View, { decision, state, objectors }: Decision): TemplateResult | typeof nothing {
		const { session } = this;
		const mine = (objectors ?? []).includes(session.wire.you?.delegation ?? '');
		if (state === 'proposed' && mine && session.may('withdraw-objection') && view.meeting.state === 'in-session')
			return html`${objections(view, objectors)}<rs-twice testid="withdraw-objection" label=${t('decision.objection.withdraw')}
				again=${t('decision.objection.withdraw.again')} .busy=${session.isAsked('withdraw-objection')}
				.run=${() => void session.ask('withdraw-objection', { decision })}></rs-twice>`;
		if (objectors?.length && !session.may('object'))
			return objections(view, objectors);
		if (state !== 'proposed' || !session.may('object') || view.meeting.state !== 'in-session')
			return nothing;
		return html`${objections(view, objectors)}<rs-twice testid="object" label=${t('decision.object')} again=${t('decision.object.again')} .busy=${session.isAsked('object')}
			.run=${() => void session.ask('object', { decision })}></rs-twice>`;
	}
}
