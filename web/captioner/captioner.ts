import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Binding } from '#shared/keys';
import { t } from '#shared/words';
import '#shared/ui/captions';
import '#shared/ui/documents';
import '#shared/ui/listening';
import { Page } from '#shared/ui/page';
import '#shared/ui/speakers';
import '#shared/ui/stage';
import { Writer } from './writer';

/** Where what is said is written, live: a field and the keys under the hands; beside it what is heard, and what is read of it. */
@customElement('rs-captioner')
export class Captioner extends Page {
	protected readonly page = 'captioner';
	private writer!: Writer;
	private unfollow = () => {};

	override connectedCallback(): void {
		this.writer = new Writer(this.session);
		this.unfollow = this.session.watch(() => this.writer.follow());
		this.session.onevent = (event) => this.writer.heard(event);
		super.connectedCallback();
	}

	override disconnectedCallback(): void {
		this.unfollow();
		super.disconnectedCallback();
	}

	override updated(): void {
		super.updated();
		const { field, writer } = this;
		if (field === null)
			return;
		if (field.value !== writer.text)
			field.value = writer.text;
		if (writer.cursor !== null) {
			field.setSelectionRange(writer.cursor, writer.cursor);
			writer.cursor = null;
		}
		const list = this.querySelector('.written');
		if (list !== null && writer.correcting === null)
			list.scrollTop = list.scrollHeight;
	}

	private get field(): HTMLTextAreaElement | null {
		return this.querySelector('#caption-text');
	}

	protected content(): TemplateResult {
		const { session, writer } = this;
		return html`<main class="captioner-page">
			<div class="hearing-side">
				<rs-stage .session=${session} alone></rs-stage>
				<rs-listening .session=${session} compact></rs-listening>
				<rs-speakers .session=${session}></rs-speakers>
				<rs-documents .session=${session}></rs-documents>
			</div>
			<div class="writing-side">
				${writer.languages.length === 0 ? html`<p class="empty" role="status">${t('captioner.no.language')}</p>` : this.writing()}
			</div>
		</main>`;
	}

	private writing(): TemplateResult {
		const { session, writer } = this;
		const channel = session.view!.channels[writer.language];
		const may = session.may('caption') && session.view!.meeting.state !== 'scheduled';
		return html`${this.languages()}
			<section class="panel lines-panel" aria-labelledby="lines-title"><header><h2 id="lines-title">${t('captioner.lines')}</h2></header>
				<ol class="written" lang=${channel?.language ?? nothing} dir="auto" tabindex="0" data-testid="written">${repeat(writer.lines, ({ line }) => line, (one) => html`<li>
					<button type="button" class="line ${one.line === writer.correcting ? 'chosen' : ''}" data-testid="written-line" data-line=${one.line} aria-pressed=${one.line === writer.correcting}
						@click=${() => this.correct(one.line)}>${one.text}</button></li>`)}${writer.sending.map((text) => html`<li class="muted">${text}</li>`)}</ol></section>
			<section class="field write" aria-labelledby="write-title">
				<p class="head-row"><label id="write-title" for="caption-text">${writer.correcting === null ? t('captioner.write') : t('captioner.correct')}</label>
					<span class="small ${writer.left < 0 ? 'complaint' : 'muted'} figures" data-testid="caption-left">${t('captioner.left', { n: Math.abs(writer.left) })}${writer.left < 0 ? ` (${t('chat.long', { n: -writer.left })})` : ''}</span></p>
				<textarea id="caption-text" rows="2" lang=${channel?.language ?? nothing} dir="auto" data-testid="caption-text" autocomplete="off" spellcheck="true" aria-describedby="caption-hint"
					aria-disabled=${!may} data-correcting=${writer.correcting ?? ''} @input=${this.input} @keydown=${this.keys}></textarea>
				<p class="names small" data-testid="caption-names" aria-hidden="true">${this.names().map((name, i) => html`<span class="name-choice">${i === 0 ? html`<kbd>Tab</kbd>` : nothing}${name}</span>`)}</p>
				<p id="caption-hint" class="small muted">${may ? t('captioner.hint') : t('captioner.waits')}</p>
			</section>
			<section class="preview-panel" aria-labelledby="preview-title"><h2 id="preview-title" class="small muted">${t('captioner.preview')}</h2>
				<rs-captions .session=${session} .language=${writer.language}></rs-captions></section>`;
	}

	private languages(): TemplateResult {
		const { session, writer } = this;
		return html`<div class="choices" role="group" aria-label=${t('captioner.language')}>${writer.languages.map((id) => {
			const { name, language } = session.view!.channels[id]!;
			return html`<button type="button" class="button" aria-pressed=${id === writer.language} data-testid="write-language" data-language=${id}
				@click=${() => this.choose(id)}>${writer.languages.length > 1 && id !== writer.language ? html`<kbd>F7</kbd>` : nothing}<span lang=${language}>${name}</span></button>`;
		})}</div>`;
	}

	private names(): string[] {
		return this.writer.names(this.field?.selectionStart ?? this.writer.text.length);
	}

	private choose(id: string): void {
		this.writer.choose(id);
		this.field?.focus();
	}

	private correct(line: number): void {
		const found = this.writer.lines.find((one) => one.line === line);
		if (found !== undefined)
			this.writer.correct(found);
		this.field?.focus();
	}

	private readonly input = (event: InputEvent): void => {
		this.writer.type((event.target as HTMLTextAreaElement).value);
	};

	/** What the field itself would do with a key stays its own: lines within it, words being composed, leaving it by Tab. */
	private readonly keys = (event: KeyboardEvent): void => {
		const { writer } = this;
		const field = event.target as HTMLTextAreaElement;
		if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey)
			return;
		const acts: Record<string, () => boolean> = {
			Enter: () => (void writer.send(), true),
			ArrowUp: () => field.selectionStart === 0 || writer.correcting !== null || writer.text === '' ? (writer.up(), true) : false,
			ArrowDown: () => writer.correcting !== null ? (writer.down(), true) : false,
			Escape: () => writer.correcting !== null ? (writer.back(), true) : false,
			Tab: () => writer.complete(field.selectionStart),
		};
		if (acts[event.key]?.() === true)
			event.preventDefault();
	};

	/** The channel of the language that is written, or what is said itself. */
	private swap(): void {
		const { session, writer } = this;
		void session.listen(session.channel === 'floor' ? writer.language : 'floor');
	}

	protected bindings(): Binding[] {
		const { session, writer } = this;
		if (session.view === null)
			return [];
		return [
			{ key: 'F7', show: 'F7', label: 'key.captions.language', press: () => writer.next(), anywhere: true },
			{ key: 'F8', show: 'F8', label: 'key.captions.hear', press: () => this.swap(), anywhere: true },
			{ key: 'w', show: 'W', label: 'key.captions.write', press: () => this.field?.focus() },
			{ key: '+', show: '+', label: 'key.louder', press: () => session.setVolume(session.volume + 0.1) },
			{ key: '-', show: '−', label: 'key.softer', press: () => session.setVolume(session.volume - 0.1) },
		];
	}
}
