// The programme of each language, written while a real recorder records, and judged by programs nobody here wrote.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { afterEach } from 'node:test';
import { bagFaults, closedFor, decodingFaults, events, faultsOf, flip, lastPacketSeconds, opusFaults, programmes, unsealed } from '../support/archive.mjs';
import { Rig, endRigs } from '../support/recorder.mjs';
import { build, newState } from '../support/rostrum.mjs';
import { decode, stretches } from '../support/sound.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 240_000 };
const KEN = 990;
const FRENCH = 1430;

afterEach(endRigs);

const probe = (...args) => spawnSync('ffprobe', ['-v', 'error', ...args], { encoding: 'utf8' }).stdout.trim();
const duration = (path) => Number(probe('-show_entries', 'format=duration', '-of', 'csv=p=0', path));
const times = (path, stream) => probe('-select_streams', stream, '-show_entries', 'packet=pts_time', '-of', 'csv=p=0', path).split('\n').map(parseFloat);

// When a source sent pictures that need no other, in seconds of session time.
function keyFrames(directory, file) {
	const t0 = events(directory).find(({ type, payload }) => type === 'segment-opened' && payload.file === file).payload.t0_ms / 1000;
	return probe('-select_streams', 'v', '-show_entries', 'packet=pts_time,flags', '-of', 'csv=p=0', join(directory, `data/${file}.webm`)).split('\n')
		.map((line) => line.split(',')).filter(([, flags]) => flags.startsWith('K')).map(([time]) => Number(time) + t0);
}

// What is wrong with it for players that honour times and for those that count samples alike.
function programmeFaults(path, streams = 2) {
	const faults = faultsOf(path, { streams });
	const decoding = decodingFaults(path);
	if (decoding !== '') faults.push(`ffmpeg: ${decoding}`);
	faults.push(...opusFaults(path));
	const counted = decode(path).length / 48000;
	if (Math.abs(counted - duration(path)) > 0.03) faults.push(`${counted} s of samples in ${duration(path)} s`);
	return faults;
}

const archive = (...args) => {
	const ran = spawnSync(join(build, 'tools/rostrumctl/rostrumctl'), ['archive', ...args, '--json'], { encoding: 'utf8' });
	return { status: ran.status, said: ran.stderr, ...(ran.stdout.startsWith('{') ? JSON.parse(ran.stdout) : {}) };
};
const ctl = (directory) => archive('programme', directory);

// Every packet of a file: stream, time, size and digest.
const packetsOf = (path, map = '0') => spawnSync('ffmpeg', ['-v', 'error', '-i', path, '-map', map, '-c', 'copy', '-f', 'framemd5', '-'], { encoding: 'utf8', maxBuffer: 1 << 26 }).stdout;

