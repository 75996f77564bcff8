import { expect, test } from 'vitest';
import type { View } from '#shared/view';
import { setLanguage } from '#shared/words';
import { asBefore, matches, rowsOf, sorted, troubleText, worst } from '../technician/rows';
import { figureOf, STEPS, Survey, type History, type Trouble } from '../technician/survey';

const T0 = 1_795_305_600_000;
const loss = (severity: 'warning' | 'critical', since: number): Trouble => ['loss-up', severity, since, 84];
const figures = (rtt: number | null) => [0, 0, rtt, 4, 38, 610, 0, 25, 2000, 0, 20, 10, 1800, 12, 0];

function view(...people: [badge: string, country: string, present: boolean][]): View {
	return {
		participants: Object.fromEntries(people.map(([badge, country, present]) => [badge, { name: `Delegate of ${country}`, country, role: badge === 'room' ? 'room' : 'delegate', present }])),
	} as unknown as View;
}

function surveyed(people: Record<string, Trouble[]>): Survey {
	const survey = new Survey();
	survey.take({ whole: true, patch: { people: Object.fromEntries(Object.entries(people).map(([badge, troubles]) => [badge, { figures: figures(40), troubles }])), nodes: [], troubles: [] } }, {}, T0);
	return survey;
}

const order = (rows: { badge: string }[]) => rows.map(({ badge }) => badge);

test('trouble stands on top, the worst and the longest first; then who is here, by name', () => {
	const there = view(['A', 'Zambia', true], ['B', 'Albania', true], ['C', 'Chile', true], ['D', 'Denmark', true], ['E', 'Egypt', false], ['F', 'Fiji', true]);
	const survey = surveyed({ A: [], B: [], C: [loss('warning', T0)], D: [loss('critical', T0)], F: [loss('warning', T0 - 1000)] });
	expect(order(sorted(rowsOf(there, survey), there))).toEqual(['D', 'F', 'C', 'B', 'A', 'E']);
});

test('while a finger is on it the order stays, and who is new comes last', () => {
	const there = view(['A', 'Zambia', true], ['B', 'Albania', true], ['C', 'Chile', true]);
	const rows = rowsOf(there, surveyed({ A: [loss('critical', T0)], B: [], C: [] }));
	expect(order(asBefore(rows, ['C', 'A']))).toEqual(['C', 'A', 'B']);
});

test('somebody is found by badge, name or country, among those who are shown', () => {
	const there = view(['KEN', 'Kenya', true], ['FRA', 'France', false], ['room', 'Room', true]);
	const rows = rowsOf(there, surveyed({ KEN: [loss('warning', T0)], room: [] }));
	const found = (...how: [Parameters<typeof matches>[1], string]) => order(rows.filter((row) => matches(row, ...how)));
	expect(found('all', '')).toEqual(['KEN', 'FRA', 'room']);
	expect(found('all', ' fran')).toEqual(['FRA']);
	expect(found('all', 'ken')).toEqual(['KEN']);
	expect(found('trouble', '')).toEqual(['KEN']);
	expect(found('here', '')).toEqual(['KEN', 'room']);
	expect(found('rooms', '')).toEqual(['room']);
	expect(found('desks', '')).toEqual([]);
});

test('since when is that of the worst', () => {
	expect(worst([])).toEqual({ severity: null, since: 0 });
	expect(worst([['line-lost', 'critical', T0 + 5, 2], ['no-sound', 'critical', T0 + 3, 2], loss('warning', T0)])).toEqual({ severity: 'critical', since: T0 + 3 });
});

test('what is told is patched into what was', () => {
	const survey = surveyed({ KEN: [], FRA: [] });
	survey.take({ whole: false, patch: { people: { KEN: { troubles: [loss('warning', T0)] }, FRA: null } } }, {}, T0 + 1000);
	expect(figureOf(survey.people['KEN'], 'rtt')).toBe(40);
	expect(survey.people['KEN']!.troubles).toHaveLength(1);
	expect(survey.people['FRA']).toBeUndefined();
	survey.take({ whole: true, patch: { people: {}, nodes: [], troubles: [] } }, {}, T0 + 2000);
	expect(survey.people).toEqual({});
});

test('ten minutes go on with what is told each second', () => {
	const survey = surveyed({ KEN: [] });
	const empty = Object.fromEntries(['level', 'loss_up', 'loss_down', 'rtt', 'jitter', 'up', 'down', 'concealed', 'decoded'].map((name) => [name, Array.from({ length: STEPS }, () => null)])) as unknown as History;
	expect(survey.missing(['KEN', 'FRA'])).toEqual(['KEN', 'FRA']);
	expect(survey.missing(['KEN', 'FRA'])).toEqual([]);
	survey.keep({ step_ms: 5000, end: T0, history: { KEN: empty } });
	const tell = (rtt: number, at: number) => survey.take({ whole: false, patch: { people: { KEN: { figures: figures(rtt) } } } }, { KEN: -20 }, T0 + at);
	tell(40, 0);
	tell(90, 1000);
	tell(50, 2000);
	tell(60, 11_000);
	const { rtt, level } = survey.history('KEN')!;
	expect(rtt).toHaveLength(STEPS);
	// The worst of a step; nothing was told in the one between.
	expect(rtt.slice(-4)).toEqual([null, 90, null, 60]);
	expect(level.at(-1)).toBe(-20);
	survey.forget();
	expect(survey.history('KEN')).toBeNull();
	expect(survey.missing(['KEN'])).toEqual(['KEN']);
});

test('no more are asked for at a time than the server answers', () => {
	const badges = Array.from({ length: 40 }, (_, i) => `D${i}`);
	const survey = new Survey();
	expect([survey.missing(badges), survey.missing(badges), survey.missing(badges)].map(({ length }) => length)).toEqual([16, 16, 8]);
});

test('a trouble says its figure in its unit', () => {
	setLanguage('en');
	expect(troubleText(loss('warning', T0))).toBe('Loses 8.4 % of what it sends');
	expect(troubleText(['narrow', 'warning', T0, -150])).toBe('Narrow line: 150 kbit/s');
	expect(troubleText(['slow', 'warning', T0, 21_300])).toBe('Slow: 21 ms for a packet');
	expect(troubleText(['clock', 'warning', T0, -90_000])).toBe('Clock is 90 s off');
	expect(troubleText(['of-tomorrow', 'warning', T0, 1])).toBe('of-tomorrow');
});
