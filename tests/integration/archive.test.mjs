// An archive can be proven: signatures and time stamps judged by openssl, and every way of altering what was recorded is found and named.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, existsSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, afterEach, before } from 'node:test';
import { bagFaults, decodingFaults, faultsOf, files, flip, ledger, verify } from '../support/archive.mjs';
import { Authority } from '../support/authority.mjs';
import { Rig, endRigs } from '../support/recorder.mjs';
import { build, newState, program } from '../support/rostrum.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 200_000 };
const KEN = 'tracks/KEN.001.a';

let authority;
let original; // the session as it was closed
let scratch; // a copy that each test may do its worst to

const path = (name) => join(scratch, name);
const sha = (kind, data) => createHash(kind).update(data).digest('hex');
const lines = (name) => readFileSync(path(name), 'utf8').split('\n').filter(Boolean);
const write = (name, all) => writeFileSync(path(name), all.map((line) => `${line}\n`).join(''));

before(async () => {
	const state = newState();
	authority = await new Authority(join(state, 'tsa')).start();
	const rig = new Rig(state);
	rig.start('--set', `archive.tsa.url=${authority.url}`, '--set', `archive.tsa.ca=${authority.ca}`);
	await rig.says({ type: 'recording', state: 'recording' });
	for (let i = 0; i < 4; i += 1) rig.tell('event');
	await rig.plays(4500);
	rig.tell('record off');
	await rig.says({ type: 'archived', sealed: true });
	assert.equal(await rig.stop(), 0);
	original = rig.directory;
	scratch = join(state, 'scratch');
});

after(() => authority.stop());

afterEach(() => {
	endRigs();
	rmSync(scratch, { recursive: true, force: true });
});

function copy() {
	rmSync(scratch, { recursive: true, force: true });
	cpSync(original, scratch, { recursive: true });
}

// It is found, and named.
function found(what, ...names) {
	const verdict = verify(scratch);
	const text = verdict.problems.map(({ file, text: why }) => `${file} ${why}`).join('\n');
	assert.equal(verdict.status, 1, `${what} is found`);
	for (const name of names) assert.match(text, name, what);
	return text;
}

test('what was sealed is signed and stamped, by openssl’s own judgement', LIMIT, () => {
	copy();
	const verdict = verify(scratch, '--ca', authority.ca, '--key', path('proof/recorder.pub'));
	assert.equal(verdict.status, 0, JSON.stringify(verdict));
	assert.deepEqual([verdict.signatures, verdict.stamps, verdict.sealed, verdict.closed], [2, 2, true, true]);
	assert.equal(verdict.covered, verdict.clusters);
	assert.deepEqual(bagFaults(scratch), []);
	assert.equal(authority.type, 'application/timestamp-query');
	for (const [file, stem] of [['manifest-sha512.txt', 'proof/manifest'], ['proof/tree-head.json', 'proof/tree-head']]) {
		const ran = spawnSync('openssl', ['pkeyutl', '-verify', '-rawin', '-pubin', '-inkey', path('proof/recorder.pub'), '-in', path(file), '-sigfile', path(`${stem}.sig`)], { encoding: 'utf8' });
		assert.equal(ran.status, 0, ran.stdout + ran.stderr);
		assert.equal(authority.faultsOf(path(file), path(`${stem}.tsr`)), '');
	}
	assert.match(readFileSync(path('bag-info.txt'), 'utf8'), /Rostrum-Time-Stamp: proof\/manifest\.tsr/);
});

test('another key, or another authority, is not taken for the right one', LIMIT, () => {
	copy();
	const other = new Authority(join(newState(), 'other'));
	const stranger = join(other.directory, 'stranger.pem');
	other.openssl('genpkey', '-algorithm', 'ed25519', '-out', 'stranger.key');
	other.openssl('pkey', '-in', 'stranger.key', '-pubout', '-out', stranger);
	assert.match(JSON.stringify(verify(scratch, '--key', stranger).problems), /recorder\.pub.*not the key that was given/);
	assert.match(JSON.stringify(verify(scratch, '--ca', other.ca).problems), /manifest\.tsr/);
});

