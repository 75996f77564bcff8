// Lines of a meeting in memory, as a technician surveys them: figures that look like those of real ones.
const STEPS = 120;
const STEP_MS = 5000;
const noise = (seed, i) => Math.abs(Math.sin(seed * 12.9898 + i * 78.233) * 43758.5453) % 1;
const seedOf = (badge) => [...badge].reduce((sum, c) => sum + c.charCodeAt(0), 0);

/** Trouble that some have, by badge. */
const TROUBLES = {
	KEN: [['loss-up', 'critical', -185_000, 96], ['jitter', 'warning', -170_000, 34]],
	BRA: [['narrow', 'warning', -420_000, -120]],
	JOR: [['loss-up', 'warning', -61_000, 31]],
	'fr-1': [['clipping', 'warning', -22_000, 1]],
};

export function history(badges) {
	const series = (badge, size, base) => Array.from({ length: STEPS }, (_, i) => (i < noise(seedOf(badge), 1) * 60 ? null : Math.round(base + size * noise(seedOf(badge), i))));
	return {
		step_ms: STEP_MS, end: Math.floor(Date.now() / STEP_MS) * STEP_MS,
		history: Object.fromEntries(badges.map((badge) => [badge, {
			level: series(badge, 40, -58), loss_up: series(badge, TROUBLES[badge] ? 110 : 4, 0), loss_down: series(badge, 6, 0), rtt: series(badge, 30, 20 + (seedOf(badge) % 180)),
			jitter: series(badge, 12, 1), up: series(badge, 300, 700), down: series(badge, 500, 900), concealed: series(badge, TROUBLES[badge] ? 60 : 3, 0), decoded: series(badge, 5, 21),
		}])),
	};
}

export function survey(participants) {
	const now = Date.now();
	const people = Object.entries(participants).filter(([, { present }]) => present).map(([badge]) => {
		const n = (i, size) => Math.round(noise(seedOf(badge), i) * size);
		const troubles = (TROUBLES[badge] ?? []).map(([name, severity, since, figure]) => [name, severity, now + since, figure]);
		return [badge, { figures: [troubles.find(([name]) => name === 'loss-up')?.[3] ?? n(1, 4), 0, 20 + (seedOf(badge) % 180), n(2, 12), 700 + n(3, 300), 900 + n(4, 500), n(5, 4), 25, 2400, 0, 20, 10, 1800, n(6, 14), 0], page: ['nat-udp', 'none'], troubles }];
	});
	return { type: 'survey', whole: true, patch: {
		people: Object.fromEntries(people),
		nodes: [
			{ node: 'sfu-1', kind: 'sfu', draining: false, cpu: 23, slow_us: 1480, peers: people.length, troubles: [] },
			{ node: 'recorder-1', kind: 'recorder', draining: false, free: 52_613_349_376, left_s: 5400, troubles: [['disk', 'warning', now - 300_000, 1]] },
		],
		troubles: [],
		tests: {
			FRA: { verdict: 'good', time: now - 3_600_000, reasons: [] },
			KEN: { verdict: 'poor', time: now - 1_500_000, reasons: [['no-udp', 'poor'], ['microphone-noise', 'poor']] },
		},
	} };
}

/** Levels of those who are there. */
export function levels(participants) {
	return Object.fromEntries(Object.entries(participants).filter(([, { present }]) => present).map(([badge]) => [badge, Math.round(-58 + 56 * noise(seedOf(badge), 7))]));
}

/** What their meters show: the level, and a peak somewhat above it. */
export function meters(participants) {
	return Object.fromEntries(Object.entries(levels(participants)).map(([badge, level], i) => [badge, [Math.max(-60, level), Math.min(0, Math.max(-60, level + 4 + (i % 9)))]]));
}
