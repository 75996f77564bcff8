// A meeting room's cable is pulled for some seconds (PULLED_MS in the environment says for how many ms): the technician's page and the secretariat's say that it is away, then from when to when, then that
// what was said meanwhile is in the record; the archive's page marks it; and what was delivered is proven as all else is.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { events, files, flip, ledger, sessions, verify } from '../support/archive.mjs';
import { Participant, launchChromium } from '../support/browsers.mjs';
import { Page } from '../support/page.mjs';
import { pulledLine } from '../support/pulled.mjs';
import { importRooms, roomToken, startBox } from '../support/rooms.mjs';
import { build, newState, startRostrum } from '../support/rostrum.mjs';
import { sleep, until } from '../support/wait.mjs';

const LIMIT = { timeout: 180_000 };
const MEETING = 'late';
const ROOM = 'room-1';
const SPOKEN_MS = Number(process.env.PULLED_MS ?? 3000); // at least, while it is away
const LONG = { limit: 60_000, every: 200 };
const EDGES = /(\d\d:\d\d:\d\d)–(\d\d:\d\d:\d\d)/;
let rostrum;
let line;
let box;
let leader; // a page without a browser
let technician;
let secretariat;
let archive;

async function joinPage(who, role) {
	const browser = await launchChromium(who);
	const one = new Participant(who, browser, (await browser.pages())[0]);
	await one.join(`${rostrum.link(role).split('#')[0]}#${roomToken(rostrum, who, role, MEETING)}`, '', { camera: false, microphone: false });
	return one;
}

before(async () => {
	const state = newState();
	writeFileSync(join(state, 'signaling.set'), 'archive.look_s=1\n');
	rostrum = await startRostrum({ state });
	importRooms(rostrum);
	line = await pulledLine(rostrum.base);
	leader = new Page(rostrum.base, roomToken(rostrum, 'sec-2', 'secretariat', MEETING));
	await leader.open();
	[technician, secretariat] = await Promise.all([joinPage('tech', 'technician'), joinPage('sec', 'secretariat')]);
}, LIMIT);

after(async () => {
	await Promise.all([technician, secretariat].map((one) => one?.close()));
	await archive?.close();
	leader?.close();
	box?.child.kill();
	await box?.ended;
	line?.stop();
	await rostrum?.stop();
});

const session = () => sessions(join(rostrum.state, 'archive'), MEETING).at(-1);
const sound = () => (session() ? files(session(), '.webm').filter((path) => path.includes(`/tracks/${ROOM}.`) && path.endsWith('.a.webm')) : []);
const said = (one, selector) => one.page.evaluate((what) => document.querySelector(what)?.textContent ?? '', selector);
const tile = (state) => `[data-testid="box"][data-participant="${ROOM}"] [data-testid="outage"][data-state="${state}"]`;
const away = (state) => `[data-testid="away"][data-participant="${ROOM}"][data-state="${state}"]`;
const problems = async () => (await rostrum.http('GET', `/api/v1/meetings/${MEETING}/problems`, { token: roomToken(rostrum, 'tech', 'technician', MEETING) })).json.problems.filter(({ id, trouble }) => id === ROOM && trouble === 'undelivered');

// Waits until both say it, and gives their words.
const told = (state) => until(`both pages to say ${state}`, async () => {
	const words = [await said(technician, tile(state)), await said(secretariat, away(state))];
	return words.every(Boolean) && words;
}, LONG);

test('while the cable is out both pages say that the room is away; afterwards both edges, and that it is in the record', LIMIT, async () => {
	await leader.must('open-meeting', { override: true });
	await leader.must('take-up-recording', {});
	box = startBox({ ...rostrum, base: line.base, token: rostrum.token }, ROOM, 'room', { meeting: MEETING, microphones: [{ input: 'gen:chirp' }], 'keep.directory': join(rostrum.state, 'kept') });
	await until('the room to be recorded', () => sound().some((path) => ledger(path).length >= 3), LONG);
	await until('its line', async () => (await technician.page.$(`[data-testid="station"][data-participant="${ROOM}"]`)) !== null, LONG);
	await technician.page.$eval(`[data-testid="station"][data-participant="${ROOM}"]`, (row) => row.click());
	assert.deepEqual(await problems(), []);
	line.pull();
	const lost = await told('lost');
	assert.match(lost[0], /since \d\d:\d\d:\d\d/);
	assert.match(lost[1], /away since \d\d:\d\d:\d\d/);
	await until('it to be a current problem', async () => (await problems()).some(({ severity }) => severity === 'warning'));
	await until('it to stand on top', async () => (await technician.page.$(`[data-testid="station"][data-participant="${ROOM}"]:not([data-severity="none"])`)) !== null);
	await sleep(SPOKEN_MS);
	line.plug();
	const [first, second] = await told('delivered');
	assert.match(first, EDGES);
	assert.match(first, /Delivered \d\d:\d\d:\d\d/);
	assert.match(second, /in the record/);
	assert.deepEqual(EDGES.exec(first).slice(1), EDGES.exec(second).slice(1));
	await until('the edges in detail', async () => EDGES.test(await said(technician, '[data-testid="detail"] [data-testid="outage"]')));
	await until('the band in the plots', async () => (await technician.page.$$('[data-testid="detail"] [data-testid="plot"] [data-testid="outage-band"]')).length > 0, LONG);
	await until('it to be no problem any more', async () => (await problems()).length === 0);
	const edges = events(session()).filter(({ type }) => type === 'outage').map(({ payload }) => payload);
	assert.equal(edges.length, 1);
	assert.ok(edges[0].to_ms - edges[0].from_ms >= SPOKEN_MS, JSON.stringify(edges));
	await secretariat.click('away-seen');
	await until('it to be put away', async () => (await secretariat.page.$('[data-testid="away"]')) === null);
	assert.deepEqual([...technician.errors, ...secretariat.errors], []);
});

