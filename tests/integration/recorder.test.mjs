// The archive: what is written, what a kill leaves, what a full disk does.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join as path } from 'node:path';
import test from 'node:test';
import { publish } from '../support/clients.mjs';
import { chainFaults, essence, events, faultsOf, files, lastPacketSeconds, ledger, sessions, sum, writtenAt } from '../support/archive.mjs';
import { join } from '../support/page.mjs';
import { debateFaults, readIndex } from '../support/record.mjs';
import { build, newState, startRostrum } from '../support/rostrum.mjs';
import { TONES, decode, stretches } from '../support/sound.mjs';
import { mountSmall } from '../support/tmpfs.mjs';
import { calm, sleep, until } from '../support/wait.mjs';

const LIMIT = { timeout: 240_000 };

const verify = (directory) => spawnSync(path(build, 'tools/rostrumctl/rostrumctl'), ['archive', 'verify', directory, '--json'], { encoding: 'utf8' });

// When KEN's microphone was opened and closed, by turns.
const gates = (directory) => events(directory).filter(({ type, payload }) => type === 'gate' && payload.source === 'KEN').map(({ payload }) => payload);

// Until so many seconds of sound are in a file.
const recorded = (file, seconds) => until(`${seconds} s of sound`, () => sum(ledger(file()), 'received') >= 50 * seconds, { limit: 60_000 });

// A meeting in which KEN has the floor and sends a tone and a picture.
async function speaking(t, state) {
	const rostrum = await startRostrum({ state });
	t.after(() => rostrum.stop());
	const chair = await join(rostrum, 'chair');
	const delegate = await join(rostrum, 'KEN');
	await chair.must('open-meeting');
	await chair.sees('recording', (view) => view.recording.state === 'recording');
	const publisher = publish(rostrum, 'KEN', { colour: [0, 255, 0] });
	t.after(() => publisher.stop());
	await publisher.connected();
	await chair.must('give-floor', { participant: 'KEN' });
	return { rostrum, chair, delegate, publisher };
}

async function end({ rostrum, chair, delegate, publisher }) {
	await publisher.stop();
	chair.close();
	delegate.close();
	assert.equal(await rostrum.stop(), 0);
	assert.deepEqual(rostrum.faults(), []);
}

test('the archive of a sitting plays, is chained, and a changed octet is found', LIMIT, async (t) => {
	const meeting = await speaking(t);
	const { rostrum, chair } = meeting;
	const directory = await until('its directory', () => sessions(rostrum.archive)[0]);
	const sounding = () => files(directory, '.a.webm').find((file) => file.includes('KEN'));
	await recorded(sounding, 5);
	const taken = Date.now();
	await chair.must('take-floor');
	await until('the gate to be closed', () => gates(directory).length === 2);
	await sleep(2000);
	await chair.must('give-floor', { participant: 'KEN' });
	await recorded(sounding, 5 + 3);
	const closed = Date.now();
	await chair.must('close-meeting');
	await until('finished files', () => essence(directory).length >= 2 && essence(directory).every((file) => faultsOf(file).length === 0), { every: 500 });
	const sound = sounding();
	const heard = stretches(decode(sound), TONES.KEN);
	assert.equal(heard.length, 2, JSON.stringify(heard));
	assert.ok(heard[0].to - heard[0].from > 4 && heard[1].to - heard[1].from > 2, JSON.stringify(heard));
	// The last time it is the recording that ends.
	const stopped = Date.parse(events(directory).find(({ type }) => type === 'recording-stopped').utc) / 1000;
	const gated = [...gates(directory).map(({ wall_us }) => wall_us / 1e6), stopped].slice(0, 4);
	assert.ok(Math.abs(heard[1].from - heard[0].to - (gated[2] - gated[1])) < 0.8, `the pause is as long as it was: ${JSON.stringify([heard, gated])}`);
	// Where a tone begins and ends within a window it leaks into the others, up to -45 dB.
	for (const who of ['FRA', 'chair']) assert.deepEqual(stretches(decode(sound), TONES[who], -40), [], who);

	// Who spoke stands in the record that the closing made, by name and with their times.
	const index = await until('the record', () => existsSync(path(directory, 'data/record/index.json')) && readIndex(directory));
	assert.deepEqual(debateFaults([path(directory, 'data/record/debate.xml')]), []);
	const speeches = index.speeches.filter(({ as }) => as === 'main');
	assert.deepEqual(speeches.map(({ participant, name, person }) => [participant, name, person.rank]), [['KEN', 'Kenya', 'head'], ['KEN', 'Kenya', 'head']]);
	// From when the media server opened the microphone to when it closed it, a while after it was told to.
	assert.ok(gated[1] * 1000 >= taken && gated[3] * 1000 >= closed, JSON.stringify([gated, taken, closed]));
	assert.ok(index.closed && speeches.every(({ from_ms, to_ms }, i) => Math.abs((to_ms - from_ms) / 1000 - (gated[2 * i + 1] - gated[2 * i])) < 0.5), JSON.stringify([speeches, gated]));

	const given = events(directory).filter((line) => line.type === 'meeting' && line.payload.name === 'floor-given');
	assert.equal(given.length, 2);
	assert.deepEqual(chainFaults(directory), []);
	const good = verify(directory);
	assert.equal(good.status, 0, good.stdout + good.stderr);
	spawnSync('sed', ['-i', '0,/chair/s//Chair/', files(directory, 'events.jsonl')[0]]);
	const bad = verify(directory);
	assert.notEqual(bad.status, 0);
	assert.match(bad.stdout + bad.stderr, /events\.jsonl|hash|chain/);
	await end(meeting);
});

