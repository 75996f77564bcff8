// A meeting room's box tells technicians how it is, makes test signals, and says why it cannot do what makes no sense of a box.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { Page } from '../support/page.mjs';
import { importConference, roomToken, startBox } from '../support/rooms.mjs';
import { build, freePort, startRostrum } from '../support/rostrum.mjs';
import { SeatAdapter } from '../support/seat_adapter.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 120_000 };
const SOON = { limit: 60_000 };
const badge = (id, role, more = {}) => ({ id, role, name: id, ...more });
const conference = {
	id: 'watched', title: 'A watched room', rules: 'unga', languages: [{ id: 'en', name: 'en' }, { id: 'fr', name: 'fr' }], delegations: [{ id: 'KEN', country: 'Kenya', language: 'en' }],
	meetings: [{
		id: 'watched', title: 'A watched room', mode: 'floor', record: false,
		badges: [badge('chair', 'chair'), badge('technician', 'technician'), badge('KEN', 'delegate', { delegation: 'KEN', seat: 'A12' }), badge('room-1', 'room'), badge('room-2', 'room')],
	}],
};
const boxes = [];
const pages = [];
let rostrum;
let box;
let technician;
let seats;

const start = (id, role, settings = {}) => boxes[boxes.push(startBox(rostrum, id, role, { meeting: 'watched', ...settings })) - 1];
const person = () => technician.survey?.people?.['room-1'];
const told = () => person()?.box;
// In the order of PROTOCOL.md section 3.9.
const FIGURES = { rtt: 2, clock: 11, available: 12 };
const figures = (room) => Object.fromEntries(Object.entries(FIGURES).map(([name, i]) => [name, technician.survey?.people?.[room]?.figures?.[i] ?? null]));
const asked = (errand) => person()?.asked?.find((one) => one.do === errand);

async function page(id, role) {
	const one = new Page(rostrum.base, roomToken(rostrum, id, role, 'watched'));
	pages.push(one);
	await one.open();
	return one;
}

before(async () => {
	rostrum = await startRostrum();
	importConference(rostrum, conference);
	technician = await page('technician', 'technician');
	await technician.must('survey', { on: true });
	seats = await freePort();
	box = start('room-1', 'room', {
		microphones: [{ input: 'gen:tone,hz=440,level=-12', seat: 'A12' }, { input: 'gen:silence' }],
		cameras: [{ name: 'total', input: 'gen:bars,width=320,height=180' }, { name: 'left', input: 'v4l2:/dev/no-such-camera' }],
		'camera.fps': 10, 'camera.bitrate': 300000, outputs: [{ output: 'null:', channels: ['floor', 'fr'] }, { output: 'alsa:hw:7' }],
		'keep.directory': join(rostrum.state, 'kept'), 'seats.listen': `127.0.0.1:${seats}`,
	});
}, LIMIT);

after(async () => {
	pages.forEach((one) => one.close());
	boxes.forEach(({ child }) => child.kill());
	await Promise.all(boxes.map(({ ended }) => ended));
	await rostrum?.stop();
});

test('a technician sees a room from inside', LIMIT, async () => {
	await until('the box to tell', () => (told()?.microphones[0].level > -20 && told().delay !== undefined && told().cpu > 0) || Promise.reject(new Error(JSON.stringify(told() ?? null))), SOON);
	assert.match(told().version, /^\d+\.\d+/);
	// It says each as it comes to know it, and what a busy machine disturbs is as it should be a report later.
	await until('all of it', () => {
		const { kept, free, left, microphones, cameras, outputs, devices } = told();
		assert.ok(kept === 0 && free > 0 && left > 0, JSON.stringify({ kept, free, left }));
		// A sine of -12 dBFS is 3 dB less on average; nobody has the floor, so that its gate is closed.
		assert.deepEqual(microphones, [{ seat: 'A12', open: false, level: -15, peak: -12, clipping: 0 }, { seat: '', open: true, level: -127, peak: -127, clipping: 0 }]);
		assert.deepEqual(cameras.map(({ name, here, shown }) => ({ name, here, shown })), [{ name: 'total', here: true, shown: true }, { name: 'left', here: false, shown: false }]);
		assert.ok(cameras[1].since > 0 && cameras[1].since <= Date.now());
		assert.deepEqual(outputs.map(({ name, feeds }) => ({ name, feeds })), [{ name: 'null:', feeds: ['floor', 'fr'] }, { name: 'alsa:hw:7', feeds: ['floor'] }]);
		assert.deepEqual(devices.map(({ place, here }) => ({ place, here })), [{ place: 'cameras[1].input', here: false }, { place: 'outputs[1].output', here: false }]);
		return true;
	}, SOON);
	await until('its camera to give pictures', () => told().cameras[0].fps > 0, SOON);
});

