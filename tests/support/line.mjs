// A bad line for real programs: a network namespace that reaches this machine only through tests/support/line.c (rate and
// queue, delay, jitter, loss alone or in bursts, duplication). Needs root. Start it before Rostrum, so that the media server
// announces its address too, and let Rostrum listen on all addresses.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from './rostrum.mjs';

let lines = 0;

function ip(...args) {
	const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8' });
	if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`);
}

const orders = (settings) => Object.entries(settings).map(([name, value]) => `${name}=${Math.round(value)}`).join(' ');

class Line {
	constructor(name, child, folder) {
		this.name = name;
		this.child = child;
		this.folder = folder;
		this.answers = [];
		createInterface({ input: child.stdout }).on('line', (line) => this.answers.shift()?.(line));
	}

	// Towards the browser (`down`), away from it (`up`) or both: { rate: bit/s, delay, jitter, queue: µs, loss, double: permille, run: packets }.
	down(settings) {
		this.child.stdin.write(`right ${orders(settings)}\n`);
	}

	up(settings) {
		this.child.stdin.write(`left ${orders(settings)}\n`);
	}

	both(settings) {
		this.child.stdin.write(`both ${orders(settings)}\n`);
	}

	answer() {
		return new Promise((done) => this.answers.push(done));
	}

	// Since the last time, { down, up }: { sent, lost, dropped, wait_ms: { p50, p95, max } }.
	async stats() {
		this.child.stdin.write('stats\n');
		const { left, right } = JSON.parse(await this.answer());
		return { down: right, up: left };
	}

	// A program as it runs behind the line, for those who take a path and no arguments of ours.
	wrapped(program) {
		const path = join(this.folder, program.split('/').pop());
		writeFileSync(path, `#!/bin/sh\nexec ip netns exec ${this.name} ${program} "$@"\n`);
		chmodSync(path, 0o755);
		return path;
	}

	stop() {
		if (this.stopped) return;
		this.stopped = true;
		this.child.kill('SIGKILL');
		spawnSync('ip', ['netns', 'del', this.name]);
		rmSync(this.folder, { recursive: true, force: true });
	}
}

// Addresses are of RFC 2544's range for tests of network devices (198.18.0.0/15), a pair a line.
export async function startLine({ seed = 1 } = {}) {
	lines += 1;
	const name = `rl${process.pid.toString(36)}${lines}`;
	const net = `198.18.${process.pid % 250}`;
	const [server, client] = [`${net}.${4 * lines + 1}`, `${net}.${4 * lines + 2}`];
	ip('netns', 'add', name);
	const child = spawn(join(build, 'tests/support/line'), ['-', name, String(seed)], { stdio: ['pipe', 'pipe', 'inherit'] });
	const line = new Line(name, child, mkdtempSync(join(tmpdir(), 'rostrum-line-')));
	process.on('exit', () => line.stop());
	if ((await line.answer()) !== 'ready') throw new Error('the line did not start');
	ip('addr', 'add', `${server}/30`, 'dev', `line-${name}`);
	ip('link', 'set', `line-${name}`, 'up');
	ip('-n', name, 'link', 'set', 'lo', 'up');
	ip('-n', name, 'addr', 'add', `${client}/30`, 'dev', 'line--');
	ip('-n', name, 'link', 'set', 'line--', 'up');
	ip('-n', name, 'route', 'add', 'default', 'via', server);
	return Object.assign(line, { server, client });
}
