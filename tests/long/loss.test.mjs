// What Chromium hears and sees through a line that loses packets: redundant audio, retransmission, and the sender's own
// protection. tests/bench/loss measures the same at length, with other media servers beside it.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { CallStage, rostrumServer } from '../support/call.mjs';
import { startLine } from '../support/line.mjs';
import { freePort, startRostrum } from '../support/rostrum.mjs';

const LIMIT = { timeout: 100_000 };
const SECONDS = 20;
const DELAY = 30_000; // us each way
let folder;
let line;
let rostrum;
let stage;

before(async () => {
	folder = mkdtempSync(join(tmpdir(), 'rostrum-loss-'));
	line = await startLine({ seed: 7 });
	rostrum = await startRostrum({ listen: `0.0.0.0:${await freePort()}` });
	stage = await CallStage.open({ folder, lines: { player: line } });
}, LIMIT);
after(async () => {
	await stage?.close();
	await rostrum?.stop();
	line?.stop();
	rmSync(folder, { recursive: true, force: true });
});

// A call whose player loses `loss` permille of what comes down to it, and of what it sends up if `both`.
function call(loss, { both = false, ...options } = {}) {
	line.both({ delay: DELAY, loss: 0 });
	const begin = () => (both ? line.both({ delay: DELAY, loss }) : line.down({ delay: DELAY, loss }));
	return stage.call(rostrumServer(rostrum), { seconds: SECONDS, begin, ...options });
}

const say = (t, got) => t.diagnostic(`measured: ${got.concealed.toFixed(2)} % of sound concealed at a buffer of ${got.buffer.toFixed(0)} ms (${got.lineBuffer.toFixed(0)} for the line), frozen ${got.frozen.toFixed(1)} s a minute in ${got.freezes} at ${got.fps.toFixed(1)} pictures a second, in-band FEC used ${got.fec} times${got.waited > 0.5 ? `; the picture stood ${got.waited.toFixed(1)} s longer as the losses began` : ''}`);

// Calls of one run are compared with each other: what a busy machine costs shows in the one over a line that loses nothing.
let whole;
let redundant;

test('a line that loses nothing shows what this machine can do', LIMIT, async (t) => {
	whole = await call(0);
	say(t, whole);
	assert.equal(whole.lost, 0);
	assert.ok(whole.fps > 5, `${whole.fps} pictures a second`);
});

test('at 20 % loss sound stays whole, and the picture moves', LIMIT, async (t) => {
	redundant = await call(200);
	say(t, redundant);
	assert.ok(redundant.lost > 5 * SECONDS, `the line lost ${redundant.lost} packets of sound`);
	assert.ok(redundant.concealed < 1.5 + 2 * whole.concealed, `${redundant.concealed} % concealed`);
	assert.ok(redundant.frozen < 12 + 2 * whole.frozen, `frozen ${redundant.frozen} s a minute`);
	assert.ok(redundant.fps > 0.75 * whole.fps, `${redundant.fps} pictures a second`);
});

test('who takes no redundant audio is protected by the sender, and waits longer', LIMIT, async (t) => {
	const got = await call(200, { redundancy: false });
	say(t, got);
	assert.ok(got.fec > 2 * SECONDS, `in-band FEC used ${got.fec} times`);
	assert.ok(got.concealed < 8 + 2 * whole.concealed, `${got.concealed} % concealed`);
	assert.ok(redundant.lineBuffer < got.lineBuffer, `a buffer of ${redundant.lineBuffer} ms with redundancy, of ${got.lineBuffer} ms without`);
});

test('with requests lost as well, 10 % is mended all the same', LIMIT, async (t) => {
	const got = await call(100, { both: true });
	say(t, got);
	assert.ok(got.concealed < 1.5 + 2 * whole.concealed, `${got.concealed} % concealed`);
	assert.ok(got.fps > 0.6 * whole.fps, `${got.fps} pictures a second`);
});
