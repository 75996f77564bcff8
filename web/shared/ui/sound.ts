import { html, nothing, svg, type TemplateResult } from 'lit';
import type { Session } from '../session';
import type { Sound } from '../view';
import { listed, t, type Key } from '../words';

const SHAPES = {
	green: svg`<circle cx="8" cy="8" r="6" fill="currentColor"/>`,
	amber: svg`<path d="M8 1.5 15 14H1z" fill="currentColor"/>`,
	red: svg`<path d="M3 3h10v10H3z" fill="currentColor"/>`,
};
const GRADES = { green: 'good', amber: 'fair', red: 'bad' } as const;

/** The verdict; before there was voice, what the band alone says. */
function verdictOf(sound: Sound): Required<Pick<Sound, 'verdict' | 'faults'>> | null {
	if (sound.verdict !== undefined)
		return { verdict: sound.verdict, faults: sound.faults ?? [] };
	if (sound.fit === 'no' || sound.fit === 'limited')
		return { verdict: sound.fit === 'no' ? 'red' : 'amber', faults: ['band'] };
	return null;
}

function word({ khz }: Sound, verdict: keyof typeof SHAPES, faults: NonNullable<Sound['faults']>): string {
	if (verdict === 'green')
		return t('sound.green');
	return t(`sound.${verdict}`, { faults: listed(faults.map((fault) => t(`sound.fault.${fault}` satisfies Key, { khz }))) });
}

/** Whether interpreters can work from this microphone, and what is wrong with it. `faulty`: nothing where all is well. */
export function sound(session: Session, badge: string, faulty = false): TemplateResult | typeof nothing {
	const measured = session.wire.measured.sounds?.[badge];
	const judged = measured && verdictOf(measured);
	if (!measured || !judged || (faulty && judged.verdict === 'green'))
		return nothing;
	const { verdict, faults } = judged;
	return html`<span class="sound ${GRADES[verdict]} small" data-testid="sound" data-verdict=${verdict} data-faults=${faults.join(' ')}
		><svg viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">${SHAPES[verdict]}</svg><span>${word(measured, verdict, faults)}</span></span>`;
}

/** What the speaker can do about it, said to the speaker. */
export function soundAdvice(session: Session): TemplateResult | typeof nothing {
	const measured = session.wire.measured.sounds?.[session.me];
	const judged = measured && verdictOf(measured);
	if (!judged || judged.verdict === 'green')
		return nothing;
	return html`<p class="sound ${GRADES[judged.verdict]} small" role="status" data-testid="sound-advice" data-faults=${judged.faults.join(' ')}
		><svg viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">${SHAPES[judged.verdict]}</svg><span>${t('sound.own')}
		${judged.faults.map((fault) => t(`sound.advice.${fault}` satisfies Key)).join(' ')}</span></p>`;
}

/** The same for whoever helps them: what to say. */
export function soundAdviceFor(session: Session, badge: string): TemplateResult | typeof nothing {
	const measured = session.wire.measured.sounds?.[badge];
	const judged = measured && verdictOf(measured);
	if (!judged || judged.verdict === 'green')
		return nothing;
	return html`<div class="small" data-testid="sound-tell"><p class="muted">${t('check.tell')}</p>
		<ul>${judged.faults.map((fault) => html`<li>${t(`sound.advice.${fault}` satisfies Key)}</li>`)}</ul></div>`;
}
