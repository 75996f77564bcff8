import { expect, test } from 'vitest';
import { marginMinutes, timeline, turnOf, verdict, type Plan } from '#shared/plan';
import { setLanguage } from '#shared/words';

const HOUR = 3_600_000;
const plan: Plan = {
	until: 2 * HOUR, late: 0, finish: HOUR, margin: 240_000, more: 0, last: HOUR, last_margin: 240_000, used: 95, statements: 3,
	turns: [
		{ entry: 4, start: 0, margin: 20_000, end: HOUR / 2, fits: 'yes' },
		{ entry: 7, start: HOUR / 2, margin: 240_000, end: HOUR, fits: 'yes' },
	],
};

test('a forecast is told in whole minutes, and is never sure to the second', () => {
	expect(marginMinutes(10_000)).toBe(1);
	expect(marginMinutes(240_000)).toBe(4);
	expect(marginMinutes(269_000)).toBe(4);
});

test('a turn is found by its entry, in a plan that may not be there', () => {
	expect(turnOf(plan, 7)?.start).toBe(HOUR / 2);
	expect(turnOf(plan, 9)).toBeUndefined();
	expect(turnOf(null, 7)).toBeUndefined();
});

test('the line holds the list and the end of interpretation', () => {
	const line = timeline(plan, 0);
	expect(line.until).toBe(100);
	expect(line.stretches.map(({ at, width }) => [at, width])).toEqual([
		[0, 25],
		[25, 25],
	]);
});

test('it is no shorter than a quarter of an hour, and as long as the one it stands beside', () => {
	expect(timeline({ ...plan, until: null, finish: 1000, turns: [] }, 0).end).toBe(HOUR / 4);
	expect(timeline(plan, 0, 4 * HOUR).until).toBe(50);
});

test('what is over is not drawn to the left of now, and interpreters who left leave no mark', () => {
	const line = timeline(plan, 3 * HOUR);
	expect(line.until).toBeNull();
	expect(line.stretches[0]!.at).toBe(0);
});

test('one sentence says whether everybody will be heard', () => {
	setLanguage('en');
	expect(verdict(plan)?.grade).toBe('good');
	expect(verdict({ ...plan, late: 2 })).toMatchObject({ grade: 'bad' });
	expect(verdict({ ...plan, turns: [{ ...plan.turns[0]!, fits: 'perhaps' }] })?.grade).toBe('fair');
	expect(verdict({ ...plan, until: null })).toBeNull();
	expect(verdict({ ...plan, turns: [] })).toBeNull();
});
