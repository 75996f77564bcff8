import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { finds } from '#shared/find';
import { lampOf } from '#shared/session';
import { callsWait, holder, shortName, type Participant, type Role, type View } from '#shared/view';
import { currentLanguage, t, type Key } from '#shared/words';
import { lamp } from '#shared/ui/icons';
import { Part } from '#shared/ui/part';
import { isSpeaking, presence } from '#shared/ui/presence';
import { Settling } from '#shared/ui/settling';
import { sound } from '#shared/ui/sound';

/** Roles that may have the floor. */
const SPEAKS = new Set<Role>(['delegate', 'chair', 'room']);

/** Of a meeting with more people it is asked who is looked for. */
const MANY = 20;

type Person = [badge: string, participant: Participant];

/** By name, so that nobody's row moves as others come and go. */
export function people(view: View, wanted: string, here: boolean): Person[] {
	const { compare } = new Intl.Collator(currentLanguage());
	return Object.entries(view.participants)
		.filter(([badge, { present, name, country, seat }]) => (present || !here) && finds(wanted, [badge, name, country, seat]))
		.sort(([a, one], [b, other]) => compare(shortName(view, a), shortName(view, b)) || compare(one.name, other.name) || a.localeCompare(b));
}

/** Who is here, and how they are reached. With `leads`, the floor can be given to a delegate straight. */
@customElement('rs-people')
export class People extends Part {
	@property({ type: Boolean }) leads = false;
	@state() private wanted = '';
	@state() private here = false;
	private shown: Person[] = [];
	private readonly settling = new Settling();

	override willUpdate(): void {
		this.shown = people(this.session.view!, this.wanted, this.here);
		this.settling.draw(this.shown.map(([badge]) => badge));
	}

	override render(): TemplateResult {
		const everybody = Object.values(this.session.view!.participants);
		return html`<section class="panel people" aria-labelledby="people-title">
			<header><h2 id="people-title">${t('people.title')}</h2><span class="small muted" data-testid="people-count">${t('people.count', {
				n: everybody.filter(({ present }) => present).length,
				all: everybody.length,
			})}</span></header>
			${everybody.length > MANY ? this.sieve() : nothing}
			<ul class="rows">${repeat(
				this.shown,
				([badge]) => badge,
				([badge, participant]) => this.person(badge, participant),
			)}</ul>
			${this.shown.length === 0 ? html`<p class="empty" role="status">${t('people.none')}</p>` : nothing}
		</section>`;
	}

	private sieve(): TemplateResult {
		return html`<div class="sieve">
			<label class="field"><span>${t('stations.find')}</span><input type="search" data-testid="find-person" autocomplete="off"
				.value=${this.wanted} @input=${(event: Event) => (this.wanted = (event.target as HTMLInputElement).value)}></label>
			<label class="check"><input type="checkbox" data-testid="people-here" .checked=${this.here}
				@change=${(event: Event) => (this.here = (event.target as HTMLInputElement).checked)}><span>${t('people.here')}</span></label>
		</div>`;
	}

	private give(participant: string): void {
		if (this.settling.done && !this.session.isAsked(`direct-${participant}`))
			void this.session.ask('give-floor', { participant }, `direct-${participant}`);
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
						@click=${() => this.give(badge)}
						>${asked ? t('asked') : t('list.give')}<span class="unseen"> · ${name}</span></button>`
				: nothing}
		</li>`;
	}
}
