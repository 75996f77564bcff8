import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { Binding } from '#shared/keys';
import { holder } from '#shared/view';
import { t } from '#shared/words';
import '#shared/ui/documents';
import '#shared/ui/listening';
import { Page } from '#shared/ui/page';
import '#shared/ui/small';
import '#shared/ui/speakers';
import '#shared/ui/stage';
import type { BoothAlarms } from './booths';
import './booths';
import type { ChairKey } from './chair-key';
import './chair-key';
import type { ClockKeys, LostSpeaker } from './clock-keys';
import './clock-keys';
import type { DecisionKeys } from './decision';
import './decision';
import './explanations';
import './hall';
import type { Life } from './life';
import './life';
import type { ListKeys } from './list-keys';
import './list-keys';
import './next';
import './people';
import type { Motions } from './motions';
import './motions';
import './outages';
import type { PlanPanel } from './plan';
import './plan';
import type { PointsOfOrder } from './points';
import './points';

/** The page of the chair and of the secretariat: the list, the floor, the hall. */
@customElement('rs-podium')
export class Podium extends Page {
	protected readonly page = 'podium';

	protected content(): TemplateResult {
		const { session } = this;
		const view = session.view!;
		const leads = session.may('give-floor');
		return html`<main class="podium-page">
			<rs-speakers .session=${session} ?leads=${leads}></rs-speakers>
			<div class="centre">
				<rs-stage .session=${session} alone></rs-stage>
				<rs-booths-wait .session=${session}></rs-booths-wait>
				${leads ? html`<rs-clock-keys .session=${session}></rs-clock-keys>` : nothing}
				<rs-next .session=${session}></rs-next>
			</div>
			<div class="aside">
				<rs-points .session=${session}></rs-points>
				<rs-motions .session=${session}></rs-motions>
				<rs-lost-speaker .session=${session}></rs-lost-speaker>
				<rs-booth-alarms .session=${session}></rs-booth-alarms>
				${this.alarm()}
				<rs-disk-alarm .session=${session}></rs-disk-alarm>
				<rs-outages .session=${session}></rs-outages>
				<rs-decision .session=${session}></rs-decision>
				<rs-explanations .session=${session}></rs-explanations>
				${leads ? html`<rs-list-keys .session=${session}></rs-list-keys>` : nothing}
				${session.may('plan') ? html`<rs-plan .session=${session}></rs-plan>` : nothing}
				<rs-life .session=${session}></rs-life>
				<rs-hall .session=${session}></rs-hall>
				<rs-documents .session=${session}></rs-documents>
				<rs-people .session=${session} ?leads=${leads}></rs-people>
			</div>
			<footer class="band">
				${session.may('open-microphone') ? html`<rs-chair-key .session=${session}></rs-chair-key>` : nothing}
				${leads
					? html`<rs-twice testid="take-floor" label=${t('floor.take')} again=${t('floor.take.again')}
							?disabled=${holder(view) === null} .busy=${session.isAsked('take-floor')} .run=${() => void session.ask('take-floor')}></rs-twice>`
					: nothing}
				<rs-listening .session=${session} compact></rs-listening>
				${session.may('open-meeting') ? this.gavel() : nothing}
			</footer>
		</main>`;
	}

	/** What the podium must not overlook, where nothing covers it. */
	private alarm(): TemplateResult | typeof nothing {
		const { state, reason } = this.session.view!.recording;
		if (state !== 'failed')
			return nothing;
		return html`<div class="alarm" role="alert" data-testid="alarm"><strong>${t('recording.failed')}</strong>
			<p>${t('recording.failed.notice')}${reason ? html` <span class="small" dir="auto">(${reason})</span>` : nothing}</p></div>`;
	}

	/** The next delegation of a roll call; outside of one, the next step of the topmost motion. */
	private next(): void {
		const call = this.querySelector<HTMLElement>('[data-testid=call-next]');
		if (call === null)
			this.querySelector<Motions>('rs-motions')?.press();
		else
			call.click();
	}

