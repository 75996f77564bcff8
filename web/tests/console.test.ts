import { beforeEach, describe, expect, it } from 'vitest';
import type { Binding } from '#shared/keys';
import { Headset } from '#shared/sound/headset';
import type { View } from '#shared/view';
import { setLanguage } from '#shared/words';
import { bindingsOf } from '../interpreter/bindings';
import { Console, type DeskSession, type Menu } from '../interpreter/console';
import { soundBindings } from '../interpreter/knobs';
import { boothsAtWork, now } from './booths';

const COMMANDS = ['speak-slower', 'cannot-interpret', 'set-floor-language', 'call', 'request-handover'];
const MENUS: (Menu | null)[] = [null, 'impediment', 'language', 'relay', 'handover'];

let said: [string, Record<string, unknown>][];
/** Keys of what was asked and not answered. */
let awaited: Set<string>;
let muted: boolean[];

function storage() {
	const items = new Map<string, string>();
	return { getItem: (key: string) => items.get(key) ?? null, setItem: (key: string, value: string) => void items.set(key, value) };
}

function at(me: string, view: View = boothsAtWork(), may: readonly string[] = COMMANDS) {
	const session = {
		view, me, spoken: '',
		may: (command: string) => may.includes(command),
		ask: async (type: string, members: Record<string, unknown> = {}) => (said.push([type, members]), { id: '', ok: true }),
		isAsked: (key: string) => awaited.has(key),
		update: () => {},
		wire: { clock: { now: () => now }, command: async (type: string, members: Record<string, unknown>) => said.push([type, members]) },
		capture: { microphone: {}, faults: {}, setMuted: (on: boolean) => void muted.push(on) },
		media: { state: 'connected' },
	};
	return new Console(session as unknown as DeskSession, storage());
}

const all = (desk: Console): Binding[] => [...bindingsOf(desk), ...soundBindings(new Headset(storage() as Storage, () => {}))];
const press = (desk: Console, key: string) => bindingsOf(desk).find((one) => one.key === key)?.press();

beforeEach(() => {
	said = [];
	awaited = new Set();
	muted = [];
	setLanguage('en');
});

describe('the keys', () => {
	it('mean one thing each, whatever the desk does and whatever is open', () => {
		const asked = boothsAtWork();
		asked.channels['fr']!.handover = { from: 'fr-1', to: 'fr-2', by: 'fr-1', state: 'requested' };
		asked.desks!['fr-2']!.alarm = { cause: 'pivot', channel: 'en', since: now };
		for (const view of [boothsAtWork(), asked])
			for (const me of ['fr-1', 'fr-2', 'es-1', 'ar-1'])
				for (const menu of MENUS) {
					const desk = at(me, view);
					if (menu !== null)
						desk.toggle(menu);
					const keys = [...all(desk).map(({ key }) => key), '?', 'm'];
					expect(keys.filter((key, i) => keys.indexOf(key) !== i), `${me} ${menu}`).toEqual([]);
				}
	});

	it('0 to 3 are sources even while a menu is open', () => {
		for (const menu of MENUS) {
			const desk = at('es-1');
			if (menu !== null)
				desk.toggle(menu);
			press(desk, '0');
			press(desk, '2');
		}
		expect(said).toEqual(MENUS.flatMap(() => [['select-source', { source: 'floor' }], ['select-source', { source: 'fr' }]]));
	});

	it('are absent for what the badge may not do', () => {
		const keys = bindingsOf(at('fr-1', boothsAtWork(), [])).map(({ key }) => key);
		for (const key of ['s', 'n', 'f', 'p', 't', 'h'])
			expect(keys).not.toContain(key);
		expect(keys).toEqual(expect.arrayContaining(['l', ' ', 'a', 'b', '0', '1']));
	});
});

