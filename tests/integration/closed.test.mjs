// A private meeting recorded by one real recorder: encrypted to the secretariat, judged without the key, opened with it, erased.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { afterEach } from 'node:test';
import { events, faultsOf, files } from '../support/archive.mjs';
import { build, newState, program } from '../support/rostrum.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 240_000 };
const children = [];

afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')));

function makeKey(directory, name, ...options) {
	const secret = join(directory, `${name}.pem`);
	const open = join(directory, `${name}.pub.pem`);
	for (const args of [['genpkey', ...options, '-out', secret], ['pkey', '-in', secret, '-pubout', '-out', open]])
		assert.equal(spawnSync('openssl', args).status, 0, args.join(' '));
	return { secret, open };
}

class Meeting {
	constructor(session) {
		this.state = newState();
		this.archive = join(this.state, 'archive');
		this.directory = join(this.archive, session);
		this.said = [];
		this.log = '';
		mkdirSync(this.archive, { recursive: true });
		this.feeder = spawn(join(build, 'tests/integration/tap_feeder'), [this.state, session, 'private'], { stdio: ['pipe', 'pipe', 'inherit'] });
		children.push(this.feeder);
		let rest = '';
		this.feeder.stdout.on('data', (data) => {
			const lines = (rest + data).split('\n');
			rest = lines.pop();
			this.said.push(...lines.map((line) => JSON.parse(line)));
		});
	}

	start(...settings) {
		const sets = [`control.socket=${this.state}/control.sock`, `archive.directory=${this.archive}`, 'archive.retry_s=1', ...settings];
		this.recorder = spawn(program('recorder'), sets.flatMap((set) => ['--set', set]), { stdio: ['ignore', 'ignore', 'pipe'] });
		children.push(this.recorder);
		this.recorder.stderr.on('data', (data) => (this.log += data));
		this.ended = once(this.recorder, 'exit');
	}

	async says(what, from = 0) {
		return until(JSON.stringify(what), () => this.said.slice(from).find((message) => Object.entries(what).every(([key, value]) => message[key] === value)));
	}

	async end(signal) {
		this.recorder.kill(signal);
		await this.ended;
		assert.doesNotMatch(this.log, /Sanitizer|runtime error|Assertion/);
	}
}

function archive(...args) {
	const ran = spawnSync(join(build, 'tools/rostrumctl/rostrumctl'), ['archive', ...args], { encoding: 'utf8' });
	return { status: ran.status, out: ran.stdout, err: ran.stderr };
}

function verify(directory) {
	const ran = archive('verify', directory, '--json');
	return { status: ran.status, ...JSON.parse(ran.out).archives[0] };
}

const texts = (list) => list.map(({ file, text }) => `${file}: ${text}`).join('\n');
const payloads = (directory) => events(directory).filter(({ type }) => type === 'meeting').map(({ payload }) => payload);

test('behind closed doors nothing is recorded in the clear, unless the site says so', LIMIT, async () => {
	const meeting = new Meeting('closed-session');
	meeting.start();
	const { reason } = await meeting.says({ type: 'recording', state: 'failed' });
	assert.equal(reason, 'not public, and no key to encrypt it with');
	assert.equal(existsSync(meeting.directory), false);
	await meeting.end('SIGTERM');
	const before = meeting.said.length;
	meeting.start('archive.closed_in_clear=true');
	await meeting.says({ type: 'recording', state: 'recording' }, before);
	await until('a file', () => files(meeting.directory, '.webm').length > 0);
	await meeting.end('SIGTERM');
	meeting.start(`archive.secretariat_key=${meeting.state}/none.pem`);
	assert.equal((await meeting.ended)[0], 1);
	assert.match(meeting.log, /archive\.secretariat_key cannot be used path=\S+none\.pem/);
});

