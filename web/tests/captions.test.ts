import { beforeEach, describe, expect, it } from 'vitest';
import { Captions } from '#shared/captions';
import type { View } from '#shared/view';
import { complete, namesOf, wordBefore } from '../captioner/names';
import { Writer, type WriterSession } from '../captioner/writer';
import { boothsAtWork } from './booths';

let said: [string, Record<string, unknown>][];
let answers: { ok: boolean }[];
let timers: (() => void)[];

function writer(languages = ['en', 'fr']) {
	const view = { ...boothsAtWork(), captions: { en: [{ line: 1, text: 'Thank you.' }, { line: 2, text: 'Kenia has the floor.' }] } } as View;
	const session = {
		view, me: 'caption-1', update: () => {}, may: () => true, captions: new Captions(null),
		setCaptions: async (change: { language?: string }) => void said.push(['captions', change]),
		ask: async (type: string, members: Record<string, unknown>) => (said.push([type, members]), answers.shift() ?? { ok: true }),
		wire: { you: { languages }, command: async (type: string, members: Record<string, unknown>) => said.push([type, members]) },
	};
	const one = new Writer(session as unknown as WriterSession, { set: (run) => timers.push(run), clear: () => (timers = []) });
	one.follow();
	said = [];
	return one;
}

beforeEach(() => {
	said = [];
	answers = [];
	timers = [];
});

describe('a line', () => {
	it('is shown as it is typed, at once and then in steps, and sent by Enter', async () => {
		const one = writer();
		one.type('T');
		one.type('Th');
		one.type('The');
		timers.shift()!();
		expect(said).toEqual([['caption-live', { language: 'en', text: 'T' }], ['caption-live', { language: 'en', text: 'The' }]]);
		one.type('The  end ');
		await one.send();
		expect(said.at(-1)).toEqual(['caption', { language: 'en', text: 'The end' }]);
		expect([one.text, one.sending, timers]).toEqual(['', [], []]);
	});

	it('that is refused stands in the field again, before what was typed since', async () => {
		const one = writer();
		answers = [{ ok: false }];
		one.type('First.');
		const sent = one.send();
		expect(one.sending).toEqual(['First.']);
		one.type('Sec');
		await sent;
		expect(one.text).toBe('First. Sec');
		expect(one.sending).toEqual([]);
	});

	it('of nothing, or of more than there is room for, is not sent', async () => {
		const one = writer();
		await one.send();
		one.type('   ');
		await one.send();
		one.type('é'.repeat(201));
		expect(one.left).toBe(-1);
		await one.send();
		expect(said.filter(([type]) => type === 'caption')).toEqual([]);
		one.type('𝄞'.repeat(200));
		await one.send();
		expect(said.at(-1)![0]).toBe('caption');
	});
});

describe('a correction', () => {
	it('goes up and down through the lines, and back to what was being typed', async () => {
		const one = writer();
		one.type('Mada');
		one.up();
		expect([one.correcting, one.text]).toEqual([2, 'Kenia has the floor.']);
		one.up();
		one.up();
		expect(one.correcting).toBe(1);
		one.down();
		one.type('Kenya has the floor.');
		await one.send();
		expect(said.at(-1)).toEqual(['caption', { language: 'en', text: 'Kenya has the floor.', line: 2 }]);
		expect([one.correcting, one.text]).toEqual([null, 'Mada']);
		one.heard({ event: 9, time: 0, name: 'caption', data: { language: 'en', line: 2, text: 'Kenya has the floor.' } });
		expect(one.lines.map(({ text }) => text)).toEqual(['Thank you.', 'Kenya has the floor.']);
	});

	it('that changes nothing is not sent, and is not shown while it is typed', async () => {
		const one = writer();
		one.up();
		one.type('Kenia has the floor. ');
		await one.send();
		one.up();
		one.down();
		expect(one.correcting).toBeNull();
		expect(said).toEqual([]);
	});
});

