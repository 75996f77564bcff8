// Janus (Debian's package) with its VideoRoom, as the peer that others measure themselves by: a process with a
// configuration of its own and one room, and its JSON API.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/rostrum.mjs';
import { until } from '../support/wait.mjs';

export const ROOM = 1;
const PLUGIN = 'janus.plugin.videoroom';
const OTHER_PLUGINS = ['audiobridge', 'duktape', 'echotest', 'lua', 'nosip', 'recordplay', 'sip', 'streaming', 'textroom', 'videocall', 'voicemail'];
const OTHER_TRANSPORTS = ['mqtt', 'nanomsg', 'pfunix', 'rabbitmq', 'websockets'];

// ICE-lite, since its counterpart is, as every WHEP player, the one that controls; one event loop a core.
function writeConfiguration(folder, port) {
	writeFileSync(join(folder, 'janus.jcfg'), `
general: { debug_level = 3, event_loops = ${availableParallelism()}, session_timeout = 0 }
nat: { ice_lite = true, ice_ignore_list = "vmnet" }
media: { rtp_port_range = "20000-60000" }
plugins: { disable = "${OTHER_PLUGINS.map((name) => `libjanus_${name}.so`).join(',')}" }
transports: { disable = "${OTHER_TRANSPORTS.map((name) => `libjanus_${name}.so`).join(',')}" }
`);
	writeFileSync(join(folder, 'janus.transport.http.jcfg'), `
general: { json = "compact", base_path = "/janus", http = true, ip = "127.0.0.1", port = ${port}, https = false }
admin: { admin_http = false }
`);
	writeFileSync(join(folder, 'janus.plugin.videoroom.jcfg'), 'general: { }\n');
}

async function ask(url, body) {
	const answer = await (await fetch(url, { method: 'POST', body: JSON.stringify({ transaction: randomUUID(), ...body }) })).json();
	if (answer.janus === 'error') throw new Error(`janus: ${answer.error.reason}`);
	return answer;
}

// One session for all; what comes later comes by its long poll, told apart by transaction.
class Session {
	constructor(base, id) {
		this.url = `${base}/${id}`;
		this.waiting = new Map();
		this.open = true;
		this.polling = this.poll();
	}

	async poll() {
		while (this.open) {
			const events = await fetch(`${this.url}?maxev=100`).then((answer) => answer.json(), () => []);
			for (const event of [events].flat()) {
				this.waiting.get(event.transaction)?.(event);
				this.waiting.delete(event.transaction);
			}
		}
	}

	async attach() {
		return (await ask(this.url, { janus: 'attach', plugin: PLUGIN })).data.id;
	}

	// A request of the plugin's that is answered later; resolves with the event.
	async message(handle, body, jsep) {
		const transaction = randomUUID();
		const answered = new Promise((done) => this.waiting.set(transaction, done));
		const said = await ask(`${this.url}/${handle}`, { janus: 'message', transaction, body, ...(jsep && { jsep }) });
		const event = said.janus === 'ack' ? await answered : said;
		const error = event.plugindata?.data?.error;
		if (error) throw new Error(`janus: ${error}`);
		return event;
	}

	detach(handle) {
		return ask(`${this.url}/${handle}`, { janus: 'detach' });
	}
}

const NEW_ROOM = {
	request: 'create', room: ROOM, publishers: 100, bitrate: 0, fir_freq: 0, audiocodec: 'opus', videocodec: 'vp8', opus_fec: true,
	audiolevel_ext: true, transport_wide_cc_ext: true,
};

// Resolves with { session, pid, stop() }.
export async function startJanus() {
	const folder = mkdtempSync(join(tmpdir(), 'rostrum-janus-'));
	const port = await freePort();
	const api = `http://127.0.0.1:${port}/janus`;
	writeConfiguration(folder, port);
	const child = spawn('janus', ['--configs-folder', folder], { stdio: 'ignore' });
	await once(child, 'spawn'); // rejects when there is no janus
	process.on('exit', () => {
		child.kill('SIGKILL');
		rmSync(folder, { recursive: true, force: true });
	});
	await until('janus to listen', () => fetch(`${api}/info`).then((answer) => answer.ok, () => false), { every: 100 });
	const session = new Session(api, (await ask(api, { janus: 'create' })).data.id);
	await session.message(await session.attach(), NEW_ROOM);
	return {
		session,
		pid: child.pid,
		async stop() {
			session.open = false;
			child.kill('SIGKILL'); // it takes its time to say good-bye to hundreds
			await once(child, 'exit');
		},
	};
}