describe('the microphone', () => {
	it('opens into the chosen output, closes, and goes along when the output changes', () => {
		press(at('fr-2'), 'l');
		press(at('fr-1'), 'l');
		press(at('fr-1'), 'b');
		press(at('fr-2'), 'b');
		press(at('fr-2'), 'a');
		expect(said).toEqual([['go-live', { channel: 'fr' }], ['go-idle', {}], ['go-live', { channel: 'en' }], ['select-output', { channel: 'en' }]]);
	});

	it('asks a partner where the rules say so', () => {
		const view = boothsAtWork();
		view.rules.interpretation!.handover = 'ask';
		press(at('fr-2', view), 'l');
		expect(said).toEqual([['request-handover', { channel: 'fr' }]]);
	});

	it('is silent here at once while the cough key is held, and the others are told while it is live', () => {
		const live = at('fr-1');
		const key = bindingsOf(live).find((one) => one.key === ' ')!;
		key.press();
		key.press();
		key.release!();
		expect(muted).toEqual([true, false]);
		expect(said).toEqual([['cough', { on: true }], ['cough', { on: false }]]);
		at('fr-2').cough(true);
		expect(said).toHaveLength(2);
		expect(muted).toEqual([true, false, true]);
	});

	it('is given back by a cough key that comes up when the page is put away', () => {
		const desk = at('fr-1');
		desk.cough(true);
		(desk.session as { view: View | null }).view = null;
		desk.cough(false);
		expect(muted).toEqual([true, false]);
		expect(said).toEqual([['cough', { on: true }]]);
	});

	it('coughs even while one writes', () => {
		expect(bindingsOf(at('fr-1')).find((one) => one.key === 'F2')).toMatchObject({ anywhere: true });
	});

	it('says aloud what became of it, but no cough', () => {
		const desk = at('fr-1');
		desk.follow();
		expect(desk.session.spoken).toBe('You are live: Français');
		desk.session.spoken = '';
		desk.cough(true);
		desk.follow();
		desk.cough(false);
		desk.follow();
		expect(desk.session.spoken).toBe('');
		desk.session.view!.channels['fr']!.carries = 'floor';
		desk.follow();
		expect(desk.session.spoken).toContain('stand by');
	});
});

describe('a relay', () => {
	it('is asked for even where it would come back to oneself: whether it may be is for the server to say', () => {
		const desk = at('fr-1');
		expect(desk.presets).toEqual(['en', 'es', 'ar']);
		press(desk, '3');
		expect(said).toEqual([['select-source', { source: 'ar' }]]);
	});

	it('is found among more channels than there are digits, on further pages for the same key', () => {
		const view = boothsAtWork();
		for (const id of ['de', 'it', 'pt', 'ja', 'ko'])
			view.channels[id] = { ...view.channels['es']!, language: id, name: id };
		const desk = at('fr-1', view);
		const shown: (string | number)[][] = [];
		for (press(desk, 'r'); desk.menu !== null; press(desk, 'r'))
			shown.push([desk.relayKey, ...desk.choices.map(({ id }) => id)]);
		const [first, second] = [['en', 'es', 'ar', 'de', 'it', 'pt'], ['ja', 'ko']];
		expect(shown).toEqual([0, 1, 2].flatMap((key) => [[key, ...first], [key, ...second]]));
		for (let i = 0; i < 4; i++)
			press(desk, 'r');
		press(desk, '5');
		expect(desk.presets).toEqual(['en', 'ko', 'ar']);
	});

	it('is put on another key: R chooses the key, a digit what it takes', () => {
		const desk = at('fr-1');
		press(desk, 'r');
		press(desk, 'r');
		expect(desk.choices.map(({ id, chosen }) => [id, chosen])).toEqual([['en', false], ['es', true], ['ar', false]]);
		press(desk, '6');
		expect(desk.presets).toEqual(['en', 'ar', 'es']);
		expect(desk.menu).toBeNull();
		for (let i = 0; i < 4; i++)
			press(desk, 'r');
		expect(desk.menu).toBeNull();
	});
});

