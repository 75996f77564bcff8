import { beforeEach, expect, test } from 'vitest';
import { People, people } from '../podium/people';
import type { Session } from '#shared/session';
import type { View } from '#shared/view';
import { setLanguage } from '#shared/words';
import { text } from './drawn';

const view = {
	meeting: { state: 'in-session' },
	participants: {
		'FRA-2': { name: 'Sophie Laurent', country: 'France', role: 'delegate', present: false },
		KEN: { name: 'Amina Odhiambo', country: 'Kenya', role: 'delegate', present: true },
		'FRA-1': { name: 'Étienne Moreau', country: 'France', role: 'delegate', present: true },
		chair: { name: 'Ingrid Halvorsen', role: 'chair', present: true, seat: 'A12' },
	},
} as unknown as View;
const badges = (...asked: [string, boolean]): string[] => people(view, ...asked).map(([badge]) => badge);

beforeEach(() => setLanguage('en'));

test('rows stand by name, present or not', () => {
	expect(badges('', false)).toEqual(['FRA-1', 'FRA-2', 'chair', 'KEN']);
	expect(badges('', true)).toEqual(['FRA-1', 'chair', 'KEN']);
});

test('somebody is found by name, country, badge or seat', () => {
	expect(badges('etienne', false)).toEqual(['FRA-1']);
	expect(badges('france', false)).toEqual(['FRA-1', 'FRA-2']);
	expect(badges('ken', false)).toEqual(['KEN']);
	expect(badges('a12', false)).toEqual(['chair']);
	expect(badges('atlantis', false)).toEqual([]);
});

function drawn(many: number): string {
	const part = new People();
	const participants = Object.fromEntries(Array.from({ length: many }, (_, i) => [`b${i}`, { name: `Delegate ${i}`, role: 'delegate', present: true, line: 'joined' }]));
	part.session = { view: { ...view, participants, list: [], open: [], replies: [], points: { waiting: [] }, motions: { waiting: [], pending: [] } } as unknown as View, isAsked: () => false, wire: { measured: {} } } as unknown as Session;
	part.willUpdate();
	return text(part.render());
}

test('of many it is asked who is looked for, of a few it is not', () => {
	expect(drawn(21)).toContain('find-person');
	expect(drawn(20)).not.toContain('find-person');
});
