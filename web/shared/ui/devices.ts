import { html, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { Wishes } from '../capture';
import { t, type Key } from '../words';
import './small';
import { Part } from './part';

/** Which microphone and camera, with a level that shows whether the microphone hears anything. */
@customElement('rs-devices')
export class Devices extends Part {
	override render(): TemplateResult {
		const { capture } = this.session;
		return html`<div class="devices">
			${this.choice('microphone', 'audioinput')}
			<rs-meter .read=${() => capture.level()} .clipped=${() => capture.clipped} label=${t('device.level')}></rs-meter>
			${this.choice('camera', 'videoinput')}
			<label class="check"><input type="checkbox" data-testid="original-sound" .checked=${capture.wishes.original}
				@change=${(event: Event) => this.wish({ original: (event.target as HTMLInputElement).checked })}>
				<span>${t('device.original')}<br><span class="small muted">${t('device.original.note')}</span></span></label>
		</div>`;
	}

	private choice(kind: 'microphone' | 'camera', type: MediaDeviceKind): TemplateResult {
		const { capture } = this.session;
		const wish = capture.wishes[kind];
		const fault = capture.faults[kind];
		const devices = capture.devices.filter((device) => device.kind === type && !['', 'default'].includes(device.deviceId));
		const change = (event: Event) => {
			const { value } = event.target as HTMLSelectElement;
			void this.wish({ [kind]: value === 'none' ? null : value });
		};
		return html`<div class="field"><label for="device-${kind}">${t(`device.${kind}`)}</label>
			<select id="device-${kind}" data-testid="device-${kind}" @change=${change} aria-describedby="fault-${kind}">
				<option value="" ?selected=${wish === ''}>${t('device.usual')}</option>
				${devices.map(
					({ deviceId, label }, i) =>
						html`<option value=${deviceId} ?selected=${wish === deviceId}>${label || `${t(`device.${kind}`)} ${i + 1}`}</option>`,
				)}
				<option value="none" ?selected=${wish === null}>${t(`device.${kind}.none`)}</option>
			</select>
			<p id="fault-${kind}" class="complaint small" role="status">${
				fault === undefined ? '' : t(`fault.${kind}.${fault}` satisfies Key)
			}</p></div>`;
	}

	private wish(change: Partial<Wishes>): Promise<void> {
		return this.session.setWishes({ ...this.session.capture.wishes, ...change });
	}
}
