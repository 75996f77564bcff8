// A list of speakers on the real pages, from inscription in advance to lots and its end. The draw is worked out again here, from the log alone.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test, { after, before } from 'node:test';
import { participate } from '../support/browsers.mjs';
import { join } from '../support/page.mjs';
import { startRostrum } from '../support/rostrum.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 240_000 };
let rostrum;
let chair;
let secretary;
let KEN;
let FRA;
let everybody;
let log; // a page without a browser, that keeps what it is told

before(async () => {
	rostrum = await startRostrum();
	everybody = await Promise.all(['chair', 'secretariat', 'KEN', 'FRA'].map((who) => participate(rostrum, who, { camera: false })));
	[chair, secretary, KEN, FRA] = everybody;
	log = await join(rostrum, 'technician');
}, LIMIT);
after(async () => {
	log?.close();
	await Promise.all((everybody ?? []).map((one) => one.close()));
	await rostrum?.stop();
});

const order = ({ list }) => list.map(({ participant }) => participant).join();
const stands = (wanted) => Promise.all(everybody.map((one) => until(`${one.who} to see ${wanted}`, async () => order(await one.view()) === wanted)));
const sha256 = (data) => createHash('sha256').update(data).digest('hex');
// Not what orders the presses of an opening.
const told = (name) => until(name, () => log.events.find((event) => event.name === name && !event.data.window)?.data);

test('inscribed in advance, both are on the list as the item is taken up', LIMIT, async () => {
	await chair.click('open-meeting');
	for (const one of [KEN, FRA]) {
		await until('the session to be open', async () => (await one.view()).meeting.state === 'in-session');
		await one.click('advance', ' summary');
		await one.click('advance-item', '[data-item="2"] [data-testid="advance-ask"]');
		await one.page.waitForSelector('[data-testid="advance-item"][data-item="2"] [data-testid="advance-place"]');
	}
	await chair.page.waitForFunction(() => document.querySelector('[data-testid="agenda-item"][data-item="2"] [data-testid="inscribed"]')?.textContent.includes('2'));
	await chair.click('agenda-item', '[data-item="2"] [data-testid="take-up"]');
	await stands('KEN,FRA');
});

test('two delegations change places by consent', LIMIT, async () => {
	const { entry } = (await FRA.view()).list[0];
	await FRA.page.select('[data-testid="swap-with"]', String(entry));
	await FRA.click('offer-swap', '[aria-disabled="false"]');
	await KEN.click('accept-swap');
	await stands('FRA,KEN');
});

test('who is called and not there is set aside by a key, and put back by another', LIMIT, async () => {
	await chair.press('x', '[data-testid="entry"][data-participant="FRA"]');
	await stands('KEN');
	await secretary.page.waitForSelector('[data-testid="skipped"] [data-participant="FRA"]');
	await secretary.press('b', '[data-testid="requeue-next"]');
	await stands('FRA,KEN');
	assert.deepEqual((await chair.view()).skipped ?? [], []);
});

test('lots are announced, drawn with a word of the room, and found right by every page', LIMIT, async () => {
	// Who changed places, or was put back, keeps the place whatever is drawn; so both ask anew.
	await Promise.all([KEN, FRA].map((one) => one.twice('floor-key')));
	await stands('');
	for (const one of [FRA, KEN]) await one.click('floor-key');
	await until('both to wait', async () => (await secretary.view()).list.length === 2);
	// While the presses of the opening wait for their order there is no other draw.
	await until('the presses to be ordered', async () => {
		const { window } = (await secretary.view()).inscription;
		return !window || Date.now() > window;
	});
	await secretary.press('l', '[data-testid="announce-lots"]');
	const { commitment, draw } = await told('lots-announced');
	await secretary.page.waitForSelector('[data-testid="commitment"]');
	assert.ok((await secretary.text('commitment')).includes(commitment));
	await secretary.page.type('[data-testid="lots-word"]', 'ocean-81');
	await secretary.twice('draw-lots');
	const drawn = await told('lots-drawn');
	assert.equal(drawn.draw, draw);
	assert.equal(drawn.word, 'ocean-81');
	assert.equal(sha256(Buffer.from(drawn.seed, 'hex')), commitment);
	const lot = (delegation) => sha256(`${drawn.seed}:ocean-81:${delegation}`).slice(0, 16);
	await stands(['FRA', 'KEN'].sort((a, b) => (lot(a) < lot(b) ? -1 : 1)).join());
	for (const one of everybody) {
		// It says so once it has counted.
		await until(`${one.who} to find it right`, async () => (await one.attribute('drawn', 'data-result')) === 'right');
	}
	assert.ok((await KEN.text('drawn')).includes(lot('KEN')));
});

test('closed, the list takes nobody in; with nobody left it is exhausted, and the debate declared ended', LIMIT, async () => {
	await chair.twice('close-list');
	await Promise.all([KEN, FRA].map((one) => one.twice('floor-key')));
	await stands('');
	await until('the keys to ask to be gone', async () => (await Promise.all([KEN, FRA].map((one) => one.attribute('floor-key', 'data-does')))).every((does) => !does));
	await chair.twice('end-list');
	await until('the list to be ended', async () => (await FRA.view()).inscription.state === 'ended');
	await chair.page.waitForSelector('[data-testid="end-list"]', { hidden: true });
	assert.deepEqual(everybody.flatMap(({ errors }) => errors), []);
});
