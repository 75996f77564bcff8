import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Errand } from '#shared/errands';
import { isKey, t, timeOfDay, type Key } from '#shared/words';
import { Part } from '#shared/ui/part';
import type { Asked } from './survey';

const LONGEST = 200;
/** A second press on the same key within this does it. */
const SURE_MS = 5000;
const ANSWERED = ['tell', 'use-cable', 'restart'] as const;

function reason(why?: string): string {
	const key = `asked.why.${why}`;
	return isKey(key) ? ` (${t(key)})` : '';
}

/** What a technician asks of one place: each key says what it does, and below stands what came of it. */
@customElement('rs-asking')
export class Asking extends Part {
	@property({ attribute: false }) asked: Asked[] = [];
	@property() badge = '';
	@state() private text = '';
	/** The box that is restarted by another press. */
	@state() private sure = '';

	override render(): TemplateResult | typeof nothing {
		const { session } = this;
		if (!session.may('tell-seat'))
			return nothing;
		const participant = session.view!.participants[this.badge];
		return html`<section class="asking" aria-labelledby="asking-title"><h3 class="small" id="asking-title">${t('asking.title')}</h3>
			<form class="telling" @submit=${this.tell}><label class="field"><span>${t('asking.tell')}</span><input data-testid="tell-text" dir="auto" autocomplete="off" maxlength=${LONGEST}
				.value=${this.text} @input=${(event: Event) => (this.text = (event.target as HTMLInputElement).value)}></label>
				<button class="button" data-testid="tell-seat" aria-disabled=${this.text.trim() === '' || session.isAsked('tell-seat')}>${t('asking.send')}</button></form>
			<div class="keys">
				${participant?.role === 'room' ? nothing : html`${this.key('ask-for-cable', 'asking.cable', () => this.ask('ask-for-cable'))}${this.loop()}`}
				${this.signals()}
				${participant?.role === 'room' ? this.key('restart-box', this.sure === this.badge ? 'asking.restart.sure' : 'asking.restart', () => this.restart()) : nothing}
			</div>
			<div role="status"><ul class="small">${this.asked.filter((one): one is Asked & { do: (typeof ANSWERED)[number] } => (ANSWERED as readonly string[]).includes(one.do)).map(
				({ do: errand, state: is, at, why }) => html`<li data-testid="asked" data-errand=${errand} data-state=${is}>${t(`asked.${errand}` satisfies Key)}: ${t(`asked.${is}` satisfies Key, { time: timeOfDay(at) })}${reason(why)}</li>`,
			)}</ul></div>
		</section>`;
	}

	private standing(errand: Errand): Asked | undefined {
		return this.asked.find((one) => one.do === errand);
	}

	private loop(): TemplateResult {
		const on = this.standing('loop-back') !== undefined;
		return this.toggle('loop-back', 'asking.loop', on, () => this.ask('loop-back', { on: !on }));
	}

	/** Where the floor could hear them they cannot be made, and it says when they can. */
	private signals(): TemplateResult {
		const { meeting } = this.session.view!;
		if (meeting.state === 'in-session' && meeting.rehearsal !== true)
			return html`<p class="small muted" data-testid="no-signals">${t('asking.sits')}</p>`;
		const now = this.standing('test-signal')?.signal;
		const tone = now === 'tone' || now === 'both';
		const bars = now === 'bars' || now === 'both';
		const make = (t1: boolean, b1: boolean) => this.ask('test-signal', { signal: t1 && b1 ? 'both' : t1 ? 'tone' : b1 ? 'bars' : 'off' });
		return html`${this.toggle('signal-tone', 'asking.tone', tone, () => make(!tone, bars))}${this.toggle('signal-bars', 'asking.bars', bars, () => make(tone, !bars))}`;
	}

	private key(testid: 'ask-for-cable' | 'restart-box', word: Key, press: () => void): TemplateResult {
		return html`<button type="button" class="button" data-testid=${testid} @click=${press}>${t(word)}</button>`;
	}

	private toggle(testid: 'loop-back' | 'signal-tone' | 'signal-bars', word: Key, on: boolean, press: () => void): TemplateResult {
		return html`<button type="button" class="button" data-testid=${testid} aria-pressed=${on} @click=${press}>${t(word)}</button>`;
	}

	private ask(command: string, members: Record<string, unknown> = {}): void {
		void this.session.ask(command, { participant: this.badge, ...members });
	}

	private readonly tell = (event: SubmitEvent): void => {
		event.preventDefault();
		const text = this.text.trim();
		if (text === '' || this.session.isAsked('tell-seat'))
			return;
		void this.session.ask('tell-seat', { participant: this.badge, text }).then(({ ok }) => {
			if (ok)
				this.text = '';
		});
	};

	private restart(): void {
		const { badge } = this;
		if (this.sure === badge) {
			this.sure = '';
			this.ask('restart-box');
			return;
		}
		this.sure = badge;
		window.setTimeout(() => (this.sure = this.sure === badge ? '' : this.sure), SURE_MS);
	}
}
