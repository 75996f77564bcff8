import { expect, test } from 'vitest';
import { differs, looks, type Place } from '#shared/looking';
import type { Slot } from '#shared/media';

const slots: Slot[] = [
	{ mid: '3', kind: 'audio', feed: 'floor', rank: 0 },
	{ mid: '6', kind: 'video', feed: 'speaker', rank: 0 },
	{ mid: '7', kind: 'video', feed: 'chair', rank: 0 },
	{ mid: '9', kind: 'video', feed: '', rank: 0 },
];
const place = (feed: string, height: number, inView = true): Place => ({ feed, height, inView });

test('a picture asks for its height, one that is not shown for nothing', () => {
	expect(looks(slots, [place('speaker', 540.4)], false)).toEqual([
		{ mid: '6', height: 540, paused: false },
		{ mid: '7', height: 0, paused: true },
	]);
});

test('the largest of two places of a feed counts, one out of view does not', () => {
	const places = [place('speaker', 180), place('speaker', 720), place('chair', 300, false)];
	expect(looks(slots, places, false)).toEqual([
		{ mid: '6', height: 720, paused: false },
		{ mid: '7', height: 0, paused: true },
	]);
});

test('a hidden page asks for no picture', () => {
	expect(looks(slots, [place('speaker', 540)], true).every(({ paused }) => paused)).toBe(true);
});

test('only what makes a difference is said', () => {
	const before = { mid: '6', height: 400, paused: false };
	expect(differs(before, undefined)).toBe(true);
	expect(differs({ ...before, height: 430 }, before)).toBe(false);
	expect(differs({ ...before, height: 480 }, before)).toBe(true);
	expect(differs({ ...before, paused: true }, before)).toBe(true);
	expect(differs({ ...before, height: 0, paused: true }, { ...before, paused: true })).toBe(false);
});
