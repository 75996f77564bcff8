// /api/v1 as its own description has it: valid, complete, and true of the running program, for good requests and for nonsense.
import { Validator } from '@seriousme/openapi-schema-validator';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import test, { after, before } from 'node:test';
import { readDescription } from '../support/openapi.mjs';
import { join as joinMeeting } from '../support/page.mjs';
import { startRostrum } from '../support/rostrum.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 120_000 };
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
// The same requests each run; another seed by hand.
const SEED = Number(process.env.ROSTRUM_SEED ?? 20261122);
let rostrum;
let api;
let pids;

before(async () => {
	rostrum = await startRostrum();
	api = await readDescription(rostrum);
	pids = rostrum.pids;
}, LIMIT);
after(() => rostrum?.stop());

const secretariat = () => api.token('secretariat');
const bodyOf = (operation) => {
	const [type, { example }] = Object.entries(operation.requestBody?.content ?? { '': {} })[0];
	if (!type) return {};
	return { type, body: type === 'application/json' ? JSON.stringify(example ?? {}) : example ?? '' };
};

test('the description is valid OpenAPI 3.1', LIMIT, async () => {
	const validator = new Validator();
	const result = await validator.validate(structuredClone(api.description));
	assert.ok(result.valid, JSON.stringify(result.errors, null, '\t'));
	assert.equal(validator.version, '3.1');
	const names = api.operations().map(({ operation }) => operation.operationId);
	assert.equal(new Set(names).size, names.length, 'operationId is used twice');
	const again = await rostrum.http('GET', '/api/v1/openapi.json', { headers: { 'if-none-match': (await rostrum.http('GET', '/api/v1/openapi.json')).headers.get('etag') } });
	assert.equal(again.status, 304);
});

test('everything described answers as described, by its examples, for each role', LIMIT, async (t) => {
	// Deletions last, so that what they delete is there before.
	const operations = api.operations().sort((a, b) => Number(a.method === 'DELETE') - Number(b.method === 'DELETE'));
	for (const { method, path, operation } of operations) {
		await t.test(`${method} ${path}`, async () => {
			const address = api.address(path, operation);
			for (const role of operation['x-roles'] ?? ['']) {
				const token = role && api.token(role);
				if (role && !token) continue;
				const answer = await api.ask(method, address, { token, ...bodyOf(operation) });
				assert.equal(api.judge(operation, answer), '', `${role}: ${method} ${address}`);
				assert.ok(answer.status !== 401, `${role} is let through`);
			}
		});
	}
});

test('a stranger gets 401 and a role that is not named 403, wherever a token is needed', LIMIT, async () => {
	const roles = ['admin', 'secretariat', 'chair', 'delegate', 'interpreter', 'technician', 'viewer'];
	for (const { method, path, operation } of api.operations().filter((each) => each.operation['x-roles'])) {
		const address = api.address(path, operation);
		const stranger = await api.ask(method, address, bodyOf(operation));
		assert.equal(stranger.status, 401, `${method} ${address}`);
		assert.match(stranger.headers.get('www-authenticate'), /^Bearer/);
		assert.equal(api.judge(operation, stranger), '');
		const other = roles.find((role) => !operation['x-roles'].includes(role) && api.token(role));
		if (!other) continue;
		const refused = await api.ask(method, address, { token: api.token(other), ...bodyOf(operation) });
		assert.equal(refused.status, 403, `${other}: ${method} ${address}`);
		assert.equal(api.judge(operation, refused), '');
	}
});

test('methods that are not described get 405 with the others in Allow', LIMIT, async () => {
	for (const [path, methods] of Object.entries(api.description.paths)) {
		const address = api.address(path, Object.values(methods)[0]);
		for (const method of METHODS.filter((each) => !methods[each.toLowerCase()])) {
			const answer = await api.ask(method, address, { token: api.admin });
			assert.equal(answer.status, 405, `${method} ${address}`);
			assert.deepEqual(answer.headers.get('allow').split(', ').filter((each) => each !== 'HEAD').sort(), Object.keys(methods).map((each) => each.toUpperCase()).sort());
			assert.ok(api.reasons.has(answer.json.reason));
		}
	}
	assert.equal((await api.ask('GET', '/api/v1/nothing')).json.reason, 'not-found');
	assert.equal((await api.ask('GET', '/api/v2/meetings', { token: api.admin })).status, 404);
});

test('a command with an id is done once, however often it is sent', LIMIT, async () => {
	const command = (name, members) => api.ask('POST', `/api/v1/meetings/demo/commands/${name}`, { token: secretariat(), type: 'application/json', body: JSON.stringify(members) });
	await command('open-meeting', { id: 'again-0' });
	const first = await command('close-list', { id: 'again-1' });
	assert.equal(first.status, 200, first.body);
	const second = await command('close-list', { id: 'again-1' });
	assert.deepEqual(second.json, first.json);
	const refused = await command('close-list', { id: 'again-2' });
	assert.equal(refused.status, 409);
	assert.equal(refused.json.reason, 'already-so');
	assert.equal((await api.ask('GET', refused.json.type)).json.reason, 'already-so');
	await command('open-list', {});
});

