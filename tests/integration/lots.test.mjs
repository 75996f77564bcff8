// What was drawn by lot in a meeting is worked out again from its archive alone.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join as path } from 'node:path';
import test from 'node:test';
import { events, sessions } from '../support/archive.mjs';
import { join } from '../support/page.mjs';
import { build, newState, startRostrum } from '../support/rostrum.mjs';
import { until } from '../support/wait.mjs';

const verify = (...words) => spawnSync(path(build, 'tools/rostrumctl/rostrumctl'), ['lots', 'verify', ...words], { encoding: 'utf8' });

const eventsFile = (directory) => path(directory, 'data/events.jsonl');

// The lines with what `change` makes of the events, chained anew: whoever forges a record does that too.
function forged(file, change) {
	let prev = '0'.repeat(64);
	return readFileSync(file, 'utf8').trimEnd().split('\n').map((line) => {
		const begun = change(line).replace(/"prev":"[^"]*","sum":"[^"]*"}$/, `"prev":"${prev}"`);
		const sum = createHash('sha256').update(begun).digest('hex');
		const whole = `${begun},"sum":"${sum}"}`;
		prev = createHash('sha256').update(whole).digest('hex');
		return `${whole}\n`;
	}).join('');
}

test('a draw is found right, and one that was not as announced is not', { timeout: 120_000 }, async (t) => {
	const rostrum = await startRostrum({ state: newState() });
	t.after(() => rostrum.stop());
	const [chair, ...delegates] = await Promise.all(['chair', 'KEN', 'FRA', 'BRA'].map((who) => join(rostrum, who)));
	await chair.must('open-meeting');
	await chair.sees('recording', (view) => view.recording.state === 'recording');
	for (const delegate of delegates) await delegate.must('ask-for-floor');
	await chair.sees('the presses in order', (view) => !view.inscription.window);
	await chair.must('announce-lots');
	await chair.must('draw-lots', { word: 'ocean-81' });
	await chair.must('close-meeting');
	for (const page of [chair, ...delegates]) page.close();
	const directory = await until('its directory', () => sessions(rostrum.archive)[0]);
	const file = eventsFile(directory);
	// And nothing moves there any more: a copy is made below.
	await until('the record to be closed', () => readFileSync(file, 'utf8').includes('recording-stopped') && existsSync(path(directory, 'tagmanifest-sha512.txt')));

	const right = verify(directory, '--json');
	assert.equal(right.status, 0, right.stderr);
	const drawn = JSON.parse(right.stdout).draws.filter(({ kind }) => kind === 'draw');
	assert.deepEqual(drawn.map(({ right: is }) => is), [true]);
	assert.match(verify(directory).stdout, /^draw \d+, item 1: right$/m);

	const copy = path(newState(), 'archive');
	cpSync(directory, copy, { recursive: true });
	const wrong = (change) => {
		writeFileSync(eventsFile(copy), forged(file, change));
		const got = verify(eventsFile(copy));
		assert.equal(got.status, 1, got.stdout + got.stderr);
		return got.stdout;
	};
	const at = (name, change) => (line) => (line.includes(`"name":"${name}"`) ? change(line) : line);
	// Another word gives another order, but not each of them does.
	const { seed } = events(directory).find(({ payload }) => payload.name === 'lots-drawn').payload.data;
	const orderBy = (word) => ['KEN', 'FRA', 'BRA'].map((who) => createHash('sha256').update(`${seed}:${word}:${who}`).digest('hex') + who).sort().map((lot) => lot.slice(64)).join();
	const other = Array.from({ length: 90 }, (_, i) => `ocean-${i + 10}`).find((word) => orderBy(word) !== orderBy('ocean-81'));
	assert.match(wrong(at('lots-drawn', (line) => line.replace('ocean-81', other))), /the order is not the one the lots give/);
	assert.match(wrong(at('lots-drawn', (line) => line.replace(/("seed":")(.)/, (all, name, digit) => name + (digit === '0' ? '1' : '0')))), /the seed is not the one that was announced/);
	assert.match(wrong(at('lots-announced', (line) => line.replace('"commitment"', '"commitmenu"'))), /the seed is not the one that was announced/);
	assert.match(wrong(at('lots-places', (line) => line.replace(/("places":")\d+/, (all, name) => `${name}77`))), /the places published are not the order that was drawn/);
	assert.match(wrong(at('lots-places', (line) => line.replace('"places"', '"spaces"'))), /the places|not the order/);

	writeFileSync(eventsFile(copy), readFileSync(file, 'utf8').replace('ocean-81', 'ocean-82'));
	const altered = verify(copy);
	assert.equal(altered.status, 1);
	assert.match(altered.stderr, /after line \d+/);
});
