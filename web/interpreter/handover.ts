import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { formatDuration, secondsTo } from '#shared/time';
import { shortName } from '#shared/view';
import { t, type Key } from '#shared/words';
import { CHOICES } from './console';
import { handoverOf, ownerOf, turnOf, usedToday, type OwnHandover } from './desk';
import { TimedDeskPart } from './part';

/** The clock of the turn, and how the microphone goes to the partner and back. */
@customElement('rs-handover')
export class HandoverKeys extends TimedDeskPart {
	override updated(): void {
		// Not by a style attribute: the pages' policy allows none.
		const bar = this.querySelector<HTMLElement>('.time-bar span');
		if (bar !== null)
			bar.style.transform = `scaleX(${Math.min(1, this.elapsed / turnOf(this.view))})`;
	}

	/** Of the turn of whoever is live in this output, ms. */
	private get elapsed(): number {
		const since = this.view.channels[this.desk.output]?.since;
		return since ? Math.max(0, this.now - since) : 0;
	}

	override render(): TemplateResult {
		const { view, me, desk } = this;
		const open = handoverOf(view, me);
		return html`<section class="panel handover" aria-labelledby="handover-title" data-testid="handover" data-state=${open?.state ?? ''}>
			<header><h2 id="handover-title">${t('handover.title')}</h2>${this.today()}</header>
			${this.turn()}
			<div class="steps" aria-live="polite">${open === null ? this.times(desk.mayRequest) : this.pending(open)}</div>
		</section>`;
	}

	private today(): TemplateResult {
		const used = usedToday(this.view, this.me, this.now);
		return html`<p class="small muted">${t('turn.today')} <span class="figures" data-testid="used-today">${formatHours(used)}</span></p>`;
	}

	private turn(): TemplateResult {
		const { view, me, desk, elapsed } = this;
		const owner = ownerOf(view, me);
		const name = desk.live !== '' ? t('you') : owner === '' ? t('turn.nobody') : shortName(view, owner);
		const turn = turnOf(view);
		const over = turn > 0 && elapsed >= turn;
		return html`<div class="turn ${over ? 'late' : ''}" data-testid="turn" data-over=${over}>
			<p class="small muted">${t('turn.title')}: ${name}</p>
			<p><span class="figures clock" role="timer" aria-live="off">${formatDuration(elapsed)}</span> <span class="small muted">${over ? t('turn.over') : turn > 0 ? t('turn.of', { n: Math.round(turn / 60_000) }) : nothing}</span></p>
			${turn > 0 ? html`<span class="time-bar" aria-hidden="true"><span></span></span>` : nothing}</div>`;
	}

	/** Always in their place; out of use while there is nobody to hand over to. */
	private times(possible: boolean): TemplateResult {
		const { desk } = this;
		const lit = desk.menu === 'handover';
		return html`<div class="times" role="group" aria-label=${t('handover.ask')}>${desk.times.map(
			(time, i) => html`<button type="button" class="button" data-testid="request-handover" data-time=${time} aria-disabled=${!possible}
				@click=${() => possible && desk.requestHandover(time)}><span class="press"><kbd>H</kbd><kbd class=${lit ? 'lit' : ''}>${CHOICES[i]}</kbd></span>${t(`handover.${time}` satisfies Key)}</button>`,
		)}</div>`;
	}

	private pending(open: OwnHandover): TemplateResult {
		const { view, desk } = this;
		const name = shortName(view, open.other);
		const left = open.due ? formatDuration(secondsTo(open.due, this.now) * 1000) : '';
		const when = left === '' ? nothing : html`<span class="figures clock" role="timer" aria-live="off" data-testid="countdown">${left}</span>`;
		if (open.state === 'armed')
			return html`<p><strong>${t(`handover.armed.${open.role}.short`, { name })}</strong> ${when}</p>${this.key('x', 'cancel-handover', t('handover.cancel'))}`;
		if (open.mine)
			return html`<p>${t('handover.asked', { name })} ${when}</p>${this.key('x', 'cancel-handover', t('handover.cancel'))}`;
		return html`<p class="asks"><strong>${t(`handover.asks.${open.role}`, { name })}</strong> ${when}</p>
			<div class="answers"><button type="button" class="button main" data-testid="accept-handover" @click=${() => desk.answerHandover('accept-handover')}><kbd>Y</kbd>${t('handover.accept')}</button>
			${this.key('x', 'decline-handover', t('handover.decline'))}</div>`;
	}

	private key(press: string, command: 'cancel-handover' | 'decline-handover', label: string): TemplateResult {
		return html`<button type="button" class="button" data-testid=${command} @click=${() => this.desk.answerHandover(command)}><kbd>${press.toUpperCase()}</kbd>${label}</button>`;
	}
}

/** Hours and minutes: seconds of a day are of no use. */
function formatHours(ms: number): string {
	const minutes = Math.floor(ms / 60_000);
	return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
}
