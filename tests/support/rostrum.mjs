// A running Rostrum for tests: tools/up with a state directory of its own, and what tests ask of it.
// ROSTRUM_BUILD names the build directory whose programs run (default: build).
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from './wait.mjs';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const build = resolve(process.env.ROSTRUM_BUILD ?? join(root, 'build'));
export const PROGRAMS = ['signaling', 'sfu', 'recorder', 'webcast'];
export const program = (name) => join(build, name === 'webcast' ? 'recorder/webcast' : name, `rostrum-${name}`);

// What sanitizers print when a program did something undefined; no log of a test may contain it.
const FAULT = /ERROR: (Address|Leak)Sanitizer|WARNING: ThreadSanitizer|runtime error:|SUMMARY: UndefinedBehavior|Assertion .* failed/;

export function newState() {
	return mkdtempSync(join(tmpdir(), 'rostrum-test-'));
}

// The ports of this process: below those the kernel gives out, and by run.mjs none that another file has at the same time.
const PORTS = 2000;
// Each comes with a few after it: a media server takes one a core.
const STEP = Math.max(4, availableParallelism());
const firstPort = 12_000 + PORTS * (Number(process.env.ROSTRUM_TEST_PLACE ?? process.pid) % 10);
let portsTaken = Math.floor(Math.random() * PORTS);
export const nextPort = () => firstPort + ((portsTaken += STEP) % (PORTS - STEP));

// A TCP port that was free a moment ago.
export function freePort() {
	return new Promise((done) => {
		const server = createServer();
		const port = nextPort();
		server.once('error', () => done(freePort()));
		server.listen(port, '127.0.0.1', () => server.close(() => done(port)));
	});
}

// Is the process there, and no zombie?
export function alive(pid) {
	try {
		return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
	} catch {
		return false;
	}
}

function pick({ delegates, interpreters, ...others }, who) {
	const [language, desk] = who.split('-');
	const found = others[who] ?? delegates[who] ?? interpreters[language]?.[Number(desk) - 1];
	if (!found) throw new Error(`the demo conference has no ${who}`);
	return found;
}

class Rostrum {
	constructor(child, state) {
		this.child = child;
		this.state = state;
		this.boxes = []; // of rooms.mjs
		this.ended = new Promise((done) => child.once('exit', (code, signal) => done(signal ?? code)));
	}

	get pids() {
		return JSON.parse(readFileSync(join(this.state, 'pids.json'), 'utf8'));
	}

	log(name) {
		const path = join(this.state, 'log', `${name}.log`);
		return existsSync(path) ? readFileSync(path, 'utf8') : '';
	}

	// The join token of 'chair', 'KEN', 'fr-1' (first desk of the French booth) …
	token(who) {
		return pick(this.tokens, who);
	}

	link(who) {
		return pick(this.links, who);
	}

	// GET, POST … with a token ('' = none); resolves with { status, headers, body, json }.
	async http(method, path, { token = '', body, type, headers = {} } = {}) {
		const answer = await fetch(this.base + path, {
			method,
			body,
			headers: { ...(token && { authorization: `Bearer ${token}` }), ...(type && { 'content-type': type }), ...headers },
		});
		const text = await answer.text();
		let json = null;
		try {
			json = JSON.parse(text);
		} catch {
			// Pages and SDP are no JSON; a test that wants JSON finds null.
		}
		return { status: answer.status, headers: answer.headers, body: text, json };
	}

	async view(meeting = 'demo') {
		return (await this.http('GET', `/api/meetings/${meeting}`, { token: this.tokens.secretariat })).json;
	}

	async nodes() {
		return (await this.http('GET', '/api/nodes', { token: this.tokens.technician })).json;
	}

	// kill -9 one program and wait until tools/up has another in its place; resolves with when each of the two happened.
	async kill(name) {
		const old = this.pids[name];
		const killed = Date.now();
		process.kill(old, 'SIGKILL');
		await until(`a new ${name}`, () => this.pids[name] !== old && alive(this.pids[name]), { every: 10 });
		return { killed, started: Date.now() };
	}

	// SIGTERM to the boxes and to tools/up; resolves with its exit code once everything below it is gone, and fails if a sanitizer had
	// something to say, as of what is not given back in the end.
	async stop() {
		for (const { child } of this.boxes) child.kill('SIGTERM');
		await Promise.all(this.boxes.map(({ ended }) => ended));
		if (this.child.exitCode === null) this.child.kill('SIGTERM');
		const code = await this.ended;
		const faults = this.faults();
		if (faults.length > 0) throw new Error(`${join(this.state, 'log')}: ${faults.join('; ')}`);
		return code;
	}

	// Lines of any log in which a sanitizer or an assertion speaks.
	faults() {
		const folder = join(this.state, 'log');
		if (!existsSync(folder)) return [];
		return readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n').filter((line) => FAULT.test(line)));
	}

	remove() {
		rmSync(this.state, { recursive: true, force: true });
	}
}

// Start tools/up and wait for its line. With `state` an earlier meeting goes on. Rejects with what it said if it ends first.
export async function startRostrum({ state = newState(), listen, environment = {} } = {}) {
	const child = spawn(join(root, 'tools/up'), ['--json', '--no-install', '--state', state, '--listen', listen ?? `127.0.0.1:${await freePort()}`],
		{ stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ROSTRUM_BUILD: build, ...environment } });
	process.on('exit', () => child.kill('SIGTERM'));
	const rostrum = new Rostrum(child, state);
	let out = '';
	let said = '';
	child.stderr.on('data', (data) => (said += data));
	rostrum.said = () => said;
	await new Promise((ready, fail) => {
		child.stdout.on('data', (data) => {
			out += data;
			if (out.includes('\n')) ready();
		});
		child.once('exit', (code) => fail(new Error(`tools/up ended with ${code}: ${said}`)));
	});
	rostrum.line = out;
	const { pids, ...rest } = JSON.parse(out);
	rostrum.firstPids = pids;
	return Object.assign(rostrum, rest);
}
