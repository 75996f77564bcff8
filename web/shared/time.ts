/** The server's wall clock, as this page knows it. */
export class ServerClock {
	private offset = 0;

	constructor(private readonly monotonic: () => number = () => performance.timeOrigin + performance.now()) {}

	/** The server said it is `time` (ms). */
	set(time: number): void {
		this.offset = time - this.monotonic();
	}

	/** This page's own clock, whole ms; the server knows how it stands to its own. */
	page(): number {
		return Math.round(this.monotonic());
	}

	now(): number {
		return this.monotonic() + this.offset;
	}
}

/** `m:ss`, or `h:mm:ss` from an hour on; never negative. */
export function formatDuration(ms: number): string {
	const seconds = Math.max(0, Math.floor(ms / 1000));
	const two = (n: number) => String(n).padStart(2, '0');
	const hours = Math.floor(seconds / 3600);
	const minutes = Math.floor(seconds / 60) % 60;
	const rest = `${two(minutes)}:${two(seconds % 60)}`;
	return hours > 0 ? `${hours}:${rest}` : rest;
}

/** Whole seconds until `due`, rounded up, so that 0 means now. */
export function secondsTo(due: number, now: number): number {
	return Math.max(0, Math.ceil((due - now) / 1000));
}

/** When the reader's clock shows `HH:MM` next after `now` (ms). */
export function nextTime(text: string, now: number): number {
	const [hours, minutes] = text.split(':').map(Number) as [number, number];
	const at = new Date(now);
	at.setHours(hours, minutes, 0, 0);
	if (at.getTime() <= now)
		at.setDate(at.getDate() + 1);
	return at.getTime();
}

/** Delay in ms before the n-th attempt (0 = first) to come back: growing by half to 8 s, spread so that a hall does not return at once. */
export function retryDelay(attempt: number, random: () => number = Math.random): number {
	const ceiling = Math.min(8000, 250 * 1.5 ** Math.min(attempt, 10));
	return ceiling / 2 + random() * (ceiling / 2);
}
