// tools/up as its users and other tests meet it.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import test from 'node:test';
import { alive, build, newState, root, startRostrum } from '../support/rostrum.mjs';
import { join as joinMeeting } from '../support/page.mjs';
import { parseMetrics } from '../support/prometheus.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 180_000 };

test('tools/up prints one line of JSON, serves, and keeps the meeting over a restart', LIMIT, async (t) => {
	const state = newState();
	let rostrum = await startRostrum({ state });
	t.after(() => rostrum.stop());

	await t.test('the line has what the contract names', () => {
		assert.match(rostrum.line, /^\{.*\}\n$/);
		assert.equal(rostrum.meeting, 'demo');
		assert.match(rostrum.base, /^http:\/\/127\.0\.0\.1:\d+$/);
		for (const who of ['secretariat', 'chair', 'technician', 'viewer', 'room']) {
			assert.match(rostrum.tokens[who], /^[\w-]+\.[\w-]+\.[\w-]+$/, who);
			assert.ok(rostrum.links[who].startsWith(rostrum.base), `link of ${who}`);
		}
		assert.equal(Object.keys(rostrum.tokens.delegates).length, 6);
		assert.ok(rostrum.tokens.delegates.FRA && rostrum.tokens.delegates.KEN);
		assert.equal(rostrum.tokens.interpreters.fr.length, 2);
		assert.deepEqual(Object.keys(rostrum.links.delegates), Object.keys(rostrum.tokens.delegates));
		for (const name of ['sfu', 'signaling', 'recorder', 'webcast']) assert.ok(alive(rostrum.firstPids[name]), name);
		assert.deepEqual(rostrum.firstPids, rostrum.pids);
	});

	await t.test('pages, health and metrics are there', async () => {
		assert.equal((await rostrum.http('GET', '/healthz')).body.trim(), 'ok');
		const metric = (name) => rostrum.http('GET', '/metrics').then(({ body }) => parseMetrics(body).find((one) => one.name === name));
		assert.equal((await metric('rostrum_nodes')).type, 'gauge');
		await until('the media server to say its figures', async () => (await metric('rostrum_sfu_rx_datagrams_total')) !== undefined);
		assert.equal((await metric('rostrum_sfu_transit_seconds')).type, 'histogram');
		assert.deepEqual((await metric('rostrum_sfu_peers')).samples.map(({ value }) => value), [0]);
		for (const page of ['/delegate', '/podium', '/interpreter']) {
			const answer = await rostrum.http('GET', page);
			assert.equal(answer.status, 200, page);
			assert.match(answer.headers.get('content-type'), /^text\/html/, page);
		}
	});

	const chair = await joinMeeting(rostrum, 'chair');
	await chair.must('open-meeting');
	await chair.must('take-up-item', { item: '2' });
	chair.close();

	await t.test('SIGTERM ends it with status 0 and leaves no process', async () => {
		const pids = Object.values(rostrum.pids);
		assert.equal(await rostrum.stop(), 0);
		await until('the programs to be gone', () => !pids.some(alive));
		assert.deepEqual(rostrum.faults(), []);
	});

	await t.test('started again with the same state, the meeting goes on', async () => {
		rostrum = await startRostrum({ state });
		const view = await rostrum.view();
		assert.equal(view.meeting.state, 'in-session');
		assert.equal(view.agenda.current, '2');
		const page = await joinMeeting(rostrum, 'KEN');
		assert.equal(page.you.id, 'KEN');
		page.close();
	});

	await t.test('a second one on the same port says so in one line and fails', () => {
		const ran = spawnSync(join(root, 'tools/up'), ['--no-install', '--json', '--state', newState(), '--listen', rostrum.base.slice(7)],
			{ encoding: 'utf8', env: { ...process.env, ROSTRUM_BUILD: build } });
		assert.equal(ran.status, 1);
		assert.equal(ran.stdout, '');
		assert.match(ran.stderr, /in use/);
	});
});

test('for people, a join link for each role; Ctrl-C, which all programs hear too, ends it well', LIMIT, async () => {
	const child = spawn(join(root, 'tools/up'), ['--no-install', '--state', newState(), '--listen', '127.0.0.1:0'],
		{ stdio: ['ignore', 'pipe', 'pipe'], detached: true, env: { ...process.env, ROSTRUM_BUILD: build } });
	let out = '';
	let said = '';
	child.stdout.on('data', (data) => (out += data));
	child.stderr.on('data', (data) => (said += data));
	await until('the links', () => /interpreter/i.test(out) && /Ctrl-C/.test(out), { limit: 40_000 });
	for (const role of ['secretariat', 'chair', 'technician', 'viewer', 'KEN', 'FRA', 'fr', 'es']) assert.match(out, new RegExp(`\\b${role}\\b.*http://127`), role);
	process.kill(-child.pid, 'SIGINT');
	const status = await new Promise((done) => child.once('exit', (code) => done(code)));
	assert.equal(said, '');
	assert.equal(status, 0);
});
