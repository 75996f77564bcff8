// What a room said by marks.mjs, put together from all files of its microphone on the session's time, whenever they came: heard by decoding them,
// and held against the times of their blocks.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { events } from './archive.mjs';
import { hearIn, see } from './marks.mjs';
import { decode, RATE } from './sound.mjs';

const NEAR_S = 0.008; // two blocks of 20 ms so close to one another are the same sound twice
const AWRY_S = 0.004; // a word may begin in one file and end in another: its halves are put where their times say, to this

const WORD_S = 0.75; // of a second (marks.h)
const EDGE_S = 0.05;

// Segments of a source: [{ path, t0, delivered }], t0 in seconds of session time.
export function segments(session, source, media = 'microphone') {
	return events(session).filter(({ type, payload }) => type === 'segment-opened' && payload.track === source && payload.media === media)
		.map(({ payload }) => ({ path: join(session, 'data', `${payload.file}.webm`), t0: payload.t0_ms / 1000, delivered: Boolean(payload.delivered) }));
}

const times = ({ path, t0 }) => String(spawnSync('ffprobe', ['-v', 'error', '-show_entries', 'packet=pts_time', '-of', 'csv=p=0', path], { maxBuffer: 1 << 28 }).stdout)
	.split('\n').map(parseFloat).filter(Number.isFinite).map((at) => at + t0);

// { heard, blocks, seams }: heard = [{ number, at }], at in seconds of session time, as blocks and seams are; a seam is where what was delivered
// late begins or ends. Fails where a block is there twice.
export function spoken(session, source) {
	const all = segments(session, source).map((one) => ({ ...one, blocks: times(one) }));
	const blocks = all.flatMap((one) => one.blocks).sort((a, b) => a - b);
	const doubled = blocks.filter((at, i) => i > 0 && at - blocks[i - 1] < NEAR_S);
	assert.deepEqual(doubled, [], 'blocks are there twice');
	const mixed = new Float32Array(Math.ceil((blocks.at(-1) + 2) * RATE));
	for (const one of all) decode(one.path, { gap: AWRY_S }).forEach((sample, i) => { mixed[Math.round(one.t0 * RATE) + i] += sample; });
	const seams = all.filter(({ delivered }) => delivered).flatMap((one) => [one.blocks[0], one.blocks.at(-1)]);
	return { heard: hearIn(mixed), blocks, seams };
}

// A word of which one half lies in one file and one in another is not always heard, since each file is decoded for itself: there the blocks tell.
const isCut = (at, { seams }) => seams.some((seam) => seam > at - EDGE_S && seam < at + WORD_S + EDGE_S);

const BLOCK_S = 0.02;
const GAP_S = 0.05; // between the times of two blocks that are not next to one another

// By how much the box itself stood still between two words that were heard, in seconds: it goes on with what it had not said (but for a part, where it
// stood for long), so that words come later. Where something is missing they do not.
const late = (before, after) => Math.max(0, after.at - before.at - (after.number - before.number));

// The gaps between blocks within a time, in seconds.
const gaps = ({ blocks }, from, to) => blocks.slice(1).map((at, i) => ({ at, gap: at - blocks[i] - BLOCK_S })).filter(({ at, gap }) => at > from && at < to && gap > GAP_S).map(({ gap }) => gap);

// A word during which the box stood still is not heard: one for each gap, where the words behind it are late.
function stoodStill(before, after, said) {
	const found = gaps(said, before.at, after.at);
	return found.length >= after.number - before.number - 1 && late(before, after) > 2 * GAP_S && found.reduce((sum, gap) => sum + gap, 0) > late(before, after) - GAP_S;
}

// For how long the box stood still while these words were said, in seconds.
export const standing = (words) => words.slice(1).reduce((sum, word, i) => sum + late(words[i], word), 0);

// The numbers heard between two times follow one another, each once and each a second behind the one before, and at no seam there is a gap of
// more than `gap` seconds; returns the numbers. A box that itself stood still for a moment went on with the next word then, so only that is asked
// where `steady` is false.
export function assertWhole(said, from, to, { steady = false, gap = 0.1 } = {}) {
	const within = said.heard.filter(({ at }) => at >= from && at <= to);
	const what = () => JSON.stringify({ within, seams: said.seams });
	within.slice(1).forEach(({ number, at }, i) => {
		const steps = number - within[i].number;
		assert.ok(steps === 1 || (steps === 2 && isCut(within[i].at + 1, said)) || (steps > 1 && !steady && stoodStill(within[i], { number, at }, said)), what());
		if (steady) assert.ok(Math.abs(at - within[i].at - steps) <= 0.03, what());
	});
	for (const seam of said.seams.filter((at) => at >= from && at <= to)) {
		const at = said.blocks.indexOf(seam);
		const [before, after] = [said.heard.findLast((word) => word.at < seam - 1), said.heard.find((word) => word.at > seam + 1)];
		const stood = before && after && !steady ? late(before, after) : 0;
		for (const next of [at, at + 1]) assert.ok(next === 0 || next === said.blocks.length || said.blocks[next] - said.blocks[next - 1] <= gap + stood, `${said.blocks.slice(Math.max(0, next - 3), next + 3)} at a seam`);
	}
	return within;
}

// Pictures of a source by their times: [{ number, at, delivered }].
export function shown(session, source) {
	return segments(session, source, 'camera').flatMap(({ path, t0, delivered }) => see(path).map(({ number, at }) => ({ number, at: at + t0, delivered })))
		.sort((a, b) => a.at - b.at);
}
