// A room's cable was pulled, and something is killed, or ends, before all is delivered: what the room said meanwhile is in the archive once all the
// same, or in the room and told so. Its microphone says the number of each second.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { events, sessions, verify } from '../support/archive.mjs';
import { writeSound } from '../support/marks.mjs';
import { Page } from '../support/page.mjs';
import { pulledLine } from '../support/pulled.mjs';
import { importConference, roomToken, startBox } from '../support/rooms.mjs';
import { startRostrum } from '../support/rostrum.mjs';
import { assertWhole, segments, spoken, standing } from '../support/spoken.mjs';
import { sleep, until } from '../support/wait.mjs';

const LIMIT = { timeout: 280_000 };
const PULLED_MS = 6000;
const WORDS_S = 400;
const WAIT = { limit: 60_000, every: 200 };
// So that an outage has several parts, and delivery some seconds.
const SLOW = { 'microphone.bitrate': 256_000, 'keep.bitrate': 300_000 };
const MEETINGS = ['recorder', 'signaling', 'closed', 'box'];
let rostrum;
let line;
const boxes = [];
const pages = [];

before(async () => {
	rostrum = await startRostrum();
	const badges = [{ id: 'chair', role: 'chair', name: 'chair' }, { id: 'sec', role: 'secretariat', name: 'sec' }, { id: 'room-1', role: 'room', name: 'room-1' }];
	importConference(rostrum, { id: 'pulled', title: 'Pulled', rules: 'unga', meetings: MEETINGS.map((id) => ({ id, title: id, mode: 'direct', record: true, badges })) });
	line = await pulledLine(rostrum.base);
}, LIMIT);
after(async () => {
	for (const page of pages) page.close();
	for (const box of boxes) box.child.kill();
	await Promise.all(boxes.map((box) => box.ended));
	line?.stop();
	await rostrum?.stop();
});

const directory = (meeting) => sessions(join(rostrum.state, 'archive'), meeting).at(-1);
const since = (meeting, ms) => ms / 1000 - JSON.parse(readFileSync(join(directory(meeting), 'data/session.json'), 'utf8')).started_us / 1e6;
const kept = (meeting) => join(rostrum.state, `kept-${meeting}`);
const delivered = (box) => (box.log().match(/an outage is delivered/g) ?? []).length;

async function secretary(meeting) {
	const page = new Page(rostrum.base, roomToken(rostrum, 'sec', 'secretariat', meeting));
	await until('the secretariat', () => page.open().then(() => true, () => false), WAIT);
	pages.push(page);
	return page;
}

// A box in this meeting whose first word is `first`.
function boxIn(meeting, first = 0) {
	const sound = join(rostrum.state, `${meeting}-${first}.wav`);
	writeSound(sound, { first, seconds: WORDS_S });
	const box = startBox({ ...rostrum, base: line.base, token: rostrum.token }, 'room-1', 'room', { meeting, microphones: [{ input: `file:${sound}` }], 'keep.directory': kept(meeting), ...SLOW });
	boxes.push(box);
	return box;
}

// A meeting that is recorded, and in it a box that has said some words.
async function speaking(meeting) {
	const page = await secretary(meeting);
	await page.must('open-meeting', { override: true });
	await page.must('take-up-recording', {});
	const box = boxIn(meeting);
	await until('the room is recorded', () => directory(meeting) && segments(directory(meeting), 'room-1').length > 0, WAIT);
	await sleep(4000); // words
	return { page, box, log: box.log().length };
}

async function pull(ms = PULLED_MS) {
	const from = Date.now();
	line.pull();
	await sleep(ms); // that long is the outage
	const to = Date.now();
	line.plug();
	return { from, to };
}

const puts = () => line.requests.filter((one) => one.startsWith('PUT ')).length;

async function midDelivery() {
	const before_ = puts();
	await until('a part is delivered, and the next is on its way', () => puts() >= before_ + 2, WAIT);
}

async function sealed(meeting, page) {
	await page.must('close-meeting', {});
	await until('the session is sealed', () => readdirSync(directory(meeting)).includes('tagmanifest-sha512.txt'), WAIT);
	const judged = verify(directory(meeting));
	assert.deepEqual([judged.status, judged.problems], [0, []], JSON.stringify(judged));
}

