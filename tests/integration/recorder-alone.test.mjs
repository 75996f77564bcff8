// One real recorder, fed by tap_feeder in place of signaling and the SFU: files judged by programs nobody here wrote,
// kills, a full disk, loss, and whether a changed octet is found.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import test, { afterEach } from 'node:test';
import { bagFaults, essence, events, faultsOf, files, flip, lastPacketSeconds, ledger, sum, verify, writtenAt } from '../support/archive.mjs';
import { Rig, endRigs } from '../support/recorder.mjs';
import { build, newState, program, root } from '../support/rostrum.mjs';
import { decode, stretches } from '../support/sound.mjs';
import { mountSmall } from '../support/tmpfs.mjs';
import { sleep, until } from '../support/wait.mjs';

const LIMIT = { timeout: 200_000 };
const KEN = 990;
const FRENCH = 1430;

// Nothing of a test that failed may outlive it.
afterEach(endRigs);

const rostrumctl = join(build, 'tools/rostrumctl/rostrumctl');

const packets = (path) => Number(spawnSync('ffprobe', ['-v', 'error', '-count_packets', '-show_entries', 'stream=nb_read_packets', '-of', 'csv=p=0', path], { encoding: 'utf8' }).stdout);

test('a recording with loss, silence and a closed gate plays in step, and every packet is accounted for', LIMIT, async (t) => {
	const rig = new Rig();
	rig.start();
	await rig.says({ type: 'recording', state: 'recording' });
	await sleep(2500);
	rig.tell('event');
	rig.tell('gate close');
	await sleep(1500);
	rig.tell('gate open');
	await sleep(1500);
	rig.tell('lose 5');
	await sleep(1500);
	rig.tell('dtx on');
	await sleep(1000);
	rig.tell('dtx off');
	rig.tell('codec h265');
	await sleep(1500);
	rig.tell('tap');
	await sleep(1500);
	rig.tell('record off');
	await rig.says({ type: 'recording', state: 'stopped' });
	await rig.says({ type: 'archived', last_event: 1 });
	await rig.says({ type: 'archived', last_event: 1, sealed: true });
	assert.deepEqual(bagFaults(rig.directory), []);
	assert.equal(await rig.stop(), 0);

	const webms = essence(rig.directory);
	assert.deepEqual(webms.map((path) => path.slice(rig.directory.length + 1)), ['data/channels/fr.001.a.webm', 'data/tracks/KEN.001.a.webm', 'data/tracks/KEN.001.v.webm']);
	for (const path of webms) {
		assert.deepEqual(faultsOf(path), [], path);
		const lines = ledger(path);
		assert.equal(sum(lines, 'blocks'), packets(path), 'blocks in the ledger are packets in the file');
		assert.equal(sum(lines, 'expected'), sum(lines, 'received') + sum(lines, 'lost') + sum(lines, 'skipped'));
		assert.equal(sum(lines, 'lost'), 5, path);
		for (const line of lines) assert.ok(line.t1 - line.t0 <= 1000);
	}
	const [french, sound, picture] = webms;
	assert.ok(sum(ledger(sound), 'skipped') >= 60, 'the gate was closed');
	assert.ok(sum(ledger(sound), 'synthetic') >= 5 + 40, 'loss and DTX were filled');
	const heard = stretches(decode(sound), KEN);
	const pauses = heard.slice(1).map(({ from }, i) => from - heard[i].to);
	assert.ok(pauses.some((seconds) => seconds > 1.2 && seconds < 1.9), JSON.stringify(heard));
	assert.deepEqual(stretches(decode(french), KEN), []);
	assert.ok(stretches(decode(french), FRENCH).length >= 1);
	assert.ok(Math.abs(lastPacketSeconds(sound) - lastPacketSeconds(picture)) < 0.3, 'sound and picture end together');

	const written = events(rig.directory);
	const types = written.map(({ type }) => type);
	for (const type of ['recording-started', 'tap-connected', 'segment-opened', 'meeting', 'gate', 'track-refused', 'tap-lost', 'segment-closed', 'recording-stopped'])
		assert.ok(types.includes(type), type);
	assert.deepEqual(written.find(({ type }) => type === 'meeting').payload, { type: 'test', number: 1 });
	const verdict = verify(rig.directory);
	assert.equal(verdict.status, 0, JSON.stringify(verdict));
	assert.equal(verdict.unverified, 0);
	assert.equal(verdict.lost, 15);

	await t.test('one flipped octet anywhere is found', () => {
		let tried = 0;
		for (const path of [...essence(rig.directory), ...files(rig.directory, '.jsonl'), join(rig.directory, 'data/session.json')]) {
			const { size } = statSync(path);
			for (const at of [0, 30, Math.floor(size / 3), Math.floor(size / 2), size - 2, size - 1]) {
				flip(path, at);
				const found = verify(rig.directory);
				assert.equal(found.status, 1, `${path} at ${at}`);
				assert.ok(found.problems.some(({ file }) => path.includes(file) || file === 'events.jsonl'), JSON.stringify(found.problems));
				flip(path, at);
				tried += 1;
			}
		}
		assert.equal(verify(rig.directory).status, 0);
		t.diagnostic(`measured: ${tried} of ${tried} flipped octets found`);
	});

	await t.test('another site takes it as it is, once, and nothing that was changed', () => {
		const site = join(rig.state, 'site');
		const bag = join(rig.state, 'handed-out');
		mkdirSync(site);
		const import_ = (from) => spawnSync(rostrumctl, ['archive', 'import', from, '--to', site, '--json'], { encoding: 'utf8' });
		assert.equal(spawnSync(rostrumctl, ['archive', 'export', rig.directory, '--to', bag]).status, 0);
		assert.deepEqual(bagFaults(bag), []);
		const french = join(rig.state, 'french.webm');
		const language = (id) => spawnSync(rostrumctl, ['archive', 'export', rig.directory, '--language', id, '--to', french], { encoding: 'utf8' });
		assert.match(language('xx').stderr, /no programme in that language/);
		assert.match(language('../session').stderr, /no language/);
		assert.equal(language('fr').status, 0);
		assert.deepEqual(readFileSync(french), readFileSync(join(rig.directory, 'data/channels/fr.webm')));
		assert.match(language('fr').stderr, /exists/);
		assert.deepEqual(readdirSync(rig.state).filter((name) => name.endsWith('unfinished')), []);
		const taken = import_(`${bag}/`);
		assert.equal(taken.status, 0, taken.stderr);
		assert.equal(JSON.parse(taken.stdout).session, 'demo-session');
		assert.equal(spawnSync('diff', ['-r', rig.directory, join(site, 'demo-session')], { encoding: 'utf8' }).stdout, '');
		assert.match(import_(bag).stderr, /exists/, 'it is there: never written over');
		rmSync(join(site, 'demo-session'), { recursive: true });
		symlinkSync('/etc/passwd', join(bag, 'data/text/stranger'));
		assert.match(import_(bag).stderr, /neither a file nor a folder|stranger/);
		rmSync(join(bag, 'data/text/stranger'));
		flip(join(bag, 'data/tracks/KEN.001.a.webm'), 3000);
		const refused = import_(bag);
		assert.equal(refused.status, 1);
		assert.match(refused.stderr, /KEN\.001\.a/);
		assert.deepEqual(readdirSync(site), [], 'nothing is left of what was refused');
	});

	await t.test('a file added, left out or cut short is found', () => {
		const stranger = join(rig.directory, 'data/tracks/FRA.001.a.webm');
		writeFileSync(stranger, 'x');
		assert.match(JSON.stringify(verify(rig.directory).problems), /FRA\.001/);
		spawnSync('rm', [stranger]);
		const whole = readFileSync(picture);
		writeFileSync(picture, whole.subarray(0, whole.length - 500));
		assert.equal(verify(rig.directory).status, 1);
		spawnSync('rm', [picture]);
		assert.match(JSON.stringify(verify(rig.directory).problems), /cannot be read/);
		writeFileSync(picture, whole);
		assert.equal(verify(rig.directory).status, 0);
	});
});

