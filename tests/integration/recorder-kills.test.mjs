// kill -9 of the recorder at random moments: each time the archive goes on, nothing but the last moment is lost, and what is missing is named.
// RUNS=100 for the whole of it; a few otherwise.
import assert from 'node:assert/strict';
import test, { afterEach } from 'node:test';
import { essence, events, faultsOf, lastPacketSeconds, ledger, verify } from '../support/archive.mjs';
import { Rig, endRigs } from '../support/recorder.mjs';
import { sleep, until } from '../support/wait.mjs';

const RUNS = Number(process.env.RUNS ?? 5);
const LOST_LIMIT_S = 1.5;

afterEach(endRigs);

test(`killed ${RUNS} times at random moments`, { timeout: 60_000 + RUNS * 20_000 }, async (t) => {
	const rig = new Rig();
	const lost = [];
	for (let run = 1; run <= RUNS; run += 1) {
		const before = rig.said.length;
		const known = new Set(run === 1 ? [] : essence(rig.directory));
		rig.start();
		await rig.says({ type: 'recording', state: 'recording' }, before);
		const fresh = () => essence(rig.directory).filter((path) => !known.has(path));
		await until('the next segments', () => fresh().length >= 3);
		await sleep(1100 + Math.random() * 1500);
		const killed = Date.now();
		await rig.kill();
		const opened = events(rig.directory).filter(({ type }) => type === 'segment-opened').map(({ payload }) => payload);
		for (const path of fresh()) {
			const { wall_ms } = opened.findLast(({ file }) => path.includes(file));
			lost.push((killed - wall_ms) / 1000 - lastPacketSeconds(path));
			assert.ok(lost.at(-1) <= LOST_LIMIT_S, `run ${run}: ${path} ends ${lost.at(-1)} s before the kill`);
			assert.deepEqual(faultsOf(path, { finished: false }), [], path);
		}
		assert.equal(verify(rig.directory).status, 0, `run ${run}: cut off, but nothing wrong`);
	}
	const before = rig.said.length;
	rig.start();
	await rig.says({ type: 'recording', state: 'recording' }, before);
	await sleep(1200);
	assert.equal(await rig.stop(), 0);
	const verdict = verify(rig.directory);
	assert.equal(verdict.status, 0, JSON.stringify(verdict));
	assert.deepEqual([verdict.sealed, verdict.unfinished, verdict.unverified], [true, 0, 0]);
	assert.equal(verdict.covered, verdict.clusters, 'every cluster of every run is under a signed head');
	const told = events(rig.directory);
	assert.equal(told.filter(({ type }) => type === 'recording-resumed').length, RUNS, 'each gap is named');
	assert.equal(told.filter(({ type }) => type === 'segment-recovered').length, lost.length, 'and what it left');
	assert.ok(essence(rig.directory).every((path) => ledger(path).length > 0));
	t.diagnostic(`measured: ${RUNS} kills, ${lost.length} files, ${Math.max(...lost).toFixed(3)} s lost at most`);
});
