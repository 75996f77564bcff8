import { describe, expect, test } from 'vitest';
import { catalogues, ordinal, setLanguage, t, type Language, type Message } from '#shared/words';

const languages = Object.keys(catalogues) as Language[];
const forms = (message: Message): [string, string][] =>
	typeof message === 'string' ? [['other', message]] : Object.entries(message);
const placeholders = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!).sort();

describe.each(languages)('%s', (language) => {
	const catalogue = catalogues[language];

	test('has every message, and no other', () => {
		expect(Object.keys(catalogue).sort()).toEqual(Object.keys(catalogues.en).sort());
	});

	test('leaves no message empty', () => {
		for (const [key, message] of Object.entries(catalogue))
			for (const [form, text] of forms(message)) expect(text.trim(), `${key} ${form}`).not.toBe('');
	});

	test('fills the same places as English', () => {
		for (const [key, message] of Object.entries(catalogue)) {
			const wanted = new Set(forms(catalogues.en[key as keyof typeof catalogues.en]).flatMap(([, text]) => placeholders(text)));
			for (const [form, text] of forms(message))
				for (const name of placeholders(text)) expect(wanted, `${key} ${form}`).toContain(name);
			expect(new Set(forms(message).flatMap(([, text]) => placeholders(text))), key).toEqual(wanted);
		}
	});

	test('has every plural form of its language where it has any', () => {
		const needed = (type: Intl.PluralRuleType) =>
			new Intl.PluralRules(language, { type }).resolvedOptions().pluralCategories;
		for (const [key, message] of Object.entries(catalogue)) {
			if (typeof message === 'string')
				continue;
			const rules = needed(key === 'ordinal' ? 'ordinal' : 'cardinal').filter((form) => form !== 'many' || language === 'ar');
			expect(Object.keys(message).sort(), key).toEqual([...rules].sort());
		}
	});
});

test.each([
	['en', 4, '4th'],
	['en', 2, '2nd'],
	['en', 11, '11th'],
	['fr', 1, '1er'],
	['fr', 4, '4e'],
	['es', 4, '4.º'],
] as const)('%s counts place %i as %s', (language, n, text) => {
	setLanguage(language);
	expect(ordinal(n)).toBe(text);
});

test('names keep their direction amid Arabic', () => {
	setLanguage('ar');
	expect(t('said.floor.other', { name: 'Kenya' })).toContain('\u2068Kenya\u2069');
	setLanguage('en');
	expect(t('said.floor.other', { name: 'Kenya' })).toBe('Kenya has the floor.');
});
