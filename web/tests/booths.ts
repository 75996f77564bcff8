import type { View } from '#shared/view';

/** Three booths at work: French from the floor, Arabic by relay from French, and nobody into Spanish. */
export const now = 1_795_305_600_000;

export function boothsAtWork(): View {
	const person = (role: string) => ({ name: role, role, present: true, line: 'connected', csrc: 1 });
	const desk = (booth: string, outputs: string[], more = {}) => ({ booth, outputs, source: 'floor', output: booth, cough: false, used_ms: 0, ...more });
	return {
		meeting: { id: 'demo', title: 'Demo' },
		languages: [{ id: 'en', name: 'English' }, { id: 'fr', name: 'Français' }, { id: 'es', name: 'Español' }, { id: 'ar', name: 'العربية' }, { id: 'ru', name: 'Русский' }, { id: 'zh', name: '中文' }],
		participants: Object.fromEntries([['chair', person('chair')], ...['fr-1', 'fr-2', 'es-1', 'ar-1'].map((id) => [id, person('interpreter')])]),
		rules: { interpretation: { interlock: 'override', handover: 'take', timeout: 30_000, turn: 1_800_000, wait: 0, slower_hold: 30_000, slower_desks: 1 } },
		floor: {},
		channels: {
			en: { language: 'en', name: 'English', carries: 'floor', depth: 0, chain: ['floor'] },
			fr: { language: 'fr', name: 'Français', desk: 'fr-1', since: now - 300_000, carries: 'desk', depth: 1, chain: ['floor', 'fr'] },
			es: { language: 'es', name: 'Español', carries: 'floor', depth: 0, chain: ['floor'] },
			ar: { language: 'ar', name: 'العربية', desk: 'ar-1', since: now - 300_000, carries: 'desk', depth: 2, chain: ['floor', 'fr', 'ar'] },
		},
		booths: {
			fr: { home: 'fr', outputs: ['en', 'fr'], desks: ['fr-1', 'fr-2'] },
			es: { home: 'es', outputs: ['es'], desks: ['es-1'] },
			ar: { home: 'ar', outputs: ['en', 'fr', 'ar'], desks: ['ar-1'] },
		},
		desks: {
			'fr-1': desk('fr', ['en', 'fr'], { used_ms: 1_200_000 }),
			'fr-2': desk('fr', ['en', 'fr'], { used_ms: 600_000 }),
			'es-1': desk('es', ['es']),
			'ar-1': desk('ar', ['en', 'fr', 'ar'], { source: 'fr' }),
		},
	} as unknown as View;
}
