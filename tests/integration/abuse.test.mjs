// The WebSocket and HTTP as no honest client speaks them: the connection ends, with a reason where one can be told, and nobody else notices.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import test, { after, before } from 'node:test';
import { join } from '../support/page.mjs';
import { startRostrum } from '../support/rostrum.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 180_000 };
let rostrum;
let pids;
let page;

before(async () => {
	rostrum = await startRostrum();
	pids = rostrum.pids;
	page = await join(rostrum, 'FRA');
}, LIMIT);
after(() => rostrum?.stop());

// A socket that keeps what it hears.
function open(text = '') {
	const { port } = new URL(rostrum.base);
	const socket = connect(Number(port), '127.0.0.1');
	const line = { socket, heard: Buffer.alloc(0), closed: false };
	socket.on('data', (data) => (line.heard = Buffer.concat([line.heard, data])));
	socket.on('error', () => {});
	socket.on('close', () => (line.closed = true));
	if (text) socket.write(text);
	return line;
}

async function handshake() {
	const line = open(`GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: rostrum.v1\r\n\r\n`);
	await until('the upgrade', () => line.heard.includes('\r\n\r\n'), { every: 10 });
	assert.match(line.heard.toString('latin1'), /^HTTP\/1\.1 101 /);
	line.heard = line.heard.subarray(line.heard.indexOf('\r\n\r\n') + 4);
	return line;
}

// RFC 6455 section 5.2.
function frame(first, payload, { masked = true } = {}) {
	const data = Buffer.from(payload);
	const head = data.length < 126 ? Buffer.from([first, data.length]) : data.length < 65536 ? Buffer.from([first, 126, data.length >> 8, data.length & 0xff]) : Buffer.from([first, 127, 0, 0, 0, 0, 0, data.length >> 16, (data.length >> 8) & 0xff, data.length & 0xff]);
	if (!masked) return Buffer.concat([head, data]);
	head[1] |= 0x80;
	const mask = Buffer.from([1, 2, 3, 4]);
	return Buffer.concat([head, mask, data.map((octet, i) => octet ^ mask[i % 4])]);
}

// The close code heard, 0 without one.
function codeOf({ heard }) {
	for (let at = 0; at + 2 <= heard.length;) {
		const short = heard[at + 1] & 0x7f;
		const start = at + (short === 126 ? 4 : 2);
		const length = short === 126 ? heard.readUInt16BE(at + 2) : short;
		if ((heard[at] & 0x0f) === 8) return length >= 2 ? heard.readUInt16BE(start) : 0;
		at = start + length;
	}
	return 0;
}

