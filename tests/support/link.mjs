// One sender and one player in real Chromium, the player behind a link whose rate changes, and what the player gets by the second.
// The sender's picture has two simulcast layers; both are in the rehearsal, where every source is open.
import { createServer } from 'node:http';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { launchChromium } from './browsers.mjs';
import { sleep, until } from './wait.mjs';

// bit/s, and for how long.
export const PROFILE = [
	{ rate: 2_000_000, seconds: 25 },
	{ rate: 300_000, seconds: 25 },
	{ rate: 80_000, seconds: 25 },
	{ rate: 2_000_000, seconds: 30 },
];
const LAYERS = [{ rid: 'q', scaleResolutionDownBy: 2, maxBitrate: 150_000 }, { rid: 'h', scaleResolutionDownBy: 1, maxBitrate: 500_000 }];
const LINE = { delay: 20_000, queue: 300_000 }; // µs; a home router's

// Runs inside the page, so it uses nothing from outside itself.
function install(layers) {
	const pc = new RTCPeerConnection();
	const offer = async () => {
		await pc.setLocalDescription(await pc.createOffer());
		if (pc.iceGatheringState !== 'complete')
			await new Promise((done) => pc.addEventListener('icegatheringstatechange', () => pc.iceGatheringState === 'complete' && done()));
		return pc.localDescription.sdp;
	};
	pc.addEventListener('track', ({ track }) => {
		const element = document.createElement(track.kind);
		element.autoplay = true;
		element.srcObject = new MediaStream([track]);
		document.body.append(element);
	});
	window.link = {
		pc,
		async send() {
			const media = await navigator.mediaDevices.getUserMedia({
				audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false }, video: { width: 640, height: 360, frameRate: 20 },
			});
			pc.addTransceiver(media.getAudioTracks()[0], { direction: 'sendonly', streams: [media], sendEncodings: [{ maxBitrate: 32_000 }] });
			const video = pc.addTransceiver(media.getVideoTracks()[0], { direction: 'sendonly', streams: [media], sendEncodings: layers });
			video.setCodecPreferences(RTCRtpSender.getCapabilities('video').codecs.filter(({ mimeType }) => /VP8|rtx/i.test(mimeType)));
			return offer();
		},
		async receive() {
			pc.addTransceiver('audio', { direction: 'recvonly' });
			pc.addTransceiver('video', { direction: 'recvonly' });
			return offer();
		},
		answer: (sdp) => pc.setRemoteDescription({ type: 'answer', sdp }),
		async sent() {
			return [...(await pc.getStats()).values()].filter((one) => one.type === 'outbound-rtp' && one.kind === 'video').map(({ rid, bytesSent }) => ({ rid, bytesSent }));
		},
		async got() {
			const report = [...(await pc.getStats()).values()].filter(({ type }) => type === 'inbound-rtp');
			const audio = report.find(({ kind }) => kind === 'audio') ?? {};
			const video = report.find(({ kind }) => kind === 'video') ?? {};
			return {
				concealed: (audio.concealedSamples ?? 0) - (audio.silentConcealedSamples ?? 0), samples: audio.totalSamplesReceived ?? 0,
				delay: audio.jitterBufferDelay ?? 0, emitted: audio.jitterBufferEmittedCount ?? 0,
				octets: video.bytesReceived ?? 0, frames: video.framesDecoded ?? 0, height: video.frameHeight ?? 0,
			};
		},
	};
}

