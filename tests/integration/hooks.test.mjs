// Webhooks against receivers that fail, are slow, hang, redirect or are not to be reached; and across a kill -9.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { newState, startRostrum } from '../support/rostrum.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 180_000 };
const SECRET = 'a secret of the minutes office';
let rostrum;
let token;
let seconds = 60;

before(async () => {
	const state = newState();
	writeFileSync(join(state, 'signaling.set'), 'webhooks.hosts=127.0.0.1\n');
	rostrum = await startRostrum({ state });
	token = rostrum.token('secretariat');
	await command('open-meeting');
}, LIMIT);
after(() => rostrum?.stop());

const api = (method, path, body) => rostrum.http(method, `/api/v1/meetings/demo/${path}`, { token, ...(body && { type: 'application/json', body: JSON.stringify(body) }) });
const command = (name, members = {}) => api('POST', `commands/${name}`, members);
// An event of the class floor.
const happen = async () => (await command('set-limit', { seconds: (seconds += 1) })).json.event;
const put = (id, url, more = {}) => api('PUT', `webhooks/${id}`, { url, secret: SECRET, events: ['floor'], ...more });
const look = async (id) => (await api('GET', `webhooks/${id}`)).json;

// A receiver that answers as `answer(request, response, body, times)` says; keeps what came.
async function receiver(answer) {
	const heard = [];
	const server = createServer((request, response) => {
		let body = '';
		request.on('data', (data) => (body += data));
		request.on('end', () => {
			heard.push({ headers: request.headers, body, number: Number(request.headers['rostrum-event']), at: Date.now() });
			answer(request, response, body, heard.length);
		});
	});
	await new Promise((done) => server.listen(0, '127.0.0.1', done));
	server.unref();
	return { heard, url: `http://127.0.0.1:${server.address().port}/in`, close: () => (server.closeAllConnections(), server.close()) };
}
const ok = (_, response) => response.writeHead(204).end();

