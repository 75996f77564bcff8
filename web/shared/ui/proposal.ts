import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { questionTitle } from '../questions';
import { delegationName, type Decision, type View, type Vote } from '../view';
import { isKey, t } from '../words';
import { isSealed, published, sealed } from './ballot';
import { icon } from './icons';
import { Part } from './part';
import { formatDuration } from '../time';
import { Ticking } from './small';

export const VOTES = ['yes', 'no', 'abstain'] as const;

export function majorityName(name: string): string {
	const key = `majority.${name}`;
	return isKey(key) ? t(key) : name;
}

/** The counts, and what they must reach. */
export function tally(decision: Decision): TemplateResult {
	const { required, missing, entitled, without_vote: without } = decision;
	return html`${bars(decision)}<dl class="tally" data-testid="tally">${VOTES.map(
			(vote) => html`<div class="vote-${vote}"><dt>${icon(vote)}${t(`vote.${vote}`)}</dt><dd class="figures">${decision[vote]}</dd></div>`,
		)}</dl>
		<p class="small muted">${[
			entitled ? t('decision.entitled', { n: entitled }) : '',
			without ? t('decision.without-vote', { n: without }) : '',
			required ? t('decision.required', { n: required }) : '',
			missing ? t('decision.missing', { n: missing }) : '',
		]
			.filter(Boolean)
			.join(' · ')}</p>`;
}

/** For and against as parts of what was cast. */
function bars(decision: Decision): TemplateResult | typeof nothing {
	const cast = decision.yes + decision.no + decision.abstain;
	if (cast === 0)
		return nothing;
	return html`<div class="bars" aria-hidden="true">${VOTES.map(
		(vote) => html`<svg class="bar vote-${vote}" viewBox="0 0 100 1" preserveAspectRatio="none"><rect width=${(100 * decision[vote]) / cast} height="1"/></svg>`,
	)}</div>`;
}

/** What a ruling corrected, and what delegations stated after the result. */
export function afterwards(view: View, { corrections, intents }: Decision): TemplateResult | typeof nothing {
	const stated = Object.entries(intents ?? {}) as [string, Vote][];
	if (!corrections?.length && stated.length === 0)
		return nothing;
	return html`<ul class="afterwards small" aria-label=${t('decision.after')} data-testid="afterwards">${(corrections ?? []).map(
			({ delegation, was, vote, reason }) => html`<li>${t('decision.corrected', { name: delegationName(view, delegation), was: t(`vote.${was}`), vote: t(`vote.${vote}`), reason })}</li>`,
		)}${stated.map(([delegation, vote]) => html`<li>${t('decision.intent', { name: delegationName(view, delegation), vote: t(`vote.${vote}`) })}</li>`)}</ul>`;
}

/** Before the voting: the members that will not be called, and why. */
export function withoutVote(view: View, { state, without_vote: without }: Decision): TemplateResult | typeof nothing {
	if (!without || state !== 'proposed')
		return nothing;
	const here = new Set(Object.values(view.participants).map(({ delegation }) => delegation));
	const names = (view.delegations ?? []).filter((one) => one.may_vote === false && here.has(one.id)).map((one) => `${delegationName(view, one.id)} (${one.reason})`);
	return html`<p class="small" data-testid="without-vote">${t('decision.without-vote', { n: names.join(', ') })}</p>`;
}

/** Who voted how, by name: in a roll call in the order they are called, else those who have not come first. */
export function ballots(view: View, decision: Decision): TemplateResult | typeof nothing {
	const votes = Object.entries(decision.votes ?? {}) as [string, Vote][];
	if (votes.length === 0)
		return nothing;
	const place = new Map((decision.order ?? []).map((one, i) => [one, i]));
	const rows = votes
		.map(([delegation, vote]) => ({ name: delegationName(view, delegation), delegation, vote, away: decision.offline?.includes(delegation) ?? false }))
		.sort((a, b) => (place.get(a.delegation) ?? 0) - (place.get(b.delegation) ?? 0) || Number(b.vote === 'none') - Number(a.vote === 'none') || Number(b.away) - Number(a.away) || a.name.localeCompare(b.name));
	return html`<ul class="ballots" tabindex="0" aria-label=${t(`decision.mode.${decision.mode}`)} data-testid="ballots">${rows.map(
		({ name, delegation, vote, away }) => html`<li class="vote-${vote}" data-delegation=${delegation} data-vote=${vote}
			aria-current=${delegation === decision.called ? 'true' : nothing}>
			<span class="grow">${name}</span>${away ? html`<span class="small away">${t('presence.away')}</span>` : nothing}
			<span class="small what">${vote === 'none' ? nothing : icon(vote)}${t(`vote.${vote}`)}</span></li>`,
	)}</ul>`;
}

/** By what the order of a roll call can be verified. */
export function lot({ commitment, seed }: Decision): TemplateResult | typeof nothing {
	if (!commitment)
		return nothing;
	return html`<details class="lot small"><summary>${t('rollcall.lot')}</summary><dl dir="ltr"><dt>${t('rollcall.commitment')}</dt><dd class="hex">${commitment}</dd>
		${seed ? html`<dt>${t('rollcall.seed')}</dt><dd class="hex">${seed}</dd>` : nothing}</dl></details>`;
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

/** How long votes are still cast and changed, once the lock is announced. */
@customElement('rs-lock-time')
export class LockTime extends Ticking {
	override render(): TemplateResult | typeof nothing {
		const { lock, state } = this.session.view!.decision ?? {};
		if (!lock || state !== 'open')
			return nothing;
		const left = lock - this.session.wire.clock.now();
		return html`<strong class="lock-time" role="timer" data-testid="lock-time">${
			left > 0 ? t('decision.lock.in', { time: formatDuration(Math.ceil(left / 1000) * 1000) }) : t('decision.lock.due')
		}</strong>`;
	}
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
		const own = view.delegations?.find(({ id }) => id === this.session.wire.you?.delegation);
		return html`<p class="small muted">${t(`decision.mode.${decision.mode}`)} · ${majorityName(decision.majority ?? '')}</p>
			${own?.may_vote === false ? html`<p data-testid="no-vote">${t('vote.own.taken', { reason: own.reason ?? '' })}</p>` : nothing}
			${decision.called && decision.state === 'open' ? html`<p class="called" role="status"><strong>${t('rollcall.calling', { name: delegationName(view, decision.called) })}</strong></p>` : nothing}
			${decision.lock && decision.state === 'open' ? html`<p><rs-lock-time .session=${this.session}></rs-lock-time></p>` : nothing}
			<rs-own-ballot .session=${this.session}></rs-own-ballot>
			${decision.state === 'proposed' ? nothing : html`${isSealed(decision) ? sealed(decision, null) : tally(decision)}${published(decision, this.session.secret.token)}${ballots(view, decision)}${afterwards(view, decision)}${lot(decision)}`}`;
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
