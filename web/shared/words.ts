import { ar } from './words/ar';
import { en } from './words/en';
import { es } from './words/es';
import { fr } from './words/fr';
import { ru } from './words/ru';
import { zh } from './words/zh';

/** Everything the pages say, in the language of whoever reads. One catalogue a language; numbers by the rules of that language. */

type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };
export type Message = string | Forms;
export type Key = keyof typeof en;
export type Catalogue = Record<Key, Message>;
export type Values = Record<string, string | number>;

/** The six official languages of the United Nations. */
export const catalogues = { en: en as Catalogue, fr, es, ru, zh, ar };
export type Language = keyof typeof catalogues;

/** Each language in its own words, as its readers look for it. */
export const languageNames: Record<Language, string> = {
	en: 'English',
	fr: 'Français',
	es: 'Español',
	ru: 'Русский',
	zh: '中文',
	ar: 'العربية',
};

/** What a page is marked with: fonts and line breaking ask which of the two scripts of Chinese it is. */
const TAGS: Partial<Record<Language, string>> = { zh: 'zh-Hans' };

const RIGHT_TO_LEFT: readonly Language[] = ['ar'];
const STORED = 'rostrum.language';

let language: Language = 'en';
let cardinal = new Intl.PluralRules('en');
let ordinalRules = new Intl.PluralRules('en', { type: 'ordinal' });
let numbers = new Intl.NumberFormat('en');

function isLanguage(name: string | null): name is Language {
	return name !== null && Object.hasOwn(catalogues, name);
}

/** The address asks, then the last choice, then the browser, then English. */
export function preferredLanguage(): Language {
	const wishes = [new URLSearchParams(location.search).get('lang'), localStorage.getItem(STORED), ...navigator.languages];
	return wishes.map((wish) => wish?.split('-')[0] ?? null).find(isLanguage) ?? 'en';
}

export function setLanguage(chosen: Language): void {
	language = chosen;
	// Western digits in every language: the clocks beside the text have them.
	const locale = `${chosen}-u-nu-latn`;
	cardinal = new Intl.PluralRules(locale);
	ordinalRules = new Intl.PluralRules(locale, { type: 'ordinal' });
	numbers = new Intl.NumberFormat(locale);
	if (typeof document !== 'undefined') {
		document.documentElement.lang = tagOf(chosen);
		document.documentElement.dir = RIGHT_TO_LEFT.includes(chosen) ? 'rtl' : 'ltr';
	}
}

export function chooseLanguage(chosen: Language): void {
	localStorage.setItem(STORED, chosen);
	setLanguage(chosen);
}

export function currentLanguage(): Language {
	return language;
}

export function isKey(key: string): key is Key {
	return Object.hasOwn(en, key);
}

function fill(text: string, values: Values): string {
	return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
		const value = values[name];
		if (value === undefined)
			return whole;
		if (typeof value === 'number')
			return numbers.format(value);
		// Names in another script keep their own direction (Unicode FSI ... PDI) amid text from right to left.
		return RIGHT_TO_LEFT.includes(language) ? `\u2068${value}\u2069` : value;
	});
}

/** The message for `key`; one with forms takes that of `values.n`. */
export function t(key: Key, values: Values = {}): string {
	const message = catalogues[language][key];
	if (typeof message === 'string')
		return fill(message, values);
	return fill(message[cardinal.select(Number(values['n']))] ?? message.other, values);
}

/** With one digit behind the point. */
export function decimal(n: number): string {
	return new Intl.NumberFormat(`${language}-u-nu-latn`, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(n);
}

/** How long ago, in whole minutes, hours or days. */
export function ago(time: number, now: number): string {
	const minutes = Math.max(0, Math.round((now - time) / 60_000));
	const format = new Intl.RelativeTimeFormat(`${language}-u-nu-latn`, { numeric: 'auto' });
	if (minutes < 60)
		return format.format(-minutes, 'minute');
	return minutes < 2 * 1440 ? format.format(-Math.round(minutes / 60), 'hour') : format.format(-Math.round(minutes / 1440), 'day');
}

/** What a language is called in the reader's own; as it is written where that has no name for it. */
export function languageName(id: string): string {
	try {
		return new Intl.DisplayNames(language, { type: 'language' }).of(id) ?? id;
	} catch {
		return id; // No BCP 47 tag.
	}
}

/** The BCP 47 tag for `lang` of an element in this language. */
export function tagOf(name: Language): string {
	return TAGS[name] ?? name;
}

/** "a, b and c". */
export function listed(items: string[]): string {
	return new Intl.ListFormat(tagOf(language)).format(items);
}

/** "1st", "4th". */
export function ordinal(n: number): string {
	const message = catalogues[language].ordinal;
	if (typeof message === 'string')
		return fill(message, { n });
	return fill(message[ordinalRules.select(n)] ?? message.other, { n });
}

/** Held together, the sign in front: a text from right to left would put it behind. */
export function signed(n: number | undefined): string {
	return `\u2066${String(n).replace('-', '\u2212')}\u2069`;
}

export function timeOfDay(ms: number): string {
	return new Intl.DateTimeFormat(`${language}-u-nu-latn`, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(ms);
}

/** To the second. */
export function secondOfDay(ms: number): string {
	return new Intl.DateTimeFormat(`${language}-u-nu-latn`, { timeStyle: 'medium', hourCycle: 'h23' }).format(ms);
}

/** "4 hr 10 min", whole minutes, from two days on hours alone. */
export function formatSpan(seconds: number): string {
	const unit = (value: number, name: string) => new Intl.NumberFormat(`${language}-u-nu-latn`, { style: 'unit', unit: name, unitDisplay: 'short' }).format(value);
	const minutes = Math.floor(seconds / 60);
	if (minutes < 60)
		return unit(minutes, 'minute');
	const hours = unit(Math.floor(minutes / 60), 'hour');
	return minutes % 60 === 0 || minutes >= 48 * 60 ? hours : `${hours} ${unit(minutes % 60, 'minute')}`;
}

/** "48 kB": how long something takes to come, roughly. */
export function formatOctets(octets: number): string {
	const [value, unit] = octets < 1e6 ? [Math.max(1, Math.round(octets / 1e3)), 'kilobyte'] : [Math.round(octets / 1e5) / 10, 'megabyte'];
	return new Intl.NumberFormat(`${language}-u-nu-latn`, { style: 'unit', unit, unitDisplay: 'short' }).format(value);
}

/** How far the reader's clock is from UTC at that moment: "GMT+2". */
export function zoneOf(ms: number): string {
	const parts = new Intl.DateTimeFormat(`${language}-u-nu-latn`, { hour: 'numeric', timeZoneName: 'shortOffset' }).formatToParts(ms);
	return parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
}

export function dateAndTime(ms: number): string {
	return new Intl.DateTimeFormat(`${language}-u-nu-latn`, { dateStyle: 'long', timeStyle: 'short', hourCycle: 'h23' }).format(ms);
}

/** The reader's own time, and marked as such: others read it elsewhere. */
export function adjournedUntil(ms: number): string {
	return t('adjourned.until', { date: `${dateAndTime(ms)} (${zoneOf(ms)})` });
}
