import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { lampOf } from '#shared/session';
import { callsWait, holder, shortName, type Participant, type Role } from '#shared/view';
import { t, type Key } from '#shared/words';
import { lamp } from '#shared/ui/icons';
import { Part } from '#shared/ui/part';
import { isSpeaking, presence,  } from '#shared/ui/presence';
import { sound } from '#shared/ui/sound';

/** Roles that may have the floor. */
const SPEAKS = new Set<Role>(['delegate', 'chair', 'room']);

/** Who is here, and how they are reached. With `leads`, the floor can be given to a delegate straight. */
@customElement('rs-people')
export class People extends Part {
	@property({ type: Boolean }) leads = false;

	override render(): TemplateResult {
		const view = this.session.view!;
		const everybody = Object.entries(view.participants);
		const here = everybody.filter(([, { present }]) => present);
		const away = everybody.filter(([, { present }]) => !present);
		return html`<section class="panel people" aria-labelledby="people-title">
			<header><h2 id="people-title">${t('people.title')}</h2><span class="small muted" data-testid="people-count">${t('people.count', {
				n: here.length,
				all: everybody.length,
			})}</span></header>
			<ul class="rows">${repeat(
				[...here, ...away],
				([badge]) => badge,
				([badge, participant]) => this.person(badge, participant),
			)}</ul>
		</section>`;
	}

	private person(badge: string, participant: Participant): TemplateResult {
		const { session } = this;
		const view = session.view!;
		const name = shortName(view, badge);
		const asked = session.isAsked(`direct-${badge}`);
		const callable =
			this.leads &&
			participant.present &&
			SPEAKS.has(participant.role) &&
			holder(view) !== badge &&
			view.meeting.state === 'in-session' &&
			!callsWait(view);
		return html`<li data-testid="person" data-participant=${badge} data-present=${participant.present}
			data-speaking=${isSpeaking(session, badge)}>
			${lamp(lampOf(view, badge), true)}
			<span class="grow"><strong>${name}</strong>${badge === session.me ? html` <span class="muted">(${t('you')})</span>` : nothing}<br
				><span class="small muted">${participant.country ? participant.name : t(`role.${participant.role}` satisfies Key)}</span>
				${presence(session, badge)} ${sound(session, badge, true)}</span>
			${callable
				? html`<button type="button" class="button" data-testid="give-direct" aria-disabled=${asked}
						@click=${() => asked || void session.ask('give-floor', { participant: badge }, `direct-${badge}`)}
						>${asked ? t('asked') : t('list.give')}<span class="unseen"> · ${name}</span></button>`
				: nothing}
		</li>`;
	}
}
