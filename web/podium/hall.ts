import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { t, type Key } from '#shared/words';
import { Part } from '#shared/ui/part';
import { recordingsLink } from '#shared/ui/recordings-link';
import '#shared/ui/small';
import './booths';
import './captioners';
import './disk';
import './on-air';
import { recorded } from './recorded';

/** Agenda, booths, captioners, archive, webcast. */
@customElement('rs-hall')
export class Hall extends Part {
	override render(): TemplateResult {
		return html`${this.agenda()} <rs-booth-list .session=${this.session}></rs-booth-list> <rs-captioners .session=${this.session}></rs-captioners> ${this.archive()} <rs-on-air .session=${this.session}></rs-on-air>`;
	}

	private agenda(): TemplateResult {
		const { session } = this;
		const { current, items } = session.view!.agenda;
		const may = session.may('take-up-item');
		return html`<section class="panel" aria-labelledby="agenda-title">
			<header><h2 id="agenda-title">${t('agenda.title')}</h2></header>
			<ol class="rows">${items.map(({ id, title }) => {
				const asked = session.isAsked(`item-${id}`);
				return html`<li class=${id === current ? 'current' : ''} data-testid="agenda-item" data-item=${id} aria-current=${
					id === current ? 'true' : 'false'
				}>
					<span class="grow"><bdi><span class="figures">${id}</span> · ${title}</bdi>${
						id === current ? html`<br><span class="small muted">${t('agenda.current')}</span>` : this.inscribed(id)
					}</span>
					${id === current
						? nothing
						: may
							? html`<button type="button" class="button" data-testid="take-up" aria-disabled=${asked}
									@click=${() => asked || void session.ask('take-up-item', { item: id }, `item-${id}`)}
									>${asked ? t('asked') : t('agenda.take')}<span class="unseen"> · ${title}</span></button>`
							: nothing}
				</li>`;
			})}</ol>
		</section>`;
	}

	/** How many wait for an item that is not taken up yet. */
	private inscribed(item: string): TemplateResult | typeof nothing {
		const n = this.session.view!.advance?.[item]?.list.length ?? 0;
		return n === 0 ? nothing : html`<br><span class="small muted" data-testid="inscribed">${t('agenda.inscribed', { n })}</span>`;
	}

	private archive(): TemplateResult {
		const { session } = this;
		const { state } = session.view!.recording;
		return html`<section class="panel" aria-labelledby="archive-title">
			<header><div><h2 id="archive-title">${t('archive.title')}</h2>
				<p class="small recording ${state}">${t(`recording.${state}.long` satisfies Key)}</p>
				${recorded(session.wire.measured.recorded)}</div>
				${this.archiveKey(state === 'off' || state === 'failed')}</header>
			<rs-disk .session=${session}></rs-disk>
			${recordingsLink(session)}
		</section>`;
	}

	private archiveKey(stopped: boolean): TemplateResult | typeof nothing {
		const { session } = this;
		if (stopped && session.may('take-up-recording') && session.view!.meeting.state === 'in-session') {
			const busy = session.isAsked('take-up-recording');
			return html`<button type="button" class="button" data-testid="take-up-recording" aria-disabled=${busy}
				@click=${() => busy || void session.ask('take-up-recording')}>${busy ? t('asked') : t('recording.start')}</button>`;
		}
		if (!stopped && session.may('stop-recording'))
			return html`<rs-twice testid="stop-recording" label=${t('recording.stop')} again=${t('recording.stop.again')}
				.busy=${session.isAsked('stop-recording')} .run=${() => void session.ask('stop-recording')}></rs-twice>`;
		return nothing;
	}
}
