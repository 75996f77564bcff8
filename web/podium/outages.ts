import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { isOpen, percentOf, reasonOf } from '#shared/outages';
import { shortName, type Outage } from '#shared/view';
import { secondOfDay, t } from '#shared/words';
import { Part } from '#shared/ui/part';

/** After the column was touched nothing in it moves for so long. */
const STILL_MS = 4000;
/** What was settled before that is no news to whoever comes to the page. */
const NEWS_MS = 1_800_000;

/** What the podium is told of an outage; without a recording only that a room is away. */
export function toldOf(outages: Outage[] | undefined, recorded: boolean, now: number): Outage[] {
	return (outages ?? []).filter((one) => one.state === 'lost' || (recorded && (isOpen(one) || now - one.at_ms < NEWS_MS)));
}

export function awayText(outage: Outage, recorded: boolean): string {
	switch (outage.state) {
		case 'lost':
			return recorded ? t('away.lost.text') : '';
		case 'back':
			return t('away.back');
		case 'delivering':
			return t('away.delivering', { percent: percentOf(outage) });
		case 'delivered':
			return t('away.delivered');
		case 'refused':
			return t('away.refused', { reason: reasonOf(outage) });
	}
}

const LOOKS = { lost: 'amber', back: 'amber', delivering: 'amber', delivered: 'calm', refused: 'red' } as const satisfies Record<Outage['state'], string>;

/** Rooms whose line was lost: that they are away, both edges, and whether what they said is in the record. */
@customElement('rs-outages')
export class Outages extends Part {
	private touched = -STILL_MS;
	private column: Element | null = null;
	private later: ReturnType<typeof setTimeout> | undefined;
	private readonly seen = new Set<string>();
	private readonly touch = (): void => {
		this.touched = performance.now();
	};

	override connectedCallback(): void {
		super.connectedCallback();
		this.column = this.closest('.aside');
		for (const event of ['pointermove', 'pointerdown', 'keydown'])
			this.column?.addEventListener(event, this.touch);
	}

	override disconnectedCallback(): void {
		for (const event of ['pointermove', 'pointerdown', 'keydown'])
			this.column?.removeEventListener(event, this.touch);
		clearTimeout(this.later);
		super.disconnectedCallback();
	}

	/** What stands below has keys: it moves once nobody is about to press one. */
	override shouldUpdate(): boolean {
		const still = performance.now() - this.touched;
		clearTimeout(this.later);
		if (still >= STILL_MS)
			return super.shouldUpdate();
		this.later = setTimeout(() => this.requestUpdate(), STILL_MS - still);
		return false;
	}

	override render(): TemplateResult {
		const { wire, view } = this.session;
		const recorded = view!.recording.state !== 'off';
		const told = toldOf(wire.measured.outages, recorded, wire.clock.now()).filter((one) => !this.seen.has(this.idOf(one)));
		return html`${told.map((outage) => this.outage(outage, recorded))}`;
	}

	private idOf({ source, at_ms }: Outage): string {
		return `${source} ${at_ms}`;
	}

	private outage(outage: Outage, recorded: boolean): TemplateResult {
		const { source, from_ms, to_ms, state } = outage;
		const name = shortName(this.session.view!, source);
		const title = to_ms === null ? t('away.lost', { name, from: secondOfDay(from_ms) }) : t('away.was', { name, from: secondOfDay(from_ms), to: secondOfDay(to_ms) });
		return html`<div class="alarm away ${LOOKS[state]}" data-testid="away" data-participant=${source} data-state=${state}>
			<div role=${state === 'refused' ? 'alert' : 'status'}><strong>${title}</strong><p>${awayText(outage, recorded)}</p></div>
			${isOpen(outage) ? nothing : html`<button type="button" class="button" data-testid="away-seen" @click=${() => this.dismiss(outage)}>${t('alarm.seen')}</button>`}</div>`;
	}

	/** Pressed: what moves now was asked for. */
	private dismiss(outage: Outage): void {
		this.seen.add(this.idOf(outage));
		this.touched = -STILL_MS;
		this.requestUpdate();
	}
}
