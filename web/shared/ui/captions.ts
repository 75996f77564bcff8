import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import '../captions.css';
import { SIZES, type Captions as Wish } from '../captions';
import { t, type Key } from '../words';
import { Part } from './part';

/** Captions of one language: two or three rows, the newest at the foot, what is being typed after them. */
@customElement('rs-captions')
export class Captions extends Part {
	/** Instead of what the reader chose. */
	@property() language = '';

	override render(): TemplateResult | typeof nothing {
		const { session } = this;
		const { captions } = session;
		const language = this.language || captions.language;
		const view = session.view!;
		const channel = view.channels[language];
		if (language === '' || channel === undefined)
			return nothing;
		const lines = captions.lines(view, language);
		const typing = captions.typing(language);
		return html`<section class="captions ${captions.size} rows-${captions.rows}" data-testid="captions" data-language=${language} aria-label=${t('captions.title')}>
			<div class="lines" lang=${channel.language} dir="auto">
				<div aria-live=${captions.aloud ? 'polite' : 'off'}>${repeat(lines, ({ line }) => line, ({ line, text }) => html`<p data-testid="caption" data-line=${line}>${text}</p>`)}</div>
				${typing === '' ? nothing : html`<p class="typing" aria-hidden="true" data-testid="caption-live">${typing}</p>`}
				${lines.length === 0 && typing === '' ? html`<p class="none" lang="" data-testid="captions-none">${t('captions.none')}</p>` : nothing}
			</div></section>`;
	}
}

/** Which captions, where one chooses what one hears. */
@customElement('rs-captions-choice')
export class CaptionsChoice extends Part {
	override render(): TemplateResult | typeof nothing {
		const { session } = this;
		const channels = Object.entries(session.view?.channels ?? {});
		if (channels.length === 0 || !session.may('captions'))
			return nothing;
		return html`<label class="field captions-choice"><span class="small muted">${t('captions.title')}</span><select data-testid="captions-language"
			@change=${(event: Event) => void session.setCaptions({ language: (event.target as HTMLSelectElement).value })}>
			<option value="" ?selected=${session.captions.language === ''}>${t('captions.off')}</option>
			${channels.map(([id, { name, language }]) => html`<option value=${id} lang=${language} ?selected=${session.captions.language === id}>${name}</option>`)}
		</select></label>`;
	}
}

/** How captions look, and whether they are read out. */
@customElement('rs-captions-settings')
export class CaptionsSettings extends Part {
	override render(): TemplateResult | typeof nothing {
		const { session } = this;
		const { captions } = session;
		if (!session.may('captions'))
			return nothing;
		return html`<fieldset class="captions-settings"><legend>${t('captions.title')}</legend>
			<div class="field"><label for="captions-size">${t('captions.size')}</label><select id="captions-size" data-testid="captions-size"
				@change=${(event: Event) => void session.setCaptions({ size: (event.target as HTMLSelectElement).value as Wish['size'] })}>
				${SIZES.map((size) => html`<option value=${size} ?selected=${captions.size === size}>${t(`captions.size.${size}` satisfies Key)}</option>`)}</select></div>
			<label class="check"><input type="checkbox" data-testid="captions-rows" .checked=${captions.rows === 3}
				@change=${(event: Event) => void session.setCaptions({ rows: (event.target as HTMLInputElement).checked ? 3 : 2 })}><span>${t('captions.three')}</span></label>
			<label class="check"><input type="checkbox" data-testid="captions-aloud" .checked=${captions.aloud}
				@change=${(event: Event) => void session.setCaptions({ aloud: (event.target as HTMLInputElement).checked })}><span>${t('captions.aloud')}</span></label></fieldset>`;
	}
}
