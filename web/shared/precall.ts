/** The test before a call: what it measures, as it is reported (PROTOCOL.md section 3.10). The server judges it. */

export type Verdict = 'good' | 'poor' | 'unusable';

export type Reason =
	| 'no-path' | 'no-udp' | 'up-narrow' | 'down-narrow' | 'loss-up' | 'loss-down' | 'delay' | 'microphone-none' | 'microphone-fault' | 'microphone-silent' | 'microphone-quiet'
	| 'microphone-noise' | 'microphone-clipping' | 'speakers-silent' | 'camera-fault' | 'camera-dark' | 'camera-small';

/** The ways to the media server, the best first. */
export const WAYS = ['udp', 'tcp', 'relay'] as const;
export type Way = (typeof WAYS)[number];
export type Path = 'open' | 'closed' | 'absent';

interface Device {
	state: 'works' | 'fault' | 'none';
	name?: string;
}

/** kbit/s that came through, ms, permille. */
export interface LineFigures {
	up: number;
	down: number;
	/** Down it would have carried more than was sent for the test. */
	at_least: boolean;
	rtt: number;
	loss_up: number;
	loss_down: number;
}

export interface Found {
	camera: Device & { height?: number; luma?: number };
	microphone: Device & { level?: number; noise?: number; clipping?: number };
	speakers: 'heard' | 'silent' | 'untried';
	paths: Record<Way, Path>;
	line?: LineFigures;
}

/** A test as the server tells of it; `found` is not told to those who watch three hundred. */
export interface Test {
	verdict: Verdict;
	/** ms since 1970. */
	time: number;
	reasons: [reason: Reason, verdict: Verdict][];
}

/** One look at a microphone. */
export interface Look {
	db: number;
	clipped: boolean;
}

const QUIETEST_DB = -100;

/** Of looks while somebody spoke and paused: the voice is the loud tenth of them, the room the quiet one. */
export function soundOf(looks: Look[]): { level: number; noise: number; clipping: number } {
	if (looks.length === 0)
		return { level: QUIETEST_DB, noise: QUIETEST_DB, clipping: 0 };
	const sorted = looks.map(({ db }) => Math.min(0, Math.max(QUIETEST_DB, Math.round(db)))).sort((a, b) => a - b);
	const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
	return { level: at(0.9), noise: at(0.1), clipping: Math.round((1000 * looks.filter(({ clipped }) => clipped).length) / looks.length) };
}

/** Mean brightness of RGBA pixels, 0 to 255 (ITU-R BT.601). */
export function lumaOf(pixels: Uint8ClampedArray): number {
	let sum = 0;
	for (let i = 0; i + 3 < pixels.length; i += 4)
		sum += 0.299 * pixels[i]! + 0.587 * pixels[i + 1]! + 0.114 * pixels[i + 2]!;
	return pixels.length < 4 ? 0 : Math.round(sum / (pixels.length / 4));
}

/** The line of one second, as the browser counts it from the beginning. */
export interface Second {
	/** ms of any clock. */
	at: number;
	/** Octets. */
	sent: number;
	received: number;
	/** What the far end says of the last stretch, a share of 1; null: it said nothing yet. */
	lostUp: number | null;
	/** Packets. */
	got: number;
	lost: number;
	/** s; null: not known. */
	rtt: number | null;
}

/** Seconds at the end over which rates are taken: by then the browser has found out what the line carries. */
const LAST = 3;
/** The picture comes back so many times. */
export const ECHOES = 2;

function median(values: number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** What follows from them; null: too few. */
export function lineOf(seconds: Second[]): LineFigures | null {
	const last = seconds.at(-1);
	const from = seconds.at(-1 - LAST) ?? seconds[0];
	if (last === undefined || from === undefined || last.at <= from.at)
		return null;
	const kbps = (octets: number) => Math.max(0, Math.round((octets * 8) / (last.at - from.at)));
	const lostUp = median(seconds.flatMap(({ lostUp: lost }) => (lost === null ? [] : [lost])));
	const up = Math.round(kbps(last.sent - from.sent) * (1 - lostUp));
	const down = kbps(last.received - from.received);
	const first = seconds[0]!;
	const lost = Math.max(0, last.lost - first.lost);
	const got = Math.max(0, last.got - first.got);
	const rtts = seconds.flatMap(({ rtt }) => (rtt === null ? [] : [rtt * 1000]));
	return {
		up, down, at_least: down >= 0.8 * ECHOES * up, rtt: rtts.length > 0 ? Math.round(Math.min(...rtts)) : 0,
		loss_up: Math.round(lostUp * 1000), loss_down: lost + got > 0 ? Math.round((1000 * lost) / (lost + got)) : 0,
	};
}

/** More would not be told from this: the line carries a large picture both ways, steadily. */
export function isEnough(seconds: Second[]): boolean {
	const ratesOf = (octets: (second: Second) => number) =>
		seconds.slice(-LAST - 1).flatMap((one, i, all) => (i === 0 ? [] : [((octets(one) - octets(all[i - 1]!)) * 8) / (one.at - all[i - 1]!.at)]));
	return [ratesOf(({ sent }) => sent), ratesOf(({ received }) => received)].every((rates) =>
		rates.length === LAST && Math.min(...rates) > 1800 && Math.max(...rates) < 1.3 * Math.min(...rates));
}