test('an octet changed in any file is found, and the file is named', LIMIT, (t) => {
	copy();
	let tried = 0;
	// The log of the closing is no evidence: it is written while the seal is made.
	for (const file of files(scratch, '').filter((name) => !name.endsWith('closing.log'))) {
		const { size } = statSync(file);
		for (const at of new Set([0, 17, 40, Math.floor(size / 3), Math.floor(size / 2), size - 9, size - 1].filter((n) => n >= 0 && n < size))) {
			flip(file, at);
			const name = file.slice(scratch.length + 1);
			const verdict = verify(scratch);
			assert.equal(verdict.status, 1, `${name} at ${at}`);
			const stem = name.replace(/^data\//, '').replace(/\.(webm|mkv|idx\.jsonl)$/, '');
			assert.ok(name === 'tagmanifest-sha512.txt' || JSON.stringify(verdict.problems).includes(stem), `${name} at ${at}: ${JSON.stringify(verdict.problems)}`);
			flip(file, at);
			tried += 1;
		}
	}
	assert.equal(verify(scratch).status, 0);
	t.diagnostic(`measured: ${tried} of ${tried} changed octets found`);
});

test('a changed cluster is named with its track and number', LIMIT, () => {
	copy();
	const entry = ledger(path(`data/${KEN}.webm`))[2];
	flip(path(`data/${KEN}.webm`), entry.off + 20);
	found('a changed cluster', /tracks\/KEN\.001\.a cluster 2 \(octets/);
});

test('a cluster that was cut out is found, with its line in the ledger or without', LIMIT, () => {
	for (const both of [false, true]) {
		copy();
		const entry = ledger(path(`data/${KEN}.webm`))[1];
		const whole = readFileSync(path(`data/${KEN}.webm`));
		writeFileSync(path(`data/${KEN}.webm`), Buffer.concat([whole.subarray(0, entry.off), whole.subarray(entry.off + entry.len)]));
		if (both) write(`data/${KEN}.idx.jsonl`, lines(`data/${KEN}.idx.jsonl`).filter((line, i) => i !== 1));
		found('a cluster less', /tracks\/KEN\.001\.a/);
	}
});

test('events in another order are found, and the line is named', LIMIT, () => {
	copy();
	const all = lines('data/events.jsonl');
	const at = all.findIndex((line) => line.includes('"type":"meeting"'));
	[all[at], all[at + 1]] = [all[at + 1], all[at]];
	write('data/events.jsonl', all);
	found('events in another order', new RegExp(`events\\.jsonl line ${at + 1} `));
});

test('two files that changed places are found', LIMIT, () => {
	copy();
	for (const ending of ['webm', 'idx.jsonl']) {
		renameSync(path(`data/${KEN}.${ending}`), path('held'));
		renameSync(path(`data/channels/fr.001.a.${ending}`), path(`data/${KEN}.${ending}`));
		renameSync(path('held'), path(`data/channels/fr.001.a.${ending}`));
	}
	found('two files', /tracks\/KEN\.001\.a/, /channels\/fr\.001\.a/);
});

test('a tail that was cut off is found, of each file', LIMIT, () => {
	for (const name of [`data/${KEN}.webm`, `data/${KEN}.idx.jsonl`, 'data/events.jsonl', 'proof/heads.jsonl', 'manifest-sha512.txt', 'proof/manifest.tsr']) {
		copy();
		truncateSync(path(name), statSync(path(name)).size - 120);
		found(name, new RegExp(name.replace(/^data\//, '').replace(/\.(webm|idx\.jsonl)$/, '').replaceAll('.', '\\.')));
		copy();
		const all = name.endsWith('jsonl') ? lines(name) : [];
		if (all.length === 0) continue;
		write(name, all.slice(0, -1));
		found(`the last line of ${name}`, /./);
	}
});

// What somebody can do who has the disk, all the tools and time, but not the key: every digest is made good again.
function rehash() {
	let prev = '0'.repeat(64);
	let told;
	const relined = lines(`data/${KEN}.idx.jsonl`).map((line) => {
		const entry = JSON.parse(line);
		const webm = readFileSync(path(`data/${KEN}.webm`)).subarray(entry.off, entry.off + entry.len);
		const now = line.replace(/"sha256":"[0-9a-f]+"/, `"sha256":"${sha('sha256', webm)}"`).replace(/"prev":"[0-9a-f]+"/, `"prev":"${prev}"`);
		prev = sha('sha256', now);
		told = prev;
		return now;
	});
	write(`data/${KEN}.idx.jsonl`, relined);
	rechain((line) => (line.includes('"segment-closed"') && line.includes(`"file":"${KEN}"`) ? line.replace(/"ledger_sha256":"[0-9a-f]+"/, `"ledger_sha256":"${told}"`) : line));
	remanifest();
}

function rechain(change) {
	let prev = '0'.repeat(64);
	write('data/events.jsonl', lines('data/events.jsonl').map((line, i) => {
		const body = change(line).replace(/^\{"seq":\d+/, `{"seq":${i + 1}`).replace(/,"prev":"[0-9a-f]{64}","sum":"[0-9a-f]{64}"\}$/, `,"prev":"${prev}"`);
		const now = `${body},"sum":"${sha('sha256', body)}"}`;
		prev = sha('sha256', now);
		return now;
	}));
}

function remanifest() {
	const digest = (name) => `${sha('sha512', readFileSync(path(name)))}  ${name}`;
	write('manifest-sha512.txt', files(join(scratch, 'data'), '').map((file) => digest(file.slice(scratch.length + 1))));
	write('tagmanifest-sha512.txt', lines('tagmanifest-sha512.txt').map((line) => digest(line.slice(130))));
}

test('a track that was replaced, with every digest made good again, is found by the signed heads and named', LIMIT, () => {
	copy();
	for (const { off } of ledger(path(`data/${KEN}.webm`))) flip(path(`data/${KEN}.webm`), off + 30);
	rehash();
	assert.deepEqual(bagFaults(scratch), [], 'the bag alone sees nothing');
	found('a replaced track', /tracks\/KEN\.001\.a has other clusters than those a signed head covers/, /events\.jsonl was rewritten/, /manifest\.sig/);
	for (const gone of ['proof/manifest.sig', 'proof/manifest.tsr']) rmSync(path(gone));
	write('tagmanifest-sha512.txt', lines('tagmanifest-sha512.txt').filter((line) => !/proof\/manifest\./.test(line)));
	found('without its signature', /tracks\/KEN\.001\.a/);
});

test('a track that was taken away, from the events as well, is found and named', LIMIT, () => {
	copy();
	for (const ending of ['webm', 'idx.jsonl']) rmSync(path(`data/${KEN}.${ending}`));
	write('data/events.jsonl', lines('data/events.jsonl').filter((line) => !line.includes(`"file":"${KEN}"`)));
	rechain((line) => line);
	remanifest();
	found('a track less', /tracks\/KEN\.001\.a has no ledger, but a signed head covers it/);
});

function ctl(...args) {
	return spawnSync(join(build, 'tools/rostrumctl/rostrumctl'), ['archive', ...args], { encoding: 'utf8' });
}

// Whoever has no key can make everything but signatures. So he leaves them out.
test('with the site’s key, signatures that are gone are missed', LIMIT, () => {
	const seal = ['bagit.txt', 'bag-info.txt', 'manifest-sha512.txt', 'tagmanifest-sha512.txt', 'proof/manifest.sig', 'proof/manifest.tsr', 'proof/tree-head.json', 'proof/tree-head.sig', 'proof/tree-head.tsr'];
	const judged = (...more) => {
		const verdict = verify(scratch, '--key', join(original, 'proof/recorder.pub'), ...more);
		return { status: verdict.status, text: verdict.problems.map(({ file, text }) => `${file} ${text}`).join('\n'), notes: JSON.stringify(verdict.notes) };
	};
	const strip = (...names) => names.forEach((name) => rmSync(path(name)));
	copy();
	assert.equal(judged().status, 0);
	strip(...seal);
	assert.deepEqual([judged().status, judged().text], [0, ''], 'not sealed yet, as while it is recorded: the heads are signed');
	const heads = lines('proof/heads.jsonl');
	strip('proof/heads.jsonl');
	assert.equal(verify(scratch).status, 0, 'consistent');
	assert.match(judged().text, /heads\.jsonl nothing is signed by the key that was given/);

	// What was recorded after the first head is of his own making, and he says that it was repaired without the key.
	write('proof/heads.jsonl', heads.slice(0, 1));
	const events = lines('data/events.jsonl');
	const stop = JSON.parse(events.at(-1));
	const link = (type, payload, prev, seq) => {
		const covered = `{"seq":${seq},"utc":"${stop.utc}","type":"${type}","payload":${JSON.stringify(payload)},"prev":"${prev}"`;
		return `${covered},"sum":"${sha('sha256', covered)}"}`;
	};
	const repaired = link('recording-repaired', { software: 'x', torn_octets: 0, until_ms: 1, signed: false }, stop.prev, stop.seq);
	write('data/events.jsonl', [...events.slice(0, -1), repaired, link('recording-stopped', stop.payload, sha('sha256', repaired), stop.seq + 1)]);
	assert.equal(verify(scratch).status, 0, 'so it may have been');
	assert.match(judged().text, /that no signed head covers/);

	// Cut back to what was signed then, all is in order but for who kept a later head.
	copy();
	strip(...seal);
	const kept = join(scratch, '..', 'kept.json');
	writeFileSync(kept, `${heads.at(-1)}\n`);
	assert.equal(judged('--head', kept).status, 0);
	const [, line] = JSON.parse(heads[0]).payload.events;
	write('proof/heads.jsonl', heads.slice(0, 1));
	write('data/events.jsonl', lines('data/events.jsonl').slice(0, JSON.parse(heads[0]).payload.events[0]));
	assert.equal(sha('sha256', lines('data/events.jsonl').at(-1)), line);
	const cut = judged('--head', kept);
	assert.match(cut.text, /heads\.jsonl does not hold the head that was kept elsewhere \(head \d+\)/);
	const bad = spawnSync(join(build, 'tools/rostrumctl/rostrumctl'), ['archive', 'verify', scratch, '--head', path('data/session.json')], { encoding: 'utf8' });
	assert.deepEqual([bad.status, /a line of proof\/heads\.jsonl is expected/.test(bad.stderr)], [2, true]);
});

test('a part of one track is proven without the rest, plays, and a changed octet of it is found', LIMIT, () => {
	copy();
	const bundle = join(newState(), 'proof');
	const made = ctl('proof', scratch, '--track', 'KEN', '--from', '1500', '--to', '2500', '--out', bundle, '--json');
	assert.equal(made.status, 0, made.stderr);
	rmSync(scratch, { recursive: true }); // the rest is not needed
	const verdict = verify(bundle, '--ca', authority.ca, '--key', join(bundle, 'recorder.pub'));
	assert.equal(verdict.status, 0, JSON.stringify(verdict));
	assert.deepEqual(verdict.notes, []);
	assert.deepEqual([verdict.heads, verdict.signatures, verdict.stamps, verdict.segments], [1, 1, 1, 2]);
	assert.ok(verdict.clusters >= 4 && verdict.covered === verdict.clusters);
	for (const file of files(bundle, '.webm')) {
		assert.deepEqual(faultsOf(file, { finished: false }), [], file);
		// The feeder's pictures are frames by their heads only.
		if (file.endsWith('.a.webm')) assert.equal(decodingFaults(file), '', file);
	}
	assert.equal(spawnSync('openssl', ['pkeyutl', '-verify', '-rawin', '-pubin', '-inkey', join(bundle, 'recorder.pub'), '-in', join(bundle, 'tree-head.json'), '-sigfile', join(bundle, 'tree-head.sig')]).status, 0);
	assert.equal(authority.faultsOf(join(bundle, 'tree-head.json'), join(bundle, 'tree-head.tsr')), '');

	const proof = JSON.parse(readFileSync(join(bundle, 'proof.json'), 'utf8'));
	const sound = proof.files.find(({ file }) => file === KEN);
	const media = join(bundle, sound.media);
	flip(media, sound.head_len + sound.clusters[0].len + 20);
	assert.match(JSON.stringify(verify(bundle).problems), new RegExp(`tracks/KEN.001.a","text":"cluster ${sound.clusters[1].number} is not one that the signed head covers`));
	flip(media, sound.head_len + sound.clusters[0].len + 20);
	for (const name of ['session.json', 'tree-head.json', 'tree-head.sig', 'tree-head.tsr']) {
		const at = Math.floor(statSync(join(bundle, name)).size / 2);
		flip(join(bundle, name), at);
		assert.equal(verify(bundle, '--ca', authority.ca).status, 1, name);
		flip(join(bundle, name), at);
	}
	[sound.clusters[0].number, sound.clusters[1].number] = [sound.clusters[1].number, sound.clusters[0].number];
	writeFileSync(join(bundle, 'proof.json'), JSON.stringify(proof));
	assert.equal(verify(bundle).status, 1, 'another place is not proven');
});

test('what cannot be proven is refused with a reason', LIMIT, () => {
	copy();
	const out = join(newState(), 'proof');
	const made = (...args) => ctl('proof', scratch, '--out', out, ...args);
	assert.match(made('--track', 'FRA', '--from', '0', '--to', '1000').stderr, /FRA has nothing signed at that time/);
	rmSync(out, { recursive: true, force: true });
	assert.match(made('--track', 'KEN', '--from', '900000', '--to', '901000').stderr, /KEN has nothing signed at that time/);
	rmSync(out, { recursive: true, force: true });
	assert.equal(made('--track', 'KEN', '--from', '-5', '--to', 'x').status, 2);
	flip(path('data/session.json'), 30);
	assert.match(made('--track', 'KEN', '--from', '0', '--to', '1000').stderr, /heads\.jsonl is not signed/);
});

test('an authority that does not answer: sealed all the same, and said so; asked again by a repair and at the next start', LIMIT, async () => {
	authority.answers = false;
	try {
		const rig = new Rig();
		rig.start('--set', `archive.tsa.url=${authority.url}`, '--set', `archive.tsa.ca=${authority.ca}`);
		await rig.says({ type: 'recording', state: 'recording' });
		await rig.plays(1200);
		rig.tell('record off');
		await rig.says({ type: 'archived', sealed: true });
		assert.match(readFileSync(join(rig.directory, 'bag-info.txt'), 'utf8'), /Rostrum-Time-Stamp: none \(time-stamping authority: /);
		assert.ok(!existsSync(join(rig.directory, 'proof/manifest.tsr')));
		assert.equal(verify(rig.directory).status, 0);
		assert.deepEqual(bagFaults(rig.directory), []);
		assert.equal(statSync(join(rig.state, 'archive.key')).mode & 0o777, 0o600);
		assert.equal(await rig.stop(), 0);
		assert.match(rig.log, /warning archive .*time-stamping authority/);

		const signed = ['manifest-sha512.txt', 'proof/manifest.sig', 'proof/tree-head.json', 'proof/tree-head.sig', 'proof/heads.jsonl', 'data/events.jsonl'];
		const had = signed.map((name) => sha('sha256', readFileSync(join(rig.directory, name))));
		const config = join(rig.state, 'recorder.json');
		writeFileSync(config, JSON.stringify({ 'archive.directory': rig.archive, 'archive.tsa.url': authority.url, 'archive.tsa.ca': authority.ca }));
		// The authority answers from this very process.
		const repair = async () => {
			const child = spawn(join(build, 'tools/rostrumctl/rostrumctl'), ['archive', 'repair', rig.directory, '--config', config, '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
			let stdout = '';
			child.stdout.on('data', (data) => (stdout += data));
			const [status] = await once(child, 'close');
			return { status, ...JSON.parse(stdout) };
		};
		const refused = await repair();
		assert.deepEqual([refused.status, refused.stamped], [1, false]);
		assert.equal(verify(rig.directory).status, 0);

		// The same session once more: by the recorder.
		const other = join(newState(), 'archive');
		cpSync(rig.directory, join(other, 'demo-session'), { recursive: true });
		cpSync(join(rig.state, 'archive.key'), `${other}.key`);
		authority.answers = true;
		assert.deepEqual(await repair(), { status: 0, directory: rig.directory, outcome: 'completed', signed: true, stamped: true });
		const recorder = spawn(program('recorder'), [`control.socket=${other}/none.sock`, `archive.directory=${other}`, `archive.tsa.url=${authority.url}`, `archive.tsa.ca=${authority.ca}`]
			.flatMap((set) => ['--set', set]), { stdio: 'ignore' });
		const exit = once(recorder, 'exit');
		try {
			await until('a time stamp', () => existsSync(join(other, 'demo-session/proof/tree-head.tsr')) && existsSync(join(other, 'demo-session/tagmanifest-sha512.txt')));
		} finally {
			recorder.kill('SIGTERM');
		}
		assert.equal((await exit)[0], 0);

		for (const directory of [rig.directory, join(other, 'demo-session')]) {
			const verdict = verify(directory, '--ca', authority.ca);
			assert.deepEqual([verdict.status, verdict.stamps, verdict.problems], [0, 2, []], directory);
			assert.deepEqual(bagFaults(directory), []);
			assert.equal(authority.faultsOf(join(directory, 'manifest-sha512.txt'), join(directory, 'proof/manifest.tsr')), '');
			assert.match(readFileSync(join(directory, 'bag-info.txt'), 'utf8'), /Rostrum-Time-Stamp: proof\/manifest\.tsr\n$/);
		}
		assert.deepEqual(signed.map((name) => sha('sha256', readFileSync(join(rig.directory, name)))), had, 'evidence is added, none is rewritten');
		assert.equal((await repair()).outcome, 'nothing-to-do');
	} finally {
		authority.answers = true;
	}
});
