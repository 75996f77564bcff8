// One real recorder, fed by tap_feeder in place of signaling and the SFU: files judged by programs nobody here wrote, loss,
// and whether a changed octet is found.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { afterEach } from 'node:test';
import { bagFaults, closedFor, decodingFaults, essence, events, faultsOf, files, flip, lastPacketSeconds, ledger, packets, sum, verify } from '../support/archive.mjs';
import { Rig, endRigs } from '../support/recorder.mjs';
import { build, root } from '../support/rostrum.mjs';
import { decode, stretches } from '../support/sound.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 200_000 };
const KEN = 990;
const FRENCH = 1430;
const rostrumctl = join(build, 'tools/rostrumctl/rostrumctl');

// Nothing of a test that failed may outlive it.
afterEach(endRigs);

test('a recording with loss, silence and a closed gate plays in step, and every packet is accounted for', LIMIT, async (t) => {
	const rig = new Rig();
	rig.start();
	await rig.says({ type: 'recording', state: 'recording' });
	await rig.plays(2500);
	rig.tell('event');
	rig.tell('gate close');
	await rig.plays(1500);
	rig.tell('gate open');
	await rig.plays(1500);
	rig.tell('lose 5');
	await rig.plays(1500);
	rig.tell('dtx on');
	await rig.plays(1000);
	rig.tell('dtx off');
	rig.tell('codec h265');
	await rig.plays(1500);
	rig.tell('tap');
	await rig.plays(1500);
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
	assert.ok(sum(ledger(sound), 'skipped') >= 40, 'the gate was closed');
	assert.ok(sum(ledger(sound), 'synthetic') >= 5 + 25, 'loss and DTX were filled');
	const heard = stretches(decode(sound), KEN);
	const pauses = heard.slice(1).map(({ from }, i) => from - heard[i].to);
	const closed = closedFor(rig.directory);
	assert.ok(pauses.some((seconds) => Math.abs(seconds - closed) < 0.4), `${closed} s: ${JSON.stringify(heard)}`);
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
	await rig.plays(500);
	rig.tell(`clips ${root}`);
	await rig.plays(4000);
	rig.tell('lose 1'); // until the next key frame, at most 12 frames are left out
	await rig.plays(1500);
	assert.equal(await rig.stop(), 0);
	for (const [stem, codec] of [['CHE.001.v.webm', 'vp9'], ['HUN.001.v.mkv', 'h264'], ['AUT.001.v.mkv', 'av1']]) {
		const path = join(rig.directory, files(rig.directory, stem)[0].slice(rig.directory.length + 1));
		assert.deepEqual(faultsOf(path), [], path);
		const probe = JSON.parse(spawnSync('ffprobe', ['-v', 'error', '-count_frames', '-show_entries', 'stream=codec_name,width,height,nb_read_frames', '-of', 'json', path], { encoding: 'utf8' }).stdout).streams[0];
		assert.deepEqual([probe.codec_name, probe.width, probe.height], [codec, 64, 48]);
		assert.equal(decodingFaults(path), '', path);
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
	await rig.plays(1500);
	assert.equal(await rig.stop(), 0);
	const written = events(rig.directory);
	const missing = written.filter(({ type }) => type === 'packets-missing').map(({ payload }) => payload);
	assert.deepEqual(missing.map(({ track, media, missing: n }) => [track, media, n]).sort(), [['KEN', 'camera', 4], ['KEN', 'microphone', 4], ['fr', 'channel', 4]]);
	assert.deepEqual(written.find(({ type }) => type === 'account').payload, { compared: true, missing: 12, breaks: 1 });
	assert.equal(verify(rig.directory).status, 0);
});
