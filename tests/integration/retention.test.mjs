// What is kept how long: a schedule applied by the real tool to a real archive and its second copy, and verification that says what went.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before, beforeEach } from 'node:test';
import { age, essence, files, treeDigest } from '../support/archive.mjs';
import { Rig, endRigs } from '../support/recorder.mjs';
import { build, newState } from '../support/rostrum.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 120_000 };
const SESSION = 'demo-session';

let recorded; // a session that was closed forty days ago
let secret; // the recorder's key, and its public half
let open;
let root;
let copy;

function ctl(...args) {
	const ran = spawnSync(join(build, 'tools/rostrumctl/rostrumctl'), ['archive', ...args], { encoding: 'utf8' });
	return { status: ran.status, out: ran.stdout, err: ran.stderr };
}

function schedule(rules) {
	const path = join(root, '..', 'schedule.json');
	writeFileSync(path, JSON.stringify({ format: 'rostrum-retention/1', schedule: 'GA-AV 2026', public: rules }));
	return path;
}

function retention(rules, ...args) {
	const ran = ctl('retention', root, '--schedule', schedule(rules), '--by', 'archivist', '--json', ...args);
	const { items } = JSON.parse(ran.out);
	return { status: ran.status, items, told: items.map(({ verdict, session, file }) => `${verdict} ${session}/${file}`) };
}

function verify(directory) {
	const ran = ctl('verify', directory, '--key', open, '--json');
	const { archives, audit } = JSON.parse(ran.out);
	return { status: ran.status, archives, audit, text: JSON.stringify([archives, audit]) };
}

const pictures = (directory) => essence(directory).filter((path) => path.includes('.v.')).map((path) => path.slice(path.indexOf('data/tracks')));
const audit = (directory) => readFileSync(join(directory, 'audit.jsonl'), 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));

before(async () => {
	const rig = new Rig();
	rig.start();
	await rig.says({ type: 'recording', state: 'recording' });
	await until('a picture', () => pictures(rig.directory).length > 0 && essence(rig.directory).length >= 3);
	rig.tell('event');
	rig.tell('record off');
	await rig.says({ type: 'archived', sealed: true });
	assert.equal(await rig.stop(), 0);
	endRigs();
	recorded = rig.directory;
	secret = join(rig.state, 'archive.key');
	open = join(recorded, 'proof/recorder.pub');
	cpSync(open, join(rig.state, 'open.pem'));
	open = join(rig.state, 'open.pem');
	age(recorded, 40);
	const sealed = ctl('repair', recorded, '--force', '--key-file', secret);
	assert.equal(sealed.status, 0, sealed.err);
	assert.equal(verify(recorded).status, 0, verify(recorded).text);
}, LIMIT);

after(endRigs);

beforeEach(() => {
	const state = newState();
	root = join(state, 'archive');
	copy = join(state, 'copy');
	for (const directory of [root, copy]) {
		mkdirSync(directory);
		cpSync(recorded, join(directory, SESSION), { recursive: true });
	}
	writeFileSync(join(copy, '.rostrum-copy'), '');
});

test('a dry run says what would go, and changes nothing', LIMIT, () => {
	const had = [treeDigest(root), treeDigest(copy)];
	const dry = retention({ pictures: 30, sound: 50 }, '--dry-run', '--also', copy);
	assert.equal(dry.status, 0);
	assert.deepEqual(dry.told, pictures(recorded).map((file) => `due ${SESSION}/${file}`));
	assert.ok(dry.items.every(({ rule, octets }) => rule === 'public/pictures: 30 days' && octets > 0));
	assert.deepEqual([treeDigest(root), treeDigest(copy)], had);
});

