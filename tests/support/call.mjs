// One sender and one player in real browsers, joined by a media server, with what the player got to hear and see. The server is
// anything with `publish(page)` and `play(page)`: Rostrum by WHIP and WHEP here, others in files of their own.
import { createServer } from 'node:http';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { launchChromium } from './browsers.mjs';
import { sleep, until } from './wait.mjs';

// What a conference camera costs: 640 x 360, 25 a second, 800 kbit/s, and Opus at 32 kbit/s.
const PICTURE = { width: 640, height: 360, rate: 25, bitrate: 800_000 };

// Runs inside the page, so it uses nothing from outside itself.
function installCall(picture) {
	const pc = new RTCPeerConnection();
	const gathered = () => new Promise((done) => {
		if (pc.iceGatheringState === 'complete') done();
		pc.addEventListener('icegatheringstatechange', () => pc.iceGatheringState === 'complete' && done());
	});
	const local = async (description) => {
		await pc.setLocalDescription(description);
		await gathered();
		return pc.localDescription.sdp;
	};
	pc.addEventListener('track', ({ track }) => {
		const element = document.createElement(track.kind);
		element.autoplay = true;
		element.srcObject = new MediaStream([track]);
		document.body.append(element);
	});
	const total = (report, kind) => {
		const one = [...report.values()].find((entry) => entry.type === 'inbound-rtp' && entry.kind === kind) ?? {};
		return { ...one };
	};
	window.call = {
		pc,
		async offerToSend() {
			const media = await navigator.mediaDevices.getUserMedia({
				audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
				video: { width: picture.width, height: picture.height, frameRate: picture.rate },
			});
			for (const track of media.getTracks()) {
				const video = track.kind === 'video';
				const transceiver = pc.addTransceiver(track, {
					direction: 'sendonly', streams: [media], sendEncodings: video ? [{ maxBitrate: picture.bitrate }] : [{ maxBitrate: 32_000 }],
				});
				if (video) transceiver.setCodecPreferences(RTCRtpSender.getCapabilities('video').codecs.filter(({ mimeType }) => /VP8|rtx/i.test(mimeType)));
			}
			return local(await pc.createOffer());
		},
		async offerToReceive({ redundancy = true } = {}) {
			const audio = pc.addTransceiver('audio', { direction: 'recvonly' });
			if (!redundancy) audio.setCodecPreferences(RTCRtpReceiver.getCapabilities('audio').codecs.filter(({ mimeType }) => mimeType !== 'audio/red'));
			pc.addTransceiver('video', { direction: 'recvonly' });
			return local(await pc.createOffer());
		},
		answer: (sdp) => pc.setRemoteDescription({ type: 'answer', sdp }),
		async answerTo(sdp) {
			await pc.setRemoteDescription({ type: 'offer', sdp });
			return local(await pc.createAnswer());
		},
		async heard() {
			const report = await pc.getStats();
			return { audio: total(report, 'audio'), video: total(report, 'video') };
		},
		async sent() {
			const report = await pc.getStats();
			return [...report.values()].filter(({ type }) => type === 'outbound-rtp' || type === 'remote-inbound-rtp').map((entry) => ({ ...entry }));
		},
	};
}

