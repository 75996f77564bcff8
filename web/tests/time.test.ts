import { expect, test } from 'vitest';
import { formatDuration, nextTime, retryDelay, ServerClock } from '#shared/time';

test.each([
	[0, '00:00'],
	[999, '00:00'],
	[1000, '00:01'],
	[72_000, '01:12'],
	[3_599_999, '59:59'],
	[3_600_000, '1:00:00'],
	[36_061_000, '10:01:01'],
	[-5000, '00:00'],
])('%i ms read %s', (ms, text) => {
	expect(formatDuration(ms)).toBe(text);
});

test('the server’s clock runs on by the monotonic one', () => {
	let monotonic = 500;
	const clock = new ServerClock(() => monotonic);
	clock.set(1_795_305_600_123);
	monotonic += 1000;
	expect(clock.now()).toBe(1_795_305_601_123);
});

test('a time of day is the next one that the clock will show', () => {
	const now = new Date(2026, 10, 30, 17, 50, 20);
	expect(new Date(nextTime('17:51', now.getTime()))).toEqual(new Date(2026, 10, 30, 17, 51));
	expect(new Date(nextTime('17:50', now.getTime()))).toEqual(new Date(2026, 11, 1, 17, 50));
	expect(new Date(nextTime('00:30', now.getTime()))).toEqual(new Date(2026, 11, 1, 0, 30));
});

test('attempts come later and later, within 8 s, and spread', () => {
	for (let attempt = 0; attempt < 40; attempt++) {
		const [least, most] = [retryDelay(attempt, () => 0), retryDelay(attempt, () => 1)];
		expect(most).toBe(2 * least);
		expect(most).toBeLessThanOrEqual(8000);
		expect(most).toBeGreaterThanOrEqual(attempt === 0 ? 0 : retryDelay(attempt - 1, () => 1));
	}
});
