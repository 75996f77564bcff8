// The first hybrid meeting, seen and heard by Chromium: chair, two delegates, a French interpreter; then what lies in the archive.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { chainFaults, essence, events, faultsOf, sessions } from '../support/archive.mjs';
import { participate } from '../support/browsers.mjs';
import { startRostrum } from '../support/rostrum.mjs';
import { TONES, decode, stretches } from '../support/sound.mjs';
import { sleep, until } from '../support/wait.mjs';

const LIMIT = { timeout: 240_000 };
const SILENT = -60;
const LEAK = -40; // in the record: one packet of another's tone is about -32 dB, the edge of one's own tone, cut by the gate, up to -44 dB
const APART = -45; // of one tone while another is heard: a decoder that stretches time spreads a loud one a little
const GATE_LIMIT_US = 50_000;
const CREEP_LIMIT_MS = 50;
let rostrum;
let chair;
let KEN;
let FRA;
let booth; // fr-1
let all;

before(async () => {
	rostrum = await startRostrum();
	all = await Promise.all(['chair', 'KEN', 'FRA', 'fr-1'].map((who) => participate(rostrum, who)));
	[chair, KEN, FRA, booth] = all;
}, LIMIT);
after(async () => {
	await Promise.all((all ?? []).map((one) => one.close()));
	await rostrum?.stop();
});

const holder = async (page) => (await page.view()).floor?.holder ?? null;
// What the others hear while one page sends two seconds of sound and more.
async function heardWhile(sender, listeners) {
	const { audioSent } = await sender.stats();
	const heard = [];
	await until(`${sender.who} to send`, async () => {
		heard.push(...(await Promise.all(listeners.map((one) => one.loudest(3000)))));
		return (await sender.stats()).audioSent > audioSent + 100;
	});
	return heard;
}
const quiet = (levels, who) => assert.ok(levels[TONES[who]] < SILENT, `${who}'s tone is at ${levels[TONES[who]]} dB`);

test('each sees who is present and that nobody has the floor', LIMIT, async () => {
	for (const one of all) {
		await until(`${one.who} to see the others`, async () => {
			const { participants } = await one.view();
			return all.every(({ who }) => participants[who]?.present && participants[who].line === 'connected');
		});
		assert.equal(await holder(one), null);
	}
});

test('one connection each, with one offer and one answer', LIMIT, async () => {
	for (const one of all) assert.deepEqual(await one.counters(), { connections: 1, offers: 1, answers: 1, iceRestarts: 0, local: 1, remote: 1 }, one.who);
});

test('without the floor a tone reaches nobody while its page goes on sending', LIMIT, async () => {
	await chair.click('open-meeting');
	await until('the session to be open', async () => (await KEN.view()).meeting.state === 'in-session');
	const heard = await heardWhile(KEN, [chair, FRA, booth]);
	for (const levels of heard) for (const who of ['KEN', 'FRA', 'chair', 'fr-1']) quiet(levels, who);
});

test('requests stand in order on the chair’s page', LIMIT, async () => {
	await KEN.click('floor-key');
	await until('KEN on the list', async () => (await chair.view()).list.length === 1);
	await FRA.click('floor-key');
	const shown = () => chair.page.$$eval('[data-testid="list"] [data-testid="entry"]', (entries) => entries.map((entry) => entry.getAttribute('data-participant')));
	await until('both on the chair’s list', async () => String(await shown()) === 'KEN,FRA');
});

// From the gate's opening by the present grant of the floor to the first packet through it, in us.
async function gateLatency(who) {
	const gate = await until('the gate’s latency', async () => {
		// The clock stands while a browser that stood still is taken for lost; the grant then counts from when it is back.
		const { since } = (await chair.view()).floor;
		return since && (await rostrum.nodes()).gates?.find((one) => one.source === who && one.first_us / 1000 >= since);
	});
	assert.ok(gate.first_us >= gate.opened_us);
	return gate.first_us - gate.opened_us;
}

test('the floor opens the microphone in the media server within 50 ms, and all hear and see', LIMIT, async (t) => {
	await chair.give('KEN');
	await Promise.all([chair, FRA, booth].map((one) => one.hears('KEN')));
	assert.ok((await KEN.loudest(500))[TONES.KEN] < SILENT, 'nobody hears themselves');
	let latency = await gateLatency('KEN');
	const measured = [latency];
	// What is measured ends with the publisher's next packet, and a browser on a busy machine stalls: the server is as fast as the fastest of five.
	while (latency > GATE_LIMIT_US && measured.length < 5) {
		await chair.take();
		await chair.give('KEN');
		measured.push(await gateLatency('KEN'));
		latency = Math.min(...measured);
	}
	t.diagnostic(`measured: floor given to first packet forwarded ${measured.map((us) => (us / 1000).toFixed(1)).join(', ')} ms`);
	assert.ok(latency <= GATE_LIMIT_US, `${measured} us`);
	for (const one of [chair, FRA, booth]) await until(`KEN's picture at ${one.who}`, async () => (await one.picture('speaker'))?.who === 'KEN');
	const first = await FRA.picture('speaker');
	await until('the frame counter to move', async () => (await FRA.picture('speaker')).counter !== first.counter);
});

test('taken away, the gate closes although the page goes on sending', LIMIT, async () => {
	await chair.take();
	// What lies in jitter buffers is still played; on a busy machine that is more than a second.
	for (const one of [chair, FRA, booth]) await until(`a second of silence at ${one.who}, once what was on its way is played`, async () => (await one.loudest(1000))[TONES.KEN] < SILENT);
	const heard = await heardWhile(KEN, [chair, FRA, booth]);
	for (const levels of heard) quiet(levels, 'KEN');
});

