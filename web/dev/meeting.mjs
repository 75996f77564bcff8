// A meeting in memory to work on the pages with, where no media server is needed: serves dist/ and speaks
// rostrum.v1 on one port. `node dev/meeting.mjs [PORT]` prints a join link for each badge.
import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';
import { boothCommands, interpret, newBooths } from './booths.mjs';
import * as lines from './lines.mjs';

const dist = fileURLToPath(new URL('../dist', import.meta.url));
// As strict as the pages can bear, so that the server's may be.
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self' blob:; connect-src 'self'; form-action 'none'; base-uri 'none'";
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css' };

const people = {
	secretariat: { name: 'Conference Secretariat', role: 'secretariat' },
	chair: { name: 'H.E. Mr. Tomás Villanueva', role: 'chair' },
	FRA: { name: 'Mme Claire Dumontier', role: 'delegate', delegation: 'FRA', country: 'France', languages: ['fr'] },
	KEN: { name: 'H.E. Ms. Amina Odhiambo', role: 'delegate', delegation: 'KEN', country: 'Kenya', languages: ['en'] },
	BRA: { name: 'Sr. João Almeida', role: 'delegate', delegation: 'BRA', country: 'Brazil', languages: ['es'] },
	JOR: { name: 'السيدة ليلى حداد', role: 'delegate', delegation: 'JOR', country: 'Jordan', languages: ['en'] },
	BOL: { name: 'Sra. Wara Quispe', role: 'delegate', delegation: 'BOL', country: 'Bolivia (Plurinational State of)', languages: ['es'] },
	NOR: { name: 'Ms. Ingrid Solheim', role: 'delegate', delegation: 'NOR', country: 'Norway', languages: ['en'] },
	room: { name: 'Conference room 2', role: 'room' },
	'en-1': { name: 'Harriet Lowell', role: 'interpreter', languages: ['en'] },
	'fr-1': { name: 'Hélène Marchand', role: 'interpreter', languages: ['fr', 'en'] },
	'fr-2': { name: 'Olivier Perrin', role: 'interpreter', languages: ['fr', 'en'] },
	'es-1': { name: 'Lucía Ferrer', role: 'interpreter', languages: ['es'] },
	'ar-1': { name: 'سامر خليل', role: 'interpreter', languages: ['ar', 'en', 'fr'] },
	'caption-1': { name: 'Joan Whitfield', role: 'captioner', languages: ['en', 'ar'] },
	technician: { name: 'Technician', role: 'technician' },
	'ar-2': { name: 'رنا منصور', role: 'interpreter', languages: ['ar', 'en', 'fr'] },
};

const MAY = {
	secretariat: ['captions', 'call-next', 'enter-vote', 'announce-lock', 'state-intent', 'take-up-motion', 'withdraw-motion', 'put-question', 'add-sponsor', 'propose-decision', 'withdraw-decision', 'open-voting', 'enter-totals', 'lock-voting', 'proclaim', 'suspend-meeting', 'resume-meeting', 'open-meeting', 'close-meeting', 'take-up-item', 'withdraw', 'move-entry', 'give-floor', 'take-floor', 'stop-clock', 'start-clock', 'extend-time', 'set-limit', 'set-budget', 'resume-floor', 'close-list', 'open-list', 'plan', 'take-up-recording', 'stop-recording', 'listen', 'offer'],
	chair: ['captions', 'call-next', 'announce-lock', 'correct-vote', 'annul-voting', 'take-up-motion', 'withdraw-motion', 'put-question', 'add-sponsor', 'propose-decision', 'withdraw-decision', 'open-voting', 'lock-voting', 'proclaim', 'rule', 'hear-point', 'withdraw-point', 'settle-point', 'suspend-meeting', 'resume-meeting', 'open-meeting', 'close-meeting', 'take-up-item', 'ask-for-floor', 'withdraw', 'move-entry', 'give-floor', 'take-floor', 'stop-clock', 'start-clock', 'extend-time', 'set-limit', 'set-budget', 'resume-floor', 'close-list', 'open-list', 'plan', 'open-microphone', 'close-microphone', 'listen', 'offer'],
	delegate: ['captions', 'withdraw-objection', 'state-intent', 'raise-motion', 'withdraw-motion', 'speak-on-motion', 'explain-vote', 'object', 'cast', 'ask-for-ballot', 'ask-for-reply', 'raise-point', 'withdraw-point', 'appeal', 'ask-for-floor', 'withdraw', 'take-floor', 'listen', 'offer'],
	room: ['ask-for-floor', 'withdraw', 'take-floor', 'listen', 'offer'],
	technician: ['survey', 'history', 'open-doors', 'close-doors', 'tell-seat', 'ask-for-cable', 'loop-back', 'test-signal', 'restart-box', 'begin-sound-check', 'end-sound-check', 'answer-call', 'listen', 'offer'],
	captioner: ['caption', 'caption-live', 'captions', 'listen', 'offer'],
	interpreter: ['go-live', 'go-idle', 'cough', 'select-source', 'select-output', 'request-handover', 'accept-handover', 'decline-handover', 'cancel-handover', 'set-floor-language', 'speak-slower', 'cannot-interpret', 'call', 'answer-call', 'listen', 'offer'],
};
for (const may of Object.values(MAY))
	may.push('say');
