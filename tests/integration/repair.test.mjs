// A recorder was killed and never came back: `rostrumctl archive repair` closes and seals what it left, and changes nothing that was recorded.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before, beforeEach } from 'node:test';
import { bagFaults, chainFaults, essence, events, faultsOf, files, lastPacketSeconds, programmes, verify } from '../support/archive.mjs';
import { Rig, endRigs } from '../support/recorder.mjs';
import { build, newState } from '../support/rostrum.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 120_000 };
const TORN = '{"seq":99,"torn';

let left; // by the kill
let killed; // when that was
let key;
let directory; // a copy, below a root of its own

function repair(...args) {
	return spawnSync(join(build, 'tools/rostrumctl/rostrumctl'), ['archive', 'repair', directory, ...args], { encoding: 'utf8' });
}

const verdicts = (from) => Object.fromEntries(files(from, '').map((path) => [path.slice(from.length + 1), readFileSync(path)]));

before(async () => {
	const rig = new Rig();
	rig.start();
	await rig.says({ type: 'recording', state: 'recording' });
	await until('segments', () => essence(rig.directory).length >= 3);
	for (let i = 0; i < 3; i += 1) rig.tell('event');
	await rig.plays(3500);
	await until('three seconds of each', () => essence(rig.directory).every((path) => lastPacketSeconds(path) > 3));
	const refused = spawnSync(join(build, 'tools/rostrumctl/rostrumctl'), ['archive', 'repair', rig.directory, '--force'], { encoding: 'utf8' });
	assert.equal(refused.status, 1, 'a running recorder has it, whatever is forced');
	assert.match(refused.stderr, /a recorder, or another repair, has it/);
	await rig.kill();
	killed = Date.now();
	left = rig.directory;
	key = join(rig.state, 'archive.key');
	appendFileSync(join(left, 'data/events.jsonl'), TORN);
	endRigs();
}, LIMIT);

after(endRigs);

beforeEach(() => {
	directory = join(newState(), 'demo-session');
	cpSync(left, directory, { recursive: true, preserveTimestamps: true });
});

test('cut off, closed with the recorder’s key: nothing that was there is changed, and the gap is named', LIMIT, async () => {
	const had = verdicts(directory);
	const closed = repair('--key-file', key, '--force', '--json');
	assert.equal(closed.status, 0, closed.stderr);
	const told = JSON.parse(closed.stdout);
	assert.deepEqual([told.outcome, told.signed], ['closed-and-sealed', true]);
	const began = JSON.parse(readFileSync(join(directory, 'data/session.json'), 'utf8')).started_us / 1000;
	// Three seconds could be read of each track; of the cluster that was being written then, a repair keeps what is whole.
	assert.ok(told.until_ms > 2500 && told.until_ms < killed - began, `ends where the recording did: ${told.until_ms} of ${killed - began}`);

	const verdict = verify(directory, '--key', join(directory, 'proof/recorder.pub'));
	assert.equal(verdict.status, 0, JSON.stringify(verdict));
	assert.deepEqual([verdict.sealed, verdict.closed, verdict.unfinished, verdict.unverified], [true, true, 0, 0]);
	assert.equal(verdict.covered, verdict.clusters, 'every cluster is under a signed head');
	assert.match(JSON.stringify(verdict.notes), /cut off \d+\.\d{3} s into the session/);
	assert.deepEqual(bagFaults(directory), []);
	assert.deepEqual(chainFaults(directory), []);

	const has = verdicts(directory);
	for (const [name, octets] of Object.entries(had)) {
		if (/channels\/[a-z]+\.webm$/.test(name) || name === 'proof/finished.jsonl') continue; // derived
		const kept = name === 'data/events.jsonl' ? octets.subarray(0, octets.length - TORN.length) : octets;
		assert.ok(has[name] !== undefined && kept.equals(name.endsWith('.jsonl') ? has[name].subarray(0, kept.length) : has[name]), `${name} is as it was`);
	}
	const lines = events(directory);
	const repaired = lines.find(({ type }) => type === 'recording-repaired');
	assert.deepEqual([repaired.payload.torn_octets, repaired.payload.until_ms], [TORN.length, told.until_ms]);
	assert.equal(lines.filter(({ type }) => type === 'segment-recovered').length, essence(directory).length);
	assert.equal(lines.at(-1).type, 'recording-stopped');

	const index = JSON.parse(readFileSync(join(directory, 'data/record/index.json'), 'utf8'));
	assert.deepEqual(index.gaps.at(-1), { from_ms: told.until_ms, to_ms: told.until_ms, what: 'recorder cut off, closed by a repair' });
	assert.equal(index.duration_ms, told.until_ms, 'and not the moment of the repair');
	const floor = programmes(directory).floor;
	assert.deepEqual(faultsOf(floor, { streams: Number(spawnSync('ffprobe', ['-v', 'error', '-show_entries', 'format=nb_streams', '-of', 'csv=p=0', floor], { encoding: 'utf8' }).stdout) }), []);

	const again = repair('--key-file', key);
	assert.deepEqual([again.status, again.stdout], [0, `${directory}: is sealed; nothing to do\n`]);
	assert.deepEqual(verdicts(directory), has, 'a second time nothing is touched');
});

