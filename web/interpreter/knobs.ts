import type { Binding } from '#shared/keys';
import { MOST_TONE_DB, type Headset } from '#shared/sound/headset';
import type { Key } from '#shared/words';

/** What of the sound in the headset is set by hand: each has a slider, a key for less and one for more. */
export interface Knob {
	id: 'volume' | 'bass' | 'treble' | 'partner';
	label: Key;
	/** For less, and for more. */
	keys: readonly [string, string];
	does: readonly [Key, Key];
	most: number;
	least: number;
	step: number;
	set: (headset: Headset, value: number) => void;
}

const tone = { most: MOST_TONE_DB, least: -MOST_TONE_DB, step: 2 };
const loudness = { most: 1, least: 0, step: 0.05 };

export const KNOBS: readonly Knob[] = [
	{ id: 'volume', label: 'desk.volume', keys: ['-', '+'], does: ['key.softer', 'key.louder'], ...loudness, set: (headset, value) => headset.setVolume(value) },
	{ id: 'partner', label: 'knob.partner', keys: [',', '.'], does: ['key.partner.softer', 'key.partner.louder'], ...loudness, set: (headset, value) => headset.setPartner(value) },
	{ id: 'bass', label: 'knob.bass', keys: ['q', 'w'], does: ['key.bass.less', 'key.bass.more'], ...tone, set: (headset, value) => headset.setBass(value) },
	{ id: 'treble', label: 'knob.treble', keys: ['u', 'i'], does: ['key.treble.less', 'key.treble.more'], ...tone, set: (headset, value) => headset.setTreble(value) },
];

/** As on the key. */
export function printed(key: string): string {
	return key === '-' ? '−' : key.toUpperCase();
}

export function soundBindings(headset: Headset | null): Binding[] {
	if (headset === null)
		return [];
	return KNOBS.flatMap(({ id, keys, does, step, set }) =>
		keys.map((key, i) => ({
			key,
			show: printed(key),
			label: does[i]!,
			repeats: true,
			press: () => set(headset, headset.settings[id] + (i === 0 ? -step : step)),
		})),
	);
}