test('the programme of each language lasts as long as the session, whatever came and went', LIMIT, async () => {
	const rig = new Rig();
	rig.start();
	await rig.says({ type: 'recording', state: 'recording' });
	rig.tell('floor');
	await rig.plays(1500);
	rig.tell('show KEN');
	await rig.plays(3000);
	rig.tell('gate close');
	await rig.plays(2000);
	rig.tell('gate open');
	await rig.plays(2000);
	rig.tell('lose 5');
	await rig.plays(1500);
	rig.tell('dtx on');
	await rig.plays(1500);
	rig.tell('dtx off');
	await rig.plays(1500);
	rig.tell('record off');
	await rig.says({ type: 'recording', state: 'stopped' });
	await rig.says({ type: 'archived', sealed: true });
	assert.equal(await rig.stop(), 0);

	const { floor, fr } = programmes(rig.directory);
	const [began, ended] = ['recording-started', 'recording-stopped'].map((type) => events(rig.directory).find((event) => event.type === type));
	const session = (Date.parse(ended.utc) - began.payload.started_us / 1000) / 1000;
	for (const path of [floor, fr]) {
		assert.deepEqual(programmeFaults(path), [], path);
		assert.ok(Math.abs(duration(path) - session) < 0.05, `${duration(path)} s of a session of ${session} s`);
		const sound = times(path, 'a');
		for (let i = 1; i < sound.length; i++) assert.ok(sound[i] > sound[i - 1] && sound[i] - sound[i - 1] < 0.0225, `${sound[i - 1]} to ${sound[i]}`);
	}
	assert.ok(stretches(decode(floor), KEN).length >= 3, 'before the gate was closed, until DTX, and after it');
	assert.deepEqual(stretches(decode(floor), FRENCH), []);
	assert.deepEqual(stretches(decode(fr), KEN), []);
	const shown = events(rig.directory).find(({ type }) => type === 'show').payload;
	assert.equal(shown.source, 'KEN');
	const pictures = times(fr, 'v');
	const next = keyFrames(rig.directory, 'tracks/KEN.001.v').find((time) => time >= shown.t_ms / 1000);
	assert.ok(pictures[0] >= shown.t_ms / 1000 && Math.abs(pictures[0] - next) < 0.1, `first at ${pictures[0]}, shown at ${shown.t_ms}, a key frame at ${next}`);
	const standing = Math.max(...pictures.slice(1).map((time, i) => time - pictures[i]));
	// The next key frame may be a second away.
	const closed = closedFor(rig.directory);
	assert.ok(standing > closed - 0.2 && standing < closed + 1, `stood still for ${standing} s of ${closed}`);
	assert.equal(events(rig.directory).filter(({ type }) => type === 'programme-without-picture').length, 0);
	const manifest = readFileSync(join(rig.directory, 'manifest-sha512.txt'), 'utf8');
	for (const path of ['data/channels/floor.webm', 'data/channels/fr.webm']) assert.ok(manifest.includes(path), path);

	// From the archive alone the very same comes out.
	const copy = unsealed(rig.directory);
	const made = ctl(copy);
	assert.deepEqual([made.status, made.made, made.files, made.unreadable], [0, true, 2, 0], made.said);
	for (const [name, path] of Object.entries(programmes(copy))) assert.equal(packetsOf(path), packetsOf(programmes(rig.directory)[name]), name);
	assert.equal(ctl(copy).made, false, 'it is whole now');
	assert.equal(ctl(rig.directory).made, false);

	// A language leaves the archive with its packets as they are.
	const out = newState();
	for (const ending of ['opus', 'webm']) {
		const to = join(out, `fr.${ending}`);
		assert.equal(archive('export', rig.directory, '--language', 'fr', '--to', to).status, 0);
		const sound = (path) => packetsOf(path, '0:a').split('\n').filter((line) => !line.startsWith('#')).map((line) => line.split(',').slice(4, 6).join());
		assert.deepEqual(sound(to), sound(fr), ending);
	}
	assert.deepEqual(opusFaults(join(out, 'fr.opus')), []);
	assert.match(archive('export', rig.directory, '--language', 'ru', '--to', join(out, 'ru.opus')).said, /ru/);
	assert.ok(!existsSync(join(out, 'ru.opus')));

	// Of a whole root only what was public and is closed and good leaves, and each that stays is counted.
	const root = join(out, 'archive');
	for (const name of ['public', 'private', 'open', 'altered']) cpSync(rig.directory, join(root, name), { recursive: true });
	const about = join(root, 'private/data/session.json');
	writeFileSync(about, readFileSync(about, 'utf8').replace('{', '{"class":"private",'));
	const chain = join(root, 'open/data/events.jsonl');
	writeFileSync(chain, readFileSync(chain, 'utf8').replace(/^.*"type":"recording-stopped"[^]*$/m, ''));
	flip(join(root, 'altered/data/events.jsonl'), 400);
	const left = archive('export', root, '--public', '--to', join(out, 'public'));
	assert.deepEqual([left.exported, left.not_public, left.not_closed, left.not_good, left.not_known], [1, 1, 1, 1, 0], JSON.stringify(left.sessions));
	assert.equal(left.status, 1, 'one of them is not what was recorded');
	assert.deepEqual(readdirSync(join(out, 'public')), ['public']);
	assert.deepEqual(bagFaults(join(out, 'public/public')), []);
	assert.equal(archive('export', root, '--public', '--to', join(out, 'public')).there, 1);
	const refused = archive('export', join(root, 'private'), '--to', join(out, 'private'));
	assert.equal(refused.status, 1);
	assert.match(refused.said, /it was not public/);
	assert.ok(!existsSync(join(out, 'private')));

	rmSync(floor);
	assert.match(ctl(rig.directory).said, /is sealed/);
});

test('after a kill the programme is made from the archive when the session is closed', LIMIT, async () => {
	const rig = new Rig();
	rig.start();
	await rig.says({ type: 'recording', state: 'recording' });
	rig.tell('floor');
	rig.tell('show KEN');
	await rig.plays(6000);
	await until('five seconds of it', () => Object.values(programmes(rig.directory)).every((path) => lastPacketSeconds(path) > 5));
	await rig.kill();
	for (const path of Object.values(programmes(rig.directory))) assert.deepEqual(faultsOf(path, { finished: false, streams: 2 }), [], 'plays up to the kill');
	await rig.plays(1500);
	const from = rig.said.length;
	rig.start();
	await rig.says({ type: 'recording', state: 'recording' }, from);
	rig.tell('show KEN');
	await rig.plays(3000);
	rig.tell('record off');
	await rig.says({ type: 'archived', sealed: true }, from);
	assert.equal(await rig.stop(), 0);
	assert.ok(!readdirSync(join(rig.directory, 'data/channels')).some((name) => name.endsWith('.new')));
	for (const path of Object.values(programmes(rig.directory))) {
		assert.deepEqual(programmeFaults(path), [], path);
		assert.ok(duration(path) > 10.4, `${duration(path)} s`);
	}
	const heard = stretches(decode(programmes(rig.directory).floor), KEN);
	assert.ok(heard[0].from < 1.5 && heard[0].to > 5 && heard.at(-1).to - heard.at(-1).from > 1.5, JSON.stringify(heard));
	assert.ok(existsSync(join(rig.directory, 'proof/closing.log')));
});
