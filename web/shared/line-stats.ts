/** What this page measures of its own line, as `tell-line` says it: what nobody but the browser knows. */

type Report = { forEach: (each: (stats: Record<string, unknown>) => void) => void };

/** Counters that were read last, to tell what came since. */
export interface Counted {
	samples: number;
	concealed: number;
	decoded: number;
	dropped: number;
	/** ms of the browser's clock. */
	at: number;
}

const LIMITS = ['none', 'cpu', 'bandwidth', 'other'];
const PERMILLE = 1000;

function n(stats: Record<string, unknown> | undefined, name: string): number {
	const value = stats?.[name];
	return typeof value === 'number' ? value : 0;
}

function permille(part: number, whole: number): number {
	return Math.min(PERMILLE, Math.max(0, Math.round((part / whole) * PERMILLE)));
}

/** "host-udp", "nat-tcp", "relay-tls"; of a relay, the way to it. */
function pathOf(local: Record<string, unknown> | undefined): string | null {
	const type = local?.['candidateType'];
	if (typeof type !== 'string')
		return null;
	const protocol = (type === 'relay' ? local!['relayProtocol'] : undefined) ?? local!['protocol'];
	const transport = protocol === 'tls' ? 'tls' : protocol === 'tcp' ? 'tcp' : 'udp';
	return `${type === 'relay' ? 'relay' : type === 'host' ? 'host' : 'nat'}-${transport}`;
}

/** The members of `tell-line`, and the counters for the next time. */
export function readLine(report: Report, before: Counted | null, at: number): { members: Record<string, unknown>; counted: Counted } {
	const all: Record<string, unknown>[] = [];
	report.forEach((stats) => void all.push(stats));
	const of = (type: string, kind?: string) => all.filter((stats) => stats['type'] === type && (kind === undefined || stats['kind'] === kind));
	const sum = (list: Record<string, unknown>[], name: string) => list.reduce((total, stats) => total + n(stats, name), 0);
	const sounds = of('inbound-rtp', 'audio');
	const pictures = of('inbound-rtp', 'video');
	const counted: Counted = {
		samples: sum(sounds, 'totalSamplesReceived'),
		concealed: sum(sounds, 'concealedSamples') - sum(sounds, 'silentConcealedSamples'),
		decoded: sum(pictures, 'framesDecoded'),
		dropped: sum(pictures, 'framesDropped'),
		at,
	};
	const pair = of('candidate-pair').find((one) => one['state'] === 'succeeded' && (one['nominated'] === true || one['selected'] === true));
	const members: Record<string, unknown> = {};
	const path = pathOf(all.find((one) => one['id'] === pair?.['localCandidateId']));
	if (path !== null)
		members['path'] = path;
	if (typeof pair?.['currentRoundTripTime'] === 'number')
		members['rtt'] = Math.min(60_000, Math.round(pair['currentRoundTripTime'] * 1000));
	if (typeof pair?.['availableOutgoingBitrate'] === 'number')
		members['available'] = Math.min(1_000_000, Math.round(pair['availableOutgoingBitrate'] / 1000));
	const heard = sounds.filter((stats) => n(stats, 'packetsReceived') > 0);
	if (heard.length > 0)
		members['jitter'] = Math.min(60_000, Math.round(Math.max(...heard.map((stats) => n(stats, 'jitter'))) * 1000));
	const limit = of('outbound-rtp', 'video').map((stats) => String(stats['qualityLimitationReason'] ?? 'none')).find((one) => one !== 'none' && LIMITS.includes(one));
	members['limit'] = limit ?? 'none';
	// A connection that was made anew counts from nothing.
	if (before !== null && counted.samples >= before.samples && counted.decoded >= before.decoded && at > before.at)
		since(before, counted, members);
	return { members, counted };
}

function since(before: Counted, counted: Counted, members: Record<string, unknown>): void {
	const samples = counted.samples - before.samples;
	const decoded = counted.decoded - before.decoded;
	const dropped = Math.max(0, counted.dropped - before.dropped);
	if (samples > 0)
		members['concealed'] = permille(counted.concealed - before.concealed, samples);
	members['decoded'] = Math.min(1000, Math.round((decoded * 1000) / (counted.at - before.at)));
	if (decoded + dropped > 0)
		members['dropped'] = permille(dropped, decoded + dropped);
}