// An empty page on every address of this machine: a browser behind a line needs an origin.
function servePage() {
	return new Promise((done) => {
		const server = createServer((request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>link</title><body></body>'));
		server.listen(0, '0.0.0.0', () => done(server));
	});
}

// A moving picture with a camera's noise.
function moving(folder) {
	const path = join(folder, 'moving.y4m');
	const made = spawnSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=20', '-vf', 'noise=alls=3:allf=t', '-t', '4', '-pix_fmt', 'yuv420p', path]);
	if (made.status !== 0) throw new Error(`ffmpeg: ${made.stderr}`);
	return path;
}

export class LinkCall {
	static async open({ rostrum, line, folder }) {
		const call = Object.assign(new LinkCall(), { rostrum, line, server: await servePage() });
		const { port } = call.server.address();
		call.browsers = [
			await launchChromium('KEN', { camera: moving(folder), origin: `http://127.0.0.1:${port}` }),
			await launchChromium('FRA', { line, origin: `http://${line.server}:${port}` }),
		];
		const hosts = ['127.0.0.1', line.server];
		call.pages = await Promise.all(call.browsers.map(async (browser, i) => {
			const [page] = await browser.pages();
			await page.goto(`http://${hosts[i]}:${port}/`);
			await page.evaluate(install, LAYERS);
			return page;
		}));
		line.both(LINE);
		line.down({ rate: PROFILE[0].rate });
		await call.exchange(call.pages[0], 'send', '/whip/rehearsal/linked');
		await call.exchange(call.pages[1], 'receive', '/whep/rehearsal/source-linked');
		return call;
	}

	async exchange(page, way, path) {
		const offer = await page.evaluate((name) => window.link[name](), way);
		const { status, body } = await this.rostrum.http('POST', path, { token: this.rostrum.tokens.technician, type: 'application/sdp', body: offer });
		if (status !== 201) throw new Error(`${path}: ${status} ${body}`);
		await page.evaluate((sdp) => window.link.answer(sdp), body);
		await until(`${path} to be connected`, () => page.evaluate(() => window.link.pc.connectionState === 'connected'), { limit: 40_000, every: 100 });
	}

	got() {
		return this.pages[1].evaluate(() => window.link.got());
	}

	// One object a second, handed to `tell` as it comes: the link's rate, picture, sound, and how long packets waited for the link (ms).
	async run({ profile = PROFILE, tell = () => {} } = {}) {
		const seconds = [];
		let before = await this.got();
		await this.line.stats();
		for (const { rate, seconds: length } of profile) {
			this.line.down({ rate });
			for (let i = 0; i < length; i += 1) {
				await sleep(1000);
				const [now, { down }] = [await this.got(), await this.line.stats()];
				const diff = (name) => now[name] - before[name];
				seconds.push({
					rate, at: seconds.length, kbits: Math.round((diff('octets') * 8) / 1000), frames: diff('frames'), height: now.height,
					concealed: diff('concealed'), samples: diff('samples'), buffer: diff('emitted') > 0 ? Math.round((1000 * diff('delay')) / diff('emitted')) : 0,
					packets: down.sent, dropped: down.dropped, p95: down.wait_ms.p95, max: down.wait_ms.max,
				});
				tell(seconds.at(-1));
				before = now;
			}
		}
		return seconds;
	}

	async close() {
		await Promise.all(this.browsers.map((browser) => browser.close().catch(() => browser.process()?.kill('SIGKILL'))));
		this.server.close();
	}
}

const sum = (list, name) => list.reduce((total, one) => total + one[name], 0);

// What is judged of such a run.
export function judge(seconds, profile = PROFILE) {
	const window = (from) => seconds.slice(from, from + 5);
	const windows = seconds.slice(0, -4).map((_, i) => (100 * sum(window(i), 'concealed')) / Math.max(1, sum(window(i), 'samples')));
	// In these seconds no packet waited longer; so at least this share of all packets did not.
	const packets = [...seconds].sort((a, b) => a.max - b.max);
	let seen = 0;
	const waited = packets.find((one) => (seen += one.packets) >= 0.95 * sum(seconds, 'packets')).max;
	const ends = profile.map((_, i) => sum(profile.slice(0, i + 1), 'seconds'));
	// By stage: the worst five seconds that end in it.
	const concealed = ends.map((end, i) => Math.max(...windows.slice(Math.max(0, (ends[i - 1] ?? 0) - 4), end - 4)));
	const rate = (from, to) => sum(seconds.slice(from, to), 'kbits') / (to - from);
	const before = rate(ends[0] - 10, ends[0]);
	let back = seconds.slice(ends[2]).findIndex((_, i) => rate(ends[2] + i, Math.min(ends[2] + i + 3, seconds.length)) >= 0.8 * before);
	back = back < 0 ? Infinity : back + 3;
	return { concealed, waited, before, lowered: rate(ends[1] - 10, ends[1]), paused: rate(ends[2] - 10, ends[2]), back, lost: sum(seconds, 'dropped') };
}
