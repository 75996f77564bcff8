// A motion to adjourn the debate, moved while Kenya speaks and interrupted by a point of order: all come back in their order, and
// Kenya's time with them. The chair uses keys alone.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { participate } from '../support/browsers.mjs';
import { startRostrum } from '../support/rostrum.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 240_000 };
let rostrum;
let chair;
let KEN;
let FRA;

before(async () => {
	rostrum = await startRostrum();
	[chair, KEN, FRA] = await Promise.all(['chair', 'KEN', 'FRA'].map((who) => participate(rostrum, who, { camera: false })));
}, LIMIT);
after(async () => {
	await Promise.all([chair, KEN, FRA].filter(Boolean).map((one) => one.close()));
	await rostrum?.stop();
});

// Each page is told by itself, and none waits for another.
const holds = (who) => Promise.all([chair, KEN, FRA].map((one) => until(`${one.who} to see ${who} have the floor`, async () => (await one.view()).floor?.holder === who)));

test('a motion is raised by two keys while another speaks, and taken up by one', LIMIT, async () => {
	await chair.click('open-meeting');
	await until('the session to be open', async () => (await KEN.view()).meeting.state === 'in-session');
	await KEN.click('floor-key');
	await until('KEN on the list', async () => (await chair.view()).list.length === 1);
	await chair.give('KEN');
	await FRA.click('raise-motion');
	await FRA.click('kind-of-motion', '[data-motion="adjourn-debate"]');
	await until('the motion to wait', async () => (await chair.view()).motions.waiting.length === 1);
	assert.equal((await chair.view()).floor.holder, 'KEN');
	await chair.page.waitForSelector('[data-testid="motion-take-up-motion"]');
	await chair.press('n');
	await holds('FRA');
	await chair.page.waitForSelector('[data-testid="motion"][data-motion="adjourn-debate"]');
	assert.equal((await KEN.view()).motions.pending[0].interrupted, 'KEN');
});

test('a point of order interrupts the motion, which comes back with its time', LIMIT, async () => {
	await KEN.twice('raise-point');
	await chair.page.waitForSelector('[data-testid="hear-point"]');
	await chair.press('o');
	await holds('KEN');
	const { used } = (await chair.view()).floor;
	assert.equal(used ?? 0, 0);
	await chair.click('reject');
	await chair.page.waitForSelector('[data-testid="settle-point"]');
	await chair.press('o');
	await holds('FRA');
	const floor = (await chair.view()).floor;
	assert.ok(floor.used > 0 && floor.since > 0, 'the mover goes on with the time that was left');
});

test('whoever asked is heard against it, then it is put, and the first speaker goes on', LIMIT, async () => {
	await KEN.click('speak-on-motion', '[data-side="against"]');
	await chair.page.waitForSelector('[data-testid="motion-give-floor"]');
	assert.equal(await chair.page.$('[data-testid="put-question"]'), null, 'nobody puts it before those who asked were heard');
	await chair.press('n');
	await holds('KEN');
	await chair.click('put-question', '[data-mode="consensus"]');
	await until('the question', async () => (await KEN.view()).decision?.subject === 'motion');
	await chair.page.waitForSelector('[data-testid="proclaim"]');
	await chair.press('d');
	await chair.page.waitForSelector('[data-testid="proclaim"].armed');
	await chair.press('d');
	await until('the debate to be adjourned', async () => (await KEN.view()).inscription.debate === 'adjourned');
	await holds('KEN');
	const { floor, motions } = await KEN.view();
	assert.equal(motions.pending.length, 0);
	assert.ok(floor.entry > 0 && floor.used > 0, 'the statement from the list goes on');
	await FRA.page.waitForSelector('[data-testid="debate"][data-debate="adjourned"]');
	assert.deepEqual([...chair.errors, ...KEN.errors, ...FRA.errors], []);
});
