import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { slowerAsked } from '#shared/view';
import { t, type Key } from '#shared/words';
import { CHOICES, type Menu } from './console';
import { boothOf, callOf } from './desk';
import { DeskPart, TimedDeskPart } from './part';

/** What a booth says without a word: to the speaker, to the chair, to the technician. */
@customElement('rs-signals')
export class Signals extends TimedDeskPart {
	override render(): TemplateResult {
		const { session, view, me, desk } = this;
		const cannot = boothOf(view, me)?.impediment;
		const slower = slowerAsked(view, this.now);
		return html`${session.may('speak-slower')
				? this.key('S', 'speak-slower', t('signal.slower'), slower > 0 ? t('signal.slower.asked', { n: slower }) : '', () => desk.slower())
				: nothing}
			${session.may('cannot-interpret')
				? this.key('N', 'cannot-interpret', t('impediment.title'), cannot ? t(`impediment.${cannot.reason}` satisfies Key) : '', () => desk.toggle('impediment'), 'impediment')
				: nothing}`;
	}

	private key(press: string, id: string, label: string, note: string, run: () => void, menu?: Menu): TemplateResult {
		return html`<button type="button" class="button signal ${note === '' ? '' : 'on'}" data-testid=${id} data-on=${note !== ''}
			aria-expanded=${menu === undefined ? nothing : this.desk.menu === menu} @click=${run}><span class="press"><kbd>${press}</kbd><span class="note" aria-live="polite">${note}</span></span><span>${label}</span></button>`;
	}
}

const TITLES: Record<Menu, Key> = { impediment: 'impediment.because', language: 'floor.language', relay: 'relay.set.to', handover: 'handover.ask' };

/** What the open menu offers, always in the same place, each with its digit. Handover has its keys where its clock is. */
@customElement('rs-choices')
export class Choices extends DeskPart {
	override render(): TemplateResult | typeof nothing {
		const { desk } = this;
		if (desk.menu === null || desk.menu === 'handover')
			return nothing;
		return html`<section class="panel menu" aria-labelledby="menu-title" data-testid="menu" data-menu=${desk.menu}>
			<header><h2 id="menu-title">${t(TITLES[desk.menu], { n: desk.relayKey + 1 })}</h2></header>
			<div class="choices">${desk.choices.map(
				({ id, label, lang, chosen, run }, i) => html`<button type="button" class="button" data-testid="choice" data-choice=${id} aria-pressed=${chosen === undefined ? nothing : chosen} @click=${run}
					><kbd>${CHOICES[i]}</kbd><span lang=${lang || nothing}>${label}</span></button>`,
			)}
			<button type="button" class="button quiet" data-testid="choices-close" @click=${() => desk.close()}><kbd>Esc</kbd>${t('choice.back')}</button></div>
		</section>`;
	}
}

/** Lines to who can help. */
@customElement('rs-calls')
export class Calls extends DeskPart {
	override render(): TemplateResult {
		return html`${this.session.may('call') ? [this.line('P', 'chair'), this.line('T', 'technician')] : nothing}`;
	}

	private line(press: string, to: 'chair' | 'technician'): TemplateResult {
		const { session, desk } = this;
		const open = callOf(this.view, this.me, to) !== null;
		return html`<button type="button" class="button signal ${open ? 'on' : ''}" data-testid="call" data-to=${to} data-on=${open}
			aria-disabled=${session.isAsked(`call-${to}`)} @click=${() => desk.call(to)}><span class="press"><kbd>${press}</kbd><span class="note" aria-live="polite">${open ? t('call.open') : ''}</span></span
			><span>${t(open ? 'call.back' : `call.${to}`)}</span></button>`;
	}
}
