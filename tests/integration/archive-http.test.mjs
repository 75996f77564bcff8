// The archive over HTTP: what is listed and found and by whom, files in parts, tickets, and what lies on a disk that others write to.
import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { join as enter } from '../support/page.mjs';
import { debate, writeRecording } from '../support/recordings.mjs';
import { build, newState, startRostrum } from '../support/rostrum.mjs';
import { mint } from '../support/token.mjs';
import { sleep, until } from '../support/wait.mjs';

const LIMIT = { timeout: 120_000 };
const API = '/api/v1/archive';
let rostrum;
let archive;
let admin;

const get = (path, token, headers = {}, method = 'GET') => fetch(`${rostrum.base}${path}`, { method, headers: { ...(token && { authorization: `Bearer ${token}` }), ...headers } });
// As it is written: fetch() would tidy the path up.
const raw = (path) => new Promise((answered, fail) => request(rostrum.base, { path, headers: { authorization: `Bearer ${admin}` } }, (answer) => answered(answer.resume().statusCode)).on('error', fail).end());
const json = async (path, token) => (await get(path, token)).json();
const sessions = async (query = '', token = rostrum.token('viewer')) => (await json(`${API}?${query}`, token)).meetings.map(({ session }) => session).sort();
const file = (session, path) => join(archive, `demo-${session}`, 'data', path);

before(async () => {
	const state = newState();
	archive = join(state, 'archive');
	mkdirSync(archive, { recursive: true });
	writeFileSync(join(state, 'signaling.set'), 'archive.look_s=1\n');
	const captions = { en: [{ from_ms: 1000, to_ms: 3000, text: 'We support the ocean treaty.' }], zh: [{ from_ms: 12_000, to_ms: 14_000, text: '我们支持海洋条约。' }] };
	writeRecording(archive, { session: 'open1', languages: ['floor', 'fr'], seconds: 20, captions, ...debate(20) });
	writeRecording(archive, { session: 'shut1', languages: ['floor'], seconds: 2, class: 'closed-members', title: 'Shut' });
	writeRecording(archive, { session: 'other1', languages: ['floor'], seconds: 2, class: 'private', meeting: 'elsewhere', title: 'Other' });
	rostrum = await startRostrum({ state });
	const key = readFileSync(join(rostrum.state, 'token.key'), 'utf8').trim();
	admin = mint(key, { iss: 'rostrum', sub: 'admin', role: 'admin', exp: Math.floor(Date.now() / 1000) + 3600 });
	await until('the first look through the archive', async () => (await sessions('', admin)).length === 3);
}, LIMIT);
after(async () => {
	assert.deepEqual(rostrum?.faults() ?? [], []);
	await rostrum?.stop();
});

test('recordings are listed and found by whoever may see them', LIMIT, async () => {
	assert.equal((await get(API)).status, 401);
	assert.deepEqual(await sessions(), ['open1']);
	for (const who of ['KEN', 'fr-1', 'technician']) assert.deepEqual(await sessions('', rostrum.token(who)), ['open1'], who);
	for (const who of ['secretariat', 'chair']) assert.deepEqual(await sessions('', rostrum.token(who)), ['open1', 'shut1'], who);
	assert.deepEqual(await sessions('', admin), ['open1', 'other1', 'shut1']);
	assert.deepEqual(await sessions('q=Shut'), []);
	assert.deepEqual(await sessions('q=Shut', admin), ['shut1']);
});

test('words are found wherever they stand, in the address as browsers write them', LIMIT, async () => {
	const find = (said) => json(`${API}?${new URLSearchParams(said)}`, rostrum.token('viewer'));
	const { meetings, total } = await find({ q: 'ocean treaty' });
	assert.equal(total, 1);
	assert.deepEqual(meetings[0].hits, [{ kind: 'caption', at_ms: 1000, text: 'We support the ocean treaty.', language: 'en', speech: 1 }]);
	assert.equal((await find({ q: '海洋' })).meetings[0].hits[0].at_ms, 12_000);
	assert.equal((await find({ q: 'ocean', delegation: 'KEN' })).total, 1);
	assert.equal((await find({ q: 'treaty', delegation: 'FRA' })).total, 0);
	assert.equal((await find({ speaker: 'fran', item: '3' })).meetings[0].hits[0].kind, 'speech');
	assert.equal((await find({ until: '1000' })).total, 0);
	assert.equal((await get(`${API}?from=x`, rostrum.token('viewer'))).status, 400);
	assert.equal((await get(`${API}?q=${'x'.repeat(300)}`, rostrum.token('viewer'))).status, 400);
	assert.equal((await get(`${API}?q=%22%27*%20OR%20(`, rostrum.token('viewer'))).status, 200);
});

