import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { Hearing } from '#shared/hearing';
import { provenance } from '#shared/provenance';
import { chain } from '#shared/ui/chain';
import type { Channel, View } from '#shared/view';
import { setLanguage } from '#shared/words';
import { text as drawn } from './drawn';

const french: Channel = { language: 'fr', name: 'Français', desk: 'fr-1', carries: 'desk', depth: 1, chain: ['floor', 'fr'] };
const arabic: Channel = { language: 'ar', name: 'العربية', desk: 'ar-1', carries: 'desk', depth: 2, chain: ['floor', 'fr', 'ar'] };
const english: Channel = { language: 'en', name: 'English', desk: 'en-1', carries: 'floor', depth: 0, chain: ['floor'] };
const spanish: Channel = { language: 'es', name: 'Español', desk: null, carries: 'floor', depth: 0 };
const view = { floor: { language: 'en' }, channels: { fr: french, ar: arabic, en: english, es: spanish } } as unknown as View;

describe('where the sound comes from', () => {
	it('is the way through every booth, with its age', () => {
		expect(provenance(view, 'ar', [], { 'fr-1': 180, 'ar-1': 230, 'es-1': 50 })).toEqual({ chain: ['floor', 'fr', 'ar'], instead: null, age: 410 });
		expect(provenance(view, 'ar', [], { 'ar-1': 230 }).age).toBeNull();
	});

	it('is the floor where the channel carries it, and why', () => {
		expect(provenance(view, 'floor', ['en'])).toEqual({ chain: ['floor'], instead: null, age: null });
		expect(provenance(view, 'es', [])).toEqual({ chain: ['floor'], instead: 'nobody', age: null });
		expect(provenance(view, 'en', [])).toEqual({ chain: ['floor'], instead: 'spoken', age: null });
	});

	it('is the floor while one understands it, and the booth again when another language is spoken', () => {
		expect(provenance(view, 'ar', ['es', 'en']).instead).toBe('understood');
		expect(provenance({ ...view, floor: { language: 'en-GB' } } as View, 'ar', ['en']).instead).toBe('understood');
		expect(provenance({ ...view, floor: { language: 'es' } } as View, 'ar', ['e', 'es-MX']).instead).toBeNull();
		expect(provenance({ ...view, floor: { language: 'ru' } } as View, 'ar', ['es', 'en']).chain).toEqual(['floor', 'fr', 'ar']);
		expect(provenance({ ...view, floor: { language: null } } as View, 'ar', ['es', 'en']).instead).toBeNull();
	});

	it('is the floor for a channel that is there no more', () => {
		expect(provenance(view, 'ru', []).chain).toEqual(['floor']);
	});
});

describe('the way of the sound, drawn', () => {
	afterAll(() => setLanguage('en'));
	const text = (one: string, understands: string[] = []) =>
		drawn(chain(view, provenance(view, one, understands, { 'fr-1': 180, 'ar-1': 230 }))).replace(/<\/li>(?=<li)/g, ' > ').replace(/<[^>]*>/g, '').trim();

	it('names languages in the reader’s own', () => {
		setLanguage('en');
		expect(text('ar')).toBe('Original (English) > French > Arabic0.4 s behind');
		setLanguage('fr');
		expect(text('fr')).toBe('Original (anglais) > français0,2 s de retard');
		setLanguage('ar');
		expect(text('ar')).toContain('الفرنسية > العربية');
	});

	it('says why the original is heard', () => {
		setLanguage('en');
		expect(text('es')).toBe('Original (English)No interpreter live');
		expect(text('fr', ['en'])).toBe('Original (English)You understand it');
	});

	it('leaves out the middle of a long one', () => {
		const long = { chain: ['floor', 'fr', 'es', 'en', 'ar'], instead: null, age: null };
		expect(drawn(chain(view, long)).replace(/<\/li>(?=<li)/g, ' > ').replace(/<[^>]*>/g, '').trim()).toBe('Original (English) > … > English > Arabic');
	});
});

describe('what one wants to hear besides', () => {
	let kept: Map<string, string>;
	const storage = { getItem: (name: string) => kept.get(name) ?? null, setItem: (name: string, value: string) => void kept.set(name, value) } as Storage;
	beforeEach(() => (kept = new Map()));

	it('is nothing at first', () => {
		expect(new Hearing(storage).wishes()).toEqual({ original: false, understands: [] });
	});

	it('goes along with the language', () => {
		const hearing = new Hearing(storage);
		hearing.setUnderneath(true);
		hearing.setUnderstands('en', true);
		hearing.setUnderstands('es', true);
		hearing.setUnderstands('en', false);
		expect(hearing.wishes()).toEqual({ original: true, understands: ['es'] });
	});

	it('is no more than the server takes, the newest', () => {
		const hearing = new Hearing(storage);
		for (const language of 'abcdefghij')
			hearing.setUnderstands(language, true);
		expect(hearing.wishes().understands).toEqual([...'cdefghij']);
	});

	it('is there again after a reload, whatever became of what was kept', () => {
		const before = new Hearing(storage);
		before.setUnderneath(true);
		before.setLevel(7);
		before.setUnderstands('fr', true);
		expect({ ...new Hearing(storage) }).toMatchObject({ underneath: true, level: 1, understands: ['fr'] });
		for (const broken of ['{', 'null', '{"level":-1,"understands":"fr","underneath":1}', '{"understands":[1,"fr"]}']) {
			kept.set('rostrum.hearing', broken);
			const { underneath, level, understands } = new Hearing(storage);
			expect([underneath, level]).toEqual([false, 0.45]);
			expect(understands).toEqual(broken.includes('[') ? ['fr'] : []);
		}
	});
});
