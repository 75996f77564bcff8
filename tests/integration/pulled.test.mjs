// A meeting room's cable is pulled: what is said meanwhile is in the archive once, none of it missing and none of it twice, and the archive verifies.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { ledger, files, verify } from '../support/archive.mjs';
import { pulledRoom } from '../support/pulled.mjs';
import { roomToken } from '../support/rooms.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 120_000 };
const PULLED_MS = 8000;
const room = pulledRoom(LIMIT);
const { session } = room;
const sound = () => files(session(), '.idx.jsonl').filter((path) => /room-1\.\d+\.a\.idx/.test(path)).map((path) => ({ path, lines: ledger(path.replace('.idx.jsonl', '.webm')) }));

test('what was said while the cable was out is delivered, each packet once', LIMIT, async () => {
	await room.openMeeting();
	const kept = join(room.rostrum.state, 'kept');
	room.startBox({
		microphones: [{ input: 'gen:chirp' }], 'keep.directory': kept,
	});
	await until('the room is recorded', () => session() && sound().some(({ lines }) => lines.length >= 3), { limit: 60_000, every: 200 });
	await room.outage(PULLED_MS);
	assert.deepEqual(readdirSync(kept), []);
	await room.seal();
	const all = sound().flatMap(({ lines }) => lines);
	const late = all.filter(({ delivered }) => delivered);
	const first = late[0];
	const before = all.filter((one) => !one.delivered && one.ssrc === first.ssrc).at(-1);
	assert.equal(first.seq0, before.seq1 + 1);
	assert.equal(late.reduce((n, { lost }) => n + lost, 0), 0);
	// By numbers, not by how many: a machine so busy that the box itself paused has said less, and lost nothing.
	late.slice(1).forEach((one, i) => assert.equal(one.seq0, late[i].seq1 + 1, JSON.stringify([late[i], one])));
	assert.deepEqual(late.map(({ received }) => received), late.map(({ seq0, seq1 }) => seq1 - seq0 + 1));
	assert.ok(late.at(-1).t1 - first.t0 >= PULLED_MS, JSON.stringify([first, late.at(-1)]));
	const behind = all.find((one) => !one.delivered && one.t0 > first.t0);
	// The clock of one connection is told from that of the other by arrivals: on a busy machine they agree to some packets.
	assert.ok(Math.abs(behind.t0 - (late.at(-1).t1 + 20)) <= 100, `${behind.t0} follows ${late.at(-1).t1}`);
	const edges = readFileSync(join(session(), 'data/events.jsonl'), 'utf8').split('\n').filter(Boolean).map((text) => JSON.parse(text)).filter(({ type }) => type === 'outage');
	assert.equal(edges.length, 1);
	assert.ok(edges[0].payload.to_ms - edges[0].payload.from_ms >= PULLED_MS, JSON.stringify(edges[0].payload));
	const judged = verify(session());
	assert.deepEqual([judged.status, judged.problems], [0, []], JSON.stringify(judged));
});

test('parts are taken from the room alone, and as they were sent', LIMIT, async () => {
	const { rostrum } = room;
	const body = Buffer.alloc(100);
	const sha256 = createHash('sha256').update(body).digest('hex');
	const put = async (token, { path = '/api/v1/meetings/late/late/o-1/1', query = `of=1&from=1&to=2&shift=0&sha256=${sha256}`, octets = body } = {}) => {
		const { status, json } = await rostrum.http('PUT', `${path}?${query}`, { token, body: octets, type: 'application/octet-stream' });
		return `${status} ${json?.reason ?? ''}`;
	};
	const own = roomToken(rostrum, 'room-1', 'room', 'late');
	assert.match(await put(''), /^401 /);
	assert.match(await put(roomToken(rostrum, 'sec', 'secretariat', 'late')), /^403 /);
	assert.match(await put(roomToken(rostrum, 'room-1', 'room', 'rooms')), /^403 /);
	assert.equal(await put(own, { query: `of=1&from=1&to=2&shift=0&sha256=${'0'.repeat(64)}` }), '400 damaged');
	assert.equal(await put(own, { octets: Buffer.concat([body, body]) }), '400 damaged');
	assert.equal(await put(own, { query: `of=1&from=1&to=2&sha256=${sha256}` }), '400 malformed');
	assert.equal(await put(own, { query: `of=0&from=1&to=2&shift=0&sha256=${sha256}` }), '400 malformed');
	assert.match(await put(own, { octets: Buffer.alloc((128 << 10) + 1) }), /^413 /);
	assert.equal(await put(own), '409 not-recorded'); // the session was closed
	const clock = await rostrum.http('GET', '/api/v1/meetings/late/late', { token: own });
	assert.equal(clock.status, 200);
	assert.ok(Number.isInteger(clock.json.wall_us));
	assert.equal((await rostrum.http('GET', '/api/v1/meetings/late/late', { token: roomToken(rostrum, 'sec', 'secretariat', 'late') })).status, 403);
	assert.deepEqual(rostrum.faults(), []);
});