test('a recording comes with a ticket that opens its files and nothing else', LIMIT, async () => {
	const opened = await json(`${API}/open1`, rostrum.token('viewer'));
	assert.equal(opened.recording.speeches[0].name, 'Kenya');
	assert.ok(opened.ticket_ends_ms > Date.now() + 3_600_000);
	const status = async (path) => (await get(path)).status;
	assert.equal(await status(`${API}/open1/programme/fr?ticket=${opened.ticket}`), 200);
	assert.equal(await status(`${API}/open1/captions/zh?ticket=${opened.ticket}`), 200);
	assert.equal(await status(`${API}/open1/programme/fr`), 401);
	assert.equal(await status(`${API}/open1/programme/fr?ticket=${opened.ticket.replace(/.$/, (c) => (c === '0' ? '1' : '0'))}`), 401);
	assert.equal(await status(`${API}/shut1/programme/floor?ticket=${opened.ticket}`), 401);
	assert.equal(await status(`${API}?ticket=${opened.ticket}`), 401, 'a ticket is no token');
	assert.equal(await status(`/api/v1/meetings/demo?ticket=${opened.ticket}`), 401);
	const chairs = await json(`${API}/shut1`, rostrum.token('chair'));
	assert.equal(await status(`${API}/shut1/programme/floor?ticket=${chairs.ticket}`), 200);
});

test('what is not public is not there for anybody else, by whatever address', LIMIT, async () => {
	for (const path of ['shut1', 'shut1/programme/floor', 'other1', 'nothing', 'open1/programme/ru', 'open1/captions/fr'])
		assert.equal((await get(`${API}/${path}`, rostrum.token('KEN'))).status, 404, path);
	assert.equal((await get(`${API}/other1`, rostrum.token('chair'))).status, 404);
	assert.equal((await get(`${API}/other1/programme/floor`, admin)).status, 200);
	for (const path of ['open1/programme/..%2f..%2frecord%2findex.json', '../archive/open1/programme/../../../../../etc/passwd', 'open1/programme/fr.webm', 'open1/programme/.', '%2e%2e/x', 'open1/tracks/KEN'])
		assert.equal(await raw(`${API}/${path}`), 404, path);
});

test('a file is given whole, in parts, or not at all, as the conditions ask', LIMIT, async () => {
	const token = rostrum.token('viewer');
	const path = `${API}/open1/programme/fr`;
	const whole = readFileSync(file('open1', 'channels/fr.webm'));
	const first = await get(path, token);
	assert.equal(first.status, 200);
	assert.equal(first.headers.get('content-type'), 'video/webm');
	assert.equal(first.headers.get('accept-ranges'), 'bytes');
	assert.ok(whole.equals(Buffer.from(await first.arrayBuffer())));
	const etag = first.headers.get('etag');
	assert.match(etag, /^"[\w-]+"$/);

	const part = async (range, headers = {}) => {
		const answer = await get(path, token, { range, ...headers });
		return [answer.status, answer.headers.get('content-range'), Buffer.from(await answer.arrayBuffer())];
	};
	const n = whole.length;
	for (const [range, from, to] of [['bytes=0-0', 0, 0], [`bytes=${n - 1}-`, n - 1, n - 1], ['bytes=-7', n - 7, n - 1], [`bytes=1-${n * 2}`, 1, n - 1], ['bytes=100-70000', 100, 70_000]]) {
		const [status, said, body] = await part(range);
		assert.equal(status, 206, range);
		assert.equal(said, `bytes ${from}-${to}/${n}`);
		assert.ok(body.equals(whole.subarray(from, to + 1)), range);
	}
	const [beyond, said] = await part(`bytes=${n}-`);
	assert.equal(beyond, 416);
	assert.equal(said, `bytes */${n}`);
	for (const range of ['bytes=5-4', 'bytes=0-1,4-5', 'items=0-1', 'bytes=a-b']) assert.equal((await part(range))[0], 200, range);
	assert.equal((await part('bytes=0-1', { 'if-range': etag }))[0], 206);
	assert.equal((await part('bytes=0-1', { 'if-range': '"another"' }))[0], 200);
	assert.equal((await part('bytes=0-1', { 'if-range': `W/${etag}` }))[0], 200);
	assert.equal((await part('bytes=0-1', { 'if-range': new Date().toUTCString() }))[0], 200);
	const status = async (headers, method) => (await get(path, token, headers, method)).status;
	assert.equal(await status({ 'if-none-match': etag }), 304);
	assert.equal(await status({ 'if-none-match': `"x", W/${etag}` }), 304);
	assert.equal(await status({ 'if-none-match': '*' }), 304);
	assert.equal(await status({ 'if-none-match': '"x"' }), 200);
	assert.equal(await status({ 'if-match': '"x"' }), 412);
	assert.equal(await status({ 'if-match': `W/${etag}` }), 412);
	assert.equal(await status({ 'if-match': etag }), 200);
	assert.equal(await status({ 'if-match': etag, 'if-none-match': etag }), 304);
	const head = await get(path, token, {}, 'HEAD');
	assert.equal(head.headers.get('content-length'), String(n));
	assert.equal((await head.arrayBuffer()).byteLength, 0);
	const save = await get(`${path}?save=true`, token, {}, 'HEAD');
	assert.equal(save.headers.get('content-disposition'), 'attachment; filename="demo-2026-11-20-fr.webm"');
	assert.equal((await get(`${API}/open1/captions/en`, token)).headers.get('content-type'), 'text/vtt; charset=utf-8');
});

