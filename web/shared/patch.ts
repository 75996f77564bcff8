type Members = Record<string, unknown>;

function isObject(value: unknown): value is Members {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

interface Entry {
	entry: number;
}

/** What the server says of an array of entries when it does not say all of it (PROTOCOL.md, 3.6). */
function isListChange(patch: Members): boolean {
	return isObject(patch['entries']) || Array.isArray(patch['order']);
}

function changeList(list: Entry[], { entries, order }: { entries?: Members; order?: number[] }): unknown[] {
	const byNumber = new Map<number, unknown>(list.map((entry) => [entry.entry, entry]));
	// Numbers as names of members come in ascending order, as new entries stand.
	for (const [name, change] of Object.entries(entries ?? {})) {
		if (change === null)
			byNumber.delete(Number(name));
		else
			byNumber.set(Number(name), mergePatch(byNumber.get(Number(name)), change));
	}
	return order ? order.map((number) => byNumber.get(number)) : [...byNumber.values()];
}

/** JSON merge patch, RFC 7396 section 2. Neither argument is changed; untouched parts are shared. Arrays of entries may be changed entry by entry. */
export function mergePatch(target: unknown, patch: unknown): unknown {
	if (!isObject(patch))
		return patch;

	if (Array.isArray(target) && isListChange(patch))
		return changeList(target as Entry[], patch);
	const merged: Members = isObject(target) ? { ...target } : {};
	for (const [name, value] of Object.entries(patch)) {
		if (value === null)
			delete merged[name];
		else
			Object.defineProperty(merged, name, {
				value: mergePatch(Object.hasOwn(merged, name) ? merged[name] : undefined, value),
				enumerable: true,
				writable: true,
				configurable: true,
			});
	}
	return merged;
}
