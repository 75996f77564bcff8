import type { TemplateResult } from 'lit';

/** What a part draws, as text; of functions, directives and nothing, nothing. */
export function text(drawn: unknown): string {
	if (Array.isArray(drawn))
		return drawn.map(text).join('');
	if (typeof drawn === 'object' && drawn !== null && 'strings' in drawn && 'values' in drawn) {
		const { strings, values } = drawn as TemplateResult;
		return strings.map((string, i) => string + (i < values.length ? text(values[i]) : '')).join('');
	}
	return ['string', 'number', 'boolean'].includes(typeof drawn) ? String(drawn) : '';
}