test('links, dots and what is no file are not given out', LIMIT, async () => {
	writeFileSync(join(rostrum.state, 'secret'), 'secret');
	for (const [session, make] of [
		['link1', (path) => symlinkSync(join(rostrum.state, 'secret'), path)],
		['folder1', (path) => mkdirSync(path)],
	]) {
		writeRecording(archive, { session, languages: ['floor'], seconds: 1, picture: false });
		rmSync(file(session, 'channels/floor.webm'));
		make(file(session, 'channels/floor.webm'));
	}
	for (const [session, name] of [['dots1', 'channels/../../secret.webm'], ['hidden1', 'channels/.floor.webm'], ['away1', '/etc/passwd']]) {
		writeRecording(archive, { session, languages: [], seconds: 1 });
		const path = file(session, 'record/index.json');
		writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), languages: [{ id: 'floor', file: name }] }));
	}
	await until('the new recordings', async () => (await sessions('', admin)).includes('folder1'));
	for (const session of ['link1', 'folder1', 'dots1', 'hidden1', 'away1']) assert.equal((await get(`${API}/${session}/programme/floor`, admin)).status, 404, session);
	await until('three to be refused', async () => Number(/rostrum_archive_recordings_refused_total (\d+)/.exec(await (await get('/metrics')).text())[1]) >= 3);
});

