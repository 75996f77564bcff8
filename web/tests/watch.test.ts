import { beforeEach, expect, test, vi } from 'vitest';
import type { Session } from '#shared/session';
import type { View } from '#shared/view';
import { catalogues, setLanguage, type Language } from '#shared/words';
import { airOf, OnAir, Pulse } from '../podium/on-air';
import { lacks, partsOf, sceneOf, Watcher, type Live, type State } from '../watch/state';
import { text } from './drawn';

const state = (members: Partial<State> = {}): State => ({ webcast: 'demo', visibility: 'public', on: true, title: 'Working group', state: 'in-session', time: 1000, ...members });
const live = (runs = true): Live => ({ session: 's1', live: runs, languages: [{ id: 'floor' }, { id: 'fr', language: 'fr', name: 'Français' }], captions: [] });

beforeEach(() => setLanguage('en'));

test('a page shows the webcast where there is one, and else says why there is none', () => {
	expect(sceneOf(null, null, false)).toBe('asking');
	expect(sceneOf('none', null, false)).toBe('none');
	expect(sceneOf(state({ on: false }), null, false)).toBe('off');
	expect(sceneOf(state({ state: 'scheduled' }), null, false)).toBe('not-begun');
	expect(sceneOf(state({ state: 'test' }), null, false)).toBe('not-begun');
	expect(sceneOf(state(), null, false)).toBe('soon');
	expect(sceneOf(state(), live(), false)).toBe('playing');
	expect(sceneOf(state({ state: 'suspended' }), live(), true)).toBe('playing');
	expect(sceneOf(state({ state: 'suspended' }), null, false)).toBe('suspended');
	expect(sceneOf(state({ state: 'adjourned' }), live(false), false)).toBe('adjourned');
	expect(sceneOf(state({ state: 'closed' }), null, false)).toBe('ended');
});

test('who watches sees what was public to its end, and nothing more from the moment it is not', () => {
	expect(sceneOf(state({ state: 'closed' }), live(false), true)).toBe('playing');
	expect(sceneOf('lost', null, true)).toBe('playing');
	expect(sceneOf('lost', null, false)).toBe('lost');
	expect(sceneOf({ webcast: 'demo', visibility: 'private', on: false, time: 1 }, null, true)).toBe('private');
	expect(sceneOf(state({ on: false }), live(), true)).toBe('off');
});

test('captions that came after the playlist was read want it read again, if they are asked for', () => {
	const had = partsOf(live());
	const written = { ...live(), captions: ['fr'] };
	expect(lacks(had, written, 'floor', '')).toBe(false);
	expect(lacks(had, written, 'floor', 'fr')).toBe(true);
	expect(lacks(had, written, 'fr', 'es')).toBe(false);
	expect(lacks(partsOf(written), written, 'fr', 'fr')).toBe(false);
	expect(lacks(['a-floor'], live(), 'fr', '')).toBe(true);
});

test('the state is asked for by its tag, and the clock runs by the server', async () => {
	vi.useFakeTimers({ now: 500_000 });
	const asked: [string, Record<string, string>][] = [];
	let answers = [
		new Response(JSON.stringify(state({ time: 800_000 })), { headers: { etag: 'W/"1"' } }),
		new Response(JSON.stringify(live())),
		new Response(null, { status: 304 }),
		new Response(null, { status: 404 }),
		new Response(null, { status: 404 }),
	];
	vi.stubGlobal('fetch', async (path: string, { headers = {} }: { headers?: Record<string, string> }) => {
		asked.push([path, headers]);
		const [answer, ...others] = answers;
		answers = others;
		if (answer === undefined)
			throw new TypeError('the line is gone');
		return answer;
	});
	const changed = vi.fn();
	const watcher = new Watcher('demo', changed);
	await watcher.ask();
	expect(watcher.now()).toBe(800_000);
	expect(watcher.live?.session).toBe('s1');
	await watcher.ask();
	expect(asked.map(([path]) => path)).toEqual(['/api/v1/webcasts/demo', '/webcast/demo/live.json', '/api/v1/webcasts/demo', '/webcast/demo/live.json']);
	expect(asked[2]![1]).toEqual({ 'if-none-match': 'W/"1"' });
	expect(watcher.state).toMatchObject({ title: 'Working group' });
	expect(watcher.live).toBeNull();
	await watcher.ask();
	expect(watcher.state).toBe('none');
	await watcher.ask();
	expect(watcher.state).toBe('lost');
	expect(changed).toHaveBeenCalledTimes(4);
	watcher.stop();
	vi.unstubAllGlobals();
	vi.useRealTimers();
});