test('what is due goes from both, nothing that is held does, and verification names the rule and who signed', LIMIT, () => {
	assert.equal(ctl('hold', join(root, SESSION), '--reason', 'case 7', '--by', 'counsel', '--key', secret).status, 0);
	const had = treeDigest(root);
	const held = retention({ pictures: 30 }, '--also', copy, '--key', secret);
	assert.deepEqual([held.status, held.told], [0, pictures(recorded).map((file) => `held ${SESSION}/${file}`)]);
	assert.equal(held.items[0].why, 'case 7');
	assert.equal(treeDigest(root), had, 'a run that deletes nothing writes nothing');
	assert.equal(ctl('release', join(root, SESSION), '--reason', 'settled', '--by', 'counsel', '--key', secret).status, 0);

	const gone = retention({ pictures: 30 }, '--also', copy, '--key', secret);
	assert.deepEqual([gone.status, gone.told], [0, pictures(recorded).map((file) => `deleted ${SESSION}/${file}`)]);
	for (const directory of [root, copy]) {
		assert.deepEqual(pictures(join(directory, SESSION)), [], directory);
		const verdict = verify(join(directory, SESSION));
		assert.equal(verdict.status, 0, verdict.text);
		assert.equal(verdict.archives[0].deleted, pictures(recorded).length);
		assert.match(verdict.text, /was deleted on \d{4}-\d\d-\d\d by the rule \\"public\/pictures: 30 days\\" of \\"GA-AV 2026\\" \(signed by key [0-9a-f]{16}\.\.\.\)/);
		assert.match(verdict.text, /lines are signed by key [0-9a-f]{64}, the one that was given/);
	}
	assert.deepEqual(audit(root).map(({ type, payload }) => `${type} ${payload.copy ?? ''}`),
		['held ', 'released ', ...pictures(recorded).flatMap(() => [`deleting ${copy}`, `deleted ${copy}`])]);
	assert.equal(verify(root).audit.good, true);

	// A file that goes without a line is missing; so is a line that was changed, whatever chain is made of it.
	rmSync(essence(join(root, SESSION))[0]);
	assert.match(verify(root).text, /cannot be read/);
	writeFileSync(join(root, 'audit.jsonl'), readFileSync(join(root, 'audit.jsonl'), 'utf8').replace('archivist', 'president'));
	assert.deepEqual([verify(root).status, verify(root).audit.good], [1, false]);
});

test('a copy that is away is owed what went, by the recorder’s configuration as well', LIMIT, () => {
	const config = join(root, '..', 'recorder.json');
	writeFileSync(config, JSON.stringify({ 'archive.directory': root, 'archive.key': secret, 'archive.copy': copy, 'log.level': 'info' }));
	const away = `${copy}.away`;
	renameSync(copy, away);
	const first = retention({ pictures: 30 }, '--config', config);
	assert.deepEqual([first.status, first.told], [1, [...pictures(recorded).map((file) => `owed ${SESSION}/${file}`), 'owed /']]);
	assert.match(first.items[0].why, /no file \.rostrum-copy there: is it mounted\?/);
	assert.equal(existsSync(copy), false, 'nothing is made where the copy should be');
	assert.equal(audit(root).at(-1).payload.owed, copy);
	assert.deepEqual(pictures(join(root, SESSION)), []);

	renameSync(away, copy);
	assert.deepEqual(pictures(join(copy, SESSION)), pictures(recorded));
	const second = retention({ pictures: 30 }, '--config', config);
	assert.deepEqual([second.status, second.told], [0, pictures(recorded).map((file) => `deleted ${SESSION}/${file}`)]);
	assert.deepEqual(pictures(join(copy, SESSION)), []);
	assert.equal(audit(root).at(-1).type, 'settled');
	const third = retention({ pictures: 30 }, '--config', config);
	assert.deepEqual([third.status, third.told], [0, []]);
	assert.equal(verify(root).status, 0, verify(root).text);
});

test('a session that goes leaves the audit, and a torn line of that is no obstacle', LIMIT, () => {
	const gone = retention({ session: 30 }, '--also', copy);
	assert.deepEqual([gone.status, gone.told], [0, [`deleted ${SESSION}/`]]);
	for (const directory of [root, copy]) assert.equal(existsSync(join(directory, SESSION)), false);
	appendFileSync(join(root, 'audit.jsonl'), '{"seq":3,"torn');
	const verdict = verify(root);
	assert.deepEqual([verdict.status, verdict.archives, verdict.audit.lines], [0, [], 2]);
	assert.match(verdict.text, /2 of 2 lines are not signed/);
	assert.deepEqual(files(root, ''), [join(root, 'audit.jsonl')]);
	assert.equal(retention({ session: 30 }, '--also', copy).status, 0);
	assert.equal(audit(root).length, 2);
});
