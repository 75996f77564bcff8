// What a page plays, where it leaves the page: media elements at their volume, and what goes to an AudioContext's destination.
// installEars() is sent to the browser as source text before the page loads, so it uses nothing from outside itself.

export function installEars() {
	const FFT = 8192;
	// Half of a tone's amplitude is in its bin, and of that an AnalyserNode's Blackman window shows 0.42.
	const SHOWN_DB = 20 * Math.log10(0.5 * 0.42);
	const QUICK_FFT = 1024;
	const LOOK_MS = 40; // much less than the analyser holds, so that no sample is missed
	const elements = [];
	const taps = []; // analysers behind the last node before a destination
	const modules = []; // of audio worklets
	const connect = AudioNode.prototype.connect;
	let context = null;
	const analysers = new Map(); // track -> AnalyserNode

	window.Audio = new Proxy(window.Audio, {
		construct(target, args) {
			const element = new target(...args);
			elements.push(element);
			return element;
		},
	});
	AudioNode.prototype.connect = function (to, ...rest) {
		if (to === this.context.destination && this.context instanceof AudioContext) taps.push(tap(this.context, this));
		return connect.call(this, to, ...rest);
	};
	const addModule = AudioWorklet.prototype.addModule;
	AudioWorklet.prototype.addModule = function (url, ...rest) {
		modules.push(new URL(url, location.href).href);
		return addModule.call(this, url, ...rest);
	};

	function tap(of, node) {
		const analyser = new AnalyserNode(of, { fftSize: FFT, smoothingTimeConstant: 0 });
		connect.call(node, analyser);
		return analyser;
	}

	function ofElement({ srcObject }) {
		const [track] = srcObject?.getAudioTracks() ?? [];
		if (!track) return null;
		if (!analysers.has(track)) analysers.set(track, tap(context, context.createMediaStreamSource(new MediaStream([track]))));
		return analysers.get(track);
	}

	const played = () => [
		...taps.map((analyser) => ({ analyser, gain: 1 })),
		...elements.filter(({ muted, volume }) => !muted && volume > 0).map((one) => ({ analyser: ofElement(one), gain: one.volume })).filter(({ analyser }) => analyser),
	];

	// Within `ms`: the loudest of each frequency in dB below a full-scale tone, and the largest sample.
	async function heard(tones, ms) {
		context ??= new AudioContext({ sampleRate: 48_000 });
		await context.resume();
		const bins = new Float32Array(FFT / 2);
		const samples = new Float32Array(FFT);
		const levels = Object.fromEntries(tones.map((hz) => [hz, -200]));
		let peak = 0;
		const end = performance.now() + ms;
		do {
			for (const { analyser, gain } of played()) {
				analyser.getFloatTimeDomainData(samples);
				peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample) * gain), peak);
				analyser.getFloatFrequencyData(bins);
				for (const hz of tones) {
					const middle = Math.round((hz * FFT) / analyser.context.sampleRate);
					for (let bin = middle - 1; bin <= middle + 1; bin += 1) levels[hz] = Math.max(levels[hz], bins[bin] - SHOWN_DB + 20 * Math.log10(gain));
				}
			}
			await new Promise((done) => setTimeout(done, LOOK_MS));
		} while (performance.now() < end);
		return { levels, peak };
	}

	// From the press of a key, the first after `presses` of them, to this tone above a level, in ms, to a fiftieth of a second.
	let pressed = 0;
	let count = 0;
	window.addEventListener('keydown', ({ timeStamp }) => {
		pressed = timeStamp;
		count += 1;
	}, true);
	async function sinceKey(presses, hz, above, limit) {
		const quick = played().map(({ analyser, gain }) => {
			const short = new AnalyserNode(analyser.context, { fftSize: QUICK_FFT, smoothingTimeConstant: 0 });
			connect.call(analyser, short);
			return { analyser, short, gain };
		});
		const bins = new Float32Array(QUICK_FFT / 2);
		try {
			const end = performance.now() + limit;
			while (performance.now() < end) {
				for (const { short, gain } of quick) {
					short.getFloatFrequencyData(bins);
					const level = bins[Math.round((hz * QUICK_FFT) / short.context.sampleRate)] - SHOWN_DB + 20 * Math.log10(gain);
					if (count > presses && level > above) return performance.now() - pressed;
				}
				await new Promise((done) => setTimeout(done, 4));
			}
			return Infinity;
		} finally {
			for (const { analyser, short } of quick) analyser.disconnect(short);
		}
	}

	window.ears = { heard, presses: () => count, sinceKey, modules: () => [...modules] };
}
