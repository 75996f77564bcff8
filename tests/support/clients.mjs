// WHIP publishers and WHEP players that nobody here wrote, each a program of its own: see aiortc_client.py for what they say.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { TONES } from './sound.mjs';
import { until } from './wait.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const PROGRAMS = {
	aiortc: ['/usr/bin/python3', join(here, 'aiortc_client.py')],
	gstreamer: ['/usr/bin/python3', join(here, 'gstreamer_client.py')],
	werift: [process.execPath, join(here, 'werift_client.mjs')],
};

class Client {
	constructor(kind, args, token) {
		this.kind = kind;
		const [program, script] = PROGRAMS[kind];
		this.child = spawn(program, [script, ...args], { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ROSTRUM_TOKEN: token } });
		this.said = [];
		this.state = 'new';
		this.stderr = '';
		this.child.stderr.on('data', (data) => (this.stderr += data));
		createInterface({ input: this.child.stdout }).on('line', (line) => {
			const message = JSON.parse(line);
			this.said.push(message);
			if (message.state) this.state = message.state;
		});
		this.ended = new Promise((done) => this.child.once('exit', done));
	}

	get session() {
		return this.said.find((message) => message.session)?.session;
	}

	get refusal() {
		return this.said.find((message) => message.error);
	}

	connected() {
		return until(`${this.kind} to connect`, () => {
			if (this.child.exitCode !== null) throw new Error(`${this.kind} ended: ${JSON.stringify(this.refusal)} ${this.stderr}`);
			return this.state === 'connected';
		});
	}

	// Levels of one tone since a wall-clock time, one for each 100 ms that was decoded.
	levels(hz, since = 0) {
		return this.said.filter((message) => message.levels && message.at >= since).map((message) => ({ at: message.at, db: message.levels[hz] }));
	}

	colours(since = 0) {
		return this.said.filter((message) => message.colour && message.at >= since);
	}

	// The last picture seen since a wall-clock time.
	async picture(since = 0) {
		return this.colours(since).at(-1);
	}

	// Until a tone is there (above -20 dB) in a block decoded after `since`.
	hears(hz, { since = Date.now(), limit } = {}) {
		return until(`${hz} Hz at the WHEP player`, () => this.levels(hz, since).find(({ db }) => db > -20), { limit });
	}

	async stop() {
		if (this.child.exitCode !== null) return;
		this.child.stdin.end();
		const limit = setTimeout(() => this.child.kill('SIGKILL'), 30_000);
		await this.ended;
		clearTimeout(limit);
	}
}

export function publish(rostrum, source, { token = rostrum.token(source), meeting = 'demo', kind = 'aiortc', hz = TONES[source], colour } = {}) {
	return new Client(kind, ['publish', `${rostrum.base}/whip/${meeting}/${source}`, '--hz', String(hz), ...(colour ? ['--colour', colour.join(',')] : [])], token);
}

export function play(rostrum, feed, { token = rostrum.tokens.viewer, meeting = 'demo', kind = 'aiortc', listen = Object.values(TONES) } = {}) {
	return new Client(kind, ['play', `${rostrum.base}/whep/${meeting}/${feed}`, '--listen', listen.join(',')], token);
}
