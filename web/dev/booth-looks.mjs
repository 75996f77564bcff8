// What the console looks like in each of its states: a meeting with three booths at work, and a line that is connected without a media server.

const AR = { query: '?lang=ar' };

/** Stands in for the connection in the page: always there, carrying nothing. */
export function connectedLine() {
	const silence = () => new AudioContext().createMediaStreamDestination().stream.getAudioTracks()[0];
	const still = () => document.createElement('canvas').captureStream().getVideoTracks()[0];
	globalThis.RTCPeerConnection = class {
		connectionState = 'new';
		signalingState = 'stable';
		localDescription = { sdp: '' };
		#transceivers = [];
		addTransceiver(kind) {
			const track = kind === 'video' || kind.kind === 'video' ? still() : silence();
			this.#transceivers.push({ mid: String(this.#transceivers.length), sender: { track: null, replaceTrack: async () => {} }, receiver: { track, getContributingSources: () => [] } });
			return this.#transceivers.at(-1);
		}
		getTransceivers = () => this.#transceivers;
		setLocalDescription = async () => {};
		async setRemoteDescription() {
			this.connectionState = 'connected';
			this.onconnectionstatechange?.();
		}
		close() {}
	};
}

/** Kenya speaks English; the Arabic booth works from French, which is at its turn's end. */
export function atWork(meeting, now) {
	const here = (id) => ({ [id]: { present: true, line: 'connected' } });
	meeting.interpret('desk-live', {}, {
		media: { instance: 'look' },
		floor: { language: 'en' },
		participants: { ...here('en-1'), ...here('fr-1'), ...here('fr-2'), ...here('es-1'), ...here('ar-1'), ...here('ar-2') },
		desks: { 'fr-1': { used_ms: 4_080_000 }, 'fr-2': { used_ms: 5_460_000 }, 'ar-1': { source: 'fr' }, 'ar-2': { source: 'fr', used_ms: 2_400_000 } },
		channels: { en: { desk: 'en-1', since: now - 600_000 }, fr: { desk: 'fr-1', since: now - 1_005_000 }, ar: { desk: 'ar-1', since: now - 1_820_000 } },
	});
	meeting.tell({ type: 'measured', patch: { levels: { KEN: -18, 'en-1': -60, 'fr-1': -19, 'ar-1': -24, 'fr-2': -60 }, sounds: { KEN: { khz: 20, fit: 'yes' } } } });
}

/** `[badge, options, name, what happens]` of each picture. */
export const looks = (PHONE) => [
	['fr-2', {}, 'idle'],
	['fr-1', {}, 'live'],
	['fr-1', { query: '?lang=fr' }, 'live-fr'],
	['fr-1', {}, 'cough', (page) => page.keyboard.down(' ')],
	['en-1', {}, 'standby'],
	['fr-2', {}, 'handover-asked', (_, meeting) => handover(meeting, 'fr-1', 'requested')],
	['fr-1', { query: '?lang=ru' }, 'handover-armed-ru', (_, meeting) => handover(meeting, 'fr-2', 'armed')],
	['fr-2', {}, 'handover-menu', (page) => page.keyboard.press('h')],
	['fr-2', {}, 'partner-lost', (_, meeting) => meeting.interpret('desk-idle', { cause: 'lost-line' }, { participants: { 'fr-1': { line: 'away', present: false } }, desks: { 'fr-2': { alarm: { cause: 'lost-line', channel: 'fr', since: Date.now() } } }, channels: { fr: { desk: null, since: null } } })],
	['ar-2', AR, 'turn-over-ar'],
	['ar-1', AR, 'pivot-lost-ar', (_, meeting) => pivotLost(meeting)],
	['fr-1', {}, 'cannot', async (page, meeting) => {
		meeting.tell({ type: 'measured', patch: { sounds: { KEN: { khz: 4, fit: 'no' } } } });
		await page.keyboard.press('n');
	}],
	['fr-1', {}, 'cannot-said', (_, meeting) => {
		meeting.tell({ type: 'measured', patch: { sounds: { KEN: { khz: 12, fit: 'limited' } } } });
		meeting.happen('interpretation-impeded', {}, { calls: { 4: { by: 'fr-1', to: 'technician', since: Date.now() } }, booths: { fr: { impediment: { reason: 'sound', by: 'fr-1', since: Date.now() } } }, floor: { slower: { count: 2, since: Date.now() } } });
	}],
	['ar-2', {}, 'auto-relay', (_, meeting) => meeting.interpret('desk-live', {}, { floor: { language: null }, desks: { 'fr-1': { output: 'en' }, 'ar-2': { source: 'floor' } }, channels: { en: { desk: 'fr-1' }, fr: { desk: null, since: null } } })],
	['fr-2', {}, 'language', (page) => page.keyboard.press('f')],
	['fr-1', { query: '?lang=zh' }, 'cycle-zh', async (page) => page.keyboard.press('3')],
	['fr-1', { viewport: PHONE }, 'live-phone'],
	['ar-1', { ...AR, viewport: PHONE }, 'pivot-lost-ar-phone', (_, meeting) => pivotLost(meeting)],
	['fr-2', { query: '?lang=ru', viewport: PHONE }, 'cannot-ru-phone', (page) => page.keyboard.press('n')],
	['fr-1', { ...AR, viewport: PHONE, scheme: 'dark' }, 'settings-ar-phone', (page) => page.getByTestId('open-settings').click()],
	['fr-2', { viewport: { width: 1024, height: 768 } }, 'tablet'],
	['fr-1', { scheme: 'light', viewport: { width: 1920, height: 1080 } }, 'live-wide'],
];

function handover(meeting, by, state) {
	meeting.happen('handover-requested', {}, { channels: { fr: { handover: { from: 'fr-1', to: 'fr-2', by, state, due: Date.now() + 24_000 } } } });
}

function pivotLost(meeting) {
	meeting.interpret('desk-idle', {}, { channels: { fr: { desk: null, since: null } }, desks: { 'ar-1': { source: 'floor', alarm: { cause: 'pivot', channel: 'fr', since: Date.now() } } } });
}