describe('languages', () => {
	it('are those of the badge that the meeting has', () => {
		expect(writer(['fr', 'xx', 'ar']).languages).toEqual(['fr', 'ar']);
		const one = writer();
		one.next();
		expect(one.language).toBe('fr');
		expect(one.lines).toEqual([]);
		one.next();
		expect(one.lines).toHaveLength(2);
		const alone = writer(['en']);
		alone.next();
		expect(alone.language).toBe('en');
	});

	it('change with nothing left behind on the readers’ screens', () => {
		const one = writer();
		one.type('half a li');
		said = [];
		one.next();
		expect(said).toContainEqual(['caption-live', { language: 'en', text: '' }]);
		expect(said).toContainEqual(['captions', { language: 'fr' }]);
	});
});

describe('names', () => {
	const names = [{ short: 'CIV', name: 'Côte d’Ivoire' }, { short: 'KEN', name: 'Kenya' }, { short: 'GBR', name: 'United Kingdom' }, { short: 'G77', name: 'Group of 77 and China' }, { short: 'CHN', name: 'China' }];

	it('are found by short form, beginning or word, whatever the accents', () => {
		expect(complete('ken', names)).toEqual(['Kenya']);
		expect(complete('cote', names)).toEqual(['Côte d’Ivoire']);
		expect(complete('chi', names)).toEqual(['China', 'Group of 77 and China']);
		expect(complete('gbr', names)).toEqual(['United Kingdom']);
		expect(complete('k', names)).toEqual([]);
		expect(complete('Kenya', names)).toEqual([]);
		expect(wordBefore('thank the Côt', 13)).toBe('Côt');
		expect(wordBefore('thank ', 6)).toBe('');
	});

	it('of delegations, groups and people each once', () => {
		const view = { delegations: [{ id: 'KEN', country: 'Kenya' }], participants: { KEN: { country: 'Kenya', delegation: 'KEN', name: 'Amina' }, 'KEN-2': { country: 'Kenya', delegation: 'KEN', name: 'B' }, chair: { name: 'Ms. Halvorsen' } } } as unknown as View;
		expect(namesOf(view).map(({ name }) => name)).toEqual(['Kenya', 'Ms. Halvorsen']);
	});

	it('are put by Tab, the next by the next', () => {
		const one = writer();
		one.session.view!.delegations = [{ id: 'CHN', country: 'China' }, { id: 'CHE', country: 'Chile' }] as NonNullable<View['delegations']>;
		one.type('Thank you, chi!');
		expect(one.complete(14)).toBe(true);
		expect([one.text, one.cursor]).toEqual(['Thank you, China!', 16]);
		one.complete(16);
		expect([one.text, one.cursor]).toEqual(['Thank you, Chile!', 16]);
		one.type('xyz');
		expect(one.complete(3)).toBe(false);
	});
});

describe('what a reader chose', () => {
	let kept: string | null;
	const store = { getItem: () => kept, setItem: (_name: string, value: string) => void (kept = value) };
	beforeEach(() => (kept = null));

	it('is none at first, silent, and there again after a reload', () => {
		expect(new Captions(store)).toMatchObject({ language: '', size: 'usual', rows: 2, aloud: false });
		new Captions(store).set({ language: 'ar', size: 'largest', rows: 3, aloud: true });
		expect(new Captions(store)).toMatchObject({ language: 'ar', size: 'largest', rows: 3, aloud: true });
		for (kept of ['{', 'null', '{"size":"x","rows":9,"language":1,"aloud":1}'])
			expect(new Captions(store)).toMatchObject({ language: '', size: 'usual', rows: 2, aloud: false });
	});

	it('shows what is being typed until the line is there, and not after a lost line', () => {
		const captions = new Captions(null);
		captions.typed('en', 'Thank');
		captions.typed('fr', 'Merci');
		captions.finished('en');
		expect([captions.typing('en'), captions.typing('fr')]).toEqual(['', 'Merci']);
		captions.forget();
		expect(captions.typing('fr')).toBe('');
	});
});
