import type { Plan, Turn } from './plan';

/** What the server says a meeting is (rostrum.v1). Pages read it and never change it. */

export type Role =
	| 'secretariat'
	| 'chair'
	| 'delegate'
	| 'interpreter'
	| 'technician'
	| 'viewer'
	| 'room'
	| 'captioner'
	| 'admin';

/** `connected`: media flows; `joined`: the page alone; `away`: neither. */
export type Presence = 'connected' | 'joined' | 'away';

/** In what quality a delegation participates. */
export const CATEGORIES = ['member', 'observer', 'igo', 'ngo', 'group'] as const;
export type Category = (typeof CATEGORIES)[number];

export interface Delegation {
	id: string;
	/** Or the organisation's name. */
	country: string;
	category: Category;
	/** A member that has no vote for the time being, and why. */
	may_vote?: false;
	reason?: string;
}

export interface Participant {
	name: string;
	role: Role;
	delegation?: string | null;
	country?: string | null;
	/** Of the delegation. */
	category?: Category;
	/** Of a delegate in the delegation. */
	rank?: 'head' | 'alternate' | 'adviser';
	/** Office held at home, by a name of the rules profile. */
	level?: string;
	/** In the room. */
	seat?: string;
	languages?: string[];
	/** Number this participant's media carries as contributing source. */
	csrc: number;
	present: boolean;
	line: Presence;
	/** In the meeting room: what they say comes from its microphone. Absent: remote. */
	place?: 'in-room' | null;
}

export interface Entry {
	entry: number;
	participant: string;
	/** Wall clock in ms. */
	asked: number;
	/** Delegation it speaks on behalf of. */
	group?: string;
	/** Pressed just after the list was opened: its place is not known yet. */
	requested?: boolean;
	/** Put there by hand. */
	fixed?: boolean;
	/** Entry it would change places with. */
	offers?: number;
	/** Language it was announced in. */
	language?: string;
}

/** How a list of speakers stands. */
export interface Inscription {
	closed: boolean;
	state: 'planned' | 'open' | 'closed' | 'exhausted' | 'ended';
	debate?: 'adjourned' | 'closed' | null;
	/** Speaking time of its statements, ms; absent: without limit. */
	allotted?: number | null;
	/** Lots announced: their number, and the hash of their seed. */
	draw?: number | null;
	commitment?: string | null;
	/** When presses of the opening are ordered, wall clock in ms. */
	window?: number | null;
	/** Time that all statements of a category share, ms. */
	budgets?: Partial<Record<Category, { total: number; left: number } | null>> | null;
	/** How long speakers had waited on average, ms. */
	waited?: Record<'room' | 'remote', { n: number; mean: number }>;
}

export interface Channel {
	language: string;
	name: string;
	/** Badge of the interpreter who is live; nobody: the channel carries the floor. */
	desk?: string | null;
	since?: number | null;
	/** `floor` while nobody is live, and while the floor is spoken in this very language: then the desk stands by. */
	carries?: 'desk' | 'floor';
	/** 0: the floor itself; 1: interpreted from it; more: over relay. */
	depth?: number;
	/** Where the sound comes from: `floor`, then the channels it went through, this one last. */
	chain?: string[];
	handover?: Handover | null;
}

/** Of the profile; times in ms. */
export interface RulesOfInterpretation {
	interlock: 'none' | 'override' | 'interlock';
	handover: 'take' | 'ask';
	/** A handover nobody answered ends. */
	timeout: number;
	/** At the microphone before the partner's turn; 0: any time. */
	turn: number;
	/** Silence of the booths before the next speaker or a vote; 0: they are not waited for. */
	wait: number;
	/** So long a speaker is asked to slow down, by so many desks at least. */
	slower_hold: number;
	slower_desks: number;
}

/** One desk takes a channel over from another. */
export interface Handover {
	from: string;
	to: string;
	/** Who asked for it. */
	by: string;
	/** `armed`: both agreed; it happens at `due`. */
	state: 'requested' | 'armed';
	/** Wall clock, ms. */
	due?: number | null;
}

/** A booth, by its home language; a delegation's own interpreters are one, too. */
export interface Booth {
	home?: string | null;
	outputs: string[];
	/** Badges. */
	desks: string[];
	/** It cannot interpret. */
	impediment?: { reason: 'sound' | 'speed' | 'no-video' | 'document'; by: string; since: number } | null;
}

