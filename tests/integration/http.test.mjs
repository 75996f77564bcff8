// What HTTP clients meet: pages and their headers, WHIP and WHEP sessions from POST to DELETE, limits, TLS, and how the server goes.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { connect } from 'node:net';
import { join as path } from 'node:path';
import test, { after, before } from 'node:test';
import WebSocket from 'ws';
import { join } from '../support/page.mjs';
import { freePort, newState, program, root, startRostrum } from '../support/rostrum.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 180_000 };
const SDP = 'application/sdp';
const FRAGMENT = 'application/trickle-ice-sdpfrag';
const offer = (name) => readFileSync(path(root, 'tests/unit/signaling/offers', `${name}.sdp`), 'utf8');
let rostrum;

before(async () => {
	rostrum = await startRostrum();
}, LIMIT);
after(() => rostrum?.stop());

// The server's whole answer to octets that no HTTP client would send.
function raw(text) {
	const { port } = new URL(rostrum.base);
	return new Promise((done) => {
		const socket = connect(Number(port), '127.0.0.1');
		let said = '';
		socket.on('data', (data) => (said += data));
		socket.on('error', () => done(said));
		socket.on('close', () => done(said));
		socket.end(text);
	});
}

test('pages come with a strict policy and are asked for again cheaply', LIMIT, async () => {
	const page = await rostrum.http('GET', '/delegate');
	assert.equal(page.status, 200);
	assert.match(page.headers.get('content-security-policy'), /default-src 'none'; script-src 'self'/);
	assert.equal(page.headers.get('x-content-type-options'), 'nosniff');
	assert.equal(page.headers.get('cache-control'), 'no-cache');
	const again = await rostrum.http('GET', '/delegate', { headers: { 'if-none-match': page.headers.get('etag') } });
	assert.equal(again.status, 304);
	assert.equal(again.body, '');
	const script = /src="(\/assets\/[^"]+\.js)"/.exec(page.body)[1];
	const asset = await rostrum.http('GET', script);
	assert.match(asset.headers.get('content-type'), /^text\/javascript/);
	assert.match(asset.headers.get('cache-control'), /immutable/);
	const head = await rostrum.http('HEAD', '/delegate');
	assert.equal(head.status, 200);
	assert.equal(Number(head.headers.get('content-length')), Buffer.byteLength(page.body));
});

