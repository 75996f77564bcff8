// Two hundred changes of floor in a minute (sixty where all suites run), while the server carries other media: what a Chromium player sees and hears of them.
// Beside it plays one whose sound never changes its source, the French channel with its desk live.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { dirname, join as joinPath } from 'node:path';
import test, { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { browserClients } from '../support/browser_client.mjs';
import { atLength } from '../support/length.mjs';
import { join } from '../support/page.mjs';
import { startRostrum } from '../support/rostrum.mjs';
import { stallsOf, watchStalls, without } from '../support/stalls.mjs';
import { sleep, until } from '../support/wait.mjs';

const LIMIT = { timeout: 240_000 };
const SWITCHES = atLength(200, 60);
const EVERY_MS = 250;
const FROZEN_MS = 500;
const APART_MS = 60; // of the mean delays in the jitter buffers of the switched and of the other sound
const CONCEALED = 0.04; // of all samples: half a packet of 20 ms a switch, as the next speaker's packets do not wait for the place of the last one's
const SPEAKERS = { KEN: { hz: 500, colour: [230, 30, 30] }, FRA: { hz: 700, colour: [30, 30, 230] } };
let rostrum;
let publishers;
let players;
let load;
const pages = {};

before(async () => {
	rostrum = await startRostrum();
	for (const who of ['chair', 'fr-1', ...Object.keys(SPEAKERS)]) pages[who] = await join(rostrum, who);
	[publishers, players] = await Promise.all([browserClients('chromium', rostrum), browserClients('chromium', rostrum)]);
}, LIMIT);
after(async () => {
	load?.kill();
	for (const page of Object.values(pages)) page.close();
	await Promise.all([publishers, players].map((browser) => browser?.close()));
	await rostrum?.stop();
});

// Other media through the same server.
function carry(listeners) {
	const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
	const program = joinPath(process.env.ROSTRUM_BUILD ?? joinPath(root, 'build'), 'tools/loadgen/rostrum-load');
	load = spawn(program, ['--base', rostrum.base, '--token', rostrum.tokens.technician, '--players', String(listeners), '--video', '300000', '--duration', '170'], { stdio: 'ignore' });
}

// When each picture was shown, in ms of wall-clock time, from now on.
const watch = (player) => player.page.evaluate((at) => {
	const { video } = window.peers[at];
	window.shown = [];
	const frame = (now) => (window.shown.push(performance.timeOrigin + now), video.requestVideoFrameCallback(frame));
	video.requestVideoFrameCallback(frame);
}, player.at);

const inbound = (player) => player.page.evaluate(async (at) => {
	const found = {};
	for (const one of (await window.peers[at].pc.getStats()).values()) if (one.type === 'inbound-rtp') found[one.kind] = one;
	return found;
}, player.at);

const delay = (from, to) => (1000 * (to.jitterBufferDelay - from.jitterBufferDelay)) / (to.jitterBufferEmittedCount - from.jitterBufferEmittedCount);
const concealed = (from, to) => {
	const part = (one) => one.concealedSamples - one.silentConcealedSamples;
	return (part(to) - part(from)) / (to.totalSamplesReceived - from.totalSamplesReceived);
};

test(`${SWITCHES} changes of floor freeze no picture, break no decoder and leave the jitter buffer alone`, LIMIT, async (t) => {
	for (const [who, media] of Object.entries(SPEAKERS)) await (await publishers.publish(who, { token: rostrum.token(who), meeting: 'demo', ...media })).connected();
	await (await publishers.publish('fr-1', { token: rostrum.token('fr-1'), meeting: 'demo', hz: 900, colour: [0, 0, 0] })).connected();
	await pages.chair.must('open-meeting');
	await pages['fr-1'].must('go-live', { channel: 'fr' });
	await pages.chair.must('give-floor', { participant: 'KEN' });
	const options = { token: rostrum.tokens.viewer, meeting: 'demo' };
	const switched = await players.play('floor', options);
	const control = await players.play('channel-fr', options);
	await switched.hears(SPEAKERS.KEN.hz, { limit: 60_000 });
	await control.hears(900, { limit: 60_000 });
	await until('a picture', () => switched.picture());
	carry(20);
	await sleep(8000); // buffers settle after the start

	const from = [await inbound(switched), await inbound(control)];
	await watchStalls(players.page, publishers.page);
	await watch(switched);
	for (let i = 1; i <= SWITCHES; i += 1) {
		const next = sleep(EVERY_MS);
		await pages.chair.must('give-floor', { participant: i % 2 === 1 ? 'FRA' : 'KEN' });
		await next;
	}
	const shown = await players.page.evaluate(() => window.shown);
	const to = [await inbound(switched), await inbound(control)];

	const stalls = await stallsOf(players.page, publishers.page);
	const gaps = shown.slice(1).map((now, i) => without(stalls, shown[i], now)).sort((a, b) => a - b);
	const stood = stalls.reduce((sum, [from, to]) => sum + to - from, 0);
	const video = (name) => to[0].video[name] - from[0].video[name];
	const delays = to.map(({ audio }, i) => delay(from[i].audio, audio));
	const hidden = to.map(({ audio }, i) => concealed(from[i].audio, audio));
	t.diagnostic(`measured: ${SWITCHES} switches: longest time without a new picture ${gaps.at(-1).toFixed(0)} ms (95 %: ${gaps[Math.floor(gaps.length * 0.95)].toFixed(0)} ms, the browsers stood still for ${stood.toFixed(0)} ms), ` +
		`${video('freezeCount')} freezes as Chromium counts them, ${video('keyFramesDecoded')} key frames, ${video('pliCount')} requests by the player, ${video('framesDropped')} pictures dropped, ` +
		`jitter buffer ${delays[0].toFixed(0)} ms (not switched: ${delays[1].toFixed(0)} ms), concealed ${(100 * hidden[0]).toFixed(2)} % (${(100 * hidden[1]).toFixed(2)} %)`);
	// A busy machine stalls programs now and then, and not only those that are watched; what a switch froze would be among each dozen pictures.
	const frozen = gaps[Math.floor(gaps.length * 0.99)];
	assert.ok(frozen <= FROZEN_MS, `${frozen} ms without a new picture`);
	assert.ok(video('keyFramesDecoded') >= SWITCHES * 0.8, 'a key frame a switch');
	assert.ok(video('pliCount') <= 2, 'the decoder asked for no key frame');
	assert.ok(delays[0] <= Math.max(delays[1], 40) + APART_MS, `${delays} ms`);
	assert.ok(hidden[0] <= hidden[1] + CONCEALED, `${hidden}`);
	const last = await switched.picture();
	await until('the picture to move on', async () => (await switched.picture()).counter !== last.counter);
});
