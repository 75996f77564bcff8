import { beforeEach, expect, test, vi } from 'vitest';
import { Errands, type Request } from '#shared/errands';

/** What a technician asks of a page: begun, taken place of, ended in time. */

const T0 = 1_795_305_600_000;
let sent: string[];
let echo: boolean[];
let stopped: string[];
let errands: Errands;

beforeEach(() => {
	vi.useFakeTimers();
	vi.clearAllTimers();
	vi.setSystemTime(T0);
	vi.stubGlobal('window', globalThis);
	[sent, echo, stopped] = [[], [], []];
	const track = (name: string) => () => ({ track: { id: name } as MediaStreamTrack, stop: () => void stopped.push(name) });
	errands = new Errands({
		now: () => Date.now(),
		send: (tone, bars) => void sent.push(`${tone?.id ?? '-'} ${bars?.id ?? '-'}`),
		echo: (on) => void echo.push(on),
		changed: () => {},
		tone: track('tone'),
		bars: track('bars'),
	});
});

const ask = (request: Partial<Request> & Pick<Request, 'do'>) => errands.take({ until: T0 + 10_000, ...request });

test('a signal is sent, another takes its place, and at its time the own devices are back', () => {
	ask({ do: 'test-signal', signal: 'tone' });
	ask({ do: 'test-signal', signal: 'both' });
	expect(sent).toEqual(['tone -', 'tone bars']);
	vi.advanceTimersByTime(10_000);
	expect(sent.at(-1)).toBe('- -');
	expect(stopped).toEqual(['tone', 'tone', 'bars']);
	expect(errands.get('test-signal')).toBeNull();
});

test('what is over is over once, and what is past is never begun', () => {
	ask({ do: 'loop-back' });
	ask({ do: 'loop-back', until: null });
	ask({ do: 'loop-back', until: T0 - 1 });
	vi.advanceTimersByTime(20_000);
	expect(echo).toEqual([true, false]);
});

test('cut off, a page ends what others could hear, and keeps what it is asked', () => {
	ask({ do: 'use-cable', number: 1 });
	ask({ do: 'test-signal', signal: 'bars' });
	ask({ do: 'loop-back' });
	errands.endSignals();
	expect([sent.at(-1), echo.at(-1)]).toEqual(['- -', false]);
	expect(errands.get('use-cable')?.number).toBe(1);
});

test('a page has nothing to restart', () => {
	ask({ do: 'restart', number: 1 });
	expect(errands.get('restart')).toBeNull();
});
