// Chromium where UDP to the media server is not let through: by ICE-TCP, and through coturn by UDP, TCP and TLS with the
// credentials that came as Link headers and in the welcome. What is heard is told from its tone.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { browserClients } from '../support/browser_client.mjs';
import { launchChromium } from '../support/browsers.mjs';
import { freePort, newState, startRostrum } from '../support/rostrum.mjs';
import { startTurn } from '../support/turn.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 60_000 };
const HZ = 500;
let rostrum;
let turn;
let source;
let publisher;
let browser;

before(async () => {
	const state = newState();
	turn = await startTurn({ peer: '127.0.0.1' });
	writeFileSync(join(state, 'signaling.set'), `ice.turn=${turn.udp},${turn.tcp},${turn.tls}\nice.turn_secret=${turn.secret}\n`);
	writeFileSync(join(state, 'sfu.set'), `media.addresses=127.0.0.1\nmedia.port=${await freePort()}\n`);
	rostrum = await startRostrum({ state });
	source = await browserClients('chromium', rostrum);
	publisher = await source.publish('test-relay', { token: rostrum.tokens.technician, meeting: 'rehearsal', hz: HZ, colour: [230, 30, 30] });
	await publisher.connected();
	browser = await launchChromium('FRA', { flags: ['--ignore-certificate-errors'] });
}, LIMIT);
after(async () => {
	await browser?.close();
	await source?.close();
	await rostrum?.stop();
	await turn?.stop();
	rostrum?.remove();
});

