// A WHIP publisher or WHEP player made of werift, which has no codecs: ffmpeg stands behind it on both sides, by RTP on
// loopback. Usage and output as aiortc_client.py.
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { MediaStreamTrack, RTCPeerConnection, useOPUS, useVP8 } from 'werift';
import { readCounter, writePicture } from './picture.mjs';
import { RATE, levelAt } from './sound.mjs';

const { values, positionals: [what, url] } = parseArgs({ allowPositionals: true, options: { hz: { type: 'string', default: '1000' }, colour: { type: 'string' }, listen: { type: 'string', default: '1000' } } });
const authorization = `Bearer ${process.env.ROSTRUM_TOKEN}`;
const BLOCK = RATE / 10;
const SIZE = [320, 180];
const FPS = 15;

const say = (message) => console.log(JSON.stringify(message));
const children = [];
const folder = mkdtempSync(join(tmpdir(), 'rostrum-werift-'));

function ffmpeg(args, stdio) {
	const child = spawn('ffmpeg', ['-v', 'error', '-nostdin', ...args], { stdio });
	children.push(child);
	return child;
}

function udp(onPacket) {
	return new Promise((done) => {
		const socket = createSocket('udp4', onPacket);
		socket.bind(0, '127.0.0.1', () => done(socket));
	});
}

// What ffmpeg encodes for ever goes into a track.
async function encode(track, input, codec) {
	const isRtcp = (packet) => packet[1] >= 192 && packet[1] < 224; // RFC 5761
	const socket = await udp((packet) => !isRtcp(packet) && track.writeRtp(packet));
	ffmpeg(['-re', ...input, ...codec, '-f', 'rtp', `rtp://127.0.0.1:${socket.address().port}?pkt_size=1200`], 'ignore');
}

// What a track receives is decoded to raw samples or pictures of `size` octets.
async function decode(map, output, size, onBlock) {
	const probe = await udp(() => {});
	const { port } = probe.address();
	probe.close();
	const child = ffmpeg(['-protocol_whitelist', 'pipe,udp,rtp', '-fflags', 'nobuffer', '-probesize', '2048', '-analyzeduration', '0', '-f', 'sdp', '-i', 'pipe:0', ...output, 'pipe:1'], ['pipe', 'pipe', 'inherit']);
	child.stdin.end(`v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=${map[0]} ${port} RTP/AVP 96\r\na=rtpmap:96 ${map[1]}\r\n`);
	let held = Buffer.alloc(0);
	child.stdout.on('data', (data) => {
		held = Buffer.concat([held, data]);
		for (; held.length >= size; held = held.subarray(size)) onBlock(held.subarray(0, size));
	});
	const out = await udp(() => {});
	return (packet) => {
		packet.header.payloadType = 96;
		packet.header.extension = false;
		packet.header.extensions = [];
		out.send(packet.serialize(), port, '127.0.0.1');
	};
}

const pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle', iceServers: [], codecs: { audio: [useOPUS()], video: [useVP8()] } });
pc.connectionStateChange.subscribe((state) => say({ state }));

async function publish() {
	const sound = new MediaStreamTrack({ kind: 'audio' });
	pc.addTransceiver(sound, { direction: 'sendonly' });
	await encode(sound, ['-f', 'lavfi', '-i', `sine=frequency=${values.hz}:sample_rate=${RATE},volume=12dB`], ['-c:a', 'libopus', '-b:a', '32k', '-payload_type', '111']);
	if (!values.colour) return;
	const sight = new MediaStreamTrack({ kind: 'video' });
	pc.addTransceiver(sight, { direction: 'sendonly' });
	const film = writePicture(join(folder, 'film.y4m'), values.colour.split(',').map(Number), { size: SIZE, fps: FPS });
	// No key frame can be asked of ffmpeg: it makes one every second.
	await encode(sight, ['-stream_loop', '-1', '-i', film], ['-c:v', 'libvpx', '-deadline', 'realtime', '-b:v', '300k', '-g', String(FPS)]);
}

async function play() {
	const tones = values.listen.split(',').map(Number);
	const give = {
		audio: await decode(['audio', 'opus/48000/2'], ['-ac', '1', '-ar', String(RATE), '-f', 'f32le'], BLOCK * 4, (block) => {
			const samples = new Float32Array(block.buffer.slice(block.byteOffset, block.byteOffset + block.length));
			say({ at: Date.now(), levels: Object.fromEntries(tones.map((hz) => [hz, Math.round(levelAt(samples, hz) * 10) / 10])) });
		}),
		video: await decode(['video', 'VP8/90000'], ['-vf', `scale=${SIZE.join(':')}`, '-f', 'rawvideo', '-pix_fmt', 'rgb24'], SIZE[0] * SIZE[1] * 3, (block) => {
			const pixel = (x, y) => [...block.subarray((y * SIZE[0] + x) * 3, (y * SIZE[0] + x) * 3 + 3)];
			say({ at: Date.now(), colour: pixel(SIZE[0] / 2, SIZE[1] / 2), size: SIZE, counter: readCounter(pixel, SIZE) });
		}),
	};
	pc.addTransceiver('audio', { direction: 'recvonly' });
	const video = pc.addTransceiver('video', { direction: 'recvonly' });
	pc.onTrack.subscribe((track) => {
		let ssrc = null;
		track.onReceiveRtp.subscribe((packet) => {
			ssrc = packet.header.ssrc;
			give[track.kind](packet);
		});
		// ffmpeg was not there for the first key frame, perhaps.
		if (track.kind === 'video') setInterval(() => ssrc && video.receiver.sendRtcpPLI(ssrc), 1000).unref();
	});
}

async function main() {
	await (what === 'publish' ? publish() : play());
	await pc.setLocalDescription(await pc.createOffer());
	const answer = await fetch(url, { method: 'POST', body: pc.localDescription.sdp, headers: { authorization, 'content-type': 'application/sdp' } });
	const sdp = await answer.text();
	if (answer.status !== 201) {
		say({ error: answer.status, body: sdp });
		return 1;
	}
	const session = new URL(answer.headers.get('location'), url).href;
	say({ session });
	await pc.setRemoteDescription({ type: 'answer', sdp });
	await new Promise((done) => process.stdin.resume().once('end', done));
	await pc.close();
	say({ deleted: (await fetch(session, { method: 'DELETE', headers: { authorization } })).status });
	return 0;
}

const code = await main();
for (const child of children) child.kill('SIGKILL');
rmSync(folder, { recursive: true, force: true });
process.exit(code);
