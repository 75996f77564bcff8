import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { formatDuration, secondsTo } from '#shared/time';
import { shortName } from '#shared/view';
import { t, type Key } from '#shared/words';
import { lamp } from '#shared/ui/icons';
import '#shared/ui/small';
import { OUTPUTS } from './bindings';
import type { Microphone } from './desk';
import { handoverOf, mustAsk, outputsOf, ownerOf } from './desk';
import { channelName, TimedDeskPart } from './part';

type State = Microphone | 'fault';

const LAMPS = { off: 'off', live: 'speaking', standby: 'request', cough: 'muted', fault: 'fault' } as const;
const WORDS: Record<State, Key> = { off: 'desk.idle', live: 'desk.live', standby: 'desk.standby', cough: 'desk.cough.on', fault: 'lamp.fault' };

/** The microphone, as large as it can be: its state, what it works into, its level. */
@customElement('rs-microphone')
export class MicrophoneKey extends TimedDeskPart {
	override render(): TemplateResult {
		const { session, view, me, desk } = this;
		const state: State = desk.isFaulty ? 'fault' : desk.microphone;
		const since = view.channels[desk.live]?.since;
		const outputs = outputsOf(view, me).slice(0, OUTPUTS.length);
		return html`<section class="microphone" aria-label=${t('desk.microphone')}>
			<button type="button" class="desk-key ${state === 'cough' ? 'coughing' : state}" data-testid="desk-key" data-lamp=${LAMPS[state]} data-state=${state} data-live=${desk.live}
				aria-disabled=${desk.busy || desk.output === ''} @click=${() => desk.toggleLive()}>
				${lamp(LAMPS[state])}
				<span class="word"><strong data-testid="desk-state">${t(WORDS[state])}</strong>
					<span class="state">${this.note(state)}</span></span>
				${since ? html`<span class="figures since" role="timer" aria-live="off">${formatDuration(this.now - since)}</span>` : nothing}
				<kbd>L</kbd>
			</button>
			<div class="output">
				<p class="small muted" id="output-title">${t('desk.output')}</p>
				${outputs.length === 0
					? html`<p class="channel muted">${t('desk.no.channel')}</p>`
					: html`<div class="outputs" role="group" aria-labelledby="output-title">${outputs.map((id, i) => this.output(id, OUTPUTS[i]!))}</div>`}
				<rs-meter .read=${() => (desk.coughing ? -100 : session.capture.level())} .clipped=${() => session.capture.clipped} label=${t('device.level')}></rs-meter>
			</div>
		</section>`;
	}

	/** What a press will do, or why the microphone is as it is. */
	private note(state: State): string {
		const { view, me, desk, session } = this;
		const handover = handoverOf(view, me);
		if (desk.busy)
			return t('asked');
		if (state === 'fault')
			return session.capture.faults.microphone === undefined ? t('own.fault.open') : t(`fault.microphone.${session.capture.faults.microphone}` satisfies Key);
		if (handover?.state === 'armed') {
			const time = formatDuration(secondsTo(handover.due ?? 0, this.now) * 1000);
			return t(`handover.armed.${handover.role}`, { name: shortName(view, handover.other), time });
		}
		if (state === 'standby') {
			const language = view.floor?.language;
			return t('desk.standby.why', { name: view.languages.find(({ id }) => id === language)?.name ?? '' });
		}
		if (desk.live !== '')
			return t('desk.press.idle');
		const owner = ownerOf(view, me);
		return owner === '' ? t('desk.press.live') : t(mustAsk(view, me) ? 'desk.press.ask' : 'desk.press.take', { name: shortName(view, owner) });
	}

	private output(id: string, press: string): TemplateResult {
		const { view, desk } = this;
		return html`<button type="button" class="button" aria-pressed=${id === desk.output} data-testid="output" data-channel=${id} @click=${() => desk.selectOutput(id)}
			><kbd>${press.toUpperCase()}</kbd><span class="channel" data-testid=${id === desk.output ? 'output-channel' : nothing}>${channelName(view, id)}</span></button>`;
	}
}