test('how long its line takes and how its clock stands is known, also of a room that only has microphones', LIMIT, async () => {
	const quiet = start('room-2', 'room', { microphones: [{ input: 'gen:silence' }] });
	// Nobody speaks: the media server sends neither of them anything that it could measure by.
	for (const room of ['room-1', 'room-2']) {
		const { rtt, clock } = await until(`${room} to be measured`, () => {
			const now = figures(room);
			return now.rtt !== null && now.clock !== null ? now : Promise.reject(new Error(JSON.stringify(now)));
		}, SOON);
		console.log(`measured: ${room} there and back in ${rtt} ms, its clock ${clock} ms ahead`);
		// It is the same computer as the server's; the answer that came quickest says so.
		assert.ok(rtt >= 0 && Math.abs(clock) <= 1000, JSON.stringify({ rtt, clock }));
	}
	assert.ok(figures('room-1').available > 0);
	// Sound alone says nothing of what else its line would carry.
	assert.equal(figures('room-2').available, null);
	quiet.child.kill();
	await quiet.ended;
});

test('what is wrong with it is a problem, with severity and since when', LIMIT, async () => {
	const problems = await until('both to be listed', async () => {
		const { json } = await rostrum.http('GET', '/api/v1/meetings/watched/problems', { token: roomToken(rostrum, 'technician', 'technician', 'watched') });
		const found = json.problems.filter(({ id, trouble }) => id === 'room-1' && (trouble === 'camera' || trouble === 'card'));
		return found.length === 2 && found;
	}, SOON);
	assert.deepEqual(Object.fromEntries(problems.map(({ trouble, severity }) => [trouble, severity])), { camera: 'warning', card: 'critical' });
	assert.ok(problems.every(({ since }) => since > 0 && since <= Date.now()));
});

test('while somebody looks it tells more often', LIMIT, async () => {
	let n = 0;
	technician.surveyed = ({ patch }) => { n += patch.people?.['room-1']?.box ? 1 : 0; };
	await technician.must('look-at-box', { participant: 'room-1' });
	// At its own pace this many take half a minute.
	await until('six reports', () => n >= 6, { limit: 20_000 });
	await technician.must('look-at-box', {});
	assert.equal((await technician.command('look-at-box', { participant: 'KEN' })).reason, 'no-such-participant');
});

test('a tone is sent instead of the microphones, and never into the meeting', LIMIT, async () => {
	const chair = await page('chair', 'chair');
	const level = () => technician.view.measured?.levels?.['room-1'];
	const ordered = () => [...box.log().matchAll(/test signal tone=(\d) bars=(\d)/g)].map(([, tone, bars]) => tone + bars);
	await technician.must('test-signal', { participant: 'room-1', signal: 'both' });
	await until('the tone', () => level() > -25, SOON);
	assert.deepEqual(ordered(), ['11']);
	await chair.must('open-meeting', { override: true });
	await until('it to be over', () => ordered().at(-1) === '00', SOON);
	await until('nothing to be heard of it', () => level() === undefined || level() < -60, SOON);
	assert.equal((await technician.command('test-signal', { participant: 'room-1', signal: 'tone' })).reason, 'meeting-sits');
});

test('what makes no sense of a box it cannot do, and says why', LIMIT, async () => {
	await technician.must('ask-for-cable', { participant: 'room-1' });
	await until('the answer', () => asked('use-cable')?.state === 'cannot', SOON);
	assert.equal(asked('use-cable').why, 'no-person');
});

test('a line that no display shows is answered so at once, and as shown once there is one', LIMIT, async () => {
	const state = (badge) => technician.survey?.people?.[badge]?.asked?.find((one) => one.do === 'tell') ?? {};
	await technician.must('tell-seat', { participant: 'room-1', text: 'Mind the fan.' });
	await technician.must('tell-seat', { seat: 'A12', text: 'Move closer.' });
	await until('both to be refused', () => (state('room-1').state === 'cannot' && state('KEN').state === 'cannot') || Promise.reject(new Error(JSON.stringify([state('room-1'), state('KEN')]))), SOON);
	assert.deepEqual([state('room-1').why, state('KEN').why], ['no-display', 'no-display']);
	const adapter = await new SeatAdapter(seats).open();
	await until('both to be shown', () => state('room-1').state === 'done' && state('KEN').state === 'done', SOON);
	adapter.close();
});

test('a line for a seat comes to its display, also to one that is switched on later', LIMIT, async () => {
	const adapter = await new SeatAdapter(seats).open();
	const lines = (of) => of.messages.filter(({ type, seat }) => type === 'message' && seat !== null).map(({ seat, text }) => `${seat}: ${text}`);
	await technician.must('tell-seat', { seat: 'A12', text: 'Move a little closer.' });
	await until('the line', () => lines(adapter).at(-1) === 'A12: Move a little closer.', SOON);
	const later = await new SeatAdapter(seats).open();
	await until('the line that stands', () => lines(later).length === 1, SOON);
	assert.deepEqual(lines(later), ['A12: Move a little closer.']);
	adapter.close();
	later.close();
});

test('a box takes the token of a room alone, and says what it was given', LIMIT, async () => {
	const wrong = start('chair', 'chair');
	assert.equal(await wrong.ended, 1);
	assert.match(wrong.log(), /token: its role is "chair"; a box needs the token of a badge whose role is "room"/);
	const { stdout } = spawnSync(join(build, 'tools/roombox/rostrum-box'), ['--help'], { encoding: 'utf8' });
	assert.match(stdout, /--list-devices/);
	assert.deepEqual(rostrum.faults(), []);
});
