import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { motionName, questionTitle } from '#shared/questions';
import { formatDuration } from '#shared/time';
import { currentItem, delegationName, holder, shortName, speakingTime, type Decision, type SpeakingTime, type View, type Vote } from '#shared/view';
import { t, type Key } from '#shared/words';
import { isSealed, sealed } from '#shared/ui/ballot';
import { icon } from '#shared/ui/icons';
import '#shared/ui/captions';
import { Part } from '#shared/ui/part';
import { rehearsalSign } from '#shared/ui/rehearsal';
import { VOTES, verdict } from '#shared/ui/proposal';

/** What the clock is doing, as a word and as a shape: colour alone does not carry across a hall. */
const CLOCK: Record<SpeakingTime['state'], { label: Key; shape: string }> = {
	free: { label: 'floor.since', shape: '●' },
	running: { label: 'time.left', shape: '●' },
	warned: { label: 'time.left', shape: '▲' },
	over: { label: 'time.over', shape: '■' },
	stopped: { label: 'time.stopped', shape: '❚❚' },
	awaits: { label: 'time.awaits', shape: '❚❚' },
	suspended: { label: 'time.suspended', shape: '❚❚' },
};

const ROWS = [
	[24, 'few'],
	[80, 'some'],
	[Infinity, 'many'],
] as const;

/** Shown as a picture: voting in progress, and its result until somebody speaks again. */
function isOnBoard(view: View, decision: Decision | null | undefined): decision is Decision {
	if (!decision)
		return false;
	return decision.state === 'open' || decision.state === 'locked' || (decision.state === 'proclaimed' && holder(view) === null);
}

/**
 * The screen of the hall: read from thirty metres, touched by nobody, on for days. It joins by itself and comes back by itself.
 */
@customElement('rs-hall-screen')
export class HallScreen extends Part {
	private timer = 0;

	override connectedCallback(): void {
		super.connectedCallback();
		const { session } = this;
		this.timer = window.setInterval(() => this.requestUpdate(), 250);
		if (session.link.claims === null)
			return;
		// It hears and sees nothing of the media.
		session.captions.language = new URLSearchParams(location.search).get('captions') ?? '';
		session.wire.onwelcome = () => session.captionsAgain();
		session.joined = true;
		session.wire.start();
	}

	override disconnectedCallback(): void {
		window.clearInterval(this.timer);
		super.disconnectedCallback();
	}

	override updated(): void {
		// Not by style attributes: the pages' policy allows none.
		for (const bar of this.querySelectorAll<HTMLElement>('[data-share]'))
			bar.style.setProperty('--share', bar.dataset['share']!);
		for (const list of this.querySelectorAll<HTMLElement>('[data-n]'))
			list.style.setProperty('--n', list.dataset['n']!);
		document.title = this.session.view?.meeting.title ?? 'Rostrum';
	}

	override render(): TemplateResult {
		const { session } = this;
		if (session.link.claims === null)
			return this.card(t('link.none'));
		if (session.wire.state === 'ended')
			return this.card(t(this.ending()));
		if (session.wire.excluded !== null)
			return this.card(t(session.wire.excluded === 'closed-members' ? 'excluded.closed-members' : 'excluded.private'));
		if (session.view === null)
			return this.card(t(session.wire.attempts > 1 ? 'joining.again' : 'joining'));
		return this.screen(session.view);
	}

	private ending(): Key {
		const { code, reason } = this.session.wire.ending!;
		if (code === 4009)
			return 'ending.elsewhere';
		return reason === 'token-expired' ? 'ending.token-expired' : 'ending.token-wrong';
	}

	private card(text: string): TemplateResult {
		return html`<main class="hall card" data-testid="closed"><h1>${text}</h1></main>`;
	}

	private screen(view: View): TemplateResult {
		const item = currentItem(view);
		const { state } = view.meeting;
		const board = isOnBoard(view, view.decision);
		return html`<main class="hall ${board ? 'voting' : ''}" data-testid="page" data-line=${this.session.wire.state}>
			<header>
				${rehearsalSign(view.meeting)}
				<h1 dir="auto" data-testid="item">${item === undefined ? view.meeting.title : html`<span class="figures">${item.id}</span> · ${item.title}`}</h1>
				<p class="state" data-testid="meeting-state" data-state=${state}>${t(`meeting.${state}` satisfies Key)}</p>
			</header>
			${board ? this.board(view, view.decision!) : this.speaker(view)}
			<footer>${this.pending(view)} ${board ? nothing : this.next(view)}</footer>
			<rs-captions .session=${this.session}></rs-captions>
			${this.session.wire.state === 'open' ? nothing : html`<p class="lost" role="status" data-testid="banner">${t('lost.plain')}</p>`}
		</main>`;
	}

