import { beforeEach, describe, expect, test } from 'vitest';
import { Wire, type Environment } from '#shared/wire';

/** A socket whose far end is the test. */
class Line {
	sent: Record<string, unknown>[] = [];
	onopen = () => {};
	onmessage = (_: { data: string }) => {};
	onclose: ((event: { code: number }) => void) | null = null;
	closed = false;

	send(text: string) {
		this.sent.push(JSON.parse(text) as Record<string, unknown>);
	}

	close() {
		this.closed = true;
	}

	says(message: object) {
		this.onmessage({ data: JSON.stringify(message) });
	}
}

let lines: Line[];
let timers: Map<number, { run: () => void; ms: number }>;
let wire: Wire;

const line = () => lines.at(-1)!;
const welcome = (members: object = {}) => ({
	type: 'welcome', epoch: 'm3Kd', event: 17, resumed: false, time: 1_795_305_600_123,
	you: { id: 'KEN', role: 'delegate', name: 'Amina Odhiambo', may: ['ask-for-floor'] },
	view: { floor: { holder: null }, list: [] }, ...members,
});
const event = (number: number, patch: object = {}) => ({ type: 'event', event: number, time: 0, name: 'floor-given', data: {}, patch });
const elapse = () => {
	const [id, timer] = [...timers].at(-1)!;
	timers.delete(id);
	timer.run();
};

beforeEach(() => {
	lines = [];
	timers = new Map();
	let lastTimer = 0;
	const environment: Environment = {
		socket: () => {
			lines.push(new Line());
			return line() as unknown as WebSocket;
		},
		setTimer: (run, ms) => {
			timers.set(++lastTimer, { run, ms });
			return lastTimer;
		},
		clearTimer: (timer) => timers.delete(timer),
		random: () => 0,
	};
	wire = new Wire('ws://localhost/ws', 'token', environment);
	wire.start();
	line().onopen();
});

test('says hello, keeps the view that the welcome brings', () => {
	expect(line().sent).toEqual([{ type: 'hello', token: 'token', changes: true }]);
	expect(wire.state).toBe('joining');
	line().says(welcome());
	expect(wire.state).toBe('open');
	expect(wire.view?.list).toEqual([]);
});

test('each welcome brings the ICE servers and their credentials anew', () => {
	const ice_servers = [{ urls: ['turn:turn.example.net'], username: '1795309200:KEN', credential: 'x' }];
	line().says(welcome({ ice_servers }));
	expect(wire.iceServers).toEqual(ice_servers);
	line().says(welcome({ resumed: true }));
	expect(wire.iceServers).toEqual([]);
});

test('events patch the view and are told once', () => {
	const told: number[] = [];
	wire.onevent = ({ event: number }) => told.push(number);
	line().says(welcome());
	line().says(event(18, { floor: { holder: 'KEN' } }));
	line().says(event(18, { floor: { holder: 'FRA' } }));
	expect(wire.view?.floor?.holder).toBe('KEN');
	expect(told).toEqual([18]);
});

test('a lost line resumes from the last event', () => {
	line().says(welcome());
	line().says(event(18));
	line().onclose!({ code: 1006 });
	expect(wire.state).toBe('lost');
	expect(wire.view).not.toBeNull();
	elapse();
	line().onopen();
	expect(lines).toHaveLength(2);
	expect(line().sent).toEqual([{ type: 'hello', token: 'token', changes: true, resume: { epoch: 'm3Kd', event: 18 } }]);
	line().says(welcome({ resumed: true, event: 19, view: undefined }));
	line().says(event(19, { list: [{ entry: 1 }] }));
	expect(wire.state).toBe('open');
	expect(wire.view?.list).toHaveLength(1);
});

test('a missing event breaks the line, so that it resumes', () => {
	line().says(welcome());
	line().says(event(20));
	expect(line().closed).toBe(true);
	expect(wire.state).toBe('lost');
});

test('a command under way when the line broke is sent again under its id and answered once', async () => {
	line().says(welcome());
	const answer = wire.command('ask-for-floor');
	const asked = line().sent.at(-1)!;
	line().onclose!({ code: 1001 });
	elapse();
	line().onopen();
	expect(line().sent).toHaveLength(1);
	line().says(welcome());
	expect(line().sent.at(-1)).toEqual(asked);
	line().says({ type: 'reply', id: asked['id'], ok: true, event: 18 });
	expect(await answer).toMatchObject({ ok: true, event: 18 });
	line().onclose!({ code: 1006 });
	elapse();
	line().onopen();
	line().says(welcome());
	expect(line().sent).toHaveLength(1);
});

test('what the audio places carry is handed on', () => {
	const told: unknown[] = [];
	const slots = [{ mid: '3', kind: 'audio', feed: 'channel-fr', rank: 0 }];
	wire.onlistening = (carried) => told.push(carried);
	line().says(welcome());
	line().says({ type: 'listening', slots });
	expect(told).toEqual([slots]);
});

