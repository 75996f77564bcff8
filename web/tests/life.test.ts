import { beforeEach, expect, test } from 'vitest';
import { Life, localMinute, needed } from '../podium/life';
import type { Session } from '#shared/session';
import type { View } from '#shared/view';
import { text } from './drawn';
import { adjournedUntil, setLanguage, zoneOf } from '#shared/words';

let may: Set<string>;
let view: View;

function drawn(meeting: Partial<View['meeting']> = {}, quorum: View['quorum'] = undefined): string {
	view = {
		meeting: { state: 'scheduled', visibility: 'public', ...meeting },
		participants: {
			KEN: { name: 'Amina Odhiambo', country: 'Kenya', role: 'delegate', present: true },
			FRA: { name: 'Étienne Moreau', country: 'France', role: 'delegate', present: false },
			'fr-1': { name: 'Hélène Dupuis', role: 'interpreter', present: true },
		},
		...(quorum === undefined ? {} : { quorum }),
	} as unknown as View;
	const life = new Life();
	life.session = {
		view,
		may: (command: string) => may.has(command),
		isAsked: () => false,
		wire: { clock: { now: () => Date.parse('2026-11-22T09:00Z') } },
	} as unknown as Session;
	return text(life.render());
}

beforeEach(() => {
	setLanguage('en');
	may = new Set(['open-meeting', 'open-doors', 'close-doors', 'begin-sound-check', 'set-visibility', 'adjourn-meeting']);
});

const short = { authorised: 193, present: 31, to_open: 65, to_decide: 97 };

test('before the gavel the quorum to open counts, after it the one to decide', () => {
	expect(drawn({}, short)).toContain('65 to call to order');
	expect(needed(view)).toEqual({ n: 65, reached: false, key: 'quorum.open' });
	expect(drawn({ state: 'suspended' }, { ...short, present: 97 })).toContain('97 to decide');
	expect(needed(view)).toEqual({ n: 97, reached: true, key: 'quorum.decide' });
	drawn({ state: 'in-session' }, { ...short, present: 96 });
	expect(needed(view)?.reached).toBe(false);
});

test('nothing is asked of a body without a quorum', () => {
	expect(drawn({}, { authorised: 6, present: 2 })).toContain('2 of 6 members present');
	expect(needed(view)).toBeNull();
	expect(drawn()).not.toContain('quorum');
});

test('it is opened without a quorum only where one is short, before the gavel, by who may', () => {
	expect(drawn({}, short)).toContain('open-without');
	expect(drawn({}, { ...short, present: 65 })).not.toContain('open-without');
	expect(drawn({ state: 'in-session' }, short)).not.toContain('open-without');
	may.delete('open-meeting');
	expect(drawn({}, short)).not.toContain('open-without');
});

test('doors open before and after a sitting; a microphone is tried behind open ones, of somebody who is there and speaks', () => {
	expect(drawn()).toContain('open-doors');
	expect(drawn({ state: 'adjourned' })).toContain('open-doors');
	expect(drawn({ state: 'in-session' })).not.toContain('doors');
	const open = drawn({ state: 'test' });
	expect(open).toContain('close-doors');
	expect(open).toContain('Kenya · Amina Odhiambo');
	expect(open).not.toMatch(/France|Dupuis/);
	expect(drawn({ state: 'test', checking: 'FRA' })).toContain('France');
	may.delete('begin-sound-check');
	expect(drawn({ state: 'test' })).not.toContain('sound-check');
});

test('adjourned in a sitting alone, and nothing is offered to who may neither', () => {
	expect(drawn()).not.toContain('adjourn-meeting');
	expect(drawn({ state: 'in-session' })).toContain('adjourn-meeting');
	may.delete('set-visibility');
	expect(drawn()).not.toContain('<details');
	may.delete('adjourn-meeting');
	expect(drawn({ state: 'in-session' })).not.toContain('<details');
});

test('the field takes the reader’s own minute, and every time of adjournment says whose clock it is by', () => {
	const until = Date.parse('2026-11-23T09:30:20Z');
	expect(new Date(localMinute(until)).getTime()).toBe(Date.parse('2026-11-23T09:30Z'));
	expect(zoneOf(until)).toMatch(/^GMT([+-]\d+(:\d+)?)?$/);
	expect(adjournedUntil(until)).toContain(`(${zoneOf(until)})`);
	expect(drawn({ state: 'in-session' })).toContain(`(${zoneOf(until)})`);
});
