import { describe, expect, test } from 'vitest';
import { catalogues, languageNames, ordinal, setLanguage, t, tagOf, type Language, type Message } from '#shared/words';

const languages = Object.keys(catalogues) as Language[];
/** French and Spanish have `many` only for whole millions, which no meeting counts. */
const COUNTS_MANY: Language[] = ['ar', 'ru'];
const forms = (message: Message): [string, string][] =>
	typeof message === 'string' ? [['other', message]] : Object.entries(message);
const placeholders = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!).sort();

test('there are the six official languages, each with its name', () => {
	expect([...languages].sort()).toEqual(['ar', 'en', 'es', 'fr', 'ru', 'zh']);
	expect(Object.keys(languageNames)).toEqual(languages);
});

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
			const rules = needed(key === 'ordinal' ? 'ordinal' : 'cardinal').filter((form) => form !== 'many' || COUNTS_MANY.includes(language));
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
	['ru', 4, '4-е место'],
	['zh', 4, '第4位'],
] as const)('%s counts place %i as %s', (language, n, text) => {
	setLanguage(language);
	expect(ordinal(n)).toBe(text);
});

test.each([
	[1, '1 минута'],
	[3, '3 минуты'],
	[5, '5 минут'],
	[11, '11 минут'],
	[22, '22 минуты'],
	[31, '31 минута'],
])('Russian counts %i minutes as %s', (n, text) => {
	setLanguage('ru');
	expect(t('list.limit.minutes', { n })).toBe(text);
});

test.each([
	['zh', 'Chinese has its own punctuation', /[\u4e00-\u9fff}][,:;?!](?! ?kHz)/],
	['ru', 'Russian is written without ё, as in United Nations documents', /ё/i],
	['ru', 'Russian addresses its reader with a capital letter', /(?<![а-яё])(?:вы|вами?|вас|ваш[аеиоумх]?|вашей|вашего|вашему)(?![а-яё])/],
] as const)('%s: %s', (language, _, wrong) => {
	for (const [key, message] of Object.entries(catalogues[language]))
		for (const [form, text] of forms(message)) expect(text, `${key} ${form}`).not.toMatch(wrong);
});

test('Chinese is marked with its script, so that fonts and line breaking know it', () => {
	expect(tagOf('zh')).toBe('zh-Hans');
	expect(tagOf('fr')).toBe('fr');
});

test('names keep their direction amid Arabic', () => {
	setLanguage('ar');
	expect(t('said.floor.other', { name: 'Kenya' })).toContain('\u2068Kenya\u2069');
	setLanguage('en');
	expect(t('said.floor.other', { name: 'Kenya' })).toBe('Kenya has the floor.');
});
