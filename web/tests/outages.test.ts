import { beforeEach, expect, test, vi } from 'vitest';
import { outageOf, outageText, spanOf } from '#shared/outages';
import type { Session } from '#shared/session';
import type { Outage, View } from '#shared/view';
import { catalogues, setLanguage, type Language } from '#shared/words';
import { awayText, Outages, toldOf } from '../podium/outages';
import { bandsOf } from '../technician/detail';
import { rowsOf } from '../technician/rows';
import { Survey } from '../technician/survey';
import { text } from './drawn';

const FROM = Date.parse('2026-11-22T10:42:07');
const TO = FROM + 61_000;
const outage = (members: Partial<Outage> = {}): Outage => ({ source: 'room', from_ms: FROM, to_ms: TO, state: 'delivered', at_ms: TO + 33_000, ...members });

beforeEach(() => setLanguage('en'));

test('a technician reads both edges, how far it is, and what came of it', () => {
	const now = TO + 60_000;
	expect(outageText(outage({ state: 'lost', to_ms: null, at_ms: FROM }), now)).toBe('Line out since 10:42:07; its box is to keep what is said');
	expect(outageText(outage({ state: 'back' }), now)).toBe('10:42:07–10:43:08, 61 s: line out. Not delivered yet');
	expect(outageText(outage({ state: 'delivering', percent: 40 }), now)).toBe('10:42:07–10:43:08, 61 s: line out. Delivering, 40 %');
	expect(outageText(outage(), now)).toBe('10:42:07–10:43:08, 61 s: line out. Delivered 10:43:41');
	expect(outageText(outage({ state: 'refused', reason: 'other-session' }), now)).toContain('it was said before this session began');
	expect(outageText(outage({ state: 'refused', reason: 'of-tomorrow' as 'malformed' }), now)).toContain('of-tomorrow');
	expect(spanOf(outage({ to_ms: FROM + 3_605_000 }), now)).toContain('1:00:05');
});

test('what is not in the record yet is told before what is, and that not for ever', () => {
	const done = outage({ from_ms: FROM + 90_000, at_ms: FROM + 200_000 });
	const open = outage({ state: 'delivering' });
	expect(outageOf([open, done, outage({ source: 'room-2', state: 'lost' })], 'room', FROM + 210_000)).toBe(open);
	expect(outageOf([done], 'room', FROM + 210_000)).toBe(done);
	expect(outageOf([done], 'room', FROM + 200_000 + 600_000)).toBeUndefined();
	expect(outageOf(undefined, 'room', FROM)).toBeUndefined();
});

test('a room that is away owes the record, and stands on top for it', () => {
	const view = (state: string) => ({ recording: { state }, participants: { room: { name: 'Room 1', role: 'room', present: false }, KEN: { name: 'K', role: 'delegate', present: true } } }) as unknown as View;
	const survey = new Survey();
	const row = (state: string, one: Outage) => rowsOf(view(state), survey, [one], TO + 40_000)[0]!;
	const lost = outage({ state: 'lost', to_ms: null });
	expect(row('recording', lost)).toMatchObject({ severity: 'warning', since: FROM, troubles: [['undelivered', 'warning', FROM, 1]], outage: lost });
	expect(row('off', lost)).toMatchObject({ severity: null, troubles: [], outage: lost });
	expect(row('recording', outage()).severity).toBeNull();
	survey.take({ whole: true, patch: { people: { room: { figures: [], troubles: [['undelivered', 'critical', FROM + 9, 2]] } }, nodes: [], troubles: [] } }, {}, TO);
	expect(row('recording', lost).troubles).toEqual([['undelivered', 'critical', FROM + 9, 2]]);
});

test('in the plots an outage is a band between its edges', () => {
	const extent = { from_ms: FROM - 300_000, to_ms: FROM + 300_000 };
	expect(bandsOf([outage()], extent, TO)).toMatchObject([{ x: 120, width: expect.closeTo(24.4) }]);
	// It lasts: up to now. What was before the plot is not in it; one that began before is cut off.
	expect(bandsOf([outage({ to_ms: null })], extent, FROM + 30_000)).toMatchObject([{ x: 120, width: 12 }]);
	expect(bandsOf([outage({ from_ms: FROM - 400_000, to_ms: FROM - 301_000 })], extent, TO)).toEqual([]);
	expect(bandsOf([outage({ from_ms: FROM - 400_000, to_ms: FROM - 270_000 })], extent, TO)).toMatchObject([{ x: 0, width: 12 }]);
	expect(bandsOf([outage({ to_ms: FROM + 10 })], extent, TO)).toMatchObject([{ width: 1 }]);
	expect(bandsOf([outage()], null, TO)).toEqual([]);
});

test('the podium is told what concerns it', () => {
	const lost = outage({ state: 'lost', to_ms: null });
	const all = [lost, outage({ state: 'back' }), outage()];
	expect(toldOf(all, true, TO + 60_000)).toEqual(all);
	// Without a recording nothing is delivered anywhere.
	expect(toldOf(all, false, TO + 60_000)).toEqual([lost]);
	expect(toldOf([outage()], true, TO + 3_600_000)).toEqual([]);
	expect(toldOf(undefined, true, TO)).toEqual([]);
	expect(awayText(lost, false)).toBe('');
	expect(awayText(outage({ state: 'delivering', percent: 40 }), true)).toBe('What it said is being added to the record: 40 %.');
	expect(awayText(outage({ state: 'refused', reason: 'malformed' }), true)).toContain('damaged');
});

function panel(outages: Outage[]): Outages {
	const part = new Outages();
	part.session = {
		view: { recording: { state: 'recording' }, participants: { room: { name: 'Room 1' } } },
		wire: { measured: { outages }, clock: { now: () => TO + 60_000 } },
		watch: () => () => {},
	} as unknown as Session;
	return part;
}

test('it says so in words, in every language', () => {
	expect(text(panel([outage()]).render())).toContain('Room 1 was away 10:42:07–10:43:08');
	for (const language of Object.keys(catalogues) as Language[]) {
		setLanguage(language);
		const drawn = text(panel([outage()]).render());
		for (const word of ['Room 1', '10:42:07', '10:43:08'])
			expect(drawn).toContain(word);
	}
});

test('nothing moves under a finger: after a touch the column stays as it is for a while', () => {
	vi.useFakeTimers();
	const part = panel([outage()]);
	const again = vi.spyOn(part, 'requestUpdate').mockReturnValue();
	const column = new EventTarget();
	Object.defineProperties(part, { closest: { value: () => column }, isConnected: { value: true } });
	part.connectedCallback();
	vi.advanceTimersByTime(10_000);
	expect(part.shouldUpdate()).toBe(true);
	column.dispatchEvent(new Event('pointermove'));
	expect(part.shouldUpdate()).toBe(false);
	again.mockClear();
	vi.advanceTimersByTime(3900);
	expect(again).not.toHaveBeenCalled();
	vi.advanceTimersByTime(200);
	expect(again).toHaveBeenCalled();
	expect(part.shouldUpdate()).toBe(true);
	part.disconnectedCallback();
	vi.useRealTimers();
});