MAY.secretariat.push('webcast', 'close-chat', 'open-chat', 'remove-message');
for (const role of ['chair', 'secretariat'])
	MAY[role].push('inscribe', 'skip-entry', 'requeue-entry', 'announce-lots', 'draw-lots', 'end-list', 'open-doors', 'close-doors', 'adjourn-meeting', 'set-visibility');
MAY.delegate.push('offer-swap', 'accept-swap', 'decline-swap', 'withdraw-swap');
MAY.secretariat.push('begin-sound-check', 'end-sound-check');

export function token(sub) {
	const { name, role, delegation, languages } = people[sub];
	const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
	return `${part({ alg: 'none' })}.${part({ iss: 'rostrum', sub, meeting: 'demo', name, role, delegation, languages })}.x`;
}

export function page(sub) {
	const { role } = people[sub];
	return role === 'chair' || role === 'secretariat' ? 'podium' : role;
}

const MOTIONS = [['suspend-meeting', 1, 0, 0], ['adjourn-meeting', 2, 0, 0], ['adjourn-debate', 3, 2, 2], ['close-debate', 4, 0, 2], ['reconsider', 5, 0, 2], ['division', 5, 2, 2]].map(
	([motion, rank, in_favour, against]) => ({ motion, rank, in_favour, against }),
);

function newView() {
	const participants = Object.fromEntries(
		Object.entries(people).map(([id, person], i) => [id, { ...person, csrc: 1001 + i, present: false, line: 'away' }]),
	);
	const channels = { en: { language: 'en', name: 'English' }, fr: { language: 'fr', name: 'Français' }, es: { language: 'es', name: 'Español' }, ar: { language: 'ar', name: 'العربية' } };
	return {
		meeting: { id: 'demo', title: 'Open-ended working group on marine resources', state: 'scheduled', visibility: 'public', webcast: false, mode: 'floor', sitting: 1 },
		quorum: { authorised: 6, present: 4, to_open: 2, to_decide: 4 },
		agenda: { current: '1', items: [{ id: '1', title: 'General exchange of views' }, { id: '2', title: 'Draft resolution A/C.3/81/L.14 on the conservation of shared fish stocks' }] },
		languages: [{ id: 'en', name: 'English' }, { id: 'fr', name: 'Français' }, { id: 'es', name: 'Español' }, { id: 'ar', name: 'العربية' }],
		delegations: [{ id: 'SIDS', country: 'Alliance of Small Island States', category: 'group' }, { id: 'G77', country: 'Group of 77 and China', category: 'group' }],
		participants, list: [], replies: [], inscription: { closed: false, state: 'open', allotted: 900_000 }, points: { waiting: [] }, motions: { waiting: [], pending: [] }, explanations: { before: [], after: [], sponsors: [], explained: [] }, rules: { name: 'unga', warn: 30_000, grace: 15_000, cut: false, majorities: ['simple', 'two-thirds', 'absolute'], chat: { all: ['secretariat', 'chair'], delegation: ['delegate'], secretariat: ['secretariat', 'chair', 'delegate', 'interpreter'] }, chair_settles_appeals: false, roll_call_rounds: 2, interpretation: { interlock: 'override', handover: 'take', timeout: 30_000, turn: 1_800_000, wait: 0, slower_hold: 30_000, slower_desks: 1 }, motions: MOTIONS, explanations: { before: true, after: true, once: true, sponsors: false } },
		floor: { holder: null, suspended: false }, open: [],
		channels, ...newBooths(people, channels),
		recording: { state: 'waiting' }, media: { instance: null }, chat: { closed: false },
	};
}

