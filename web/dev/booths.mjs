// Simultaneous interpretation of the meeting in memory: enough of it to draw the console against.

/** Booths and desks of the interpreters among `people`; each works into its first language, and has the others as retour. */
export function newBooths(people, channels) {
	const booths = {};
	const desks = {};
	for (const [id, { role, languages }] of Object.entries(people)) {
		if (role !== 'interpreter')
			continue;
		const outputs = languages.filter((one) => one in channels);
		const [home] = outputs;
		booths[home] ??= { home, outputs, desks: [] };
		booths[home].desks.push(id);
		desks[id] = { booth: home, outputs, source: 'floor', output: home, cough: false, used_ms: 0 };
	}
	return { booths, desks };
}

/** What each channel carries, whose desks it came through, and which output the floor key plays elsewhere. */
function derive(view) {
	const channels = {};
	const chain = (id, seen = []) => {
		const { desk, language } = view.channels[id];
		if (!desk || language === view.floor.language || seen.includes(id))
			return ['floor'];
		const { source } = view.desks[desk];
		return source === 'floor' ? ['floor', id] : [...chain(source, [...seen, id]), id];
	};
	for (const id of Object.keys(view.channels)) {
		const links = chain(id);
		channels[id] = { carries: links.length > 1 ? 'desk' : 'floor', depth: links.length - 1, chain: links };
	}
	const auto = Object.keys(view.channels).find((id) => {
		const desk = view.desks[view.channels[id].desk];
		return desk && desk.source === 'floor' && desk.booth !== id && channels[id].carries === 'desk';
	});
	const owner = view.channels[auto]?.desk;
	const desks = Object.fromEntries(Object.entries(view.desks).map(([id, { booth }]) => [id, { auto: auto && booth !== view.desks[owner].booth ? auto : null }]));
	return { channels, desks };
}

/** Makes an event of a patch, and another of what follows from it. */
export function interpret(now, happen, name, data, patch) {
	const event = happen(name, data, patch);
	happen('derived', {}, derive(now()));
	return event;
}

/** `now()` is the view as it stands, `happen` makes an event of a patch. */
export function boothCommands(now, happen) {
	const change = (name, data, patch) => interpret(now, happen, name, data, patch);
	const channelOf = (id) => Object.keys(now().channels).find((one) => now().channels[one].desk === id);
	const used = (id) => {
		const channel = channelOf(id);
		return channel ? { desks: { [id]: { used_ms: now().desks[id].used_ms + Date.now() - now().channels[channel].since } }, channels: { [channel]: { desk: null, since: null, handover: null } } } : {};
	};
	const handover = (id) => Object.entries(now().channels).find(([, one]) => one.handover && [one.handover.from, one.handover.to].includes(id));
	const end = (cause) => (id) => {
		const open = handover(id);
		return open ? happen('handover-ended', { channel: open[0], cause }, { channels: { [open[0]]: { handover: null } } }) : 'no-handover';
	};
	return {
		'go-live': (id, { channel }) => {
			const { channels = {}, desks = {} } = used(id);
			return change('desk-live', { channel, participant: id, cause: 'self' }, { desks: { ...desks, [id]: { ...desks[id], output: channel } }, channels: { ...channels, [channel]: { desk: id, since: Date.now(), handover: null } } });
		},
		'go-idle': (id) => (channelOf(id) ? change('desk-idle', { channel: channelOf(id), participant: id }, used(id)) : 'already-so'),
		cough: (id, { on }) => happen('desk-cough', { participant: id, on }, { desks: { [id]: { cough: on } } }),
		'select-source': (id, { source }) => change('desk-source', { participant: id, source }, { desks: { [id]: { source, alarm: null } } }),
		'select-output': (id, { channel }) => happen('desk-output', { participant: id, channel }, { desks: { [id]: { output: channel } } }),
		'request-handover': (id, { channel, at = null }) => {
			const owner = now().channels[channel].desk;
			const partner = now().booths[now().desks[id].booth].desks.find((one) => one !== id);
			const [from, to] = owner === id ? [id, partner] : [owner, id];
			return happen('handover-requested', { channel, participant: to, by: id }, { channels: { [channel]: { handover: { from, to, by: id, state: 'requested', due: at } } } });
		},
		'accept-handover': (id) => {
			const [channel, one] = handover(id) ?? [];
			return channel ? happen('handover-accepted', { channel }, { channels: { [channel]: { handover: { ...one.handover, state: 'armed', due: one.handover.due ?? Date.now() } } } }) : 'no-handover';
		},
		'decline-handover': end('declined'),
		'cancel-handover': end('cancelled'),
		'set-floor-language': (_, { language }) => change('floor-language-set', { language }, { floor: { language } }),
		'speak-slower': () => happen('speak-slower', {}, { floor: { slower: { count: (now().floor.slower?.count ?? 0) + 1, since: Date.now() } } }),
		'cannot-interpret': (id, { reason }) => happen('interpretation-impeded', { booth: now().desks[id].booth, reason }, { booths: { [now().desks[id].booth]: { impediment: { reason, by: id, since: Date.now() } } } }),
		call: (id, { to }) => happen('call-made', { call: 1, to }, { calls: { 1: { by: id, to, since: Date.now() } } }),
		'answer-call': (_, { call }) => happen('call-answered', { call }, { calls: { [call]: null } }),
	};
}
