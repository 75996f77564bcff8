// Run the test files of a folder, each in a process of its own under a time limit; those that wait more than they work
// run side by side, and what each says is kept together.
// usage: node support/run.mjs FOLDER [part of a file name]; the last line is "N passed, N failed", and the one before it
// says how long each file took.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const tests = dirname(dirname(fileURLToPath(import.meta.url)));
const FILE_LIMIT_MS = 600_000;

// How many files of a folder run at a time. Real processes wait for each other most of the time, and so do pages that are read and
// pressed; browsers that draw, code and decode do it with all the cores there are, and what is heard through them is measured in time.
const PLACES = 10; // with ports of their own (rostrum.mjs)
const firstPlace = Number(process.env.ROSTRUM_TEST_PLACE ?? 0); // where two checkouts are tested on one machine, each says where its own begin
const JOBS = { integration: Math.min(PLACES, availableParallelism() + 1), browser: 2 };
const PRESSED = ['archive-page', 'ballot', 'captions', 'documents', 'lists', 'motions', 'pin'];
// Those that take longest are begun first, so that none of them is left over at the end.
const LONG = ['api', 'recorder', 'programme', 'recorder-disk', 'recorder-alone', 'recorder-segments', 'plain', 'recorder-kills', 'archive', 'kills', 'closed', 'record', 'webcast'];

// Those whose handshakes fill every core have the machine to themselves, after the others.
const ALONE = ['outage'];
const isShared = (name) => (folder === 'browser' ? PRESSED.includes(name) : !ALONE.includes(name));

const running = new Set();
for (const signal of ['SIGINT', 'SIGTERM']) {
	process.on(signal, () => {
		for (const pid of running) process.kill(-pid, 'SIGTERM');
		process.exit(1);
	});
}

// Browsers and servers detach themselves and outlive a test that failed half-way. All that a file started carries its
// mark in the environment; nothing else on the machine does.
function endWhatIsLeft(mark) {
	for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
		try {
			if (readFileSync(`/proc/${pid}/environ`, 'latin1').includes(mark)) process.kill(Number(pid), 'SIGKILL');
		} catch {
			// Gone meanwhile, or another user's.
		}
	}
}

// One file: gives its lines to `say` as they come and resolves with what it counted. `place` says which ports are its own.
function runFile(file, place, say) {
	const mark = randomUUID();
	return new Promise((resolve) => {
		const child = spawn(process.execPath, ['--test-reporter', join(tests, 'support/reporter.mjs'),
			'--test-reporter-destination', 'stdout', file], {
			stdio: ['ignore', 'pipe', 'pipe'], detached: true, env: { ...process.env, ROSTRUM_TEST_RUN: mark, ROSTRUM_TEST_PLACE: String(firstPlace + place) },
		});
		running.add(child.pid);
		const limit = setTimeout(() => {
			say(`  FAIL ${file}: no end after ${FILE_LIMIT_MS / 1000} s`);
			process.kill(-child.pid, 'SIGKILL');
		}, FILE_LIMIT_MS);
		let rest = '';
		let counted = null;
		child.stderr.on('data', (data) => say(String(data).trimEnd()));
		child.stdout.on('data', (data) => {
			const lines = (rest + data).split('\n');
			rest = lines.pop();
			for (const line of lines) {
				const sum = /^(\d+) passed, (\d+) failed$/.exec(line);
				if (sum) counted = { passed: Number(sum[1]), failed: Number(sum[2]) };
				else say(line);
			}
		});
		child.on('close', (code) => {
			clearTimeout(limit);
			endWhatIsLeft(`ROSTRUM_TEST_RUN=${mark}`);
			running.delete(child.pid);
			counted ??= { passed: 0, failed: 1 };
			if (code !== 0 && counted.failed === 0) counted.failed = 1;
			resolve(counted);
		});
	});
}

const [folder, part = ''] = process.argv.slice(2);
const rank = (name) => (LONG.indexOf(name) + LONG.length + 1) % (LONG.length + 1); // the unnamed last
const names = readdirSync(join(tests, folder)).filter((file) => file.endsWith('.test.mjs') && file.includes(part))
	.map((file) => file.replace('.test.mjs', '')).sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
const sum = { passed: 0, failed: 0 };
const took = [];
const failed = [];

async function run(name, place, { alone = false, again = false } = {}) {
	const head = `-- ${folder}/${name}.test.mjs${again ? ', once more and alone' : ''}`;
	const said = [head];
	if (alone) console.log(head);
	const began = Date.now();
	const counted = await runFile(join(tests, folder, `${name}.test.mjs`), place, alone ? (line) => console.log(line) : (line) => said.push(line));
	if (!alone) console.log(said.join('\n'));
	took.push({ name, seconds: Math.round((Date.now() - began) / 1000) });
	if (counted.failed > 0 && !again) {
		failed.push(name);
		return counted;
	}
	sum.passed += counted.passed;
	sum.failed += counted.failed;
	return counted;
}

const began = Date.now();
const together = names.filter(isShared);
const jobs = Math.max(1, Math.min(JOBS[folder] ?? 1, together.length));
await Promise.all(Array.from({ length: jobs }, async (_, place) => {
	while (together.length > 0) await run(together.shift(), place, { alone: jobs === 1 });
}));
for (const name of names.filter((each) => !isShared(each))) await run(name, 0, { alone: true });

const crowded = [];
for (const name of failed) if ((await run(name, 0, { alone: true, again: true })).failed === 0) crowded.push(name);
if (crowded.length > 0) console.log(`-- failed at first, and not alone: ${crowded.join(', ')}`);

const times = took.sort((a, b) => b.seconds - a.seconds).map(({ name, seconds }) => `${name} ${seconds}`);
console.log(`-- ${folder} took ${Math.round((Date.now() - began) / 1000)} s, ${jobs} at a time; seconds a file: ${times.join(', ')}`);
console.log(`${sum.passed} passed, ${sum.failed} failed`);
process.exitCode = sum.failed === 0 && sum.passed > 0 ? 0 : 1;
