// What a large meeting costs signaling: many pages in one meeting, events told to all of them.
// usage: node bench/pages/run.mjs [--pages 2000] [--events 100] [--join 200] [--slow 20] [--whole] [--json]
import { execFileSync, fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cpu } from '../../support/cpu.mjs';
import { Page } from '../../support/page.mjs';
import { build, newState, startRostrum } from '../../support/rostrum.mjs';
import { mint, payloadOf } from '../../support/token.mjs';

const { values } = parseArgs({
	options: {
		pages: { type: 'string', default: '2000' },
		events: { type: 'string', default: '100' },
		join: { type: 'string', default: '200' },
		slow: { type: 'string', default: '20' },
		whole: { type: 'boolean', default: false }, // lists told whole, as to a client that does not ask for changes
		json: { type: 'boolean', default: false },
	},
});
const PAGES = Number(values.pages);
const EVENTS = Number(values.events);
const SLOW = Number(values.slow);
const DELEGATIONS = 300;
const SPEAKERS = 250;
const MOVES = 400; // more than a socket and an outbox hold
const PROCESSES = 2;
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// A hall of three hundred delegations, and everyone who sits behind their name plates.
function conference() {
	const name = (i) => `D${String(i).padStart(3, '0')}`;
	const badges = Array.from({ length: PAGES }, (_, i) => ({
		id: `${name(i % DELEGATIONS)}-${Math.floor(i / DELEGATIONS)}`, role: 'delegate', name: `Delegate ${i}`, delegation: name(i % DELEGATIONS), languages: ['en'],
	}));
	const speakers = Array.from({ length: SPEAKERS }, (_, i) => ({ id: `${name(i)}-speaker`, role: 'delegate', name: `Speaker ${i}`, delegation: name(i), languages: ['en'] }));
	return {
		id: 'large', title: 'A large meeting', rules: 'unga', languages: [{ id: 'en', name: 'English' }],
		delegations: Array.from({ length: DELEGATIONS }, (_, i) => ({ id: name(i), country: `Country ${i}` })),
		meetings: [{ id: 'large', title: 'Plenary', mode: 'floor', record: false, items: [{ id: '1', title: 'General debate' }],
			badges: [{ id: 'chair', role: 'chair', name: 'Chair', languages: ['en'] }, { id: 'secretariat', role: 'secretariat', name: 'Secretary', languages: ['en'] }, { id: 'caption-1', role: 'captioner', name: 'Captioner', languages: ['en'] }, ...badges, ...speakers] }],
	};
}

const resident = (pid) => 1024 * Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
const at = (sorted, percent) => sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))];

const state = newState();
const folder = mkdtempSync(join(tmpdir(), 'rostrum-pages-'));
process.on('exit', () => [state, folder].forEach((path) => rmSync(path, { recursive: true, force: true })));
const file = join(folder, 'large.json');
writeFileSync(file, JSON.stringify(conference()));
writeFileSync(join(state, 'signaling.set'), 'limits.sessions=4096\nlimits.connections=8192\n');
const rostrum = await startRostrum({ state });
execFileSync(join(build, 'tools/rostrumctl/rostrumctl'), ['conference', 'import', file, '--json', '--base', rostrum.base, '--state', state], { maxBuffer: 1 << 26 });

const key = readFileSync(join(state, 'token.key'), 'utf8').trim();
const like = payloadOf(rostrum.token('KEN'));
const token = (sub, role, delegation) => mint(key, { ...like, sub, role, delegation, meeting: 'large' });
const badges = conference().meetings[0].badges.slice(3);
const tokens = badges.slice(0, PAGES).map(({ id, delegation }) => token(id, 'delegate', delegation));
const port = Number(new URL(rostrum.base).port);
const pid = rostrum.pids.signaling;

const sockets = Array.from({ length: PROCESSES }, () => fork(join(dirname(fileURLToPath(import.meta.url)), 'sockets.mjs')));
const ask = (child, order) => new Promise((resolve, reject) => {
	child.once('message', resolve);
	child.once('exit', () => reject(new Error('a process of pages ended')));
	child.send(order);
});

const chair = new Page(rostrum.base, token('chair', 'chair'));
await chair.open();
await chair.must('open-meeting');
const empty = resident(pid);
const beforeJoin = { at: Date.now(), cpu: cpu(pid) };
await Promise.all(sockets.map((child, i) => ask(child, { tokens: tokens.filter((_, n) => n % PROCESSES === i), port, changes: !values.whole, perSecond: Number(values.join) / PROCESSES })));
const joined = { seconds: (Date.now() - beforeJoin.at) / 1000, cpu: cpu(pid) - beforeJoin.cpu };
await settled();
const settling = (Date.now() - beforeJoin.at) / 1000;
const full = resident(pid);

// Until everybody has been told of everybody: the server has been idle for a second.
async function settled() {
	for (let before = cpu(pid), still = 0; still < 2;) {
		await sleep(500);
		const now = cpu(pid);
		still = now - before < 0.05 ? still + 1 : 0;
		before = now;
	}
}