test('who reads slowly or leaves in the middle costs nobody else anything', LIMIT, async () => {
	const path = file('open1', 'channels/floor.webm');
	const whole = readFileSync(path);
	appendFileSync(path, Buffer.alloc(48 << 20)); // more than any socket holds
	const url = new URL(rostrum.base);
	const resident = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${rostrum.pids.signaling}/status`, 'utf8'))[1]);
	const had = resident();
	const slow = Array.from({ length: 20 }, () => {
		const socket = connect(url.port, url.hostname);
		socket.on('error', () => {});
		socket.write(`GET ${API}/open1/programme/floor HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${rostrum.token('viewer')}\r\n\r\n`);
		return socket;
	});
	const readings = async () => Number(/rostrum_archive_readings (\d+)/.exec(await (await get('/metrics')).text())[1]);
	await until('twenty under way', async () => (await readings()) === 20);
	assert.equal((await get(`${API}/open1`, rostrum.token('viewer'))).status, 200);
	assert.equal(await readings(), 20, 'another is answered while they wait');
	// The files together have 960 MiB; a sanitizer keeps some of what was freed.
	assert.ok(resident() - had < 100_000, `${had} KiB, then ${resident()}`);
	for (const socket of slow) socket.destroy();
	await until('none under way', async () => (await readings()) === 0);
	writeFileSync(path, whole);
});

test('what a recorder adds, corrects or takes away is seen by the next look', LIMIT, async () => {
	writeRecording(archive, { session: 'new1', languages: ['floor'], seconds: 1, picture: false, title: 'Fresh' });
	await until('the new one', async () => (await sessions('q=Fresh')).length === 1);
	rmSync(join(archive, 'demo-new1'), { recursive: true });
	await until('it to be gone', async () => (await sessions('q=Fresh')).length === 0);
});

test('a speech is given with its proof, which needs nothing else, to whoever may see the meeting', LIMIT, async () => {
	const run = (program, ...args) => spawnSync(program, args, { encoding: 'utf8' });
	assert.equal(run(join(build, 'tests/support/make_sealed'), join(archive, 'demo-sealed'), 'public').status, 0);
	const token = rostrum.token('viewer');
	await until('the sealed session to be found', async () => (await sessions()).includes('demo-1'));
	const proof = (path, headers, as = token) => get(`${API}/${path}`, as, headers);

	const answer = await proof('demo-1/speech/1/proof?language=fr');
	assert.equal(answer.status, 200);
	assert.equal(answer.headers.get('content-type'), 'application/zip');
	assert.equal(answer.headers.get('content-disposition'), 'attachment; filename="demo-2026-11-22-speech-1-fr.zip"');
	const zip = Buffer.from(await answer.arrayBuffer());
	const place = newState();
	writeFileSync(join(place, 'one.zip'), zip);
	assert.equal(run('python3', '-m', 'zipfile', '-e', join(place, 'one.zip'), place).status, 0);
	const bundle = join(place, 'demo-2026-11-22-speech-1-fr');
	const verdict = run(join(build, 'tools/rostrumctl/rostrumctl'), 'archive', 'verify', bundle, '--key', join(bundle, 'recorder.pub'));
	assert.equal(verdict.status, 0, verdict.stdout + verdict.stderr);
	assert.equal(JSON.parse(readFileSync(join(bundle, 'proof.json'), 'utf8')).record.speech.name, 'Kenya');

	// The same wish gives the same octets, so that a download that broke off can go on.
	const again = await proof('demo-1/speech/1/proof?language=fr', { range: 'bytes=100-199', 'if-range': answer.headers.get('etag') });
	assert.equal(again.status, 206);
	assert.ok(zip.subarray(100, 200).equals(Buffer.from(await again.arrayBuffer())));
	const { ticket } = await json(`${API}/demo-1`, token);
	assert.equal((await get(`${API}/demo-1/speech/2/proof?ticket=${ticket}`, null, {}, 'HEAD')).status, 200);
	assert.equal((await get(`${API}/demo-1/speech/2/proof`)).status, 401);
	for (const [path, status, reason] of [
		['demo-1/speech/9/proof', 404, 'no-such-speech'], ['demo-1/speech/3/proof', 404, 'no-such-speech'], ['demo-1/speech/1/proof?language=es', 404, 'no-such-speech'],
		['open1/speech/1/proof', 404, 'no-such-speech'], ['shut1/speech/1/proof', 404, 'no-such-recording'], ['nothing/speech/1/proof', 404, 'no-such-recording'],
		['demo-1/speech/0/proof', 400, 'malformed'], ['demo-1/speech/x/proof', 400, 'malformed'], ['demo-1/speech/1/proof?language=..%2ffr', 400, 'malformed'],
	]) {
		const refused = await proof(path);
		assert.deepEqual([refused.status, (await refused.json()).reason], [status, reason], path);
	}
	// What is not read to its end is counted no longer than its connection lives.
	for (let i = 0; i < 12; i += 1) await (await proof('demo-1/speech/1/proof')).body.cancel();
	await until('all of them to be given back', async () => (await proof('demo-1/speech/1/proof', {})).status === 200);
});

test('what was recorded here is there soon after the meeting is closed', LIMIT, async () => {
	const chair = await enter(rostrum, 'chair');
	const KEN = await enter(rostrum, 'KEN');
	await chair.must('open-meeting');
	await chair.sees('the recording', (view) => view.recording.state === 'recording');
	await KEN.must('ask-for-floor');
	await chair.must('give-floor', { entry: await chair.sees('the entry', (view) => view.list[0]?.entry) });
	await sleep(1500);
	await chair.must('close-meeting');
	const session = await until('it in the archive', async () => (await sessions('speaker=Kenya')).find((one) => one.startsWith('demo-')), { limit: 30_000 });
	const { recording } = await json(`${API}/${session}`, rostrum.token('viewer'));
	assert.equal(recording.speeches.find(({ participant }) => participant === 'KEN').name, 'Kenya');
	assert.ok(recording.duration_ms > 1000);
	chair.close();
	KEN.close();
});
