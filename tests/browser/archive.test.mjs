// The archive of a short real meeting, held by Chromium: judged by programs that nobody here wrote.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { bagFaults, chainFaults, essence, events, faultsOf, sessions, verify } from '../support/archive.mjs';
import { Authority } from '../support/authority.mjs';
import { participate } from '../support/browsers.mjs';
import { newState, startRostrum } from '../support/rostrum.mjs';
import { sleep, until } from '../support/wait.mjs';

const LIMIT = { timeout: 150_000 };
let authority;
let rostrum;
let all = [];
let directory;

before(async () => {
	const state = newState();
	authority = await new Authority(join(state, 'tsa')).start();
	writeFileSync(join(state, 'recorder.set'), `archive.tsa.url=${authority.url}\narchive.tsa.ca=${authority.ca}\narchive.head_s=2\n`);
	rostrum = await startRostrum({ state });
	all = await Promise.all(['chair', 'KEN', 'fr-1'].map((who) => participate(rostrum, who)));
	const [chair, KEN] = all;
	await chair.click('open-meeting');
	await until('the session to be open', async () => (await KEN.view()).meeting.state === 'in-session');
	for (let turn = 0; turn < 2; turn += 1) {
		await chair.give('KEN');
		await sleep(4000);
		await chair.take();
	}
	assert.equal((await rostrum.http('POST', '/api/meetings/demo/close', { token: rostrum.tokens.secretariat })).status, 200);
	[directory] = sessions(rostrum.archive);
	await until('the seal', () => verify(directory).sealed, { limit: 30_000, every: 500 });
}, LIMIT);

after(async () => {
	await Promise.all(all.map((one) => one.close()));
	await rostrum?.stop();
	authority?.stop();
});

function clean(command, ...args) {
	const ran = spawnSync(command, args, { encoding: 'utf8' });
	assert.equal(ran.status, 0, `${command} ${args.join(' ')}: ${ran.stdout}${ran.stderr}`);
	return ran.stdout + ran.stderr;
}

test('rostrumctl finds nothing wrong with it', LIMIT, () => {
	const verdict = verify(directory, '--ca', authority.ca, '--key', join(directory, 'proof/recorder.pub'));
	assert.equal(verdict.status, 0, JSON.stringify(verdict));
	assert.deepEqual([verdict.sealed, verdict.closed, verdict.signatures, verdict.stamps], [true, true, 2, 2]);
	assert.equal(verdict.covered, verdict.clusters);
	assert.deepEqual(chainFaults(directory), []);
	assert.ok(events(directory).some(({ payload }) => payload.name === 'floor-given'));
});

test('coreutils take it for a bag, openssl its signatures and time stamps for good', LIMIT, () => {
	assert.deepEqual(bagFaults(directory), []);
	for (const [file, stem] of [['manifest-sha512.txt', 'manifest'], ['proof/tree-head.json', 'tree-head']]) {
		clean('openssl', 'pkeyutl', '-verify', '-rawin', '-pubin', '-inkey', join(directory, 'proof/recorder.pub'), '-in', join(directory, file), '-sigfile', join(directory, `proof/${stem}.sig`));
		assert.equal(authority.faultsOf(join(directory, file), join(directory, `proof/${stem}.tsr`)), '');
	}
});

test('mediaconch, ffprobe, ffmpeg and mkvmerge find nothing wrong with what was recorded', LIMIT, () => {
	const paths = essence(directory);
	assert.ok(['KEN.001.a.', 'KEN.001.v.', 'fr.001.a.'].every((part) => paths.some((path) => path.includes(part))), String(paths));
	for (const path of paths) {
		assert.deepEqual(faultsOf(path), [], path);
		// In the file's own time base: in that of a guessed rate of pictures two that came soon after one another count as one.
		assert.equal(clean('ffmpeg', '-v', 'error', '-i', path, '-enc_time_base', '-1', '-f', 'null', '-'), '', path);
	}
});
