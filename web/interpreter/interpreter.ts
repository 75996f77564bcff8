import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { Binding } from '#shared/keys';
import { t } from '#shared/words';
import { lamp } from '#shared/ui/icons';
import { Page } from '#shared/ui/page';
import { presence } from '#shared/ui/presence';
import '#shared/ui/documents';
import '#shared/ui/hearing';
import '#shared/ui/small';
import '#shared/ui/stage';

type DeskLamp = 'off' | 'speaking' | 'muted' | 'fault';

/** The interpreter's soft console: every key in a fixed place, every key on the keyboard. */
@customElement('rs-interpreter')
export class Interpreter extends Page {
	protected readonly page = 'interpreter';
	@state() private chosen = '';
	@state() private coughing = false;

	/** Output channels of this booth: those of the languages accredited. */
	private get outputs(): string[] {
		const channels = Object.keys(this.session.view?.channels ?? {});
		const own = this.session.wire.you?.languages ?? [];
		const booth = channels.filter((id) => own.includes(id) || own.includes(this.session.view!.channels[id]!.language));
		return booth.length > 0 ? booth : channels;
	}

	/** The channel this desk is live in, else the one it would go live in. */
	private get output(): string {
		const { outputs } = this;
		return this.liveIn || (outputs.includes(this.chosen) ? this.chosen : (outputs[0] ?? ''));
	}

	private get liveIn(): string {
		const { view, me } = this.session;
		return Object.keys(view?.channels ?? {}).find((id) => view!.channels[id]?.desk === me) ?? '';
	}

	private get lampState(): DeskLamp {
		const { capture, media } = this.session;
		if (capture.microphone === null || capture.faults.microphone !== undefined)
			return 'fault';
		if (this.liveIn === '')
			return 'off';
		if (media.state !== 'connected')
			return 'fault';
		return this.coughing ? 'muted' : 'speaking';
	}

	protected content(): TemplateResult {
		const { session } = this;
		return html`<main class="desk">
			${this.sources()}
			<div class="centre">
				<rs-stage .session=${session} alone></rs-stage>
				${this.microphone()}
			</div>
			<div class="right">${this.partner()} ${this.booths()} <rs-documents .session=${session}></rs-documents></div>
			${this.cough()}
		</main>`;
	}

	private sources(): TemplateResult {
		const { session } = this;
		return html`<section class="panel sources" aria-labelledby="sources-title">
			<header><h2 id="sources-title">${t('desk.sources')}</h2></header>
			<div class="source-keys">
				${this.source('floor', t('channel.floor'), '', '0', true)}
				${this.relays.map(([id, { name, language, desk }], i) => this.source(id, name, language, String(i + 1), Boolean(desk)))}
			</div>
			<div class="field knob"><label for="source-volume">${t('desk.volume')}</label>
				<input id="source-volume" type="range" min="0" max="100" data-testid="volume" .value=${String(Math.round(session.volume * 100))}
					@input=${(event: InputEvent) => session.setVolume(Number((event.target as HTMLInputElement).value) / 100)}>
				<p class="small muted"><kbd>−</kbd> <kbd>+</kbd></p>
				<rs-hearing .session=${session}></rs-hearing></div>
		</section>`;
	}

	/** Channels to take relay from: all but the one this desk speaks into. */
	private get relays() {
		const own = this.output;
		return Object.entries(this.session.view?.channels ?? {}).filter(([id]) => id !== own);
	}

	private source(id: string, name: string, language: string, key: string, sounds: boolean): TemplateResult {
		const chosen = this.session.channel === id;
		return html`<button type="button" class="button source" aria-pressed=${chosen} data-testid="listen" data-channel=${id}
			@click=${() => void this.session.listen(id)}><kbd>${key}</kbd><span class="grow" lang=${language || (null as never)}>${name}</span
			>${sounds ? nothing : html`<span class="small muted">${t('channel.carries.floor.short')}</span>`}</button>`;
	}

	private microphone(): TemplateResult {
		const { session, lampState, output } = this;
		const live = this.liveIn !== '';
		const busy = session.isAsked('desk');
		const channel = session.view?.channels[output];
		const taken = !live && Boolean(channel?.desk);
		return html`<section class="microphone" aria-label=${t('desk.microphone')}>
			<button type="button" class="desk-key ${lampState}" data-testid="desk-key" data-lamp=${lampState} data-live=${this.liveIn}
				aria-disabled=${busy || output === ''} @click=${() => this.toggle()}>
				${lamp(lampState)}
				<span class="word"><strong data-testid="desk-state">${this.stateWord(lampState)}</strong>
					<span class="state">${busy ? t('asked') : t(live ? 'desk.press.idle' : taken ? 'desk.press.take' : 'desk.press.live')}</span></span>
				<kbd>L</kbd>
			</button>
			<div class="output">
				<p class="small muted">${t('desk.output')}</p>
				${this.outputs.length > 1 && !live
					? html`<div class="choices">${this.outputs.map(
							(id) => html`<button type="button" class="button" aria-pressed=${id === output} data-testid="output" data-channel=${id}
								@click=${() => (this.chosen = id)}>${session.view!.channels[id]!.name}</button>`,
						)}</div>`
					: html`<p class="channel" lang=${channel?.language ?? ''} data-testid="output-channel">${channel?.name ?? t('desk.no.channel')}</p>`}
				<rs-meter .read=${() => (this.coughing ? -100 : session.capture.level())} .clipped=${() => session.capture.clipped} label=${t('device.level')}></rs-meter>
			</div>
		</section>`;
	}

