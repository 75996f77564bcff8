// People who come and go for days leave nothing behind in the three servers: pages that join, write in the chat, are tested, asked by a technician, and leave or
// are cut off; publishers and players by WHIP and WHEP, which are recorded meanwhile. A few rounds with more streams at a time come first: what a program keeps
// for as much as it ever needed at once, as the media server its packets in pieces of 0.8 MB, it has then. After that a leak grows in every stretch of the run, and a
// pool that is widened after all in one: held against a limit is how much memory grows in the median stretch.
// ROUNDS=600 takes longer, by `node --test` alone.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { Page } from '../support/page.mjs';
import { importConference, roomToken } from '../support/rooms.mjs';
import { build, newState, startRostrum } from '../support/rostrum.mjs';
import { until } from '../support/wait.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 110);
const PAGES = 30; // at a time
const TURNS = 3; // of other people, a round
const PUBLISHERS = 4;
const PLAYERS = 3; // of each
const WARMING = { rounds: 5, publishers: 3 * PUBLISHERS };
const STRETCHES = 6; // of the last two thirds
const PROGRAMS = ['signaling', 'sfu', 'recorder'];
const COMINGS = PAGES * TURNS + PUBLISHERS * (1 + PLAYERS); // a round
// Less than anything that is kept of everybody who came; more than what a heap grows by that is cut up anew.
const GROWTH_MOST = 100; // octets for each coming
const LIMIT = { timeout: (WARMING.rounds + ROUNDS) * 30_000 };
// What the C library keeps of freed blocks would count as in use.
const HEAP = { GLIBC_TUNABLES: 'glibc.malloc.tcache_count=0:glibc.malloc.arena_max=1:glibc.malloc.trim_threshold=65536:glibc.malloc.mmap_threshold=131072' };

const badge = (id, role, more = {}) => ({ id, role, name: id, languages: ['en'], ...more });
const names = Array.from({ length: PAGES * TURNS }, (_, i) => `D${i}`);
const conference = {
	id: 'comings', title: 'Comings and goings', rules: 'unga', languages: [{ id: 'en', name: 'English' }],
	delegations: names.map((id) => ({ id, country: id, language: 'en' })),
	meetings: [{
		id: 'comings', title: 'Comings and goings', mode: 'direct', record: true, rehearsal: true,
		badges: [badge('chair', 'chair'), badge('secretariat', 'secretariat'), badge('technician', 'technician'), ...names.map((id) => badge(id, 'delegate', { delegation: id }))],
	}],
};
const TESTED = { camera: { state: 'works', name: 'Integrated camera', height: 720, luma: 118 }, microphone: { state: 'works', name: 'Headset', level: -22, noise: -61, clipping: 0 }, speakers: 'heard', paths: { udp: 'open' } };

let rostrum;
let technician;
const tokenOf = (id, role) => roomToken(rostrum, id, role, 'comings');
const used = (pid) => Number(/^RssAnon:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);

before(async () => {
	const state = newState();
	// What is kept of the last so many, and what is written through, is full before anything is compared.
	writeFileSync(join(state, 'signaling.set'), 'limits.outbox_messages=600\n');
	writeFileSync(join(state, 'sfu.set'), 'limits.peers=128\nlimits.meetings=4\n'); // its tables are touched here and there, as names fall
	writeFileSync(join(state, 'recorder.set'), 'archive.queue_mib=16\n');
	rostrum = await startRostrum({ state, environment: HEAP });
	importConference(rostrum, conference);
	const secretariat = new Page(rostrum.base, tokenOf('secretariat', 'secretariat'));
	await secretariat.open();
	await secretariat.must('take-up-recording', {});
	secretariat.close();
	technician = new Page(rostrum.base, tokenOf('technician', 'technician'));
	await technician.open();
	await technician.must('survey', { on: true });
}, LIMIT);
after(async () => {
	technician?.close();
	await rostrum?.stop();
});

// Streams that are published, played, recorded and given back.
function stream(publishers) {
	const child = spawn(join(build, 'tools/loadgen/rostrum-load'), ['--base', rostrum.base, '--meeting', 'comings', '--publishers', String(publishers), '--players', String(PLAYERS), '--ramp', '100', '--settle', '0', '--duration', '1', '--video', '1000000'],
		{ stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ROSTRUM_TOKEN: tokenOf('technician', 'technician') } });
	let said = '';
	child.stderr.on('data', (data) => (said += data));
	return new Promise((done, fail) => child.once('exit', (code) => (code === 0 ? done() : fail(new Error(`rostrum-load: ${code} ${said}`)))));
}

async function visit(id, round) {
	const page = new Page(rostrum.base, tokenOf(id, 'delegate'));
	await page.open();
	await page.must('listen', { channel: 'floor' });
	await page.command('say', { to: 'secretariat', text: `Round ${round} of ${id}` }); // so often nobody may always
	await page.command('tell-line', { path: 'host-udp', rtt: 20 + (round % 50) }); // nor this
	return page;
}

async function tellTest(page) {
	const { status, body } = await rostrum.http('POST', '/api/v1/meetings/comings/precall', { token: page.token, body: JSON.stringify(TESTED), type: 'application/json' });
	assert.equal(status, 200, body);
}

async function ask(page, round) {
	const participant = page.you.id;
	await technician.must('tell-seat', { participant, text: `Please, in round ${round}, speak up.` });
	await until('the question', () => page.asked.length > 0);
	await page.must('answer-technician', { number: page.asked.at(-1).number, answer: 'done' });
}

async function turn(people, number) {
	const pages = await Promise.all(people.map((id) => visit(id, number)));
	for (const page of pages.slice(0, 3)) {
		await tellTest(page);
		await ask(page, number);
	}
	pages.forEach((page, i) => (i % 2 ? page.close() : page.cut()));
	await until('everybody to be gone', () => pages.every((page) => page.closed), { limit: 60_000 });
}

async function round(number, publishers = PUBLISHERS) {
	const streaming = stream(publishers);
	for (let i = 0; i < TURNS; i += 1) await turn(names.slice(i * PAGES, (i + 1) * PAGES), number);
	await streaming;
	technician.events.length = 0;
	return PROGRAMS.map((name) => used(rostrum.pids[name]));
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

test(`${ROUNDS * COMINGS} pages and streams come and go, and the servers are as large as they were`, LIMIT, async (t) => {
	const { pids } = rostrum;
	for (let i = 0; i < WARMING.rounds; i += 1) await round(i, WARMING.publishers);
	const taken = [];
	for (let i = 0; i < ROUNDS; i += 1) taken.push(await round(i));
	assert.deepEqual(rostrum.pids, pids);
	assert.deepEqual(rostrum.faults(), []);
	const length = Math.floor((ROUNDS * 2) / 3 / STRETCHES);
	const most = (GROWTH_MOST * length * COMINGS) / 1024;
	const grown = PROGRAMS.map((name, column) => {
		const stretches = Array.from({ length: STRETCHES }, (_, i) => taken.slice(ROUNDS - (STRETCHES - i) * length, ROUNDS - (STRETCHES - i - 1) * length));
		const sizes = stretches.map((stretch) => median(stretch.map((one) => one[column])));
		t.diagnostic(`measured: ${name}: ${taken[0][column]} KiB after the first round, then in stretches of ${length} rounds ${sizes.join(', ')} KiB`);
		return { name, grown: median(sizes.slice(1).map((size, i) => size - sizes[i])) };
	});
	assert.deepEqual(grown.filter((one) => one.grown > most), [], `at most ${most.toFixed()} KiB in the median of ${STRETCHES} stretches`);
});
