// Seats of a meeting room: what an adapter of a conference system presses and sees by the box's API, as that describes itself; and the keys, lamps,
// microphones and cameras of a real meeting.
import { Validator } from '@seriousme/openapi-schema-validator';
import Ajv2020 from 'ajv/dist/2020.js';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { Page } from '../support/page.mjs';
import { importConference, roomToken, startBox } from '../support/rooms.mjs';
import { build, freePort, root, startRostrum } from '../support/rostrum.mjs';
import { SeatAdapter } from '../support/seat_adapter.mjs';
import { TONES, levelAt } from '../support/sound.mjs';
import { ViscaCamera } from '../support/visca_camera.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 120_000 };
const TOKEN = 'a-key-to-the-keys';
const badge = (id, role, more = {}) => ({ id, role, name: id, ...more });
const conference = {
	id: 'seated', title: 'A hall', rules: 'unga', languages: [{ id: 'en', name: 'English' }],
	delegations: [{ id: 'FRA', country: 'France', language: 'en' }, { id: 'KEN', country: 'Kenya', language: 'en' }],
	rooms: [{ id: 'hall', name: 'Hall', seats: ['A12', 'A13', 'B01'] }],
	meetings: [{
		id: 'seated', title: 'A hall', mode: 'floor', record: false, room: 'hall',
		badges: [badge('chair', 'chair'), badge('FRA', 'delegate', { delegation: 'FRA', seat: 'A13' }), badge('KEN', 'delegate', { delegation: 'KEN', seat: 'A12' }),
			badge('room-1', 'room'), badge('room-2', 'room')],
	}],
};
const boxes = [];
const camera = new ViscaCamera();
let rostrum;
let port; // of the hall's API
let adapter;
let description;
let ajv;

before(async () => {
	rostrum = await startRostrum();
	importConference(rostrum, conference);
	port = await freePort();
	await camera.open();
	// One in three is lost, and what comes comes late.
	camera.loses = (n) => n % 3 === 0;
	camera.late = 120;
	boxes.push(startBox(rostrum, 'room-1', 'room', {
		meeting: 'seated',
		microphones: [{ input: `gen:tone,hz=${TONES.KEN},level=-12`, seat: 'A12' }, { input: `gen:tone,hz=${TONES.FRA},level=-12`, seat: 'A13' }],
		cameras: [{ name: 'total', input: 'gen:bars,width=320,height=180' }, { name: 'left', input: 'gen:bars,width=320,height=180' }], 'camera.fps': 5, 'camera.bitrate': 300000,
		seats: [{ seat: 'A12', camera: 'left', preset: 3 }, { seat: 'A13', camera: 'left', preset: 4 }, { seat: 'B01', camera: 'total' }],
		visca: [{ camera: 'left', address: camera.address }],
		'seats.listen': `127.0.0.1:${port}`, 'seats.hold': 500,
	}));
	adapter = new SeatAdapter(port);
	await until('the API', async () => (await adapter.ask('GET', '/seats')).status === 200);
	await adapter.open();
	description = (await adapter.ask('GET', '/openapi.json')).json;
	ajv = new Ajv2020({ strict: false, allErrors: true });
	ajv.addSchema({ $id: 'described:', components: description.components });
}, LIMIT);

after(async () => {
	adapter?.close();
	camera.close();
	boxes.forEach(({ child }) => child.kill());
	await Promise.all(boxes.map(({ ended }) => ended));
	await rostrum?.stop();
});

// What is wrong with some JSON by a schema of the description, as text.
function judge(schema, json) {
	const text = JSON.stringify(schema).replaceAll('"#/components/', '"described:#/components/');
	const validate = ajv.compile(JSON.parse(text));
	return validate(json) ? '' : `${ajv.errorsText(validate.errors)}: ${JSON.stringify(json)}`;
}
const named = (name) => ({ $ref: `#/components/schemas/${name}` });

