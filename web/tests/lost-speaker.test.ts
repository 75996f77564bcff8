import { expect, test } from 'vitest';
import { LostSpeaker } from '../podium/clock-keys';
import type { Session } from '#shared/session';
import type { Participant, View } from '#shared/view';
import { setLanguage } from '#shared/words';
import { text } from './drawn';

function drawn(kenya: Partial<Participant>): string {
	setLanguage('en');
	const alarm = new LostSpeaker();
	alarm.session = {
		view: { participants: { KEN: { name: 'Amina Odhiambo', country: 'Kenya', ...kenya } }, floor: { holder: 'KEN', suspended: true, used: 9_400, allotted: 60_000 }, inscription: {} } as unknown as View,
		isAsked: () => false,
		wire: { clock: { now: () => 0 } },
	} as unknown as Session;
	return text(alarm.render());
}

test('who lost the line is back when the line is, not as long as they count as present', () => {
	for (const gone of [{ present: true, line: 'away' }, { present: false, line: 'away' }] as const) {
		expect(drawn(gone)).toContain('Kenya has lost the line');
		expect(drawn(gone)).toContain('Not back yet');
	}
	for (const back of [{ present: true, line: 'joined' }, { present: true, line: 'away', place: 'in-room' }] as const) {
		expect(drawn(back)).toContain('Kenya is back');
		expect(drawn(back)).toContain('Resume');
	}
});

test('what is left is rounded as on the clock beside it', () => {
	expect(drawn({ present: false, line: 'away' })).toContain('00:51 left');
});
