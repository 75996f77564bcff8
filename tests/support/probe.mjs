// What tests measure inside a page. installProbe() is sent to the browser as source text, so it uses nothing from outside itself.

export function installProbe() {
	const FFT = 8192;
	// An AnalyserNode's Blackman window shows a full-scale tone 7.5 dB too low.
	const BLACKMAN_DB = 7.5;
	const COUNTER_BITS = 8;
	let audio = null; // made at first use, when the page has been pressed
	const analysers = new Map(); // track -> AnalyserNode

	function listen(track) {
		if (!analysers.has(track)) {
			const analyser = audio.createAnalyser();
			analyser.fftSize = FFT;
			analyser.smoothingTimeConstant = 0;
			audio.createMediaStreamSource(new MediaStream([track])).connect(analyser);
			analysers.set(track, analyser);
		}
		return analysers.get(track);
	}

	const receivers = (kind) => (window.rostrum.pc()?.getTransceivers() ?? []).filter((one) => one.receiver.track.kind === kind && one.currentDirection === 'recvonly').map((one) => one.receiver);

	// The loudest of each frequency at any audio slot within `ms`, in dB below a full-scale tone.
	async function loudest(tones, ms) {
		audio ??= new AudioContext();
		await audio.resume();
		const bins = new Float32Array(FFT / 2);
		const peaks = Object.fromEntries(tones.map((hz) => [hz, -200]));
		const end = performance.now() + ms;
		do {
			for (const { track } of receivers('audio')) {
				listen(track).getFloatFrequencyData(bins);
				for (const hz of tones) {
					const middle = Math.round((hz * FFT) / audio.sampleRate);
					for (let bin = middle - 1; bin <= middle + 1; bin += 1) peaks[hz] = Math.max(peaks[hz], bins[bin] + BLACKMAN_DB);
				}
			}
			await new Promise((done) => setTimeout(done, 40));
		} while (performance.now() < end);
		return peaks;
	}

	function picture(selector) {
		const video = document.querySelector(selector);
		if (!video || video.readyState < 2 || video.videoWidth === 0) return null;
		const canvas = document.createElement('canvas');
		[canvas.width, canvas.height] = [160, 90];
		const pen = canvas.getContext('2d', { willReadFrequently: true });
		pen.drawImage(video, 0, 0, 160, 90);
		const pixel = (x, y) => [...pen.getImageData(x, y, 1, 1).data].slice(0, 3);
		let counter = 0;
		for (let bit = 0; bit < COUNTER_BITS; bit += 1) counter = counter * 2 + (pixel((bit + 0.5) * (160 / COUNTER_BITS), 4)[1] > 127 ? 1 : 0);
		return { rgb: pixel(80, 60), counter, size: [video.videoWidth, video.videoHeight] };
	}

	async function stats() {
		const pc = window.rostrum.pc();
		const found = { audioSent: 0, videoSent: 0, slots: [] };
		for (const report of (await pc.getStats()).values()) {
			if (report.type === 'outbound-rtp') found[report.kind === 'audio' ? 'audioSent' : 'videoSent'] += report.packetsSent;
		}
		for (const receiver of receivers('audio')) {
			for (const report of (await receiver.getStats()).values()) {
				if (report.type !== 'inbound-rtp') continue;
				const { packetsReceived, jitterBufferDelay, jitterBufferEmittedCount, concealedSamples, silentConcealedSamples, totalSamplesReceived } = report;
				found.slots.push({ packetsReceived, jitterBufferDelay, jitterBufferEmittedCount, concealedSamples, silentConcealedSamples, totalSamplesReceived });
			}
		}
		return found;
	}

	// How often any RTCPeerConnection of this page was given a description since the probe was installed.
	const given = { local: 0, remote: 0 };
	for (const [name, side] of [['setLocalDescription', 'local'], ['setRemoteDescription', 'remote']]) {
		const original = RTCPeerConnection.prototype[name];
		RTCPeerConnection.prototype[name] = function describe(...args) {
			given[side] += 1;
			return original.apply(this, args);
		};
	}

	window.probe = { loudest, picture, stats, negotiations: () => ({ ...given }) };
}
