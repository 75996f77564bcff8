/** Tone and bars, as lines have been lined up with for decades: what a page sends instead of microphone and camera. */

const TONE_HZ = 1000;
/** EBU R 68: the level lines are aligned at. */
const TONE_DB = -18;
const WIDTH = 1280;
const HEIGHT = 720;
/** Of three quarters intensity, brightest first. */
const BARS = ['#bfbfbf', '#bfbf00', '#00bfbf', '#00bf00', '#bf00bf', '#bf0000', '#0000bf'];
const FRAME_MS = 100;

export interface TestTrack {
	track: MediaStreamTrack;
	stop: () => void;
}

export function makeTone(): TestTrack {
	const context = new AudioContext();
	const tone = new OscillatorNode(context, { frequency: TONE_HZ });
	const gain = new GainNode(context, { gain: 10 ** (TONE_DB / 20) });
	const out = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
	tone.connect(gain).connect(out);
	tone.start();
	return { track: out.stream.getAudioTracks()[0]!, stop: () => void context.close() };
}

/** With a mark that moves: a picture that stands still looks like one that hangs. */
export function makeBars(): TestTrack {
	const canvas = document.createElement('canvas');
	[canvas.width, canvas.height] = [WIDTH, HEIGHT];
	const pen = canvas.getContext('2d')!;
	const draw = (): void => {
		BARS.forEach((ink, i) => {
			pen.fillStyle = ink;
			pen.fillRect(Math.floor((i * WIDTH) / BARS.length), 0, Math.ceil(WIDTH / BARS.length), HEIGHT);
		});
		pen.fillStyle = '#000';
		pen.fillRect(0, HEIGHT - 48, WIDTH, 48);
		pen.fillStyle = '#fff';
		pen.fillRect(((performance.now() / 5000) % 1) * (WIDTH - 48), HEIGHT - 48, 48, 48);
	};
	draw();
	const timer = window.setInterval(draw, FRAME_MS);
	const track = canvas.captureStream(1000 / FRAME_MS).getVideoTracks()[0]!;
	return {
		track,
		stop: () => {
			window.clearInterval(timer);
			track.stop();
		},
	};
}
