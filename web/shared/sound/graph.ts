import { ECHO_S } from './echo';
import type { HeadsetSettings } from './headset';
import { gainOf } from './loudness';
import limiterModule from './limiter.worklet.ts?worker&url';
import type { Heard } from './protection';

/** What Opus is decoded to; the protection's figures hold at any rate. */
const RATE = 48_000;
/** Where bass and treble begin: below what tells vowels apart, and where consonants are told apart. */
const BASS_HZ = 250;
const TREBLE_HZ = 3500;
/** A change of volume takes so long (time constant, s): quick under the hand, and without a click. */
const GLIDE_S = 0.015;

/** A headset has some room for a speaker who is too soft: at 0.7 sound is as loud as it came. */
export function headsetGain(volume: number): number {
	return 2 * gainOf(volume);
}

/** Rejects where this browser cannot run the protection. */
export async function makeGraph(settings: HeadsetSettings, tell: (heard: Heard) => void): Promise<Graph> {
	const context = new AudioContext({ latencyHint: 'interactive', sampleRate: RATE });
	try {
		await context.audioWorklet.addModule(limiterModule);
		const limiter = new AudioWorkletNode(context, 'rostrum-limiter', {
			channelCount: 1,
			channelCountMode: 'explicit',
			outputChannelCount: [1],
			processorOptions: { fullScale: settings.fullScale },
		});
		limiter.port.onmessage = ({ data }: MessageEvent<Heard>) => tell(data);
		return new Graph(context, limiter, settings);
	} catch (error) {
		void context.close();
		throw error;
	}
}

/** The nodes of a headset. In mono before the limiter, so that both ears get the same. */
export class Graph {
	private sources: MediaStreamAudioSourceNode[] = [];
	private readonly volume: GainNode;
	private readonly bass: BiquadFilterNode;
	private readonly treble: BiquadFilterNode;
	private readonly original: GainNode;
	private readonly partner: GainNode;
	private readonly partnerDelay: DelayNode;

	constructor(
		private readonly context: AudioContext,
		private readonly limiter: AudioWorkletNode,
		settings: HeadsetSettings,
	) {
		this.volume = new GainNode(context, { gain: headsetGain(settings.volume) });
		this.bass = new BiquadFilterNode(context, { type: 'lowshelf', frequency: BASS_HZ, gain: settings.bass });
		this.treble = new BiquadFilterNode(context, { type: 'highshelf', frequency: TREBLE_HZ, gain: settings.treble });
		this.original = new GainNode(context, { gain: headsetGain(settings.original) });
		this.partner = new GainNode(context, { gain: headsetGain(settings.partner) });
		this.volume.connect(this.bass).connect(this.treble).connect(limiter);
		this.original.connect(limiter);
		this.partnerDelay = new DelayNode(context, { maxDelayTime: ECHO_S, delayTime: 0 });
		this.partner.connect(this.partnerDelay).connect(limiter);
		limiter.connect(context.destination);
	}

	/** Sound of these places instead of those before: the main feed's three, the original's, the partner's. */
	take(tracks: readonly MediaStreamTrack[]): void {
		for (const source of this.sources)
			source.disconnect();
		const ways = [this.volume, this.volume, this.volume, this.original, this.partner];
		this.sources = tracks.slice(0, ways.length).map((track, place) => {
			const source = this.context.createMediaStreamSource(new MediaStream([track]));
			source.connect(ways[place]!);
			return source;
		});
	}

	/** One's own voice comes in the partner's place: late. */
	setEcho(on: boolean): void {
		this.partnerDelay.delayTime.value = on ? ECHO_S : 0;
	}

	adjust({ volume, partner, original, bass, treble, fullScale }: HeadsetSettings): void {
		this.glide(this.volume.gain, headsetGain(volume));
		this.glide(this.original.gain, headsetGain(original));
		this.glide(this.partner.gain, headsetGain(partner));
		this.glide(this.bass.gain, bass);
		this.glide(this.treble.gain, treble);
		this.limiter.port.postMessage(fullScale);
	}

	resume(): Promise<void> {
		return this.context.resume();
	}

	/** Silent from now on. */
	close(): void {
		void this.context.close();
	}

	private glide(parameter: AudioParam, value: number): void {
		parameter.setTargetAtTime(value, this.context.currentTime, GLIDE_S);
	}
}
