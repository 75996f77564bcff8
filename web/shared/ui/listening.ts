import { html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { t } from '../words';
import { icon } from './icons';
import { Part } from './part';

/** What is heard: the original, or a language; and how loud. */
@customElement('rs-listening')
export class Listening extends Part {
	/** A channel that cannot be chosen here: an interpreter's own output. */
	@property() without = '';

	override render(): TemplateResult {
		const { session } = this;
		const channels = Object.entries(session.view?.channels ?? {}).filter(([id]) => id !== this.without);
		return html`<div class="listening">
			<div class="choices" role="radiogroup" aria-label=${t('listening.to')} @keydown=${this.arrows}>
				${this.choice('floor', t('channel.floor'), '')}
				${channels.map(([id, { name, language, desk }]) =>
					this.choice(id, name, language, desk ? '' : t('channel.carries.floor')),
				)}
			</div>
			<label class="volume"><span class="unseen">${t('volume')}</span>${icon('volume')}<input type="range" min="0" max="100" data-testid="volume"
				.value=${String(Math.round(session.volume * 100))}
				@input=${(event: InputEvent) => session.setVolume(Number((event.target as HTMLInputElement).value) / 100)}></label>
		</div>`;
	}

	private choice(id: string, name: string, language: string, note = ''): TemplateResult {
		const chosen = this.session.channel === id;
		return html`<button type="button" class="button" role="radio" aria-checked=${chosen} tabindex=${chosen ? 0 : -1}
			data-testid="listen" data-channel=${id} title=${note} @click=${() => void this.session.listen(id)}
			><span lang=${language || (null as never)}>${name}</span>${note ? html`<span class="unseen">, ${note}</span>` : ''}</button>`;
	}

	/** Arrow keys move the choice, as in any group of radio buttons. */
	private arrows(event: KeyboardEvent): void {
		const buttons = [...this.querySelectorAll<HTMLButtonElement>('[role=radio]')];
		const forward = getComputedStyle(this).direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
		const backward = forward === 'ArrowLeft' ? 'ArrowRight' : 'ArrowLeft';
		const step = { [forward]: 1, ArrowDown: 1, [backward]: -1, ArrowUp: -1 }[event.key];
		if (step === undefined)
			return;
		event.preventDefault();
		const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
		const next = buttons[(at + step + buttons.length) % buttons.length];
		next?.focus();
		next?.click();
	}
}