test('ids are never used twice', () => {
	line().says(welcome());
	void wire.command('listen', { channel: 'fr' });
	void wire.command('listen', { channel: 'floor' });
	const ids = line().sent.slice(1).map(({ id }) => id);
	expect(new Set(ids).size).toBe(2);
	for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
});

test.each([4000, 4001, 4003, 4004, 4009])('%i ends the line for good', (code) => {
	line().says({ type: 'error', reason: 'token-expired', text: 'This join link expired.' });
	line().onclose!({ code });
	expect(wire.state).toBe('ended');
	expect(wire.ending).toEqual({ code, reason: 'token-expired' });
	expect([...timers.values()].filter(({ ms }) => ms < 8000)).toEqual([]);
});

test('whose place was taken says which place it was, once, and does not take it back', () => {
	line().says(welcome({ place: 3 }));
	line().onclose!({ code: 1006 });
	elapse();
	line().onopen();
	expect(line().sent).toEqual([{ type: 'hello', token: 'token', changes: true, resume: { epoch: 'm3Kd', event: 17, place: 3 } }]);
	line().says({ type: 'error', reason: 'joined-elsewhere', text: '' });
	line().onclose!({ code: 4009 });
	expect(wire.state).toBe('ended');
	wire.hurry();
	expect(lines).toHaveLength(2);
	expect(timers.size).toBe(0);
});

describe('kept out of a private part', () => {
	const keptOut = (visibility = 'private') => {
		line().says({ type: 'error', reason: visibility, text: '' });
		line().onclose!({ code: 4010 });
	};

	test('nothing of the meeting stays on the page', () => {
		line().says(welcome());
		line().says({ type: 'measured', patch: { lines: { FRA: { loss: 0 } } } });
		keptOut('closed-members');
		expect(wire.excluded).toBe('closed-members');
		expect(wire.view).toBeNull();
		expect(wire.measured).toEqual({});
		expect(wire.state).toBe('joining');
		expect(wire.ending).toBeNull();
	});

	test('asks again after ten to twenty seconds, as new, and is let in', () => {
		line().says(welcome({ place: 3 }));
		keptOut();
		expect([...timers.values()].map(({ ms }) => ms)).toEqual([10_000]);
		elapse();
		line().onopen();
		expect(line().sent).toEqual([{ type: 'hello', token: 'token', changes: true }]);
		keptOut('closed-members');
		expect(wire.excluded).toBe('closed-members');
		elapse();
		line().onopen();
		expect(wire.excluded).toBe('closed-members');
		line().says(welcome({ event: 40 }));
		expect(wire.excluded).toBeNull();
		expect(wire.state).toBe('open');
		line().says(event(41, { list: [{ entry: 9 }] }));
		expect(wire.view?.list).toHaveLength(1);
	});

	test('a line lost meanwhile leaves the page as it is', () => {
		line().says(welcome());
		keptOut();
		elapse();
		line().onclose!({ code: 1006 });
		expect(wire.excluded).toBe('private');
		expect(timers.size).toBe(1);
	});

	test('what was asked before is refused and not asked of the meeting as it sits later', async () => {
		line().says(welcome());
		const answer = wire.command('ask-for-floor');
		keptOut();
		expect(await answer).toMatchObject({ ok: false, reason: 'not-admitted' });
		elapse();
		line().onopen();
		line().says(welcome());
		expect(line().sent.filter(({ type }) => type === 'ask-for-floor')).toEqual([]);
	});
});

test('a hello that came too late is said again', () => {
	line().says({ type: 'error', reason: 'no-hello', text: 'Say hello first.' });
	line().onclose!({ code: 4001 });
	expect(wire.state).toBe('joining');
});

test('the page answers for its clock, and asks to be asked', () => {
	line().says(welcome());
	const [id, timer] = [...timers].find(([, { ms }]) => ms === 250)!;
	timers.delete(id);
	timer.run();
	expect(line().sent.at(-1)).toMatchObject({ type: 'sync' });
	const before = wire.clock.page();
	line().says({ type: 'sync', n: 7, time: 1795305600000, rtt: 80 });
	const { at, ...answer } = line().sent.at(-1)!;
	expect(answer).toEqual({ type: 'sync', n: 7 });
	expect(at).toBeGreaterThanOrEqual(before);
	expect(at).toBeLessThanOrEqual(wire.clock.page());
	expect(Math.abs(wire.clock.now() - 1795305600040)).toBeLessThan(1000);
});

test('a line that falls silent is asked, then given up', () => {
	let asked = 0;
	wire.onsilent = () => asked++;
	line().says(welcome());
	elapse();
	expect(asked).toBe(1);
	expect(wire.state).toBe('open');
	elapse();
	expect(wire.state).toBe('lost');
});

test('what comes over a line already given up is not heard', () => {
	line().says(welcome());
	const old = line();
	wire.drop();
	old.says(event(18, { list: [{ entry: 1 }] }));
	expect(wire.view?.list).toEqual([]);
});
