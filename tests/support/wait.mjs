// Waiting in tests: always for something, never for a fixed time that a slow machine breaks.

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Until nothing was late here for so long: a machine that has just stopped, or has too much to do, says nothing of how quick a program is.
export async function calm(ms) {
	const TICK = 20;
	const LATE = 100;
	for (let quiet = performance.now(), end = quiet + 60_000, last = quiet; last - quiet < ms && last < end;) {
		await sleep(TICK);
		const now = performance.now();
		if (now - last > LATE) quiet = now;
		last = now;
	}
}

// Call `check` until it returns something truthy, and return that. Fails after `limit` ms with `what`, and with
// the last value or error seen.
export async function until(what, check, { limit = 30_000, every = 50 } = {}) {
	const end = Date.now() + limit;
	let last;
	for (;;) {
		try {
			last = await check();
			if (last) return last;
		} catch (error) {
			last = error;
		}
		if (Date.now() > end) {
			const seen = last instanceof Error ? last.message : JSON.stringify(last);
			throw new Error(`waited ${limit} ms for ${what}; last seen: ${seen}`);
		}
		await sleep(every);
	}
}
