import { expect, test } from 'vitest';
import { catalogues, type Language } from '#shared/words';
import { archive } from '#shared/words/archive';
import { asked } from '../archive/finder';
import { proofAddress } from '../archive/api';
import { deliveredAt, hueOf, neighbour, readPlace, roomOf, speechAt, whole, type Speech } from '../archive/recording';

test('no other message has the name of one of the archive’s', () => {
	for (const [language, messages] of Object.entries(archive)) expect(catalogues[language as Language]).toMatchObject(messages);
});

const speech = (n: number, from_ms: number, to_ms: number, delegation = 'KEN'): Speech => ({ n, participant: delegation, name: delegation, delegation, from_ms, to_ms });
const bare = { session: 's', meeting: 'demo', class: 'public', started_ms: 0, duration_ms: 100_000 } as const;

test('what an index leaves out is empty, and speeches come in their order', () => {
	const all = whole({ ...bare, speeches: [speech(2, 20, 30), speech(1, 0, 10)] });
	expect(all.speeches.map(({ n }) => n)).toEqual([1, 2]);
	expect([all.languages, all.items, all.gaps, all.points, all.decisions, all.captions, all.delivered].flat()).toEqual([]);
});

test('who has no delegation is called by name, or by badge', () => {
	const { participant, from_ms, to_ms, n } = speech(1, 0, 10, 'chair');
	const [named, bare_] = [{ person: { name: 'Ms. Halvorsen' } }, {}].map((who) => whole({ ...bare, speeches: [{ participant, from_ms, to_ms, n, ...who }] }).speeches[0]!.name);
	expect([named, bare_]).toEqual(['Ms. Halvorsen', 'chair']);
});

test('of two who speak at a time, who began later counts, and nobody between', () => {
	const speeches = [speech(1, 0, 30), speech(2, 10, 20), speech(3, 40, 50)];
	expect([0, 10, 25, 35, 40, 50].map((ms) => speechAt(speeches, ms)?.n)).toEqual([1, 2, 1, undefined, 3, undefined]);
});

test('what was delivered late is so between its edges, and the room has a name', () => {
	const late = [{ participant: 'room', person: { name: 'Room 1' }, from_ms: 10, to_ms: 20 }, { participant: 'room-2', from_ms: 15, to_ms: 30 }];
	expect([9, 10, 15, 20, 30].map((ms) => deliveredAt(late, ms).map(roomOf).join())).toEqual(['', 'Room 1', 'Room 1,room-2', 'room-2', '']);
});

test('back goes to the beginning first, then to the speech before', () => {
	const speeches = [speech(1, 0, 10_000), speech(2, 10_000, 20_000), speech(3, 20_000, 30_000)];
	expect(neighbour(speeches, 15_000, -1)?.n).toBe(2);
	expect(neighbour(speeches, 10_500, -1)?.n).toBe(1);
	expect(neighbour(speeches, 1000, -1)).toBeUndefined();
	expect(neighbour(speeches, 10_000, 1)?.n).toBe(3);
	expect(neighbour(speeches, 20_000, 1)).toBeUndefined();
});

test.each([
	['61.5', 61_500],
	['1:01', 61_000],
	['0:00:05.25', 5250],
	['9999999', 100_000],
	['-4', 0],
	['soon', 0],
	['1:2:3:4', 0],
	[null, 0],
])('the place %s of an address is %i ms', (text, ms) => {
	expect(readPlace(text, 100_000)).toBe(ms);
});

test('a delegation has one hue wherever it speaks', () => {
	expect(hueOf(speech(1, 0, 1, 'FRA'))).toBe(hueOf(speech(7, 3, 9, 'FRA')));
	expect(new Set(['KEN', 'FRA', 'BRA', 'EGY', 'CHN', 'NOR', 'JOR'].map((id) => hueOf(speech(1, 0, 1, id)))).size).toBeGreaterThan(4);
});

test('a day that is asked for begins at its midnight and ends with its last moment', () => {
	const said = asked(new URLSearchParams({ q: ' ocean ', from: '2026-11-20', until: '2026-11-20', s: 'x', item: '' }), 40);
	expect(said.get('q')).toBe('ocean');
	expect(Number(said.get('until')) - Number(said.get('from'))).toBe(24 * 3600 * 1000);
	expect([said.get('s'), said.get('item'), said.get('offset')]).toEqual([null, null, '40']);
	expect(asked(new URLSearchParams({ from: 'soon' }), 0).has('from')).toBe(false);
});

test('a proof is asked for with the floor, or with the channel that is heard', () => {
	expect(proofAddress('demo-1', 12, 'floor', 'abc')).toBe('/api/v1/archive/demo-1/speech/12/proof?ticket=abc');
	expect(proofAddress('demo-1', 12, 'fr', 'abc')).toBe('/api/v1/archive/demo-1/speech/12/proof?ticket=abc&language=fr');
});
