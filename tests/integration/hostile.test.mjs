// Malformed, oversized and unknown input from the network: counted, answered where there is someone to answer, never a crash.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import WebSocket from 'ws';
import { Page, join as joinMeeting } from '../support/page.mjs';
import { startRostrum } from '../support/rostrum.mjs';
import { sleep, until } from '../support/wait.mjs';

const LIMIT = { timeout: 180_000 };
let rostrum;
let pids;

before(async () => {
	rostrum = await startRostrum();
	pids = rostrum.pids;
}, LIMIT);
after(async () => {
	await rostrum?.stop();
});

const counters = async () => (await rostrum.nodes()).nodes.find((node) => node.kind === 'sfu')?.counters ?? {};
// Where the SFU listens on 127.0.0.1, from the kernel's list of its sockets.
function mediaAddress() {
	const folder = `/proc/${rostrum.pids.sfu}/fd`;
	const sockets = readdirSync(folder).map((fd) => /^socket:\[(\d+)\]$/.exec(readlinkSync(join(folder, fd)))?.[1]);
	const lines = readFileSync('/proc/net/udp', 'utf8').split('\n').slice(1).map((line) => line.trim().split(/\s+/));
	const [, local] = lines.find((line) => sockets.includes(line[9]) && line[1].startsWith('0100007F:'));
	const unread = () => readFileSync('/proc/net/udp', 'utf8').split('\n').map((line) => line.trim().split(/\s+/)).find((line) => line[1] === local)[4] !== '00000000:00000000';
	return { host: '127.0.0.1', port: parseInt(local.split(':')[1], 16), unread };
}

function sendDatagrams(host, port, datagrams) {
	const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
	return Promise.all(datagrams.map((data) => new Promise((done) => socket.send(data, port, host, done)))).then(() => socket.close());
}

// The same "random" octets each run.
function noise(seed, length) {
	const data = Buffer.alloc(length);
	let x = seed * 2654435761 + 1;
	for (let i = 0; i < length; i += 1) {
		x ^= x << 13;
		x ^= x >>> 17;
		x ^= x << 5;
		data[i] = x;
	}
	return data;
}

const stun = (type, length, body = Buffer.alloc(0)) => {
	const head = Buffer.alloc(20);
	head.writeUInt16BE(type, 0);
	head.writeUInt16BE(length, 2);
	head.writeUInt32BE(0x2112a442, 4);
	noise(7, 12).copy(head, 8);
	return Buffer.concat([head, body]);
};

test('garbage on the media port is counted and dropped', LIMIT, async () => {
	const { host, port, unread } = mediaAddress();
	const before = await counters();
	const datagrams = [Buffer.alloc(0), Buffer.from([0]), Buffer.alloc(1500, 0xff), stun(1, 0), stun(1, 400), stun(1, 8, noise(3, 8)), stun(0x101, 4, Buffer.from([0x80, 0x28, 0xff, 0xff]))];
	for (let first = 0; first < 256; first += 1) datagrams.push(Buffer.concat([Buffer.from([first]), noise(first, first * 5)]));
	for (let seed = 1; seed < 100; seed += 1) {
		datagrams.push(Buffer.concat([Buffer.from([22, 254, 253, 0, 0, 0, 0, 0, 0, 0, seed]), noise(seed, seed * 9)])); // DTLS handshake record
		datagrams.push(Buffer.concat([Buffer.from([0x80 | (seed & 0x1f), 96 + (seed % 32)]), noise(seed, 12 + seed)])); // RTP
		datagrams.push(Buffer.concat([Buffer.from([0x80 | (seed & 0x1f), 200 + (seed % 7)]), noise(seed, 2 + seed)])); // RTCP
	}
	// No more at a time than a socket holds whose program has no time to read it.
	while (datagrams.length > 0) {
		await sendDatagrams(host, port, datagrams.splice(0, 50));
		await until('them to be read', () => !unread(), { every: 5 });
	}
	const sum = (all) => Object.values(all).reduce((total, value) => total + value, 0);
	await until('the counters to grow', async () => sum(await counters()) > sum(before) + 300);
	assert.deepEqual(rostrum.pids, pids);
});

test('the WebSocket answers what it does not understand and closes', LIMIT, async (t) => {
	const cases = {
		'no JSON': 'floor, please',
		'JSON that is no object': '[1,2]',
		'JSON cut short': '{"type":"hello"',
		'an unknown type': '{"type":"dance","id":"x"}',
		'a hello without token': '{"type":"hello"}',
		'a token that is no text': '{"type":"hello","token":{"a":1}}',
		'deeply nested JSON': '['.repeat(4000),
		'a lone surrogate': '{"type":"hello","token":"\\ud800"}',
		'a NUL in a token': '{"type":"hello","token":"a\\u0000b"}',
	};
	for (const [name, text] of Object.entries(cases)) {
		await t.test(`before joining: ${name}`, async () => {
			const socket = new WebSocket(`${rostrum.base.replace('http', 'ws')}/ws`, 'rostrum.v1');
			let error = null;
			const code = await new Promise((done, fail) => {
				socket.on('open', () => socket.send(text));
				socket.on('message', (data) => (error = JSON.parse(data)));
				socket.on('error', fail);
				socket.on('close', done);
			});
			assert.ok([4000, 4001].includes(code), `closed with ${code}`);
			assert.ok(error?.reason && error?.text, JSON.stringify(error));
		});
	}
});