test('VP9, H.264 and AV1 are kept as they were sent', LIMIT, async (t) => {
	const rig = new Rig();
	rig.start();
	await rig.says({ type: 'recording', state: 'recording' });
	await sleep(500);
	rig.tell(`clips ${root}`);
	await sleep(4000);
	rig.tell('lose 1'); // until the next key frame, at most 12 frames are left out
	await sleep(1500);
	assert.equal(await rig.stop(), 0);
	for (const [stem, codec] of [['CHE.001.v.webm', 'vp9'], ['HUN.001.v.mkv', 'h264'], ['AUT.001.v.mkv', 'av1']]) {
		const path = join(rig.directory, files(rig.directory, stem)[0].slice(rig.directory.length + 1));
		assert.deepEqual(faultsOf(path), [], path);
		const probe = JSON.parse(spawnSync('ffprobe', ['-v', 'error', '-count_frames', '-show_entries', 'stream=codec_name,width,height,nb_read_frames', '-of', 'json', path], { encoding: 'utf8' }).stdout).streams[0];
		assert.deepEqual([probe.codec_name, probe.width, probe.height], [codec, 64, 48]);
		const decoded = spawnSync('ffmpeg', ['-v', 'error', '-i', path, '-f', 'null', '-'], { encoding: 'utf8' });
		assert.equal(decoded.stderr, '', path);
		const lines = ledger(path);
		assert.equal(sum(lines, 'blocks'), packets(path));
		assert.equal(Number(probe.nb_read_frames), packets(path), 'each packet is a picture');
		assert.ok(packets(path) >= 110, `${packets(path)} pictures of 5.5 s at 25 a second`);
		assert.equal(sum(lines, 'lost'), 1);
	}
	const verdict = verify(rig.directory);
	assert.equal(verdict.status, 0, JSON.stringify(verdict));
});

