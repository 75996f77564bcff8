import type { Session } from '#shared/session';

/** Between two reports; a delay is no news within so many ms. */
const EVERY_MS = 5_000;
const WORTH_MS = 20;
/** A server that was started anew forgets, and a line that was taken up again does not say so. */
const AGAIN_MS = 60_000;
/** From the epoch of NTP to that of Unix. */
const NTP_MS = 2_208_988_800_000;
const LONGEST_MS = 60_000;

/**
 * How old the sound is that is being played, ms: what a browser says was captured when (sender reports tell capture time by the
 * server's clock) against that clock now. Null where it does not say.
 */
export function playedAge(stats: Iterable<Record<string, unknown>>, now: number): number | null {
	for (const one of stats) {
		const at = one['type'] === 'inbound-rtp' && one['kind'] === 'audio' ? one['estimatedPlayoutTimestamp'] : undefined;
		if (typeof at !== 'number' || at <= 0)
			continue;
		// By the specification it counts from 1900; a browser that counts from 1970 means the same moment.
		const age = now - (at > NTP_MS ? at - NTP_MS : at);
		return age >= 0 && age <= LONGEST_MS ? age : null;
	}
	return null;
}

/** Worth telling: another delay than the server has, or one that it may have forgotten since. */
export function isNews(age: number, told: number | undefined, since: number): boolean {
	return told === undefined || Math.abs(age - told) >= WORTH_MS || since >= AGAIN_MS;
}

/** Tells the server how old what this desk hears is, so that whoever listens to it knows how far behind the floor they are. */
export class Ear {
	private timer = 0;
	private last = -Infinity;

	constructor(private readonly session: Session) {}

	start(): void {
		this.timer = window.setInterval(() => void this.report(), EVERY_MS);
	}

	stop(): void {
		window.clearInterval(this.timer);
	}

	private async report(): Promise<void> {
		const { media, wire, me } = this.session;
		const receiver = media.mainReceiver();
		if (receiver === null || media.state !== 'connected' || wire.state !== 'open')
			return;
		const found: Record<string, unknown>[] = [];
		try {
			(await receiver.getStats()).forEach((one: Record<string, unknown>) => found.push(one));
		} catch {
			return; // The connection went away meanwhile; the next one is asked.
		}
		const age = playedAge(found, wire.clock.now());
		if (age === null || !isNews(age, wire.measured.ears?.[me], performance.now() - this.last))
			return;
		this.last = performance.now();
		void wire.command('hears', { delay: Math.round(age) });
	}
}