test('no path leads out of the folder of pages', LIMIT, async () => {
	for (const target of ['/../token.key', '/..%2f..%2ftoken.key', '/assets/../../meetings.db', '/.git/config', '//etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/assets/']) {
		const answer = await raw(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
		assert.match(answer, /^HTTP\/1\.[01] 40[34]/, target);
	}
});

test('a WHIP session from POST to DELETE', LIMIT, async () => {
	const token = rostrum.token('KEN');
	const preflight = await rostrum.http('OPTIONS', '/whip/demo/KEN');
	assert.equal(preflight.status, 204);
	assert.equal(preflight.headers.get('access-control-allow-origin'), '*');
	assert.match(preflight.headers.get('access-control-allow-headers'), /If-Match/);

	const created = await rostrum.http('POST', '/whip/demo/KEN', { token, type: SDP, body: offer('chromium-whip') });
	assert.equal(created.status, 201, created.body);
	assert.equal(created.headers.get('content-type'), SDP);
	assert.match(created.body, /^v=0\r\n/);
	assert.match(created.body, /a=ice-lite\r\n/);
	assert.match(created.headers.get('access-control-expose-headers'), /Location/);
	const location = created.headers.get('location');
	const etag = created.headers.get('etag');
	assert.match(location, /^\/whip\/demo\/KEN\/[\w-]+$/);

	const patch = (body, headers = {}, type = FRAGMENT) => rostrum.http('PATCH', location, { token, type, body, headers });
	const candidate = 'a=mid:0\r\na=candidate:1 1 udp 1 192.0.2.1 1 typ host\r\n';
	assert.equal((await patch(candidate)).status, 428);
	assert.equal((await patch(candidate, { 'if-match': '"another"' })).status, 412);
	assert.equal((await patch(candidate, { 'if-match': etag }, 'text/plain')).status, 415);
	assert.equal((await patch('nonsense', { 'if-match': etag })).status, 400);
	assert.equal((await patch(candidate, { 'if-match': etag })).status, 204);

	const restarted = await patch('a=ice-ufrag:anew\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\n', { 'if-match': '*' });
	assert.equal(restarted.status, 200, restarted.body);
	assert.equal(restarted.headers.get('content-type'), FRAGMENT);
	assert.notEqual(restarted.headers.get('etag'), etag);
	assert.match(restarted.body, /a=ice-ufrag:\w+\r\na=ice-pwd:\w+\r\na=candidate:/);
	assert.equal((await patch(candidate, { 'if-match': etag })).status, 412);

	for (const method of ['GET', 'HEAD', 'PUT', 'POST']) {
		const answer = await rostrum.http(method, location, { token });
		assert.equal(answer.status, 405, method);
		assert.match(answer.headers.get('allow'), /PATCH/);
	}
	const remove = (with_token) => rostrum.http('DELETE', location, { token: with_token });
	assert.equal((await remove('')).status, 401);
	assert.equal((await remove(rostrum.token('FRA'))).status, 403);
	assert.equal((await remove(token)).status, 200);
	assert.equal((await remove(token)).status, 404);
});

test('a stranger is turned away whatever is sent, and only an admin may send much', LIMIT, async () => {
	const send = (size, token) => rostrum.http('POST', '/api/conferences', { token, type: 'application/json', body: 'x'.repeat(size) });
	assert.equal((await send(3 << 20, '')).status, 401);
	assert.equal((await send(3 << 20, 'no.token.atall')).status, 401);
	assert.equal((await send(10_000, rostrum.token('chair'))).status, 403);
	assert.equal((await send(100_000, rostrum.token('chair'))).status, 403);
});

test('an answer that the client would not take is not made', LIMIT, async () => {
	const ask = (headers) => rostrum.http('POST', '/whep/demo/floor', { token: rostrum.token('viewer'), type: SDP, body: offer('firefox-whep'), headers });
	assert.equal((await ask({ accept: 'text/html' })).status, 406);
	const played = await ask({ accept: 'application/sdp' });
	assert.equal(played.status, 201, played.body);
	assert.equal((played.body.match(/a=sendonly/g) ?? []).length, 2);
});

test('one badge may not take all media sessions, except for a technician in a rehearsal', LIMIT, async () => {
	const play = (meeting, token) => rostrum.http('POST', `/whep/${meeting}/floor`, { token, type: SDP, body: offer('gstreamer-whep') });
	const statuses = [];
	for (let i = 0; i < 10; i += 1) statuses.push((await play('demo', rostrum.token('FRA'))).status);
	assert.deepEqual(statuses, [201, 201, 201, 201, 201, 201, 201, 201, 429, 429]);
	for (let i = 0; i < 20; i += 1) assert.equal((await play('rehearsal', rostrum.token('technician'))).status, 201);
});

test('a WebSocket from a page of another site, or elsewhere than at /ws, is refused', LIMIT, async () => {
	const url = rostrum.base.replace('http', 'ws');
	const opens = (address, origin) => new Promise((done) => {
		const socket = new WebSocket(address, 'rostrum.v1', { origin });
		socket.on('open', () => done(true) || socket.close());
		socket.on('error', () => done(false));
	});
	assert.equal(await opens(`${url}/ws`, rostrum.base), true);
	assert.equal(await opens(`${url}/ws`, undefined), true);
	assert.equal(await opens(`${url}/ws`, 'https://elsewhere.example'), false);
	assert.equal(await opens(`${url}/delegate`, rostrum.base), false);
});

test('SIGTERM tells pages 1001; they come back to the meeting as it was', LIMIT, async () => {
	const page = await join(rostrum, 'KEN');
	const { epoch, event } = page.last;
	const before = rostrum.pids.signaling;
	process.kill(before, 'SIGTERM');
	await until('the page to be told', () => page.closed);
	assert.equal(page.closed.code, 1001);
	await until('signaling to be back', async () => rostrum.pids.signaling !== before && (await rostrum.http('GET', '/healthz')).status === 200);
	const welcome = await page.open({ resume: { epoch, event } });
	assert.equal(welcome.resumed, true);
	page.close();
	assert.deepEqual(rostrum.faults(), []);
});

test('with a certificate everything is served over TLS', LIMIT, async (t) => {
	const state = newState();
	const port = await freePort();
	const tls = (name) => path(root, 'tests/integration/tls', name);
	const child = spawn(program('signaling'), ['--config', path(root, 'conf/signaling.json'), ...[`listen=127.0.0.1:${port}`, `state.dir=${state}`,
		`control.socket=${state}/control.sock`, `rules.dir=${root}/conf/rules`, `tls.certificate=${tls('cert.pem')}`, `tls.key=${tls('key.pem')}`].flatMap((set) => ['--set', set])], { stdio: 'ignore' });
	t.after(() => child.kill());
	const ca = readFileSync(tls('cert.pem'));
	const get = () => new Promise((done, fail) => {
		request({ host: '127.0.0.1', port, path: '/healthz', ca }, (answer) => done(answer.statusCode)).on('error', fail).end();
	});
	await until('an answer over TLS', async () => (await get()) === 200);
	const socket = new WebSocket(`wss://127.0.0.1:${port}/ws`, 'rostrum.v1', { ca });
	const code = await new Promise((done, fail) => {
		socket.on('error', fail);
		socket.on('open', () => socket.send('{"type":"hello","token":"x"}'));
		socket.on('close', done);
	});
	assert.equal(code, 4001);
	const ended = new Promise((done) => child.once('exit', done));
	child.kill();
	assert.equal(await ended, 0);
});
