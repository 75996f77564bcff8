// Janus behind WHIP and WHEP, for rostrum-load: a small HTTP server in front of its API. Subscribers of a VideoRoom get an
// offer from Janus where WHEP wants an answer; the two are turned into one another.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { ROOM, startJanus } from '../janus.mjs';

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
	const { session, pid, stop } = await startJanus();
	const server = serve(new Rooms(session)).listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		base: `http://127.0.0.1:${server.address().port}`,
		token: 'none',
		pid,
		stop() {
			server.close();
			server.closeAllConnections();
			return stop();
		},
	};
}