// Runs in the page: a WHEP player that takes its ICE servers from the answer's Link headers before it gathers. Of the server's
// candidates it believes those that hold `keep`, at the address `instead` if there is one.
async function play(url, token, { policy, only, keep, instead }) {
	const pc = new RTCPeerConnection({ iceTransportPolicy: policy });
	const context = new AudioContext({ sampleRate: 48000 });
	const analyser = context.createAnalyser();
	analyser.fftSize = 8192;
	pc.addTransceiver('audio', { direction: 'recvonly' });
	pc.addTransceiver('video', { direction: 'recvonly' });
	pc.addEventListener('track', ({ track }) => {
		if (track.kind !== 'audio') return;
		const sink = new Audio(); // Chromium decodes what some element plays
		sink.srcObject = new MediaStream([track]);
		sink.muted = true;
		context.createMediaStreamSource(sink.srcObject).connect(analyser);
	});
	const offer = await pc.createOffer();
	const answer = await fetch(url, { method: 'POST', body: offer.sdp, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/sdp' } });
	if (answer.status !== 201) throw new Error(`${answer.status}: ${await answer.text()}`);
	const link = /<([^>]+)>; rel="ice-server"; username="([^"]+)"; credential="([^"]+)"; credential-type="password"/g;
	const iceServers = [...answer.headers.get('link').matchAll(link)].map(([, urls, username, credential]) => ({ urls, username, credential }));
	pc.setConfiguration({ iceTransportPolicy: policy, iceServers: iceServers.filter(({ urls }) => urls === only) });
	await pc.setLocalDescription(offer);
	const sdp = (await answer.text()).split('\r\n').filter((line) => !line.startsWith('a=candidate:') || line.includes(keep))
		.map((line) => (line.startsWith('a=candidate:') && instead ? line.replace(/[\d.]+ (?=\d+ typ)/, `${instead} `) : line)).join('\r\n');
	await pc.setRemoteDescription({ type: 'answer', sdp });
	window.player = { pc, analyser, context, iceServers, session: new URL(answer.headers.get('location'), url).href };
	return iceServers;
}

// The pair media goes by, once the tone is heard: { local, remote }, as in getStats().
function heard(page) {
	return until('the tone', () => page.evaluate(async (hz) => {
		const { pc, analyser, context } = window.player;
		await context.resume();
		const bins = new Float32Array(analyser.frequencyBinCount);
		analyser.getFloatFrequencyData(bins);
		const middle = Math.round((hz * analyser.fftSize) / context.sampleRate);
		if (Math.max(...bins.subarray(middle - 1, middle + 2)) < -30) return null;
		const stats = [...(await pc.getStats()).values()];
		const { selectedCandidatePairId: id } = stats.find(({ type }) => type === 'transport');
		const pair = stats.find((stat) => stat.id === id);
		const of = (key) => stats.find((stat) => stat.id === pair[key]);
		return { local: of('localCandidateId'), remote: of('remoteCandidateId') };
	}, HZ), { limit: 60_000 });
}

async function playing(how, check) {
	const page = await browser.newPage();
	try {
		await page.goto(`${rostrum.base}/`);
		const servers = await page.evaluate(play, `${rostrum.base}/whep/rehearsal/source-test-relay`, rostrum.tokens.technician, how);
		assert.deepEqual(servers.map(({ urls }) => urls), [turn.udp, turn.tcp, turn.tls]);
		check(await heard(page));
	} finally {
		await page.close();
	}
}

for (const protocol of ['udp', 'tcp', 'tls']) {
	test(`a listener hears through coturn by ${protocol}`, LIMIT, () => playing({ policy: 'relay', only: turn[protocol], keep: ' udp ' }, ({ local }) => {
		assert.equal(local.candidateType, 'relay');
		assert.equal(local.relayProtocol, protocol);
	}));
}

test('a listener hears by ICE-TCP without any relay', LIMIT, () => playing({ policy: 'all', only: '', keep: ' tcp ' }, ({ local, remote }) => {
	assert.equal(local.protocol, 'tcp');
	assert.equal(remote.protocol, 'tcp');
	assert.match(remote.candidateType, /host/);
}));

// Runs in the page: an ICE restart as RFC 9725 section 4.3.3 has it; resolves with the new user name of the server.
async function restart(url, token) {
	const { pc } = window.player;
	const field = (sdp, name) => new RegExp(`a=${name}:(\\S+)`).exec(sdp)[1];
	pc.restartIce();
	const offer = await pc.createOffer();
	const fragment = ['ice-ufrag', 'ice-pwd'].map((name) => `a=${name}:${field(offer.sdp, name)}\r\n`).join('');
	const answer = await fetch(url, { method: 'PATCH', body: fragment,
		headers: { authorization: `Bearer ${token}`, 'content-type': 'application/trickle-ice-sdpfrag', 'if-match': '*' } });
	if (answer.status !== 200) throw new Error(`${answer.status}: ${await answer.text()}`);
	const said = await answer.text();
	const sdp = ['ice-ufrag', 'ice-pwd'].reduce((text, name) => text.replace(new RegExp(`a=${name}:\\S+`, 'g'), `a=${name}:${field(said, name)}`), pc.currentRemoteDescription.sdp);
	await pc.setLocalDescription(offer);
	await pc.setRemoteDescription({ type: 'answer', sdp });
	return field(said, 'ice-ufrag');
}

// Runs in the page: what an ICE restart must leave alone, and what came.
async function received() {
	const stats = [...(await window.player.pc.getStats()).values()];
	const { dtlsState, selectedCandidatePairChanges, iceLocalUsernameFragment, bytesReceived } = stats.find(({ type }) => type === 'transport');
	const streams = stats.filter(({ type }) => type === 'inbound-rtp');
	return { dtlsState, selectedCandidatePairChanges, iceLocalUsernameFragment, bytesReceived,
		ssrcs: streams.map(({ ssrc }) => ssrc).sort(), lost: streams.reduce((sum, { packetsLost }) => sum + packetsLost, 0),
		packets: streams.reduce((sum, { packetsReceived }) => sum + packetsReceived, 0),
		ended: window.player.pc.connectionState !== 'connected' };
}

test('an ICE restart by PATCH loses nothing, keeps the keys and the streams', LIMIT, async () => {
	const page = await browser.newPage();
	try {
		await page.goto(`${rostrum.base}/`);
		const token = rostrum.tokens.technician;
		await page.evaluate(play, `${rostrum.base}/whep/rehearsal/source-test-relay`, token, { policy: 'all', only: '', keep: ' udp ' });
		await heard(page);
		const before = await page.evaluate(received);
		const session = await page.evaluate(() => window.player.session);
		for (let i = 0; i < 3; i += 1) {
			const old = await page.evaluate(received);
			await page.evaluate(restart, session, token);
			await until('the new path', async () => {
				const now = await page.evaluate(received);
				return now.iceLocalUsernameFragment !== old.iceLocalUsernameFragment && now.packets > old.packets + 50 && !now.ended;
			});
		}
		const after = await page.evaluate(received);
		assert.equal(after.dtlsState, 'connected');
		assert.deepEqual(after.ssrcs, before.ssrcs);
		assert.equal(after.lost, before.lost);
		await heard(page);
	} finally {
		await page.close();
	}
});

test('a page is told of the relay when it joins, for its own badge', LIMIT, async () => {
	const page = await browser.newPage();
	try {
		await page.goto(`${rostrum.base}/`);
		const servers = await page.evaluate((url, token) => new Promise((done, fail) => {
			const socket = new WebSocket(url, 'rostrum.v1');
			socket.onopen = () => socket.send(JSON.stringify({ type: 'hello', token }));
			socket.onmessage = ({ data }) => (socket.close(1000), done(JSON.parse(data).ice_servers));
			socket.onerror = () => fail(new Error('no WebSocket'));
		}), `${rostrum.base.replace('http', 'ws')}/ws`, rostrum.token('KEN'));
		assert.equal(servers.length, 1);
		assert.deepEqual(servers[0].urls, [turn.udp, turn.tcp, turn.tls]);
		assert.match(servers[0].username, /^\d{10}:KEN$/);
		assert.ok(Number(servers[0].username.split(':')[0]) > Date.now() / 1000 + 11 * 3600);
	} finally {
		await page.close();
	}
});

test('the relay lets nobody reach anything but the media server', LIMIT, async () => {
	const page = await browser.newPage();
	try {
		await page.goto(`${rostrum.base}/`);
		const how = { policy: 'relay', only: turn.udp, keep: ' udp ', instead: '127.0.0.2' };
		await page.evaluate(play, `${rostrum.base}/whep/rehearsal/source-test-relay`, rostrum.tokens.technician, how);
		await until('the refusal', () => /peer IP 127\.0\.0\.2 denied/.test(turn.log()), { limit: 60_000 });
	} finally {
		await page.close();
	}
});
