// Waiting in tests: always for something, never for a fixed time that a slow machine breaks.

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Call `check` until it returns something truthy, and return that. Fails after `limit` ms with `what`, and with
// the last value or error seen.
export async function until(what, check, { limit = 15_000, every = 50 } = {}) {
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
