import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import '../listening.css';
import { provenance } from '../provenance';
import type { Session } from '../session';
import { t } from '../words';
import './captions';
import { chain } from './chain';
import { icon } from './icons';
import { Part } from './part';

/** There is an original that could lie under what is heard. */
export function hasUnderneath({ channel }: Session): boolean {
	return channel !== 'floor' && channel !== 'none';
}

/** What is heard: the original, or a language; where that comes from; how loud, and the original underneath it. */
@customElement('rs-listening')
export class Listening extends Part {
	/** A list to open instead of buttons side by side. */
	@property({ type: Boolean }) compact = false;

	override render(): TemplateResult {
		const { session } = this;
		return html`<div class="heading"><h2 class="small muted">${t('listening.to')}${
				session.companion ? html`<span class="note"> · ${t('channel.earphones')}</span>` : ''
			}</h2>${session.view !== null && session.channel !== 'none' ? chain(session.view, provenance(session.view, session.channel, session.hearing.understands, session.wire.measured.ears)) : nothing}${this.compact ? nothing : html`<rs-captions-choice .session=${session}></rs-captions-choice>`}</div>
			<div class="listening">
			${this.compact ? this.list() : this.buttons()}
			<label class="volume"><span class="unseen">${t('volume')}</span>${icon('volume')}<input type="range" min="0" max="100" data-testid="volume"
				.value=${String(Math.round(session.volume * 100))}
				@input=${(event: InputEvent) => session.setVolume(Number((event.target as HTMLInputElement).value) / 100)}></label>
			${hasUnderneath(session) ? this.underneath() : nothing}
		</div>`;
	}

	private list(): TemplateResult {
		const { session } = this;
		return html`<div class="field"><select aria-label=${t('listening.to')} data-testid="listen-list" @change=${(event: Event) =>
				void session.listen((event.target as HTMLSelectElement).value)}>
				${session.companion ? html`<option value="none" ?selected=${session.channel === 'none'}>${t('channel.none')}</option>` : ''}
				<option value="floor" ?selected=${session.channel === 'floor'}>${t('channel.floor')}</option>
				${Object.entries(session.view?.channels ?? {}).map(
					([id, { name }]) => html`<option value=${id} ?selected=${session.channel === id}>${name}</option>`,
				)}</select></div>`;
	}

	private buttons(): TemplateResult {
		const { view, companion, hearing } = this.session;
		return html`<div class="choices" role="radiogroup" aria-label=${t('listening.to')} @keydown=${this.arrows}>
			${companion ? this.choice('none', t('channel.none'), '') : ''}
			${this.choice('floor', t('channel.floor'), '')}
			${Object.entries(view?.channels ?? {}).map(([id, { name, language }]) => {
				const { instead } = provenance(view!, id, hearing.understands);
				return this.choice(id, name, language, instead === null ? '' : instead === 'nobody' ? t('channel.carries.floor') : t('channel.carries.floor.short'));
			})}
		</div>`;
	}

	private underneath(): TemplateResult {
		const { session } = this;
		const { underneath, level } = session.hearing;
		return html`<div class="underneath"><label class="check"><input type="checkbox" data-testid="underneath" .checked=${underneath}
				@change=${(event: Event) => void session.setOriginal((event.target as HTMLInputElement).checked)}>
				<span>${t('underneath')}</span></label>
			${underneath ? html`<input type="range" min="0" max="100" aria-label=${t('underneath.level')} data-testid="underneath-level"
				.value=${String(Math.round(level * 100))}
				@input=${(event: InputEvent) => session.setUnderVolume(Number((event.target as HTMLInputElement).value) / 100)}>` : nothing}</div>`;
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
