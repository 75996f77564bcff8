import { describe, expect, it } from 'vitest';
import { allCalled, isInterrupted, isOpen, openOf, personBehind, speakingTime, voiceOf, type Floor, type View, type Vote } from '#shared/view';

const at = (floor: Floor) => ({ rules: { name: 'unga', warn: 30_000, grace: 15_000, cut: false }, floor }) as unknown as View;

describe('the time of a statement', () => {
	it('is nothing without a speaker', () => {
		expect(speakingTime(at({}), 1000)).toBeNull();
	});

	it('counts up without a limit and down with one', () => {
		expect(speakingTime(at({ holder: 'KEN', since: 1000 }), 6000)).toEqual({ state: 'free', used: 5000, left: null });
		expect(speakingTime(at({ holder: 'KEN', since: 1000, used: 2000, allotted: 180_000 }), 6000)).toEqual({ state: 'running', used: 7000, left: 173_000 });
	});

	it('warns, then is over', () => {
		const floor = { holder: 'KEN', since: 0, used: 150_000, allotted: 180_000 };
		expect(speakingTime(at({ ...floor, since: 1 }), 1)?.state).toBe('warned');
		expect(speakingTime(at({ ...floor, since: 1 }), 40_001)).toEqual({ state: 'over', used: 190_000, left: -10_000 });
	});

	it('stands when stopped or when the line is lost', () => {
		const floor = { holder: 'KEN', used: 60_000, allotted: 180_000 };
		expect(speakingTime(at(floor), 999_000)).toEqual({ state: 'stopped', used: 60_000, left: 120_000 });
		expect(speakingTime(at({ ...floor, suspended: true }), 999_000)?.state).toBe('suspended');
		expect(speakingTime(at({ ...floor, awaits: 999_500 }), 999_000)?.state).toBe('awaits');
	});

	it('never runs backwards when the clocks disagree', () => {
		expect(speakingTime(at({ holder: 'KEN', since: 5000, allotted: 1000 }), 4000)?.used).toBe(0);
	});
});

describe('in the meeting room', () => {
	const hall = (open: string[], line = 'connected') =>
		({
			open,
			participants: {
				KEN: { role: 'delegate', place: 'in-room' },
				FRA: { role: 'delegate' },
				spare: { role: 'room', line: 'away' },
				room: { role: 'room', line },
			},
		}) as unknown as View;

	it('the room that sends is the voice of who is in it', () => {
		expect(voiceOf(hall([]), 'KEN')).toBe('room');
		expect(voiceOf(hall([]), 'FRA')).toBe('FRA');
		expect(voiceOf(hall([]), 'room')).toBe('room');
		expect(voiceOf(hall([], 'away'), 'KEN')).toBe('spare');
	});

	it('what comes from the room is shown as the person who speaks there', () => {
		expect(personBehind(hall(['FRA', 'KEN']), 'room')).toBe('KEN');
		expect(personBehind(hall(['FRA']), 'room')).toBe('room');
		expect(personBehind(hall(['FRA', 'KEN']), 'FRA')).toBe('FRA');
	});
});

describe('who is heard', () => {
	const before = { meeting: { state: 'test', checking: 'KEN' }, open: [] } as unknown as View;

	it('is also the one whose microphone is tried before the meeting', () => {
		expect(openOf(before)).toEqual(['KEN']);
		expect(isOpen(before, 'KEN')).toBe(true);
		expect(isOpen(before, 'FRA')).toBe(false);
	});

	it('is in the meeting whoever has an open microphone', () => {
		expect(openOf({ meeting: { state: 'in-session', checking: null }, open: ['FRA', 'chair'] } as unknown as View)).toEqual(['FRA', 'chair']);
	});
});

describe('a roll call', () => {
	const rolled = (called: string, round: number, votes: Record<string, Vote>, rounds = 2) =>
		({ decision: { order: ['JOR', 'KEN', 'NOR'], called, round, votes }, rules: { roll_call_rounds: rounds } }) as unknown as View;

	it('goes on while somebody was not called, or has not answered', () => {
		expect(allCalled(rolled('KEN', 1, { JOR: 'yes', KEN: 'no', NOR: 'none' }))).toBe(false);
		expect(allCalled(rolled('NOR', 1, { JOR: 'yes', KEN: 'no', NOR: 'none' }))).toBe(false);
		expect(allCalled(rolled('NOR', 1, { JOR: 'yes', KEN: 'no', NOR: 'yes' }))).toBe(true);
	});

	it('calls who was absent again, as often as the rules have it, wherever their place is', () => {
		const absent = { JOR: 'yes', KEN: 'absent', NOR: 'yes' } as const;
		expect(allCalled(rolled('NOR', 1, absent))).toBe(false);
		expect(allCalled(rolled('NOR', 1, absent, 1))).toBe(true);
		expect(allCalled(rolled('KEN', 2, absent))).toBe(true);
		expect(allCalled(rolled('KEN', 2, { ...absent, KEN: 'no' }))).toBe(true);
		expect(allCalled(rolled('KEN', 2, { ...absent, NOR: 'absent' }))).toBe(false);
	});
});

describe('an interrupted statement', () => {
	const view = { points: { interrupted: 'FRA' }, motions: { pending: [{ interrupted: null }, { interrupted: 'KEN' }] } } as unknown as View;

	it('is known to whoever made it, under a point of order and under motions', () => {
		expect(['FRA', 'KEN', 'BRA'].map((badge) => isInterrupted(view, badge))).toEqual([true, true, false]);
	});
});
