import { ECHOES, isEnough, lineOf, WAYS, type LineFigures, type Path, type Second, type Way } from './precall';

/**
 * The line's part of a test before a call: each way to the media server is tried, and what the best one carries is measured by a
 * picture that is hard to code and comes back. Nobody else is sent any of it (PROTOCOL.md section 3.10).
 */

const CONNECT_MS = 8_000;
const MEASURE_MS = 9_000;
const UP_BPS = 2_500_000;

/** Others are tested now; this says for how long at most, ms. */
export class Busy extends Error {
	constructor(readonly ms: number) {
		super('busy');
	}
}

/** As large as a small picture, and noise: no coder makes it small, so the line is what limits it. */
function noise(): { track: MediaStreamTrack; stop: () => void } {
	const canvas = document.createElement('canvas');
	canvas.width = 640;
	canvas.height = 360;
	const grain = new OffscreenCanvas(160, 90);
	const fine = grain.getContext('2d')!;
	const large = canvas.getContext('2d')!;
	large.imageSmoothingEnabled = false;
	const draw = () => {
		const image = fine.createImageData(160, 90);
		const words = new Uint32Array(image.data.buffer);
		for (let i = 0; i < words.length; i++)
			words[i] = (Math.random() * 0x1000000) | 0xff000000;
		fine.putImageData(image, 0, 0);
		large.drawImage(grain, 0, 0, 640, 360);
	};
	draw();
	const timer = window.setInterval(draw, 40);
	const track = canvas.captureStream(25).getVideoTracks()[0]!;
	return {
		track,
		stop: () => {
			window.clearInterval(timer);
			track.stop();
		},
	};
}

/** RFC 9725 section 4.6. */
export function serversOf(link: string): RTCIceServer[] {
	const pattern = /<(turns?:[^>]+)>; *rel="ice-server"; *username="([^"]*)"; *credential="([^"]*)"/g;
	return [...link.matchAll(pattern)].map(([, urls, username, credential]) => ({ urls: urls!, username: username!, credential: credential! }));
}

/** The answer with those candidates alone that are to be believed. */
export function onlyBy(sdp: string, protocol: 'udp' | 'tcp'): string {
	return sdp.split('\r\n').filter((line) => !line.startsWith('a=candidate:') || line.toLowerCase().includes(` ${protocol} `)).join('\r\n');
}

interface Attempt {
	path: Path;
	pc: RTCPeerConnection | null;
	end: () => Promise<void>;
}

export class LineTest {
	private stopped = false;
	private ending: () => Promise<void> = async () => {};

	constructor(
		private readonly meeting: string,
		private readonly badge: string,
		private readonly token: string,
	) {}

	/** Nobody waits for it any more. */
	stop(): void {
		this.stopped = true;
		void this.ending();
	}

	/** `step` is told which way is tried, and when it is measured. Throws Busy, or that there is no server. */
	async run(step: (what: Way | 'measure') => void): Promise<{ paths: Record<Way, Path>; line: LineFigures | null }> {
		const picture = noise();
		const paths: Record<Way, Path> = { udp: 'absent', tcp: 'absent', relay: 'absent' };
		let line: LineFigures | null = null;
		try {
			for (const way of WAYS) {
				if (this.stopped)
					break;
				step(way);
				const attempt = await this.attempt(way, picture.track);
				paths[way] = attempt.path;
				if (attempt.pc !== null && line === null) {
					step('measure');
					line = await measure(attempt.pc);
				}
				await attempt.end();
			}
		} finally {
			picture.stop();
		}
		return { paths, line };
	}

	private async attempt(way: Way, track: MediaStreamTrack): Promise<Attempt> {
		const pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle', iceTransportPolicy: way === 'relay' ? 'relay' : 'all' });
		let session = '';
		const end = async () => {
			pc.close();
			const ended = session;
			session = '';
			if (ended !== '')
				await fetch(ended, { method: 'DELETE', headers: { authorization: `Bearer ${this.token}` } }).catch(() => {});
		};
		this.ending = end;
		try {
			pc.addTransceiver(track, { direction: 'sendonly', sendEncodings: [{ maxBitrate: UP_BPS }] });
			for (let i = 0; i < ECHOES; i++)
				pc.addTransceiver('video', { direction: 'recvonly' });
			const offer = await pc.createOffer();
			const answer = await this.offer(offer.sdp ?? '');
			session = answer.headers.get('location') ?? '';
			const sdp = onlyBy(await answer.text(), way === 'tcp' ? 'tcp' : 'udp');
			const iceServers = way === 'relay' ? serversOf(answer.headers.get('link') ?? '') : [];
			if ((way === 'relay' && iceServers.length === 0) || !sdp.includes('a=candidate:')) {
				await end();
				return { path: 'absent', pc: null, end: async () => {} };
			}
			pc.setConfiguration({ ...pc.getConfiguration(), iceServers });
			await pc.setLocalDescription(offer);
			await pc.setRemoteDescription({ type: 'answer', sdp });
			if (await connected(pc))
				return { path: 'open', pc, end };
			await end();
			return { path: 'closed', pc: null, end: async () => {} };
		} catch (error) {
			await end();
			throw error;
		}
	}

	private async offer(sdp: string): Promise<Response> {
		const answer = await fetch(`/echo/${this.meeting}/${this.badge}`, {
			method: 'POST', body: sdp, headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/sdp' },
		});
		if (answer.status === 429)
			throw new Busy(1000 * Number(answer.headers.get('retry-after') ?? 5));
		if (!answer.ok)
			throw new Error(`${answer.status}`);
		return answer;
	}
}

function connected(pc: RTCPeerConnection): Promise<boolean> {
	return new Promise((resolve) => {
		const timer = window.setTimeout(() => resolve(false), CONNECT_MS);
		const look = () => {
			if (!['connected', 'failed', 'closed'].includes(pc.connectionState))
				return;
			window.clearTimeout(timer);
			resolve(pc.connectionState === 'connected');
		};
		pc.onconnectionstatechange = look;
		look();
	});
}

async function measure(pc: RTCPeerConnection): Promise<LineFigures | null> {
	const seconds: Second[] = [await second(pc)];
	const until = performance.now() + MEASURE_MS;
	while (performance.now() < until && pc.connectionState !== 'closed' && !isEnough(seconds)) {
		await new Promise((resolve) => window.setTimeout(resolve, 1000));
		seconds.push(await second(pc));
	}
	return lineOf(seconds);
}

async function second(pc: RTCPeerConnection): Promise<Second> {
	const found: Second = { at: performance.now(), sent: 0, received: 0, lostUp: null, got: 0, lost: 0, rtt: null };
	// What a browser tells differs; what it does not tell stays unknown.
	for (const stat of (await pc.getStats()).values() as Iterable<Record<string, unknown>>) {
		const figure = (name: string) => (typeof stat[name] === 'number' ? (stat[name] as number) : 0);
		if (stat['type'] === 'outbound-rtp') {
			found.sent += figure('bytesSent');
		} else if (stat['type'] === 'inbound-rtp') {
			found.received += figure('bytesReceived');
			found.got += figure('packetsReceived');
			found.lost += figure('packetsLost');
		} else if (stat['type'] === 'remote-inbound-rtp' && typeof stat['fractionLost'] === 'number') {
			found.lostUp = stat['fractionLost'];
		} else if (stat['type'] === 'candidate-pair' && stat['nominated'] === true && typeof stat['currentRoundTripTime'] === 'number') {
			found.rtt = stat['currentRoundTripTime'];
		}
	}
	return found;
}
