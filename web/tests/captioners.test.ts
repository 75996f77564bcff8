import { beforeEach, expect, test } from 'vitest';
import { captioned, Captioners } from '../podium/captioners';
import type { Session } from '#shared/session';
import type { View } from '#shared/view';
import { setLanguage } from '#shared/words';
import { text } from './drawn';

const captioner = (name: string, present: boolean, ...languages: string[]) => ({ name, role: 'captioner', present, languages });
const view = (participants: object, captions = {}): View => ({ languages: [{ id: 'en', name: 'English' }, { id: 'fr', name: 'Français' }, { id: 'es', name: 'Español' }], participants, captions }) as unknown as View;

beforeEach(() => setLanguage('en'));

test('each language that is captioned has who is here, and the last line', () => {
	const shown = view({ a: captioner('Joan', true, 'fr', 'en'), b: captioner('Paul', false, 'en'), KEN: { name: 'Amina', role: 'delegate', present: true, languages: ['es'] } }, { en: [{ line: 1, text: 'Good morning.' }, { line: 2, text: 'Thank you.' }] });
	expect(captioned(shown)).toEqual([{ language: 'en', here: ['Joan'], line: 'Thank you.' }, { language: 'fr', here: ['Joan'] }]);
});

test('one that nobody writes says so, and where nobody is accredited there is nothing', () => {
	const drawn = (participants: object) => {
		const part = new Captioners();
		part.session = { view: view(participants) } as unknown as Session;
		return text(part.render());
	};
	expect(drawn({ a: captioner('Joan', false, 'en') })).toContain('No captioner here');
	expect(drawn({ a: captioner('Joan', true, 'en') })).toContain('Joan');
	expect(drawn({})).toBe('');
});
