// kill -9 of the recorder again and again, and at random moments: each time the archive goes on, nothing but the last moment is lost, and what is missing is named.
// RUNS=100 for the whole of it, in several archives at a time; a few otherwise.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { basename, join } from 'node:path';
import test, { afterEach } from 'node:test';
import { essence, events, faultsOf, files, lastPacketSeconds, ledger, packets, verify, writtenAt } from '../support/archive.mjs';
import { Rig, endRigs } from '../support/recorder.mjs';
import { calm, until } from '../support/wait.mjs';

const RUNS = Number(process.env.RUNS ?? 5);
// Kills of one archive. What is known of it is read after each, so that many take longer and longer.
const IN_ONE = 10;
const AT_ONCE = 4;
const LOST_LIMIT_S = 1.5;

afterEach(endRigs);

// Kill it once, and judge what is left. Resolves with the seconds that each track lost.
async function killOnce(rig, run) {
	const before = rig.said.length;
	const known = new Set(run === 1 ? [] : essence(rig.directory));
	rig.start();
	await rig.says({ type: 'recording', state: 'recording' }, before);
	const fresh = () => essence(rig.directory).filter((path) => !known.has(path));
	await until('the next segments', () => fresh().length >= 3);
	await rig.plays(1100 + Math.random() * 1500);
	await calm(LOST_LIMIT_S * 1000);
	const killed = Date.now();
	await rig.kill();
	const opened = events(rig.directory).filter(({ type }) => type === 'segment-opened').map(({ payload }) => payload);
	const lost = fresh().map((path) => {
		const { wall_ms } = opened.findLast(({ file }) => path.includes(file));
		const seconds = (killed - wall_ms) / 1000 - lastPacketSeconds(path);
		assert.ok(seconds <= LOST_LIMIT_S, `run ${run}: ${path} ends ${seconds} s before the kill`);
		assert.deepEqual(faultsOf(path, { finished: false }), [], path);
		return seconds;
	});
	assert.equal(verify(rig.directory).status, 0, `run ${run}: cut off, but nothing wrong`);
	return lost;
}

// One archive, killed so many times and then closed in peace.
async function killed(runs) {
	const rig = new Rig();
	const lost = [];
	for (let run = 1; run <= runs; run += 1) lost.push(...(await killOnce(rig, run)));
	const before = rig.said.length;
	rig.start();
	await rig.says({ type: 'recording', state: 'recording' }, before);
	await rig.plays(1200);
	assert.equal(await rig.stop(), 0);
	const verdict = verify(rig.directory);
	assert.equal(verdict.status, 0, JSON.stringify(verdict));
	assert.deepEqual([verdict.sealed, verdict.unfinished, verdict.unverified], [true, 0, 0]);
	assert.equal(verdict.covered, verdict.clusters, 'every cluster of every run is under a signed head');
	const told = events(rig.directory);
	assert.equal(told.filter(({ type }) => type === 'recording-resumed').length, runs, 'each gap is named');
	assert.equal(told.filter(({ type }) => type === 'segment-recovered').length, lost.length, 'and what it left');
	assert.ok(essence(rig.directory).every((path) => ledger(path).length > 0));
	return lost;
}

test(`killed ${RUNS} times at random moments`, { timeout: 60_000 + RUNS * 20_000 }, async (t) => {
	const shares = Array.from({ length: Math.ceil(RUNS / IN_ONE) }, (_, i) => Math.min(IN_ONE, RUNS - i * IN_ONE));
	const lost = [];
	const archives = shares.length;
	const began = Date.now();
	await Promise.all(Array.from({ length: AT_ONCE }, async () => {
		while (shares.length > 0) lost.push(...(await killed(shares.shift())));
	}));
	t.diagnostic(`measured: ${RUNS} kills of ${archives} archives, ${lost.length} files, ${Math.max(...lost).toFixed(3)} s lost at most; ${Math.round((Date.now() - began) / 1000)} s`);
});

test('kill -9, again and again: files play to the kill, the next segments go on, no event is lost', { timeout: 200_000 }, async (t) => {
	const rig = new Rig();
	const RUNS = 3;
	const late = [];
	for (let run = 1; run <= RUNS; run += 1) {
		const before = rig.said.length;
		rig.start();
		await rig.says({ type: 'recording', state: 'recording' }, before);
		await until('the next segments', () => files(rig.directory, `.00${run}.v.webm`).length === 1 && files(rig.directory, `.00${run}.a.webm`).length === 2);
		for (let i = 0; i < 3; i += 1) rig.tell('event');
		await rig.plays(1800 + 370 * run);
		await calm(2000);
		const killed = Date.now();
		await rig.kill();
		for (const path of essence(rig.directory).filter((name) => name.includes(`.00${run}.`))) {
			assert.deepEqual(faultsOf(path, { finished: false }), [], path);
			const { t0_ms, wall_ms } = events(rig.directory).find(({ type, payload }) => type === 'segment-opened' && path.includes(payload.file)).payload;
			assert.ok(t0_ms >= 0);
			const missing = (killed - wall_ms) / 1000 - lastPacketSeconds(path);
			late.push(missing);
			assert.ok(missing < 2, `${path} plays to ${missing} s before the kill`);
			assert.ok(killed - writtenAt(path) < 2000);
		}
		assert.equal(verify(rig.directory).status, 0, 'cut off, but nothing wrong');
	}
	const before = rig.said.length;
	rig.start();
	await rig.says({ type: 'recording', state: 'recording' }, before);
	await rig.plays(1500);
	rig.tell('record off');
	await rig.says({ type: 'recording', state: 'stopped' }, before);
	assert.equal(await rig.stop(), 0);
	const verdict = verify(rig.directory);
	assert.equal(verdict.status, 0, JSON.stringify(verdict));
	assert.equal(verdict.unfinished, 0, 'what was cut off was measured');
	assert.equal(verdict.unverified, 0);
	assert.equal(verdict.covered, verdict.clusters, 'every cluster is under a signed head');
	assert.ok(verdict.heads > 2 * RUNS);
	assert.equal(verdict.segments, 3 * (RUNS + 1));
	const meeting = events(rig.directory).filter(({ type }) => type === 'meeting').map(({ event }) => event);
	assert.deepEqual(meeting, Array.from({ length: 3 * RUNS }, (_, i) => i + 1), 'each event once, in order');
	t.diagnostic(`measured: last packet ${Math.max(...late).toFixed(3)} s before the kill at most, in ${late.length} files`);

	await t.test('mkvmerge makes a seekable file of one that was cut off', () => {
		const cut = join(rig.directory, 'data/tracks/KEN.001.v.webm');
		const fixed = join(rig.state, basename(cut));
		assert.equal(spawnSync('mkvmerge', ['--quiet', '--webm', '-o', fixed, cut]).status, 0);
		assert.equal(packets(fixed), packets(cut));
	});
	await t.test('a torn last line is cut off and said so', () => {
		const resumed = events(rig.directory).filter(({ type }) => type === 'recording-resumed');
		assert.equal(resumed.length, RUNS);
	});
});
