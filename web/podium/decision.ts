import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { questionTitle } from '#shared/questions';
import { currentItem, type Decision, type View } from '#shared/view';
import { dateAndTime, t, type Key } from '#shared/words';
import { Part } from '#shared/ui/part';
import { isSealed, published, sealed } from '#shared/ui/ballot';
import { afterwards, ballots, lot, majorityName, objections, tally, verdict, VOTES, withoutVote } from '#shared/ui/proposal';
import '#shared/ui/small';
import './after-lock';
import './roll-call';

const MODES = ['consensus', 'recorded', 'roll-call', 'hands', 'secret'] as const;

/** What the key announces; the words on it say so too. */
const ANNOUNCED_S = 30;

/** What is before the meeting and the step that comes next: propose, open, lock, proclaim. */
@customElement('rs-decision')
export class DecisionKeys extends Part {
	/** The key that comes next. */
	press(): void {
		this.querySelector<HTMLElement>('.button.main, .next-step .button')?.click();
	}

	override render(): TemplateResult | typeof nothing {
		const { session } = this;
		const view = session.view!;
		const { decision } = view;
		const leads = session.may('propose-decision') && view.meeting.state === 'in-session';
		// What is before the meeting comes first.
		const free = view.motions.pending.length === 0 && !view.points.stage && view.inscription.debate !== 'adjourned';
		const settled = !decision || decision.state === 'proclaimed' || Boolean(decision.objectors?.length);
		const proposes = leads && settled && free;
		if (!decision && !proposes)
			return nothing;
		return html`<section class="panel decision" aria-labelledby="decision-title" data-testid="decision" data-state=${decision?.state ?? ''}
			data-outcome=${decision?.outcome ?? ''}>
			<header><h2 id="decision-title">${t('decision.title')}</h2>${
				decision ? html`<span class="verdict ${decision.outcome ?? ''}">${verdict(decision)}</span>` : nothing
			}</header>
			<div class="inside">
				${decision ? this.shown(view, decision) : nothing}
				${decision && leads ? html`${this.step(decision)}<rs-after-lock .session=${session}></rs-after-lock>` : nothing}
				${proposes ? this.form(view, decision) : nothing}
			</div>
		</section>`;
	}

	private shown(view: View, decision: Decision): TemplateResult {
		const { mode, majority, state, objectors } = decision;
		return html`<p><bdi>${questionTitle(decision)}</bdi></p>
			<p class="small muted">${t(`decision.mode.${mode}`)}${majority ? html` · ${majorityName(majority)}` : nothing}</p>
			${objections(view, objectors)}${withoutVote(view, decision)}
			${this.session.may('call-next') ? html`<rs-roll-call .session=${this.session}></rs-roll-call>` : nothing}
			${mode === 'consensus' || state === 'proposed' ? nothing : html`${isSealed(decision) ? sealed(decision, this.inBox()) : tally(decision)}${published(decision, null)}${ballots(view, decision)}${afterwards(view, decision)}${lot(decision)}`}`;
	}

	private step(decision: Decision): TemplateResult | typeof nothing {
		switch (decision.state) {
			case 'proposed':
				return html`<p class="steps"><span class="next-step">${
					decision.mode !== 'consensus'
						? this.key('open-voting', t('decision.open'), decision)
						: decision.objectors?.length
							? nothing
							: this.twice('proclaim', t('decision.gavel'), t('decision.gavel.again'), decision, 'main')
				}</span>${this.twice('withdraw-decision', t('decision.withdraw'), t('decision.withdraw.again'), decision)}</p>${decision.mode === 'secret' ? this.ballotKey() : nothing}`;
			case 'open':
				return html`${decision.mode === 'hands' ? this.totals(decision) : nothing}
					<p class="steps"><span class="next-step">${
						decision.mode === 'hands' && !decision.counted
							? nothing
							: this.twice('lock-voting', t('decision.lock'), this.warning(decision), decision, decision.mode === 'roll-call' ? '' : 'main')
					}</span>${decision.lock ? html`<rs-lock-time .session=${this.session}></rs-lock-time>` : this.announce(decision)}</p>`;
			case 'locked':
				return html`<p class="steps">${this.key('proclaim', t('decision.proclaim'), decision)}</p>`;
			default:
				return nothing;
		}
	}

	/** Why voting cannot be opened yet; once it can, nothing. The place for it is there from the beginning, so that it is read out. */
	private ballotKey(): TemplateResult {
		const { ballot_key: state } = this.session.wire.measured;
		const told = state === 'making' || state === 'missing';
		return html`<p class="small" role="status" data-testid="ballot-key" data-state=${state ?? ''}>${told ? t(`ballot.key.${state}`) : nothing}</p>`;
	}

