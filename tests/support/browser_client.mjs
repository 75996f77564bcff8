// A browser as WHIP publisher or WHEP player, without our pages: what any site's script would do. The publisher's sound is an
// oscillator, its picture a canvas of one colour with picture.mjs's counter. Has the face of clients.mjs's Client.
import { launchChromium, launchFirefox } from './browsers.mjs';
import { until } from './wait.mjs';

const SIZE = [320, 180];
const FPS = 15;

// Runs in the page: window.peers by number.
function install(size, fps) {
	const BLACKMAN_DB = 7.5; // an AnalyserNode's window shows a full-scale tone so much too low
	const BITS = 8;
	window.peers = [];

	function paint(rgb) {
		const canvas = document.createElement('canvas');
		[canvas.width, canvas.height] = size;
		const pen = canvas.getContext('2d');
		let count = 0;
		const timer = setInterval(() => {
			pen.fillStyle = `rgb(${rgb})`;
			pen.fillRect(0, 0, ...size);
			for (let bit = 0; bit < BITS; bit += 1) {
				pen.fillStyle = (count >> (BITS - 1 - bit)) & 1 ? '#fff' : '#000';
				pen.fillRect((bit * size[0]) / BITS, 0, size[0] / BITS, Math.floor(size[1] / 8));
			}
			count = (count + 1) % 256;
		}, 1000 / fps);
		return { track: canvas.captureStream(fps).getVideoTracks()[0], stop: () => clearInterval(timer) };
	}

	async function post(pc, url, token) {
		await pc.setLocalDescription(await pc.createOffer());
		if (pc.iceGatheringState !== 'complete')
			await new Promise((done) => pc.addEventListener('icegatheringstatechange', () => pc.iceGatheringState === 'complete' && done()));
		const answer = await fetch(url, { method: 'POST', body: pc.localDescription.sdp, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/sdp' } });
		const sdp = await answer.text();
		if (answer.status !== 201) throw new Error(`${answer.status}: ${sdp}`);
		await pc.setRemoteDescription({ type: 'answer', sdp });
		return new URL(answer.headers.get('location'), url).href;
	}

	window.open_peer = async (what, url, token, hz, rgb, codec) => {
		window.audio ??= new AudioContext({ sampleRate: 48000 });
		await window.audio.resume();
		const pc = new RTCPeerConnection();
		const peer = { pc, analyser: window.audio.createAnalyser(), video: document.createElement('video'), stop: () => {} };
		window.peers.push(peer);
		if (what === 'publish') {
			const oscillator = new OscillatorNode(window.audio, { frequency: hz });
			const out = window.audio.createMediaStreamDestination();
			oscillator.connect(new GainNode(window.audio, { gain: 0.5 })).connect(out);
			oscillator.start();
			const sight = paint(rgb);
			peer.stop = () => (oscillator.stop(), sight.stop());
			pc.addTransceiver(out.stream.getAudioTracks()[0], { direction: 'sendonly' });
			const camera = pc.addTransceiver(sight.track, { direction: 'sendonly' });
			if (codec) camera.setCodecPreferences(RTCRtpSender.getCapabilities('video').codecs.filter(({ mimeType }) => [`video/${codec}`, 'video/rtx'].includes(mimeType)));
		} else {
			peer.analyser.fftSize = 8192;
			peer.analyser.smoothingTimeConstant = 0;
			peer.video.muted = true;
			document.body.append(peer.video);
			pc.addTransceiver('audio', { direction: 'recvonly' });
			pc.addTransceiver('video', { direction: 'recvonly' });
			pc.addEventListener('track', ({ track }) => {
				const stream = new MediaStream([track]);
				if (track.kind === 'audio') {
					const sink = new Audio(); // Chromium decodes what some element plays
					sink.srcObject = stream;
					sink.muted = true;
					window.audio.createMediaStreamSource(stream).connect(peer.analyser);
				} else {
					peer.video.srcObject = stream;
					peer.video.play();
				}
			});
		}
		peer.session = await post(pc, url, token);
		return window.peers.length - 1;
	};
	window.levels_of = (at, tones) => {
		const { analyser } = window.peers[at];
		const bins = new Float32Array(analyser.frequencyBinCount);
		analyser.getFloatFrequencyData(bins);
		return Object.fromEntries(tones.map((hz) => {
			const middle = Math.round((hz * analyser.fftSize) / window.audio.sampleRate);
			return [hz, Math.max(...bins.subarray(middle - 1, middle + 2)) + BLACKMAN_DB];
		}));
	};
	window.picture_of = (at) => {
		const { video } = window.peers[at];
		if (video.readyState < 2) return null;
		const canvas = document.createElement('canvas');
		[canvas.width, canvas.height] = size;
		const pen = canvas.getContext('2d', { willReadFrequently: true });
		pen.drawImage(video, 0, 0, ...size);
		const pixel = (x, y) => [...pen.getImageData(x, y, 1, 1).data].slice(0, 3);
		let counter = 0;
		for (let bit = 0; bit < BITS; bit += 1) counter = counter * 2 + (pixel(((bit + 0.5) * size[0]) / BITS, Math.floor(size[1] / 16))[1] > 127 ? 1 : 0);
		return { at: Date.now(), colour: pixel(size[0] / 2, size[1] / 2), size: [video.videoWidth, video.videoHeight], counter };
	};
	window.close_peer = async (at, token) => {
		const peer = window.peers[at];
		peer.stop();
		peer.pc.close();
		peer.video.remove();
		return (await fetch(peer.session, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } })).status;
	};
}

class Peer {
	constructor(page, kind, at, token) {
		Object.assign(this, { page, kind, at, token });
	}

	connected() {
		return until(`${this.kind} to connect`, () => this.page.evaluate((at) => window.peers[at].pc.connectionState === 'connected', this.at));
	}

	// Until a tone is there (above -20 dB).
	hears(hz, { limit } = {}) {
		return until(`${hz} Hz at ${this.kind}`, async () => (await this.page.evaluate((at, tones) => window.levels_of(at, tones), this.at, [hz]))[hz] > -20, { limit });
	}

	picture() {
		return this.page.evaluate((at) => window.picture_of(at), this.at);
	}

	stop() {
		return this.page.evaluate((at, token) => window.close_peer(at, token), this.at, this.token);
	}
}

// One browser for any number of publishers and players.
export class BrowserClients {
	constructor(kind, browser, page, rostrum) {
		Object.assign(this, { kind, browser, page, rostrum });
	}

	async open(what, path, token, hz, rgb, codec) {
		const at = await this.page.evaluate((...args) => window.open_peer(...args), what, `${this.rostrum.base}${path}`, token, hz, rgb, codec);
		return new Peer(this.page, this.kind, at, token);
	}

	// Of pictures in one codec alone, as "VP9", or in any that the answer likes.
	publish(source, { token, meeting, hz, colour, codec }) {
		return this.open('publish', `/whip/${meeting}/${source}`, token, hz, colour, codec);
	}

	play(feed, { token, meeting }) {
		return this.open('play', `/whep/${meeting}/${feed}`, token);
	}

	close() {
		return this.browser.close().catch(() => this.browser.process()?.kill('SIGKILL'));
	}
}

export async function browserClients(kind, rostrum) {
	const browser = await (kind === 'firefox' ? launchFirefox : launchChromium)('KEN');
	const [page = await browser.newPage()] = await browser.pages();
	await page.goto(`${rostrum.base}/`);
	await page.evaluate(install, SIZE, FPS);
	return new BrowserClients(kind, browser, page, rostrum);
}