/** An interpreter's console. */
export interface Desk {
	booth: string;
	/** Channels it may work into. */
	outputs: string[];
	/** `floor`, or the channel it takes relay from. */
	source: string;
	/** Channel that its source `floor` means at present: a booth works into it that hears the floor itself. */
	auto?: string | null;
	/** Channel it works into when it goes live. */
	output: string;
	cough: boolean;
	/** At the microphone, ms, without the present turn (`channels.*.since`). */
	used_ms: number;
	alarm?: { cause: 'pivot' | 'cycle' | 'lost-line'; channel: string; since: number } | null;
}

export interface Floor {
	holder?: string | null;
	entry?: number | null;
	/** Delegation on whose behalf they speak. */
	group?: string | null;
	/** Since when the clock runs (wall clock, ms); absent: it stands. */
	since?: number | null;
	/** Used before that, ms. */
	used?: number | null;
	/** Speaking time, ms; absent: without limit. */
	allotted?: number | null;
	/** The speaker's line is lost; the place is held. */
	suspended?: boolean;
	/** The clock begins with the first word, at this time (server's wall clock, ms) at the latest. */
	awaits?: number | null;
	/** Language that is spoken, as far as known. */
	language?: string | null;
	/** The next speaker, or the vote, waits for the booths. */
	held?: { until: number; for?: string; entry?: number; decision?: number; booths: string[] } | null;
	/** Desks asked the speaker to slow down, the last of them then; it counts for `rules.interpretation.slower_hold` ms. */
	slower?: { count: number; since: number } | null;
}

/** Points of order. */
export interface Points {
	waiting: { entry: number; participant: string }[];
	/** Of the one before the meeting. */
	entry?: number | null;
	stage?: 'heard' | 'ruled' | 'appealed' | null;
	participant?: string | null;
	ruling?: 'upheld' | 'rejected' | null;
	appellant?: string | null;
	/** Who gets the floor back. */
	interrupted?: string | null;
}

/** On which side one speaks on a motion. */
export type Side = 'in-favour' | 'against';

/** A procedural motion. */
export interface Motion {
	entry: number;
	/** Its kind, a name of `rules.motions`. */
	motion: string;
	/** Who moves it. */
	participant: string;
}

export interface PendingMotion extends Motion {
	/** `called`: has had the floor. */
	speakers: { entry: number; participant: string; side: Side; called: boolean }[];
	allotted?: number;
	/** Number of the decision on it, once it is put. */
	decision?: number;
	/** Who gets the floor back. */
	interrupted?: string;
}

/** Those that wait, by precedence, and those before the meeting, the topmost first. */
export interface Motions {
	waiting: Motion[];
	pending: PendingMotion[];
	/** The last one that was settled. */
	last?: { motion: string; decision: number; outcome: 'adopted' | 'rejected'; yes: number; no: number; abstain: number } | null;
}

/** Who explains the vote on the proposal, and who sponsors it (delegations). */
export interface Explanations {
	before: Entry[];
	after: Entry[];
	sponsors: string[];
	explained: string[];
}

export interface KindOfMotion {
	motion: string;
	/** 1 comes before all others. */
	rank: number;
	/** Speakers on each side. */
	in_favour: number;
	against: number;
}

/** `absent`: called in a roll call, and did not answer. */
export type Vote = 'yes' | 'no' | 'abstain' | 'absent' | 'none';

