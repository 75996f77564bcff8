// A line that can be pulled: HTTP, WebSockets and the media's UDP of one client go through here, and while it is pulled nothing does, as with a cable.
import { createSocket } from 'node:dgram';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { sessions } from './archive.mjs';
import { Page } from './page.mjs';
import { importRooms, roomToken, startBox } from './rooms.mjs';
import { startRostrum } from './rostrum.mjs';

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

// All of Rostrum, and a room whose line to it can be pulled: { rostrum, line, session(), openMeeting(), startBox(options), stop() }. The meeting
// `late` is opened and recorded by the secretariat, whose page openMeeting() gives; `box` is what startBox() gave.
export async function pulledRoom() {
	const rostrum = await startRostrum();
	importRooms(rostrum);
	const line = await pulledLine(rostrum.base);
	let chair;
	let box;
	return {
		rostrum,
		line,
		session: () => sessions(join(rostrum.state, 'archive'), 'late').at(-1),
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
		async stop() {
			chair?.close();
			box?.child.kill();
			await box?.ended;
			line.stop();
			await rostrum.stop();
		},
	};
}
