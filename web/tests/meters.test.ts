import { expect, test } from 'vitest';
import { Meters } from '../technician/meters';

test('a bar is up at once and falls slowly to what was told', () => {
	const meters = new Meters();
	meters.take({ KEN: [-20, -10] }, 0);
	expect(meters.shown('KEN', -23, 0)).toEqual({ level: -20, peak: -10 });
	meters.take({ KEN: [-60, -60] }, 150);
	expect(meters.shown('KEN', -23, 400)?.level).toBeCloseTo(-30);
	expect(meters.shown('KEN', -23, 5000)?.level).toBe(-60);
	meters.take({ KEN: [-12, -8] }, 5100);
	expect(meters.shown('KEN', -23, 5100)?.level).toBe(-12);
});

test('a peak stands for a second before it falls, and a louder one takes its place', () => {
	const meters = new Meters();
	meters.take({ KEN: [-20, -10] }, 0);
	meters.take({ KEN: [-20, -40] }, 150);
	expect(meters.shown('KEN', -23, 900)?.peak).toBe(-10);
	expect(meters.shown('KEN', -23, 1500)?.peak).toBeCloseTo(-20);
	meters.take({ KEN: [-20, -6] }, 1600);
	expect(meters.shown('KEN', -23, 2500)?.peak).toBe(-6);
});

test('drawn often or seldom, it falls by time alone', () => {
	const [often, seldom] = [new Meters(), new Meters()];
	for (const meters of [often, seldom]) {
		meters.take({ KEN: [-20, -10] }, 0);
		meters.take({ KEN: [-60, -60] }, 150);
	}
	for (let now = 160; now < 1800; now += 10)
		often.shown('KEN', -23, now);
	const [a, b] = [often.shown('KEN', -23, 1800)!, seldom.shown('KEN', -23, 1800)!];
	expect(a.level).toBeCloseTo(b.level);
	expect(a.peak).toBeCloseTo(b.peak);
});

test('who wishes no motion sees what was told', () => {
	const meters = new Meters();
	meters.take({ KEN: [-20, -10] }, 0);
	meters.take({ KEN: [-50, -45] }, 150);
	expect(meters.shown('KEN', -23, 200, false)).toEqual({ level: -50, peak: -45 });
});

test('until a meter was told the level of the second is shown; nothing, when nothing comes', () => {
	const meters = new Meters();
	expect(meters.shown('KEN', -23, 0)).toEqual({ level: -23, peak: -23 });
	meters.take({ KEN: [-20, -10] }, 0);
	expect(meters.shown('KEN', null, 10)).toBeNull();
	expect(meters.shown('KEN', -23, 20)).toEqual({ level: -23, peak: -23 });
});
