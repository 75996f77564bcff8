// A delegate in the meeting room, seen by Chromium: a companion page that sends nothing, the room's box, and somebody remote who
// hears the room only while the companion has the floor.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { events, sessions } from '../support/archive.mjs';
import { Participant, launchChromium, participate } from '../support/browsers.mjs';
import { startRostrum } from '../support/rostrum.mjs';
import { TONES } from '../support/sound.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 240_000 };
const SILENT = -60;
let rostrum;
let chair;
let room;
let KEN; // in the room
let FRA; // remote

before(async () => {
	rostrum = await startRostrum();
	[chair, room, FRA] = await Promise.all(['chair', 'room', 'FRA'].map((who) => participate(rostrum, who)));
	const browser = await launchChromium('KEN');
	const [page] = await browser.pages();
	KEN = new Participant('KEN', browser, page);
	await page.evaluateOnNewDocument(() => {
		window.asked = 0;
		const { mediaDevices } = navigator;
		const ask = mediaDevices.getUserMedia.bind(mediaDevices);
		mediaDevices.getUserMedia = (wishes) => {
			window.asked++;
			return ask(wishes);
		};
	});
	await KEN.join(rostrum.link('KEN'), '&companion');
}, LIMIT);
after(async () => {
	await Promise.all([chair, room, KEN, FRA].filter(Boolean).map((one) => one.close()));
	await rostrum?.stop();
});

const quiet = async (listener, who) => {
	await until(`a second without ${who} at ${listener.who}`, async () => (await listener.loudest(1000))[TONES[who]] < SILENT);
	assert.ok((await listener.loudest(2000))[TONES[who]] < SILENT, `${who} is heard at ${listener.who}`);
};

test('a companion asks for no microphone, sends nothing and is in the room', LIMIT, async () => {
	await until('the chair to see where KEN is', async () => (await chair.view()).participants.KEN.place === 'in-room');
	assert.equal(await KEN.page.evaluate(() => window.asked), 0);
	assert.equal(await KEN.page.evaluate(() => window.rostrum.pc().getSenders().filter(({ track }) => track !== null).length), 0);
	assert.equal((await KEN.stats()).audioSent, 0);
	assert.equal(await chair.attribute('person', 'data-participant', '[data-participant="KEN"]'), 'KEN');
	assert.equal(await KEN.page.$eval('[data-testid="listen"][data-channel="none"]', (choice) => choice.getAttribute('aria-checked')), 'true');
});

test('the room is heard remotely while the companion has the floor, and named after them', LIMIT, async () => {
	await chair.click('open-meeting');
	await until('the session to be open', async () => (await KEN.view()).meeting.state === 'in-session');
	await quiet(FRA, 'room');
	await KEN.click('floor-key');
	await until('KEN on the list', async () => (await chair.view()).list.length === 1);
	await chair.give('KEN');
	await FRA.hears('room');
	await until('FRA to see who it is', async () => (await FRA.view()).floor?.holder === 'KEN' && (await FRA.attribute('speaker', 'data-participant')) === 'KEN');
	await until('the room’s picture under KEN’s name', async () => (await FRA.page.$eval('video[data-testid="picture-speaker"]', (video) => video.parentElement.dataset.shows)) === 'KEN');
	await KEN.page.waitForSelector('[data-testid="floor-key"][data-lamp="speaking"]');
});

test('given to somebody remote, or to nobody, the floor closes the room', LIMIT, async () => {
	await chair.give('FRA');
	await until('the room to hear FRA', () => room.hears('FRA'));
	await quiet(chair, 'room');
	await chair.take();
	await quiet(FRA, 'room');
});

test('the companion listens to a language when asked to, and is silent until then', LIMIT, async () => {
	const silent = () => KEN.page.evaluate(() => window.rostrum.slots().filter(({ kind, feed }) => kind === 'audio' && feed === 'channel-fr').length);
	assert.equal(await silent(), 0);
	await KEN.click('listen', '[data-channel="fr"]');
	await until('French in the audio slots', async () => (await silent()) > 0);
});

test('the record names the person and the room', LIMIT, async () => {
	await chair.twice('close-meeting');
	const session = await until('an archive', () => sessions(rostrum.archive)[0]);
	const given = await until('the floor in the record', () => events(session).find(({ payload }) => payload?.name === 'floor-given' && payload.data.participant === 'KEN'));
	assert.equal(given.payload.data.voice, 'room');
	for (const one of [chair, room, KEN, FRA]) assert.deepEqual(one.errors, [], one.who);
});