function verify({ headers, body, number }) {
	const [, time, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(headers['rostrum-signature']);
	assert.equal(mac, createHmac('sha256', SECRET).update(`${time}.${number}.${body}`).digest('hex'));
	assert.ok(Math.abs(Date.now() / 1000 - Number(time)) < 30);
	assert.equal(JSON.parse(body).event, number);
}

test('events come signed, in order, of the class asked for', LIMIT, async () => {
	const to = await receiver(ok);
	const made = await put('order', to.url);
	assert.equal(made.status, 200, made.body);
	assert.equal(made.json.secret, undefined);
	const numbers = [];
	for (let i = 0; i < 10; i += 1) numbers.push(await happen());
	await until('all of them', () => to.heard.length === 10);
	assert.deepEqual(to.heard.map((each) => each.number), numbers);
	for (const each of to.heard) verify(each);
	await until('to be noted', async () => (await look('order')).delivered === numbers.at(-1));
	assert.equal((await api('DELETE', 'webhooks/order')).status, 200);
	await happen();
	assert.equal((await api('GET', 'webhooks/order')).status, 404);
	assert.equal(to.heard.length, 10);
	to.close();
});

test('a receiver that fails is told the same again, and nothing else meanwhile', LIMIT, async () => {
	const to = await receiver((request, response, body, times) => response.writeHead(times <= 2 ? 500 : 200).end('x'.repeat(100_000)));
	await put('fails', to.url);
	const first = await happen();
	const second = await happen();
	await until('both', () => to.heard.length === 4);
	assert.deepEqual(to.heard.map((each) => each.number), [first, first, first, second]);
	assert.ok(to.heard[1].at - to.heard[0].at > 800 && to.heard[2].at - to.heard[1].at > 1800);
	to.heard.forEach(verify);
	assert.equal((await look('fails')).failures, 0);
	assert.match((await rostrum.http('GET', '/metrics')).body, /^rostrum_webhook_failures_total [2-9]/m);
	await api('DELETE', 'webhooks/fails');
	to.close();
});

test('one that hangs holds up nobody, and is told again after its time', LIMIT, async () => {
	const hangs = await receiver((request, response, body, times) => times > 1 && response.writeHead(200).end());
	const other = await receiver(ok);
	await put('hangs', hangs.url);
	await put('other', other.url);
	const started = Date.now();
	const number = await happen();
	const took = Date.now() - started;
	await until('the other to hear', () => other.heard.length === 1);
	await until('it to be tried again', () => hangs.heard.length === 2);
	assert.ok(other.heard[0].at < hangs.heard[1].at, 'the other waited for it');
	assert.ok(hangs.heard[1].at - started > 9_000);
	assert.ok(took < hangs.heard[1].at - started, 'commands wait for a webhook');
	assert.equal(hangs.heard[1].number, number);
	await api('DELETE', 'webhooks/hangs');
	await api('DELETE', 'webhooks/other');
	hangs.close();
	other.close();
});

test('redirects are not followed, a 410 ends it, a closed port is told', LIMIT, async () => {
	const inside = await receiver(ok);
	const redirects = await receiver((request, response) => response.writeHead(307, { location: inside.url }).end());
	const gone = await receiver((request, response) => response.writeHead(410).end());
	const closed = await receiver(ok);
	closed.close();
	await put('redirects', redirects.url);
	await put('gone', gone.url);
	await put('closed', closed.url);
	await happen();
	await until('410 to end it', async () => (await look('gone')).state === 'disabled');
	await until('the redirect to fail', async () => (await look('redirects')).failure === 'answered 307');
	await until('the closed port to fail', async () => /connect/i.test((await look('closed')).failure ?? ''));
	assert.equal(inside.heard.length, 0);
	assert.match((await rostrum.http('GET', '/metrics')).body, /^rostrum_webhooks_disabled 1$/m);
	for (const id of ['redirects', 'gone', 'closed']) await api('DELETE', `webhooks/${id}`);
	for (const each of [inside, redirects, gone]) each.close();
});

test('what is not public is not connected to, by whatever name', LIMIT, async () => {
	const to = await receiver(ok);
	const { port } = new URL(to.url);
	const urls = ['localhost', '[::1]', '[::ffff:127.0.0.1]', '127.0.0.2', '127.2', '2130706434', '0x7f.2', '0.0.0.0', '169.254.169.254'].map((host) => `http://${host}:${port}/in`);
	for (const [i, url] of urls.entries()) {
		await put('inside', url);
		await happen();
		const hook = await until(`${url} to be refused`, async () => {
			const seen = await look('inside');
			return seen.failures > 0 && seen;
		});
		assert.match(hook.failure, /not public|connect|resolve/i, `${i} ${url}`);
		await api('DELETE', 'webhooks/inside');
	}
	assert.equal(to.heard.length, 0);
	for (const url of ['file:///etc/passwd', 'gopher://127.0.0.1/', 'http://user:word@127.0.0.1/', 'ftp://127.0.0.1/', 'http://', 'nonsense']) {
		const answer = await put('bad', url);
		assert.equal(answer.status, 400, url);
		assert.equal(answer.json.reason, 'bad-url', url);
	}
	to.close();
});

test('after a kill -9 it goes on where it was, none missing', LIMIT, async () => {
	const to = await receiver((request, response) => setTimeout(() => response.writeHead(200).end(), 20));
	await put('survives', to.url);
	const numbers = [];
	for (let i = 0; i < 20; i += 1) numbers.push(await happen());
	await rostrum.kill('signaling');
	await until('signaling to be back', async () => (await rostrum.http('GET', '/healthz')).status === 200);
	numbers.push(await happen());
	await until('the last', () => to.heard.some((each) => each.number === numbers.at(-1)), { limit: 30_000 });
	assert.deepEqual([...new Set(to.heard.map((each) => each.number))], numbers);
	assert.ok(to.heard.length <= numbers.length + 2, 'only what was under way may come twice');
	await api('DELETE', 'webhooks/survives');
	to.close();
	assert.deepEqual(rostrum.faults(), []);
});
