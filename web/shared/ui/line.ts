import { html, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { Session } from '../session';
import { t } from '../words';
import { Part } from './part';

/** Loss from which listeners begin to notice, and from which a voice breaks up. */
const LOSS_NOTICED = 0.05;
const LOSS_BREAKS = 0.2;

interface Verdict {
	grade: 'good' | 'fair' | 'bad';
	text: string;
}

function lineVerdict(session: Session): Verdict {
	const { wire, media, me } = session;
	if (wire.state !== 'open')
		return { grade: 'bad', text: wire.state === 'lost' ? t('line.lost') : t('line.joining') };
	if (!session.may('offer'))
		return { grade: 'good', text: t('line.good') };
	// Media may well go on for a moment when it is only signaling that has lost sight of its server.
	if (!session.view?.media?.instance)
		return { grade: 'fair', text: t('line.media.off') };
	switch (media.state) {
		case 'off':
			return { grade: 'fair', text: t('line.media.off') };
		case 'connecting':
			return { grade: 'fair', text: t('line.media.connecting') };
		case 'disturbed':
			return { grade: 'bad', text: t('line.media.disturbed') };
		case 'refused':
			return { grade: 'bad', text: t('line.media.refused') };
		case 'connected':
			break;
	}
	const loss = wire.measured.lines?.[me]?.loss ?? 0;
	if (loss < LOSS_NOTICED)
		return { grade: 'good', text: t('line.good') };
	const percent = Math.round(loss * 100);
	return { grade: loss < LOSS_BREAKS ? 'fair' : 'bad', text: t('line.loss', { percent }) };
}

const SHAPES = {
	good: 'M3 17h3v4H3zM10 11h3v10h-3zM17 4h3v17h-3z',
	fair: 'M3 17h3v4H3zM10 11h3v10h-3z',
	bad: 'M3 17h3v4H3z',
};

/** State of the own line, always in the same corner, with its reason in words. */
@customElement('rs-line')
export class Line extends Part {
	override render(): TemplateResult {
		const { grade, text } = lineVerdict(this.session);
		return html`<span class="line ${grade}" data-testid="line" data-grade=${grade} role="status">
			<svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true"
				><path class="rest" d=${SHAPES.good}></path><path class="bars" d=${SHAPES[grade]}></path></svg
			><span>${text}</span></span>`;
	}
}