for (const [name, ...options] of [['x25519', '-algorithm', 'X25519'], ['rsa', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:3072']]) {
	test(`a private meeting is encrypted to a key of ${name}, over a kill, and opened again`, LIMIT, async () => {
		const meeting = new Meeting('closed-session');
		const key = makeKey(meeting.state, 'secretariat', ...options);
		const other = makeKey(meeting.state, 'other', ...options);
		for (const end of ['SIGKILL', 'SIGTERM']) {
			const before = meeting.said.length;
			meeting.start(`archive.secretariat_key=${key.open}`);
			await meeting.says({ type: 'recording', state: 'recording' }, before);
			await until('files', () => files(meeting.directory, '.sealed').length >= (end === 'SIGKILL' ? 3 : 6));
			for (let i = 0; i < 3; i += 1) meeting.feeder.stdin.write('event\n');
			meeting.feeder.stdin.write('wait 2600\n');
			await meeting.says({ type: 'waited' }, before);
			await until('the events', () => events(meeting.directory).filter(({ type }) => type === 'meeting').length >= (end === 'SIGKILL' ? 3 : 6));
			await meeting.end(end);
			if (end === 'SIGKILL') cpSync(meeting.directory, join(meeting.state, 'left/closed-session'), { recursive: true });
		}

		// What lies there tells nobody what was said.
		assert.deepEqual(files(meeting.directory, '.webm'), []);
		const written = events(meeting.directory);
		assert.ok(written.filter(({ type }) => type === 'meeting').length >= 6);
		assert.doesNotMatch(readFileSync(join(meeting.directory, 'data/events.jsonl'), 'utf8'), /"type":"test"/);
		for (const path of files(meeting.directory, '.sealed')) assert.equal(readFileSync(path).indexOf('OpusHead'), -1, path);
		assert.match(readFileSync(join(meeting.directory, 'proof/closing.log'), 'utf8'), /record done .*encrypted/);
		for (const path of files(meeting.directory, '')) assert.equal(readFileSync(path).indexOf('Open-ended'), -1, `${path} tells the title`);
		const [listed] = JSON.parse(archive('list', meeting.archive, '--json').out).archives;
		assert.deepEqual([listed.session, listed.class, listed.title, listed.encrypted], ['closed-session', 'private', '', true]);
		assert.match(archive('list', meeting.archive).out, /octets {2}private, encrypted$/m);

		// Without the key: chain, ledgers, tree and manifest.
		const sealed = verify(meeting.directory);
		assert.equal(sealed.status, 0, JSON.stringify(sealed.problems));
		assert.equal(sealed.encrypted, sealed.segments);
		assert.match(texts(sealed.notes), /keys: \d+ segments and \d+ events are encrypted/);
		for (const list of ['manifest-sha512.txt', 'tagmanifest-sha512.txt'])
			assert.equal(spawnSync('sha512sum', ['--quiet', '--strict', '-c', list], { cwd: meeting.directory }).status, 0, list);

		// What the kill left is closed by a repair as well, without the private key, and opens with it.
		const left = join(meeting.state, 'left/closed-session');
		const repaired = archive('repair', left, '--force', '--key-file', `${meeting.archive}.key`, '--json');
		assert.deepEqual([repaired.status, JSON.parse(repaired.out || '{}').outcome], [0, 'closed-and-sealed'], repaired.err);
		const closed = verify(left);
		assert.equal(closed.status, 0, texts(closed.problems));
		assert.deepEqual([closed.sealed, closed.closed, closed.encrypted, closed.covered], [true, true, closed.segments, closed.clusters]);
		const reopened = join(meeting.state, 'left/opened');
		assert.equal(archive('unseal', left, '--key', key.secret, '--to', reopened).status, 0);
		assert.equal(verify(reopened).status, 0, texts(verify(reopened).problems));
		assert.deepEqual(payloads(reopened), payloads(reopened).map((_, i) => ({ type: 'test', number: i + 1 })));
		assert.ok(payloads(reopened).length >= 3);

		// With it: an ordinary archive.
		const opened = join(meeting.state, 'opened');
		const wrong = archive('unseal', meeting.directory, '--key', other.secret, '--to', opened);
		assert.equal(wrong.status, 1);
		assert.match(wrong.err, /was changed, or this is not its key/);
		rmSync(opened, { recursive: true });
		const ran = archive('unseal', meeting.directory, '--key', key.secret, '--to', opened);
		assert.equal(ran.status, 0, ran.err);
		const verdict = verify(opened);
		assert.equal(verdict.status, 0, texts(verdict.problems));
		assert.deepEqual([verdict.encrypted, verdict.encrypted_events, verdict.segments, verdict.heads], [0, 0, sealed.segments, sealed.heads]);
		const index = JSON.parse(readFileSync(join(opened, 'data/record/index.json'), 'utf8'));
		assert.deepEqual([index.title, index.class, index.languages.map(({ id }) => id)], ['Open-ended working group', 'private', ['floor', 'fr']]);
		assert.match(readFileSync(join(opened, 'bag-info.txt'), 'utf8'), /External-Description: Open-ended working group/);
		assert.deepEqual(payloads(opened), payloads(opened).map((_, i) => ({ type: 'test', number: i + 1 })));
		for (const path of files(opened, '.a.webm')) assert.deepEqual(faultsOf(path), [], path);
		assert.equal(spawnSync('sha512sum', ['--quiet', '--strict', '-c', 'manifest-sha512.txt'], { cwd: opened }).status, 0);
		// Its words are those that were recorded: the digest in the sealed line says so.
		const altered = join(meeting.state, 'altered');
		cpSync(opened, altered, { recursive: true });
		const path = join(altered, 'data/events.jsonl');
		writeFileSync(path, readFileSync(path, 'utf8').replace('"type":"test","number":2', '"type":"text","number":2'));
		assert.match(texts(verify(altered).problems), /does not have the digest it says/);

		// A changed octet of the encrypted file is found with the key, and named.
		const tampered = join(meeting.state, 'tampered');
		cpSync(meeting.directory, tampered, { recursive: true });
		const victim = files(tampered, '.a.webm.sealed')[0];
		const octets = readFileSync(victim);
		octets[octets.length - 20] ^= 1;
		writeFileSync(victim, octets);
		const refused = archive('unseal', tampered, '--key', key.secret, '--to', join(meeting.state, 'never'));
		assert.equal(refused.status, 1);
		assert.match(refused.err, /\.a\.webm\.sealed: was changed/);

		// Erased: the rest still opens, and nothing is erased that is held.
		assert.equal(archive('hold', meeting.directory, '--reason', 'case 7').status, 0);
		const held = archive('erase', meeting.directory, '--track', 'KEN');
		assert.equal(held.status, 1);
		assert.match(held.err, /case 7/);
		assert.equal(archive('release', meeting.directory, '--reason', 'closed').status, 0);
		assert.equal(archive('erase', meeting.directory, '--track', 'NOBODY').status, 1);
		assert.equal(archive('erase', meeting.directory, '--track', 'KEN', '--dry-run').status, 2, 'an erasure is never tried: refused before anything is read');
		// In the second copy as well: what that cannot do now is owed, and done the next time.
		const copy = join(meeting.state, 'copy');
		const keysOf = (directory) => readdirSync(join(directory, 'keys')).filter((file) => file.includes('KEN'));
		cpSync(meeting.directory, join(copy, 'closed-session'), { recursive: true });
		const keys = keysOf(meeting.directory);
		const erase = () => archive('erase', meeting.directory, '--track', 'KEN', '--by', 'archivist', '--also', copy, '--key', `${meeting.archive}.key`);
		const owed = erase();
		assert.deepEqual([owed.status, owed.out], [1, `${meeting.directory}: ${keys.length} keys destroyed, 0 in the second copy\n`]);
		assert.match(owed.err, new RegExp(`${keys.length} keys are owed by the second copy: .*is it mounted`));
		assert.deepEqual([keysOf(meeting.directory), keysOf(join(copy, 'closed-session'))], [[], keys]);
		writeFileSync(join(copy, '.rostrum-copy'), '');
		const paid = erase();
		assert.deepEqual([paid.status, paid.out], [0, `${meeting.directory}: 0 keys destroyed, ${keys.length} in the second copy\n`]);
		assert.deepEqual(keysOf(join(copy, 'closed-session')), []);
		assert.equal(erase().status, 1, 'no such key is there');
		const second = join(meeting.state, 'second');
		assert.equal(archive('unseal', join(copy, 'closed-session'), '--key', key.secret, '--to', second).status, 0);
		assert.deepEqual(files(second, '.webm').filter((file) => file.includes('KEN')), []);
		assert.equal(verify(second).status, 0, texts(verify(second).problems));
		const erased = verify(meeting.directory);
		assert.equal(erased.status, 0, texts(erased.problems));
		assert.match(texts(erased.notes), /tracks\/KEN\.001\.a: was erased on \d{4}-\d\d-\d\d: its key was destroyed by archivist \(signed by key/);
		const rest = join(meeting.state, 'rest');
		assert.equal(archive('unseal', meeting.directory, '--key', key.secret, '--to', rest).status, 0);
		assert.deepEqual(files(rest, '.webm').filter((file) => file.includes('KEN')), []);
		assert.ok(files(rest, '.a.webm').length > 0);
		const remains = verify(rest);
		assert.equal(remains.status, 0, texts(remains.problems));
		assert.ok(remains.deleted > 0);
		const audit = readFileSync(join(meeting.archive, 'audit.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line));
		assert.deepEqual(audit.slice(0, 4).map(({ type }) => type), ['held', 'released', 'erasing', 'erased']);
	});
}
