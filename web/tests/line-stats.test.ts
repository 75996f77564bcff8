import { expect, test } from 'vitest';
import { readLine } from '#shared/line-stats';

/** What a page says of its own line, out of what browsers count. */

const sound = (samples: number, concealed: number) => ({ type: 'inbound-rtp', kind: 'audio', packetsReceived: 5, jitter: 0.012, totalSamplesReceived: samples, concealedSamples: concealed, silentConcealedSamples: 0 });
const picture = (decoded: number, dropped: number) => ({ type: 'inbound-rtp', kind: 'video', framesDecoded: decoded, framesDropped: dropped });
const pair = { type: 'candidate-pair', state: 'succeeded', nominated: true, localCandidateId: 'L', currentRoundTripTime: 0.0412, availableOutgoingBitrate: 1_800_400 };

test('the path, what it carries, and what came since the last time', () => {
	const relay = { type: 'local-candidate', id: 'L', candidateType: 'relay', protocol: 'udp', relayProtocol: 'tls' };
	const first = readLine([pair, relay, sound(48_000, 100), picture(100, 0)], null, 1000);
	expect(first.members).toEqual({ path: 'relay-tls', rtt: 41, available: 1800, jitter: 12, limit: 'none' });
	const camera = { type: 'outbound-rtp', kind: 'video', qualityLimitationReason: 'cpu' };
	const { members } = readLine([pair, relay, sound(288_000, 2500), picture(220, 5), camera], first.counted, 6000);
	expect(members).toMatchObject({ limit: 'cpu', concealed: 10, decoded: 24, dropped: 40 });
});

test('a browser that says little makes no figures, and a new connection none of the old', () => {
	expect(readLine([], null, 0).members).toEqual({ limit: 'none' });
	const { counted } = readLine([sound(48_000, 0), picture(100, 0)], null, 1000);
	expect(readLine([sound(960, 0), picture(2, 0)], counted, 6000).members).toEqual({ jitter: 12, limit: 'none' });
	const behind = { type: 'local-candidate', id: 'L', candidateType: 'srflx', protocol: 'udp' };
	expect(readLine([pair, behind], null, 0).members['path']).toBe('nat-udp');
});
