import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { delegationName, type Decision } from '#shared/view';
import { t } from '#shared/words';
import { Part } from '#shared/ui/part';
import { VOTES } from '#shared/ui/proposal';

/** What the chair may do about a vote that went wrong: correct one vote by ruling once it is locked, or annul all of it. Both say why. */
@customElement('rs-after-lock')
export class AfterLock extends Part {
	override render(): TemplateResult | typeof nothing {
		const { session } = this;
		const { decision } = session.view!;
		if (!decision || (decision.state !== 'open' && decision.state !== 'locked') || session.view!.meeting.state !== 'in-session')
			return nothing;
		return html`${decision.state === 'locked' && decision.votes && session.may('correct-vote') ? this.correction(decision) : nothing}
			${session.may('annul-voting') ? this.annulment(decision) : nothing}`;
	}

	private correction(decision: Decision): TemplateResult {
		const view = this.session.view!;
		const busy = this.session.isAsked('correct-vote');
		const names = Object.keys(decision.votes ?? {})
			.map((id) => ({ id, name: delegationName(view, id) }))
			.sort((a, b) => a.name.localeCompare(b.name));
		return html`<details><summary class="button">${t('decision.correct')}</summary>
			<form class="propose" @submit=${(event: SubmitEvent) => this.send(event, 'correct-vote', decision)}>
				<label class="field"><span>${t('decision.delegation')}</span><select name="delegation" data-testid="correct-delegation">${names.map(
					({ id, name }) => html`<option value=${id}>${name}</option>`,
				)}</select></label>
				<label class="field"><span>${t('decision.vote')}</span><select name="vote" data-testid="correct-as">${VOTES.map(
					(vote) => html`<option value=${vote}>${t(`vote.${vote}`)}</option>`,
				)}</select></label>
				${this.reason('correct-reason')}
				<button type="submit" class="button" data-testid="correct-vote" aria-disabled=${busy}>${busy ? t('asked') : t('decision.correct.do')}</button>
			</form></details>`;
	}

	private annulment(decision: Decision): TemplateResult {
		const busy = this.session.isAsked('annul-voting');
		return html`<details><summary class="button">${t('decision.annul')}</summary>
			<form class="propose" @submit=${(event: SubmitEvent) => this.send(event, 'annul-voting', decision)}>
				${this.reason('annul-reason')}
				<button type="submit" class="button" data-testid="annul-voting" aria-disabled=${busy}>${busy ? t('asked') : t('decision.annul')}</button>
			</form></details>`;
	}

	private reason(testid: string): TemplateResult {
		return html`<label class="field"><span>${t('decision.reason')}</span><input name="reason" required maxlength="60" data-testid=${testid} /></label>`;
	}

	private send(event: SubmitEvent, command: string, { decision }: Decision): void {
		event.preventDefault();
		const members = Object.fromEntries(new FormData(event.currentTarget as HTMLFormElement));
		if (!this.session.isAsked(command))
			void this.session.ask(command, { decision, ...members });
	}
}
