import { makeBars, makeTone, type TestTrack } from './test-signal';

/** What a technician asks of this page, and this page does: at most one of each kind. */

export type Errand = 'tell' | 'use-cable' | 'loop-back' | 'test-signal' | 'restart';
type Signal = 'off' | 'tone' | 'bars' | 'both';

export interface Request {
	do: Errand;
	number?: number;
	text?: string;
	signal?: Signal;
	/** On the server's clock; null: it is over. */
	until: number | null;
}

interface Surroundings {
	/** The server's clock, ms. */
	now: () => number;
	/** Put these on the line; null = microphone and camera themselves. */
	send: (tone: MediaStreamTrack | null, bars: MediaStreamTrack | null) => void;
	/** Hear oneself, or no more. */
	echo: (on: boolean) => void;
	changed: () => void;
	tone?: () => TestTrack;
	bars?: () => TestTrack;
}

export class Errands {
	private readonly standing = new Map<Errand, Request>();
	private readonly timers = new Map<Errand, number>();
	private tone: TestTrack | null = null;
	private bars: TestTrack | null = null;

	constructor(private readonly around: Surroundings) {}

	get(errand: Errand): Request | null {
		return this.standing.get(errand) ?? null;
	}

	take(request: Request): void {
		// A room's box ends by itself; a page has nothing to restart.
		if (request.do === 'restart')
			return;
		window.clearTimeout(this.timers.get(request.do));
		const left = request.until === null ? 0 : request.until - this.around.now();
		if (left <= 0)
			return this.end(request.do);
		this.standing.set(request.do, request);
		this.timers.set(request.do, window.setTimeout(() => this.end(request.do), left));
		this.begin(request);
		this.around.changed();
	}

	/** It was answered, or its time is over. */
	end(errand: Errand): void {
		window.clearTimeout(this.timers.get(errand));
		if (!this.standing.delete(errand))
			return;
		if (errand === 'test-signal')
			this.signal('off');
		if (errand === 'loop-back')
			this.around.echo(false);
		this.around.changed();
	}

	/** What others could hear must not go on where nobody can end it, or where the meeting hears it. */
	endSignals(): void {
		this.end('test-signal');
		this.end('loop-back');
	}

	private begin({ do: errand, signal }: Request): void {
		if (errand === 'test-signal')
			this.signal(signal ?? 'off');
		if (errand === 'loop-back')
			this.around.echo(true);
	}

	private signal(signal: Signal): void {
		this.tone?.stop();
		this.bars?.stop();
		this.tone = signal === 'tone' || signal === 'both' ? (this.around.tone ?? makeTone)() : null;
		this.bars = signal === 'bars' || signal === 'both' ? (this.around.bars ?? makeBars)() : null;
		this.around.send(this.tone?.track ?? null, this.bars?.track ?? null);
	}
}
