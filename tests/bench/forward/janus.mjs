// Janus' VideoRoom behind WHIP and WHEP, for rostrum-load: Janus (Debian's package) with a configuration of its own,
// and a small HTTP server that speaks Janus' JSON API to it. Subscribers of a VideoRoom get an offer from Janus
// where WHEP wants an answer; the two are turned into one another.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../support/rostrum.mjs';
import { until } from '../../support/wait.mjs';

const ROOM = 1;
const PLUGIN = 'janus.plugin.videoroom';
const OTHER_PLUGINS = ['audiobridge', 'duktape', 'echotest', 'lua', 'nosip', 'recordplay', 'sip', 'streaming', 'textroom', 'videocall', 'voicemail'];
const OTHER_TRANSPORTS = ['mqtt', 'nanomsg', 'pfunix', 'rabbitmq', 'websockets'];

// ICE-lite, since its counterpart is, as every WHEP player, the one that controls; one event loop a core.
function writeConfiguration(folder, port) {
	writeFileSync(join(folder, 'janus.jcfg'), `
general: { debug_level = 3, event_loops = ${availableParallelism()}, session_timeout = 0 }
nat: { ice_lite = true, ice_ignore_list = "vmnet" }
media: { rtp_port_range = "20000-60000" }
plugins: { disable = "${OTHER_PLUGINS.map((name) => `libjanus_${name}.so`).join(',')}" }
transports: { disable = "${OTHER_TRANSPORTS.map((name) => `libjanus_${name}.so`).join(',')}" }
`);
	writeFileSync(join(folder, 'janus.transport.http.jcfg'), `
general: { json = "compact", base_path = "/janus", http = true, ip = "127.0.0.1", port = ${port}, https = false }
admin: { admin_http = false }
`);
	writeFileSync(join(folder, 'janus.plugin.videoroom.jcfg'), 'general: { }\n');
}

async function ask(url, body) {
	const answer = await (await fetch(url, { method: 'POST', body: JSON.stringify({ transaction: randomUUID(), ...body }) })).json();
	if (answer.janus === 'error') throw new Error(`janus: ${answer.error.reason}`);
	return answer;
}

// One session for all; what comes later comes by its long poll, told apart by transaction.
class Session {
	constructor(base, id) {
		this.url = `${base}/${id}`;
		this.waiting = new Map();
		this.open = true;
		this.polling = this.poll();
	}

	async poll() {
		while (this.open) {
			const events = await fetch(`${this.url}?maxev=100`).then((answer) => answer.json(), () => []);
			for (const event of [events].flat()) {
				this.waiting.get(event.transaction)?.(event);
				this.waiting.delete(event.transaction);
			}
		}
	}

	async attach() {
		return (await ask(this.url, { janus: 'attach', plugin: PLUGIN })).data.id;
	}

	// A request of the plugin's that is answered later; resolves with the event.
	async message(handle, body, jsep) {
		const transaction = randomUUID();
		const answered = new Promise((done) => this.waiting.set(transaction, done));
		const said = await ask(`${this.url}/${handle}`, { janus: 'message', transaction, body, ...(jsep && { jsep }) });
		const event = said.janus === 'ack' ? await answered : said;
		const error = event.plugindata?.data?.error;
		if (error) throw new Error(`janus: ${error}`);
		return event;
	}

	detach(handle) {
		return ask(`${this.url}/${handle}`, { janus: 'detach' });
	}
}

// Offered a choice Janus would begin the handshake; every WHIP client can, too.
const asClient = (offer) => offer.replaceAll('a=setup:actpass', 'a=setup:active');

const lineOf = (sdp, name) => sdp.split(/\r?\n/).find((line) => line.startsWith(`a=${name}:`));

// Janus' offer as the player's answer: it stays ICE-lite and waits for the player's handshake.
const asAnswer = (offer) => offer.replaceAll('a=setup:actpass', 'a=setup:passive');

// The player's transport in an answer to Janus' offer.
function answerOf(offer, player) {
	const kept = offer.split(/\r?\n/).filter((line) => !/^a=(candidate|end-of-candidates|ice-lite|ice-options|ssrc|ssrc-group|msid)/.test(line));
	return kept.map((line) => {
		if (line === 'a=sendonly') return 'a=recvonly';
		if (line.startsWith('a=setup:')) return 'a=setup:active';
		const name = /^a=(ice-ufrag|ice-pwd|fingerprint):/.exec(line)?.[1];
		return name ? lineOf(player, name) : line;
	}).join('\r\n');
}

class Rooms {
	constructor(session) {
		this.session = session;
		this.publishers = new Map(); // source to VideoRoom's number of it
	}

	async publish(source, offer) {
		const handle = await this.session.attach();
		const id = this.publishers.size + 1;
		const event = await this.session.message(handle, { request: 'joinandconfigure', room: ROOM, ptype: 'publisher', id }, { type: 'offer', sdp: asClient(offer) });
		this.publishers.set(source, id);
		return { handle, answer: event.jsep.sdp };
	}

	async play(source, offer) {
		const handle = await this.session.attach();
		const event = await this.session.message(handle, { request: 'join', room: ROOM, ptype: 'subscriber', streams: [{ feed: this.publishers.get(source) }] });
		await this.session.message(handle, { request: 'start' }, { type: 'answer', sdp: answerOf(event.jsep.sdp, offer) });
		return { handle, answer: asAnswer(event.jsep.sdp) };
	}
}

async function readAll(stream) {
	let text = '';
	for await (const part of stream) text += part;
	return text;
}

function serve(rooms) {
	return createServer(async (request, response) => {
		const [, kind, , name, handle] = request.url.split('/');
		try {
			if (request.method === 'DELETE') {
				await rooms.session.detach(Number(handle));
				response.writeHead(200).end();
				return;
			}
			const offer = await readAll(request);
			const made = kind === 'whip' ? await rooms.publish(name, offer) : await rooms.play(name.replace(/^source-/, ''), offer);
			response.writeHead(201, { 'content-type': 'application/sdp', location: `${request.url}/${made.handle}` }).end(made.answer);
		} catch (error) {
			response.writeHead(503).end(`${error.message}\n`);
		}
	});
}

export async function janus() {
	const folder = mkdtempSync(join(tmpdir(), 'rostrum-janus-'));
	const port = await freePort();
	const api = `http://127.0.0.1:${port}/janus`;
	writeConfiguration(folder, port);
	const child = spawn('janus', ['--configs-folder', folder], { stdio: 'ignore' });
	await once(child, 'spawn'); // rejects when there is no janus
	process.on('exit', () => child.kill('SIGKILL'));
	await until('janus to listen', () => fetch(`${api}/info`).then((answer) => answer.ok, () => false), { every: 100 });
	const session = new Session(api, (await ask(api, { janus: 'create' })).data.id);
	const rooms = new Rooms(session);
	await session.message(await session.attach(), { request: 'create', room: ROOM, publishers: 100, bitrate: 0, fir_freq: 0, audiocodec: 'opus', videocodec: 'vp8' });
	const server = serve(rooms).listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		base: `http://127.0.0.1:${server.address().port}`,
		token: 'none',
		pid: child.pid,
		async stop() {
			session.open = false;
			server.close();
			server.closeAllConnections();
			child.kill('SIGKILL'); // it takes its time to say good-bye to hundreds
			await once(child, 'exit');
			rmSync(folder, { recursive: true, force: true });
		},
	};
}