test('a view is asked for again cheaply, and is another after an event', LIMIT, async () => {
	for (const [i, path] of ['', '/speakers', '/decision', '/participants'].entries()) {
		const token = secretariat();
		const head = await api.ask('HEAD', `/api/v1/meetings/demo${path}`, { token });
		assert.equal(head.status, 200);
		assert.equal(head.body, '');
		// A recorder that says how it is may change the view in between.
		const etag = await until('a view that is as it was', async () => {
			const now = (await api.ask('GET', `/api/v1/meetings/demo${path}`, { token })).headers.get('etag');
			return (await api.ask('GET', `/api/v1/meetings/demo${path}`, { token, headers: { 'if-none-match': now } })).status === 304 && now;
		});
		const changed = await api.ask('POST', '/api/v1/meetings/demo/commands/set-limit', { token, type: 'application/json', body: JSON.stringify({ seconds: 100 + i }) });
		assert.equal(changed.status, 200, changed.body);
		assert.equal((await api.ask('GET', `/api/v1/meetings/demo${path}`, { token, headers: { 'if-none-match': etag } })).status, 200);
	}
});

test('events come by number, none missing, to the end', LIMIT, async () => {
	const numbers = [];
	let after = 0;
	for (let page = 0; page < 1000 && after !== undefined; page += 1) {
		const answer = await api.ask('GET', `/api/v1/meetings/demo/events?after=${after}&limit=2`, { token: api.token('viewer') });
		numbers.push(...answer.json.events.map((event) => event.event));
		after = answer.json.next;
	}
	assert.ok(numbers.length > 5);
	assert.deepEqual(numbers, numbers.map((_, i) => i + 1));
});

// Server-sent events as a display reads them: resolves with the stream's reader.
async function follow(lastEventId) {
	const answer = await fetch(`${rostrum.base}/api/v1/meetings/demo/events`, { headers: { accept: 'text/event-stream', authorization: `Bearer ${api.token('viewer')}`, ...(lastEventId && { 'last-event-id': lastEventId }) } });
	assert.equal(answer.status, 200);
	assert.equal(answer.headers.get('content-type'), 'text/event-stream');
	const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
	const heard = [];
	let text = '';
	let comments = 0;
	(async () => {
		for (;;) {
			const { value, done } = await reader.read();
			if (done) return;
			text += value;
			const blocks = text.split('\n\n');
			text = blocks.pop();
			for (const block of blocks) {
				const fields = Object.fromEntries(block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]));
				if (block === ':') comments += 1;
				else if (fields.data) heard.push({ ...fields, data: JSON.parse(fields.data) });
			}
		}
	})().catch(() => {});
	return { heard, comments: () => comments, end: () => reader.cancel() };
}

test('a display follows the events, comes back for what it missed, and stays through a silence', { timeout: 240_000 }, async () => {
	const limit = (seconds) => api.ask('POST', '/api/v1/meetings/demo/commands/set-limit', { token: secretariat(), type: 'application/json', body: JSON.stringify({ seconds }) });
	const first = await follow();
	await until('the view', () => first.heard[0]?.event === 'view');
	assert.equal(first.heard[0].data.view.meeting.id, 'demo');
	await limit(501);
	await until('the event', () => first.heard.at(-1).data.data?.allotted === 501_000);
	const place = first.heard.at(-1).id;
	first.end();
	await limit(502);
	await limit(503);
	const second = await follow(place);
	const limits = () => second.heard.map((each) => each.data.data?.allotted).filter((allotted) => allotted !== undefined);
	await until('what was missed', () => limits().length === 2);
	assert.deepEqual(limits(), [502_000, 503_000]);
	await until('a sign of life', () => second.comments() > 1, { limit: 60_000 });
	await limit(504);
	await until('one more', () => limits().at(-1) === 504_000);
	await until('one display', async () => /^rostrum_streams 1$/m.test((await rostrum.http('GET', '/metrics')).body));
	second.end();
	// Seen by the sign of life that cannot be written any more.
	await until('none', async () => /^rostrum_streams 0$/m.test((await rostrum.http('GET', '/metrics')).body), { limit: 60_000 });
});

// --- nonsense ---

const name = fc.oneof(fc.constantFrom('demo', 'rehearsal', 'KEN', 'viewer', 'open-meeting', 'give-floor', 'propose-decision', 'x', 'not-permitted'), fc.stringMatching(/^[A-Za-z0-9_-]{1,70}$/),
	fc.constantFrom('%00', '%2e%2e', '%2f', 'é', 'a b', '..', 'x'.repeat(400)));
