import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { singleKeys, setSingleKeys, type Binding } from '../keys';
import { chooseTheme, currentTheme, type Theme } from '../theme';
import { catalogues, chooseLanguage, currentLanguage, languageNames, tagOf, t, type Language } from '../words';
import './captions';
import './devices';
import './hearing';
import { icon } from './icons';
import { Part } from './part';
import './precall';
import { recordingsLink } from './recordings-link';
import './understands';

export function languageField(changed: () => void): TemplateResult {
	return html`<div class="field"><label for="language">${t('settings.language')}</label>
		<select id="language" data-testid="language" @change=${(event: Event) => {
			chooseLanguage((event.target as HTMLSelectElement).value as Language);
			changed();
		}}>${(Object.keys(catalogues) as Language[]).map(
			(id) => html`<option value=${id} lang=${tagOf(id)} ?selected=${id === currentLanguage()}>${languageNames[id]}</option>`,
		)}</select></div>`;
}

/** A dialog over the page, opened by `open()`, closed by its button or Escape. */
abstract class Sheet extends Part {
	protected abstract readonly name: string;
	protected abstract title_(): string;
	protected abstract body(): TemplateResult;

	open(): void {
		this.querySelector('dialog')?.showModal();
	}

	override render(): TemplateResult {
		const id = `${this.name}-title`;
		return html`<dialog aria-labelledby=${id} data-testid=${this.name}>
			<header><h2 id=${id}>${this.title_()}</h2>
				<button type="button" class="button quiet icon" data-testid="close" aria-label=${t('close')}
				@click=${() => this.querySelector('dialog')?.close()}>${icon('close')}</button></header>
			<div class="body">${this.body()}</div>
		</dialog>`;
	}
}

@customElement('rs-settings')
export class Settings extends Sheet {
	protected readonly name = 'settings';

	protected title_(): string {
		return t('settings.title');
	}

	protected body(): TemplateResult {
		const themes: Theme[] = ['system', 'light', 'dark'];
		return html`${this.session.speaks ? html`<rs-devices .session=${this.session}></rs-devices><rs-precall .session=${this.session}></rs-precall>` : nothing}
			${this.session.headset !== null ? html`<rs-headset .session=${this.session}></rs-headset>` : nothing}
			${languageField(() => this.session.update())}
			${this.session.headset === null && this.session.may('listen') ? html`<rs-understands .session=${this.session}></rs-understands>` : nothing}
			<rs-captions-settings .session=${this.session}></rs-captions-settings>
			<div class="field"><label for="theme">${t('settings.theme')}</label>
				<select id="theme" data-testid="theme" @change=${(event: Event) => {
					chooseTheme((event.target as HTMLSelectElement).value as Theme);
					this.requestUpdate();
				}}>${themes.map(
					(theme) => html`<option value=${theme} ?selected=${theme === currentTheme()}>${t(`settings.theme.${theme}`)}</option>`,
				)}</select></div>
			${recordingsLink(this.session)}`;
	}
}

@customElement('rs-keys')
export class KeySheet extends Sheet {
	@property({ attribute: false }) bindings: Binding[] = [];
	protected readonly name = 'keys';

	protected title_(): string {
		return t('keys.title');
	}

	protected body(): TemplateResult {
		return html`<dl class="keys">${this.bindings.map(
			({ show, label, values }) => html`<div><dt><kbd>${show}</kbd></dt><dd>${t(label, values)}</dd></div>`,
		)}</dl>
			<label class="check"><input type="checkbox" .checked=${singleKeys()}
				@change=${(event: Event) => setSingleKeys((event.target as HTMLInputElement).checked)}>
				<span>${t('keys.single')}</span></label>`;
	}
}
