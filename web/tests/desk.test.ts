import { describe, expect, it } from 'vitest';
import type { Channel, Desk, View } from '#shared/view';
import { chainOf } from '#shared/provenance';
import { secondsTo } from '#shared/time';
import { slowerAsked } from '#shared/view';
import { handoverOf, heardBy, heardChain, leadsBack, liveIn, microphoneOf, mustAsk, outputOf, outputsOf, partnersOf, quality, usedToday } from '../interpreter/desk';
import { boothsAtWork, now } from './booths';

const change = (channels: Record<string, Partial<Channel>> = {}, desks: Record<string, Partial<Desk>> = {}): View => {
	const view = boothsAtWork();
	for (const [id, one] of Object.entries(channels))
		Object.assign(view.channels[id]!, one);
	for (const [id, one] of Object.entries(desks))
		Object.assign(view.desks![id]!, one);
	return view;
};

describe('a source is marked', () => {
	it('FLOOR, + for one interpretation and − for relay', () => {
		const { channels } = boothsAtWork();
		expect(quality(channels['es'])).toBe('floor');
		expect(quality(channels['fr'])).toBe('plus');
		expect(quality(channels['ar'])).toBe('minus');
		expect(quality({ ...channels['ar']!, depth: 3 })).toBe('minus');
		expect(quality(undefined)).toBe('floor');
	});

	it('FLOOR while its desk stands by, with the floor as where it comes from', () => {
		const view = change({ fr: { carries: 'floor', depth: 0, chain: ['floor'] } });
		expect(quality(view.channels['fr'])).toBe('floor');
		expect(chainOf(view, 'fr')).toEqual(['floor']);
		expect(chainOf(view, 'ar')).toEqual(['floor', 'fr', 'ar']);
	});
});

describe('a desk', () => {
	it('has the channel of its booth as A, whatever the order of the meeting', () => {
		expect(outputsOf(boothsAtWork(), 'fr-1')).toEqual(['fr', 'en']);
		expect(outputsOf(boothsAtWork(), 'ar-1')).toEqual(['ar', 'en', 'fr']);
	});

	it('works where it is live, whatever it has chosen', () => {
		const view = change({}, { 'fr-1': { output: 'en' }, 'fr-2': { output: 'en' } });
		expect(liveIn(view, 'fr-1')).toBe('fr');
		expect(outputOf(view, 'fr-1')).toBe('fr');
		expect(outputOf(view, 'fr-2')).toBe('en');
	});

	it('hears what it chose, and by auto-relay what the floor key plays', () => {
		expect(heardBy(boothsAtWork(), 'fr-1')).toBe('floor');
		expect(heardChain(boothsAtWork(), 'ar-1')).toEqual(['floor', 'fr']);
		const view = change({ en: { desk: 'fr-2', carries: 'desk', depth: 1, chain: ['floor', 'en'] } }, { 'es-1': { auto: 'en' } });
		expect(heardBy(view, 'es-1')).toBe('en');
		expect(heardChain(view, 'es-1')).toEqual(['floor', 'en']);
		expect(heardBy(change({}, { 'ar-1': { auto: 'en' } }), 'ar-1')).toBe('fr');
	});

	it('does not take relay from whom it feeds, nor from itself; while closed it may', () => {
		const view = boothsAtWork();
		expect(leadsBack(view, 'fr-1', 'ar')).toBe(true);
		expect(leadsBack(view, 'fr-1', 'fr')).toBe(true);
		expect(leadsBack(view, 'fr-1', 'es')).toBe(false);
		expect(leadsBack(view, 'fr-2', 'ar')).toBe(false);
		expect(leadsBack(view, 'ar-1', 'fr')).toBe(false);
	});

	it('is off, live, coughing, or stands by while its language is spoken', () => {
		expect(microphoneOf(boothsAtWork(), 'fr-2', true)).toBe('off');
		expect(microphoneOf(boothsAtWork(), 'fr-1', false)).toBe('live');
		expect(microphoneOf(boothsAtWork(), 'fr-1', true)).toBe('cough');
		expect(microphoneOf(change({ fr: { carries: 'floor' } }), 'fr-1', true)).toBe('standby');
	});

	it('counts its day with the turn that runs', () => {
		expect(usedToday(boothsAtWork(), 'fr-2', now)).toBe(600_000);
		expect(usedToday(boothsAtWork(), 'fr-1', now)).toBe(1_200_000 + 300_000);
		expect(usedToday(boothsAtWork(), 'fr-1', now - 900_000)).toBe(1_200_000);
	});

	it('without a booth has nothing to work into and nobody beside it', () => {
		expect(outputsOf(boothsAtWork(), 'chair')).toEqual([]);
		expect(outputOf(boothsAtWork(), 'chair')).toBe('');
		expect(partnersOf(boothsAtWork(), 'chair')).toEqual([]);
	});
});

describe('a speaker who is too fast', () => {
	it('is told for as long as the rules have it', () => {
		const view = boothsAtWork();
		expect(slowerAsked(view, now)).toBe(0);
		view.floor!.slower = { count: 2, since: now };
		expect(slowerAsked(view, now + 29_999)).toBe(2);
		expect(slowerAsked(view, now + 30_000)).toBe(0);
	});
});

describe('a handover', () => {
	const asked = (by: string) => change({ fr: { handover: { from: 'fr-1', to: 'fr-2', by, state: 'requested' } } });

	it('is seen from both sides, and by nobody else', () => {
		expect(handoverOf(asked('fr-2'), 'fr-1')).toMatchObject({ channel: 'fr', role: 'giver', mine: false, other: 'fr-2' });
		expect(handoverOf(asked('fr-2'), 'fr-2')).toMatchObject({ role: 'taker', mine: true, other: 'fr-1' });
		expect(handoverOf(asked('fr-2'), 'ar-1')).toBeNull();
	});

	it('counts down in whole seconds, and 0 is now', () => {
		expect(secondsTo(now + 30_000, now)).toBe(30);
		expect(secondsTo(now + 29_001, now)).toBe(30);
		expect(secondsTo(now + 1, now)).toBe(1);
		expect(secondsTo(now, now)).toBe(0);
		expect(secondsTo(now - 5000, now)).toBe(0);
	});

	it('must be asked for where the rules say so, unless the line is lost', () => {
		expect(mustAsk(boothsAtWork(), 'fr-2')).toBe(false);
		const view = boothsAtWork();
		view.rules.interpretation!.handover = 'ask';
		expect(mustAsk(view, 'fr-2')).toBe(true);
		expect(mustAsk(view, 'fr-1')).toBe(false);
		view.participants['fr-1']!.line = 'away';
		expect(mustAsk(view, 'fr-2')).toBe(false);
	});
});
