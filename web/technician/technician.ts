import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { Binding } from '#shared/keys';
import { t } from '#shared/words';
import '#shared/ui/listening';
import { Page } from '#shared/ui/page';
import type { BoothAlarms } from '../podium/booths';
import '../podium/booths';
import type { BoxDetail } from './box';
import './detail';
import { Meters } from './meters';
import { Survey, type Histories } from './survey';
import { NARROW, type Stations } from './table';
import './table';
import './tiles';

/** The technician's desk: whatever is wrong with anybody's line stands on top; what serves the meeting is above it. */
@customElement('rs-technician')
export class Technician extends Page {
	protected readonly page = 'technician';
	private readonly survey = new Survey();
	private readonly meters = new Meters();
	@state() private chosen = '';
	/** An answer with histories is under way. */
	private looking = false;

	override connectedCallback(): void {
		const { session } = this;
		session.onwelcome = () => {
			this.survey.forget();
			this.meters.forget();
			if (session.may('survey'))
				void session.wire.command('survey', { on: true });
			this.querySelector<BoxDetail>('rs-box')?.again();
		};
		session.wire.onsurvey = (told) => this.survey.take(told, session.wire.measured.levels ?? {}, session.wire.clock.now());
		session.wire.onlevels = (levels) => this.meters.take(levels, performance.now());
		super.connectedCallback();
	}

	protected content(): TemplateResult {
		const { session, survey, chosen } = this;
		const choose = (badge: string) => this.choose(badge);
		return html`<main class="technician-page ${chosen === '' ? '' : 'with-detail'}">
			<rs-booth-alarms .session=${session}></rs-booth-alarms>
			<rs-tiles .session=${session} .survey=${survey} .choose=${choose}></rs-tiles>
			<rs-stations .session=${session} .survey=${survey} .meters=${this.meters} chosen=${chosen} .choose=${choose} .seen=${(badges: string[]) => void this.look(badges)}></rs-stations>
			${chosen === '' ? nothing : html`<rs-station .session=${session} .survey=${survey} badge=${chosen} .close=${() => this.leave()}></rs-station>`}
			<footer class="band">${this.doors()}<rs-listening .session=${session} compact></rs-listening></footer>
		</main>`;
	}

	private choose(badge: string): void {
		this.chosen = badge;
		// Where all stands under one another it is above the table.
		void this.updateComplete.then(() => NARROW.matches && this.querySelector('rs-station')?.scrollIntoView({ block: 'start' }));
	}

	/** Before the meeting people come in to be tried. */
	private doors(): TemplateResult | typeof nothing {
		const { session } = this;
		const { state: life } = session.view!.meeting;
		const command = life === 'test' ? 'close-doors' : 'open-doors';
		if (life === 'in-session' || life === 'suspended' || !session.may(command))
			return nothing;
		const busy = session.isAsked(command);
		return html`<button type="button" class="button" data-testid=${command} aria-disabled=${busy}
			@click=${() => busy || void session.ask(command)}>${busy ? t('asked') : t(life === 'test' ? 'doors.close' : 'doors.open')}</button>`;
	}

	/** Ten minutes of those that are seen, once; from then on what is told each second is added. */
	private async look(badges: string[]): Promise<void> {
		const { session } = this;
		if (this.looking || session.wire.state !== 'open')
			return;
		const missing = this.survey.missing(badges);
		if (missing.length === 0)
			return;
		this.looking = true;
		const reply = await session.wire.command('history', { participants: missing });
		this.looking = false;
		if (reply.ok)
			this.survey.keep(reply as unknown as Histories);
		else
			this.survey.release(missing);
		session.update();
	}

	private leave(): void {
		const badge = this.chosen;
		this.chosen = '';
		void this.updateComplete.then(() => this.querySelector<HTMLElement>(`[data-testid=station][data-participant="${badge}"]`)?.focus());
	}

	private get table(): Stations | null {
		return this.querySelector('rs-stations');
	}

	protected bindings(): Binding[] {
		const { session, chosen } = this;
		if (session.view === null)
			return [];
		return [
			{ key: '/', show: '/', label: 'key.find', press: () => this.table?.find() },
			{ key: 'n', show: 'N', label: 'key.next-trouble', press: () => this.table?.nextTrouble() },
			{ key: 'ArrowDown', show: '↓', label: 'key.next-line', press: () => this.table?.step(1), repeats: true },
			{ key: 'ArrowUp', show: '↑', label: 'key.previous-line', press: () => this.table?.step(-1), repeats: true },
			{ key: 'b', show: 'B', label: 'key.booth', press: () => this.querySelector<BoothAlarms>('rs-booth-alarms')?.press() },
			...(chosen === '' ? [] : [{ key: 'Escape', show: 'Esc', label: 'close' as const, press: () => this.leave() }]),
			{ key: '+', show: '+', label: 'key.louder', press: () => session.setVolume(session.volume + 0.1) },
			{ key: '-', show: '−', label: 'key.softer', press: () => session.setVolume(session.volume - 0.1) },
		];
	}
}
