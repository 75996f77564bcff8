import { retryDelay } from './time';
import type { Reply } from './wire';

/**
 * The page's one RTCPeerConnection, of a fixed layout, offered once: microphone, camera in three layers,
 * content; five audio and four video places to receive. A change of speaker or language is a change of
 * what the places carry and negotiates nothing. Only another media server, or a path that cannot be
 * mended, makes a new connection, with the same layout.
 */

export interface Slot {
	mid: string;
	kind: 'audio' | 'video';
	feed: string;
	rank: number;
}

/** `off`: no media server; `disturbed`: was connected, being mended; `refused`: the server will not have the offer. */
export type MediaState = 'off' | 'connecting' | 'connected' | 'disturbed' | 'refused';

/** Audio places, in the order they are offered: of the main feed, as several may speak at a time; the original underneath; a booth partner. */
const MAIN_PLACES = [0, 1, 2];
const ORIGINAL_PLACE = 3;
const PARTNER_PLACE = 4;
const AUDIO_SLOTS = 5;
const VIDEO_SLOTS = 4;

/** RFC 8853 layers of the camera, smallest first. */
const CAMERA_LAYERS: RTCRtpEncodingParameters[] = [
	{ rid: 'q', scaleResolutionDownBy: 4, maxBitrate: 150_000 },
	{ rid: 'h', scaleResolutionDownBy: 2, maxBitrate: 500_000 },
	{ rid: 'f', scaleResolutionDownBy: 1, maxBitrate: 1_500_000 },
];

/** An answered connection that is not connected after this is given up and made again. */
const CONNECT_MS = 8_000;
/** A disturbed path mends itself within this, or gets new ICE credentials. */
const MEND_MS = 2_500;
/** Refusals of an offer that another try may cure. */
const PASSING = new Set(['no-media-server', 'too-many', 'store-unavailable']);
/** A contributing source not heard of for this long is no longer in the slot (browsers go on listing it). */
const CSRC_FRESH_MS = 1_500;

export class Media {
	state: MediaState = 'off';
	slots: Slot[] = [];
	pc: RTCPeerConnection | null = null;
	/** For the tests: how often each was done in the life of this page. */
	readonly counters = { connections: 0, offers: 0, answers: 0, iceRestarts: 0 };
	onchange: () => void = () => {};
	/** The audio places of a new connection, in their order: three of the main feed, the original's, the partner's. */
	onsound: (tracks: MediaStreamTrack[]) => void = () => {};

	private instance: string | null = null;
	/** What the server calls this connection; empty until it has answered. */
	private peer = '';
	/** Layers of the camera that somebody wants, from the smallest; the others rest. */
	private wanted = CAMERA_LAYERS.length;
	private resting = Promise.resolve();
	private microphone: MediaStreamTrack | null = null;
	private camera: MediaStreamTrack | null = null;
	private readonly sinks = Array.from({ length: AUDIO_SLOTS }, () => new Audio());
	private failures = 0;
	private timer = 0;

	constructor(
		private readonly ask: (type: string, members: Record<string, unknown>) => Promise<Reply>,
		private readonly iceServers: () => RTCIceServer[],
	) {}

	/** The view's media server. Another one than before means the old is gone; none means wait, media may well go on. */
	follow(instance: string | null): void {
		if (instance === null || instance === this.instance)
			return;
		this.instance = instance;
		this.failures = 0;
		void this.connect();
	}

	/** Gives the connection up until it is told whom to follow again. */
	hangUp(): void {
		if (this.instance === null)
			return;
		this.close();
		this.instance = null;
	}

	/** Puts these tracks on the line, now and on every later connection; null = send nothing. */
	setTracks(microphone: MediaStreamTrack | null, camera: MediaStreamTrack | null): void {
		this.microphone = microphone;
		this.camera = camera;
		const [sound, picture] = this.pc?.getTransceivers() ?? [];
		putOn(sound, microphone);
		putOn(picture, camera);
	}

	/** Of what is listened to, 0 to 1. */
	setVolume(volume: number): void {
		for (const place of MAIN_PLACES)
			this.sinks[place]!.volume = volume;
	}