test('packets that the SFU gave and that did not come are reported, and put down', LIMIT, async () => {
	const rig = new Rig();
	const account = (missing, breaks) => until(`${missing} missing, ${breaks} breaks`, () => rig.said.some((message) => message.type === 'recording' && message.account?.missing === missing && message.account.breaks === breaks));
	rig.start();
	await rig.says({ type: 'recording', state: 'recording' });
	await account(0, 0);
	rig.tell('steal 4');
	await account(12, 0); // of sound, picture and channel
	rig.tell('tap');
	await account(12, 1);
	await sleep(1500);
	assert.equal(await rig.stop(), 0);
	const written = events(rig.directory);
	const missing = written.filter(({ type }) => type === 'packets-missing').map(({ payload }) => payload);
	assert.deepEqual(missing.map(({ track, media, missing: n }) => [track, media, n]).sort(), [['KEN', 'camera', 4], ['KEN', 'microphone', 4], ['fr', 'channel', 4]]);
	assert.deepEqual(written.find(({ type }) => type === 'account').payload, { compared: true, missing: 12, breaks: 1 });
	assert.equal(verify(rig.directory).status, 0);
});

test('a recording goes on in new files, and nothing is lost or doubled between them', LIMIT, async (t) => {
	const rig = new Rig();
	rig.start('--set', 'archive.segment_s=10');
	await rig.says({ type: 'recording', state: 'recording' });
	await until('the third files', () => files(rig.directory, '.003.a.webm').length === 2 && files(rig.directory, '.003.v.webm').length === 1, { limit: 60_000 });
	await sleep(1500);
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

test('kill -9, again and again: files play to the kill, the next segments go on, no event is lost', LIMIT, async (t) => {
	const rig = new Rig();
	const RUNS = 3;
	const late = [];
	for (let run = 1; run <= RUNS; run += 1) {
		const before = rig.said.length;
		rig.start();
		await rig.says({ type: 'recording', state: 'recording' }, before);
		await until('the next segments', () => files(rig.directory, `.00${run}.v.webm`).length === 1 && files(rig.directory, `.00${run}.a.webm`).length === 2);
		for (let i = 0; i < 3; i += 1) rig.tell('event');
		await sleep(1800 + 370 * run);
		const killed = Date.now();
		await rig.kill();
		for (const path of essence(rig.directory).filter((name) => name.includes(`.00${run}.`))) {
			assert.deepEqual(faultsOf(path), [], path); // mediaconch passes files that were cut off as well
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
	await sleep(1500);
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

test('a torn line at the end of events.jsonl is cut off, and the chain goes on; files of an earlier version move below data', LIMIT, async () => {
	const rig = new Rig();
	rig.start();
	await rig.says({ type: 'recording', state: 'recording' });
	await sleep(1500);
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
	await sleep(1500);
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
	await sleep(1500);
	rig.tell('record off');
	await rig.says({ type: 'archived', sealed: true });
	assert.deepEqual(bagFaults(rig.directory), []);
	const before = rig.said.length;
	rig.tell('record on');
	await rig.says({ type: 'recording', state: 'recording' }, before);
	assert.ok(!existsSync(join(rig.directory, 'tagmanifest-sha512.txt')) && !existsSync(join(rig.directory, 'bagit.txt')), 'not a bag while it grows');
	assert.ok(existsSync(join(rig.directory, 'proof/manifest.001.txt')), 'what was sealed is kept');
	await sleep(1500);
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

test('a full disk makes everything wait, with one alarm; with room again nothing is missing', LIMIT, async () => {
	const state = newState();
	const disk = mountSmall(join(state, 'archive'), 4096);
	try {
		const rig = new Rig(state);
		rig.start();
		await rig.says({ type: 'recording', state: 'recording' });
		await sleep(1500);
		disk.fill();
		const failed = await rig.says({ type: 'recording', state: 'failed' });
		assert.equal(failed.reason, 'no space left on device');
		await rig.says({ type: 'disk', level: 'red', why: 'full' });
		await sleep(2500);
		assert.equal(rig.recorder.exitCode, null, 'it lives');
		assert.equal(rig.log.match(/disk is full/g).length, 1, rig.log);
		assert.equal(rig.said.filter((message) => message.state === 'failed').length, 1);
		for (const path of essence(rig.directory)) assert.deepEqual(faultsOf(path, { finished: false }), [], path);
		const before = rig.said.length;
		disk.empty();
		await rig.says({ type: 'recording', state: 'recording' }, before);
		await rig.says({ type: 'disk', level: 'green', why: '' }, before);
		rig.tell('event');
		await sleep(2500);
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
		await sleep(1500);
		disk.fill(256 * 1024); // the reserve is a twentieth of it
		await rig.says({ type: 'disk', level: 'red', why: 'nearly-full' });
		await sleep(1500); // the cluster is closed
		const picture = files(rig.directory, '.001.v.webm')[0];
		const size = statSync(picture).size;
		const sound = files(rig.directory, 'KEN.001.a.webm')[0];
		const heard = statSync(sound).size;
		await sleep(2000);
		assert.equal(statSync(picture).size, size);
		assert.ok(statSync(sound).size > heard);
		const before = rig.said.length;
		disk.empty();
		await rig.says({ type: 'disk', why: '' }, before);
		await sleep(2500);
		assert.ok(statSync(picture).size > size);
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
	const ran = spawnSync(program('recorder'), ['--set', 'archive.directory=/nowhere/archive'], { encoding: 'utf8', timeout: 5000 });
	assert.equal(ran.status, 1);
	assert.match(ran.stderr, /^[^\n]*archive\.directory[^\n]*\/nowhere\/archive[^\n]*\n$/);
});
