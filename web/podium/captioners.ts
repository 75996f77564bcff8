import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { View } from '#shared/view';
import { languageName, listed, t } from '#shared/words';
import { Part } from '#shared/ui/part';

export interface Written {
	language: string;
	/** Names of those of its captioners who are here. */
	here: string[];
	/** The last line, if any was written. */
	line?: string;
}

/** Languages that anybody is accredited to caption, in the meeting's order. */
export function captioned({ participants, languages, captions }: View): Written[] {
	const captioners = Object.values(participants).filter(({ role }) => role === 'captioner');
	return languages
		.filter(({ id }) => captioners.some((one) => one.languages?.includes(id)))
		.map(({ id }) => {
			const line = captions?.[id]?.at(-1)?.text;
			return { language: id, here: captioners.filter((one) => one.present && one.languages?.includes(id)).map(({ name }) => name), ...(line !== undefined && { line }) };
		});
}

/** Who captions which language, and what was written last. */
@customElement('rs-captioners')
export class Captioners extends Part {
	override render(): TemplateResult | typeof nothing {
		const all = captioned(this.session.view!);
		return all.length === 0
			? nothing
			: html`<section class="panel" aria-labelledby="captioners-title">
				<header><h2 id="captioners-title">${t('captions.title')}</h2></header>
				<ul class="rows">${all.map(
					({ language, here, line }) => html`<li data-testid="captioned" data-language=${language} data-here=${here.length}>
						<span class="grow">${languageName(language)} <span class="small muted">${here.length > 0 ? html`<bdi>${listed(here)}</bdi>` : t('captions.nobody')}</span>
							<br><span class="small muted" lang=${language} dir="auto">${line ?? t('captions.none')}</span></span>
					</li>`,
				)}</ul>
			</section>`;
	}
}
