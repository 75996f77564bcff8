import { html, type TemplateResult } from 'lit';
import type { Session } from '#shared/session';
import type { Decision } from '#shared/view';
import { t } from '#shared/words';

/** Put a motion or an appeal to the meeting, one key a way of deciding; the first is the main one. */
export function putKeys(session: Session, entry: number, modes: readonly Decision['mode'][]): TemplateResult {
	return html`<p class="small">${t('question.put')}</p><p class="keys">${modes.map((mode, i) => {
		const asked = `put-${entry}-${mode}`;
		const busy = session.isAsked(asked);
		return html`<button type="button" class="button ${i === 0 ? 'main' : ''}" data-testid="put-question" data-mode=${mode} aria-disabled=${busy}
			@click=${() => busy || void session.ask('put-question', { entry, mode }, asked)}>${busy ? t('asked') : t(`decision.mode.${mode}`)}</button>`;
	})}</p>`;
}
