import { Blind, Finalize, fromHex, Prepare, toHex } from './ballot';
import type { View, Vote, You } from './view';
import type { Reply } from './wire';

/**
 * The delegation's secret ballot (PROTOCOL.md section 6), from the opening of the voting until its token stands in the published list.
 * What it takes to find and to send it again is kept by the tab, over a reload; nobody else has it.
 */

/** What may be cast. */
export type Choice = Exclude<Vote, 'none' | 'absent'>;

/** `taking`: being signed; `ready`: in hand; `sending`: to be cast in a moment; `in-box`; `elsewhere`: another page of the delegation has it;
 * `broken`: what the server signed, or what it was sent, is not right; `unsupported`: this browser cannot; `counted`, `missing`: it stands, or
 * does not, in the published list; `unused`: it was not cast. */
export type BallotState = 'none' | 'taking' | 'ready' | 'sending' | 'in-box' | 'elsewhere' | 'broken' | 'unsupported' | 'counted' | 'missing' | 'unused';

interface Paper {
	decision: number;
	/** The modulus; of another one it is not. */
	key: string;
	token: string;
	blinded: string;
	/** Of use until it is signed, and gone then. */
	inv?: string;
	signature?: string;
	vote?: Choice;
	/** When it is sent next, on this machine's clock. */
	due?: number;
	received?: boolean;
}

export interface SecretEnvironment {
	storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
	fetch: (address: string, init: RequestInit) => Promise<{ ok: boolean; status: number }>;
	/** From 0 to below 1, and nobody can foretell it. */
	random: () => number;
	now: () => number;
	setTimer: (run: () => void, ms: number) => number;
	clearTimer: (timer: number) => void;
	supported: () => boolean;
}

const browser = (): SecretEnvironment => ({
	storage: sessionStorage,
	fetch: (address, init) => fetch(address, init),
	random: () => crypto.getRandomValues(new Uint32Array(1))[0]! / 2 ** 32,
	now: Date.now,
	setTimer: (run, ms) => window.setTimeout(run, ms),
	clearTimer: (timer) => window.clearTimeout(timer),
	supported: () => globalThis.crypto?.subtle !== undefined,
});

/** Between the press and the casting, at most: so many others press meanwhile. */
export const SPREAD_MS = 12_000;
/** As much is left to an announced lock, if it can be. */
const MARGIN_MS = 3_000;
/** It is sent again about so often, since a server that was restarted has an empty box. */
const AGAIN_MS = 15_000;
/** After a failure. */
const RETRY_MS = 2_000;
/** Refused for good: it is not well formed, or not signed. */
const FINAL: readonly number[] = [400, 403];

/** Last digits of a token: enough to find it in the list. */
export function ending(token: string): string {
	return token.slice(-8);
}

export class Secret {
	private paper: Paper | null = null;
	/** Numbers of the decisions of which that is true; 0: of none. */
	private asked = 0;
	private elsewhere = 0;
	private refused = 0;
	private broken = 0;
	private timer = 0;
	private read = false;

	constructor(
		private readonly command: (type: string, members: Record<string, unknown>) => Promise<Reply>,
		private readonly key: () => string,
		private readonly changed: () => void,
		private readonly environment: SecretEnvironment = browser(),
	) {}

	get token(): string | null {
		return this.paper?.token ?? null;
	}

	state(view: View, you: You | null): BallotState {
		const { decision } = view;
		if (decision?.mode !== 'secret' || decision.state === 'proposed' || !you?.may.includes('ask-for-ballot'))
			return 'none';
		const { paper } = this;
		if (paper?.decision === decision.decision && decision.state !== 'open')
			return !paper.vote ? 'unused' : decision.ballots?.[paper.token] === paper.vote ? 'counted' : 'missing';
		if (this.broken === decision.decision)
			return 'broken';
		if (paper?.decision === decision.decision && paper.signature)
			return !paper.vote ? 'ready' : paper.received ? 'in-box' : 'sending';
		if (decision.state !== 'open')
			return 'none';
		if (!this.environment.supported())
			return 'unsupported';
		if (this.elsewhere === decision.decision || (!paper && decision.issued?.includes(you.delegation ?? '')))
			return 'elsewhere';
		return this.refused === decision.decision ? 'none' : 'taking';
	}

	/** Does what is due; after every change of the view. */
	follow(view: View, you: You | null): void {
		const { decision } = view;
		this.recall(decision?.decision ?? 0);
		const open = decision?.mode === 'secret' && decision.state === 'open' && view.meeting.state === 'in-session';
		if (!open || !decision.key) {
			this.environment.clearTimer(this.timer);
			this.timer = 0;
			return;
		}
		const state = this.state(view, you);
		if (state === 'taking' && this.asked !== decision.decision) {
			this.asked = decision.decision;
			void this.take(view.meeting.id, decision.decision, decision.key);
		} else if ((state === 'sending' || state === 'in-box') && this.timer === 0) {
			this.later(view.meeting.id, Math.max(0, (this.paper!.due ?? 0) - this.environment.now()));
		}
	}

