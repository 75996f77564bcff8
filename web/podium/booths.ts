import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { relays } from '#shared/provenance';
import { secondsTo } from '#shared/time';
import { holder, shortName, type Booth, type Channel, type View } from '#shared/view';
import { listed, t, type Key } from '#shared/words';
import { lamp } from '#shared/ui/icons';
import { Part } from '#shared/ui/part';
import { Ticking } from '#shared/ui/small';
import '#shared/ui/slower';

/** A booth by its language; that of a delegation by the delegation. */
export function boothName(view: View, id: string): string {
	const booth = view.booths?.[id];
	return view.channels[booth?.home ?? id]?.name ?? t('booth.own', { name: shortName(view, booth?.desks[0] ?? id) });
}

/** What booths ask of whoever presides or helps: they cannot go on, they call, the speaker is too fast. */
@customElement('rs-booth-alarms')
export class BoothAlarms extends Part {
	/** The first thing to deal with. */
	press(): void {
		this.querySelector<HTMLElement>('.button')?.click();
	}

	override render(): TemplateResult | typeof nothing {
		const { session } = this;
		const view = session.view!;
		const impeded = Object.entries(view.booths ?? {}).filter(([, { impediment }]) => impediment);
		const calls = Object.entries(view.calls ?? {}).filter(([, { to }]) => (to === 'technician') === (session.wire.you?.role === 'technician'));
		if (impeded.length === 0 && calls.length === 0)
			return nothing;
		return html`<section class="alarm booth-alarms" data-testid="booth-alarms" aria-label=${t('booths.title')}>
			${impeded.map(([id, booth]) => this.impeded(view, id, booth))}
			${calls.map(([call, { by }]) => this.call(view, call, by))}
		</section>`;
	}

	private impeded(view: View, id: string, booth: Booth): TemplateResult {
		const { reason, since } = booth.impediment!;
		return html`<p class="keys" data-testid="impediment" data-booth=${id} data-reason=${reason}><span class="grow"><span role="alert"><strong>${t('booth.cannot', {
			name: boothName(view, id),
		})}</strong><br>${t(`impediment.${reason}` satisfies Key)}</span> · <rs-clock .session=${this.session} since=${since}></rs-clock></span>
			${this.key('clear-impediment', t('booth.clear'), { booth: id }, id)}</p>`;
	}

	private call(view: View, call: string, by: string): TemplateResult {
		return html`<p class="keys" data-testid="booth-call" data-call=${call}><span class="grow" role="alert">${t('booth.calls', { name: shortName(view, by) })}</span>
			${this.key('answer-call', t('booth.answer'), { call: Number(call) }, call)}</p>`;
	}

	private key(command: string, label: string, members: Record<string, unknown>, id: string): TemplateResult | typeof nothing {
		const { session } = this;
		const ask = `${command}-${id}`;
		if (!session.may(command))
			return nothing;
		const busy = session.isAsked(ask);
		return html`<button type="button" class="button main" data-testid=${command} aria-disabled=${busy}
			@click=${() => busy || void session.ask(command, members, ask)}>${busy ? t('asked') : label}</button>`;
	}
}

/** What whoever presides must know as the floor changes: the booths are waited for, and how long still; somebody is too fast. */
@customElement('rs-booths-wait')
export class BoothsWait extends Ticking {
	override render(): TemplateResult {
		const { session } = this;
		const view = session.view!;
		const held = view.floor?.held;
		const booths = listed((held?.booths ?? []).map((id) => view.channels[id]?.name ?? id));
		// The status is there before its words, and without the seconds: each of them would be read out.
		return html`<p class="unseen" role="status">${held ? `${t('booths.awaited', { booths })} ${t('booths.awaited.again')}` : ''}</p>${
			held
				? html`<p class="held" aria-hidden="true" data-testid="held"><strong>${t('booths.awaited', { booths })}</strong> <span class="figures">${t('booths.awaited.left', {
						n: secondsTo(held.until, session.wire.clock.now()),
					})}</span> <span class="small muted">${t('booths.awaited.again')}</span></p>`
				: nothing}${
			// Whoever presides and speaks is told at the name plate, as every speaker is.
			held || holder(view) === session.me ? nothing : html`<rs-slower .session=${session}></rs-slower>`}`;
	}
}

/** Each language: who interprets, from what, and for how long. */
@customElement('rs-booth-list')
export class BoothList extends Part {
	override render(): TemplateResult | typeof nothing {
		const all = Object.entries(this.session.view!.channels);
		if (all.length === 0)
			return nothing;
		return html`<section class="panel" aria-labelledby="booths-title">
			<header><h2 id="booths-title">${t('booths.title')}</h2></header>
			<ul class="rows">${all.map(([id, channel]) => this.channel(id, channel))}</ul>
		</section>`;
	}

	private channel(id: string, { name, language, desk, since, carries }: Channel): TemplateResult {
		const { session } = this;
		const view = session.view!;
		const over = relays(view, id).map((one) => view.channels[one]?.name ?? one);
		const state = !desk ? 'off' : carries === 'floor' ? 'next' : 'speaking';
		return html`<li data-testid="booth" data-channel=${id} data-desk=${desk ?? ''}>
			${lamp(state)}
			<span class="grow"><span lang=${language}>${name}</span>${
				over.length > 0 ? html` <span class="small muted">${t('booth.over', { languages: listed(over) })}</span>` : nothing
			}<br><span class="small muted">${desk ? shortName(view, desk) : t('channel.carries.floor.short')}${
				desk && carries === 'floor' ? ` · ${t('booth.standby')}` : ''
			}</span></span>
			${desk && since ? html`<rs-clock .session=${session} since=${since}></rs-clock>` : nothing}
		</li>`;
	}
}
