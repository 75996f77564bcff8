// Debian's Janus with its VideoRoom, as the peer that others measure themselves by.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './rostrum.mjs';
import { until } from './wait.mjs';

const LIBRARIES = '/usr/lib/x86_64-linux-gnu/janus';
const ROOM = 1;

const word = () => Math.random().toString(36).slice(2);

class Handle {
	constructor(base) {
		this.base = base;
		this.events = [];
	}

	async post(path, body) {
		const answer = await fetch(this.base + path, { method: 'POST', body: JSON.stringify({ transaction: word(), ...body }) });
		const json = await answer.json();
		if (json.janus === 'error') throw new Error(`Janus: ${json.error.reason}`);
		return json;
	}

	async attach() {
		this.session = `/${(await this.post('', { janus: 'create' })).data.id}`;
		this.path = `${this.session}/${(await this.post(this.session, { janus: 'attach', plugin: 'janus.plugin.videoroom' })).data.id}`;
		return this;
	}

	// A request of the plugin, and the event that answers it.
	async ask(body, jsep) {
		const transaction = word();
		await this.post(this.path, { janus: 'message', transaction, body, jsep });
		for (;;) {
			const event = await (await fetch(`${this.base}${this.session}`)).json();
			if (event.janus !== 'event' || event.transaction !== transaction) continue;
			const { data } = event.plugindata;
			if (data.error) throw new Error(`Janus: ${data.error}`);
			return { data, jsep: event.jsep };
		}
	}

	destroy() {
		return this.post(this.session, { janus: 'destroy' });
	}
}

export async function startJanus() {
	const folder = mkdtempSync(join(tmpdir(), 'rostrum-janus-'));
	const port = await freePort();
	mkdirSync(join(folder, 'plugins'));
	const write = (name, text) => writeFileSync(join(folder, name), text);
	write('janus.jcfg', `general: { configs_folder = "${folder}"; plugins_folder = "${LIBRARIES}/plugins"; transports_folder = "${LIBRARIES}/transports"; loggers_folder = "${folder}"; event_handlers_folder = "${folder}"; debug_level = 2; }
media: { rtp_port_range = "20000-21000"; }
nat: { ice_lite = true; full_trickle = false; }
plugins: { disable = "libjanus_audiobridge.so,libjanus_duktape.so,libjanus_echotest.so,libjanus_lua.so,libjanus_nosip.so,libjanus_recordplay.so,libjanus_sip.so,libjanus_streaming.so,libjanus_textroom.so,libjanus_videocall.so,libjanus_voicemail.so"; }
transports: { disable = "libjanus_mqtt.so,libjanus_nanomsg.so,libjanus_pfunix.so,libjanus_rabbitmq.so,libjanus_websockets.so"; }
`);
	write('janus.transport.http.jcfg', `general: { json = "compact"; http = true; port = ${port}; ip = "127.0.0.1"; https = false; }\nadmin: { admin_http = false; }\n`);
	write('janus.plugin.videoroom.jcfg', `room-${ROOM}: { description = "bench"; publishers = 100; bitrate = 0; audiocodec = "opus"; videocodec = "vp8"; opus_fec = true; audiolevel_ext = true; transport_wide_cc_ext = true; fir_freq = 0; }\n`);
	const child = spawn('/usr/bin/janus', ['-F', folder, '-C', join(folder, 'janus.jcfg')], { stdio: ['ignore', 'pipe', 'pipe'] });
	let said = '';
	for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said += data));
	process.on('exit', () => {
		child.kill('SIGKILL');
		rmSync(folder, { recursive: true, force: true });
	});
	const base = `http://127.0.0.1:${port}/janus`;
	await until(`Janus (${said})`, async () => (await fetch(`${base}/info`)).ok, { limit: 20_000 });
	const feeds = new Map();
	let handles = [];
	const handle = async () => {
		handles.push(await new Handle(base).attach());
		return handles.at(-1);
	};
	return {
		name: 'Janus',
		child,
		said: () => said,
		async publish(page, source) {
			const publisher = await handle();
			const { data } = await publisher.ask({ request: 'join', ptype: 'publisher', room: ROOM, display: source });
			feeds.set(source, data.id);
			const sdp = await page.evaluate(() => window.call.offerToSend());
			const { jsep } = await publisher.ask({ request: 'configure', audio: true, video: true, bitrate: 0 }, { type: 'offer', sdp });
			await page.evaluate((answer) => window.call.answer(answer), jsep.sdp);
		},
		async play(page, source) {
			const player = await handle();
			const { jsep } = await player.ask({ request: 'join', ptype: 'subscriber', room: ROOM, streams: [{ feed: feeds.get(source) }] });
			const sdp = await page.evaluate((offer) => window.call.answerTo(offer), jsep.sdp);
			await player.ask({ request: 'start' }, { type: 'answer', sdp });
		},
		async hangUp() {
			await Promise.all(handles.map((one) => one.destroy()));
			handles = [];
		},
		stop() {
			child.kill('SIGTERM');
		},
	};
}
