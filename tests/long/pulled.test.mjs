// A meeting room's cable is pulled for a minute while its microphone says the number of each second and its camera shows that of each picture: what
// the archive holds of it afterwards, heard and seen. PULLED_S=600 pulls it for longer.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { readFileSync, readdirSync } from 'node:fs';
import { verify } from '../support/archive.mjs';
import { writePicture, writeSound } from '../support/marks.mjs';
import { pulledRoom } from '../support/pulled.mjs';
import { assertWhole, segments, shown, spoken } from '../support/spoken.mjs';
import { sleep, until } from '../support/wait.mjs';

const PULLED_S = Number(process.env.PULLED_S ?? 60);
const BEFORE_S = 8; // and after
const FPS = 10;
const LIMIT = { timeout: (180 + 3 * PULLED_S) * 1000 };
const EDGE_S = 5; // what has to be whole on either side; the first words come while the recorder still learns the room's clock
const room = pulledRoom(LIMIT);
const { session } = room;
const since = (ms) => ms / 1000 - JSON.parse(readFileSync(join(session(), 'data/session.json'), 'utf8')).started_us / 1e6;

test(`of a cable that is pulled for ${PULLED_S} s every word is in the archive once, in its time`, LIMIT, async (t) => {
	const seconds = 4 * PULLED_S + 120;
	const [sound, picture, kept] = ['words.wav', 'numbers.y4m', 'kept'].map((name) => join(room.rostrum.state, name));
	writeSound(sound, { seconds });
	writePicture(picture, { size: [160, 96], fps: FPS, pictures: seconds * FPS });
	await room.openMeeting();
	room.startBox({
		microphones: [{ input: `file:${sound}` }], 'camera.input': `file:${picture}`, 'camera.fps': FPS, 'keep.directory': kept,
	});
	await until('the room is recorded', () => session() && segments(session(), 'room-1').length > 0 && segments(session(), 'room-1', 'camera').length > 0, { limit: 60_000, every: 200 });
	await sleep(BEFORE_S * 1000);
	const times = await room.outage(PULLED_S * 1000, 120_000);
	const [pulled, plugged, delivered] = [times.pulled, times.plugged, times.delivered].map(since);
	await sleep(BEFORE_S * 1000);
	assert.deepEqual(readdirSync(kept), []);
	await room.endBox();
	await room.seal(120_000);

	const within = assertWhole(spoken(session(), 'room-1'), pulled - EDGE_S, plugged + EDGE_S, { steady: true, gap: 0.032 });
	assert.ok(within.length >= PULLED_S + EDGE_S, `${within.length} words`);
	const seen = shown(session(), 'room-1').filter(({ number }) => number >= 0); // the rest is coarse: the line was not known yet
	seen.slice(1).forEach(({ number }, i) => assert.ok(number > seen[i].number, JSON.stringify([seen[i], seen[i + 1]])));
	const late = seen.filter((one) => one.delivered);
	assert.ok(late.length > 0);
	const judged = verify(session());
	assert.deepEqual([judged.status, judged.problems], [0, []], JSON.stringify(judged));
	assert.deepEqual(room.rostrum.faults(), []);
	const spacing = within.slice(1).map(({ number, at }, i) => 1000 * (at - within[i].at - (number - within[i].number)));
	t.diagnostic(`measured: ${within.length} numbered seconds around ${(plugged - pulled).toFixed(1)} s without a line heard back, each once; apart 1 s and ${Math.min(...spacing).toFixed(1)} to ${Math.max(...spacing).toFixed(1)} ms; delivered ${(delivered - plugged).toFixed(1)} s after the line was back`);
	t.diagnostic(`measured: ${late.length} pictures delivered, the first ${(late[0].at - pulled).toFixed(1)} s after the cable was pulled`);
});
