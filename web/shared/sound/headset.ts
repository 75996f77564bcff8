import { makeGraph, type Graph } from './graph';
import { Level } from './level';
import { USUAL_FULL_SCALE, usableFullScale } from './pressure';
import type { Heard } from './protection';

/**
 * What an interpreter hears: the source, its bass and treble as one likes them, the original underneath and the booth
 * partner beside it, each with a volume of its own, and last the protection of the hearing, past which nothing goes.
 */

export interface HeadsetSettings {
	/** 0 to 1 each; a source at 0.7 is as loud as it came. */
	volume: number;
	partner: number;
	original: number;
	/** dB, -12 to 12. */
	bass: number;
	treble: number;
	/** dB SPL of this headset for a sine at digital full scale; see pressure.ts. */
	fullScale: number;
}

/**
 * `off`: nothing plays yet. `guarded`: all sound goes through the protection. `unguarded`: this browser has none, the sound
 * plays straight and the page says so.
 */
export type HeadsetState = 'off' | 'guarded' | 'unguarded';

const STORED = 'rostrum.headset';
const USUAL: HeadsetSettings = { volume: 0.7, partner: 0.5, original: 0.3, bass: 0, treble: 0, fullScale: USUAL_FULL_SCALE };
export const MOST_TONE_DB = 12;
/** Held back by so much (3 dB) is worth a word, for so long that it can be read. */
const HELD_BACK = 0.7;
const HOLD_MS = 3000;
const SILENCE: Heard = { peak: 0, power: 0, spl: -Infinity, minute: -Infinity, gain: 1, warnings: 0 };

function within(value: number, least: number, most: number, usual: number): number {
	return Number.isFinite(value) ? Math.min(most, Math.max(least, value)) : usual;
}

export class Headset {
	settings: HeadsetSettings;
	state: HeadsetState = 'off';
	/** Of the last tenth of a second, as it went to the ear. */
	heard: Heard = SILENCE;
	readonly level = new Level();
	/** `performance.now()` until when it is worth a word that sound was held back. */
	heldBackUntil = -Infinity;
	/** Called when the state or a setting changes; levels are read, not told. */
	onchange: () => void = () => {};
	/** Two beeps were given: the last minute was too loud. */
	onwarning: () => void = () => {};

	private graph: Graph | null = null;
	private opening: Promise<void> | null = null;
	private tracks: readonly MediaStreamTrack[] = [];

	/** `playStraight` makes the media elements play for themselves, or with null be silent. */
	constructor(
		private readonly storage: Storage,
		private readonly playStraight: (settings: HeadsetSettings | null) => void,
	) {
		this.settings = stored(storage);
	}

	/** The places of a new connection, in its order; those of the one before are gone. */
	take(tracks: readonly MediaStreamTrack[]): void {
		this.tracks = tracks;
		try {
			this.graph?.take(tracks);
		} catch {
			this.giveUp(); // Some browsers join no sound of a connection to a context of another rate.
		}
	}

	/** After a press by the user: browsers play nothing before. Once is enough; again does no harm. */
	async wake(): Promise<void> {
		this.opening ??= this.open();
		await this.opening;
		await this.graph?.resume();
	}

	setVolume(volume: number): void {
		this.set({ volume: within(volume, 0, 1, USUAL.volume) });
	}

	setPartner(volume: number): void {
		this.set({ partner: within(volume, 0, 1, USUAL.partner) });
	}

	setOriginal(volume: number): void {
		this.set({ original: within(volume, 0, 1, USUAL.original) });
	}

	setBass(db: number): void {
		this.set({ bass: within(db, -MOST_TONE_DB, MOST_TONE_DB, 0) });
	}

	setTreble(db: number): void {
		this.set({ treble: within(db, -MOST_TONE_DB, MOST_TONE_DB, 0) });
	}

	setFullScale(db: number): void {
		this.set({ fullScale: usableFullScale(db) });
	}

	/** One's own voice comes in the partner's place now, and is heard late. */
	setEcho(on: boolean): void {
		this.graph?.setEcho(on);
	}

	private set(change: Partial<HeadsetSettings>): void {
		this.settings = { ...this.settings, ...change };
		this.storage.setItem(STORED, JSON.stringify(this.settings));
		this.graph?.adjust(this.settings);
		if (this.state === 'unguarded')
			this.playStraight(this.settings);
		this.onchange();
	}

	private async open(): Promise<void> {
		// Until the protection stands, silence: what plays straight is guarded by nobody.
		this.playStraight(null);
		try {
			this.graph = await makeGraph(this.settings, (heard) => this.tell(heard));
			this.graph.take(this.tracks);
			this.state = 'guarded';
			this.onchange();
		} catch {
			this.giveUp();
		}
	}

	/** Sound without protection is better than none, if one is told. */
	private giveUp(): void {
		this.graph?.close();
		this.graph = null;
		this.state = 'unguarded';
		this.playStraight(this.settings);
		this.onchange();
	}

	private tell(heard: Heard): void {
		const warned = heard.warnings > this.heard.warnings;
		this.heard = heard;
		const now = performance.now();
		this.level.take(heard.power, heard.peak, now);
		if (heard.gain < HELD_BACK)
			this.heldBackUntil = now + HOLD_MS;
		if (warned)
			this.onwarning();
	}
}

function stored(storage: Storage): HeadsetSettings {
	try {
		const kept = JSON.parse(storage.getItem(STORED) ?? '{}') as Partial<HeadsetSettings>;
		return {
			volume: within(Number(kept.volume), 0, 1, USUAL.volume),
			partner: within(Number(kept.partner), 0, 1, USUAL.partner),
			original: within(Number(kept.original), 0, 1, USUAL.original),
			bass: within(Number(kept.bass), -MOST_TONE_DB, MOST_TONE_DB, USUAL.bass),
			treble: within(Number(kept.treble), -MOST_TONE_DB, MOST_TONE_DB, USUAL.treble),
			fullScale: usableFullScale(Number(kept.fullScale)),
		};
	} catch {
		return { ...USUAL };
	}
}
