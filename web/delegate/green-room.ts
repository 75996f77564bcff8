import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { greenPlace } from '#shared/green-room';
import { about } from '#shared/plan';
import { t, type Key } from '#shared/words';
import { icon } from '#shared/ui/icons';
import '#shared/ui/picture';
import { Ticking } from '#shared/ui/small';

/** As the server reckons it: more than silence within ten seconds. */
const HEARD_DB = -60;
const HEARD_MS = 10_000;
/** From here on the line's loss is noticed. */
const LOSS = 0.05;

const PLACES = ['green.next', 'green.second', 'green.third'] as const;

/** Shown to who is about to be called: how they look and sound, and that nobody sees or hears it yet. */
@customElement('rs-green-room')
export class GreenRoom extends Ticking {
	private heardAt = -Infinity;

	override render(): TemplateResult | typeof nothing {
		const { session } = this;
		const { capture, media } = session;
		const place = session.speaks ? greenPlace(session.view!, session.me) : 0;
		if (place === 0)
			return nothing;
		if (capture.level() > HEARD_DB)
			this.heardAt = performance.now();
		const { turn, lines } = session.wire.measured;
		const ready = {
			microphone: performance.now() - this.heardAt < HEARD_MS,
			camera: capture.camera?.readyState === 'live',
			line: media.state === 'connected' && (lines?.[session.me]?.loss ?? 0) < LOSS,
		};
		return html`<section class="panel green-room" aria-labelledby="green-title" data-testid="green-room" data-place=${place}>
			<h2 id="green-title"><span role="status">${t(PLACES[place - 1]!)}</span>${turn ? html` <span class="small muted" data-testid="green-time">${about(turn.start, turn.margin)}</span>` : nothing}</h2>
			<div class="mirror"><rs-picture .session=${session} feed="self"></rs-picture>
				<rs-meter .read=${() => capture.level()} .clipped=${() => capture.clipped} label=${t('device.level')}></rs-meter></div>
			<ul>${(['microphone', 'camera', 'line'] as const).map((what) => this.check(what, ready[what]))}</ul>
			<p class="small muted">${t('green.note')}</p>
		</section>`;
	}

	private check(what: 'microphone' | 'camera' | 'line', is: boolean): TemplateResult {
		return html`<li class=${is ? 'good' : 'fair'} data-testid="green-check" data-what=${what} data-ready=${is}>${icon(is ? 'yes' : 'warning')}<span>${t(`green.${what}.${is ? 'yes' : 'no'}` satisfies Key)}</span></li>`;
	}
}
