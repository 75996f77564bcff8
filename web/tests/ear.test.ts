import { expect, test } from 'vitest';
import { isNews, playedAge } from '../interpreter/ear';

const NOW = 1_795_305_600_000;
const NTP = 2_208_988_800_000;

test('is the server\'s time less the capture time of what is played', () => {
	const video = { type: 'inbound-rtp', kind: 'video', estimatedPlayoutTimestamp: NTP + NOW - 900 };
	const audio = { type: 'inbound-rtp', kind: 'audio', estimatedPlayoutTimestamp: NTP + NOW - 180 };
	expect(playedAge([{ type: 'codec' }, video, audio], NOW)).toBe(180);
	expect(playedAge([{ ...audio, estimatedPlayoutTimestamp: NOW - 180 }], NOW)).toBe(180);
});

test('is unknown where the browser does not say, or says what cannot be', () => {
	expect(playedAge([], NOW)).toBeNull();
	expect(playedAge([{ type: 'inbound-rtp', kind: 'audio' }], NOW)).toBeNull();
	expect(playedAge([{ type: 'inbound-rtp', kind: 'audio', estimatedPlayoutTimestamp: 0 }], NOW)).toBeNull();
	expect(playedAge([{ type: 'inbound-rtp', kind: 'audio', estimatedPlayoutTimestamp: NTP + NOW + 5_000 }], NOW)).toBeNull();
	expect(playedAge([{ type: 'inbound-rtp', kind: 'audio', estimatedPlayoutTimestamp: NTP + NOW - 600_000 }], NOW)).toBeNull();
});

test('is told when the server has another, has none any more, or may have forgotten', () => {
	expect(isNews(180, undefined, 5_000)).toBe(true);
	expect(isNews(180, 180, 5_000)).toBe(false);
	expect(isNews(199, 180, 5_000)).toBe(false);
	expect(isNews(200, 180, 5_000)).toBe(true);
	expect(isNews(160, 180, 5_000)).toBe(true);
	expect(isNews(180, 180, 60_000)).toBe(true);
});
