import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { Document } from '../view';
import { formatOctets, t } from '../words';
import { Part } from './part';

const FOLDER = (meeting: string): string => `/api/v1/meetings/${encodeURIComponent(meeting)}/documents`;

/** The documents of the item that is taken up; the secretariat adds and withdraws them. */
@customElement('rs-documents')
export class Documents extends Part {
	@state() private failed = '';
	@state() private sent = -1; // of an upload, 0 to 1; below: none

	override render(): TemplateResult | typeof nothing {
		const { session } = this;
		const view = session.view!;
		const list = Object.entries(view.documents?.[view.agenda.current ?? ''] ?? {});
		const adds = session.wire.you?.role === 'secretariat' && Boolean(view.agenda.current);
		if (list.length === 0 && !adds)
			return nothing;
		return html`<details class="panel fold documents" data-testid="documents" ?open=${adds}>
			<summary><h2>${t('documents.title')}</h2><span class="small muted figures">${list.length}</span></summary>
			<ul class="rows">${list.map(([number, document]) => this.one(number, document, adds))}</ul>
			${adds ? this.form() : nothing}
			${this.failed ? html`<p class="small" role="alert" data-testid="documents-failed">${this.failed}</p>` : nothing}
		</details>`;
	}

	private one(number: string, { symbol, title, language, octets, type }: Document, adds: boolean): TemplateResult {
		const name = symbol || title || number;
		return html`<li data-testid="document" data-document=${number}>
			<button type="button" class="link" data-testid="download" @click=${() => void this.download(number, `${name.replace(/[^\w.-]+/g, '-')}.${language}.${type}`)}>
				<bdi lang=${language}>${[symbol, title].filter(Boolean).join(' · ')}</bdi></button>
			<span class="small muted">${language} · ${type.toUpperCase()} · ${formatOctets(octets)}</span>
			${adds
				? html`<rs-twice testid="withdraw-document" label=${t('documents.withdraw')} again=${t('documents.withdraw.again')} .run=${() => void this.withdraw(number)}></rs-twice>`
				: nothing}
		</li>`;
	}

	private form(): TemplateResult {
		const { languages } = this.session.view!;
		return html`<details class="fold"><summary data-testid="add-document">${t('documents.add')}</summary>
			<form @submit=${(event: SubmitEvent) => this.add(event)}>
				<label class="field"><span>${t('documents.file')}</span><input type="file" name="file" required accept=".pdf,.docx,.xlsx,.pptx,.txt,.png,.jpg,.jpeg" data-testid="document-file"></label>
				<label class="field"><span>${t('documents.symbol')}</span><input name="symbol" maxlength="64" data-testid="document-symbol"></label>
				<label class="field"><span>${t('documents.name')}</span><input name="title" maxlength="255" data-testid="document-title"></label>
				<label class="field"><span>${t('documents.language')}</span><select name="language">${languages.map(({ id, name }) => html`<option value=${id}>${name}</option>`)}</select></label>
				<button type="submit" class="button" data-testid="upload" aria-disabled=${this.sent >= 0}>${t('documents.upload')}</button>
				${this.sent >= 0 ? html`<progress max="1" .value=${this.sent}></progress>` : nothing}
			</form></details>`;
	}

	/** With the badge's token in a header: an address with a token in it would be passed on. */
	private async request(method: string, path: string): Promise<Response | null> {
		const { session } = this;
		this.failed = '';
		try {
			const answer = await fetch(FOLDER(session.view!.meeting.id) + path, { method, headers: { authorization: `Bearer ${session.link.token}` } });
			if (answer.ok)
				return answer;
		} catch {
			// The line is lost: the same words as for a refusal.
		}
		this.failed = t('documents.failed');
		return null;
	}

	private async download(number: string, name: string): Promise<void> {
		const answer = await this.request('GET', `/${number}`);
		if (answer === null)
			return;
		const address = URL.createObjectURL(await answer.blob());
		const anchor = Object.assign(document.createElement('a'), { href: address, download: name });
		anchor.click();
		setTimeout(() => URL.revokeObjectURL(address), 60_000);
	}

	private async withdraw(number: string): Promise<void> {
		await this.request('DELETE', `/${number}`);
	}

	/** By XMLHttpRequest, which tells how far it is. */
	private add(event: SubmitEvent): void {
		event.preventDefault();
		const form = event.target as HTMLFormElement;
		const data = new FormData(form);
		const file = data.get('file') as File;
		const { meeting, agenda } = this.session.view!;
		if (this.sent >= 0 || !file.name)
			return;
		const text = (name: string): string => String(data.get(name) ?? '').trim();
		const query = new URLSearchParams({ item: agenda.current ?? '', language: text('language'), name: file.name });
		if (text('symbol'))
			query.set('symbol', text('symbol'));
		if (text('title') || !text('symbol'))
			query.set('title', text('title') || file.name);
		const upload = new XMLHttpRequest();
		upload.open('POST', `${FOLDER(meeting.id)}?${query}`);
		upload.setRequestHeader('authorization', `Bearer ${this.session.link.token}`);
		upload.setRequestHeader('content-type', 'application/octet-stream');
		upload.upload.onprogress = ({ loaded, total }) => (this.sent = total > 0 ? loaded / total : 0);
		upload.onloadend = () => {
			this.sent = -1;
			this.failed = upload.status === 201 ? '' : refusal(upload.responseText);
			if (upload.status === 201)
				form.reset();
		};
		this.sent = 0;
		this.failed = '';
		upload.send(file);
	}
}

function refusal(answer: string): string {
	try {
		return (JSON.parse(answer) as { text?: string }).text ?? t('documents.failed');
	} catch {
		return t('documents.failed');
	}
}
