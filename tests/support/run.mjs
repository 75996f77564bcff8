// Run the test files of a folder one after another, each in a process of its own under a time limit.
// usage: node support/run.mjs FOLDER [part of a file name]; the last line is "N passed, N failed",
// the one before it says which files took longest.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const tests = dirname(dirname(fileURLToPath(import.meta.url)));
const FILE_LIMIT_MS = 300_000;
const LONGEST = 6;

let running = null;
for (const signal of ['SIGINT', 'SIGTERM']) {
	process.on(signal, () => {
		if (running) process.kill(-running, 'SIGTERM');
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

// One file: passes its lines on as they come and resolves with what it counted.
function runFile(file) {
	const mark = `ROSTRUM_TEST_RUN=${randomUUID()}`;
	return new Promise((resolve) => {
		const child = spawn(process.execPath, ['--test-reporter', join(tests, 'support/reporter.mjs'),
			'--test-reporter-destination', 'stdout', file], {
			stdio: ['ignore', 'pipe', 'inherit'], detached: true, env: { ...process.env, ROSTRUM_TEST_RUN: mark.split('=')[1] },
		});
		running = child.pid;
		const limit = setTimeout(() => {
			console.log(`  FAIL ${file}: no end after ${FILE_LIMIT_MS / 1000} s`);
			process.kill(-child.pid, 'SIGKILL');
		}, FILE_LIMIT_MS);
		let rest = '';
		let counted = null;
		child.stdout.on('data', (data) => {
			const lines = (rest + data).split('\n');
			rest = lines.pop();
			for (const line of lines) {
				const sum = /^(\d+) passed, (\d+) failed$/.exec(line);
				if (sum) counted = { passed: Number(sum[1]), failed: Number(sum[2]) };
				else console.log(line);
			}
		});
		child.on('close', (code) => {
			clearTimeout(limit);
			endWhatIsLeft(mark);
			running = null;
			counted ??= { passed: 0, failed: 1 };
			if (code !== 0 && counted.failed === 0) counted.failed = 1;
			resolve(counted);
		});
	});
}

const [folder, part = ''] = process.argv.slice(2);
const files = readdirSync(join(tests, folder)).filter((name) => name.endsWith('.test.mjs') && name.includes(part)).sort();
let passed = 0;
let failed = 0;
const took = [];
for (const name of files) {
	console.log(`-- ${folder}/${name}`);
	const began = Date.now();
	const counted = await runFile(join(tests, folder, name));
	passed += counted.passed;
	failed += counted.failed;
	took.push({ name, seconds: Math.round((Date.now() - began) / 1000) });
}
const longest = took.sort((a, b) => b.seconds - a.seconds).slice(0, LONGEST).map(({ name, seconds }) => `${name.replace('.test.mjs', '')} ${seconds} s`);
console.log(`-- ${folder} took longest with ${longest.join(', ')}`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
