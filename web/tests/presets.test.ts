import { describe, expect, it } from 'vitest';
import { keepPresets, readPresets, setPreset } from '../interpreter/presets';

const CHANNELS = ['en', 'fr', 'es', 'ru', 'ar'];

function store(items: Record<string, string> = {}) {
	return { items, getItem: (key: string) => items[key] ?? null, setItem: (key: string, value: string) => void (items[key] = value) };
}

describe('relay keys', () => {
	it('have the first three channels that are not of the own booth', () => {
		expect(readPresets(store(), 'fr', CHANNELS, 'fr')).toEqual(['en', 'es', 'ru']);
		expect(readPresets(store(), 'fr', ['fr'], 'fr')).toEqual([]);
	});

	it('keep what was set, for this booth alone', () => {
		const kept = store();
		keepPresets(kept, 'fr', ['ar', 'en', 'es']);
		expect(readPresets(kept, 'fr', CHANNELS, 'fr')).toEqual(['ar', 'en', 'es']);
		expect(readPresets(kept, 'ru', CHANNELS, 'ru')).toEqual(['en', 'fr', 'es']);
	});

	it('lose a channel that this meeting has not, and fill up', () => {
		const kept = store();
		keepPresets(kept, 'fr', ['zh', 'ar', 'fr']);
		expect(readPresets(kept, 'fr', CHANNELS, 'fr')).toEqual(['ar', 'en', 'es']);
	});

	it('survive what somebody else has written there', () => {
		for (const text of ['', '{', '{"a":1}', '[1,null,"es","es"]'])
			expect(readPresets(store({ 'rostrum.relays.fr': text }), 'fr', CHANNELS, 'fr')).toHaveLength(3);
	});

	it('never have a channel twice: the keys change places', () => {
		expect(setPreset(['en', 'es', 'ru'], 0, 'ar')).toEqual(['ar', 'es', 'ru']);
		expect(setPreset(['en', 'es', 'ru'], 0, 'ru')).toEqual(['ru', 'es', 'en']);
		expect(setPreset(['en', 'es', 'ru'], 1, 'es')).toEqual(['en', 'es', 'ru']);
	});
});