/** The proposal before the meeting. */
export interface Decision {
	/** Its number; every press says which it means. */
	decision: number;
	/** Of a motion its kind's name. */
	title: string;
	/** What it is about; absent: a proposal. */
	subject?: 'motion' | 'appeal' | null;
	mode: 'consensus' | 'hands' | 'recorded' | 'roll-call' | 'secret';
	state: 'proposed' | 'open' | 'locked' | 'proclaimed';
	majority?: string | null;
	/** Delegations that object to consensus. */
	objectors?: string[] | null;
	/** The decision of which this is the second vote. */
	second_vote_on?: number | null;
	/** Delegations, as the voting was opened. */
	entitled?: number | null;
	/** Members here that have none for the time being. */
	without_vote?: number | null;
	yes: number;
	no: number;
	abstain: number;
	/** Votes that carry it as things stand. */
	required?: number | null;
	/** Entitled and not voted; of those `offline` are away. */
	missing?: number | null;
	offline?: string[] | null;
	/** The lock was announced for then (wall clock, ms). */
	lock?: number | null;
	/** Roll call: delegations in the order they are called, who is called now, in which round; commitment to the lot, and its seed. */
	order?: string[] | null;
	called?: string | null;
	round?: number | null;
	commitment?: string | null;
	seed?: string | null;
	/** By ruling between lock and proclamation. */
	corrections?: { delegation: string; was: Vote; vote: Vote; reason: string }[] | null;
	/** How delegations wished to have voted, stated after the result. */
	intents?: Record<string, Vote> | null;
	/** Secret ballot: its modulus, the delegations that were given one, and from the lock on the votes by token. */
	key?: string | null;
	issued?: string[] | null;
	ballots?: Record<string, Vote> | null;
	/** By delegation, in a recorded vote and a roll call. */
	votes?: Record<string, Vote> | null;
	/** The totals of a show of hands were entered. */
	counted: boolean;
	outcome?: 'adopted' | 'rejected' | 'second-vote' | null;
}

/** Before whom the meeting sits. */
export type Visibility = 'public' | 'private' | 'closed-members';

export interface View {
	meeting: {
		id: string;
		title: string;
		state: 'scheduled' | 'test' | 'in-session' | 'suspended' | 'adjourned' | 'closed';
		visibility: Visibility;
		/** Switched on: everybody may see it. */
		webcast: boolean;
		/** Whose microphone is tried behind open doors. */
		checking?: string | null;
		/** Adjourned until then, wall clock in ms. */
		until?: number | null;
		mode: 'floor' | 'direct';
		/** For tests and to practise: nothing of it is proceedings. */
		rehearsal?: boolean;
		sitting: number;
		opened?: number | null;
	};
	agenda: { current?: string | null; items: { id: string; title: string }[] };
	/** By item, by number. */
	documents?: Record<string, Record<string, Document>>;
	languages: { id: string; name: string }[];
	/** All of the conference, in protocol order. */
	delegations: Delegation[];
	participants: Record<string, Participant>;
	/** Members; what is needed is absent where nothing is asked of this body. */
	quorum?: { authorised: number; present: number; to_open?: number | null; to_decide?: number | null };
	list: Entry[];
	/** Rights of reply. */
	replies: Entry[];
	/** Called, and not there. */
	skipped?: Entry[];
	inscription: Inscription;
	/** Lists of the other items, as far as there is anything to say of them. */
	advance?: Record<string, Inscription & { list: Entry[] }>;
	points: Points;
	motions: Motions;
	explanations: Explanations;
	rules: { name: string; in_advance?: boolean; warn: number; grace: number; cut: boolean; majorities: string[]; chat?: Record<'all' | 'delegation' | 'secretariat', Role[]>; motions: KindOfMotion[]; explanations: { before: boolean; after: boolean; once: boolean; sponsors: boolean }; chair_settles_appeals: boolean; roll_call_rounds: number; interpretation?: RulesOfInterpretation };
	decision?: Decision | null;
	/** Equally divided, waiting for their second vote by `due` (wall clock, ms). */
	second_votes?: { decision: number; title: string; due: number }[];
	floor?: Floor | null;
	/** Badges whose microphone is forwarded, in the order of their slots. */
	open: string[];
	channels: Record<string, Channel>;
	booths?: Record<string, Booth>;
	/** Desks that call, by number, until somebody has seen to it. */
	calls?: Record<string, { by: string; to: 'chair' | 'technician'; since: number }>;
	/** By badge. */
	desks?: Record<string, Desk>;
	recording: {
		state: 'off' | 'waiting' | 'recording' | 'failed';
		session?: string | null;
		reason?: string | null;
	};
	media: { instance?: string | null };
	chat?: { closed: boolean };
	/** The last lines by language, the oldest first. */
	captions?: Record<string, { line: number; text: string }[]>;
	/** As it was when the page came; kept up to date apart from the view, since it has no event. */
	measured?: Measured;
}