test('a joined page is told what is wrong with its commands', LIMIT, async () => {
	const page = await joinMeeting(rostrum, 'KEN');
	for (const [type, members] of [['give-floor', { entry: 'first' }], ['move-entry', { entry: -1, position: 1e99 }], ['listen', { channel: 7 }], ['offer', { sdp: 'v=0\r\nm=nonsense\r\n', instance: 'x' }],
		['offer', { sdp: 'm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n'.repeat(500), instance: page.view.media?.instance }], ['listen', { channel: 'x'.repeat(3000) }]]) {
		const reply = await page.command(type, members);
		assert.equal(reply.ok, false, type);
		assert.ok(reply.reason && reply.text, JSON.stringify(reply));
	}
	page.close();
});

test('an oversized message closes the socket with a reason', LIMIT, async () => {
	const page = await joinMeeting(rostrum, 'FRA');
	page.socket.send(JSON.stringify({ type: 'listen', id: 'big', channel: 'x'.repeat(200_000) }));
	await until('the close', () => page.closed);
	assert.ok([4000, 1009].includes(page.closed.code), `closed with ${page.closed.code}`);
});

test('a flood of commands closes that one page only', LIMIT, async () => {
	const flood = await joinMeeting(rostrum, 'KEN');
	const other = await joinMeeting(rostrum, 'FRA');
	for (let i = 0; i < 5000 && !flood.closed; i += 1) flood.socket.send(JSON.stringify({ type: 'ask-for-floor', id: `f${i}` }));
	await until('the flood to be stopped', () => flood.closed?.code === 4008, { limit: 60_000 });
	assert.equal((await other.command('ask-for-floor')).type, 'reply');
	other.close();
});

test('binary frames, a wrong subprotocol and half a handshake do no harm', LIMIT, async () => {
	const binary = new WebSocket(`${rostrum.base.replace('http', 'ws')}/ws`, 'rostrum.v1');
	binary.on('error', () => {});
	binary.on('open', () => binary.send(noise(5, 3000)));
	await new Promise((done) => binary.on('close', done));
	const wrong = new WebSocket(`${rostrum.base.replace('http', 'ws')}/ws`, 'elsewhere.v9');
	await new Promise((done) => {
		wrong.on('error', done);
		wrong.on('close', done);
	});
	const { port } = new URL(rostrum.base);
	for (const text of ['GET /ws HTTP/1.1\r\nUpgrade: websocket\r\n', 'POST /whip/demo/KEN HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\n\r\n`, '\x16\x03\x01\x02\x00\x01']) {
		const socket = connect(Number(port), '127.0.0.1');
		socket.on('error', () => {});
		socket.write(text);
		await sleep(100);
		socket.destroy();
	}
	assert.equal((await rostrum.http('GET', '/healthz')).status, 200);
});

test('WHIP and WHEP answer malformed offers and wrong methods as their RFCs say', LIMIT, async () => {
	const token = rostrum.token('KEN');
	const post = (body, type = 'application/sdp', path = '/whip/demo/KEN') => rostrum.http('POST', path, { token, body, type });
	for (const body of ['', 'v=0', 'hello', 'v=0\r\n'.repeat(10_000), `v=0\r\n${'m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n'.repeat(40)}`, '\0\0\0']) {
		const answer = await post(body);
		assert.equal(answer.status, 400, `${body.slice(0, 20)}: ${answer.body}`);
		assert.ok(answer.json?.reason && answer.json?.text);
	}
	assert.equal((await post('v=0\r\n', 'text/plain')).status, 415);
	assert.equal((await post('x'.repeat(1 << 20))).status, 413);
	assert.equal((await post('v=0\r\n', 'application/sdp', '/whep/demo/nothing-like-it')).status, 404);
	for (const method of ['GET', 'HEAD', 'PUT']) {
		const answer = await rostrum.http(method, '/whip/demo/KEN', { token });
		assert.equal(answer.status, 405, method);
		assert.ok(answer.headers.get('allow'), method);
	}
	assert.equal((await rostrum.http('GET', '/nothing/here')).status, 404);
});

test('after all that the same processes run, and no sanitizer spoke', LIMIT, async () => {
	assert.deepEqual(rostrum.pids, pids);
	await new Page(rostrum.base, rostrum.token('chair')).open();
	assert.deepEqual(rostrum.faults(), []);
});
