import type { Slot } from './media';
import type { Request } from './errands';
import type { ChatMessage } from './messages';
import { mergePatch } from './patch';
import { retryDelay, ServerClock } from './time';
import type { Measured, MeetingEvent, View, You } from './view';

/**
 * The page's end of rostrum.v1 over WebSocket: joins, keeps the view, comes back after a lost line.
 *
 * One object a page. Commands asked while the line is away, or lost with it, are sent again under the
 * same id when it is back, so none is done twice and none is forgotten.
 */

export interface Reply {
	id: string;
	ok: boolean;
	reason?: string;
	text?: string;
	event?: number;
	[member: string]: unknown;
}

/** `joining`: never in yet; `lost`: was in, coming back; `ended`: will not come back by itself. */
export type LineState = 'joining' | 'open' | 'lost' | 'ended';

/** Why a line ended: the close code, and the server's word for it if it said one. */
export interface Ending {
	code: number;
	reason: string;
}

type Outgoing = { message: Record<string, unknown>; resolve: (reply: Reply) => void };

export interface Environment {
	socket: (url: string) => WebSocket;
	setTimer: (run: () => void, ms: number) => number;
	clearTimer: (timer: number) => void;
	random: () => number;
}

const browser: Environment = {
	socket: (url) => new WebSocket(url, 'rostrum.v1'),
	setTimer: (run, ms) => window.setTimeout(run, ms),
	clearTimer: (timer) => window.clearTimeout(timer),
	random: Math.random,
};

/** Close codes after which trying again with the same link is of no use. */
const FINAL: readonly number[] = [4000, 4001, 4003, 4004, 4009];
/** The meeting sits without this badge now; the page looks now and then whether it is let in again. */
const EXCLUDED = 4010;
const EXCLUDED_MS = 10_000;
/** Except when all that was wrong is that our first word came too late. */
const LATE = 'no-hello';

/** A line that says nothing for this long is asked whether it is there. */
const SILENCE_MS = 10_000;
/** And given up if it does not answer the question within this. */
const ANSWER_MS = 5_000;
/** A socket that has not welcomed the page after this is closed and tried again. */
const WELCOME_MS = 10_000;

/** So many questions for the clock soon after joining, then one now and then. */
const SYNC_FIRST = 8;
const SYNC_SOON_MS = 250;
const SYNC_MS = 30_000;

export class Wire {
	state: LineState = 'joining';
	/** Why the line ended, once `state` is `ended`. */
	ending: Ending | null = null;
	view: View | null = null;
	you: You | null = null;
	measured: Measured = {};
	/** The page of somebody in the meeting room; said with every hello. */
	companion = false;
	/** The meeting's visibility, while it keeps this badge out. */
	excluded: string | null = null;
	/** For a new connection; the credentials of TURN servers end after some hours, each welcome brings new ones. */
	iceServers: RTCIceServer[] = [];
	/** The site shows what was recorded. */
	archive = false;
	readonly clock = new ServerClock();
	/** Attempts to come back since the line was last open. */
	attempts = 0;

	onchange: () => void = () => {};
	onevent: (event: MeetingEvent) => void = () => {};
	onchat: (messages: ChatMessage[]) => void = () => {};
	onwelcome: (resumed: boolean) => void = () => {};
	/** What is being typed of the captions that this page asked for. */
	oncaption: (language: string, text: string) => void = () => {};
	/** Nothing was heard for a while: send a command that changes nothing, whose answer shows that the line lives. */
	onsilent: () => void = () => {};
	/** How all lines are: for a technician's page that asked. */
	onsurvey: (told: { whole: boolean; patch: unknown }) => void = () => {};
	/** Levels and peaks of microphones, several times a second: for the same page. */
	onlevels: (levels: Record<string, [level: number, peak: number]>) => void = () => {};
	/** A technician asks something of this page. */
	ontechnician: (request: Request) => void = () => {};
	/** What the audio places of the connection carry from now on. */
	onlistening: (slots: Slot[]) => void = () => {};
	/** So many layers of the camera that this connection sends are wanted. */
	onlayers: (peer: string, wanted: number) => void = () => {};