/** What is measured about once a second and kept nowhere. */
export interface Measured {
	/** Of the meeting, for those who preside. */
	plan?: Plan | null;
	/** One's own. */
	turn?: Turn | null;
	/** dBFS by badge. */
	levels?: Record<string, number>;
	/** Loss as a fraction of 1. */
	lines?: Record<string, { rtt_ms?: number; loss?: number }>;
	/** In the box of the secret ballot, for those who preside. */
	ballots?: number | null;
	/** How the key of a secret ballot that is proposed stands, for those who preside. */
	ballot_key?: 'making' | 'ready' | 'missing' | null;
	/** Whether the recording has all that the media server gave it, for those who preside and technicians. */
	recorded?: Recorded | null;
	/** Who speaks into an open microphone. */
	speaking?: Record<string, boolean>;
	sounds?: Record<string, Sound>;
	/** How old what an interpreter hears is, ms from the microphone it hears. */
	ears?: Record<string, number>;
	/** Of those in the green room, for those who lead the meeting and technicians. */
	ready?: Record<string, { microphone: boolean; camera: boolean; line: boolean }>;
	/** The recorder's, for those who can do something about it. */
	disk?: Disk | null;
	/** Rooms whose line was lost, the oldest first, for those who preside and technicians. */
	outages?: Outage[];
}

/** A room's line was lost, from edge to edge, and what became of what its box kept meanwhile. */
export interface Outage {
	source: string;
	from_ms: number;
	/** null: it lasts. */
	to_ms: number | null;
	state: 'lost' | 'back' | 'delivering' | 'delivered' | 'refused';
	/** Since when its state is that. */
	at_ms: number;
	/** Delivered, once it is known of how much. */
	percent?: number;
	/** Of the refusal. */
	reason?: 'other-session' | 'not-recorded' | 'malformed';
}

/** Of the recorder. */
export interface Disk {
	level: 'green' | 'amber' | 'red';
	/** Why pictures are left out; '': they are not. */
	why: '' | 'slow' | 'nearly-full' | 'full';
	/** Octets. */
	free?: number | null;
	/** Until pictures are left out, or, when they are, until nothing goes. */
	left_s?: number | null;
	/** The second copy of the archive. */
	copy?: { state: 'running' | 'unavailable'; behind_s?: number | null; since_ms?: number | null; reason?: string | null } | null;
}

/** Packets that did not come to the recorder, and how often the recording was interrupted. Both 0: complete. */
export interface Recorded {
	missing: number;
	breaks: number;
}

/** Of a microphone: the band, and once there was voice, whether it can be interpreted, and what is wrong. */
export interface Sound {
	khz: number;
	fit: 'yes' | 'limited' | 'no' | 'unknown';
	verdict?: 'green' | 'amber' | 'red';
	faults?: ('band' | 'quiet' | 'clipping' | 'loss' | 'jitter' | 'speed' | 'noise' | 'hum')[];
}

export interface You {
	id: string;
	role: Role;
	name: string;
	delegation?: string | null;
	languages?: string[];
	may: string[];
}

export interface MeetingEvent {
	event: number;
	time: number;
	name: string;
	by?: string;
	data: Record<string, unknown>;
}

export function holder(view: View): string | null {
	return view.floor?.holder ?? null;
}

export interface SpeakingTime {
	state: 'free' | 'running' | 'warned' | 'over' | 'stopped' | 'awaits' | 'suspended';
	used: number;
	/** null: without limit; negative: over by so much. */
	left: number | null;
}

/** The time of the present statement at `now` (server's wall clock, ms); null: nobody has the floor. */
export function speakingTime(view: View, now: number): SpeakingTime | null {
	const { floor } = view;
	if (!floor?.holder)
		return null;
	const used = (floor.used ?? 0) + (floor.since ? Math.max(0, now - floor.since) : 0);
	const left = floor.allotted ? floor.allotted - used : null;
	if (floor.suspended || !floor.since)
		return { state: floor.suspended ? 'suspended' : floor.awaits ? 'awaits' : 'stopped', used, left };
	if (left === null)
		return { state: 'free', used, left };
	return { state: left <= 0 ? 'over' : left <= view.rules.warn ? 'warned' : 'running', used, left };
}