// One event, and how long until the last page has it; another once all have.
async function round(what, n, command) {
	const sent = new Map();
	const began = cpu(pid);
	for (let i = 0; i < n; i += 1) {
		const time = process.hrtime.bigint();
		const reply = await command(i);
		sent.set(reply.event, time);
		await sleep(100);
	}
	await sleep(1000);
	const first = Math.min(...sent.keys());
	const reports = await Promise.all(sockets.map((child) => ask(child, { report: first })));
	const arrivals = new Map();
	for (const { events } of reports) for (const { number, at: times } of events) arrivals.set(number, [...(arrivals.get(number) ?? []), ...times.map(BigInt)]);
	const last = [];
	const each = [];
	let missing = 0;
	for (const [number, time] of sent) {
		const ms = (arrivals.get(number) ?? []).map((arrival) => Number(arrival - time) / 1e6);
		missing += PAGES - slow - ms.length;
		each.push(...ms);
		last.push(Math.max(...ms));
	}
	last.sort((a, b) => a - b);
	each.sort((a, b) => a - b);
	const result = { what, events: n, missing, page_p50_ms: at(each, 50), page_p99_ms: at(each, 99), last_p50_ms: at(last, 50), last_p99_ms: at(last, 99), cpu_us_a_message: ((cpu(pid) - began) * 1e6) / (each.length || 1) };
	if (!values.json)
		console.log(`${what}: last of ${PAGES} screens after ${result.last_p50_ms.toFixed(0)} ms (median), ${result.last_p99_ms.toFixed(0)} ms (p99); any screen ${result.page_p50_ms.toFixed(0)} / ${result.page_p99_ms.toFixed(0)} ms; ${missing} not told; ${result.cpu_us_a_message.toFixed(1)} us of CPU a message`);
	return result;
}

// A captioner types, which everybody reads as it is typed: how long until the last page has it, and what it costs.
async function typing(seconds) {
	const writer = new Page(rostrum.base, token('caption-1', 'captioner'));
	await writer.open();
	for (const child of sockets) child.send({ captions: 'en' });
	await settled();
	const began = cpu(pid);
	const sent = new Map();
	for (let i = 0; i < seconds * 5; i += 1) {
		const text = `We thank the Secretariat for its report ${i}`;
		sent.set(text, process.hrtime.bigint());
		await writer.must('caption-live', { language: 'en', text });
		await sleep(200);
	}
	await sleep(1000);
	const used = cpu(pid) - began;
	const arrivals = new Map();
	for (const told of await Promise.all(sockets.map((child) => ask(child, { typed: true })))) for (const [text, at] of told) arrivals.set(text, [...(arrivals.get(text) ?? []), ...at]);
	const last = [...arrivals].filter(([text]) => sent.has(text)).map(([text, times]) => Math.max(...times.map((time) => Number(BigInt(time) - sent.get(text)) / 1e6))).sort((a, b) => a - b);
	const messages = [...arrivals.values()].reduce((sum, { length }) => sum + length, 0);
	writer.close();
	const result = { what: 'captions as they are typed', told: last.length, messages, last_p50_ms: at(last, 50), last_p99_ms: at(last, 99), cpu_percent: (100 * used) / (seconds + 1), cpu_us_a_message: (used * 1e6) / (messages || 1) };
	if (!values.json)
		console.log(`captions typed for ${seconds} s: told ${last.length} times, the last of ${PAGES} screens after ${result.last_p50_ms.toFixed(0)} ms (median), ${result.last_p99_ms.toFixed(0)} ms (p99); ${result.cpu_percent.toFixed(0)} % of a core, ${result.cpu_us_a_message.toFixed(1)} us a message`);
	return result;
}

const perPage = (full - empty) / PAGES;
if (!values.json) console.log(`${PAGES} pages joined in ${joined.seconds.toFixed(1)} s (${joined.cpu.toFixed(1)} s of CPU), all were told of all after ${settling.toFixed(1)} s; ${(perPage / 1024).toFixed(1)} KiB resident a page`);
const rounds = [await typing(20)];
// Some read too slowly from now on: they are dropped, to come back later, and nobody else notices.
const slow = Math.min(SLOW, Math.ceil(PAGES / PROCESSES));
sockets[0].send({ slow });
rounds.push(await round('a short event', EVENTS, (i) => chair.must('set-limit', { seconds: 120 + (i % 2) })));

// The secretariat inscribes one delegation after another: what everybody is told grows with the list.
const secretary = new Page(rostrum.base, token('secretariat', 'secretariat'));
await secretary.open();
const speakers = badges.slice(PAGES);
rounds.push(await round(`a list that grows to ${SPEAKERS} entries`, speakers.length, (i) => secretary.must('inscribe', { participant: speakers[i].id })));
const entries = chair.view.list.map(({ entry }) => entry);
rounds.push(await round('that list reordered', MOVES, (i) => chair.must('move-entry', { entry: entries[i % SPEAKERS], position: SPEAKERS })));
const peak = resident(pid);

const codes = (await Promise.all(sockets.map((child) => ask(child, { report: Number.MAX_SAFE_INTEGER })))).map(({ closed }) => closed);
const dropped = codes[0].slice(0, slow).filter(Boolean).length;
const lost = codes.flat().filter(Boolean).length - dropped;
if (!values.json) console.log(`${dropped} of ${slow} that read too slowly were dropped, ${lost} others; ${(peak / 1048576).toFixed(0)} MiB resident at the most`);
else console.log(JSON.stringify({ pages: PAGES, joined, settling, octets_a_page: perPage, rounds, slow, dropped, lost, peak }));
chair.close();
secretary.close();
for (const child of sockets) child.disconnect();
await rostrum.stop();
