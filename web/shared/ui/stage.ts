import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { delegationName, holder, isVoting, openOf, shortName, voiceOf, type View } from '../view';
import { adjournedUntil, t } from '../words';
import { lamp } from './icons';
import { Part } from './part';
import { sound, soundAdvice } from './sound';
import './picture';
import './slower';
import './small';
import './speaking-time';

/** Why nobody speaks. */
function nobody(view: View): string {
	const { state, until } = view.meeting;
	if (state === 'adjourned' && until)
		return adjournedUntil(until);
	return t(`floor.nobody.${state === 'in-session' && isVoting(view) ? 'voting' : state}`);
}

/** Whom the quality of the speaker's sound concerns: those who work with it, and those who can stop the meeting for it. */
const WATCHES = new Set(['chair', 'secretariat', 'interpreter', 'technician']);

/** Who has the floor: picture, name plate, time; and the small pictures of the chair and of oneself. */
@customElement('rs-stage')
export class Stage extends Part {
	/** Without the small pictures. */
	@property({ type: Boolean }) alone = false;

	override render(): TemplateResult {
		const { session } = this;
		const view = session.view!;
		const speaker = holder(view);
		const { checking } = view.meeting;
		const others = openOf(view).filter((badge) => badge !== speaker && badge !== checking);
		const chair = Object.keys(view.participants).find((badge) => view.participants[badge]?.role === 'chair') ?? '';
		const shown = speaker ?? checking ?? others[0] ?? '';
		const own = shown === session.me && session.capture.camera !== null;
		return html`<section class="stage" aria-labelledby="stage-title">
			<rs-picture .session=${session} feed="speaker" badge=${shown} ?own=${own}></rs-picture>
			<div class="caption">
				<div class="name">${
					speaker === null
						? html`<h2 id="stage-title" data-testid="speaker" data-participant="">${checking ? shortName(view, checking) : t('floor.nobody')}</h2>
								<p class="muted" data-testid="floor-note">${
									checking ? t('sound.tried') : nobody(view)
								}</p>`
						: html`<h2 id="stage-title" data-testid="speaker" data-participant=${speaker}>${
									speaker === session.me ? t('floor.you') : shortName(view, speaker)
								}</h2>
								<p class="muted">${view.participants[speaker]?.name ?? ''}</p>
								${view.floor?.group ? html`<p class="small" data-testid="floor-behalf">${t('list.behalf', { name: delegationName(view, view.floor.group) })}</p>` : nothing}`
				}
				${this.soundOf(speaker ?? checking ?? '')}
				${others.length === 0
					? nothing
					: html`<p class="small also">${lamp('speaking')}${t('floor.also', {
							names: others.map((badge) => shortName(view, badge)).join(', '),
						})}</p>`}</div>
				${speaker === null ? nothing : html`<p class="clock"><rs-speaking-time .session=${session}></rs-speaking-time></p>`}
				${this.alone
					? nothing
					: html`<div class="small-pictures">
							${chair === '' || chair === session.me || chair === shown
								? nothing
								: html`<rs-picture .session=${session} feed="chair" badge=${chair} named></rs-picture>`}
							${session.capture.camera === null || own ? nothing : html`<rs-picture .session=${session} feed="self" named></rs-picture>`}
						</div>`}
			</div>
		</section>`;
	}

	private soundOf(badge: string): TemplateResult | typeof nothing {
		const { session } = this;
		if (badge === session.me)
			return html`${soundAdvice(session)}<rs-slower .session=${session}></rs-slower>`;
		return WATCHES.has(session.wire.you?.role ?? '') ? sound(session, voiceOf(session.view!, badge) ?? badge) : nothing;
	}
}