/** Whose microphone is heard: those of the meeting, and the one that is tried before it. */
export function openOf(view: View): string[] {
	const { checking } = view.meeting ?? {};
	return checking ? [checking, ...(view.open ?? [])] : (view.open ?? []);
}

export function isOpen(view: View, badge: string): boolean {
	return openOf(view).includes(badge);
}

export function isInRoom(view: View, badge: string): boolean {
	return view.participants[badge]?.place === 'in-room';
}

/** The badge of the meeting room's box; the one that sends, where there are several. */
export function roomOf(view: View): string | null {
	const rooms = Object.entries(view.participants).filter(([, { role }]) => role === 'room');
	return (rooms.find(([, { line }]) => line === 'connected') ?? rooms[0])?.[0] ?? null;
}

/** Whose media carries what a participant says. */
export function voiceOf(view: View, badge: string): string | null {
	return isInRoom(view, badge) && view.participants[badge]?.role !== 'room' ? roomOf(view) : badge;
}

/** Who is meant by a source that is heard or seen: the room's is that of whoever speaks in it. */
export function personBehind(view: View, source: string): string {
	if (view.participants[source]?.role !== 'room')
		return source;
	return (view.open ?? []).find((badge) => isInRoom(view, badge)) ?? source;
}

/** One has asked, and is told the place in a moment. */
export function isRequested(view: View, badge: string): boolean {
	return (view.list ?? []).some((entry) => entry.participant === badge && entry.requested === true);
}

/** Place in the list of speakers, 1 = next; 0 = not on the list. */
export function placeOf(view: View, badge: string): number {
	return (view.list ?? []).findIndex((entry) => entry.participant === badge) + 1;
}

export function currentItem(view: View): { id: string; title: string } | undefined {
	return view.agenda?.items.find((item) => item.id === view.agenda.current);
}

/** How the room calls a participant: a delegation by its country, anybody else by name. */
export function shortName(view: View, badge: string): string {
	const participant = view.participants[badge];
	return participant?.country || participant?.name || badge;
}

/** From the announcement that voting has begun to the result; nobody is given the floor meanwhile. */
export function isVoting(view: View): boolean {
	return view.decision?.state === 'open' || view.decision?.state === 'locked';
}

/** One's statement is interrupted by a point of order or a motion, and goes on after it. */
export function isInterrupted({ points, motions }: View, badge: string): boolean {
	return points.interrupted === badge || motions.pending.some(({ interrupted }) => interrupted === badge);
}

/** In a roll call: every delegation was called, and whoever was absent as often as the rules have it. */
export function allCalled({ decision, rules }: View): boolean {
	const { order, called, round, votes } = decision ?? {};
	if (!order || !called || !round || !votes || votes[called] === 'none')
		return false;
	const rest = order.slice(order.indexOf(called) + 1);
	const waits = round === 1 ? rest.length > 0 : rest.some((one) => votes[one] === 'absent');
	return !waits && !(round < rules.roll_call_rounds && order.some((one) => votes[one] === 'absent'));
}

/** What is before the meeting comes first: nobody is called from a list meanwhile. */
export function callsWait(view: View): boolean {
	return isVoting(view) || view.motions.pending.length > 0 || Boolean(view.points.stage);
}

/** What one may speak on behalf of. */
export function groupsOf(view: View): Delegation[] {
	return (view.delegations ?? []).filter(({ category }) => category === 'group');
}

/** A delegation by its country; a group has nobody of its own here. */
export function delegationName(view: View, delegation: string): string {
	return view.delegations?.find(({ id }) => id === delegation)?.country || Object.values(view.participants).find((participant) => participant.delegation === delegation)?.country || delegation;
}

export function byCsrc(view: View, csrc: number): string | null {
	const found = Object.entries(view.participants).find(([, participant]) => participant.csrc === csrc);
	return found?.[0] ?? null;
}

/** A document of an agenda item; it has a symbol or a title. */
export interface Document {
	symbol?: string;
	title?: string;
	language: string;
	type: string;
	octets: number;
}

/** Desks that have just asked the speaker to slow down. */
export function slowerAsked(view: View, now: number): number {
	const asked = view.floor?.slower;
	return asked && now - asked.since < (view.rules.interpretation?.slower_hold ?? 0) ? asked.count : 0;
}
