import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { formatDuration } from '#shared/time';
import { dateAndTime, languageName, listed, t, type Key } from '#shared/words';
import { search, type Found, type Hit, type Trouble } from './api';
import { TROUBLES } from './troubles';

const PAGE = 20;
/** What was spoken is authentic; interpretation comes after it. */
const originalFirst = (languages: string[]): string[] => [...languages].sort((a, b) => Number(b === 'floor') - Number(a === 'floor'));

const FIELDS = ['q', 'speaker', 'delegation', 'item', 'language', 'from', 'until'] as const;
const LANGUAGES = ['en', 'fr', 'es', 'ru', 'zh', 'ar'];
const CLASSES = { public: 'visibility.public', private: 'visibility.private', 'closed-members': 'visibility.closed-members' } as const satisfies Record<Found['class'], Key>;

/** What is looked for, as the API has it: a day ends with its last moment, by the reader's own clock. */
export function asked(said: URLSearchParams, offset: number): URLSearchParams {
	const out = new URLSearchParams({ limit: String(PAGE), offset: String(offset) });
	for (const name of FIELDS) {
		const value = said.get(name)?.trim() ?? '';
		if (value === '')
			continue;
		const day = name === 'from' || name === 'until' ? new Date(`${value}T00:00`) : null;
		if (day === null)
			out.set(name, value);
		else if (!Number.isNaN(day.getTime()))
			out.set(name, String(day.setDate(day.getDate() + (name === 'until' ? 1 : 0))));
	}
	return out;
}

/** Search, and what was found. What was looked for stands in the address. */
@customElement('rs-finder')
export class Finder extends LitElement {
	@property() token = '';
	@property({ attribute: false }) choose: (session: string, at?: number) => void = () => {};
	@state() private meetings: Found[] = [];
	@state() private total = -1; // not known yet
	@state() private trouble: Trouble | null = null;
	@state() private busy = false;
	private latest = 0;

	override createRenderRoot(): HTMLElement {
		return this;
	}

	override connectedCallback(): void {
		super.connectedCallback();
		void this.find(false);
	}

	private get said(): URLSearchParams {
		return new URLSearchParams(location.search);
	}

	private async find(more: boolean): Promise<void> {
		const mine = ++this.latest;
		this.busy = true;
		const answer = await search(asked(this.said, more ? this.meetings.length : 0), this.token);
		if (mine !== this.latest)
			return;
		this.busy = false;
		this.trouble = answer.ok ? null : answer.trouble;
		if (!answer.ok)
			return;
		this.meetings = more ? [...this.meetings, ...answer.value.meetings] : answer.value.meetings;
		this.total = answer.value.total;
	}

	private submit(event: SubmitEvent): void {
		event.preventDefault();
		const said = this.said;
		for (const [name, value] of new FormData(event.target as HTMLFormElement)) {
			if (value === '')
				said.delete(name);
			else
				said.set(name, String(value));
		}
		history.replaceState(null, '', `${location.pathname}${said.size > 0 ? `?${said}` : ''}${location.hash}`);
		void this.find(false);
	}

	override render(): TemplateResult {
		return html`${this.form()}
			<p role="status" class="found" data-testid="found" data-total=${this.total}>${this.status()}</p>
			${this.trouble !== null ? html`<p role="alert" class="panel notice-box" data-testid="trouble">${t(TROUBLES[this.trouble])}</p>` : nothing}
			<ol class="recordings" aria-label=${t('archive.recordings')}>${this.meetings.map((found) => this.one(found))}</ol>
			${this.meetings.length < this.total ? html`<button type="button" class="button" data-testid="more-recordings" @click=${() => void this.find(true)}>${t('archive.next')}</button>` : nothing}`;
	}

	private status(): string {
		if (this.busy && this.total < 0)
			return t('archive.loading');
		if (this.total < 0)
			return '';
		if (this.total > 0)
			return t('archive.found', { n: this.total });
		return t(FIELDS.some((name) => this.said.get(name)) ? 'archive.none' : 'archive.empty');
	}

	private form(): TemplateResult {
		const { said } = this;
		const field = (name: (typeof FIELDS)[number], label: Key, type = 'text') => html`<label class="field"><span>${t(label)}</span>
			<input name=${name} type=${type} maxlength="200" .value=${said.get(name) ?? ''} data-testid="find-${name}"></label>`;
		return html`<form class="finder panel" role="search" @submit=${(event: SubmitEvent) => this.submit(event)}>
			<label class="field words"><span>${t('archive.words')}</span>
				<input name="q" type="search" maxlength="200" .value=${said.get('q') ?? ''} aria-describedby="words-note" data-testid="find-q">
			</label>
			<button type="submit" class="button main" data-testid="find">${t('archive.search')}</button>
			<p id="words-note" class="small muted">${t('archive.words.note')}</p>
			<details ?open=${FIELDS.some((name) => name !== 'q' && said.has(name))}>
				<summary data-testid="find-more">${t('archive.more')}</summary>
				<div class="more-fields">
					${field('speaker', 'archive.speaker')} ${field('delegation', 'archive.delegation')} ${field('item', 'archive.item')}
					${field('from', 'archive.from', 'date')} ${field('until', 'archive.until', 'date')}
					<label class="field"><span>${t('archive.language')}</span><select name="language" data-testid="find-language">
						<option value="">${t('archive.any')}</option>
						${LANGUAGES.map((id) => html`<option value=${id} ?selected=${said.get('language') === id}>${languageName(id)}</option>`)}
					</select></label>
				</div>
			</details>
		</form>`;
	}

	private one(found: Found): TemplateResult {
		const { session, title, symbol, started_ms, duration_ms, languages } = found;
		return html`<li class="panel" data-testid="recording" data-session=${session}>
			<h2><button type="button" class="link" data-testid="open-recording" @click=${() => this.choose(session)}><bdi>${title || found.session}</bdi></button></h2>
			<p class="small muted facts">
				${symbol ? html`<bdi>${symbol}</bdi>` : nothing}
				<span>${dateAndTime(started_ms)}</span>
				<span class="figures">${formatDuration(duration_ms)}</span>
				${found.class === 'public' ? nothing : html`<strong class="class">${t(CLASSES[found.class])}</strong>`}
				<span>${listed(originalFirst(languages).map((id) => (id === 'floor' ? t('channel.floor') : languageName(id))))}</span>
			</p>
			${found.hits?.length ? html`<ul class="hits">${found.hits.map((hit) => this.hit(session, hit))}</ul>` : nothing}
		</li>`;
	}

	private hit(session: string, { at_ms, text, language, kind }: Hit): TemplateResult {
		return html`<li><button type="button" class="hit" data-testid="hit" data-kind=${kind} @click=${() => this.choose(session, at_ms)}>
			<span class="figures">${formatDuration(at_ms)}</span> <bdi lang=${kind === 'caption' && language ? language : nothing}>${text}</bdi></button></li>`;
	}
}
