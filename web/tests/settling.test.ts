import { expect, test } from 'vitest';
import { Settling } from '#shared/ui/settling';

test('a press counts unless rows have just moved; those that come at the end move nothing', () => {
	let now = 0;
	const rows = new Settling(() => now);
	const drawn = (...order: number[]): boolean => {
		now += 1000;
		rows.draw(order);
		return rows.done;
	};
	expect(drawn(1, 2)).toBe(true);
	expect(drawn(1, 2, 3)).toBe(true);
	expect(drawn(1, 2, 30)).toBe(false);
	expect(drawn(1, 2)).toBe(false);
	expect(drawn(2, 1)).toBe(false);
	now += 349;
	expect(rows.done).toBe(false);
	now += 1;
	expect(rows.done).toBe(true);
});
