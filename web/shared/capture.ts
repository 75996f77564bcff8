import { HUM_SAMPLES, HumFinder } from './sound/hum';
import { Level } from './sound/level';

/**
 * Microphone and camera of this machine: chosen, captured, changed, measured.
 *
 * Both are captured when joining, so that being given the floor needs no question and no delay.
 * Having neither is normal: such a page listens.
 */

export interface Wishes {
	/** Device id; '' = the system's choice; null = none. */
	microphone: string | null;
	camera: string | null;
	/** Original sound: no echo cancellation, noise suppression or gain control. */
	original: boolean;
}

/** Why a wished device gives nothing: refused by the user, not there, in use by another program, or lost since. */
export type Fault = 'refused' | 'absent' | 'busy' | 'lost';

/** Samples a level is read from: more than pass between two looks at it, so that no clipping goes unseen. */
const METERED = 4096;
/** A hum lies in sounds that last: this costs a millisecond a second. */
const HUM_MS = 1000;

type Kind = 'microphone' | 'camera';

const FAULT_OF: Record<string, Fault> = {
	NotAllowedError: 'refused',
	SecurityError: 'refused',
	NotFoundError: 'absent',
	OverconstrainedError: 'absent',
	NotReadableError: 'busy',
	AbortError: 'busy',
};

function microphoneConstraints(wishes: Wishes): MediaTrackConstraints {
	return {
		...(wishes.microphone ? { deviceId: { exact: wishes.microphone } } : {}),
		// Suppression and gain control take from the voice what interpreters need; echo cancellation only where loudspeakers may be.
		echoCancellation: !wishes.original,
		noiseSuppression: false,
		autoGainControl: false,
		channelCount: 1,
		sampleRate: 48_000,
	};
}

function cameraConstraints(wishes: Wishes): MediaTrackConstraints {
	return {
		...(wishes.camera ? { deviceId: { exact: wishes.camera } } : {}),
		width: { ideal: 1280 },
		height: { ideal: 720 },
		frameRate: { ideal: 25, max: 30 },
	};
}

export class Capture {
	microphone: MediaStreamTrack | null = null;
	camera: MediaStreamTrack | null = null;
	readonly faults: Partial<Record<Kind, Fault>> = {};
	devices: MediaDeviceInfo[] = [];
	onchange: () => void = () => {};
	/** Of the own microphone, as `level()` last read it. */
	readonly own = new Level();

	private audio: AudioContext | null = null;
	private source: MediaStreamAudioSourceNode | null = null;
	private analyser: AnalyserNode | null = null;
	private samples = new Float32Array(METERED);
	private whole: AnalyserNode | null = null;
	private stretch = new Float32Array(HUM_SAMPLES);
	private finder: HumFinder | null = null;
	private round = 0;

	constructor(public wishes: Wishes) {
		navigator.mediaDevices?.addEventListener('devicechange', () => void this.devicesChanged());
		window.setInterval(() => this.lookForHum(), HUM_MS);
	}

	/** Takes what is wished and can be had; faults say what could not. A later call overtakes an earlier one. */
	async acquire(wishes: Wishes = this.wishes): Promise<void> {
		const round = ++this.round;
		const before = this.wishes;
		this.wishes = { ...wishes };
		const sound =
			before.microphone !== wishes.microphone || before.original !== wishes.original || !this.lives('microphone');
		const picture = before.camera !== wishes.camera || !this.lives('camera');
		if (sound)
			this.release('microphone');
		if (picture)
			this.release('camera');

		// One after the other: two questions at once are refused by some browsers.
		if (sound && wishes.microphone !== null)
			await this.take('microphone', { audio: microphoneConstraints(wishes) }, round);
		if (picture && wishes.camera !== null)
			await this.take('camera', { video: cameraConstraints(wishes) }, round);
		await this.listDevices();
		this.onchange();
	}

	/** Gives both devices back; what was wished stays wished. */
	letGo(): void {
		this.round++;
		this.release('microphone');
		this.release('camera');
		this.onchange();
	}

	/** Silences the microphone here, for a cough or a word aside. */
	setMuted(muted: boolean): void {
		if (this.microphone !== null)
			this.microphone.enabled = !muted;
		this.onchange();
	}

	get muted(): boolean {
		return this.microphone?.enabled === false;
	}

	/** Level of the own microphone in dBFS, -100 when there is none. */
	level(): number {
		if (this.analyser === null)
			return -100;
		this.analyser.getFloatTimeDomainData(this.samples);
		this.own.takeSamples(this.samples, performance.now());
		return this.own.db;
	}

	/** The own microphone was too loud for its converter a moment ago. */
	get clipped(): boolean {
		return this.own.isClipped(performance.now());
	}

	/** Mains hum in what the own microphone gives, dBFS; null: none, or none that is known. */
	get hum(): number | null {
		return this.finder?.db ?? null;
	}

	/** A press by the user lets the meter run where browsers keep it silent until then. */
	wake(): void {
		void this.audio?.resume();
	}

	private lives(kind: Kind): boolean {
		return this[kind]?.readyState === 'live';
	}

	private async take(kind: Kind, constraints: MediaStreamConstraints, round: number): Promise<void> {
		try {
			if (navigator.mediaDevices === undefined)
				throw new DOMException('no secure context', 'SecurityError');
			const stream = await navigator.mediaDevices.getUserMedia(constraints);
			const track = stream.getTracks()[0];
			if (round !== this.round || track === undefined) {
				track?.stop();
				return;
			}
			this.keep(kind, track);
		} catch (error) {
			if (round === this.round)
				this.faults[kind] = FAULT_OF[(error as DOMException).name] ?? 'busy';
		}
	}

	private keep(kind: Kind, track: MediaStreamTrack): void {
		this[kind] = track;
		delete this.faults[kind];
		track.onended = () => {
			if (this[kind] !== track)
				return;
			this.faults[kind] = 'lost';
			this.onchange();
		};
		if (kind === 'microphone')
			this.measure(track);
	}

	private release(kind: Kind): void {
		this[kind]?.stop();
		this[kind] = null;
		delete this.faults[kind];
		if (kind === 'microphone') {
			this.source?.disconnect();
			this.source = null;
			this.analyser = this.whole = this.finder = null;
		}
	}

	private measure(track: MediaStreamTrack): void {
		this.audio ??= new AudioContext();
		this.source = this.audio.createMediaStreamSource(new MediaStream([track]));
		this.analyser = new AnalyserNode(this.audio, { fftSize: METERED });
		this.source.connect(this.analyser);
		this.whole = new AnalyserNode(this.audio, { fftSize: HUM_SAMPLES });
		this.source.connect(this.whole);
		this.finder = new HumFinder(this.audio.sampleRate);
	}

	private lookForHum(): void {
		if (this.whole === null || this.muted)
			return;
		this.whole.getFloatTimeDomainData(this.stretch);
		this.finder!.look(this.stretch);
	}

	private async listDevices(): Promise<void> {
		this.devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
	}

	/** A device came or went: one that was missed is taken again. */
	private async devicesChanged(): Promise<void> {
		await this.listDevices();
		if (this.faults.microphone === 'lost' || this.faults.camera === 'lost')
			await this.acquire();
		this.onchange();
	}
}
