import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { Binding } from '#shared/keys';
import { holder, isOpen } from '#shared/view';
import '#shared/ui/ballot';
import '#shared/ui/captions';
import '#shared/ui/documents';
import { hasUnderneath } from '#shared/ui/listening';
import { Page } from '#shared/ui/page';
import '#shared/ui/proposal';
import '#shared/ui/speakers';
import '#shared/ui/stage';
import type { FloorKey } from './floor-key';
import './floor-key';
import './intent-keys';
import './explain-keys';
import './green-room';
import './list-keys';
import './motion-keys';
import './point-key';
import { hasBallot } from './ballot-keys';
import { mayVote } from './vote-keys';

/** The delegate's page: hear and see, ask for the floor, speak. */
@customElement('rs-delegate')
export class Delegate extends Page {
	protected readonly page = 'delegate';

	protected content(): TemplateResult {
		const { session } = this;
		const speaks = session.may('ask-for-floor');
		// The keys of an open vote take the band, but from whoever speaks on its conduct.
		const votes = session.may('cast') && mayVote(session.view!, session.wire.you) && holder(session.view!) !== session.me;
		const ballot = hasBallot(session, session.view!, session.wire.you) && holder(session.view!) !== session.me;
		return html`<main class="delegate-page">
			<rs-stage .session=${session}></rs-stage>
			<rs-captions .session=${session}></rs-captions>
			<div class="side">
				<rs-green-room .session=${session}></rs-green-room>
				<rs-proposal .session=${session}></rs-proposal>
				<rs-intent-keys .session=${session}></rs-intent-keys>
				<rs-explain-keys .session=${session}></rs-explain-keys>
				<rs-motion .session=${session}></rs-motion>
				<rs-speakers .session=${session}></rs-speakers>
				<rs-documents .session=${session}></rs-documents>
				${speaks ? html`<rs-own-lists .session=${session}></rs-own-lists>` : nothing}
				${speaks ? html`<rs-motion-keys .session=${session}></rs-motion-keys><rs-point-key .session=${session}></rs-point-key>` : nothing}
			</div>
			<footer class="band">
				${ballot ? html`<rs-ballot-keys .session=${session}></rs-ballot-keys>` : votes ? html`<rs-vote-keys .session=${session}></rs-vote-keys>` : speaks ? html`<rs-floor-key .session=${session}></rs-floor-key>` : nothing}
				<rs-listening .session=${session}></rs-listening>
			</footer>
		</main>`;
	}

	protected bindings(): Binding[] {
		const { session } = this;
		const channels = ['floor', ...Object.keys(session.view?.channels ?? {})].slice(0, 10);
		const speaks: Binding[] = session.may('ask-for-floor')
			? [
					{ key: 'f', show: 'F', label: 'key.floor', press: () => this.querySelector<FloorKey>('rs-floor-key')?.press() },
					...(session.companion ? [] : [{ key: 'm', show: 'M', label: 'key.mute', press: () => this.mute() } as const]),
				]
			: [];
		return [
			...speaks,
			{ key: '0', show: '0', label: 'key.original', press: () => void session.listen('floor') },
			...channels.slice(1).map((id, i) => ({
				key: String(i + 1),
				show: String(i + 1),
				label: 'key.language' as const,
				values: { name: session.view?.channels[id]?.name ?? id },
				press: () => void session.listen(id),
			})),
			...(hasUnderneath(session) ? [{ key: 'u', show: 'U', label: 'key.underneath', press: () => void session.setOriginal(!session.original) } as const] : []),
			{ key: '+', show: '+', label: 'key.louder', press: () => session.setVolume(session.volume + 0.1) },
			{ key: '-', show: '−', label: 'key.softer', press: () => session.setVolume(session.volume - 0.1) },
		];
	}

	private mute(): void {
		const { capture, view, me } = this.session;
		if (view !== null && isOpen(view, me))
			capture.setMuted(!capture.muted);
	}
}
