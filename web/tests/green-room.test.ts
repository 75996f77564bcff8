import { expect, test } from 'vitest';
import { greenPlace, nextUp } from '#shared/green-room';
import type { View } from '#shared/view';

const who = (id: string, change = {}) => ({ [id]: { name: id, role: 'delegate', present: true, line: 'connected', ...change } });
const entries = (...badges: string[]) => badges.map((participant, i) => ({ entry: i + 1, participant, asked: 0 }));
const viewOf = (change = {}): View =>
	({
		meeting: { mode: 'floor', state: 'in-session' }, participants: { ...who('A'), ...who('B'), ...who('C'), ...who('D'), ...who('E'), ...who('AWAY', { present: false }), ...who('ROOM', { place: 'in-room' }) },
		list: [], replies: [], open: [], points: { waiting: [] }, motions: { waiting: [], pending: [] }, explanations: { before: [], after: [], sponsors: [], explained: [] }, floor: { holder: null }, ...change,
	}) as unknown as View;
const names = (view: View) => nextUp(view).map(({ participant }) => participant);

test('the first three who are here, and not in the room', () => {
	expect(names(viewOf({ list: entries('AWAY', 'A', 'ROOM', 'B', 'C', 'D') }))).toEqual(['A', 'B', 'C']);
});

test('then those who wait for a reply, and nobody twice', () => {
	expect(names(viewOf({ list: entries('A', 'B', 'A'), replies: entries('B', 'E') }))).toEqual(['A', 'B', 'E']);
	expect(names(viewOf())).toEqual([]);
});

test('who has the floor is not waiting for it', () => {
	const view = viewOf({ list: entries('A', 'B'), floor: { holder: 'A' }, open: ['A'] });
	expect(greenPlace(view, 'A')).toBe(0);
	expect(greenPlace(view, 'B')).toBe(2);
	expect(greenPlace(view, 'E')).toBe(0);
});