// --- the API as it describes itself ---

test('the description is valid, and true of every answer', LIMIT, async () => {
	const validator = new Validator();
	const result = await validator.validate(structuredClone(description));
	assert.ok(result.valid, JSON.stringify(result.errors));
	for (const [path, methods] of Object.entries(description.paths)) {
		for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
			const operation = methods[method.toLowerCase()];
			for (const seat of ['A12', 'B01', 'Z9', '%00', 'x'.repeat(40)]) {
				const answer = await adapter.ask(method, path.replace('{seat}', seat));
				const described = operation?.responses[answer.status];
				// A name that is none makes another address of it.
				if (answer.status === 404 && !['A12', 'B01', 'Z9'].includes(seat)) continue;
				if (!operation) {
					assert.equal(answer.status, 405, `${method} ${path}`);
					assert.equal(answer.headers.get('allow'), Object.keys(methods)[0].toUpperCase());
					continue;
				}
				assert.ok(described, `${method} ${path}: ${answer.status}`);
				const [type, { schema }] = Object.entries(described.content)[0];
				assert.equal(answer.headers.get('content-type').split(';')[0], type);
				assert.equal(judge(schema, answer.json), '');
			}
		}
	}
	assert.equal((await adapter.ask('GET', '/elsewhere')).status, 404);
	assert.equal((await adapter.ask('HEAD', '/seats')).status, 200);
	assert.equal((await adapter.ask('POST', '/seats/Z9/press', { body: 'x'.repeat(600) })).json.reason, 'too-large');
	assert.equal((await adapter.ask('GET', '/seats', { headers: { origin: 'http://elsewhere.example' } })).json.reason, 'from-a-page');
});

test('the examples of SEATS.md are what the API says and understands', LIMIT, async () => {
	const paper = readFileSync(join(root, 'tools/roombox/seats/SEATS.md'), 'utf8');
	const schemas = { seats: 'SeatsMessage', seat: 'SeatMessage', line: 'LineMessage', refused: 'RefusedMessage', message: 'TextMessage', problem: 'ProblemMessage' };
	const lines = [...paper.matchAll(/```json\n([^]*?)```/g)].flatMap(([, block]) => block.trim().split('\n'));
	assert.ok(lines.length >= 7);
	for (const line of lines) {
		const message = JSON.parse(line);
		assert.equal(judge(named(schemas[message.type] ?? 'KeyMessage'), message), '');
	}
	const file = join(rostrum.state, 'box.json');
	writeFileSync(file, /```json box\n([^]*?)```/.exec(paper)[1]);
	const { status, stderr } = spawnSync(join(build, 'tools/roombox/rostrum-box'), ['--config', file, '--check-config'], { encoding: 'utf8' });
	assert.equal(status, 0, stderr);
});

test('nonsense of adapters is told, and too many of them find no room', LIMIT, async () => {
	const heard = (reason) => until(reason, () => adapter.messages.find((message) => message.problem?.reason === reason));
	adapter.send('nonsense');
	await heard('malformed');
	adapter.send({ press: 'Z9' });
	assert.equal(judge(named('ProblemMessage'), await heard('no-such-seat')), '');
	const long = await new SeatAdapter(port).open();
	long.send('x'.repeat(2000));
	await until('the end of who says too much', () => long.closed === 1009);
	await assert.rejects(new SeatAdapter(port).open('/elsewhere'));
	await assert.rejects(new SeatAdapter(port).open('/events', 'another.v1'));
	const crowd = Array.from({ length: 80 }, () => new SeatAdapter(port));
	const came = (await Promise.allSettled(crowd.map((each) => each.open()))).filter(({ status }) => status === 'fulfilled');
	assert.ok(came.length > 50 && came.length <= 64, `${came.length} came`);
	crowd.forEach((each) => each.close());
	await until('room again', async () => (await adapter.ask('GET', '/seats')).status === 200);
});

