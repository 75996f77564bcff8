// When what is heard at a page changes, to a few milliseconds. installChanges() is sent to the browser as source text before the
// page loads, so it uses nothing from outside itself.

export function installChanges() {
	const RATE = 48_000;
	const AHEAD = 1024; // samples in which a new tone must be seen
	const KEPT = 32_768; // two thirds of a second: what is read of a change after it
	const WINDOW = 480;
	const HEARD_DB = -15; // of tones at -6 dB: where one is cut off its edge is seen at another, 10 dB lower than that
	const LOOK_MS = 5;
	const AFTER_MS = 60;
	const LIMIT_MS = 30_000;
	let ear = null;

	// All that this page receives, mixed.
	function listen() {
		if (ear !== null) return ear;
		const context = new AudioContext({ sampleRate: RATE });
		const analyser = (fftSize) => new AnalyserNode(context, { fftSize });
		ear = { context, near: analyser(AHEAD), far: analyser(KEPT) };
		for (const { receiver, currentDirection } of window.rostrum.pc().getTransceivers()) {
			if (receiver.track.kind !== 'audio' || currentDirection !== 'recvonly') continue;
			const source = context.createMediaStreamSource(new MediaStream([receiver.track]));
			source.connect(ear.near);
			source.connect(ear.far);
		}
		return ear;
	}

	// One bin of a Fourier transform under a Hann window, in dB below a full-scale tone.
	function level(samples, hz, from, length) {
		const step = 2 * Math.cos((2 * Math.PI * hz) / RATE);
		let before = 0;
		let last = 0;
		for (let i = 0; i < length; i += 1) {
			const now = samples[from + i] * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / length)) + step * last - before;
			before = last;
			last = now;
		}
		return 20 * Math.log10(Math.max((Math.sqrt(Math.max(last * last + before * before - step * last * before, 0)) * 4) / length, 1e-10));
	}

	// The longest stretch of both and of neither in what was heard of late, in ms.
	function around(old, hz) {
		const samples = new Float32Array(KEPT);
		ear.far.getFloatTimeDomainData(samples);
		let seen = false; // what was heard before
		const longest = { silence: 0, both: 0 };
		const run = { silence: 0, both: 0 };
		for (let at = 0; at + WINDOW <= KEPT; at += WINDOW / 2) {
			const [before, after] = [old, hz].map((tone) => level(samples, tone, at, WINDOW) > HEARD_DB);
			seen ||= before;
			for (const [kind, is] of [['silence', !before && !after], ['both', before && after]]) {
				run[kind] = is ? run[kind] + (500 * WINDOW) / RATE : 0;
				longest[kind] = Math.max(longest[kind], run[kind]);
			}
		}
		// Where a busy machine reads too late, the change is no longer there: nothing good is told of it.
		return seen ? longest : { silence: (1000 * KEPT) / RATE, both: 0 };
	}

	// How long what is played lay in the decoder's buffer since `from`, on average, in ms; the longest of the places that play.
	async function buffers() {
		const found = new Map();
		for (const report of (await window.rostrum.pc().getStats()).values())
			if (report.type === 'inbound-rtp' && report.kind === 'audio') found.set(report.id, report);
		return found;
	}
	async function bufferedSince(from) {
		let longest = 0;
		for (const [id, to] of await buffers()) {
			const emitted = to.jitterBufferEmittedCount - (from.get(id)?.jitterBufferEmittedCount ?? 0);
			if (emitted > 0) longest = Math.max(longest, (1000 * (to.jitterBufferDelay - (from.get(id)?.jitterBufferDelay ?? 0))) / emitted);
		}
		return longest;
	}

	const pause = (ms) => new Promise((done) => setTimeout(done, ms));

	// Until the tone is heard after another: when that was by the wall clock, and how the one became the other.
	async function follow(old, hz) {
		const { context, near } = listen();
		await context.resume();
		const from = await buffers();
		const samples = new Float32Array(AHEAD);
		const end = performance.now() + LIMIT_MS;
		const hears = () => {
			near.getFloatTimeDomainData(samples);
			return level(samples, hz, 0, AHEAD) > HEARD_DB;
		};
		while (!hears()) {
			if (performance.now() > end) throw new Error(`no tone of ${hz} Hz`);
			await pause(LOOK_MS);
		}
		const wall = performance.timeOrigin + performance.now();
		await pause(AFTER_MS);
		return { wall, ...around(old, hz), buffered: await bufferedSince(from) };
	}

	// The same after a key of this page; `ms` from the press.
	async function press(old, hz, key) {
		await listen().context.resume();
		const pressed = performance.timeOrigin + performance.now();
		document.body.dispatchEvent(new KeyboardEvent('keydown', { key, code: `Digit${key}`, bubbles: true }));
		const heard = await follow(old, hz);
		return { ...heard, ms: heard.wall - pressed };
	}

	// Until there is such an element: when that was by the wall clock.
	function appears(selector) {
		return new Promise((done, fail) => {
			const limit = setTimeout(() => fail(new Error(`no ${selector}`)), LIMIT_MS);
			const look = () => {
				if (!document.querySelector(selector)) return;
				observer.disconnect();
				clearTimeout(limit);
				done(performance.timeOrigin + performance.now());
			};
			const observer = new MutationObserver(look);
			observer.observe(document, { subtree: true, childList: true, attributes: true });
			look();
		});
	}

	window.changes = { follow, press, appears };
}
