// kill -9 of signaling and of the SFU during a meeting: no acknowledged event is lost, media goes on.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { play, publish } from '../support/clients.mjs';
import { Page, agree, join } from '../support/page.mjs';
import { startRostrum } from '../support/rostrum.mjs';
import { TONES } from '../support/sound.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 180_000 };
let rostrum;
let chair;
let KEN;
let publisher;
let player;

before(async () => {
	rostrum = await startRostrum();
	[chair, KEN] = [await join(rostrum, 'chair'), await join(rostrum, 'KEN')];
	await chair.must('open-meeting');
	publisher = publish(rostrum, 'KEN');
	player = play(rostrum, 'floor');
	await publisher.connected();
	await player.connected();
	await chair.must('give-floor', { participant: 'KEN' });
	await player.hears(TONES.KEN);
}, LIMIT);
after(async () => {
	await Promise.all([publisher, player].map((client) => client?.stop()));
	await rostrum?.stop();
});

const back = (page) => until(`${page.you.id} to be back`, async () => {
	const welcome = await page.open({ resume: page.last });
	return welcome;
}, { limit: 60_000, every: 200 });

test('signaling killed while events pour in: every acknowledged one is there afterwards', LIMIT, async () => {
	const acknowledged = [];
	let pouring = true;
	const pour = (async () => {
		for (let i = 0; pouring; i += 1) {
			const reply = await KEN.command(i % 2 ? 'withdraw' : 'ask-for-floor').catch(() => null);
			if (reply?.ok) acknowledged.push(reply.event);
			else if (!reply) break;
		}
	})();
	await until('fifty acknowledged events', () => acknowledged.length >= 50, { every: 5 });
	const media = Date.now();
	const killing = rostrum.kill('signaling');
	await until('the line to break', () => KEN.closed, { every: 5 });
	pouring = false;
	for (const resolve of KEN.waiting.values()) resolve(null);
	await pour;
	await killing;

	const welcome = await back(KEN);
	assert.ok(welcome.event >= acknowledged.at(-1), `event ${welcome.event}, acknowledged ${acknowledged.at(-1)}`);
	await back(chair);
	await agree(chair, KEN);
	assert.equal(chair.view.floor.holder, 'KEN');

	// Sound that came late on a busy machine came; what did not come is not made up for. Each block is 100 ms of sound.
	const restarted = Date.now();
	const levels = await until('all the sound there was', () => {
		const found = player.levels(TONES.KEN, media);
		const missing = (found.at(-1).at - found[0].at) / 100 - (found.length - 1);
		if (found.at(-1).at < restarted || missing >= 10) throw new Error(`${missing} of ${found.length} blocks are missing`);
		return found;
	});
	assert.ok(levels.every(({ db }) => db > -20), JSON.stringify(levels));
});

test('a command sent again after the restart is not done twice', LIMIT, async () => {
	await KEN.command('withdraw');
	const first = await KEN.must('ask-for-floor', { id: 'over-the-kill' });
	await rostrum.kill('signaling');
	await back(KEN);
	await back(chair);
	assert.equal((await KEN.command('ask-for-floor', { id: 'over-the-kill' })).event, first.event);
	assert.equal(KEN.view.list.filter((entry) => entry.participant === 'KEN').length, 1);
});

test('sfu killed: pages are told of a new media server, and new sessions work at once', LIMIT, async () => {
	const old = chair.view.media.instance;
	await rostrum.kill('sfu');
	await chair.sees('a new instance', (view) => view.media.instance && view.media.instance !== old);
	await Promise.all([publisher, player].map((client) => client.stop()));
	publisher = publish(rostrum, 'KEN');
	player = play(rostrum, 'floor');
	await publisher.connected();
	await player.connected();
	await player.hears(TONES.KEN);
	assert.equal(chair.view.floor.holder, 'KEN');
});

test('with all three killed at once the meeting is as it was', LIMIT, async () => {
	const before = (await rostrum.view()).list;
	await Promise.all(['sfu', 'signaling', 'recorder'].map((name) => rostrum.kill(name)));
	const page = new Page(rostrum.base, rostrum.token('FRA'));
	await until('FRA to join', () => page.open().then(() => true), { every: 200 });
	assert.deepEqual(page.view.list, before);
	assert.equal(page.view.floor.holder, 'KEN');
	await page.sees('recording', (view) => view.recording.state === 'recording');
	assert.deepEqual(rostrum.faults(), []);
});
