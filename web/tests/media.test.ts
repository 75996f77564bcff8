import { beforeEach, expect, test, vi } from 'vitest';
import { Media, restLayers } from '#shared/media';

/** As much of a browser as the connection needs: what its senders were told. */
class Sender {
	track = null;
	applied = 0;
	private encodings: RTCRtpEncodingParameters[];
	private open = false;

	constructor(init: RTCRtpEncodingParameters[] = []) {
		this.encodings = init.map((one) => ({ active: true, ...one }));
	}

	get active(): boolean[] {
		return this.encodings.map(({ active }) => active === true);
	}

	getParameters(): { encodings: RTCRtpEncodingParameters[] } {
		return { encodings: this.encodings.map((one) => ({ ...one })) };
	}

	async setParameters({ encodings }: { encodings: RTCRtpEncodingParameters[] }): Promise<void> {
		if (this.open)
			throw new Error('another change is under way');
		this.open = true;
		await Promise.resolve();
		this.open = false;
		this.encodings = encodings;
		this.applied++;
	}
}

class Connection {
	static last: Connection;
	connectionState = 'connected';
	signalingState = 'stable';
	localDescription = { sdp: 'v=0' };
	onconnectionstatechange: (() => void) | null = null;
	readonly transceivers: { mid: string; sender: Sender; receiver: { track: object } }[] = [];

	constructor() {
		Connection.last = this;
	}

	addTransceiver(_: unknown, init?: RTCRtpTransceiverInit): object {
		const one = { mid: String(this.transceivers.length), sender: new Sender(init?.sendEncodings), receiver: { track: {} } };
		this.transceivers.push(one);
		return one;
	}

	getTransceivers(): unknown[] {
		return this.transceivers;
	}

	async setLocalDescription(): Promise<void> {}
	async setRemoteDescription(): Promise<void> {}
	close(): void {}

	get camera(): Sender {
		return this.transceivers[1]!.sender;
	}
}

beforeEach(() => {
	vi.stubGlobal('window', globalThis);
	vi.stubGlobal('RTCPeerConnection', Connection);
	vi.stubGlobal('MediaStream', class {});
	vi.stubGlobal('Audio', class {
		async play(): Promise<void> {}
	});
});

async function settle(): Promise<void> {
	await new Promise((resolve) => setTimeout(resolve));
}

/** A page whose connections the server calls p1, p2, … */
async function connected(): Promise<Media> {
	let n = 0;
	const media = new Media(async () => ({ id: 'c', ok: true, sdp: 'v=0', peer: `p${++n}`, slots: [] }), () => []);
	media.follow('i1');
	await settle();
	return media;
}

test('what nobody wants rests, and comes back', async () => {
	const media = await connected();
	expect(Connection.last.camera.active).toEqual([true, true, true]);
	media.want('p1', 1);
	await settle();
	expect(Connection.last.camera.active).toEqual([true, false, false]);
	media.want('p1', 3);
	await settle();
	expect(Connection.last.camera.active).toEqual([true, true, true]);
	media.close();
});

test('changes that come fast are made one after the other, and the last stands', async () => {
	const media = await connected();
	media.want('p1', 1);
	media.want('p1', 3);
	media.want('p1', 2);
	await settle();
	expect(Connection.last.camera.active).toEqual([true, true, false]);
	media.want('p1', 2);
	const { applied } = Connection.last.camera;
	await settle();
	expect(Connection.last.camera.applied).toBe(applied);
	media.close();
});

test('what is said of another connection changes nothing', async () => {
	const media = await connected();
	media.want('p2', 1);
	await settle();
	expect(Connection.last.camera.active).toEqual([true, true, true]);
	media.close();
});

test('when nobody can say any more what is wanted, everything is', async () => {
	const media = await connected();
	media.want('p1', 1);
	media.wantAll();
	await settle();
	expect(Connection.last.camera.active).toEqual([true, true, true]);
	media.close();
});

test('another connection begins with everything', async () => {
	const media = await connected();
	media.want('p1', 1);
	await settle();
	media.follow('i2');
	await settle();
	expect(Connection.last.camera.active).toEqual([true, true, true]);
	media.want('p1', 1);
	await settle();
	expect(Connection.last.camera.active).toEqual([true, true, true]);
	media.want('p2', 1);
	await settle();
	expect(Connection.last.camera.active).toEqual([true, false, false]);
	media.close();
});

test('layers are told by their rid, in whatever order a browser has them', () => {
	const encodings = [{ rid: 'f' }, { rid: 'q' }, { rid: 'h' }] as RTCRtpEncodingParameters[];
	expect(restLayers(encodings, 1)).toBe(true);
	expect(encodings.map(({ active }) => active)).toEqual([false, true, false]);
	expect(restLayers(encodings, 1)).toBe(false);
	const alone = [{}] as RTCRtpEncodingParameters[];
	expect(restLayers(alone, 1)).toBe(false);
	expect(alone[0]!.active).toBe(true);
});
