// Somebody who sits in a meeting room speaks while its line is lost: they keep the floor, and what they go on saying into their lit microphone is
// delivered afterwards, until the floor is taken; and their speech, with its proof, is the room's microphone.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { events, flip, sessions, verify } from '../support/archive.mjs';
import { hear, writeSound } from '../support/marks.mjs';
import { Page } from '../support/page.mjs';
import { pulledLine } from '../support/pulled.mjs';
import { importConference, roomToken, startBox } from '../support/rooms.mjs';
import { build, freePort, startRostrum } from '../support/rostrum.mjs';
import { SeatAdapter } from '../support/seat_adapter.mjs';
import { segments, spoken } from '../support/spoken.mjs';
import { sleep, until } from '../support/wait.mjs';

const LIMIT = { timeout: 180_000 };
const badge = (id, role, more = {}) => ({ id, role, name: id, ...more });
const conference = {
	id: 'seated', title: 'A hall', rules: 'unga', languages: [{ id: 'en', name: 'English' }],
	delegations: [{ id: 'FRA', country: 'France', language: 'en' }, { id: 'KEN', country: 'Kenya', language: 'en' }],
	rooms: [{ id: 'hall', name: 'Hall', seats: ['A12', 'A13'] }],
	meetings: [{
		id: 'seated', title: 'A hall', mode: 'floor', record: true, room: 'hall',
		badges: [badge('chair', 'chair'), badge('FRA', 'delegate', { delegation: 'FRA', seat: 'A13' }), badge('KEN', 'delegate', { delegation: 'KEN', seat: 'A12' }), badge('room-1', 'room')],
	}],
};
let rostrum;
let line;
let box;
let adapter;
let chair;

before(async () => {
	rostrum = await startRostrum();
	importConference(rostrum, conference);
	line = await pulledLine(rostrum.base);
}, LIMIT);

after(async () => {
	adapter?.close();
	chair?.close();
	box?.child.kill();
	await box?.ended;
	line?.stop();
	await rostrum?.stop();
});

const session = () => sessions(join(rostrum.state, 'archive'), 'seated').at(-1);
const since = (ms) => ms / 1000 - JSON.parse(readFileSync(join(session(), 'data/session.json'), 'utf8')).started_us / 1e6;
const cli = (...args) => spawnSync(join(build, 'tools/rostrumctl/rostrumctl'), ['archive', ...args], { encoding: 'utf8' });

