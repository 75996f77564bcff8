// When pages stood still: what a busy machine took from a browser says nothing of the programs that serve it.

// From now on.
export const watchStalls = (...pages) => Promise.all(pages.map((page) => page.evaluate(() => {
	const TICK = 20;
	const LATE = 100;
	const found = [];
	let last = performance.now();
	const look = () => {
		const now = performance.now();
		if (now - last > LATE) found.push([last, now].map((at) => performance.timeOrigin + at));
		last = now;
	};
	setInterval(look, TICK);
	window.stalls = () => (look(), found);
})));

// [from, to] of each, in ms of wall-clock time, in order and none within another.
export async function stallsOf(...pages) {
	const all = (await Promise.all(pages.map((page) => page.evaluate(() => window.stalls())))).flat().sort(([a], [b]) => a - b);
	const merged = [];
	for (const [from, to] of all) {
		const last = merged.at(-1);
		if (last && from <= last[1]) last[1] = Math.max(last[1], to);
		else merged.push([from, to]);
	}
	return merged;
}

// How long a time was, in ms, without what all stood still in it.
export const without = (stalls, from, to) => to - from - stalls.reduce((sum, [begin, end]) => sum + Math.max(0, Math.min(end, to) - Math.max(begin, from)), 0);
