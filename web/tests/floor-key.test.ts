import { beforeEach, expect, test } from 'vitest';
import { FloorKey } from '../delegate/floor-key';
import type { Session } from '#shared/session';
import type { Floor, View } from '#shared/view';
import { setLanguage } from '#shared/words';
import { text } from './drawn';

function drawn(meeting: Partial<View['meeting']>, members: Partial<View> = {}): string {
	const view = { meeting: { state: 'in-session', ...meeting }, participants: { KEN: { name: 'Amina Odhiambo' } }, list: [], open: [], inscription: {}, points: {}, motions: { pending: [] }, ...members } as unknown as View;
	const key = new FloorKey();
	key.session = {
		view,
		me: 'KEN',
		companion: false,
		may: () => true,
		isAsked: () => false,
		media: { state: 'connected' },
		wire: { state: 'open', measured: {} },
		capture: { wishes: { microphone: '' }, faults: {}, muted: false, microphone: null },
	} as unknown as Session;
	return text(key.render());
}

beforeEach(() => setLanguage('en'));

test('whose microphone is tried is asked to speak, not offered the floor', () => {
	const tried = drawn({ state: 'test', checking: 'KEN' });
	expect(tried).toContain('Say a few words');
	expect(tried).toContain('Your microphone is being tried');
	expect(tried).not.toContain('Ask for the floor');
});

test('while another microphone is tried, and in session, the key says what it will do', () => {
	expect(drawn({ state: 'test', checking: 'FRA' })).toContain('Ask for the floor');
	expect(drawn({})).toContain('Ask for the floor');
});

test('who is back after a lost line is told that the floor goes on with the chair', () => {
	const held = { holder: 'KEN', suspended: true } as unknown as Floor;
	expect(drawn({}, { floor: held })).toContain('as soon as the chair resumes');
	expect(drawn({}, { floor: { ...held, suspended: false } })).not.toContain('as soon as the chair resumes');
});
