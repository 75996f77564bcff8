// A secret ballot on the real pages: the chair's key waits for the ballot papers, three delegates cast, the chair's page is loaded again
// and still knows how many are in the box, and each delegate finds the own ballot in the published list.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { participate } from '../support/browsers.mjs';
import { startRostrum } from '../support/rostrum.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 180_000 };
const VOTES = { FRA: 'yes', KEN: 'no', BRA: 'yes' };
const part = (testid, rest = '') => `[data-testid="${testid}"]${rest}`;
let rostrum;
let chair;
let voters;

before(async () => {
	rostrum = await startRostrum();
	[chair, ...voters] = await Promise.all(['chair', ...Object.keys(VOTES)].map((who) => participate(rostrum, who, { camera: false })));
}, LIMIT);
after(async () => {
	await Promise.all([chair, ...(voters ?? [])].filter(Boolean).map((one) => one.close()));
	await rostrum?.stop();
});

const shows = (one, selector) => one.page.waitForSelector(selector, { timeout: 60_000 });

async function press(voter) {
	const vote = VOTES[voter.who];
	await shows(voter, part('ballot', '[data-state=ready]'));
	await voter.click('choose', `[data-vote=${vote}]`);
	await voter.click('cast-ballot');
	await shows(voter, part('ballot', '[data-state=in-box]'));
}

test('the chair proposes a secret ballot and opens it once the papers are ready', LIMIT, async () => {
	await chair.click('open-meeting');
	await chair.page.locator('rs-decision summary').click();
	await chair.page.locator(part('proposal-text')).fill('Election of the rapporteur');
	await chair.page.select(part('proposal-mode'), 'secret');
	await chair.click('propose-decision');
	await shows(chair, part('ballot-key', '[data-state=ready]'));
	assert.equal(await chair.text('ballot-key'), '');
	await chair.click('open-voting');
	await shows(chair, part('in-box', '[data-count="0"]'));
});

test('ballots go into the box, and a chair whose page is loaded again sees how many', LIMIT, async () => {
	await Promise.all(voters.map(press));
	await shows(chair, part('in-box', '[data-count="3"]'));
	await chair.page.reload();
	await chair.click('join');
	await shows(chair, part('in-box', '[data-count="3"]'));
	const { yes, no, issued } = (await chair.view()).decision;
	assert.deepEqual([yes ?? 0, no ?? 0], [0, 0], 'nobody knows how it stands');
	assert.deepEqual([...issued].sort(), Object.keys(VOTES).sort());
});

test('each delegate finds the own ballot in the published list', LIMIT, async () => {
	await chair.twice('lock-voting');
	for (const voter of voters) await shows(voter, part('own-ballot', '[data-state=counted]'));
	await chair.click('proclaim');
	for (const one of [chair, ...voters]) await until(`${one.who} to see the outcome`, async () => (await one.view()).decision?.outcome === 'adopted');
	const { yes, no, ballots } = (await chair.view()).decision;
	assert.deepEqual([yes, no], [2, 1]);
	assert.deepEqual(Object.values(ballots).sort(), ['no', 'yes', 'yes']);
	assert.deepEqual([chair, ...voters].flatMap(({ errors }) => errors), []);
});