// An empty page on every address of this machine: a browser behind a line needs an origin.
function servePage() {
	return new Promise((done) => {
		const server = createServer((request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>call</title><body></body>'));
		server.listen(0, '0.0.0.0', () => done(server));
	});
}

// A moving picture with noise, so that 800 kbit/s are used.
export function moving(folder) {
	const path = join(folder, 'moving.y4m');
	if (existsSync(path)) return path;
	const { width, height, rate } = PICTURE;
	const made = spawnSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', `testsrc2=size=${width}x${height}:rate=${rate}`, '-vf', 'noise=alls=12:allf=t', '-t', '4', '-pix_fmt', 'yuv420p', path]);
	if (made.status !== 0) throw new Error(`ffmpeg: ${made.stderr}`);
	return path;
}

// Rostrum's rehearsal: every source is open at once.
export function rostrumServer(rostrum) {
	const resources = [];
	const exchange = async (path, offer) => {
		const answer = await rostrum.http('POST', path, { token: rostrum.tokens.technician, type: 'application/sdp', body: offer });
		if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${answer.body}`);
		resources.push(answer.headers.get('location'));
		return answer.body;
	};
	return {
		name: 'Rostrum',
		async publish(page, source) {
			const offer = await page.evaluate(() => window.call.offerToSend());
			await page.evaluate((sdp) => window.call.answer(sdp), await exchange(`/whip/rehearsal/${source}`, offer));
		},
		async play(page, source, options) {
			const offer = await page.evaluate((wishes) => window.call.offerToReceive(wishes), options);
			await page.evaluate((sdp) => window.call.answer(sdp), await exchange(`/whep/rehearsal/source-${source}`, offer));
		},
		async hangUp() {
			for (const path of resources.splice(0)) await rostrum.http('DELETE', path, { token: rostrum.tokens.technician });
		},
	};
}

const connected = (page, who) => until(`${who} to be connected`, () => page.evaluate(() => window.call.pc.connectionState === 'connected'), { limit: 40_000, every: 100 });

// Browsers that stay for several calls: starting one costs more than a call.
export class CallStage {
	// `lines`: { player, publisher }, each a line of line.mjs or absent.
	static async open({ folder, lines = {} }) {
		const stage = new CallStage();
		stage.server = await servePage();
		const { port } = stage.server.address();
		stage.origin = Object.fromEntries(['player', 'publisher'].map((who) => [who, `http://${lines[who]?.server ?? '127.0.0.1'}:${port}`]));
		const camera = moving(folder);
		stage.browsers = {
			publisher: await launchChromium('KEN', { camera, line: lines.publisher, origin: stage.origin.publisher }),
			player: await launchChromium('FRA', { camera, line: lines.player, origin: stage.origin.player }),
		};
		return stage;
	}

	async page(who) {
		const page = await this.browsers[who].newPage();
		await page.goto(this.origin[who]);
		await page.evaluate(installCall, PICTURE);
		return page;
	}

	// A call of `seconds`, measured from `settle` seconds after its beginning, when decoder, estimate and buffers have found
	// their place; a picture that stands then is waited for, and `waited` says how long (s): what it stood before would count
	// as a freeze of the time measured. `begin` is called when both are connected; the player takes no redundant audio unless `redundancy`.
	async call(server, { seconds = 60, settle = 6, begin = () => {}, redundancy = true } = {}) {
		this.calls = (this.calls ?? 0) + 1;
		const source = `call-${this.calls}`;
		const publisher = await this.page('publisher');
		const player = await this.page('player');
		try {
			await server.publish(publisher, source);
			await connected(publisher, 'the publisher');
			await server.play(player, source, { redundancy });
			await connected(player, 'the player');
			const heard = () => player.evaluate(() => window.call.heard());
			await until('sound and picture', async () => {
				const { audio, video } = await heard();
				return audio.totalSamplesReceived > 0 && video.framesDecoded > 0;
			}, { limit: 30_000 });
			begin();
			await sleep(settle * 1000);
			const settled = Date.now();
			await until('the picture to move', async () => {
				const { video } = await heard();
				await sleep(400);
				return (await heard()).video.framesDecoded - video.framesDecoded >= 4;
			}, { limit: 15_000 });
			const waited = (Date.now() - settled - 400) / 1000;
			const before = await heard();
			const sentBefore = await publisher.evaluate(() => window.call.sent());
			await sleep(seconds * 1000);
			return { ...measures(before, await heard(), sentBefore, await publisher.evaluate(() => window.call.sent())), waited };
		} finally {
			await server.hangUp();
			await Promise.all([publisher.close(), player.close()]);
		}
	}

	async close() {
		await Promise.all(Object.values(this.browsers).map((browser) => browser.close()));
		this.server.close();
	}
}

function measures(before, after, sentBefore, sentAfter) {
	const more = (kind, name) => (after[kind][name] ?? 0) - (before[kind][name] ?? 0);
	const seconds = (after.audio.timestamp - before.audio.timestamp) / 1000;
	const bits = (list, kind) => list.filter((entry) => entry.type === 'outbound-rtp' && entry.kind === kind).reduce((sum, { bytesSent }) => sum + bytesSent * 8, 0);
	return {
		seconds,
		concealed: (100 * (more('audio', 'concealedSamples') - more('audio', 'silentConcealedSamples'))) / more('audio', 'totalSamplesReceived'),
		buffer: (1000 * more('audio', 'jitterBufferDelay')) / more('audio', 'jitterBufferEmittedCount'),
		// Thereof for the line's sake; the rest is to be heard when the picture is seen.
		lineBuffer: (1000 * more('audio', 'jitterBufferMinimumDelay')) / more('audio', 'jitterBufferEmittedCount'),
		fec: more('audio', 'fecPacketsReceived'),
		packets: more('audio', 'packetsReceived'),
		lost: more('audio', 'packetsLost'),
		audioNacks: more('audio', 'nackCount'),
		audioResent: more('audio', 'retransmittedPacketsReceived'),
		kbps: (more('audio', 'bytesReceived') * 8) / seconds / 1000,
		frozen: (60 * more('video', 'totalFreezesDuration')) / seconds,
		freezes: more('video', 'freezeCount'),
		fps: more('video', 'framesDecoded') / seconds,
		videoBuffer: (1000 * more('video', 'jitterBufferDelay')) / more('video', 'jitterBufferEmittedCount'),
		plis: more('video', 'pliCount'),
		nacks: more('video', 'nackCount'),
		videoKbps: (more('video', 'bytesReceived') * 8) / seconds / 1000,
		videoResent: more('video', 'retransmittedPacketsReceived'),
		sentKbps: (bits(sentAfter, 'video') - bits(sentBefore, 'video')) / seconds / 1000,
		sentAudioKbps: (bits(sentAfter, 'audio') - bits(sentBefore, 'audio')) / seconds / 1000,
	};
}
