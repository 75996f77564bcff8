// One real recorder, fed by tap_feeder in place of signaling and the SFU.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build, newState, program } from './rostrum.mjs';
import { until } from './wait.mjs';

const rigs = [];

// For afterEach: nothing of a test that failed may outlive it.
export function endRigs() {
	for (const rig of rigs.splice(0)) {
		rig.feeder.kill('SIGKILL');
		rig.recorder?.kill('SIGKILL');
	}
}

export class Rig {
	constructor(state = newState()) {
		rigs.push(this);
		this.state = state;
		this.said = [];
		this.log = '';
		this.archive = join(state, 'archive');
		this.directory = join(this.archive, 'demo-session');
		mkdirSync(this.archive, { recursive: true });
		this.feeder = spawn(join(build, 'tests/integration/tap_feeder'), [state, 'demo-session'], { stdio: ['pipe', 'pipe', 'inherit'] });
		let rest = '';
		this.feeder.stdout.on('data', (data) => {
			const lines = (rest + data).split('\n');
			rest = lines.pop();
			this.said.push(...lines.map((line) => JSON.parse(line)));
		});
	}

	start(...extra) {
		this.recorder = spawn(program('recorder'), ['--set', `control.socket=${this.state}/control.sock`, '--set', `archive.directory=${this.archive}`,
			'--set', 'archive.retry_s=1', '--set', 'archive.head_s=1', ...extra], { stdio: ['ignore', 'ignore', 'pipe'] });
		this.recorder.stderr.on('data', (data) => (this.log += data));
		this.ended = once(this.recorder, 'exit');
	}

	tell(command) {
		this.feeder.stdin.write(`${command}\n`);
	}

	// The next message on control that is like this, from now on.
	async says(what, from = 0) {
		return until(JSON.stringify(what), () => this.said.slice(from).find((message) => Object.entries(what).every(([key, value]) => message[key] === value)));
	}

	// Until so many ms of media have been sent: on a machine that stops, later than by its clock.
	async plays(ms) {
		const from = this.said.length;
		this.tell(`wait ${ms}`);
		await this.says({ type: 'waited' }, from);
	}

	async stop() {
		this.recorder.kill('SIGTERM');
		const [code] = await this.ended;
		this.feeder.stdin.end();
		assert.doesNotMatch(this.log, /Sanitizer|runtime error|Assertion/);
		return code;
	}

	async kill() {
		this.recorder.kill('SIGKILL');
		await this.ended;
	}
}