const unharmed = async () => {
	assert.equal((await page.command('listen', { channel: 'floor' })).ok, true);
	assert.equal(page.closed, null);
	assert.deepEqual(rostrum.pids, pids);
};
const resident = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${rostrum.pids.signaling}/status`, 'utf8'))[1]);

test('frames that RFC 6455 forbids end the connection', LIMIT, async (t) => {
	const cases = {
		'a reserved bit': frame(0xc1, 'x'),
		'a reserved opcode': frame(0x83, 'x'),
		'a reserved control opcode': frame(0x8b, 'x'),
		'a control frame in fragments': frame(0x09, 'x'),
		'a control frame of 126 octets': frame(0x89, 'x'.repeat(126)),
		'a frame that is not masked': frame(0x81, '{"type":"hello"}', { masked: false }),
		'text that is no UTF-8': frame(0x81, Buffer.from([0x7b, 0xff, 0xfe, 0x7d])),
		'a surrogate in UTF-8': frame(0x81, Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])),
		'binary': frame(0x82, 'x'),
		'a length of 2^63': Buffer.from([0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]),
		'a continuation of nothing': frame(0x80, 'x'),
	};
	for (const [name, octets] of Object.entries(cases)) {
		await t.test(name, async () => {
			const line = await handshake();
			line.socket.write(octets);
			await until('the end', () => line.closed || codeOf(line) !== 0, { limit: 30_000 });
			const code = codeOf(line);
			assert.ok([0, 1002, 1003, 1007, 1009, 4000, 4001].includes(code), `closed with ${code}`);
			line.socket.destroy();
			await unharmed();
		});
	}
});

test('a message without end is cut at its limit, with a reason', LIMIT, async () => {
	const line = await handshake();
	line.socket.write(frame(0x01, '{'));
	for (let i = 0; i < 60 && !line.closed; i += 1) line.socket.write(frame(0x00, ' '.repeat(4000)));
	await until('the code', () => codeOf(line) === 4000);
	assert.match(line.heard.toString('utf8'), /"reason":"malformed"/);
	line.socket.destroy();
	await unharmed();
});

test('a flood of pings, and of sockets that say nothing, costs nobody else anything', LIMIT, async () => {
	const start = resident();
	const flood = await handshake();
	for (let i = 0; i < 5000 && !flood.closed; i += 1) flood.socket.write(frame(0x89, 'x'.repeat(100)));
	await unharmed();
	const silent = await Promise.all(Array.from({ length: 100 }, handshake));
	await unharmed();
	await until('the silent to be told to go', () => silent.every((line) => line.closed || codeOf(line) === 4001), { limit: 30_000 });
	for (const line of [flood, ...silent]) line.socket.destroy();
	assert.ok(resident() - start < 64 * 1024, `grew by ${resident() - start} KiB`);
});

test('who sends a handshake or a body drop by drop is not waited for', { timeout: 120_000 }, async () => {
	const head = open('GET /ws HTTP/1.1\r\nHost: x\r\nX-Slow: ');
	const body = open(`POST /api/v1/meetings/demo/commands/open-meeting HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${rostrum.tokens.secretariat}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`);
	const many = Array.from({ length: 100 }, () => open('GET / HTTP/1.1\r\n'));
	const drops = setInterval(() => {
		head.socket.write('a');
		body.socket.write(' ');
	}, 500);
	await unharmed();
	assert.equal((await rostrum.http('GET', '/delegate')).status, 200);
	await until('the slow to be ended', () => head.closed && many.every((line) => line.closed), { limit: 60_000 });
	clearInterval(drops);
	body.socket.destroy();
	await unharmed();
});

test('odd HTTP is answered or ended, one by one', LIMIT, async () => {
	const get = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';
	const two = open(get + get);
	await until('both answers', () => two.heard.toString('latin1').split('HTTP/1.1 200').length === 3);
	two.socket.destroy();
	const chunked = open('POST /api/v1/conferences HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n');
	await until('411', () => /^HTTP\/1\.1 411 /.test(chunked.heard.toString('latin1')));
	assert.match(chunked.heard.toString('latin1'), /"reason":"length-required"/);
	chunked.socket.destroy();
	for (const text of [`GET / HTTP/1.1\r\nHost: ${'x'.repeat(20_000)}\r\n\r\n`, `GET / HTTP/1.1\r\n${'A: b\r\n'.repeat(4000)}\r\n`, 'GET /% HTTP/1.1\r\nHost: x\r\n\r\n', '\0\0\0\0\r\n\r\n', 'GET\r\n\r\n', 'GET / HTTP/9.9\r\n\r\n', 'POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n', 'POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx']) {
		const line = open(text);
		await until(`an end of ${text.slice(0, 20)}`, () => line.closed || line.heard.length > 0, { limit: 30_000 });
		if (line.heard.length > 0) assert.match(line.heard.toString('latin1'), /^HTTP\/1\.[01] (200|[45]\d\d) /);
		line.socket.destroy();
		await unharmed();
	}
});

test('after all that the same processes run, and no sanitizer spoke', LIMIT, async () => {
	await unharmed();
	assert.deepEqual(rostrum.faults(), []);
	page.close();
});
