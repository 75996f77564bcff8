// Many pages in one process, as cheap as can be: sockets that speak just enough of RFC 6455 to join a meeting, count what they
// are told, and say when each event reached the last of them. A child of run.mjs, which speaks to it by messages:
//   { tokens, port, changes, perSecond } → { joined } open one page a token, say hello, wait for every welcome
//   { report: from }            → { events, closed }  of each event from number `from`: how many heard it, and when (ns)
//   { captions: language }                           each asks for the captions of this language
//   { typed: true }             → [[text, times]]    of what was told of captions being typed: when each page heard it (ns)
//   { lines: true }                                  each says every five seconds, as pages do, how its line is, and it changes
//   { slow: n }                                       the first n read one piece a second from now on
import { connect } from 'node:net';
import { randomBytes } from 'node:crypto';

const UPGRADE = (port) => `GET /ws HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n`
	+ `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: rostrum.v1\r\n\r\n`;
const EVENT = '{"type":"event","event":';
const LINE_MS = 5000;
const pages = [];
const events = new Map(); // number -> arrivals, ns
const CAPTION = '{"type":"caption-live",';
const typed = new Map(); // message -> arrivals, ns

// One frame from a client; masked by nought, which RFC 6455 allows to be anything.
function frame(opcode, payload) {
	const head = payload.length < 126 ? Buffer.from([0x80 | opcode, 0x80 | payload.length]) : Buffer.from([0x80 | opcode, 0xfe, payload.length >> 8, payload.length & 255]);
	return Buffer.concat([head, Buffer.alloc(4), payload]);
}

class Page {
	constructor(port, hello) {
		this.left = null; // octets that make no whole frame yet
		this.upgraded = false;
		this.closed = 0;
		this.welcome = new Promise((resolve, reject) => {
			this.welcomed = resolve;
			this.refused = reject;
		});
		this.socket = connect(port, '127.0.0.1', () => this.socket.write(UPGRADE(port)));
		this.socket.on('error', (error) => this.refused(error));
		this.socket.on('close', () => {
			this.closed ||= 1006;
			this.refused(new Error(`closed with ${this.closed}`));
		});
		this.socket.on('data', (data) => this.take(data, hello));
	}

	take(data, hello) {
		let rest = this.left ? Buffer.concat([this.left, data]) : data;
		if (!this.upgraded) {
			const end = rest.indexOf('\r\n\r\n');
			if (end < 0) return void (this.left = rest);
			this.upgraded = true;
			rest = rest.subarray(end + 4);
			this.socket.write(frame(1, Buffer.from(JSON.stringify(hello))));
		}
		for (;;) {
			let len = rest.length > 1 ? rest[1] & 127 : 0;
			const head = len < 126 ? 2 : len === 126 ? 4 : 10;
			if (rest.length < head) break;
			if (len === 126) len = rest.readUInt16BE(2);
			else if (len === 127) len = Number(rest.readBigUInt64BE(2));
			if (rest.length < head + len) break;
			this.hear(rest[0] & 15, rest.subarray(head, head + len));
			rest = rest.subarray(head + len);
		}
		this.left = rest.length > 0 ? Buffer.from(rest) : null;
	}

	tellLines() {
		this.lines = 0;
		const some = (most) => Math.floor(Math.random() * most);
		const tell = () => this.socket.write(frame(1, Buffer.from(JSON.stringify({ type: 'tell-line', id: `line-${(this.lines += 1)}`, path: 'host-udp', rtt: 20 + some(60), jitter: some(20), concealed: some(30), decoded: 20 + some(10), dropped: some(9), available: 1500 + some(900), limit: 'none' }))));
		tell();
		setInterval(tell, LINE_MS).unref();
	}

	trickle() {
		this.slow = true;
		this.socket.on('data', () => this.socket.pause());
		setInterval(() => this.socket.resume(), 1000).unref();
	}

	hear(opcode, payload) {
		if (opcode === 9) this.socket.write(frame(10, payload));
		if (opcode === 8) this.closed = payload.length >= 2 ? payload.readUInt16BE(0) : 1005;
		if (opcode !== 1) return; // what continues a text is of no interest: its beginning says what it is
		const start = payload.latin1Slice(0, Math.min(40, payload.length));
		if (start.startsWith(EVENT)) {
			const number = parseInt(start.slice(EVENT.length), 10);
			if (!events.has(number)) events.set(number, []);
			if (!this.slow) events.get(number).push(process.hrtime.bigint());
		} else if (start.startsWith(CAPTION)) {
			const { text } = JSON.parse(payload.toString());
			if (!typed.has(text)) typed.set(text, []);
			if (!this.slow) typed.get(text).push(process.hrtime.bigint());
		} else if (start.startsWith('{"type":"welcome"')) {
			this.welcomed();
		}
	}
}

async function join({ tokens, port, changes, perSecond }) {
	const began = Date.now();
	for (let i = 0; i < tokens.length; i += 1) {
		pages.push(new Page(port, { type: 'hello', token: tokens[i], changes }));
		const early = began + (1000 * (i + 1)) / perSecond - Date.now();
		if (early > 4) await new Promise((done) => setTimeout(done, early));
	}
	await Promise.all(pages.map((page) => page.welcome));
	return { joined: pages.length };
}

function report(from) {
	const told = [...events].filter(([number]) => number >= from).map(([number, at]) => ({ number, at: at.map(String) }));
	return { events: told, closed: pages.map((page) => page.closed) };
}

process.on('message', async (order) => {
	if (order.tokens) process.send(await join(order));
	if (order.report !== undefined) process.send(report(order.report));
	if (order.captions) for (const page of pages) page.socket.write(frame(1, Buffer.from(JSON.stringify({ type: 'captions', id: 'captions', language: order.captions }))));
	if (order.typed) process.send([...typed].map(([text, at]) => [text, at.map(String)]));
	if (order.lines) pages.forEach((page, i) => setTimeout(() => page.tellLines(), (LINE_MS * i) / pages.length));
	if (order.slow) for (const page of pages.slice(0, order.slow)) page.trickle();
});
process.on('disconnect', () => process.exit());
