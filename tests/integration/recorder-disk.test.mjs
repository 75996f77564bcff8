// One real recorder, fed by tap_feeder: disks that are full, nearly full, limited, away or not there at all.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { afterEach } from 'node:test';
import { essence, events, faultsOf, files, ledger, sum, verify } from '../support/archive.mjs';
import { Rig, endRigs } from '../support/recorder.mjs';
import { newState, program } from '../support/rostrum.mjs';
import { mountSmall } from '../support/tmpfs.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 200_000 };

// Nothing of a test that failed may outlive it.
afterEach(endRigs);

// Until a file has been written so many times more.
async function clusters(path, n) {
	for (; n > 0; n -= 1) {
		const { size } = statSync(path);
		await until(`${path} to grow`, () => statSync(path).size > size);
	}
}

test('a full disk makes everything wait, with one alarm; with room again nothing is missing', LIMIT, async () => {
	const state = newState();
	const disk = mountSmall(join(state, 'archive'), 4096);
	try {
		const rig = new Rig(state);
		// How long such a disk lasts is told after ten seconds, which a busy machine may take: that is no matter here.
		rig.start('--set', 'archive.amber_minutes=0', '--set', 'archive.red_minutes=0');
		await rig.says({ type: 'recording', state: 'recording' });
		await rig.plays(1500);
		disk.fill();
		const failed = await rig.says({ type: 'recording', state: 'failed' });
		assert.equal(failed.reason, 'no space left on device');
		await rig.says({ type: 'disk', level: 'red', why: 'full' });
		await rig.plays(2500);
		assert.equal(rig.recorder.exitCode, null, 'it lives');
		assert.equal(rig.log.match(/disk is full/g).length, 1, rig.log);
		assert.equal(rig.said.filter((message) => message.state === 'failed').length, 1);
		for (const path of essence(rig.directory)) assert.deepEqual(faultsOf(path, { finished: false }), [], path);
		const before = rig.said.length;
		disk.empty();
		await rig.says({ type: 'recording', state: 'recording' }, before);
		await rig.says({ type: 'disk', level: 'green', why: '' }, before);
		rig.tell('event');
		await rig.plays(2500);
		assert.equal(await rig.stop(), 0);
		const verdict = verify(rig.directory);
		assert.equal(verdict.status, 0, JSON.stringify(verdict));
		assert.equal(verdict.events, 1);
		assert.equal(files(rig.directory, '.002.a.webm').length, 0, 'it went on in the same files');
		for (const path of files(rig.directory, '.001.a.webm')) {
			assert.equal(sum(ledger(path), 'lost') + sum(ledger(path), 'synthetic'), 0, path);
			assert.ok(sum(ledger(path), 'received') > 250, `${path}: six seconds of sound`);
		}
		const lines = events(rig.directory).map(({ type }) => type);
		assert.ok(lines.indexOf('pictures-dropped') < lines.lastIndexOf('pictures-resumed'), lines.join());
	} finally {
		disk.unmount();
	}
});

test('a nearly full disk: sound goes on without pictures, and with them when there is room again', LIMIT, async () => {
	const state = newState();
	const disk = mountSmall(join(state, 'archive'), 8192);
	try {
		const rig = new Rig(state);
		rig.start();
		await rig.says({ type: 'recording', state: 'recording' });
		await rig.plays(1500);
		disk.fill(256 * 1024); // the reserve is a twentieth of it
		await rig.says({ type: 'disk', level: 'red', why: 'nearly-full' });
		const picture = files(rig.directory, '.001.v.webm')[0];
		const sound = files(rig.directory, 'KEN.001.a.webm')[0];
		// By clusters of a second each: the last one with pictures may still have been open.
		await clusters(sound, 2);
		const { size } = statSync(picture);
		await clusters(sound, 2);
		assert.equal(statSync(picture).size, size);
		const before = rig.said.length;
		disk.empty();
		await rig.says({ type: 'disk', why: '' }, before);
		await until('pictures again', () => statSync(picture).size > size);
		await clusters(sound, 1);
		assert.equal(await rig.stop(), 0);
		assert.equal(rig.said.filter((message) => message.state === 'failed').length, 0, 'nothing failed');
		const verdict = verify(rig.directory);
		assert.equal(verdict.status, 0, JSON.stringify(verdict));
		for (const path of essence(rig.directory)) assert.deepEqual(faultsOf(path), [], path);
		assert.equal(sum(ledger(sound), 'lost') + sum(ledger(sound), 'dropped'), 0);
		assert.ok(sum(ledger(picture), 'dropped') > 40, 'what was left out is counted');
		assert.deepEqual(events(rig.directory).filter(({ type }) => type.startsWith('pictures-')).map(({ type, payload }) => `${type} ${payload.reason ?? ''}`),
			['pictures-dropped nearly-full', 'pictures-resumed ']);
	} finally {
		disk.unmount();
	}
});

test('a second copy: away until it is mounted, then it follows, also over a restart', LIMIT, async () => {
	const rig = new Rig();
	const copy = join(rig.state, 'copy');
	mkdirSync(copy);
	const said = (state, from = 0) => until(`a copy that is ${state}`, () => rig.said.slice(from).find((message) => message.type === 'disk' && message.copy?.state === state), { limit: 40_000 });
	const same = () => spawnSync('diff', ['-r', '--exclude=.*', rig.archive, copy]).status === 0;
	rig.start('--set', `archive.copy=${copy}`);
	await rig.says({ type: 'recording', state: 'recording' });
	const away = await said('unavailable');
	assert.match(away.copy.reason, /is it mounted/);
	assert.ok(Math.abs(away.copy.since_ms - Date.now()) < 60_000);
	const unmounted = rig.said.length;
	writeFileSync(join(copy, '.rostrum-copy'), '');
	await said('running', unmounted);
	assert.ok(files(join(copy, 'demo-session'), '.001.a.webm').length > 0, 'what grows is there');
	assert.equal(await rig.stop(), 0);
	const again = new Rig(rig.state);
	again.start('--set', `archive.copy=${copy}`);
	await until('a round of the new one', () => again.said.some((message) => message.copy?.behind_s !== undefined), { limit: 40_000 });
	again.tell('record off');
	await again.says({ type: 'archived', sealed: true });
	await until('the same in both', same, { limit: 60_000, every: 1000 });
	assert.equal(await again.stop(), 0);
	assert.equal(verify(join(copy, 'demo-session')).status, 0, 'the copy is an archive');
});

test('files are limited in size: the same alarm', LIMIT, async () => {
	const rig = new Rig();
	rig.start();
	await rig.says({ type: 'recording', state: 'recording' });
	spawnSync('prlimit', ['--pid', String(rig.recorder.pid), '--fsize=60000']);
	const failed = await rig.says({ type: 'recording', state: 'failed' });
	assert.equal(failed.reason, 'file too large');
	await rig.stop();
	assert.equal(verify(rig.directory).status, 0);
});

test('nothing can be written there: one line, and an exit status', LIMIT, async () => {
	const ran = spawnSync(program('recorder'), ['--set', 'archive.directory=/nowhere/archive'], { encoding: 'utf8', timeout: 60_000 });
	assert.equal(ran.status, 1);
	assert.match(ran.stderr, /^[^\n]*archive\.directory[^\n]*\/nowhere\/archive[^\n]*\n$/);
});