test('kill -9 of the recorder: the file plays to 2 s before, the next segment goes on', LIMIT, async (t) => {
	const meeting = await speaking(t);
	const { rostrum, chair } = meeting;
	const directory = await until('its directory', () => sessions(rostrum.archive)[0]);
	await recorded(() => files(directory, '.a.webm').find((file) => file.includes('KEN')), 5);
	await calm(2000);
	const old = essence(directory);
	const { killed } = await rostrum.kill('recorder');
	for (const file of old) {
		assert.deepEqual(faultsOf(file, { finished: false }), [], file);
		const lost = (killed - writtenAt(file)) / 1000;
		assert.ok(lost <= 2, `${file} was last written ${lost} s before the kill`);
	}
	const sound = old.find((file) => file.includes('KEN') && file.endsWith('.a.webm'));
	t.diagnostic(`measured: sound to ${lastPacketSeconds(sound).toFixed(2)} s, last written ${killed - writtenAt(sound)} ms before the kill`);
	await chair.sees('recording again', (view) => view.recording.state === 'recording');
	const next = await until('a next segment', () => files(directory, '.a.webm').find((file) => file.includes('KEN') && !old.includes(file)));
	await recorded(() => next, 3);
	await chair.must('close-meeting');
	await until('a finished segment', () => faultsOf(next).length === 0, { every: 500 });
	assert.ok(stretches(decode(next), TONES.KEN).some(({ from, to }) => to - from > 2));
	assert.equal(sessions(rostrum.archive).length, 1, 'one session, one directory');
	const numbers = events(directory).filter((line) => line.type === 'meeting').map((line) => line.event);
	numbers.forEach((number, i) => assert.equal(number, numbers[0] + i, 'no event twice, none missing'));
	assert.deepEqual(chainFaults(directory), []);
	assert.equal(verify(directory).status, 0, verify(directory).stdout);
	await end(meeting);
});

test('disk full in mid-meeting: an alarm, and the meeting goes on', LIMIT, async (t) => {
	const state = newState();
	const disk = mountSmall(path(state, 'archive'), 128 * 1024);
	try {
		const meeting = await speaking(t, state);
		const { rostrum, chair, delegate } = meeting;
		await sleep(2000);
		disk.fill();
		await chair.sees('the alarm', (view) => view.recording.state === 'failed' && /space/i.test(view.recording.reason), { limit: 60_000 });
		assert.ok(chair.events.some((event) => event.name === 'recording-failed'));
		await chair.must('take-floor');
		await delegate.must('ask-for-floor');
		await chair.must('give-floor', { entry: chair.view.list[0]?.entry ?? (await until('the entry', () => chair.view.list[0])).entry });
		await sleep(1000);
		assert.equal((await rostrum.http('GET', '/healthz')).status, 200);
		disk.empty();
		await end(meeting);
	} finally {
		disk.unmount();
	}
});
