import { expect, test, vi } from 'vitest';
import { Headset, type HeadsetSettings } from '#shared/sound/headset';

function storage(kept: Record<string, string> = {}): Storage {
	return { getItem: (name: string) => kept[name] ?? null, setItem: (name: string, value: string) => void (kept[name] = value) } as Storage;
}

test('what was set is kept within its bounds, and there again after a reload', () => {
	const kept = {};
	const headset = new Headset(storage(kept), () => {});
	headset.setVolume(2);
	headset.setBass(-40);
	headset.setTreble(NaN);
	headset.setFullScale(110);
	expect(new Headset(storage(kept), () => {}).settings).toEqual({ volume: 1, partner: 0.5, original: 0.3, bass: -12, treble: 0, fullScale: 110 });
	expect(new Headset(storage({ 'rostrum.headset': '{' }), () => {}).settings.volume).toBe(0.7);
});

test('where the protection cannot run, the sound plays straight, and that is told', async () => {
	const played: (HeadsetSettings | null)[] = [];
	const headset = new Headset(storage(), (settings) => played.push(settings));
	headset.onchange = vi.fn();
	await headset.wake(); // Node.js has no AudioContext.
	expect(headset.state).toBe('unguarded');
	expect(played).toEqual([null, headset.settings]);
	expect(headset.onchange).toHaveBeenCalledTimes(1);
	headset.setVolume(0.2);
	expect(played.at(-1)?.volume).toBe(0.2);
});