const view = (meeting: object = {}, recording = 'recording'): View => ({ meeting: { id: 'demo', state: 'in-session', visibility: 'public', webcast: true, ...meeting }, recording: { state: recording } }) as unknown as View;

test('a busy server ends nothing that plays, and a meeting that was gone is found again', async () => {
	const answers = [
		new Response(JSON.stringify(state()), { headers: { etag: 'W/"1"' } }),
		new Response(null, { status: 404 }),
		new Response(null, { status: 404 }),
		new Response(JSON.stringify(state()), { headers: { etag: 'W/"1"' } }),
		new Response(null, { status: 503 }),
	];
	const tags: (string | undefined)[] = [];
	vi.stubGlobal('fetch', async (path: string, { headers = {} }: { headers?: Record<string, string> }) => {
		if (!path.endsWith('live.json')) tags.push(headers['if-none-match']);
		return answers.shift()!;
	});
	const watcher = new Watcher('demo', () => {});
	await watcher.ask();
	expect(sceneOf(watcher.state, watcher.live, false)).toBe('soon');
	await watcher.ask();
	expect(watcher.state).toBe('none');
	await watcher.ask();
	expect(tags).toEqual([undefined, 'W/"1"', undefined]);
	expect(sceneOf(watcher.state, watcher.live, true)).toBe('playing');
	watcher.stop();
	vi.unstubAllGlobals();
});

test('the lamp says that everybody sees it only while they do', () => {
	expect(airOf(view(), true)).toBe('on');
	expect(airOf(view(), false)).toBe('silent');
	expect(airOf(view({ state: 'suspended' }), true)).toBe('on');
	expect(airOf(view({}, 'off'), true)).toBe('unrecorded');
	expect(airOf(view({ state: 'scheduled' }), false)).toBe('ready');
	expect(airOf(view({ webcast: false }), true)).toBe('off');
	expect(airOf(view({ webcast: false, visibility: 'private' }), true)).toBe('private');
});

test('a webcast that stands still is noticed, and one that goes on again', () => {
	const pulse = new Pulse();
	expect(pulse.beats(null, 0)).toBe(false);
	expect(pulse.beats('"1"', 5000)).toBe(true);
	expect(pulse.beats('"2"', 10_000)).toBe(true);
	expect(pulse.beats('"2"', 24_999)).toBe(true);
	expect(pulse.beats('"2"', 25_000)).toBe(false);
	expect(pulse.beats('"3"', 30_000)).toBe(true);
	expect(pulse.beats(null, 35_000)).toBe(false);
});

test('the switch is the secretariat’s, and there is none in private', () => {
	const drawn = (meeting: object, ...may: string[]) => {
		const part = new OnAir();
		part.session = { view: view(meeting), may: (command: string) => may.includes(command), isAsked: () => false } as unknown as Session;
		return text(part.render());
	};
	expect(drawn({}, 'webcast')).toContain('Take off the air');
	expect(drawn({ webcast: false }, 'webcast')).toContain('Press again: everybody will see it');
	expect(drawn({ webcast: false, visibility: 'private' }, 'webcast')).not.toContain('webcast-on');
	expect(drawn({})).not.toContain('Take off');
	for (const language of Object.keys(catalogues) as Language[]) {
		setLanguage(language);
		expect(drawn({})).not.toContain('undefined');
	}
});