test('with nobody live in French, French listeners hear the floor', LIMIT, async () => {
	await FRA.click('listen', '[data-channel="fr"]');
	await chair.give('KEN');
	await FRA.hears('KEN');
	await booth.hears('KEN');
});

test('a live interpreter is heard by French listeners alone', LIMIT, async () => {
	await booth.click('desk-key');
	await until('the desk to be live', async () => (await FRA.view()).channels.fr.desk === 'fr-1');
	await Promise.all([FRA.hearsAlone('fr-1', APART), chair.hearsAlone('KEN', APART), booth.hearsAlone('KEN', APART)]);
	await FRA.click('listen', '[data-channel="floor"]');
	await FRA.hears('KEN');
});

// Mean delay of the jitter buffer of each one's first audio slot over three seconds, in ms.
async function delays(...pages) {
	const read = async () => (await Promise.all(pages.map((one) => one.stats()))).map(({ slots }) => slots[0]);
	const from = await read();
	await sleep(3000);
	return (await read()).map((to, i) => (1000 * (to.jitterBufferDelay - from[i].jitterBufferDelay)) / (to.jitterBufferEmittedCount - from[i].jitterBufferEmittedCount));
}

// The buffer of `one`, whose source is switched, grows no more than that of `control`, whose is not. A busy machine makes
// both grow and shrink, so a growth must last over three measurements to count.
async function doesNotCreep(t, one, control, change) {
	const before = await delays(one, control);
	await change();
	let after;
	for (let tries = 0; tries < 3; tries += 1) {
		after = await delays(one, control);
		if (after[0] - before[0] < Math.max(after[1] - before[1], 0) + CREEP_LIMIT_MS) break;
	}
	const text = (values) => values.map((value) => `${value.toFixed(1)} ms`).join(' and ');
	t.diagnostic(`measured: jitter buffers of ${one.who} and ${control.who} ${text(before)} before, ${text(after)} after`);
	assert.ok(after[0] - before[0] < Math.max(after[1] - before[1], 0) + CREEP_LIMIT_MS, `${text(before)}, then ${text(after)}`);
}

test('ten changes of floor negotiate nothing and the delay does not creep', LIMIT, async (t) => {
	await FRA.click('listen', '[data-channel="fr"]');
	await FRA.hears('fr-1');
	await doesNotCreep(t, booth, FRA, async () => {
		for (let i = 0; i < 10; i += 1) {
			const who = i % 2 ? 'KEN' : 'FRA';
			await chair.give(who);
			await booth.hears(who);
		}
	});
});

test('ten changes of language negotiate nothing and the delay does not creep', LIMIT, async (t) => {
	const connection = await FRA.page.evaluateHandle(() => window.rostrum.pc());
	await doesNotCreep(t, FRA, chair, async () => {
		for (let i = 0; i < 10; i += 1) {
			await FRA.click('listen', `[data-channel="${i % 2 ? 'fr' : 'floor'}"]`);
			await FRA.hears(i % 2 ? 'fr-1' : 'KEN');
		}
	});
	assert.ok(await FRA.page.evaluate((old) => old === window.rostrum.pc(), connection), 'the same connection');
	for (const one of all) assert.deepEqual(await one.counters(), { connections: 1, offers: 1, answers: 1, iceRestarts: 0, local: 1, remote: 1 }, one.who);
});

test('no page threw', LIMIT, () => {
	for (const one of all) assert.deepEqual(one.errors, [], one.who);
});

test('the archive of the sitting is whole, plays, and holds what was said', LIMIT, async () => {
	await chair.take();
	assert.equal((await rostrum.http('POST', '/api/meetings/demo/close', { token: rostrum.tokens.secretariat })).status, 200);
	const [directory] = sessions(rostrum.archive);
	const names = () => essence(directory);
	await until('the files to be finished', () => names().length >= 3 && names().every((path) => faultsOf(path).length === 0), { limit: 60_000, every: 1000 });
	const sound = (part) => names().filter((path) => path.includes(part) && path.endsWith('.a.webm')).map(decode);
	const spoken = sound('KEN').flatMap((samples) => stretches(samples, TONES.KEN));
	assert.ok(spoken.reduce((sum, { from, to }) => sum + to - from, 0) > 5, `KEN spoke at ${JSON.stringify(spoken)}`);
	for (const samples of sound('KEN')) for (const who of ['FRA', 'chair', 'fr-1']) assert.deepEqual(stretches(samples, TONES[who], LEAK), [], who);
	const french = sound('fr');
	assert.ok(french.some((samples) => stretches(samples, TONES['fr-1']).length > 0), 'the interpreter is in the French channel');
	assert.ok(french.some((samples) => stretches(samples, TONES.KEN).length > 0), 'the floor passed through before');
	for (const samples of sound('FRA')) for (const who of ['KEN', 'chair', 'fr-1']) assert.deepEqual(stretches(samples, TONES[who], LEAK), [], who);
	assert.ok(!names().some((path) => path.includes('/chair.') && path.endsWith('.a.webm')), 'the chair’s microphone was never open');
	const written = events(directory).filter((line) => line.type === 'meeting').map((line) => line.payload.name);
	assert.equal(written[0], 'meeting-opened');
	assert.ok(written.slice(-2).includes('meeting-closed'), String(written)); // 'recording-stopped' may follow
	assert.ok(written.filter((name) => name === 'floor-given').length >= 12, String(written));
	assert.deepEqual(chainFaults(directory), []);
});
