// By what people join: a link and a PIN, guessed at, revoked while its bearer is there, issued anew; tokens for the secretariat's system.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { Page } from '../support/page.mjs';
import { root, startRostrum } from '../support/rostrum.mjs';
import { mint, payloadOf } from '../support/token.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 180_000 };
const CONFERENCE = '/api/v1/conferences/demo-conference';
let rostrum;
let admin;

before(async () => {
	rostrum = await startRostrum();
	const key = readFileSync(join(rostrum.state, 'token.key'), 'utf8').trim();
	const { iss, exp } = payloadOf(rostrum.token('KEN'));
	admin = mint(key, { iss, sub: 'admin', role: 'admin', iat: Math.floor(Date.now() / 1000), exp });
}, LIMIT);
after(() => rostrum?.stop());

const post = (path, token, body) => rostrum.http('POST', path, { token, type: 'application/json', body: JSON.stringify(body) });
const tryPin = (link, pin) => post('/api/v1/join', '', { link, pin });
async function enter(token) {
	const page = new Page(rostrum.base, token);
	await page.open();
	return page;
}
const linkOf = ({ link }) => /^http:\/\/[^/]+\/#join=(\w{16})$/.exec(link)[1];

async function issue(...badges) {
	const answer = await post(`${CONFERENCE}/credentials`, admin, { badges });
	assert.equal(answer.status, 200, answer.body);
	assert.equal(answer.headers.get('cache-control'), 'no-store');
	assert.deepEqual(answer.json.credentials.map(({ badge }) => badge), badges);
	return answer.json.credentials;
}

test('a link and its PIN open the badge, and nothing else does', LIMIT, async () => {
	const [ken] = await issue('KEN');
	const link = linkOf(ken);
	const wrong = String((Number(ken.pin) + 1) % 1_000_000).padStart(6, '0');
	const refused = await tryPin(link, wrong);
	assert.equal(refused.status, 403);
	assert.equal(refused.json.reason, 'wrong-pin');
	const nobody = await tryPin('aaaaaaaaaaaaaaaa', ken.pin);
	assert.deepEqual([nobody.status, nobody.body], [refused.status, refused.body]);
	assert.equal((await tryPin(link, 'secret')).status, 400);

	const answer = await tryPin(link, `${ken.pin.slice(0, 3)} ${ken.pin.slice(3)}`);
	assert.equal(answer.status, 200, answer.body);
	assert.equal(answer.json.page, 'delegate');
	assert.equal(answer.json.meeting, 'demo');
	assert.deepEqual(payloadOf(answer.json.token).meeting, ['demo', 'rehearsal']);
	const page = await enter(answer.json.token);
	assert.equal(page.you.id, 'KEN');
	page.close();
	assert.ok(!readFileSync(join(rostrum.state, 'meetings.db')).includes(ken.pin));
});

test('guessing is slowed down, side by side too', LIMIT, async () => {
	const [bra] = await issue('BRA');
	const link = linkOf(bra);
	const pins = Array.from({ length: 40 }, (_, i) => String((Number(bra.pin) + 1 + i) % 1_000_000).padStart(6, '0'));
	const answers = await Promise.all(pins.map((pin) => tryPin(link, pin)));
	const looked = answers.filter(({ status }) => status === 403).length;
	assert.ok(looked >= 1 && looked <= 6, `${looked} of 40 were looked at`);
	const limited = answers.filter(({ status }) => status === 429);
	assert.equal(looked + limited.length, 40);
	for (const { headers, json } of limited) {
		assert.ok(Number(headers.get('retry-after')) >= 1);
		assert.equal(json.reason, 'too-many');
	}
	// The meeting was not held up by it.
	assert.equal((await rostrum.http('GET', '/healthz')).status, 200);
	assert.match((await rostrum.http('GET', '/metrics')).body, /^rostrum_pins_limited_total [1-9]/m);
});

test('a revoked badge is out at once, and back with a new credential only', LIMIT, async () => {
	const [fra] = await issue('FRA');
	const old = (await tryPin(linkOf(fra), fra.pin)).json.token;
	const page = await enter(old);
	const answer = await rostrum.http('DELETE', `${CONFERENCE}/credentials/FRA`, { token: rostrum.token('secretariat') });
	assert.equal(answer.status, 200, answer.body);
	await until('the page is closed', () => page.closed);
	assert.equal(page.closed.code, 4001);
	assert.equal(page.closed.error.reason, 'token-revoked');
	for (const token of [old, rostrum.token('FRA')]) {
		await assert.rejects(new Page(rostrum.base, token).open(), ({ code }) => code === 4001);
		const http = await rostrum.http('GET', '/api/v1/meetings/demo', { token });
		assert.deepEqual([http.status, http.json.reason], [401, 'token-revoked']);
	}
	assert.equal((await tryPin(linkOf(fra), fra.pin)).status, 403);
	assert.equal((await post('/api/v1/meetings/demo/badges/FRA/token', admin, {})).json.reason, 'badge-revoked');

	await rostrum.kill('signaling');
	await until('it is back', async () => (await rostrum.http('GET', '/healthz').catch(() => ({}))).status === 200);
	assert.equal((await rostrum.http('GET', '/api/v1/meetings/demo', { token: old })).status, 401);

	const [again] = await issue('FRA');
	const { json } = await tryPin(linkOf(again), again.pin);
	const back = await enter(json.token);
	assert.equal(back.you.id, 'FRA');
	back.close();
	const { json: list } = await rostrum.http('GET', `${CONFERENCE}/badges`, { token: admin });
	assert.equal(list.badges.find(({ badge }) => badge === 'FRA').state, 'issued');
	assert.equal(list.badges.find(({ badge }) => badge === 'EGY').state, 'none');
});

test("the secretariat's own system gets tokens", LIMIT, async () => {
	const path = '/api/v1/meetings/demo/badges/EGY/token';
	const answer = await post(path, rostrum.token('secretariat'), { hours: 2 });
	assert.equal(answer.status, 200, answer.body);
	assert.ok(Math.abs(answer.json.expires - Date.now() / 1000 - 7200) < 60);
	assert.equal(answer.json.link, `${rostrum.base}/delegate#${answer.json.token}`);
	const page = await enter(answer.json.token);
	page.close();
	assert.equal((await post(path, rostrum.token('KEN'), {})).status, 403);
	assert.equal((await post('/api/v1/meetings/demo/badges/ATL/token', admin, {})).json.reason, 'no-such-badge');
	assert.equal((await post(path, admin, { hours: 0 })).status, 400);
});

test('the schema of conference files is served as it is published', LIMIT, async () => {
	const answer = await rostrum.http('GET', '/api/v1/schema/conference.json');
	assert.equal(answer.headers.get('content-type'), 'application/schema+json');
	assert.deepEqual(answer.json, JSON.parse(readFileSync(join(root, 'conf/schema/conference.json'), 'utf8')));
});