	/** Whom the lock would leave out. */
	private warning({ mode, missing, offline, issued }: Decision): string {
		if (mode === 'secret') {
			const n = (issued?.length ?? 0) + (missing ?? 0) - this.inBox();
			return n > 0 ? t('ballot.lock', { n }) : t('decision.lock.again');
		}
		return missing ? t('decision.lock.missing', { n: missing, away: offline?.length ?? 0 }) : t('decision.lock.again');
	}

	private inBox(): number {
		return this.session.wire.measured.ballots ?? 0;
	}

	private announce({ decision }: Decision): TemplateResult {
		const busy = this.session.isAsked('announce-lock');
		return html`<button type="button" class="button" data-testid="announce-lock" aria-disabled=${busy}
			@click=${() => busy || void this.session.ask('announce-lock', { decision, seconds: ANNOUNCED_S })}>${busy ? t('asked') : t('decision.announce')}</button>`;
	}

	private totals(decision: Decision): TemplateResult {
		if (!this.session.may('enter-totals'))
			return decision.counted ? html`` : html`<p class="small">${t('vote.hands')}</p>`;
		const busy = this.session.isAsked('enter-totals');
		return html`<form class="totals" @submit=${(event: SubmitEvent) => this.enter(event, decision)}>${VOTES.map(
				(vote) => html`<label class="field"><span>${t(`vote.${vote}`)}</span><input type="number" name=${vote} min="0" max=${decision.entitled ?? 0}
					required data-testid="total-${vote}" .defaultValue=${decision.counted ? String(decision[vote]) : ''} /></label>`,
			)}<button type="submit" class="button" data-testid="enter-totals" aria-disabled=${busy}>${busy ? t('asked') : t('decision.enter')}</button></form>`;
	}

	private enter(event: SubmitEvent, { decision }: Decision): void {
		event.preventDefault();
		const data = new FormData(event.currentTarget as HTMLFormElement);
		const [yes, no, abstain] = VOTES.map((vote) => Number(data.get(vote)));
		if (!this.session.isAsked('enter-totals'))
			void this.session.ask('enter-totals', { decision, yes, no, abstain });
	}

	private form(view: View, before: Decision | null | undefined): TemplateResult {
		const { session } = this;
		const objected = Boolean(before?.objectors?.length) && !before?.subject;
		const title = objected ? before!.title : (currentItem(view)?.title ?? '');
		const second = view.second_votes ?? [];
		const busy = session.isAsked('propose-decision');
		return html`<details ?open=${objected}><summary class="button">${t(objected ? 'decision.vote.instead' : 'decision.new')}</summary>
			<form class="propose" @submit=${(event: SubmitEvent) => this.propose(event)}>
				<label class="field"><span>${t('decision.text')}</span><input name="title" required maxlength="120" data-testid="proposal-text" .defaultValue=${title} /></label>
				<label class="field"><span>${t('decision.mode')}</span><select name="mode" data-testid="proposal-mode">${MODES.map(
					(mode) => html`<option value=${mode} ?selected=${mode === (objected ? 'recorded' : 'consensus')}>${t(`decision.mode.${mode}` satisfies Key)}</option>`,
				)}</select></label>
				<label class="field"><span>${t('decision.majority')}</span><select name="majority" data-testid="proposal-majority">${view.rules.majorities.map(
					(name) => html`<option value=${name}>${majorityName(name)}</option>`,
				)}</select></label>
				${second.length === 0
					? nothing
					: html`<label class="field"><span>${t('decision.second')}</span><select name="second" data-testid="proposal-second"><option value="">–</option>${second.map(
							(tie) => html`<option value=${tie.decision}>${t('decision.second.due', { title: tie.title, time: dateAndTime(tie.due) })}</option>`,
						)}</select></label>`}
				<button type="submit" class="button" data-testid="propose-decision" aria-disabled=${busy}>${busy ? t('asked') : t('decision.propose')}</button>
			</form></details>`;
	}

	private propose(event: SubmitEvent): void {
		event.preventDefault();
		const data = new FormData(event.currentTarget as HTMLFormElement);
		if (!this.session.isAsked('propose-decision'))
			void this.session.ask('propose-decision', {
				title: data.get('title'), mode: data.get('mode'), majority: data.get('majority'),
				...(data.get('second') ? { second_vote_on: Number(data.get('second')) } : {}),
			});
	}

	private key(command: string, label: string, { decision }: Decision): TemplateResult {
		const busy = this.session.isAsked(command);
		return html`<button type="button" class="button main" data-testid=${command} aria-disabled=${busy}
			@click=${() => busy || void this.session.ask(command, { decision })}>${busy ? t('asked') : label}</button>`;
	}

	private twice(command: string, label: string, again: string, { decision }: Decision, look = ''): TemplateResult {
		return html`<rs-twice testid=${command} look=${look} label=${label} again=${again} .busy=${this.session.isAsked(command)}
			.run=${() => void this.session.ask(command, { decision })}></rs-twice>`;
	}
}
