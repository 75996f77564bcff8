/** The three relay keys of a booth: what each is set to, kept on this machine for every meeting of the booth. */

const PRESETS = 3;

type Store = Pick<Storage, 'getItem' | 'setItem'>;

const key = (booth: string) => `rostrum.relays.${booth}`;

/** What was set, as far as the meeting has such channels, then the channels in their order. `own` is never taken from. */
export function readPresets(store: Store, booth: string, channels: readonly string[], own: string): string[] {
	const usable = channels.filter((id) => id !== own);
	const kept = [...new Set(parse(store.getItem(key(booth))))].filter((id) => usable.includes(id));
	return [...kept, ...usable.filter((id) => !kept.includes(id))].slice(0, PRESETS);
}

/** Sets the n-th key; a key that had this channel gets what the n-th had. */
export function setPreset(presets: readonly string[], n: number, channel: string): string[] {
	const before = presets[n];
	return presets.map((id, i) => (i === n ? channel : id === channel && before !== undefined ? before : id));
}

export function keepPresets(store: Store, booth: string, presets: readonly string[]): void {
	store.setItem(key(booth), JSON.stringify(presets));
}

function parse(text: string | null): string[] {
	try {
		const list: unknown = JSON.parse(text ?? '[]');
		return Array.isArray(list) ? list.filter((one): one is string => typeof one === 'string') : [];
	} catch {
		return []; // Written by something else: as if nothing was set.
	}
}