test('what a speaker in the room says without a line is in the archive while the floor is theirs, and in their speech', LIMIT, async (t) => {
	const words = join(rostrum.state, 'words.wav');
	const port = await freePort();
	writeSound(words, { seconds: 170 });
	chair = new Page(rostrum.base, roomToken(rostrum, 'chair', 'chair', 'seated'));
	await chair.open();
	await chair.must('open-meeting', { override: true });
	box = startBox({ ...rostrum, base: line.base, token: rostrum.token }, 'room-1', 'room', {
		meeting: 'seated', microphones: [{ input: `file:${words}`, seat: 'A12' }, { input: 'gen:tone', seat: 'A13' }], seats: [{ seat: 'A12' }, { seat: 'A13' }], 'seats.listen': `127.0.0.1:${port}`, 'keep.directory': join(rostrum.state, 'kept'),
	});
	adapter = new SeatAdapter(port);
	await until('the API', async () => (await adapter.ask('GET', '/seats')).status === 200, { limit: 30_000 });
	await adapter.open();
	await until('the line', () => adapter.line === 'connected' && adapter.seats.get('A12')?.name === 'Kenya' || Promise.reject(new Error(JSON.stringify([adapter.line, adapter.seats.get('A12'), box.log().slice(-800), line.requests]))), { limit: 30_000 });
	await adapter.press('A12');
	await adapter.shows('A12', 'next');
	await chair.must('give-floor', { participant: 'KEN' });
	await adapter.shows('A12', 'open');
	await until('the seat is recorded', () => session() && segments(session(), 'room-1').length > 0, { limit: 60_000, every: 200 });
	await sleep(6000); // of which some are heard
	const pulled = since(Date.now());
	line.pull();
	await until('the clock stands', () => chair.events.find(({ name, data }) => name === 'clock-stopped' && data.cause === 'lost-line'), { limit: 60_000 });
	await sleep(6000); // that long Kenya goes on with the floor
	const taken = since(Date.now());
	await chair.must('take-floor', {});
	assert.equal(adapter.seats.get('A12').lamp, 'open'); // the room does not know
	await sleep(4000); // and without it
	line.plug();
	await until('what was kept is delivered', () => /an outage is delivered/.test(box.log()), { limit: 60_000, every: 200 });
	box.child.kill(); // the line is this process, and looks into files next
	await box.ended;
	await chair.must('close-meeting', {});
	await until('the session is sealed', () => readdirSync(session()).includes('tagmanifest-sha512.txt'), { limit: 60_000, every: 200 });

	const stopped = chair.events.find(({ name, data }) => name === 'clock-stopped' && data.cause === 'lost-line');
	const silent = since(stopped.time);
	const { heard } = spoken(session(), 'room-1');
	const after = heard.filter(({ at }) => at > silent + 0.5 && at < taken - 1);
	assert.ok(after.length >= 3, JSON.stringify({ heard, pulled, silent, taken }));
	after.slice(1).forEach(({ number }, i) => assert.equal(number, after[i].number + 1, JSON.stringify(after)));
	assert.deepEqual(heard.filter(({ at }) => at > taken + 0.5), [], 'nothing of what was said without the floor');
	assert.ok(after.every(({ number }) => hear(join(session(), 'data/channels/floor.late.webm')).some((one) => one.number === number)));
	const judged = verify(session());
	assert.deepEqual([judged.status, judged.problems], [0, []], JSON.stringify(judged));

	// The speech, handed out.
	const index = JSON.parse(readFileSync(join(session(), 'data/record/index.json'), 'utf8'));
	const speech = index.speeches.find(({ participant }) => participant === 'KEN');
	assert.equal(speech.room, 'room-1', JSON.stringify([index.speeches, events(session()).filter(({ type }) => type === 'gate')]));
	assert.equal(index.speeches.find(({ participant }) => participant === 'chair')?.room, undefined);
	const bundle = join(rostrum.state, 'bundle');
	const made = cli('proof', session(), '--speech', String(speech.n), '--out', bundle);
	assert.equal(made.status, 0, made.stderr);
	const key = join(session(), 'proof/recorder.pub');
	const proven = cli('verify', bundle, '--key', key);
	assert.equal(proven.status, 0, proven.stdout + proven.stderr);
	const tracks = readdirSync(bundle).filter((name) => /^room-1\.\d+\.a\.webm$/.test(name));
	const delivered = segments(session(), 'room-1').filter((one) => one.delivered).map(({ path }) => path.split('/').at(-1));
	assert.ok(delivered.length > 0 && delivered.every((name) => tracks.includes(name)), JSON.stringify({ delivered, tracks }));
	assert.ok(tracks.length > delivered.length, 'what came live as well');
	const said = tracks.flatMap((name) => hear(join(bundle, name))).map(({ number }) => number);
	assert.ok(after.every(({ number }) => said.includes(number)), JSON.stringify({ said, after }));
	t.diagnostic(`measured: ${after.length} words said with the clock standing are delivered, in order; the floor was taken ${(taken - pulled).toFixed(1)} s after the cable was pulled; ${tracks.length} files of the room in the speech`);

	// Nothing of it can be changed or left out.
	flip(join(bundle, delivered[0]), readFileSync(join(bundle, delivered[0])).length - 40);
	assert.equal(cli('verify', bundle, '--key', key).status, 1);
	rmSync(bundle, { recursive: true });
	assert.equal(cli('proof', session(), '--speech', String(speech.n), '--out', bundle).status, 0);
	rmSync(join(bundle, delivered[0]));
	assert.equal(cli('verify', bundle, '--key', key).status, 1);
	assert.deepEqual(rostrum.faults(), []);
});
