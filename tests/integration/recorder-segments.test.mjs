// One real recorder, fed by tap_feeder: recordings that go on in new files, after a torn line, and after they were sealed.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { afterEach } from 'node:test';
import { bagFaults, events, faultsOf, files, ledger, packets, sum, verify } from '../support/archive.mjs';
import { Rig, endRigs } from '../support/recorder.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 200_000 };

// Nothing of a test that failed may outlive it.
afterEach(endRigs);

test('a recording goes on in new files, and nothing is lost or doubled between them', LIMIT, async (t) => {
	const rig = new Rig();
	rig.start('--set', 'archive.segment_s=10');
	await rig.says({ type: 'recording', state: 'recording' });
	await until('the third files', () => files(rig.directory, '.003.a.webm').length === 2 && files(rig.directory, '.003.v.webm').length === 1, { limit: 120_000 });
	await rig.plays(1500);
	assert.equal(await rig.stop(), 0);

	const opened = events(rig.directory).filter(({ type }) => type === 'segment-opened').map(({ payload }) => payload);
	const late = [];
	for (const [stem, letter] of [['channels/fr', 'a'], ['tracks/KEN', 'a'], ['tracks/KEN', 'v']]) {
		const parts = opened.filter(({ file }) => file.startsWith(`${stem}.`) && file.endsWith(letter));
		assert.deepEqual(parts.map(({ file }) => file), [1, 2, 3].map((n) => `${stem}.00${n}.${letter}`));
		const ledgers = parts.map(({ file }) => ledger(join(rig.directory, `data/${file}.webm`)));
		parts.forEach(({ file }, i) => {
			const webm = join(rig.directory, `data/${file}.webm`);
			assert.deepEqual(faultsOf(webm), [], webm);
			assert.equal(sum(ledgers[i], 'blocks'), packets(webm));
			assert.equal(sum(ledgers[i], 'lost'), 0);
			if (i === 0) return;
			assert.equal(ledgers[i][0].seq0, ledgers[i - 1].at(-1).seq1 + 1, `${file} follows the one before it`);
			late.push(parts[i].t0_ms - parts[i - 1].t0_ms - 10_000);
		});
	}
	assert.ok(late.every((ms) => ms >= 0 && ms < 3000), JSON.stringify(late));
	const verdict = verify(rig.directory);
	assert.equal(verdict.status, 0, JSON.stringify(verdict));
	assert.equal(verdict.segments, 9);
	t.diagnostic(`measured: files began ${late.join(', ')} ms after their time (two sounds, twice each; then the picture)`);
});

test('a torn line at the end of events.jsonl is cut off, and the chain goes on; files of an earlier version move below data', LIMIT, async () => {
	const rig = new Rig();
	rig.start();
	await rig.says({ type: 'recording', state: 'recording' });
	await rig.plays(1500);
	await rig.kill();
	const path = join(rig.directory, 'data/events.jsonl');
	writeFileSync(path, `${readFileSync(path, 'utf8')}{"seq":99,"utc":"20`);
	assert.equal(verify(rig.directory).status, 0);
	assert.match(JSON.stringify(verify(rig.directory).notes), /middle of a line/);
	for (const name of ['tracks', 'channels', 'events.jsonl', 'session.json']) renameSync(join(rig.directory, 'data', name), join(rig.directory, name));
	rmSync(join(rig.directory, 'data'), { recursive: true });
	const before = rig.said.length;
	rig.start();
	await rig.says({ type: 'recording', state: 'recording' }, before);
	await rig.plays(1500);
	assert.equal(await rig.stop(), 0);
	assert.equal(events(rig.directory).find(({ type }) => type === 'recording-resumed').payload.torn_octets, 19);
	const verdict = verify(rig.directory);
	assert.equal(verdict.status, 0, JSON.stringify(verdict));
	assert.ok(verdict.closed, 'SIGTERM closes the archive');
	assert.deepEqual(bagFaults(rig.directory), []);
	for (const file of files(rig.directory, '.002.v.webm')) assert.deepEqual(faultsOf(file), []);
});

test('a session that goes on is not sealed any more, and one that was closed by a kill is sealed at the next start', LIMIT, async () => {
	const rig = new Rig();
	rig.start();
	await rig.says({ type: 'recording', state: 'recording' });
	await rig.plays(1500);
	rig.tell('record off');
	await rig.says({ type: 'archived', sealed: true });
	assert.deepEqual(bagFaults(rig.directory), []);
	const before = rig.said.length;
	rig.tell('record on');
	await rig.says({ type: 'recording', state: 'recording' }, before);
	assert.ok(!existsSync(join(rig.directory, 'tagmanifest-sha512.txt')) && !existsSync(join(rig.directory, 'bagit.txt')), 'not a bag while it grows');
	assert.ok(existsSync(join(rig.directory, 'proof/manifest.001.txt')), 'what was sealed is kept');
	await rig.plays(1500);
	rig.tell('record off');
	await rig.says({ type: 'archived', sealed: true }, before);
	for (const name of ['manifest-sha512.txt', 'tagmanifest-sha512.txt', 'bag-info.txt']) rmSync(join(rig.directory, name));
	await rig.kill();
	rig.start();
	await until('the seal', () => existsSync(join(rig.directory, 'tagmanifest-sha512.txt')));
	assert.deepEqual(bagFaults(rig.directory), []);
	assert.equal(verify(rig.directory).status, 0);
	assert.equal(await rig.stop(), 0);
});
