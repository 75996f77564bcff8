// Who may come in, and who may not: refused with a reason, and nothing of theirs is forwarded.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { Page, join as joinMeeting } from '../support/page.mjs';
import { startRostrum } from '../support/rostrum.mjs';
import { mint, payloadOf } from '../support/token.mjs';

const LIMIT = { timeout: 180_000 };
const SDP = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n';
let rostrum;
let key;
let good;

before(async () => {
	rostrum = await startRostrum();
	key = readFileSync(join(rostrum.state, 'token.key'), 'utf8').trim();
	good = payloadOf(rostrum.token('KEN'));
}, LIMIT);
after(() => rostrum?.stop());

// name, token, HTTP status and reason, WebSocket close code
const bad = () => [
	['no token', '', 401, 4001],
	['no JWT', 'moreover', 401, 4001],
	['a signature of somebody else', mint('0123456789abcdef0123456789abcdef', good), 401, 4001],
	['algorithm none', `${mint(key, good, { alg: 'none' }).split('.').slice(0, 2).join('.')}.`, 401, 4001],
	['an expired token', mint(key, { ...good, iat: 1_600_000_000, exp: 1_600_003_600 }), 401, 4001],
	['another issuer', mint(key, { ...good, iss: 'elsewhere' }), 401, 4001],
	['a role that does not exist', mint(key, { ...good, role: 'emperor' }), 401, 4001],
];

test('the key signs what the server takes', LIMIT, async () => {
	const answer = await rostrum.http('GET', '/api/meetings/demo', { token: mint(key, good) });
	assert.equal(answer.status, 200);
});

test('HTTP refuses bad tokens with 401 and a reason', LIMIT, async (t) => {
	const calls = [['POST', '/whip/demo/KEN', SDP], ['POST', '/whep/demo/floor', SDP], ['GET', '/api/meetings/demo'], ['POST', '/api/meetings/demo/open'], ['GET', '/api/nodes']];
	for (const [name, token, status] of bad()) {
		await t.test(name, async () => {
			for (const [method, path, body] of calls) {
				const answer = await rostrum.http(method, path, { token, body, type: body && 'application/sdp' });
				assert.equal(answer.status, status, path);
				assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer/, path);
				assert.ok(answer.json?.reason && answer.json?.text, path);
			}
		});
	}
});

test('the WebSocket refuses bad tokens with 4001 and a reason', LIMIT, async (t) => {
	for (const [name, token, , code] of bad()) {
		await t.test(name, async () => {
			await assert.rejects(new Page(rostrum.base, token).open(), (refusal) => {
				assert.equal(refusal.code, code);
				assert.ok(refusal.error?.reason && refusal.error?.text, JSON.stringify(refusal.error));
				return true;
			});
		});
	}
});

test('a token of another meeting is refused with 403', LIMIT, async () => {
	const other = mint(key, { ...good, meeting: 'rehearsal' });
	for (const path of ['/whip/demo/KEN', '/whep/demo/floor']) {
		const answer = await rostrum.http('POST', path, { token: other, body: SDP, type: 'application/sdp' });
		assert.equal(answer.status, 403, path);
		assert.ok(answer.json.reason);
	}
	assert.equal((await rostrum.http('GET', '/api/meetings/demo', { token: other })).status, 403);
});

test('a token of a meeting that does not exist closes the WebSocket with 4004', LIMIT, async () => {
	await assert.rejects(new Page(rostrum.base, mint(key, { ...good, meeting: 'nowhere' })).open(), { code: 4004 });
});

test('a role that may not is refused with 403', LIMIT, async () => {
	const asks = [
		['POST', '/whip/demo/FRA', 'KEN'], // another's source
		['POST', '/whip/demo/KEN', 'viewer'],
		['POST', '/api/meetings/demo/open', 'KEN'],
		['POST', '/api/meetings/demo/close', 'viewer'],
		['GET', '/api/nodes', 'KEN'],
		['POST', '/api/conferences', 'chair'],
	];
	for (const [method, path, who] of asks) {
		const body = method === 'POST' ? (path.startsWith('/whip') ? SDP : '{}') : undefined;
		const answer = await rostrum.http(method, path, { token: rostrum.token(who), body, type: path.startsWith('/whip') ? 'application/sdp' : 'application/json' });
		assert.equal(answer.status, 403, `${path} as ${who}: ${answer.body}`);
		assert.ok(answer.json.reason);
	}
});

test('a command that a role may not give is refused, and changes nothing', LIMIT, async () => {
	const viewer = await joinMeeting(rostrum, 'viewer');
	const delegate = await joinMeeting(rostrum, 'KEN');
	const before = (await rostrum.view()).meeting;
	for (const [page, type, members] of [[viewer, 'open-meeting'], [viewer, 'ask-for-floor'], [delegate, 'give-floor', { participant: 'KEN' }],
		[delegate, 'open-microphone'], [delegate, 'go-live', { channel: 'fr' }], [delegate, 'stop-recording']]) {
		const reply = await page.command(type, members);
		assert.equal(reply.ok, false, type);
		assert.equal(reply.reason, 'not-permitted', type);
		assert.ok(reply.text);
	}
	assert.deepEqual((await rostrum.view()).meeting, before);
	viewer.close();
	delegate.close();
});