test('beyond loopback nothing is offered without a token', LIMIT, async () => {
	const elsewhere = await freePort();
	const bold = startBox(rostrum, 'bold', 'room', { meeting: 'seated', 'seats.listen': `0.0.0.0:${elsewhere}` });
	assert.equal(await bold.ended, 1);
	assert.match(bold.log(), /seats.listen: .*seats.token.file is empty/);
	const file = join(rostrum.state, 'seats.token');
	writeFileSync(file, `${TOKEN}\n`);
	const box = startBox(rostrum, 'guarded', 'room', { meeting: 'seated', base: 'http://127.0.0.1:9', 'seats.listen': `0.0.0.0:${elsewhere}`, 'seats.token.file': file, 'log.level': 'error' });
	boxes.push(box);
	const guarded = new SeatAdapter(elsewhere, TOKEN);
	await until('the API', async () => (await guarded.ask('GET', '/seats')).status === 200);
	await guarded.open();
	assert.equal(guarded.line, 'lost');
	guarded.close();
	for (const token of ['', 'another', `${TOKEN}x`]) {
		const stranger = new SeatAdapter(elsewhere, token);
		const answer = await stranger.ask('GET', '/seats');
		assert.equal(answer.status, 401);
		assert.match(answer.headers.get('www-authenticate'), /^Bearer/);
		await assert.rejects(stranger.open());
	}
	box.child.kill();
	assert.equal(await box.ended, 0);
});

// --- a meeting ---

test('the floor is given to a seat and ended by its key, over a signaling that is killed', LIMIT, async () => {
	const connected = () => until('the line', () => adapter.line === 'connected' && adapter.seats.get('A12').name === 'Kenya', { limit: 30_000 });
	const presiding = async () => {
		const page = new Page(rostrum.base, roomToken(rostrum, 'chair', 'chair', 'seated'));
		await page.open();
		return page;
	};
	await connected();
	let chair = await presiding();
	assert.equal((await chair.command('open-meeting', { override: true })).ok, true);
	adapter.send({ press: 'A12' });
	await adapter.shows('A12', 'next');
	const { entry, participant } = await until('the list', () => chair.view.list[0]);
	assert.equal(participant, 'KEN');
	assert.equal(chair.view.participants.KEN.place, 'in-room');
	assert.equal((await chair.command('give-floor', { entry })).ok, true);
	await adapter.shows('A12', 'open');
	await rostrum.kill('signaling');
	chair = await until('signaling', presiding, { limit: 30_000 });
	// What happens while the box may still be without a line is not missed.
	await chair.command('ask-for-floor');
	assert.equal((await chair.command('take-floor')).ok, true);
	await adapter.shows('A12', 'off');
	await connected();
	adapter.send({ press: 'A13' });
	await adapter.shows('A13', 'request');
	adapter.send({ release: 'A13' });
	await adapter.shows('A13', 'off');
	const withdrawn = await until('the event', () => chair.events.find(({ name }) => name === 'entry-withdrawn'));
	assert.deepEqual([withdrawn.by, withdrawn.by_seat], ['FRA', 'A13']);
	chair.close();
});

// The last third of a second of what the other room plays.
function heard() {
	const path = join(rostrum.state, 'room-2.wav');
	const samples = new Float32Array(16_384);
	if (!existsSync(path)) return samples;
	const file = openSync(path, 'r');
	const data = Buffer.alloc(samples.length * 2);
	const size = Math.floor((fstatSync(file).size - 44) / 2) * 2 + 44;
	const from = Math.max(44, size - data.length);
	readSync(file, data, 0, size - from, from);
	closeSync(file);
	return samples.map((_, i) => data.readInt16LE(i * 2) / 32768);
}