	private socket: WebSocket | null = null;
	private epoch = '';
	private event = 0;
	/** Number of this page's place; an older one of the same badge gives way to it. */
	private place = 0;
	private said = '';
	private readonly outgoing = new Map<string, Outgoing>();
	private readonly prefix: string;
	private commands = 0;
	private retryTimer = 0;
	private silenceTimer = 0;
	private syncTimer = 0;

	constructor(
		private readonly url: string,
		private readonly token: string,
		private readonly environment: Environment = browser,
	) {
		// Apart from those of every other time this badge came: 62 bits, so never met twice.
		this.prefix = Array.from({ length: 12 }, () => Math.floor(environment.random() * 36).toString(36)).join('');
	}

	start(): void {
		this.connect();
	}

	/** Tries at once instead of at the end of the waiting time; for when the browser says it is on line again. */
	hurry(): void {
		if (this.state === 'ended' || this.socket !== null)
			return;
		this.environment.clearTimer(this.retryTimer);
		this.connect();
	}

	/** The browser says it is off line: do not wait until silence proves it. */
	drop(): void {
		if (this.socket !== null)
			this.lost(this.socket, 0);
	}

	/** Resolves with the server's reply, however often the line breaks meanwhile; never if the line has ended. */
	command(type: string, members: Record<string, unknown> = {}): Promise<Reply> {
		const id = `${this.prefix}-${++this.commands}`;
		const message = { type, id, ...members };
		return new Promise((resolve) => {
			this.outgoing.set(id, { message, resolve });
			if (this.state === 'open')
				this.send(message);
		});
	}

	private connect(): void {
		const socket = this.environment.socket(this.url);
		this.socket = socket;
		this.said = '';
		this.silenceTimer = this.environment.setTimer(() => this.lost(socket, 0), WELCOME_MS);
		socket.onopen = () => {
			const resume = this.epoch === '' ? {} : { resume: { epoch: this.epoch, event: this.event, ...(this.place > 0 ? { place: this.place } : {}) } };
			this.send({ type: 'hello', token: this.token, changes: true, ...(this.companion ? { companion: true } : {}), ...resume });
		};
		socket.onmessage = ({ data }) => {
			if (socket === this.socket)
				this.receive(String(data));
		};
		socket.onclose = ({ code }) => this.lost(socket, code);
	}

	private send(message: Record<string, unknown>): void {
		this.socket?.send(JSON.stringify(message));
	}

	private receive(text: string): void {
		const message = JSON.parse(text) as Record<string, unknown>;
		if (this.state === 'open')
			this.watchSilence();
		switch (message['type']) {
			case 'welcome':
				this.welcome(message);
				break;
			case 'reply':
				this.replied(message as unknown as Reply);
				break;
			case 'event':
				this.happened(message);
				break;
			case 'sync':
				this.synchronise(message);
				break;
			case 'listening':
				this.onlistening(message['slots'] as Slot[]);
				break;
			case 'layers':
				this.onlayers(String(message['peer']), Number(message['wanted']));
				break;
			case 'caption-live':
				this.oncaption(String(message['language']), String(message['text']));
				break;
			case 'survey':
				this.onsurvey({ whole: message['whole'] === true, patch: message['patch'] });
				break;
			case 'levels':
				this.onlevels(message['levels'] as Record<string, [number, number]>);
				return; // a meter moves: nothing else of the page is otherwise
			case 'technician':
				this.ontechnician(message as unknown as Request);
				break;
			case 'measured':
				this.measured = mergePatch(this.measured, message['patch']) as Measured;
				break;
			case 'chat':
				this.onchat(message['messages'] as ChatMessage[]);
				break;
			case 'error':
				this.said = String(message['reason']);
				break;
		}
		this.onchange();
	}

