import { chainOf } from '#shared/provenance';
import type { Booth, Channel, Desk, Handover, View } from '#shared/view';

/** What the meeting is to one desk: pure functions of the view. */

/** How consoles mark a source: what is said itself, interpreted once, or by relay. */
export type Quality = 'floor' | 'plus' | 'minus';

export function quality(channel: Channel | undefined): Quality {
	const { carries = 'floor', depth = 1 } = channel ?? {};
	return carries === 'floor' ? 'floor' : depth > 1 ? 'minus' : 'plus';
}

/** How long a turn at the microphone is, ms; 0 = as long as the booth likes. */
export function turnOf(view: View): number {
	return view.rules.interpretation?.turn ?? 0;
}

export function deskOf(view: View, badge: string): Desk | undefined {
	return view.desks?.[badge];
}

export function boothOf(view: View, badge: string): Booth | undefined {
	return view.booths?.[deskOf(view, badge)?.booth ?? ''];
}

/** The channel this desk is live in; '' = none. */
export function liveIn(view: View, badge: string): string {
	return Object.keys(view.channels).find((id) => view.channels[id]?.desk === badge) ?? '';
}

/** Channels this badge may work into: A, its booth's own, then B and C. */
export function outputsOf(view: View, badge: string): string[] {
	const home = boothOf(view, badge)?.home ?? '';
	const outputs = (deskOf(view, badge)?.outputs ?? []).filter((id) => view.channels[id] !== undefined);
	return outputs.includes(home) ? [home, ...outputs.filter((id) => id !== home)] : outputs;
}

/** The others of the booth. */
export function partnersOf(view: View, badge: string): string[] {
	return (boothOf(view, badge)?.desks ?? []).filter((one) => one !== badge && view.participants[one] !== undefined);
}

/** What this desk works into: where it is live, else what it chose. */
export function outputOf(view: View, badge: string): string {
	return liveIn(view, badge) || deskOf(view, badge)?.output || (outputsOf(view, badge)[0] ?? '');
}

/** What comes to this desk's ears: `floor`, or the channel that its source is, by choice or by auto-relay. */
export function heardBy(view: View, badge: string): string {
	const desk = deskOf(view, badge);
	return desk === undefined ? 'floor' : desk.source === 'floor' ? (desk.auto ?? 'floor') : desk.source;
}

export function heardChain(view: View, badge: string): string[] {
	const heard = heardBy(view, badge);
	return heard === 'floor' ? ['floor'] : chainOf(view, heard);
}

/** Relay from there would be relay from oneself. */
export function leadsBack(view: View, badge: string, channel: string): boolean {
	const own = liveIn(view, badge);
	return own !== '' && (channel === own || chainOf(view, channel).includes(own));
}

export type Microphone = 'off' | 'live' | 'standby' | 'cough';

/** What the desk's microphone does, as far as the meeting goes; `standby`: the channel's language is spoken, so it carries the floor. */
export function microphoneOf(view: View, badge: string, coughing: boolean): Microphone {
	const live = liveIn(view, badge);
	if (live === '')
		return 'off';
	if (view.channels[live]?.carries === 'floor')
		return 'standby';
	return coughing ? 'cough' : 'live';
}

export interface OwnHandover extends Handover {
	channel: string;
	/** Does one take over, or hand over? */
	role: 'taker' | 'giver';
	/** Did one ask for it oneself? */
	mine: boolean;
	other: string;
}

/** The handover this desk has part in. */
export function handoverOf(view: View, badge: string): OwnHandover | null {
	for (const [channel, { handover }] of Object.entries(view.channels)) {
		if (!handover || (handover.from !== badge && handover.to !== badge))
			continue;
		const role = handover.to === badge ? 'taker' : 'giver';
		return { ...handover, channel, role, mine: handover.by === badge, other: role === 'taker' ? handover.from : handover.to };
	}
	return null;
}

/** Who else is live in the output of this desk; '' = nobody. */
export function ownerOf(view: View, badge: string): string {
	const owner = view.channels[outputOf(view, badge)]?.desk ?? '';
	return owner === badge ? '' : owner;
}

/** Time at the microphone today, the present turn included, ms. */
export function usedToday(view: View, badge: string, now: number): number {
	const since = view.channels[liveIn(view, badge)]?.since;
	return (deskOf(view, badge)?.used_ms ?? 0) + (since ? Math.max(0, now - since) : 0);
}

/** The rules have partners asked before the microphone is taken from them; unless their line is lost. */
export function mustAsk(view: View, badge: string): boolean {
	const owner = ownerOf(view, badge);
	return view.rules.interpretation?.handover === 'ask' && partnersOf(view, badge).includes(owner) && view.participants[owner]?.line === 'connected';
}

/** The call of this desk that nobody has answered yet. */
export function callOf(view: View, badge: string, to: 'chair' | 'technician'): number | null {
	const found = Object.entries(view.calls ?? {}).find(([, call]) => call.by === badge && call.to === to);
	return found === undefined ? null : Number(found[0]);
}
