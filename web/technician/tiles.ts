import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { nextUp } from '#shared/green-room';
import { outageOf, outageText } from '#shared/outages';
import { shortName } from '#shared/view';
import { formatSpan, t, timeOfDay, type Key } from '#shared/words';
import { icon } from '#shared/ui/icons';
import { Part } from '#shared/ui/part';
import { ready } from '#shared/ui/ready';
import { troublesOf, troubleText, worst } from './rows';
import { boxSummary } from './box';
import { figureOf, type Node, type Severity, type Survey, type Trouble } from './survey';

/** What serves the whole meeting: what it lacks, media servers, the recorder, room boxes. */
@customElement('rs-tiles')
export class Tiles extends Part {
	@property({ attribute: false }) survey!: Survey;
	@property({ attribute: false }) choose: (badge: string) => void = () => {};

	override render(): TemplateResult {
		const { survey } = this;
		const rooms = Object.entries(this.session.view!.participants).filter(([, { role }]) => role === 'room');
		return html`<section class="tiles" aria-label=${t('tiles.title')}>
			${survey.troubles.map((trouble) => this.lack(trouble))}
			${[...survey.nodes].sort((a, b) => b.kind.localeCompare(a.kind) || a.node.localeCompare(b.node)).map((node) => this.node(node))}
			${this.next()}
			${rooms.map(([badge, { present }]) => this.room(badge, present))}
		</section>`;
	}

	private lack(trouble: Trouble): TemplateResult {
		return html`<div class="tile ${trouble[1]}" role="alert" data-testid="meeting-trouble" data-trouble=${trouble[0]}>
			${this.heading(t(`severity.${trouble[1]}` satisfies Key), '', trouble[1])}<p>${troubleText(trouble)}</p>
			<p class="small muted">${t('station.since', { time: timeOfDay(trouble[2]) })}</p></div>`;
	}

	private node(node: Node): TemplateResult {
		const { severity } = worst(node.troubles);
		const said = node.kind === 'sfu' ? this.server(node) : this.recorder(node);
		return html`<div class="tile ${severity ?? ''}" data-testid="node" data-node=${node.node} data-severity=${severity ?? 'none'}>
			${this.heading(t(`node.${node.kind}` satisfies Key), node.node, severity)}
			<p class="small">${said.join(' · ')}</p>${this.troubles(node.troubles)}</div>`;
	}

	private server({ cpu, slow_us, peers, draining }: Node): string[] {
		return [
			...(draining ? [t('node.draining')] : []),
			...(cpu === undefined ? [] : [t('node.cpu', { n: cpu })]),
			...(peers === undefined ? [] : [t('node.peers', { n: peers })]),
			...(slow_us === undefined ? [] : [t('node.slow', { n: Math.ceil(slow_us / 1000) })]),
		];
	}

	private recorder({ left_s }: Node): string[] {
		const { disk } = this.session.wire.measured;
		const { state } = this.session.view!.recording;
		return [
			t(`recording.${state}` satisfies Key),
			...(left_s === undefined ? [] : [t('disk.left', { time: formatSpan(left_s) })]),
			...(disk?.copy?.state === 'running' && disk.copy.behind_s != null ? [t('disk.copy.behind', { time: formatSpan(disk.copy.behind_s) })] : []),
		];
	}

	/** Those about to be called, and whether they are ready: before the chair notices. */
	private next(): TemplateResult | typeof nothing {
		const view = this.session.view!;
		const next = nextUp(view);
		return next.length === 0
			? nothing
			: html`<div class="tile" data-testid="green-tile">${this.heading(t('next.title'), '', null)}
				${next.map(({ participant }) => html`<button type="button" class="button quiet small" @click=${() => this.choose(participant)}><bdi>${shortName(view, participant)}</bdi> ${ready(this.session, participant)}</button>`)}</div>`;
	}

	private room(badge: string, present: boolean): TemplateResult {
		const { session } = this;
		const station = this.survey.people[badge];
		const { measured, clock } = session.wire;
		const outage = outageOf(measured.outages, badge, clock.now());
		const troubles = troublesOf(station, outage, session.view!.recording.state !== 'off');
		const { severity } = worst(troubles);
		const rtt = figureOf(station, 'rtt');
		const fine = troubles.length === 0 ? t('station.fine') : '';
		const line = !present ? t('station.away') : [fine, rtt === null ? '' : t('unit.ms', { n: rtt })].filter((one) => one !== '').join(' · ');
		return html`<button type="button" class="tile ${severity ?? ''}" data-testid="box" data-participant=${badge} data-severity=${severity ?? 'none'} @click=${() => this.choose(badge)}>
			${this.heading(t('role.room'), shortName(session.view!, badge), severity)}
			${line === '' ? nothing : html`<span class="small">${line}</span>`}${station?.box === undefined ? nothing : html`<span class="small" data-testid="box-summary">${boxSummary(station.box)}</span>`}${
				// Both edges say more than that something is missing.
				this.troubles(outage === undefined ? troubles : troubles.filter(([name]) => name !== 'undelivered'))}${
				outage === undefined ? nothing : html`<span class="what small" data-testid="outage" data-state=${outage.state}>${outageText(outage, clock.now())}</span>`}</button>`;
	}

	private heading(kind: string, name: string, severity: Severity | null): TemplateResult {
		return html`<span class="kind">${severity === null ? nothing : icon('warning')}<strong>${kind}</strong> <bdi class="small muted">${name}</bdi></span>`;
	}

	private troubles(troubles: Trouble[]): TemplateResult | typeof nothing {
		return troubles.length === 0
			? nothing
			: html`<span class="what small">${troubles.map((trouble) => `${troubleText(trouble)} · ${t('station.since', { time: timeOfDay(trouble[2]) })}`).join(' ')}</span>`;
	}
}