// Until that room hears one tone, and of the hall's others nothing.
const hearsOnly = (hz, others) => until(`room-2 hears ${hz} alone`, () => {
	const samples = heard();
	const levels = [hz, ...others].map((each) => levelAt(samples, each));
	return (hz === null || levels[0] > -30) && levels.slice(1).every((level) => level < -60) || Promise.reject(new Error(levels.map((level) => level.toFixed(0)).join(' ')));
}, { limit: 30_000, every: 300 });

test('a key asks for the floor; with it come that microphone alone, the lamp and the camera; and a companion page is the same person', LIMIT, async () => {
	const chair = new Page(rostrum.base, roomToken(rostrum, 'chair', 'chair', 'seated'));
	const companion = new Page(rostrum.base, roomToken(rostrum, 'KEN', 'delegate', 'seated'));
	boxes.push(startBox(rostrum, 'room-2', 'room', { meeting: 'seated', microphones: [{ input: 'gen:silence' }], outputs: [{ output: `file:${join(rostrum.state, 'room-2.wav')}`, channels: ['floor'] }] }));
	await chair.open();
	await until('the line', () => adapter.line === 'connected', { limit: 30_000 });
	await until('who sits there', () => adapter.seats.get('A12').name === 'Kenya' && adapter.seats.get('A13').badge === 'FRA');
	const listed = (view) => (view.list ?? []).map(({ participant }) => participant).filter((id) => id !== 'chair').join();
	const entryOf = (id) => ({ entry: chair.view.list.find(({ participant }) => participant === id).entry });

	// Pressed, withdrawn by the page, pressed again.
	await adapter.press('A12');
	await chair.sees('KEN on the list', (view) => listed(view) === 'KEN');
	await until('a lamp', () => adapter.seats.get('A12').lamp !== 'off');
	await companion.open({ companion: true });
	assert.equal(listed(companion.view), 'KEN');
	await companion.must('withdraw');
	await adapter.shows('A12', 'off');
	await chair.sees('nobody on the list', (view) => listed(view) === '');
	await adapter.press('A13');
	await chair.sees('FRA on the list', (view) => listed(view) === 'FRA');
	await adapter.press('A12');
	await chair.sees('KEN behind', (view) => listed(view) === 'FRA,KEN');
	await hearsOnly(null, [TONES.KEN, TONES.FRA]);

	// The floor to one and to the other.
	await chair.must('give-floor', entryOf('KEN'));
	await adapter.shows('A12', 'open');
	await hearsOnly(TONES.KEN, [TONES.FRA]);
	await until('the preset of A12', () => camera.recalled.at(-1) === 3, { limit: 30_000 });
	camera.restart();
	await chair.must('give-floor', entryOf('FRA'));
	await adapter.shows('A13', 'open');
	await adapter.shows('A12', 'off');
	await hearsOnly(TONES.FRA, [TONES.KEN]);
	await until('the preset of A13', () => camera.recalled.at(-1) === 4, { limit: 30_000 });
	assert.ok(camera.wrong > 0, 'the camera complained of no number');

	// Whoever speaks ends by the same key; the other's key tells why it does nothing.
	await adapter.press('A13');
	await adapter.shows('A13', 'off');
	await hearsOnly(null, [TONES.KEN, TONES.FRA]);
	await chair.must('close-list');
	await adapter.press('A13');
	const refused = await until('a refusal', () => adapter.messages.find((message) => message.type === 'refused' && message.seat === 'A13'));
	assert.equal(refused.reason, 'list-closed');
	assert.equal(judge(named('RefusedMessage'), refused), '');
	assert.equal((await adapter.ask('POST', '/seats/B01/press')).json.reason, 'nobodys-seat');
	for (const message of adapter.messages.filter(({ type }) => type === 'seat')) assert.equal(judge(named('SeatMessage'), message), '');
	chair.close();
	companion.close();
});

test('boxes end well', LIMIT, async () => {
	boxes.forEach(({ child }) => child.kill());
	for (const { ended } of boxes) assert.equal(await ended, 0);
	assert.deepEqual(rostrum.faults(), []);
});