	private speaker(view: View): TemplateResult {
		const who = holder(view);
		if (who === null)
			return html`<section class="nobody" data-testid="nobody"><p>${t(view.meeting.state === 'in-session' ? 'floor.nobody' : `floor.nobody.${view.meeting.state}`)}</p></section>`;
		const participant = view.participants[who];
		return html`<section class="holding" data-testid="speaker" data-participant=${who}>
			<p class="delegation" dir="auto">${shortName(view, who)}</p>
			${participant?.country ? html`<p class="name" dir="auto">${participant.name}</p>` : nothing}
			${view.floor?.group ? html`<p class="name" data-testid="floor-behalf">${t('list.behalf', { name: delegationName(view, view.floor.group) })}</p>` : nothing}
			${this.clock(view)}
		</section>`;
	}

	private clock(view: View): TemplateResult | typeof nothing {
		const time = speakingTime(view, this.session.wire.clock.now());
		if (time === null)
			return nothing;
		// What is left is rounded up: 0:00 means that it is over.
		const ms = time.left === null ? time.used : time.left > 0 ? time.left + 999 : -time.left;
		const { label, shape } = CLOCK[time.state];
		return html`<div class="statement" data-testid="speaking-time" data-state=${time.state}>
			<p class="label"><span aria-hidden="true">${shape}</span> ${t(label)}</p>
			<p class="figures" role="timer" aria-live="off" dir="ltr">${time.state === 'over' ? '+' : ''}${formatDuration(ms)}</p>
			${time.left === null ? nothing : html`<p class="bar" aria-hidden="true"><span data-share=${Math.max(0, time.left / (time.used + time.left)).toFixed(3)}></span></p>`}
		</div>`;
	}

	private next(view: View): TemplateResult | typeof nothing {
		const next = view.list.slice(0, 3);
		if (next.length === 0)
			return nothing;
		return html`<section class="next" aria-labelledby="next-title">
			<h2 id="next-title">${t('next.title')}</h2>
			<ol>${next.map(({ participant }, i) => html`<li data-testid="next" data-participant=${participant}><span class="figures">${i + 1}</span> <bdi>${shortName(view, participant)}</bdi></li>`)}</ol>
		</section>`;
	}

	/** What is before the meeting beside the speaker: a point of order, a motion, a proposal. */
	private pending(view: View): TemplateResult | typeof nothing {
		const { points, decision } = view;
		const motion = view.motions?.pending[0];
		const lines: string[] = [];
		if (points.stage && points.participant)
			lines.push(`${t('point.title')}: ${shortName(view, points.participant)}`);
		else if (points.waiting.length > 0)
			lines.push(`${t('point.title')}: ${shortName(view, points.waiting[0]!.participant)}`);
		if (motion)
			lines.push(`${motionName(motion.motion)}: ${shortName(view, motion.participant)}`);
		if (decision && !isOnBoard(view, decision))
			lines.push(`${questionTitle(decision)}: ${verdict(decision)}`);
		return lines.length === 0 ? nothing : html`<section class="pending" data-testid="pending">${lines.map((line) => html`<p dir="auto">${line}</p>`)}</section>`;
	}

	private board(view: View, decision: Decision): TemplateResult {
		const most = Math.max(1, decision.entitled ?? 0, decision.yes + decision.no + decision.abstain);
		const outcome = decision.state === 'proclaimed' ? (decision.outcome ?? '') : '';
		const votes = Object.entries(decision.votes ?? {}) as [string, Vote][];
		const size = ROWS.find(([rows]) => votes.length <= rows)![1];
		return html`<section class="board ${size}" data-testid="decision" data-state=${decision.state} data-outcome=${outcome}>
			<h2 dir="auto">${questionTitle(decision)}</h2>
			<div class="result"><p class="verdict ${outcome}">${decision.called ? html`<bdi>${delegationName(view, decision.called)}</bdi>` : verdict(decision)}</p>
			${decision.mode === 'consensus' ? nothing : isSealed(decision) ? sealed(decision, null) : html`<dl>${VOTES.map(
				(vote) => html`<div class="vote-${vote}"><dt>${icon(vote)} ${t(`vote.${vote}`)}</dt>
					<dd><span class="bar" aria-hidden="true"><span data-share=${(decision[vote] / most).toFixed(3)}></span></span><span class="figures" data-testid=${`count-${vote}`}>${decision[vote]}</span></dd></div>`,
			)}</dl>`}</div>
			${this.delegations(view, votes, size)}
		</section>`;
	}

	private delegations(view: View, votes: [string, Vote][], size: string): TemplateResult | typeof nothing {
		if (votes.length === 0)
			return nothing;
		const rows = votes.map(([delegation, vote]) => ({ vote, name: delegationName(view, delegation) })).sort((a, b) => a.name.localeCompare(b.name));
		return html`<ul class="delegations ${size}" data-n=${rows.length} data-testid="ballots">${rows.map(
			({ name, vote }) => html`<li class="vote-${vote}" data-vote=${vote}>${vote === 'yes' || vote === 'no' || vote === 'abstain' ? icon(vote) : html`<span class="none" aria-hidden="true">·</span>`}<bdi>${name}</bdi><span class="unseen">${t(`vote.${vote}`)}</span></li>`,
		)}</ul>`;
	}
}
