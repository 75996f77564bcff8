import type { Errand } from '#shared/errands';
import { mergePatch } from '#shared/patch';
import type { Test } from '#shared/precall';
import type { BoxReport } from './box';

/** How all lines are, as the server tells a technician once a second; and ten minutes of those that are looked at. */

export type Severity = 'warning' | 'critical';
/** Name, severity, since when (ms), figure. */
export type Trouble = [name: string, severity: Severity, since: number, figure: number];

/** What is told of a line, in this order. */
const FIGURES = ['loss_up', 'loss_down', 'rtt', 'jitter', 'up', 'down', 'concealed', 'decoded', 'capacity', 'queue', 'khz', 'clock', 'available', 'heard_jitter', 'dropped'] as const;
export type Figure = (typeof FIGURES)[number];

export type Path = 'host-udp' | 'host-tcp' | 'nat-udp' | 'nat-tcp' | 'relay-udp' | 'relay-tcp' | 'relay-tls';
export type Limit = 'none' | 'cpu' | 'bandwidth' | 'other';

/** What was asked of it, until when it stands, and what came of it. */
export interface Asked {
	do: Errand;
	state: 'waiting' | 'done' | 'cannot';
	at: number;
	until: number;
	signal?: 'tone' | 'bars' | 'both';
	/** A word for why it cannot. */
	why?: string;
}

export interface Station {
	figures: (number | null)[];
	troubles: Trouble[];
	asked?: Asked[];
	/** As its own page says: the path its media takes, and why its camera sends less. */
	page?: [path: Path | '', limit: Limit];
	/** Of a meeting room: as its box says. */
	box?: BoxReport;
}

export interface Node {
	node: string;
	kind: 'sfu' | 'recorder';
	draining: boolean;
	cpu?: number;
	slow_us?: number;
	peers?: number;
	free?: number;
	left_s?: number;
	troubles: Trouble[];
}

interface Surveyed {
	people: Record<string, Station>;
	nodes: Node[];
	troubles: Trouble[];
	/** What tests before the call found, also of those who are not here. */
	tests?: Record<string, Test>;
}

/** With a history. */
const SERIES = ['level', 'loss_up', 'loss_down', 'rtt', 'jitter', 'up', 'down', 'concealed', 'decoded'] as const;
export type Series = (typeof SERIES)[number];
export const STEPS = 120;

/** The newest last; null where nothing was measured. */
export type History = Record<Series, (number | null)[]>;

interface Kept {
	series: History;
	/** Number of the last step. */
	step: number;
}

export interface Told {
	whole: boolean;
	patch: unknown;
}

export interface Histories {
	step_ms: number;
	end: number;
	history: Record<string, History>;
}

/** Asked for at a time. */
const ASKED_MAX = 16;

export function figureOf(station: Station | undefined, figure: Figure): number | null {
	return station?.figures[FIGURES.indexOf(figure)] ?? null;
}

export class Survey {
	people: Record<string, Station> = {};
	nodes: Node[] = [];
	troubles: Trouble[] = [];
	tests: Record<string, Test> = {};
	/** Something was told since the line is open. */
	told = false;
	private readonly kept = new Map<string, Kept>();
	private readonly asked = new Set<string>();
	private stepMs = 5000;

	/** `levels` as everybody is told them, dBov by badge; `now` on the server's clock. */
	take(told: Told, levels: Record<string, number>, now: number): void {
		const before: Surveyed = told.whole ? { people: {}, nodes: [], troubles: [] } : { people: this.people, nodes: this.nodes, troubles: this.troubles, tests: this.tests };
		const after = mergePatch(before, told.patch) as Surveyed;
		this.people = after.people;
		this.nodes = after.nodes;
		this.troubles = after.troubles;
		this.tests = after.tests ?? {};
		this.told = true;
		for (const [badge, kept] of this.kept)
			this.remember(kept, badge, levels, Math.floor(now / this.stepMs));
	}

	/** The line was lost meanwhile: what was kept has a hole that the server can fill. */
	forget(): void {
		this.kept.clear();
		this.asked.clear();
	}

	/** From when to when the history of a badge is. */
	extent(badge: string): { from_ms: number; to_ms: number } | null {
		const kept = this.kept.get(badge);
		const to_ms = kept === undefined ? 0 : (kept.step + 1) * this.stepMs;
		return kept === undefined ? null : { from_ms: to_ms - STEPS * this.stepMs, to_ms };
	}

	history(badge: string): History | null {
		return this.kept.get(badge)?.series ?? null;
	}

	/** Those of these whose history is not here and was not asked for; asked for from now on. */
	missing(badges: string[]): string[] {
		const missing = badges.filter((badge) => !this.kept.has(badge) && !this.asked.has(badge)).slice(0, ASKED_MAX);
		for (const badge of missing)
			this.asked.add(badge);
		return missing;
	}

	/** They were not told after all: they may be asked for again. */
	release(badges: string[]): void {
		for (const badge of badges)
			this.asked.delete(badge);
	}

	keep({ step_ms, end, history }: Histories): void {
		this.stepMs = step_ms;
		for (const [badge, series] of Object.entries(history))
			this.kept.set(badge, { series, step: Math.round(end / step_ms) - 1 });
	}

	/** As the server keeps it: the worst of a step; of what flows, what was told last. */
	private remember({ series }: Kept, badge: string, levels: Record<string, number>, step: number): void {
		const kept = this.kept.get(badge)!;
		const fresh = Math.min(STEPS, step - kept.step);
		for (let n = 0; n < fresh; n++)
			for (const name of SERIES)
				series[name] = [...series[name].slice(1), null];
		kept.step = Math.max(kept.step, step);
		for (const name of SERIES) {
			const value = name === 'level' ? (levels[badge] ?? null) : figureOf(this.people[badge], name);
			const last = series[name].at(-1) ?? null;
			const flows = name === 'up' || name === 'down' || name === 'decoded';
			if (value !== null)
				series[name][STEPS - 1] = last === null || flows ? value : Math.max(last, value);
		}
	}
}
