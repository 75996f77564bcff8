// A line that can be pulled: HTTP, WebSockets and the media's UDP of one client go through here, and while it is pulled nothing does, as with a cable.
import { createSocket } from 'node:dgram';
import { readdirSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { sessions } from './archive.mjs';
import { Page } from './page.mjs';
import { importRooms, roomToken, startBox } from './rooms.mjs';
import { startRostrum } from './rostrum.mjs';
import { sleep, until } from './wait.mjs';

const CANDIDATE = /^a=candidate:.*? udp \d+ (127\.0\.0\.1) (\d+) typ host.*$/im;

// UDP to the media server's `port` and back, for one client at a time.
function relay(port, line) {
	const out = createSocket('udp4');
	const inside = createSocket('udp4');
	let client;
	inside.on('message', (data, from) => {
		client = from;
		if (!line.pulled) out.send(data, port, '127.0.0.1');
	});
	out.on('message', (data) => {
		if (client && !line.pulled) inside.send(data, client.port, client.address);
	});
	line.sockets.push(out, inside);
	return new Promise((done) => inside.bind(0, '127.0.0.1', () => done(inside.address().port)));
}

async function throughRelay(sdp, line) {
	const [, , port] = CANDIDATE.exec(sdp);
	const at = await relay(Number(port), line);
	return sdp.split('\r\n').filter((text) => !text.startsWith('a=candidate:') || CANDIDATE.test(text))
		.map((text) => text.replace(`127.0.0.1 ${port} typ`, `127.0.0.1 ${at} typ`)).join('\r\n');
}

function forward(base, line, from, answer) {
	const to = request(new URL(from.url, base), { method: from.method, headers: { ...from.headers, host: new URL(base).host } }, (got) => {
		const parts = [];
		got.on('data', (data) => parts.push(data));
		got.on('end', async () => {
			let body = Buffer.concat(parts);
			if (line.pulled) return from.socket.destroy();
			if (from.url.startsWith('/whip/') && got.statusCode === 201) body = Buffer.from(await throughRelay(body.toString(), line));
			answer.writeHead(got.statusCode, { ...got.headers, 'content-length': body.length });
			answer.end(body);
		});
	});
	to.on('error', () => from.socket.destroy());
	from.pipe(to);
}

// A WebSocket, which is cut where it stands when the cable is pulled.
function tunnel(base, line, from, socket, head) {
	if (line.pulled) return socket.destroy();
	const { hostname, port } = new URL(base);
	const to = connect(Number(port), hostname, () => {
		const headers = Object.entries(from.headers).map(([key, value]) => `${key}: ${value}\r\n`).join('');
		to.write(`GET ${from.url} HTTP/1.1\r\n${headers}\r\n`);
		to.write(head);
		to.pipe(socket).pipe(to);
	});
	for (const end of [to, socket]) {
		line.tunnels.add(end);
		end.on('error', () => end.destroy());
		end.on('close', () => { line.tunnels.delete(end); to.destroy(); socket.destroy(); });
	}
	return to;
}

// { base, pull(), plug(), stop(), requests }: `requests` are "METHOD path" of what came through.
export async function pulledLine(base) {
	const line = { pulled: false, sockets: [], tunnels: new Set(), requests: [] };
	const server = createServer((from, answer) => {
		if (line.pulled) return from.socket.destroy();
		line.requests.push(`${from.method} ${from.url}`);
		return forward(base, line, from, answer);
	});
	server.on('upgrade', (from, socket, head) => tunnel(base, line, from, socket, head));
	await new Promise((done) => server.listen(0, '127.0.0.1', done));
	return {
		base: `http://127.0.0.1:${server.address().port}`,
		requests: line.requests,
		pull: () => { line.pulled = true; for (const end of [...line.tunnels]) end.destroy(); },
		plug: () => { line.pulled = false; },
		stop() {
			for (const end of [...line.tunnels]) end.destroy();
			server.closeAllConnections();
			server.close();
			line.sockets.forEach((socket) => socket.close());
		},
	};
}

// All of Rostrum, and a room whose line to it can be pulled, from before the first test of a file until after its last. The meeting `late` is opened
// and recorded by the secretariat, whose page openMeeting() gives; session() is the directory it is recorded in.
export function pulledRoom(limits) {
	let rostrum;
	let line;
	let chair;
	let box;
	before(async () => {
		rostrum = await startRostrum();
		importRooms(rostrum);
		line = await pulledLine(rostrum.base);
	}, limits);
	after(async () => {
		chair?.close();
		box?.child.kill();
		await box?.ended;
		line?.stop();
		await rostrum?.stop();
	});
	const session = () => sessions(join(rostrum.state, 'archive'), 'late').at(-1);
	return {
		get rostrum() { return rostrum; },
		session,
		async openMeeting() {
			chair = new Page(rostrum.base, roomToken(rostrum, 'sec', 'secretariat', 'late'));
			await chair.open();
			await chair.must('open-meeting', { override: true });
			await chair.must('take-up-recording', {});
			return chair;
		},
		startBox(options) {
			box = startBox({ ...rostrum, base: line.base, token: rostrum.token }, 'room-1', 'room', { meeting: 'late', ...options });
			return box;
		},
		// Until all that was kept without a line is delivered: when that was pulled, when it was back, and when all was there, as Date.now() has it.
		async outage(ms, limit = 60_000) {
			const pulled = Date.now();
			line.pull();
			await sleep(ms); // that long is the outage
			const plugged = Date.now();
			line.plug();
			await until('what was kept is delivered', () => /an outage is delivered/.test(box.log()), { limit, every: 200 });
			return { pulled, plugged, delivered: Date.now() };
		},
		// The line is this process, which looks into files next: a box that was still there would lose it.
		async endBox() {
			box.child.kill();
			await box.ended;
		},
		async seal(limit = 60_000) {
			await chair.must('close-meeting', {});
			await until('the session is sealed', () => readdirSync(session()).includes('tagmanifest-sha512.txt'), { limit, every: 200 });
		},
	};
}
