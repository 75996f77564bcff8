import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { View } from '#shared/view';
import { t, type Key } from '#shared/words';
import { Part } from '#shared/ui/part';
import '#shared/ui/small';

/** Whether everybody sees the meeting: what is webcast is what is recorded, so without a recording there is none. */
export type Air = 'off' | 'private' | 'ready' | 'unrecorded' | 'silent' | 'on';

const SITS = ['in-session', 'suspended'];
const WORDS = { off: 'air.off', private: 'air.private', ready: 'air.ready', unrecorded: 'air.unrecorded', silent: 'air.silent', on: 'air.on' } as const satisfies Record<Air, Key>;

const LOOK_MS = 5000;
/** A playlist that did not change for so long has stopped: it grows every two seconds. */
const STILL_MS = 15_000;

/** Whether a webcast goes on, by the entity tag of a playlist of its; null: there is none. */
export class Pulse {
	private tag: string | null = null;
	private since = 0;

	beats(tag: string | null, now: number): boolean {
		if (tag !== this.tag) {
			this.tag = tag;
			this.since = now;
		}
		return tag !== null && now - this.since < STILL_MS;
	}
}

/** `reaches`: something comes out of it. */
export function airOf({ meeting, recording }: View, reaches: boolean): Air {
	if (meeting.visibility !== 'public')
		return 'private';
	if (!meeting.webcast)
		return 'off';
	if (!SITS.includes(meeting.state))
		return 'ready';
	if (recording.state !== 'recording')
		return 'unrecorded';
	return reaches ? 'on' : 'silent';
}

/** The lamp of the webcast, its switch for the secretariat, and the link that everybody may have. */
@customElement('rs-on-air')
export class OnAir extends Part {
	@state() private said = '';
	@state() private reaches = false;
	private readonly pulse = new Pulse();
	private looking: ReturnType<typeof setInterval> | undefined;

	override connectedCallback(): void {
		super.connectedCallback();
		this.looking = setInterval(() => void this.look(), LOOK_MS);
		void this.look();
	}

	override disconnectedCallback(): void {
		clearInterval(this.looking);
		super.disconnectedCallback();
	}

	/** The lamp shows what viewers get, not what was pressed. */
	private async look(): Promise<void> {
		const { view } = this.session;
		if (!view?.meeting.webcast)
			return;
		try {
			const answer = await fetch(`/webcast/${encodeURIComponent(view.meeting.id)}/v/index.m3u8`, { method: 'HEAD', cache: 'no-store' });
			this.reaches = this.pulse.beats(answer.ok ? answer.headers.get('etag') : null, performance.now());
		} catch {
			// The line of this page is interrupted: its own lamp says so.
		}
	}

	override render(): TemplateResult {
		const air = airOf(this.session.view!, this.reaches);
		return html`<section class="panel on-air" aria-labelledby="air-title">
			<header><h2 id="air-title">${t('air.title')}</h2>${this.key()}</header>
			<p class="air-lamp ${air}" role="status" data-testid="on-air" data-state=${air}>${t(WORDS[air])}</p>
			<p class="keys"><button type="button" class="button" data-testid="copy-webcast" @click=${() => void this.copy()}>${t('air.copy')}</button>
				<span class="small muted" role="status">${this.said}</span></p>
		</section>`;
	}

	/** Off at one press, in haste; on at two, since everybody will see it. */
	private key(): TemplateResult | typeof nothing {
		const { session } = this;
		const { webcast, visibility } = session.view!.meeting;
		const busy = session.isAsked('webcast');
		if (!session.may('webcast') || (visibility !== 'public' && !webcast))
			return nothing;
		return webcast
			? html`<button type="button" class="button" data-testid="webcast-off" aria-disabled=${busy} @click=${() => busy || void session.ask('webcast', { on: false })}
				>${busy ? t('asked') : t('air.stop')}</button>`
			: html`<rs-twice testid="webcast-on" label=${t('air.start')} again=${t('air.start.again')} .busy=${busy} .run=${() => void session.ask('webcast', { on: true })}></rs-twice>`;
	}

	private async copy(): Promise<void> {
		await navigator.clipboard.writeText(`${location.origin}/watch/?meeting=${encodeURIComponent(this.session.view!.meeting.id)}`);
		this.said = t('air.copied');
	}
}