	private gavel(): TemplateResult | typeof nothing {
		const { session } = this;
		const { state } = session.view!.meeting;
		if (state === 'suspended')
			return this.gavelKey('resume-meeting', t('meeting.resume'), true);
		if (state === 'in-session')
			return html`${this.gavelKey('suspend-meeting', t('meeting.suspend'), false)}<rs-twice class="gavel" testid="close-meeting" label=${t('meeting.close')} again=${t('meeting.close.again')}
				.busy=${session.isAsked('close-meeting')} .run=${() => void session.ask('close-meeting')}></rs-twice>`;
		return this.gavelKey('open-meeting', t('meeting.open'), true);
	}

	private gavelKey(command: string, label: string, main: boolean): TemplateResult | typeof nothing {
		const { session } = this;
		if (!session.may(command))
			return nothing;
		const busy = session.isAsked(command);
		return html`<button type="button" class="button gavel ${main ? 'main' : ''}" data-testid=${command} aria-disabled=${busy}
			@click=${() => busy || void session.ask(command)}>${busy ? t('asked') : label}</button>`;
	}

	protected bindings(): Binding[] {
		const { session } = this;
		const own: Binding[] = session.may('open-microphone')
			? [{ key: 'm', show: 'M', label: 'key.chair', press: () => this.querySelector<ChairKey>('rs-chair-key')?.press() }]
			: [];
		const leads: Binding[] = session.may('give-floor')
			? [
					{ key: 'g', show: 'G', label: 'key.give', press: () => this.querySelector<HTMLElement>('[data-testid=give]')?.click() },
					{
						key: 't',
						show: 'T',
						label: 'key.take',
						press: () => this.querySelector<HTMLElement>('[data-testid=take-floor]')?.click(),
					},
					{ key: 'o', show: 'O', label: 'key.point', press: () => this.querySelector<PointsOfOrder>('rs-points')?.press() },
					{ key: 'n', show: 'N', label: 'key.motion', press: () => this.next() },
					{ key: 'n', show: 'N', label: 'key.rollcall', press: () => this.next() },
					{ key: 'd', show: 'D', label: 'key.decision', press: () => this.querySelector<DecisionKeys>('rs-decision')?.press() },
					{ key: 'w', show: 'W', label: 'key.plan', press: () => this.querySelector<PlanPanel>('rs-plan')?.press() },
					{ key: 'v', show: 'V', label: 'life.more', press: () => this.querySelector<Life>('rs-life')?.press() },
					{ key: 'x', show: 'X', label: 'key.skip', press: () => this.querySelector<ListKeys>('rs-list-keys')?.skip() },
					{ key: 'b', show: 'B', label: 'key.back', press: () => this.querySelector<ListKeys>('rs-list-keys')?.putBack() },
					{ key: 'l', show: 'L', label: 'key.lots', press: () => this.querySelector<ListKeys>('rs-list-keys')?.lots() },
					{ key: 's', show: 'S', label: 'key.clock', press: () => this.querySelector<ClockKeys>('rs-clock-keys')?.press() },
					{ key: 'r', show: 'R', label: 'key.resume', press: () => this.querySelector<LostSpeaker>('rs-lost-speaker')?.press() },
				]
			: [];
		const booths: Binding[] = session.may('answer-call') || session.may('clear-impediment')
			? [{ key: 'i', show: 'I', label: 'key.booth', press: () => this.querySelector<BoothAlarms>('rs-booth-alarms')?.press() }]
			: [];
		return [
			...own,
			...booths,
			...leads,
			{ key: '+', show: '+', label: 'key.louder', press: () => session.setVolume(session.volume + 0.1) },
			{ key: '-', show: '−', label: 'key.softer', press: () => session.setVolume(session.volume - 0.1) },
		];
	}
}