describe('a handover', () => {
	it('is asked for now, in 30 s, in 1 min, at the end of the turn', () => {
		for (const digit of ['4', '5', '6', '7']) {
			const desk = at('fr-2');
			press(desk, 'h');
			press(desk, digit);
			expect(desk.menu).toBeNull();
		}
		expect(said.map(([, { at: due }]) => due)).toEqual([undefined, now + 30_000, now + 60_000, now - 300_000 + 1_800_000]);
	});

	it('at the end of a turn that is over is one now', () => {
		const view = boothsAtWork();
		view.channels['fr']!.since = now - 1_900_000;
		at('fr-2', view).requestHandover('turn');
		expect(said).toEqual([['request-handover', { channel: 'fr' }]]);
	});

	it('knows no end of a turn where turns have none', () => {
		const view = boothsAtWork();
		view.rules.interpretation!.turn = 0;
		const desk = at('fr-2', view);
		desk.toggle('handover');
		expect(desk.choices.map(({ id }) => id)).toEqual(['now', '30', '60']);
		expect(desk.turnEnd).toBe(0);
	});

	it('has keys for those whom it concerns alone', () => {
		const view = boothsAtWork();
		view.channels['fr']!.handover = { from: 'fr-1', to: 'fr-2', by: 'fr-2', state: 'requested' };
		press(at('fr-1', view), 'y');
		press(at('fr-1', view), 'x');
		press(at('fr-2', view), 'y');
		press(at('fr-2', view), 'x');
		press(at('ar-1', view), 'y');
		view.channels['fr']!.handover.state = 'armed';
		press(at('fr-1', view), 'x');
		expect(said.map(([command]) => command)).toEqual(['accept-handover', 'decline-handover', 'cancel-handover', 'cancel-handover']);
		expect(at('fr-1', view).mayRequest).toBe(false);
		expect(at('fr-1').mayRequest).toBe(true);
		expect(at('fr-2').mayRequest).toBe(true);
		expect(at('ar-1').mayRequest).toBe(false);
		expect(at('es-1').mayRequest).toBe(false);
	});
});

describe('signals', () => {
	it('say why one cannot interpret in two keys', () => {
		for (const digit of ['4', '5', '6', '7']) {
			const desk = at('fr-1');
			press(desk, 'n');
			press(desk, digit);
		}
		expect(said).toEqual(['sound', 'speed', 'no-video', 'document'].map((reason) => ['cannot-interpret', { reason }]));
	});

	it('are dropped by Escape, and the digits mean nothing then', () => {
		const desk = at('fr-1');
		press(desk, 'n');
		press(desk, 'Escape');
		press(desk, '4');
		expect(said).toEqual([]);
	});

	it('call once, and take the call back', () => {
		const view = boothsAtWork();
		press(at('fr-1', view), 'p');
		view.calls = { 7: { by: 'fr-1', to: 'chair', since: now }, 8: { by: 'fr-2', to: 'technician', since: now } };
		press(at('fr-1', view), 'p');
		press(at('fr-1', view), 't');
		expect(said).toEqual([['call', { to: 'chair' }], ['answer-call', { call: 7 }], ['call', { to: 'technician' }]]);
	});

	it('set the floor language, with the seventh choice on a page of its own', () => {
		const desk = at('fr-1');
		press(desk, 'f');
		expect(desk.choices).toHaveLength(6);
		press(desk, 'f');
		expect(desk.choices.map(({ id }) => id)).toEqual(['']);
		press(desk, '4');
		press(desk, 'f');
		press(desk, '5');
		expect(said).toEqual([['set-floor-language', { language: null }], ['set-floor-language', { language: 'fr' }]]);
	});
});

it('a press whose answer is awaited is not asked again', () => {
	awaited = new Set(['desk', 'source-fr', 'handover', 'impediment', 'language', 'call-chair', 'slower']);
	const desk = at('es-1');
	const pressed = ['l', '2', 'p', 's', 'n', '4', 'f', '4'];
	for (const key of pressed)
		press(desk, key);
	const partner = at('fr-2');
	for (const key of ['h', '4', 'b'])
		press(partner, key);
	expect(said).toEqual([]);
	awaited = new Set();
	for (const key of pressed)
		press(desk, key);
	expect(said.map(([command]) => command)).toEqual(['go-live', 'select-source', 'call', 'speak-slower', 'cannot-interpret', 'set-floor-language']);
});

describe('an alarm', () => {
	it('stays until it is seen; another one is another', () => {
		const view = boothsAtWork();
		const desk = at('ar-1', view);
		expect(desk.alarm).toBeNull();
		view.desks!['ar-1']!.alarm = { cause: 'pivot', channel: 'fr', since: now };
		expect(desk.alarm?.text).toBe('Français is no longer interpreted. You hear the floor.');
		press(desk, 'k');
		expect(desk.alarm).toBeNull();
		expect(bindingsOf(desk).some(({ key }) => key === 'k')).toBe(false);
		view.desks!['ar-1']!.alarm = { cause: 'lost-line', channel: 'ar', since: now + 1 };
		expect(desk.alarm?.id).toBe(`lost-line-${now + 1}`);
	});
});
