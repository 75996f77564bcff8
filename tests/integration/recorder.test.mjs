// The archive: what is written, what a kill leaves, what a full disk does.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join as path } from 'node:path';
import test from 'node:test';
import { publish } from '../support/clients.mjs';
import { chainFaults, essence, events, faultsOf, files, lastPacketSeconds, sessions, writtenAt } from '../support/archive.mjs';
import { join } from '../support/page.mjs';
import { debateFaults, readIndex } from '../support/record.mjs';
import { build, newState, startRostrum } from '../support/rostrum.mjs';
import { TONES, decode, stretches } from '../support/sound.mjs';
import { mountSmall } from '../support/tmpfs.mjs';
import { sleep, until } from '../support/wait.mjs';

const LIMIT = { timeout: 120_000 };

const verify = (directory) => spawnSync(path(build, 'tools/rostrumctl/rostrumctl'), ['archive', 'verify', directory, '--json'], { encoding: 'utf8' });

// Between which two times, in ms, something was done.
async function timed(act) {
	const from = Date.now();
	await act();
	return [from, Date.now()];
}

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
	const given = await timed(() => chair.must('give-floor', { participant: 'KEN' }));
	return { rostrum, chair, delegate, publisher, given };
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
	await sleep(5000);
	const taken = await timed(() => chair.must('take-floor'));
	await sleep(2000);
	const again = await timed(() => chair.must('give-floor', { participant: 'KEN' }));
	await sleep(3000);
	const closed = await timed(() => chair.must('close-meeting'));
	const [directory] = sessions(rostrum.archive);
	await until('finished files', () => essence(directory).length >= 2 && essence(directory).every((file) => faultsOf(file).length === 0), { every: 500 });
	const sound = files(directory, '.a.webm').find((file) => file.includes('KEN'));
	const heard = stretches(decode(sound), TONES.KEN);
	assert.equal(heard.length, 2, JSON.stringify(heard));
	assert.ok(heard[0].to - heard[0].from > 4 && heard[1].to - heard[1].from > 2, JSON.stringify(heard));
	assert.ok(heard[1].from - heard[0].to > 1.2, 'the pause is as long as it was');
	// Where a tone begins and ends within a window it leaks into the others, up to -45 dB.
	for (const who of ['FRA', 'chair']) assert.deepEqual(stretches(decode(sound), TONES[who], -40), [], who);

	// Who spoke stands in the record that the closing made, by name and with their times.
	const index = await until('the record', () => existsSync(path(directory, 'data/record/index.json')) && readIndex(directory));
	assert.deepEqual(debateFaults([path(directory, 'data/record/debate.xml')]), []);
	const speeches = index.speeches.filter(({ as }) => as === 'main');
	assert.deepEqual(speeches.map(({ participant, name, person }) => [participant, name, person.rank]), [['KEN', 'Kenya', 'head'], ['KEN', 'Kenya', 'head']]);
	// The media server opens and closes the microphone a while after it was told to.
	const lasted = [[meeting.given, taken], [again, closed]].map(([from, to]) => [to[0] - from[1] - 1000, to[1] - from[0] + 1000]);
	assert.ok(index.closed && speeches.every(({ from_ms, to_ms }, i) => lasted[i][0] <= to_ms - from_ms && to_ms - from_ms <= lasted[i][1]), JSON.stringify([speeches, lasted]));

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
	await sleep(7000);
	const [directory] = sessions(rostrum.archive);
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
	await sleep(4000);
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
		await chair.sees('the alarm', (view) => view.recording.state === 'failed' && /space/i.test(view.recording.reason), { limit: 20_000 });
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