const value = fc.oneof(fc.nat().map(String), fc.constantFrom('', '-1', '1e9', '18446744073709551616', 'null', '0x10', '%31', '1&limit=2', 'é'), fc.string({ maxLength: 40 }).map(encodeURIComponent));
const members = fc.dictionary(fc.constantFrom('id', 'entry', 'position', 'item', 'seconds', 'participant', 'decision', 'vote', 'title', 'mode', 'majority', 'ruling', 'channel', 'yes', 'no', 'abstain', 'url', 'events', 'secret', 'type'),
	fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.integer(), fc.constantFrom('1', 'KEN', 'recorded', 'simple', 'http://127.0.0.1/', 'yes')));
const body = fc.oneof({ weight: 3, arbitrary: members.map((json) => JSON.stringify(json)) }, fc.jsonValue().map((json) => JSON.stringify(json)), fc.string({ maxLength: 200 }), fc.constantFrom('', '{', '[[[[', '{"id":"a","id":"b"}', '\0', `{"id":"${'x'.repeat(5000)}"}`, `${'['.repeat(2000)}`));
const type = fc.constantFrom('application/json', 'text/plain', '', 'application/octet-stream', 'application/json; charset=utf-8');
const header = fc.constantFrom({}, { 'if-none-match': '*' }, { 'if-none-match': '"x"' }, { 'if-match': '"y"' }, { accept: 'text/html' }, { accept: 'x/'.repeat(200) }, { 'last-event-id': 'nonsense' });

function requestOf({ path, operation }) {
	const names = [...path.matchAll(/{(\w+)}/g)].map((match) => match[1]);
	const queries = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query').map((parameter) => parameter.name);
	return fc.record({
		names: fc.tuple(...names.map(() => name)),
		query: fc.tuple(...queries.map(() => fc.option(value, { nil: undefined }))),
		body, type, header,
		role: fc.constantFrom(...(operation['x-roles'] ?? ['']), 'viewer', 'delegate', ''),
	}).map((drawn) => {
		const query = queries.flatMap((key, i) => (drawn.query[i] === undefined ? [] : [`${key}=${drawn.query[i]}`])).join('&');
		const address = api.address(path, operation, Object.fromEntries(names.map((key, i) => [key, drawn.names[i]])));
		return { ...drawn, address: query ? `${address}?${query}` : address };
	});
}

test('nonsense is refused as described, and never brings anything down', { timeout: 400_000 }, async (t) => {
	for (const each of api.operations()) {
		await t.test(`${each.method} ${each.path}`, async () => {
			await fc.assert(fc.asyncProperty(requestOf(each), async (drawn) => {
				const sent = each.method === 'GET' ? {} : { body: drawn.body, type: drawn.type };
				const answer = await api.ask(each.method, drawn.address, { token: drawn.role && api.token(drawn.role), headers: drawn.header, ...sent });
				if (answer.status === 404 || answer.status === 405) {
					// A name that is none makes another address of it.
					assert.ok(api.reasons.has(answer.json?.reason), answer.body);
					return;
				}
				// Told to go on elsewhere: dots and the like make another path of it before it is sent.
				if (new URL(drawn.address, rostrum.base).pathname !== drawn.address.split('?')[0]) return;
				assert.equal(api.judge(each.operation, answer), '', `${each.method} ${drawn.address}`);
			}), { seed: SEED, numRuns: 25, interruptAfterTimeLimit: 10_000 });
		});
	}
});

test('who asks too often is told when to come again, and harms nobody else', LIMIT, async () => {
	const page = await joinMeeting(rostrum, 'FRA');
	const token = api.token('technician');
	const ask = () => rostrum.http('GET', '/api/v1/meetings', { token });
	// Where they come so slowly that they are not too many, once more.
	const answers = [];
	await until('some to be refused', async () => {
		answers.push(...(await Promise.all(Array.from({ length: 300 }, ask))));
		return answers.some(({ status }) => status === 429);
	});
	const limited = answers.filter((answer) => answer.status === 429);
	assert.ok(answers.some((answer) => answer.status === 200));
	for (const answer of limited) {
		assert.ok(Number(answer.headers.get('retry-after')) >= 1);
		assert.equal(answer.json.reason, 'too-many');
	}
	assert.equal((await rostrum.http('GET', '/delegate')).status, 200);
	assert.equal((await rostrum.http('GET', '/healthz')).status, 200);
	assert.equal((await page.command('listen', { channel: 'floor' })).ok, true);
	assert.match((await rostrum.http('GET', '/metrics')).body, /^rostrum_http_requests_limited_total [1-9]/m);
	page.close();
});

test('after all that the same processes run, and no sanitizer spoke', LIMIT, () => {
	assert.deepEqual(rostrum.pids, pids);
	assert.deepEqual(rostrum.faults(), []);
});
