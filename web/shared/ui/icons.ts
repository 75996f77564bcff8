import { html, svg, type TemplateResult } from 'lit';
import type { Lamp } from '../session';
import { t, type Key } from '../words';

const SHAPES: Record<Lamp, TemplateResult> = {
	off: svg`<circle cx="12" cy="12" r="8.5" fill="none" stroke="currentColor" stroke-width="2"/>`,
	request: svg`<circle cx="12" cy="12" r="8" fill="none" stroke="currentColor" stroke-width="4"/>`,
	next: svg`<circle cx="12" cy="12" r="8.5" fill="none" stroke="currentColor" stroke-width="3"/>
		<circle cx="12" cy="12" r="4" fill="currentColor"/>`,
	speaking: svg`<circle cx="12" cy="12" r="10" fill="currentColor"/>`,
	muted: svg`<path fill="currentColor" fill-rule="evenodd" d="M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20ZM7 10.75h10v2.5H7Z"/>`,
	blocked: svg`<circle cx="12" cy="12" r="8.5" fill="none" stroke="currentColor" stroke-width="2"/>
		<path d="m6 18 12-12" stroke="currentColor" stroke-width="2.5"/>`,
	fault: svg`<path fill="currentColor" fill-rule="evenodd" d="M12 2.5 23 21.5H1ZM10.9 9h2.2l-.3 6.5h-1.6ZM12 16.8a1.3 1.3 0 1 0 0 2.6 1.3 1.3 0 0 0 0-2.6Z"/>`,
};

/** Shape and colour of a microphone; its word stands beside it, or `named` puts it inside for those who do not see it. */
export function lamp(state: Lamp, named = false): TemplateResult {
	return html`<svg class="lamp ${state}" viewBox="0 0 24 24" aria-hidden="true">${SHAPES[state]}</svg>${named
			? html`<span class="unseen">${lampWord(state)}</span>`
			: ''}`;
}

function lampWord(state: Lamp): string {
	return t(`lamp.${state}` satisfies Key);
}

const ICONS = {
	chat: 'M4 5h16v11H10l-4 4v-4H4zM8 9h8M8 12h5',
	close: 'M6 6l12 12M18 6L6 18',
	copy: 'M8.5 8.5h11.5v11.5H8.5zM15.5 8.5V4H4v11.5h4.5',
	download: 'M12 4v11.5M7 11l5 5 5-5M4.5 20h15',
	more: 'M12 5.5v.01M12 12v.01M12 18.5v.01',
	grip: 'M9 6v.01M9 12v.01M9 18v.01M15 6v.01M15 12v.01M15 18v.01',
	locked: 'M5.5 11h13v9.5h-13zM8.5 11V7.5a3.5 3.5 0 0 1 7 0V11',
	settings: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 4.5v5M9 14.5v5',
	keys: 'M3.5 6.5h17v11h-17zM7 10v.01M10.5 10v.01M14 10v.01M17 10v.01M8 14h8',
	volume: 'M4 9.5h3.5L12 6v12l-4.5-3.5H4zM15.5 9a4 4 0 0 1 0 6M18 6.5a7.5 7.5 0 0 1 0 11',
	wrench: 'M14.5 6.5a4.5 4.5 0 0 0-5.7 5.7L3.5 17.5l3 3 5.3-5.3a4.5 4.5 0 0 0 5.7-5.7l-3 3-2.7-.3-.3-2.7z',
	warning: 'M12 4 21.5 20.5h-19zM12 10v4.5M12 17.5v.01',
	yes: 'M4.5 12.5l5 5L19.5 7',
	no: 'M6 6l12 12M18 6L6 18',
	abstain: 'M5 12h14',
	absent: 'M5 12h.01M12 12h.01M19 12h.01',
	microphone: 'M12 3.5a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0v-5a3 3 0 0 1 3-3zM6 11.5a6 6 0 0 0 12 0M12 17.5v3',
} as const;

export function icon(name: keyof typeof ICONS): TemplateResult {
	const heavy = name === 'more' || name === 'grip' || name === 'absent';
	return html`<svg viewBox="0 0 24 24" width="22" height="22" fill="none" stroke="currentColor"
		stroke-width=${heavy ? 3 : 1.75} stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"
		>${svg`<path d=${ICONS[name]}/>`}</svg>`;
}