// What was said without a line, and right before and behind it, is there once.
function whole(meeting, { from, to }) {
	const said = spoken(directory(meeting), 'room-1');
	const within = assertWhole(said, since(meeting, from) - 2, since(meeting, to));
	assert.ok(within.length + standing(within) >= PULLED_MS / 1000, JSON.stringify([said.heard, since(meeting, from), since(meeting, to)]));
	assert.equal(events(directory(meeting)).filter(({ type }) => type === 'outage').length, 1);
}

// All is delivered. The line is this process: a box that was still there would lose it while it looks into files.
async function leave(box, meeting) {
	if (meeting) assert.deepEqual(readdirSync(kept(meeting)), []);
	box.child.kill();
	await box.ended;
}

test('the recorder is killed in mid-delivery', LIMIT, async () => {
	const { page, box } = await speaking('recorder');
	const outage = await pull();
	await midDelivery();
	await rostrum.kill('recorder');
	await until('what was kept is delivered', () => delivered(box) > 0, WAIT);
	assert.doesNotMatch(box.log(), /refused/);
	await leave(box, 'recorder');
	await sealed('recorder', page);
	whole('recorder', outage);
});

test('signaling is killed in mid-delivery', LIMIT, async () => {
	const { box, log } = await speaking('signaling');
	const outage = await pull();
	await midDelivery();
	await rostrum.kill('signaling');
	await until('what was kept is delivered', () => /an outage is delivered/.test(box.log().slice(log)), WAIT);
	assert.doesNotMatch(box.log().slice(log), /it stays here/);
	await leave(box, 'signaling');
	await sealed('signaling', await secretary('signaling'));
	whole('signaling', outage);
});

test('the session is closed before the line is back', LIMIT, async () => {
	const { page, box, log } = await speaking('closed');
	line.pull();
	await sleep(PULLED_MS); // that long is the outage
	await sealed('closed', page);
	line.plug();
	await until('what was kept is put aside', () => /it stays here/.test(box.log().slice(log)), WAIT);
	const [folder] = readdirSync(kept('closed'));
	assert.match(folder, /^refused-/);
	assert.ok(readdirSync(join(kept('closed'), folder)).some((name) => name.endsWith('.part')));
	await page.sees('that it was refused', (view) => view.measured?.outages?.at(-1)?.state === 'refused', WAIT);
	const judged = verify(directory('closed'));
	assert.deepEqual([judged.status, judged.problems], [0, []], JSON.stringify(judged));
	await leave(box);
});

test('the box is killed while its line is out', LIMIT, async () => {
	const { page, box } = await speaking('box');
	const from = Date.now();
	line.pull();
	await until('the loss is noticed', () => readdirSync(kept('box')).length > 0, WAIT);
	await sleep(4000); // words
	const killed = Date.now();
	box.child.kill('SIGKILL');
	await box.ended;
	const again = boxIn('box', 1000);
	const log = again.log().length;
	await sleep(PULLED_MS); // as much again
	const to = Date.now();
	line.plug();
	await until('what was kept is delivered', () => /an outage is delivered/.test(again.log().slice(log)), WAIT);
	await leave(again, 'box');
	await sealed('box', page);
	const said = spoken(directory('box'), 'room-1');
	const of = (which) => ({ ...said, heard: said.heard.filter(which) });
	// What it had a second before is on its disk; what the new one says comes behind that.
	const old = assertWhole(of(({ number }) => number < 1000), since('box', from) - 2, since('box', killed) - 2);
	assert.ok(old.length >= 3, JSON.stringify([said.heard, since('box', from), since('box', killed)]));
	const next = assertWhole(of(({ number }) => number >= 1000), since('box', killed), since('box', to));
	assert.ok(next.length >= 3 && next[0].number <= 1001 && next[0].at > since('box', killed) - 1, JSON.stringify([said.heard, since('box', killed), since('box', to)]));
	assert.deepEqual(rostrum.faults(), []);
});