	private welcome(message: Record<string, unknown>): void {
		const resumed = message['resumed'] === true;
		this.epoch = String(message['epoch']);
		this.you = message['you'] as You;
		this.place = Number(message['place'] ?? 0);
		this.excluded = null;
		this.clock.set(Number(message['time']));
		this.archive = message['archive'] === true;
		this.iceServers = (message['ice_servers'] as RTCIceServer[] | undefined) ?? [];
		if (!resumed) {
			this.view = message['view'] as View;
			this.event = Number(message['event']);
			this.measured = this.view.measured ?? {};
		}
		this.state = 'open';
		this.attempts = 0;
		this.askForTime(0);
		this.watchSilence();
		for (const { message: command } of this.outgoing.values())
			this.send(command);
		this.onwelcome(resumed);
	}

	/** Asks to be asked for this page's clock: often at first, then to follow its drift. */
	private askForTime(n: number): void {
		const { clearTimer, setTimer } = this.environment;
		clearTimer(this.syncTimer);
		this.syncTimer = setTimer(
			() => {
				if (this.state !== 'open')
					return;
				this.send({ type: 'sync' });
				this.askForTime(n + 1);
			},
			n < SYNC_FIRST ? SYNC_SOON_MS : SYNC_MS,
		);
	}

	private synchronise({ n, time, rtt }: Record<string, unknown>): void {
		this.send({ type: 'sync', n, at: this.clock.page() });
		if (typeof rtt === 'number')
			this.clock.set(Number(time) + rtt / 2);
	}

	private replied(reply: Reply): void {
		const waiting = this.outgoing.get(reply.id);
		this.outgoing.delete(reply.id);
		waiting?.resolve(reply);
	}

	private happened(message: Record<string, unknown>): void {
		const event = message as unknown as MeetingEvent & { patch?: unknown };
		if (event.event <= this.event)
			return;
		if (event.event !== this.event + 1) {
			// One is missing: ask for what came after the last we have.
			this.drop();
			return;
		}
		this.event = event.event;
		this.view = mergePatch(this.view, event.patch ?? {}) as View;
		this.onevent(event);
	}

	private watchSilence(): void {
		const { clearTimer, setTimer } = this.environment;
		clearTimer(this.silenceTimer);
		this.silenceTimer = setTimer(() => {
			this.onsilent();
			this.silenceTimer = setTimer(() => this.drop(), ANSWER_MS);
		}, SILENCE_MS);
	}

	/**
	 * What was shown is not shown any more; who is let in again begins anew. What was asked and not answered was for the meeting as it
	 * sat then, and is not asked again. Not all come back at the same moment.
	 */
	private beOut(): void {
		this.state = 'joining';
		this.excluded = this.said;
		this.view = null;
		this.measured = {};
		for (const [id, { resolve }] of this.outgoing)
			resolve({ id, ok: false, reason: 'not-admitted' });
		this.outgoing.clear();
		this.epoch = '';
		this.attempts = 0;
		this.retryTimer = this.environment.setTimer(() => this.connect(), EXCLUDED_MS * (1 + this.environment.random()));
	}

	private lost(socket: WebSocket, code: number): void {
		if (socket !== this.socket)
			return;
		this.socket = null;
		socket.onclose = null;
		socket.close();
		this.environment.clearTimer(this.silenceTimer);
		this.environment.clearTimer(this.syncTimer);

		if (FINAL.includes(code) && this.said !== LATE) {
			this.state = 'ended';
			this.ending = { code, reason: this.said };
		} else if (code === EXCLUDED) {
			this.beOut();
		} else {
			if (this.state === 'open')
				this.state = 'lost';
			this.retryTimer = this.environment.setTimer(
				() => this.connect(),
				retryDelay(this.attempts++, this.environment.random),
			);
		}
		this.onchange();
	}
}
