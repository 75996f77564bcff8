type Members = Record<string, unknown>;

function isObject(value: unknown): value is Members {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON merge patch, RFC 7396 section 2. Neither argument is changed; untouched parts are shared. */
export function mergePatch(target: unknown, patch: unknown): unknown {
	if (!isObject(patch))
		return patch;

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
