// ffmpeg as an encoder and a player that speak RTP or SRTP without ICE and DTLS.
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { nextPort } from './rostrum.mjs';

async function isFree(port) {
	const socket = createSocket('udp4');
	try {
		socket.bind(port, '127.0.0.1');
		await once(socket, 'listening');
		return true;
	} catch {
		return false;
	} finally {
		socket.close();
	}
}

// `n` even UDP ports that were free a moment ago, and the odd ones after them.
export async function freePairs(n) {
	const pairs = [];
	while (pairs.length < n) {
		const first = nextPort(); // and at least three after it
		const port = first + (first % 2);
		if (!pairs.includes(port) && (await isFree(port)) && (await isFree(port + 1))) pairs.push(port);
	}
	return pairs;
}

class Ffmpeg {
	constructor(args) {
		this.child = spawn('ffmpeg', ['-hide_banner', '-loglevel', 'warning', '-nostdin', ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
		this.said = '';
		this.child.stderr.on('data', (data) => (this.said += data));
		this.ended = new Promise((done) => this.child.once('exit', (code, signal) => done(signal ?? code)));
	}

	async stop() {
		if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGINT');
		return this.ended;
	}
}

const INPUTS = {
	tone: (hz) => ['-f', 'lavfi', '-i', `sine=frequency=${hz}:sample_rate=48000`, '-af', 'volume=6', '-ac', '2', '-c:a', 'libopus', '-b:a', '64k'],
	colour: (name) => ['-f', 'lavfi', '-i', `color=c=${name}:s=320x180:r=25`, '-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-g', '25', '-b:v', '200k'],
};

// Sends one endless stream from port `from` to port `to`, RTCP between the ports after them.
export function send(kind, what, { from, to, pt, key }) {
	const secret = key ? ['-srtp_out_suite', 'AES_CM_128_HMAC_SHA1_80', '-srtp_out_params', key] : [];
	return new Ffmpeg(['-re', ...INPUTS[kind](what), '-payload_type', String(pt), ...secret, '-f', 'rtp',
		`${key ? 'srtp' : 'rtp'}://127.0.0.1:${to}?localrtpport=${from}&localrtcpport=${from + 1}`]);
}

const MAPS = { opus: ['audio', 'opus/48000/2'], vp8: ['video', 'VP8/90000'] };

// Writes what comes to `port` into `file` for some seconds of media. `sdp` is where the description is put.
export function receive(sdp, file, { port, pt, codec, key, seconds }) {
	const [kind, map] = MAPS[codec];
	writeFileSync(sdp, ['v=0', 'o=- 0 0 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0',
		`m=${kind} ${port} RTP/${key ? 'S' : ''}AVP ${pt}`, `a=rtpmap:${pt} ${map}`,
		...(key ? [`a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${key}`] : []), ''].join('\r\n'));
	return new Ffmpeg(['-y', '-protocol_whitelist', 'file,udp,rtp,srtp,crypto', '-i', sdp, '-t', String(seconds), file]);
}