	private stateWord(state: DeskLamp): string {
		return t(({ off: 'desk.idle', speaking: 'desk.live', muted: 'desk.cough.on', fault: 'lamp.fault' } as const)[state]);
	}

	private partner(): TemplateResult {
		const { session, output } = this;
		const view = session.view!;
		const language = view.channels[output]?.language ?? '';
		const partners = Object.entries(view.participants).filter(
			([badge, { role, languages }]) =>
				badge !== session.me && role === 'interpreter' && (languages === undefined || languages.includes(output) || languages.includes(language)),
		);
		return html`<section class="panel" aria-labelledby="partner-title">
			<header><h2 id="partner-title">${t('desk.partner')}</h2></header>
			${partners.length === 0
				? html`<p class="empty">${t('desk.partner.none')}</p>`
				: html`<ul class="rows">${partners.map(([badge, { name }]) => {
						const live = Object.values(view.channels).find(({ desk }) => desk === badge);
						return html`<li data-testid="partner" data-participant=${badge}>${lamp(live ? 'speaking' : 'off')}
							<span class="grow"><strong>${name}</strong><br>${
								live ? html`<span class="small">${t('desk.partner.live')}</span>` : presence(session, badge)
							}</span>
							${live?.since ? html`<rs-clock .session=${session} since=${live.since}></rs-clock>` : nothing}</li>`;
					})}</ul>`}
		</section>`;
	}

	private booths(): TemplateResult {
		const { participants, channels } = this.session.view!;
		return html`<section class="panel" aria-labelledby="booths-title">
			<header><h2 id="booths-title">${t('booths.title')}</h2></header>
			<ul class="rows">${Object.entries(channels).map(
				([id, { name, language, desk }]) => html`<li data-testid="booth" data-channel=${id} data-desk=${desk ?? ''}>${lamp(desk ? 'speaking' : 'off')}
					<span class="grow" lang=${language}>${name}</span>
					<span class="small muted">${desk ? (participants[desk]?.name ?? desk) : t('channel.carries.floor.short')}</span></li>`,
			)}</ul>
		</section>`;
	}

	private cough(): TemplateResult {
		return html`<button type="button" class="cough ${this.coughing ? 'held' : ''}" data-testid="cough" aria-pressed=${this.coughing}
			@pointerdown=${() => this.setCough(true)} @pointerup=${() => this.setCough(false)} @pointercancel=${() => this.setCough(false)}
			@pointerleave=${() => this.setCough(false)}
			><kbd>${t('key.space')}</kbd><span><strong>${t('desk.cough')}</strong> <span class="state">${t('desk.cough.hint')}</span></span></button>`;
	}

	private setCough(on: boolean): void {
		if (this.coughing === on)
			return;
		this.coughing = on;
		this.session.capture.setMuted(on);
	}

	private toggle(): void {
		const { session, output } = this;
		if (session.isAsked('desk') || output === '')
			return;
		if (this.liveIn !== '')
			void session.ask('go-idle', {}, 'desk');
		else
			void session.ask('go-live', { channel: output }, 'desk');
	}

	protected bindings(): Binding[] {
		const { session } = this;
		return [
			{ key: 'l', show: 'L', label: 'key.live', press: () => this.toggle() },
			{
				key: ' ',
				show: t('key.space'),
				label: 'key.cough',
				press: () => this.setCough(true),
				release: () => this.setCough(false),
			},
			{ key: 'F2', show: 'F2', label: 'key.cough', press: () => this.setCough(true), release: () => this.setCough(false), anywhere: true },
			{ key: '0', show: '0', label: 'key.original', press: () => void session.listen('floor') },
			...this.relays.slice(0, 9).map(([id, { name }], i) => ({
				key: String(i + 1),
				show: String(i + 1),
				label: 'key.relay' as const,
				values: { name },
				press: () => void session.listen(id),
			})),
			{ key: '+', show: '+', label: 'key.louder', repeats: true, press: () => session.setVolume(session.volume + 0.1) },
			{ key: '-', show: '−', label: 'key.softer', repeats: true, press: () => session.setVolume(session.volume - 0.1) },
		];
	}
}