test('without the key it is sealed unsigned, and said so', LIMIT, () => {
	const closed = repair('--force');
	assert.equal(closed.status, 0, closed.stderr);
	assert.match(closed.stdout, /was cut off \d+\.\d{3} s into the session; closed and sealed\n {2}not signed: no --key-file was given/);
	const verdict = verify(directory);
	assert.equal(verdict.status, 0, JSON.stringify(verdict));
	assert.equal(verdict.sealed, true);
	assert.match(readFileSync(join(directory, 'bag-info.txt'), 'utf8'), /Rostrum-Signature: none/);
});

test('what may still be written, a wrong key and what is no archive are refused, and nothing is touched', LIMIT, () => {
	const had = verdicts(directory);
	const now = new Date(); // a busy machine may have taken a minute to come here
	for (const path of files(directory, '')) utimesSync(path, now, now);
	assert.match(repair().stderr, /written less than a minute ago.*--force/);
	const other = join(newState(), 'other.key');
	spawnSync('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', other]);
	const strange = repair('--force', '--key-file', other);
	assert.equal(strange.status, 1);
	assert.match(strange.stderr, /the key is not the one this session was signed with/);
	assert.match(repair('--force', '--key-file', join(directory, 'data/session.json')).stderr, /an Ed25519 private key in PEM is expected/);
	assert.deepEqual(verdicts(directory), had);
	assert.equal(repair('--key-file').status, 2);
	rmSync(join(directory, 'data/session.json'));
	const none = repair('--force');
	assert.deepEqual([none.status, /no archive is there/.test(none.stderr)], [1, true]);
});

test('a step that failed at the close is done again, and the seal made without it is kept', LIMIT, () => {
	// A folder where a file should be, as good as a disk that cannot be written.
	const index = join(directory, 'data/record/index.json');
	rmSync(join(directory, 'data/record'), { recursive: true, force: true });
	writeFileSync(join(directory, 'data/record'), '');
	const failed = repair('--force', '--key-file', key);
	assert.equal(failed.status, 1);
	assert.match(failed.stderr, /record: /);
	assert.equal(existsSync(join(directory, 'tagmanifest-sha512.txt')), true, 'sealed without it');
	const first = readFileSync(join(directory, 'manifest-sha512.txt'));
	const sig = readFileSync(join(directory, 'proof/manifest.sig'));
	rmSync(join(directory, 'data/record'));
	mkdirSync(join(directory, 'data/record'));
	const again = repair('--key-file', key, '--json');
	assert.deepEqual([again.status, JSON.parse(again.stdout || '{}').outcome], [0, 'sealed-again'], again.stderr);
	assert.equal(JSON.parse(readFileSync(index, 'utf8')).format, 'rostrum-index/1');
	assert.ok(first.equals(readFileSync(join(directory, 'proof/manifest.001.txt'))));
	assert.ok(sig.equals(readFileSync(join(directory, 'proof/manifest.001.sig'))));
	const verdict = verify(directory, '--key', join(directory, 'proof/recorder.pub'));
	assert.equal(verdict.status, 0, JSON.stringify(verdict));
	assert.deepEqual(bagFaults(directory), []);
	assert.match(repair('--key-file', key).stdout, /is sealed; nothing to do/);
});

test('sealed without a key, signed with it later', LIMIT, () => {
	assert.equal(repair('--force').status, 0);
	const manifest = readFileSync(join(directory, 'manifest-sha512.txt'));
	const signed = repair('--key-file', key, '--json');
	assert.deepEqual([signed.status, JSON.parse(signed.stdout || '{}')], [0, { directory, outcome: 'completed', signed: true, stamped: false }], signed.stderr);
	assert.ok(manifest.equals(readFileSync(join(directory, 'manifest-sha512.txt'))));
	assert.match(readFileSync(join(directory, 'bag-info.txt'), 'utf8'), /Rostrum-Signature: proof\/manifest\.sig/);
	const verdict = verify(directory, '--key', join(directory, 'proof/recorder.pub'));
	assert.deepEqual([verdict.status, verdict.signatures], [0, 2], JSON.stringify(verdict));
});

test('closed, but killed before it was sealed: only sealed', LIMIT, () => {
	assert.equal(repair('--force', '--key-file', key).status, 0);
	for (const name of ['tagmanifest-sha512.txt', 'manifest-sha512.txt', 'bagit.txt', 'bag-info.txt']) rmSync(join(directory, name));
	const before = readFileSync(join(directory, 'data/events.jsonl'));
	const sealed = repair('--force', '--key-file', key);
	assert.equal(sealed.status, 0, sealed.stderr);
	assert.match(sealed.stdout, /was closed; sealed/);
	assert.ok(before.equals(readFileSync(join(directory, 'data/events.jsonl'))));
	assert.equal(verify(directory).status, 0);
});
