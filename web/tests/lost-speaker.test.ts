import { expect, test } from 'vitest';
import { LostSpeaker } from '../podium/clock-keys';
import type { Session } from '#shared/session';
import type { Floor, Participant, View } from '#shared/view';
import { setLanguage } from '#shared/words';
import { text } from './drawn';

function drawn(kenya: Partial<Participant>, levels: Record<string, number> = {}, floor: Partial<Floor> = {}): string {
	setLanguage('en');
	const alarm = new LostSpeaker();
	alarm.session = {
		view: { participants: { KEN: { name: 'Amina Odhiambo', country: 'Kenya', ...kenya }, room: { role: 'room' } }, floor: { holder: 'KEN', suspended: true, used: 9_400, allotted: 60_000, ...floor }, inscription: {} } as unknown as View,
		isAsked: () => false,
		wire: { clock: { now: () => 0 }, measured: { levels } },
	} as unknown as Session;
	return text(alarm.render());
}

test('who lost the line is back when the line is, not as long as they count as present', () => {
	for (const gone of [{ present: true, line: 'away' }, { present: false, line: 'away' }] as const) {
		expect(drawn(gone)).toContain('Kenya has lost the line');
		expect(drawn(gone)).toContain('Not back yet');
	}
	for (const [back, source] of [[{ present: true, line: 'connected' }, 'KEN'], [{ present: true, line: 'away', place: 'in-room' }, 'room']] as const) {
		expect(drawn(back, { [source]: -127 })).toContain('Kenya is back');
		expect(drawn(back, { [source]: -127 })).toContain('Resume');
	}
});

test('a line whose end is not known yet is not back before something is heard of it', () => {
	for (const gone of [{ present: true, line: 'connected' }, { present: true, line: 'joined', place: 'in-room' }] as const)
		expect(drawn(gone)).toContain('Kenya has lost the line');
});

test('what is left is rounded as on the clock beside it', () => {
	expect(drawn({ present: false, line: 'away' })).toContain('00:51 left');
});

test('who was over the time has none left', () => {
	expect(drawn({ present: false, line: 'away' }, {}, { used: 75_000 })).not.toContain('left');
});
