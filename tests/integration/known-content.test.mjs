// Known content from a client, over a line that loses one packet in twenty and with clocks that are wrong, through the media
// server into the archive: every picture and every second is there, in the source's files and in the programme, and in step.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join as path } from 'node:path';
import { createInterface } from 'node:readline';
import test from 'node:test';
import { events, files, ledger, programmes, sessions, sum, verify } from '../support/archive.mjs';
import { hear, see } from '../support/marks.mjs';
import { join } from '../support/page.mjs';
import { build, startRostrum } from '../support/rostrum.mjs';
import { until } from '../support/wait.mjs';

const SECONDS = 15;
const LOSS_PERMILLE = 50;
const SKEW_LIMIT_S = 0.02;

// When they were captured, in seconds since the client began (known_client.c).
const spoken = (number) => number / 1.00015;
const shown = (number) => number / 15;

// By how much sound comes after picture, where a number is said: against the picture captured nearest to it.
function skews(sounds, pictures) {
	return sounds.map(({ number, at }) => {
		const picture = pictures.reduce((best, one) => (Math.abs(shown(one.number) - spoken(number)) < Math.abs(shown(best.number) - spoken(number)) ? one : best));
		return at - spoken(number) - (picture.at - shown(picture.number));
	});
}

const numbers = (list) => list.map(({ number }) => number);
const upTo = (n) => Array.from({ length: n }, (_, i) => i);

// What a client does not get to repair in half a second is lost, on any line: a machine that has no time for that long is no failure
// of the programs, and only that is tried again. Half an hour of the same on virtual time, where that cannot be, is tests/unit/recorder/test_through_sfu.c.
const ATTEMPTS = 5;
class Unrepaired extends Error {}

async function measure(rostrum, started) {
	const chair = await join(rostrum, 'chair');
	const delegate = await join(rostrum, 'KEN');
	await chair.must('open-meeting');
	await chair.sees('recording', (view) => view.recording.state === 'recording');
	const client = spawn(path(build, 'tests/integration/known_client'), [`${rostrum.base}/whip/demo/KEN`, String(SECONDS), String(LOSS_PERMILLE)],
		{ stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ROSTRUM_TOKEN: rostrum.token('KEN') } });
	started.push(client);
	const left = once(client, 'exit');
	const said = [];
	createInterface({ input: client.stdout }).on('line', (line) => said.push(JSON.parse(line)));
	const says = (state, limit) => until(`the client to be ${state}`, () => said.find((one) => one.state === state), { limit });
	await says('connected', 15_000);
	await chair.must('give-floor', { participant: 'KEN' });
	await until('the gate to be open', () => events(sessions(rostrum.archive)[0]).some(({ type, payload }) => type === 'gate' && payload.source === 'KEN' && payload.open));
	client.stdin.write('go\n');
	await says('sent', 3 * SECONDS * 1000);

	const [directory] = sessions(rostrum.archive);
	const track = (letter) => files(directory, `KEN.001.${letter}.webm`)[0];
	client.stdin.write('leave\n');
	assert.deepEqual(await left, [0, null]);
	const { pictures, sounds, lost, resent } = said.at(-1);
	await chair.must('close-meeting');
	await until('the seal', () => verify(directory).sealed, { limit: 30_000, every: 500 });
	chair.close();
	delegate.close();

	// Packet by packet: what the line lost was asked for and came.
	const ledgers = ['a', 'v'].map((letter) => ledger(track(letter)));
	const missing = ledgers.map((one) => ['lost', 'dropped', 'synthetic'].map((key) => sum(one, key)));
	if (missing.flat().some((n) => n > 0)) throw new Unrepaired(`lost, dropped, synthetic: ${JSON.stringify(missing)}`);
	assert.equal(sum(ledgers[0], 'received'), sounds);
	assert.ok(lost > 20 && resent >= lost, `${lost} lost, ${resent} sent again`);

	// Number by number, in the files of the source and in the programme.
	const heard = hear(track('a'));
	const seen = see(track('v'));
	assert.deepEqual(numbers(heard), upTo(SECONDS));
	assert.deepEqual(numbers(seen), upTo(pictures));
	const { floor } = programmes(directory);
	const programme = { heard: hear(floor), seen: see(floor) };
	assert.deepEqual(numbers(programme.heard), upTo(SECONDS));
	assert.deepEqual(numbers(programme.seen), upTo(pictures));

	// The files of a source begin where events.jsonl says; the programme at the session's beginning.
	const opened = events(directory).filter(({ type }) => type === 'segment-opened').map(({ payload }) => payload);
	const begins = (letter) => opened.find(({ file }) => file === `tracks/KEN.001.${letter}`).t0_ms / 1000;
	const moved = (list, by) => list.map(({ number, at }) => ({ number, at: at + by }));
	const ofSource = skews(moved(heard, begins('a')), moved(seen, begins('v')));
	const ofProgramme = skews(programme.heard, programme.seen);
	for (const [what, list] of [['source', ofSource], ['programme', ofProgramme]])
		assert.ok(list.every((skew) => Math.abs(skew) <= SKEW_LIMIT_S), `${what}: ${list}`);
	const ms = (s) => (1000 * s).toFixed(1);
	return `measured: ${pictures} pictures, ${heard.length} chirps, ${lost} of ${sounds + sum(ledgers[1], 'received')} packets lost and sent again; sound after picture in ms: source first ${ms(ofSource[0])}, last ${ms(ofSource.at(-1))}, programme ${ms(ofProgramme[0])}, ${ms(ofProgramme.at(-1))}`;
}

test('every picture and every chirp is in the archive, and in step', { timeout: 240_000 }, async (t) => {
	for (let attempt = 1; ; attempt += 1) {
		const rostrum = await startRostrum();
		const started = [];
		try {
			t.diagnostic(await measure(rostrum, started));
			assert.deepEqual(rostrum.faults(), []);
			return;
		} catch (error) {
			if (!(error instanceof Unrepaired) || attempt === ATTEMPTS || rostrum.faults().length > 0) throw error;
			t.diagnostic(`attempt ${attempt}: ${error.message}`);
		} finally {
			for (const client of started) client.kill('SIGKILL');
			await rostrum.stop();
		}
	}
});
