import { html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { t } from '../words';
import { icon } from './icons';
import { Part } from './part';

/** What is heard: the original, or a language; and how loud. */
@customElement('rs-listening')
export class Listening extends Part {
	/** A list to open instead of buttons side by side. */
	@property({ type: Boolean }) compact = false;

	override render(): TemplateResult {
		const { session } = this;
		const channels = Object.entries(session.view?.channels ?? {});
		const chosen = session.view?.channels[session.channel];
		return html`<h2 class="small muted">${t('listening.to')}${
				session.companion ? html`<span class="note"> · ${t('channel.earphones')}</span>` : ''
			}${chosen !== undefined && !chosen.desk ? html`<span class="note"> · ${t('channel.carries.floor')}</span>` : ''
			}</h2>
			<div class="listening">
			${this.compact
				? html`<div class="field"><select aria-label=${t('listening.to')} data-testid="listen-list" @change=${(event: Event) =>
						void session.listen((event.target as HTMLSelectElement).value)}>
						${session.companion ? html`<option value="none" ?selected=${session.channel === 'none'}>${t('channel.none')}</option>` : ''}
						<option value="floor" ?selected=${session.channel === 'floor'}>${t('channel.floor')}</option>
						${channels.map(
							([id, { name }]) => html`<option value=${id} ?selected=${session.channel === id}>${name}</option>`,
						)}</select></div>`
				: html`<div class="choices" role="radiogroup" aria-label=${t('listening.to')} @keydown=${this.arrows}>
						${session.companion ? this.choice('none', t('channel.none'), '') : ''}
						${this.choice('floor', t('channel.floor'), '')}
						${channels.map(([id, { name, language, desk }]) =>
							this.choice(id, name, language, desk ? '' : t('channel.carries.floor')),
						)}
					</div>`}
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