	/** The line was away: the server may have been as well. */
	again(): void {
		if (!this.paper?.received)
			return;
		this.environment.clearTimer(this.timer);
		this.timer = 0;
		this.keep({ due: this.environment.now() + this.environment.random() * RETRY_MS });
	}

	/** The person's press. It is cast within SPREAD_MS and not changed any more. `lock`: ms until the announced lock. */
	cast(vote: Choice, lock = Infinity): void {
		if (!this.paper?.signature || this.paper.vote)
			return;
		const spread = Math.min(SPREAD_MS, Math.max(0, lock - MARGIN_MS));
		this.keep({ vote, due: this.environment.now() + this.environment.random() * spread });
		this.changed();
	}

	/** What the tab kept; a ballot of another decision is of use to nobody who should have it. */
	private recall(decision: number): void {
		const { storage } = this.environment;
		if (!this.read) {
			this.read = true;
			const kept = storage.getItem(this.key());
			this.paper = kept === null ? null : (JSON.parse(kept) as Paper);
		}
		if (this.paper !== null && this.paper.decision !== decision) {
			this.paper = null;
			storage.removeItem(this.key());
		}
	}

	private keep(change: Partial<Paper>): void {
		this.paper = { ...this.paper!, ...change };
		this.environment.storage.setItem(this.key(), JSON.stringify(this.paper));
	}

	private about(meeting: string, decision: number): Uint8Array<ArrayBuffer> {
		return new TextEncoder().encode(`rostrum ballot ${meeting} ${decision}`);
	}

	/** Kept before it is asked for: a page that is loaded again asks for the same one. */
	private async take(meeting: string, decision: number, key: string): Promise<void> {
		try {
			if (this.paper?.key !== key) {
				const { input_msg, msg_prefix } = Prepare(this.about(meeting, decision));
				const { blinded_msg, inv } = await Blind(fromHex(key), input_msg);
				this.paper = { decision, key, token: toHex(msg_prefix), blinded: toHex(blinded_msg), inv: inv.toString(16) };
				this.keep({});
			}
			const { blinded } = this.paper;
			const given = await this.command('ask-for-ballot', { decision, blinded });
			const reply = given.ok || given.reason === 'already-so' ? await this.command('collect-ballot', { decision, blinded }) : given;
			if (reply.ok)
				await this.finish(meeting, String(reply['signature']));
			else
				this.fail(decision, given, reply);
		} catch {
			this.broken = decision;
		}
		this.changed();
	}

	/** Not entitled, or another page of the delegation has it: there is none here. Else it is asked for again. */
	private fail(decision: number, given: Reply, { reason }: Reply): void {
		if (reason !== 'not-entitled') {
			this.environment.setTimer(() => {
				this.asked = 0;
				this.changed();
			}, RETRY_MS);
			return;
		}
		this.paper = null;
		this.environment.storage.removeItem(this.key());
		if (given.reason === 'already-so')
			this.elsewhere = decision;
		else
			this.refused = decision;
	}

	private async finish(meeting: string, signature: string): Promise<void> {
		const { key, token, inv, decision } = this.paper!;
		const input_msg = new Uint8Array([...fromHex(token), ...this.about(meeting, decision)]);
		const sig = await Finalize(fromHex(key), input_msg, fromHex(signature), BigInt(`0x${inv}`));
		const { inv: _, ...rest } = this.paper!;
		this.paper = rest;
		this.keep({ signature: toHex(sig) });
	}

	private later(meeting: string, ms: number): void {
		this.timer = this.environment.setTimer(() => void this.send(meeting), ms);
	}

	/** Without anything that says who sends it. */
	private async send(meeting: string): Promise<void> {
		const { decision, token, signature, vote } = this.paper!;
		const address = `/api/v1/ballots/${encodeURIComponent(meeting)}/${decision}`;
		let received = false;
		try {
			const { ok, status } = await this.environment.fetch(address, {
				method: 'POST', credentials: 'omit', referrerPolicy: 'no-referrer', cache: 'no-store',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify({ token, signature, vote }),
			});
			received = ok;
			if (FINAL.includes(status))
				this.broken = decision;
		} catch {
			// The line is away: it is sent again as after any other failure.
		}
		if (this.paper?.decision === decision)
			this.keep({ received, due: this.environment.now() + (received ? AGAIN_MS : RETRY_MS) * (0.5 + this.environment.random()) });
		this.timer = 0;
		this.changed();
	}
}