	/** Of the original underneath. */
	setUnderVolume(volume: number): void {
		this.sinks[ORIGINAL_PLACE]!.volume = volume;
	}

	/** Of an interpreter's partner. */
	setPartnerVolume(volume: number): void {
		this.sinks[PARTNER_PLACE]!.volume = volume;
	}

	/** Nothing is to be heard from here, whatever comes: the room has loudspeakers of its own. */
	setSilent(silent: boolean): void {
		for (const sink of this.sinks)
			sink.muted = silent;
	}

	/** So many layers of the camera are wanted, from the smallest, said of the connection `peer`. */
	want(peer: string, wanted: number): void {
		if (peer === this.peer)
			this.setWanted(wanted);
	}

	/** Nobody can say any more what is wanted. */
	wantAll(): void {
		this.setWanted(CAMERA_LAYERS.length);
	}

	private setWanted(wanted: number): void {
		if (wanted === this.wanted)
			return;
		this.wanted = wanted;
		// One after the other: a browser takes no second change while it makes the first.
		this.resting = this.resting.then(() => this.rest());
	}

	private async rest(): Promise<void> {
		const sender = this.pc?.getTransceivers()[1]?.sender;
		if (sender === undefined)
			return;
		const parameters = sender.getParameters();
		if (!restLayers(parameters.encodings, this.wanted))
			return;
		// Refused only where the connection is closing; the next one begins with all of them.
		await sender.setParameters(parameters).catch(() => {});
	}

	/** The network changed: the path is probably another one. */
	networkChanged(): void {
		if (this.pc !== null && this.state !== 'connecting')
			void this.restartIce(this.pc);
	}

	/** The received track of the rank-th place that carries `feed`. */
	track(feed: string, rank = 0): MediaStreamTrack | null {
		return this.receiver(feed, rank)?.track ?? null;
	}

	/** Number of the source that is in the place now, or null if nothing came of late. */
	source(feed: string, rank = 0): number | null {
		const now = performance.timeOrigin + performance.now();
		const sources = this.receiver(feed, rank)?.getContributingSources() ?? [];
		const newest = sources.reduce<RTCRtpContributingSource | null>(
			(best, one) => (best === null || one.timestamp > best.timestamp ? one : best),
			null,
		);
		return newest !== null && now - newest.timestamp < CSRC_FRESH_MS ? newest.source : null;
	}

	/** What these places carry from now on. The array stays the same: it stands for the connection. */
	carry(told: Slot[]): void {
		for (const { mid, feed } of told) {
			const slot = this.slots.find((one) => one.mid === mid);
			if (slot !== undefined)
				slot.feed = feed;
		}
	}

	close(): void {
		window.clearTimeout(this.timer);
		if (this.pc !== null) {
			this.pc.onconnectionstatechange = null;
			this.pc.close();
		}
		this.pc = null;
	}

	/** Of the first audio place, whatever it carries. */
	mainReceiver(): RTCRtpReceiver | null {
		const slot = this.slots.find(({ kind }) => kind === 'audio');
		return this.pc?.getTransceivers().find(({ mid }) => mid === slot?.mid)?.receiver ?? null;
	}

	private receiver(feed: string, rank: number): RTCRtpReceiver | undefined {
		const slot = this.slots.find((one) => one.feed === feed && one.rank === rank);
		return slot && this.pc?.getTransceivers().find(({ mid }) => mid === slot.mid)?.receiver;
	}

	private set(state: MediaState): void {
		this.state = state;
		this.onchange();
	}

	private layout(pc: RTCPeerConnection): void {
		const audio: RTCRtpEncodingParameters[] = [{ maxBitrate: 64_000, priority: 'high', networkPriority: 'high' }];
		pc.addTransceiver(this.microphone ?? 'audio', { direction: 'sendonly', sendEncodings: audio });
		pc.addTransceiver(this.camera ?? 'video', { direction: 'sendonly', sendEncodings: CAMERA_LAYERS });
		pc.addTransceiver('video', { direction: 'sendonly' });
		this.onsound(this.sinks.map((sink) => {
			const { receiver } = pc.addTransceiver('audio', { direction: 'recvonly' });
			sink.srcObject = new MediaStream([receiver.track]);
			// Refused only where no key was pressed before; joining is such a press.
			sink.play().catch(() => {});
			return receiver.track;
		}));
		for (let i = 0; i < VIDEO_SLOTS; i++)
			pc.addTransceiver('video', { direction: 'recvonly' });
	}

