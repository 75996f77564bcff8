import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { Headset } from '#shared/sound/headset';
import { t } from '#shared/words';
import '#shared/ui/hearing';
import { KNOBS, printed, type Knob } from './knobs';
import { DeskPart } from './part';

/** How what is heard sounds: volume, bass and treble of the source, and how loud the partner is beside it. */
@customElement('rs-sound')
export class Sound extends DeskPart {
	override render(): TemplateResult | typeof nothing {
		const { headset } = this.session;
		if (headset === null)
			return nothing;
		return html`<section class="panel sound-knobs" aria-label=${t('knob.title')}>${KNOBS.map((knob) => this.knob(knob, headset))}
			<rs-hearing .session=${this.session}></rs-hearing></section>`;
	}

	private knob({ id, label, keys, least, most, step, set }: Knob, headset: Headset): TemplateResult {
		const value = headset.settings[id];
		const shown = most === 1 ? String(Math.round(value * 100)) : `${value > 0 ? '+' : ''}${value} dB`;
		return html`<div class="knob ${most === 1 ? '' : 'half'}"><label for="knob-${id}" class="small">${t(label)}</label><output class="small figures">${shown}</output>
			<kbd>${printed(keys[0])}</kbd><input id="knob-${id}" type="range" min=${least} max=${most} step=${step} data-testid=${id === 'partner' ? 'partner-volume' : id} .value=${String(value)}
				@input=${(event: InputEvent) => set(headset, Number((event.target as HTMLInputElement).value))}><kbd>${printed(keys[1])}</kbd></div>`;
	}
}
