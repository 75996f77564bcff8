import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { LEAST_FULL_SCALE, LIMITS, MOST_FULL_SCALE } from '../sound/pressure';
import { t, type Key } from '../words';
import { Part } from './part';
import { Ticking } from './small';

/** What goes to the interpreter's ears, how loud the last minute was, and whether the hearing is guarded. */
@customElement('rs-hearing')
export class HearingGuard extends Ticking {
	override render(): TemplateResult | typeof nothing {
		const { headset } = this.session;
		if (headset === null || headset.state === 'off')
			return nothing;
		const { minute } = headset.heard;
		const state = headset.state === 'unguarded' ? 'unguarded' : performance.now() < headset.heldBackUntil ? 'limiting' : minute > LIMITS.exposure ? 'loud' : 'guarded';
		return html`<div class="hearing ${state}" data-testid="hearing" data-state=${state}>
			<rs-meter .read=${() => headset.level.db} label=${t('hearing.level')}></rs-meter>
			<p class="small" role=${state === 'unguarded' ? 'alert' : (nothing as never)}>${t(`hearing.${state}` satisfies Key)}${
				state !== 'unguarded' && minute > 0 ? html` <span class="muted">${t('hearing.minute', { db: Math.round(minute) })}</span>` : nothing
			}</p></div>`;
	}
}

/** How loud this headset is, from which all limits are reckoned. */
@customElement('rs-headset')
export class HeadsetSetting extends Part {
	override render(): TemplateResult | typeof nothing {
		const { headset } = this.session;
		if (headset === null)
			return nothing;
		return html`<div class="field"><label for="full-scale">${t('hearing.scale')}</label>
			<input id="full-scale" type="number" inputmode="numeric" step="1" min=${LEAST_FULL_SCALE} max=${MOST_FULL_SCALE} dir="ltr" data-testid="full-scale"
				aria-describedby="full-scale-note" .value=${String(headset.settings.fullScale)} @change=${(event: Event) => {
					const field = event.target as HTMLInputElement;
					headset.setFullScale(field.value === '' ? NaN : Number(field.value));
					field.value = String(headset.settings.fullScale);
				}}>
			<p id="full-scale-note" class="small muted">${t('hearing.scale.note')}</p></div>`;
	}
}