test('the archive’s page marks it from edge to edge', LIMIT, async () => {
	await leader.must('close-meeting', {});
	await until('the session to be sealed', () => readdirSync(session()).includes('tagmanifest-sha512.txt'), LONG);
	const index = JSON.parse(readFileSync(join(session(), 'data/record/index.json'), 'utf8'));
	const [{ payload }] = events(session()).filter(({ type }) => type === 'outage');
	assert.deepEqual(index.delivered.map(({ participant, from_ms, to_ms }) => [participant, from_ms, to_ms]), [[ROOM, payload.from_ms, payload.to_ms]]);
	assert.match(readFileSync(join(session(), 'data/record/debate.xml'), 'utf8'), /class="delivered"/);
	// Its files are there, and begin when they say.
	for (const { file, from_ms } of index.delivered[0].sound) assert.equal(ledger(join(session(), 'data', file))[0].t0, from_ms);
	archive = await launchChromium('chair');
	const page = (await archive.pages())[0];
	await until('the recording to be known', async () => {
		await page.goto('about:blank');
		await page.goto(`${rostrum.base}/archive?s=${index.session}&t=${(payload.from_ms + payload.to_ms) / 2000}#${roomToken(rostrum, 'sec', 'secretariat', MEETING)}`);
		return page.waitForSelector('[data-testid="delivered-band"]', { timeout: 2000 }).catch(() => null);
	}, LONG);
	assert.match(await page.waitForSelector(`[data-testid="delivered"][data-participant="${ROOM}"]`).then((one) => one.evaluate((element) => element.textContent)), /Delivered afterwards/);
});

test('what was delivered is proven as all else is: an octet changed in it is found, and a part across both edges has both files', LIMIT, () => {
	const late = sound().filter((path) => ledger(path).some(({ delivered }) => delivered));
	assert.equal(late.length, 1);
	assert.deepEqual(verify(session()).problems, []);
	const copy = join(rostrum.state, 'altered');
	cpSync(session(), copy, { recursive: true });
	for (const name of [late[0], late[0].replace(/webm$/, 'idx.jsonl')]) {
		const path = join(copy, name.slice(session().length));
		const { size } = statSync(path);
		for (const at of [17, Math.floor(size / 2), size - 9]) {
			flip(path, at);
			const { status, problems: found } = verify(copy);
			assert.equal(status, 1, `${path} at ${at}`);
			assert.ok(JSON.stringify(found).includes(`tracks/${late[0].split('/').at(-1).replace('.webm', '')}`), JSON.stringify(found));
			flip(path, at);
		}
	}
	assert.equal(verify(copy).status, 0);
	const [{ payload }] = events(session()).filter(({ type }) => type === 'outage');
	const part = join(rostrum.state, 'part');
	const ran = (...args) => spawnSync(join(build, 'tools/rostrumctl/rostrumctl'), ['archive', ...args], { encoding: 'utf8' });
	const cut = ran('proof', session(), '--track', ROOM, '--from', String(Math.max(0, payload.from_ms - 2000)), '--to', String(payload.to_ms + 1000), '--out', part);
	assert.equal(cut.status, 0, cut.stderr);
	const proof = JSON.parse(readFileSync(join(part, 'proof.json'), 'utf8'));
	assert.deepEqual(verify(part).problems, []);
	assert.ok(proof.files.some(({ file }) => late[0].endsWith(`${file}.webm`)) && proof.files.length >= 2, JSON.stringify(proof.files.map(({ file }) => file)));
});
