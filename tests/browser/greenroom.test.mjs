// The green room with real lines: who is about to be called sees how they look and sound, the podium sees whether each is ready, and the
// place changes as the list moves.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { participate } from '../support/browsers.mjs';
import { join } from '../support/page.mjs';
import { startRostrum } from '../support/rostrum.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 240_000 };
let rostrum;
let chair;
let KEN;
let FRA; // without a camera
let BRA; // a page without a browser: no media at all

before(async () => {
	rostrum = await startRostrum();
	[chair, KEN, FRA, BRA] = await Promise.all([participate(rostrum, 'chair', { camera: false }), participate(rostrum, 'KEN'), participate(rostrum, 'FRA', { camera: false }), join(rostrum, 'BRA')]);
	await chair.click('open-meeting');
}, LIMIT);
after(async () => {
	BRA?.close();
	await Promise.all([chair, KEN, FRA].map((one) => one?.close()));
	await rostrum?.stop();
	rostrum?.remove();
});

const part = (testid, more = '') => `[data-testid="${testid}"]${more}`;
const place = (one) => one.page.evaluate((selector) => document.querySelector(selector)?.dataset.place ?? null, part('green-room'));
const checks = (one) => one.page.evaluate((selector) => Object.fromEntries([...document.querySelectorAll(selector)].map(({ dataset }) => [dataset.what, dataset.ready])), part('green-check'));
// What the podium says of somebody on the cards of the next three; null: nothing.
const lacks = (badge) => chair.page.evaluate((selector) => document.querySelector(selector)?.dataset.lacks ?? null, `.next-three ${part('ready', `[data-participant="${badge}"]`)}`);

test('nobody is in it before they ask for the floor', LIMIT, async () => {
	assert.equal(await place(KEN), null);
	assert.deepEqual(await chair.page.$$('.next-three'), []);
});

test('the first of the list is next, with picture, level and line', LIMIT, async () => {
	await KEN.click('floor-key');
	await until('KEN to be next', async () => (await place(KEN)) === '1');
	await until('all of it to be ready', async () => Object.values(await checks(KEN)).join() === 'true,true,true');
	assert.deepEqual(Object.keys(await checks(KEN)), ['microphone', 'camera', 'line']);
	await until('its own picture', () => KEN.page.evaluate((selector) => (document.querySelector(selector)?.videoWidth ?? 0) > 0, `${part('green-room')} video`));
	await until('the podium to know', async () => (await lacks('KEN')) === '');
});

test('the podium has the next three in their order, and says what is missing', LIMIT, async () => {
	await FRA.click('floor-key');
	await until('FRA to be second', async () => (await place(FRA)) === '2');
	await BRA.must('ask-for-floor');
	await until('three cards', async () => (await chair.page.$$('.next-three li')).length === 3);
	await until('FRA to lack a camera', async () => (await lacks('FRA')) === 'camera');
	await until('BRA to lack everything', async () => (await lacks('BRA')) === 'microphone camera line');
	assert.equal((await checks(FRA)).camera, 'false');
	const cards = await chair.page.$$eval('.next-three li', (all) => all.map((one) => one.innerText.replaceAll(/\s+/g, ' ')));
	assert.match(cards[0], /^1 Kenya/);
	assert.match(cards[1], /^2 France/);
	assert.match(cards[2], /^3 Brazil/);
});

test('whoever is called leaves it, and the others move up', LIMIT, async () => {
	await chair.give('KEN');
	await until('KEN to be out of it', async () => (await place(KEN)) === null);
	await until('FRA to be next', async () => (await place(FRA)) === '1');
	await until('two cards', async () => (await chair.page.$$('.next-three li')).length === 2);
	await until('nothing more to be said of KEN', async () => (await lacks('KEN')) === null);
	for (const one of [chair, KEN, FRA]) assert.deepEqual(one.errors, []);
});
