// The programme of each language, written while a real recorder records, and judged by programs nobody here wrote.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { afterEach } from 'node:test';
import { events, faultsOf, programmes } from '../support/archive.mjs';
import { Rig, endRigs } from '../support/recorder.mjs';
import { decode, stretches } from '../support/sound.mjs';
import { sleep } from '../support/wait.mjs';

const LIMIT = { timeout: 120_000 };
const KEN = 990;
const FRENCH = 1430;

afterEach(endRigs);

const probe = (...args) => spawnSync('ffprobe', ['-v', 'error', ...args], { encoding: 'utf8' }).stdout.trim();
const duration = (path) => Number(probe('-show_entries', 'format=duration', '-of', 'csv=p=0', path));
const times = (path, stream) => probe('-select_streams', stream, '-show_entries', 'packet=pts_time', '-of', 'csv=p=0', path).split('\n').map(parseFloat);

// What is wrong with it for players that honour times and for those that count samples alike.
function programmeFaults(path, streams = 2) {
	const faults = faultsOf(path, { streams });
	const decoded = spawnSync('ffmpeg', ['-v', 'error', '-i', path, '-f', 'null', '-'], { encoding: 'utf8' });
	if (decoded.status !== 0 || decoded.stderr !== '') faults.push(`ffmpeg: ${decoded.stderr}`);
	const opus = join(mkdtempSync(join(tmpdir(), 'programme-')), 'sound.opus');
	spawnSync('ffmpeg', ['-v', 'error', '-i', path, '-map', '0:a', '-c', 'copy', opus]);
	const judged = spawnSync('opusinfo', [opus], { encoding: 'utf8' });
	if (judged.status !== 0 || /WARNING|ERROR/i.test(judged.stdout + judged.stderr)) faults.push(`opusinfo: ${judged.stdout}${judged.stderr}`);
	const counted = decode(path).length / 48000;
	if (Math.abs(counted - duration(path)) > 0.03) faults.push(`${counted} s of samples in ${duration(path)} s`);
	return faults;
}

test('the programme of each language lasts as long as the session, whatever came and went', LIMIT, async () => {
	const rig = new Rig();
	rig.start();
	await rig.says({ type: 'recording', state: 'recording' });
	rig.tell('floor');
	await sleep(1500);
	rig.tell('show KEN');
	await sleep(3000);
	rig.tell('gate close');
	await sleep(2000);
	rig.tell('gate open');
	await sleep(2000);
	rig.tell('lose 5');
	await sleep(1500);
	rig.tell('dtx on');
	await sleep(1500);
	rig.tell('dtx off');
	await sleep(1500);
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
	assert.ok(pictures[0] >= shown.t_ms / 1000 && pictures[0] < shown.t_ms / 1000 + 0.5, `first at ${pictures[0]}, shown at ${shown.t_ms}`);
	const standing = Math.max(...pictures.slice(1).map((time, i) => time - pictures[i]));
	assert.ok(standing > 1.8 && standing < 3, `stood still for ${standing} s`);
	assert.equal(events(rig.directory).filter(({ type }) => type === 'programme-without-picture').length, 0);
	const manifest = readFileSync(join(rig.directory, 'manifest-sha512.txt'), 'utf8');
	for (const path of ['data/channels/floor.webm', 'data/channels/fr.webm']) assert.ok(manifest.includes(path), path);
});