/** Starts the meeting; `happen(name, data, patch)` makes anything happen in it, `drop()` breaks every line. */
export async function startMeeting(port = 0, { rehearsal = false } = {}) {
	let view = newView();
	view.meeting.rehearsal = rehearsal;
	const epoch = Math.random().toString(36).slice(2);
	const events = [];
	const sockets = new Map();
	let entries = 0;
	let refuseLines = false;
	const messages = [];
	const reads = (id, one) => one.to === 'all' || one.from === id || one.participant === id || (one.to === 'delegation' ? people[one.from].delegation === people[id].delegation : people[id].role === 'secretariat');

	const merge = (target, patch) => {
		if (patch === null || typeof patch !== 'object' || Array.isArray(patch))
			return patch;
		const merged = { ...(target !== null && typeof target === 'object' ? target : {}) };
		for (const [name, value] of Object.entries(patch)) {
			if (value === null)
				delete merged[name];
			else
				merged[name] = merge(merged[name], value);
		}
		return merged;
	};
	const happen = (name, data, patch) => {
		view = merge(view, patch);
		const event = { type: 'event', event: events.length + 1, time: Date.now(), name, data, patch };
		events.push(event);
		for (const socket of sockets.values())
			socket.send(JSON.stringify(event));
		return event.event;
	};
	const hold = (holder, entry, cause) => {
		const open = [...view.open.filter((id) => id !== view.floor.holder), ...(holder ? [holder] : [])];
		const list = view.list.filter((one) => one.entry !== entry);
		return happen(holder ? 'floor-given' : 'floor-taken', { participant: holder ?? view.floor.holder, cause }, {
			floor: { holder, entry, since: holder ? Date.now() : null, used: null, allotted: entry ? view.inscription.allotted : null, suspended: false }, list, open,
		});
	};
	const tally = (votes) => {
		const count = (vote) => Object.values(votes).filter((one) => one === vote).length;
		return { votes, yes: count('yes'), no: count('no'), abstain: count('abstain'), required: Math.floor((count('yes') + count('no')) / 2) + 1, missing: count('none') };
	};
	let plan = null;
	const commands = {
		captions: () => ({}),
		survey: (id) => {
			sockets.get(id).send(JSON.stringify(lines.survey(view.participants)));
			sockets.get(id).send(JSON.stringify({ type: 'measured', patch: { levels: lines.levels(view.participants) } }));
			sockets.get(id).send(JSON.stringify({ type: 'levels', levels: lines.meters(view.participants) }));
			return {};
		},
		history: (_id, { participants }) => lines.history(participants),
		'caption-live': () => ({}),
		caption: (_id, { language, text }) => happen('caption', { language, line: 9, text }, {}),
		'open-meeting': () => happen('meeting-opened', {}, { meeting: { state: 'in-session' }, recording: { state: 'recording' } }),
		'close-meeting': () => happen('meeting-closed', {}, { meeting: { state: 'closed' }, floor: { holder: null, since: null }, list: [], open: [] }),
		'suspend-meeting': () => happen('meeting-suspended', {}, { meeting: { state: 'suspended' }, floor: { since: null, used: 192_000 }, open: [] }),
		'resume-meeting': () => happen('meeting-resumed', {}, { meeting: { state: 'in-session' }, floor: { since: Date.now() } }),
		'open-doors': () => happen('doors-opened', {}, { meeting: { state: 'test' } }),
		'close-doors': () => happen('doors-closed', {}, { meeting: { state: 'scheduled', checking: null } }),
		'begin-sound-check': (_, { participant }) => happen('sound-check-begun', { participant }, { meeting: { checking: participant } }),
		'end-sound-check': () => happen('sound-check-ended', {}, { meeting: { checking: null } }),
		'adjourn-meeting': (_, { until = null }) => happen('meeting-adjourned', { until }, { meeting: { state: 'adjourned', until }, floor: { holder: null, since: null }, open: [] }),
		'set-visibility': (_, { visibility }) => happen('visibility-changed', { visibility }, { meeting: { visibility } }),
		'take-up-item': (_, { item }) => happen('item-taken-up', { item }, { agenda: { current: item }, list: [] }),
		'ask-for-floor': (id) => {
			if (view.list.some(({ participant }) => participant === id))
				return 'already-on-list';
			const entry = ++entries;
			return happen('entry-added', { entry, participant: id }, { list: [...view.list, { entry, participant: id, asked: Date.now() }] });
		},
		withdraw: (id, { entry }) => {
			const list = view.list.filter((one) => (entry ? one.entry !== entry : one.participant !== id));
			return list.length === view.list.length ? 'no-such-entry' : happen('entry-withdrawn', { entry }, { list });
		},
		'move-entry': (_, { entry, position }) => {
			const list = view.list.filter((one) => one.entry !== entry);
			list.splice(position - 1, 0, view.list.find((one) => one.entry === entry));
			return happen('entry-moved', { entry, position }, { list });
		},
		'give-floor': (_, { entry, participant }) => hold(participant ?? view.list.find((one) => one.entry === entry)?.participant, entry, 'list'),
		'take-floor': () => hold(null, null, 'chair'),
		'propose-decision': (_, { title, mode, majority }) => happen('decision-proposed', { title, mode }, { decision: {
			decision: (view.decision?.decision ?? 0) + 1, title, mode, majority: mode === 'consensus' ? null : majority, state: 'proposed', objectors: null, entitled: null,
			yes: 0, no: 0, abstain: 0, required: null, missing: null, offline: null, votes: null, counted: false, outcome: null } }),
		object: (id) => happen('decision-objected', { participant: id }, { decision: { objectors: [...(view.decision.objectors ?? []), people[id].delegation] } }),
		'withdraw-decision': () => happen('decision-withdrawn', {}, { decision: null }),
		'open-voting': () => {
			const here = Object.values(view.participants).filter(({ role, present }) => role === 'delegate' && present).map(({ delegation }) => [delegation, 'none']);
			const named = view.decision.mode === 'recorded';
			return happen('voting-opened', {}, { decision: { state: 'open', entitled: here.length, required: 1, ...(named ? { votes: Object.fromEntries(here), missing: here.length, offline: [] } : {}) } });
		},
		cast: (id, { vote }) => happen('vote-cast', { participant: id, vote }, { decision: tally({ ...view.decision.votes, [people[id].delegation]: vote }) }),
		'enter-totals': (_, { yes, no, abstain }) => happen('totals-entered', {}, { decision: { yes, no, abstain, required: Math.floor((yes + no) / 2) + 1, counted: true } }),
		'lock-voting': () => happen('voting-locked', {}, { decision: { state: 'locked', offline: null } }),
		proclaim: () => {
			const { mode, yes, no } = view.decision;
			const outcome = mode === 'consensus' || yes > no ? 'adopted' : 'rejected';
			return happen('decision-proclaimed', { outcome }, { decision: { state: 'proclaimed', outcome } });
		},
		'open-microphone': (id) => happen('microphone-opened', { participant: id }, { open: [...view.open, id] }),
		'close-microphone': (id) => happen('microphone-closed', { participant: id }, { open: view.open.filter((one) => one !== id) }),
		...boothCommands(() => view, happen),
		/* Whatever is asked, everybody is brief: enough to draw. */
		plan: () => ({ plan: { ...plan, late: 0, more: 0, finish: Math.round((plan.finish + plan.turns[0].start) / 2), turns: plan.turns.map((turn) => ({ ...turn, start: Math.round((turn.start + plan.turns[0].start) / 2), end: Math.round((turn.end + plan.turns[0].start) / 2), fits: 'yes' })) } }),
		'set-limit': (_, { seconds }) => happen('limit-set', { allotted: seconds * 1000 || null }, { inscription: { allotted: seconds * 1000 || null } }),
		'set-budget': (_, { category, seconds }) => happen('budget-set', { category, allotted: seconds * 1000 || null }, { inscription: { budgets: { [category]: seconds ? { total: seconds * 1000, left: seconds * 1000 } : null } } }),
		'close-list': () => happen('list-closed', { cause: 'chair' }, { inscription: { closed: true } }),
		'open-list': () => happen('list-opened', { cause: 'chair' }, { inscription: { closed: false } }),
		'take-up-recording': () => happen('recording-started', {}, { recording: { state: 'recording', reason: null } }),
		'stop-recording': () => happen('recording-stopped', {}, { recording: { state: 'off' } }),
		say: (id, { to, participant, text }) => {
			const one = { message: Date.now() + messages.length, time: Date.now(), from: id, to, ...(participant ? { participant } : {}), text };
			messages.push(one);
			for (const [reader, socket] of sockets)
				if (reads(reader, one))
					socket.send(JSON.stringify({ type: 'chat', messages: [one] }));
			return 0;
		},
		webcast: (_, { on }) => happen('webcast', { on }, { meeting: { webcast: on } }),
		'close-chat': () => happen('chat-closed', {}, { chat: { closed: true } }),
		'open-chat': () => happen('chat-opened', {}, { chat: { closed: false } }),
		'remove-message': (_, { message }) => happen('message-removed', { message }, {}),
		listen: () => 0,
		offer: () => (view.media.instance ? { sdp: '', slots: [] } : 'no-media-server'),
	};

	const server = createServer((request, response) => {
		const path = new URL(request.url, 'http://localhost').pathname;
		if (path === '/api/v1/meetings') {
			response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ meetings: [{ rehearsal: false, ...view.meeting }] }));
			return;
		}
		if (path === '/api/v1/meetings/demo/precall') {
			response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ participant: 'KEN', verdict: 'poor', time: Date.now(), reasons: [['no-udp', 'poor'], ['camera-dark', 'poor']] }));
			return;
		}
		if (path.startsWith('/echo/')) {
			response.writeHead(429, { 'retry-after': '12' }).end();
			return;
		}
		const name = path === '/' ? '/index.html' : extname(path) === '' ? `${path}.html` : path;
		const file = join(dist, normalize(name));
		if (!file.startsWith(dist) || !existsSync(file)) {
			response.writeHead(404).end();
			return;
		}
		response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'content-security-policy': POLICY });
		createReadStream(file).pipe(response);
	});
	new WebSocketServer({ server, path: '/ws', handleProtocols: () => 'rostrum.v1' }).on('connection', (socket) => {
		let id = '';
		if (refuseLines) {
			socket.terminate();
			return;
		}
		const say = (message) => socket.send(JSON.stringify(message));
		socket.on('message', (text) => {
			const message = JSON.parse(text);
			if (message.type === 'hello') {
				id = JSON.parse(Buffer.from(message.token.split('.')[1], 'base64url')).sub;
				sockets.get(id)?.close(4009);
				const known = message.resume?.epoch === epoch;
				say({ type: 'welcome', epoch, event: events.length, resumed: known, time: Date.now(), you: { id, ...people[id], may: MAY[people[id].role] }, ...(known ? {} : { view }) });
				if (messages.some((one) => reads(id, one)))
					say({ type: 'chat', messages: messages.filter((one) => reads(id, one)) });
				for (const event of known ? events.slice(message.resume.event) : [])
					say(event);
				sockets.set(id, socket);
				happen('participant-joined', { participant: id }, { participants: { [id]: { present: true, line: 'connected', place: message.companion ? 'in-room' : null } } });
				return;
			}
			const result = MAY[people[id].role].includes(message.type) ? commands[message.type](id, message) : 'not-permitted';
			say({ type: 'reply', id: message.id, ...(typeof result === 'string' ? { ok: false, reason: result, text: result } : { ok: true, ...(typeof result === 'object' ? result : { event: result }) }) });
		});
		socket.on('close', () => {
			if (sockets.get(id) !== socket)
				return;
			sockets.delete(id);
			happen('participant-left', { participant: id, cause: 'lost-line' }, { participants: { [id]: { present: false, line: 'away' } } });
		});
	});
	await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
	const base = `http://127.0.0.1:${server.address().port}`;
	return {
		base,
		write: (from, message) => commands.say(from, message),
		link: (sub, query = '') => `${base}/${page(sub)}${query}#${token(sub)}`,
		happen,
		/** The same, and what follows from it for booths. */
		interpret: (name, data, patch) => interpret(() => view, happen, name, data, patch),
		tell: (message) => {
			plan = message.patch?.plan ?? plan;
			for (const socket of sockets.values())
				socket.send(JSON.stringify(message));
		},
		/** The technician hears how the lines are now. */
		survey: () => commands.survey('technician'),
		/** Shows a badge the door as the server does when the meeting sits without it. */
		keepOut: (sub, visibility) => {
			sockets.get(sub).send(JSON.stringify({ type: 'error', reason: visibility, text: visibility }));
			sockets.get(sub).close(4010);
		},
		drop: () => {
			refuseLines = true;
			for (const socket of sockets.values())
				socket.terminate();
		},
		stop: () => {
			for (const socket of sockets.values())
				socket.terminate();
			server.close();
		},
	};
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const meeting = await startMeeting(Number(process.argv[2] ?? 8090));
	for (const id of Object.keys(people))
		console.log(meeting.link(id));
}
