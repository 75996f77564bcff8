// What a room delivers after an outage can be played: beside the programme, which is what was heard, there is one in which it lies where it was
// said, held here against the room's own recording; and it is given to whoever may see the recording, from any place of it.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { decodingFaults, verify } from '../support/archive.mjs';
import { hear, see, writePicture, writeSound } from '../support/marks.mjs';
import { pulledRoom } from '../support/pulled.mjs';
import { roomToken } from '../support/rooms.mjs';
import { segments, shown, spoken } from '../support/spoken.mjs';
import { sleep, until } from '../support/wait.mjs';

const LIMIT = { timeout: 180_000 };
const PULLED_MS = 8000;
const SECONDS = 120; // of sound, a word in each
const FPS = 10;
const NOTICED_MS = 5000;
const EARLY_MS = 500;
const FRAME_S = 0.025; // a packet of sound, and what times in files are rounded to
const room = pulledRoom(LIMIT);
const { session } = room;
const file = (name) => join(session(), 'data', name);
// Half a word, where a line was pulled or came back, may be read as any number: those that nobody said are no words.
const words = (name) => hear(file(name)).filter(({ number }) => number < SECONDS);
const index = () => JSON.parse(readFileSync(file('record/index.json'), 'utf8'));

test('a programme with what arrived late says each word in its time', LIMIT, async (t) => {
	const [sound, picture] = ['words.wav', 'numbers.y4m'].map((name) => join(room.rostrum.state, name));
	writeSound(sound, { seconds: SECONDS });
	writePicture(picture, { size: [160, 96], fps: FPS, pictures: SECONDS * FPS });
	await room.openMeeting();
	room.startBox({
		microphones: [{ input: `file:${sound}` }], 'camera.input': `file:${picture}`, 'camera.fps': FPS, 'keep.directory': join(room.rostrum.state, 'kept'),
	});
	await until('the room is recorded', () => session() && segments(session(), 'room-1').length > 0 && segments(session(), 'room-1', 'camera').length > 0, { limit: 60_000, every: 200 });
	await sleep(6000); // as long as a word takes to be recorded live, some times over
	await room.outage(PULLED_MS);
	await sleep(4000); // and some words live
	await room.endBox();
	await room.seal();

	assert.equal(index().late, 'channels/floor.late.webm');
	assert.match(readFileSync(join(session(), 'manifest-sha512.txt'), 'utf8'), / data\/channels\/floor\.late\.webm\n/);
	const [{ from_ms, to_ms }] = index().delivered;
	const heard = words('channels/floor.webm');
	const withLate = words('channels/floor.late.webm');
	const said = spoken(session(), 'room-1').heard;
	const missed = withLate.filter(({ number }) => !heard.some((one) => one.number === number));
	assert.ok(missed.length >= PULLED_MS / 1000 - 2, JSON.stringify({ heard, withLate }));
	// A second behind the edge is kept as well, and a word lasts another; what is live goes on after that.
	for (const { at } of missed) assert.ok(at * 1000 > from_ms - 1000 && at * 1000 < to_ms + 2000, `${at} within ${from_ms} and ${to_ms}`);
	// What was heard stays where it was (a packet of either programme lies up to 15 ms beside its time), and each word is there once.
	// The clock of one connection is told from that of the other by arrivals, which on a busy machine agree to some packets: a seam may cut the word it goes through.
	const seams = [missed[0].number - 1, missed.at(-1).number + 1];
	for (const { number, at } of heard.filter((one) => !seams.includes(one.number))) assert.ok(withLate.some((one) => one.number === number && Math.abs(one.at - at) <= FRAME_S), JSON.stringify({ number, at, withLate }));
	withLate.slice(1).forEach(({ number }, i) => assert.ok(number > withLate[i].number, JSON.stringify(withLate)));
	const off = missed.flatMap(({ number, at }) => said.filter((one) => one.number === number).map((one) => at - one.at));
	assert.ok(off.length >= missed.length / 2, JSON.stringify({ missed, said })); // at each seam a word may begin in one file and end in another
	for (const s of off) assert.ok(Math.abs(s) <= FRAME_S, `${s} s beside the room's own recording`);

	// Pictures as well: those that were delivered are seen in it, in their time.
	const late = shown(session(), 'room-1').filter((one) => one.delivered && one.number >= 0);
	const seen = see(file('channels/floor.late.webm'));
	assert.ok(late.length > 0);
	// Nothing is heard of pictures long before the line counts as lost, which is NOTICED_MS behind the edge: they are kept from then on.
	const beforeNoticed = from_ms + NOTICED_MS - 1000 * late[0].at;
	assert.ok(beforeNoticed > EARLY_MS, `the first picture is of ${beforeNoticed.toFixed(0)} ms before the loss was noticed`);
	const both = late.filter(({ number, at }) => seen.some((one) => one.number === number && Math.abs(one.at - at) <= 0.002));
	assert.ok(both.length >= late.length - 1, `${both.length} of ${late.length} pictures`);
	const judged = verify(session());
	assert.deepEqual([judged.status, judged.problems], [0, []], JSON.stringify(judged));
	for (const check of ['channels/floor.late.webm', 'channels/floor.webm']) assert.equal(decodingFaults(file(check)), '', check);
	t.diagnostic(`measured: ${missed.length} words that nobody heard are said ${(1000 * Math.min(...off)).toFixed(1)} to ${(1000 * Math.max(...off)).toFixed(1)} ms beside the room's recording; ${both.length} of ${late.length} pictures, the first ${beforeNoticed.toFixed(0)} ms before the loss was noticed`);
});

test('it is given to whoever may see the recording, and to nobody else', LIMIT, async () => {
	const { rostrum } = room;
	const name = session().split('/').at(-1);
	const get = (token, query, range) => fetch(`${rostrum.base}/api/v1/archive/${name}/programme/floor${query}`, { headers: { authorization: `Bearer ${token}`, ...(range && { range }) } });
	const sec = roomToken(rostrum, 'sec', 'secretariat', 'late');
	await until('the recording to be found', async () => (await get(sec, '?late=true')).status === 200, { limit: 90_000, every: 500 });
	const whole = readFileSync(file('channels/floor.late.webm'));
	const from = Math.floor(whole.length / 2);
	const part = await get(sec, '?late=true', `bytes=${from}-${from + 999}`);
	assert.equal(part.status, 206);
	assert.deepEqual(Buffer.from(await part.arrayBuffer()), whole.subarray(from, from + 1000));
	const saved = await get(sec, '?late=true&save=true');
	assert.match(saved.headers.get('content-disposition'), /-floor-late\.webm"$/);
	await saved.body.cancel();
	const heard = await get(sec, '');
	assert.equal((await heard.arrayBuffer()).byteLength, readFileSync(file('channels/floor.webm')).length);
	assert.equal((await fetch(`${rostrum.base}/api/v1/archive/${name}/programme/floor?late=true`)).status, 401);
	assert.equal((await fetch(`${rostrum.base}/api/v1/archive/${name}/programme/fr?late=true`, { headers: { authorization: `Bearer ${sec}` } })).status, 404);
	assert.ok(existsSync(file('channels/floor.late.webm')));
	assert.deepEqual(rostrum.faults(), []);
});
