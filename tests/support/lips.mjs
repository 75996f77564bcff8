// A mouth that opens and sounds at one instant, and an eye and an ear that say when each reached them. These functions are sent
// to the browser as source text, so they use nothing from outside themselves.

// In place of microphone and camera: every two seconds a flash and a tone of 200 ms, begun together. `window.mouth` is the stream.
export function installMouth() {
	let making = null;
	const make = async () => {
		const audio = new AudioContext({ sampleRate: 48000 });
		await audio.resume();
		const tone = audio.createOscillator();
		const gain = audio.createGain();
		const out = audio.createMediaStreamDestination();
		gain.gain.value = 0;
		tone.frequency.value = 1000;
		tone.connect(gain).connect(out);
		tone.start();
		const canvas = document.createElement('canvas');
		[canvas.width, canvas.height] = [640, 360];
		const pen = canvas.getContext('2d', { alpha: false });
		let open = false;
		setInterval(() => {
			const now = performance.now() % 2000 < 200;
			if (now !== open) gain.gain.setValueAtTime(now ? 0.5 : 0, audio.currentTime);
			open = now;
			pen.fillStyle = open ? '#ffffff' : '#000000';
			pen.fillRect(0, 0, 640, 360);
			pen.fillStyle = '#404040'; // something that moves: an encoder may rest on a picture that stands
			pen.fillRect((performance.now() / 10) % 600, 340, 20, 20);
		}, 20);
		const stream = canvas.captureStream(50);
		stream.addTrack(out.stream.getAudioTracks()[0]);
		return (window.mouth = stream);
	};
	navigator.mediaDevices.getUserMedia = async ({ audio, video }) => {
		making ??= make();
		const stream = await making;
		return new MediaStream([...(audio ? stream.getAudioTracks() : []), ...(video ? stream.getVideoTracks() : [])].map((track) => track.clone()));
	};
}

// For `ms`: by how many ms the sound comes after its picture, of each pair; negative = sound first. At the mouth itself, or of the
// floor and the speaker as they arrive.
export async function watchLips(atMouth, ms) {
	const arriving = (feed) => {
		const { mid } = window.rostrum.slots().find((slot) => slot.feed === feed && slot.rank === 0);
		return window.rostrum.pc().getTransceivers().find((one) => one.mid === mid).receiver.track;
	};
	const [sound, picture] = atMouth ? ['audio', 'video'].map((kind) => window.mouth.getTracks().find((track) => track.kind === kind)) : ['floor', 'speaker'].map(arriving);
	const audio = new AudioContext({ sampleRate: 48000 });
	await audio.resume();
	const ear = audio.createScriptProcessor(512, 1, 1);
	const tones = [];
	const blocks = []; // of late: when they came, against where they lie
	let heard = 0;
	let quiet = 0;
	ear.onaudioprocess = ({ inputBuffer }) => {
		const samples = inputBuffer.getChannelData(0);
		heard += samples.length;
		// A call may come late, never early: the earliest of the last seconds is in time.
		blocks.push(performance.now() - heard / 48);
		if (blocks.length > 300) blocks.shift();
		const zero = Math.min(...blocks);
		for (let i = 0; i < samples.length; i += 1) {
			if (Math.abs(samples[i]) > 0.1) {
				if (quiet > 24000) tones.push(zero + (heard - samples.length + i) / 48);
				quiet = 0;
			} else quiet += 1;
		}
	};
	audio.createMediaStreamSource(new MediaStream([sound])).connect(ear);
	ear.connect(audio.destination);

	const video = document.createElement('video');
	video.muted = true;
	video.srcObject = new MediaStream([picture]);
	document.body.append(video);
	const canvas = document.createElement('canvas');
	[canvas.width, canvas.height] = [8, 8];
	const pen = canvas.getContext('2d', { willReadFrequently: true });
	const flashes = [];
	let dark = true;
	let frames = 0;
	const look = (now) => {
		pen.drawImage(video, 0, 0, 8, 8);
		const bright = pen.getImageData(4, 2, 1, 1).data[1] > 127;
		if (bright && dark) flashes.push(now);
		dark = !bright;
		frames += 1;
		video.requestVideoFrameCallback(look);
	};
	video.requestVideoFrameCallback(look);
	await video.play();
	await new Promise((done) => setTimeout(done, ms));
	video.remove();
	await audio.close();
	return { frames, tones: tones.length, skews: flashes.flatMap((flash) => tones.filter((tone) => Math.abs(tone - flash) < 900).map((tone) => tone - flash)) };
}

export const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