	private async connect(): Promise<void> {
		this.close();
		this.slots = [];
		this.peer = '';
		this.wanted = CAMERA_LAYERS.length;
		const pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle', iceServers: this.iceServers() });
		this.pc = pc;
		this.counters.connections++;
		this.set('connecting');
		pc.onconnectionstatechange = () => this.moved(pc);
		this.layout(pc);

		await pc.setLocalDescription();
		this.counters.offers++;
		const reply = await this.ask('offer', { instance: this.instance, sdp: pc.localDescription?.sdp });
		if (pc !== this.pc)
			return;
		if (reply.ok)
			await this.accept(pc, reply);
		else
			this.refused(pc, reply.reason ?? '');
	}

	private async accept(pc: RTCPeerConnection, reply: Reply): Promise<void> {
		try {
			await pc.setRemoteDescription({ type: 'answer', sdp: String(reply['sdp']) });
		} catch {
			this.again(pc); // Closed meanwhile, or no answer this browser can use.
			return;
		}
		this.counters.answers++;
		this.peer = String(reply['peer'] ?? '');
		this.slots = (reply['slots'] as Slot[] | undefined) ?? this.slots;
		this.timer = window.setTimeout(() => {
			if (pc.connectionState !== 'connected')
				this.again(pc);
		}, CONNECT_MS);
		this.onchange();
	}

	private refused(pc: RTCPeerConnection, reason: string): void {
		if (PASSING.has(reason)) {
			this.again(pc);
			this.set('off');
		} else {
			this.close();
			this.set('refused');
		}
	}

	private moved(pc: RTCPeerConnection): void {
		if (pc !== this.pc)
			return;
		switch (pc.connectionState) {
			case 'connected':
				window.clearTimeout(this.timer);
				this.failures = 0;
				this.set('connected');
				break;
			case 'disconnected':
				window.clearTimeout(this.timer);
				this.timer = window.setTimeout(() => void this.restartIce(pc), MEND_MS);
				this.set('disturbed');
				break;
			case 'failed':
				this.again(pc);
				break;
			default:
				break;
		}
	}

	private async restartIce(pc: RTCPeerConnection): Promise<void> {
		if (pc !== this.pc || pc.signalingState !== 'stable')
			return;
		this.counters.iceRestarts++;
		window.clearTimeout(this.timer);
		pc.setConfiguration({ ...pc.getConfiguration(), iceServers: this.iceServers() });
		pc.restartIce();
		await pc.setLocalDescription();
		const reply = await this.ask('restart-ice', { sdp: pc.localDescription?.sdp });
		if (pc !== this.pc)
			return;
		if (reply.ok && typeof reply['sdp'] === 'string')
			await this.accept(pc, reply);
		else
			this.again(pc);
	}

	/** The connection cannot be mended: the next one, after a growing pause. */
	private again(pc: RTCPeerConnection): void {
		if (pc !== this.pc)
			return;
		this.close();
		this.set('disturbed');
		this.timer = window.setTimeout(() => void this.connect(), retryDelay(this.failures++));
	}
}

/** Only these layers are sent from now on, by their rid. False: so it is already, or there are no layers. */
export function restLayers(encodings: RTCRtpEncodingParameters[], wanted: number): boolean {
	let changed = false;
	for (const encoding of encodings) {
		const layer = CAMERA_LAYERS.findIndex(({ rid }) => rid === encoding.rid);
		const active = layer < wanted;
		changed ||= active !== (encoding.active ?? true);
		encoding.active = active;
	}
	return changed;
}

function putOn(transceiver: RTCRtpTransceiver | undefined, track: MediaStreamTrack | null): void {
	if (transceiver === undefined || transceiver.sender.track === track)
		return;
	// A refusal comes only from a connection that is closing; the next one takes the track anew.
	transceiver.sender.replaceTrack(track).catch(() => {});
}
