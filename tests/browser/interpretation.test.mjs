// Two booths of two desks at work on the real pages: relay from French into Arabic, handover, a desk that is killed, what booths say
// to the chair. Consoles by keys alone. What is heard is told from its tone; how the server switches, packet by packet, is
// measured in integration/sfu_channels.c and unit/sfu.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { installChanges } from '../support/changes.mjs';
import { launchChromium, Participant } from '../support/browsers.mjs';
import { Page } from '../support/page.mjs';
import { startRostrum } from '../support/rostrum.mjs';
import { stallsOf, watchStalls, without } from '../support/stalls.mjs';
import { TONES } from '../support/sound.mjs';
import { mint, payloadOf } from '../support/token.mjs';
import { sleep, until } from '../support/wait.mjs';

const LIMIT = { timeout: 240_000 };
const MEETING = 'booths-1';
const APART = -45; // of one tone while another is heard: a decoder that stretches time spreads a loud one a little
const LOST_LIMIT_MS = 2000;
const LATE_MS = 500; // eight pages on two cores show late what they were told in time: this much, or as late as they do all
const HOLE_LIMIT_MS = 100; // a few packets: a decoder's buffer finds its depth anew with another source
const BUFFER_MS = 80; // what a decoder keeps for a good line; more is for a busy machine that sends and plays in fits, and no part of the switch
const TRIES = 4; // what a busy machine delays, it does not delay each time
const interpreter = (id, language) => ({ id, role: 'interpreter', name: `Interpreter ${id}`, languages: [language] });
const delegate = (id, name) => ({ id, role: 'delegate', name, delegation: id });
const CONFERENCE = {
	id: 'booths', title: 'Committee on Information', rules: 'unga',
	languages: [{ id: 'en', name: 'English' }, { id: 'fr', name: 'Français' }, { id: 'ar', name: 'العربية' }],
	booths: [{ language: 'fr', desks: 2 }, { language: 'ar', desks: 2 }],
	delegations: [['KEN', 'Kenya'], ['JPN', 'Japan'], ['FRA', 'France'], ['EGY', 'Egypt']].map(([id, country]) => ({ id, country })),
	meetings: [{
		id: MEETING, title: 'First meeting', mode: 'floor', items: [{ id: '1', title: 'General debate' }],
		badges: [{ id: 'chair', role: 'chair', name: 'Ms. Ingrid Halvorsen, Chair' }, delegate('KEN', 'Ms. Amina Odhiambo'), delegate('JPN', 'Mr. Kenji Watanabe'),
			delegate('FRA', 'Mr. Étienne Moreau'), delegate('EGY', 'Mr. Karim Soliman'),
			interpreter('fr-1', 'fr'), interpreter('fr-2', 'fr'), interpreter('ar-1', 'ar'), interpreter('ar-2', 'ar')],
	}],
};
const PAGES = { chair: 'podium', 'fr-1': 'interpreter', 'fr-2': 'interpreter', 'ar-1': 'interpreter' };
// A browser has one microphone: whoever is heard has one alone, and those who only listen share KEN's.
const BROWSERS = { KEN: ['KEN', 'chair', 'JPN', 'FRA', 'EGY'], 'fr-1': ['fr-1'], 'fr-2': ['fr-2'], 'ar-1': ['ar-1'] };
const LISTENERS = { JPN: 'en', FRA: 'fr', EGY: 'ar' }; // the chair listens to the floor
const LISTEN_KEYS = { floor: '0', en: '1', fr: '2', ar: '3' };
const RELAY_KEYS = { 'fr-1': { ar: '2' }, 'ar-1': { fr: '2' } };
const LANGUAGE_KEYS = { en: '4', fr: '5' };
let rostrum;
let admin;
let ar2; // hears, and speaks to nobody: without a browser
const browsers = {};
const crew = {};
const measured = []; // changes of language

async function tokenOf(badge) {
	const { json } = await rostrum.http('POST', `/api/v1/meetings/${MEETING}/badges/${badge}/token`, { token: admin, type: 'application/json', body: '{}' });
	assert.ok(json.token, badge);
	return json.token;
}

async function enter(browser, badge) {
	const token = await tokenOf(badge);
	const page = await (await browser.createBrowserContext()).newPage();
	await page.evaluateOnNewDocument(installChanges);
	const one = new Participant(badge, browser, page);
	await one.join(`${rostrum.base}/${PAGES[badge] ?? 'delegate'}#${token}`, badge === 'EGY' ? '&lang=ar' : '', { camera: false, microphone: badge in BROWSERS });
	return one;
}

before(async () => {
	rostrum = await startRostrum();
	const { iss, exp } = payloadOf(rostrum.token('KEN'));
	admin = mint(readFileSync(join(rostrum.state, 'token.key'), 'utf8').trim(), { iss, sub: 'admin', role: 'admin', exp });
	const { status, body } = await rostrum.http('POST', '/api/v1/conferences', { token: admin, type: 'application/json', body: JSON.stringify(CONFERENCE) });
	assert.equal(status, 201, body);
	await Promise.all(Object.entries(BROWSERS).map(async ([tone, badges]) => {
		browsers[tone] = await launchChromium(tone);
		// One after another: what they load, a browser loads faster the second time.
		for (const badge of badges) crew[badge] = await enter(browsers[tone], badge);
	}));
	ar2 = new Page(rostrum.base, await tokenOf('ar-2'));
	await ar2.open();
}, LIMIT);
after(async () => {
	ar2?.close();
	await Promise.all(Object.values(browsers).map((browser) => browser.close().catch(() => browser.process()?.kill('SIGKILL'))));
	await rostrum?.stop();
});

const excess = (buffered) => Math.max(0, buffered - BUFFER_MS);
const view = () => crew.chair.view();
const channel = async (id) => (await view()).channels[id];
const waitFor = (who, testid, rest = '') => crew[who].page.waitForSelector(`[data-testid="${testid}"]${rest}`);
const isGone = (who, testid) => until(`${testid} to be gone at ${who}`, async () => !(await crew[who].page.$(`[data-testid="${testid}"]`)));

// One key after another, as a hand at a console presses them.
async function keys(who, ...pressed) {
	for (const key of pressed) await crew[who].press(key);
}

const hearsAlone = (who, tone) => crew[who].hearsAlone(tone, APART);

async function speak(language) {
	await keys('fr-1', 'f');
	await waitFor('fr-1', 'menu', '[data-menu="language"]');
	await keys('fr-1', LANGUAGE_KEYS[language]);
	await until(`the floor to be in ${language}`, async () => (await view()).floor.language === language);
}

test('two booths go to work with a few keys, the Arabic one from French', LIMIT, async () => {
	await crew.chair.click('open-meeting');
	await until('the session to be open', async () => (await view()).meeting.state === 'in-session');
	await crew.chair.give('KEN');
	await speak('en');
	await keys('fr-1', 'l');
	await until('fr-1 to be live', async () => (await channel('fr')).desk === 'fr-1');
	await ar2.must('select-source', { source: 'fr' });
	await keys('ar-1', RELAY_KEYS['ar-1'].fr, 'l');
	await until('ar-1 to be live over relay', async () => String((await channel('ar')).chain) === 'floor,fr,ar');
	await waitFor('fr-1', 'desk-key', '[data-state="live"][data-live="fr"]');
	await Promise.all([crew['fr-1'].hears('KEN'), crew['ar-1'].hears('fr-1')]);
});

test('each listener hears the language chosen, and nothing else', LIMIT, async () => {
	for (const [who, language] of Object.entries(LISTENERS)) await keys(who, LISTEN_KEYS[language]);
	await Promise.all(Object.entries({ JPN: 'KEN', FRA: 'fr-1', EGY: 'ar-1', chair: 'KEN' }).map(([who, tone]) => hearsAlone(who, tone)));
	await Promise.all(Object.entries({ 'fr-1': 'KEN', 'ar-1': 'fr-1' }).map(([who, tone]) => crew[who].hears(tone)));
});

// How soon is measured where the machine has fewer pages to carry (browser/listener).
test('another language is heard by one key, and nothing is negotiated', LIMIT, async (t) => {
	const way = [['fr', 'ar', 'fr-1', 'ar-1'], ['ar', 'floor', 'ar-1', 'KEN'], ['floor', 'fr', 'KEN', 'fr-1']];
	for (let i = 0; i < 2 * way.length; i += 1) {
		const [, to, old, now] = way[i % way.length];
		measured.push(await crew.FRA.page.evaluate((from, hz, key) => window.changes.press(from, hz, key), TONES[old], TONES[now], LISTEN_KEYS[to]));
		await sleep(300);
	}
	t.diagnostic(`measured: key to the new language ${measured.map(({ ms, buffered }) => `${ms.toFixed(0)} (${buffered.toFixed(0)} of it in the decoder’s buffer)`).join(', ')} ms`);
	assert.deepEqual(await crew.FRA.counters(), { connections: 1, offers: 1, answers: 1, iceRestarts: 0, local: 1, remote: 1 });
});

test('listeners see where the sound comes from, booths how good it is, and a circle is refused', LIMIT, async () => {
	await waitFor('EGY', 'chain', '[data-chain="floor fr ar"][data-instead=""]');
	await waitFor('FRA', 'chain', '[data-chain="floor fr"]');
	await waitFor('JPN', 'chain', '[data-chain="floor"]');
	const quality = (who, from) => crew[who].page.$eval(`[data-testid="listen"][data-channel="${from}"] .mark`, (mark) => mark.dataset.quality);
	assert.equal(await quality('ar-1', 'fr'), 'plus');
	assert.equal(await quality('ar-1', 'floor'), 'floor');
	assert.equal(await quality('fr-1', 'ar'), 'minus');
	await keys('fr-1', RELAY_KEYS['fr-1'].ar);
	await until('the refusal in words', () => crew['fr-1'].page.$$eval('[data-testid="notice"]', (all) => all.some(({ textContent }) => textContent.includes('This channel comes from your own'))));
	assert.equal((await view()).desks['fr-1'].source, 'floor');
});

test('while French is spoken its channel carries the floor and the desk stands by, until the language changes', LIMIT, async () => {
	await speak('fr');
	await waitFor('fr-1', 'desk-key', '[data-state="standby"]');
	await waitFor('FRA', 'chain', '[data-chain="floor"][data-instead="spoken"]');
	await hearsAlone('FRA', 'KEN');
	assert.equal((await channel('fr')).desk, 'fr-1');
	await speak('en');
	await waitFor('fr-1', 'desk-key', '[data-state="live"]');
	await hearsAlone('FRA', 'fr-1');
});

test('the chair learns that a booth cannot interpret, and that is dealt with by a key', LIMIT, async () => {
	await keys('fr-1', 'n');
	await waitFor('fr-1', 'menu', '[data-menu="impediment"]');
	await keys('fr-1', '4');
	await waitFor('chair', 'impediment', '[data-booth="fr"][data-reason="sound"]');
	await waitFor('fr-1', 'cannot-interpret', '[data-on="true"]');
	await crew.chair.page.waitForSelector('[data-testid="clear-impediment"]');
	await keys('chair', 'i');
	await isGone('chair', 'impediment');
	await waitFor('fr-1', 'cannot-interpret', '[data-on="false"]');
});

test('a call is answered, and slower is asked without a name', LIMIT, async () => {
	await keys('ar-1', 'p');
	await waitFor('chair', 'booth-call');
	await keys('chair', 'i');
	await isGone('chair', 'booth-call');
	await keys('fr-2', 's');
	await waitFor('chair', 'slower');
	await waitFor('KEN', 'slower');
	assert.equal(await crew.chair.text('slower'), 'A booth asks the speaker to slow down');
	assert.equal(await crew.JPN.page.$('[data-testid="slower"]'), null);
});

async function handOver(from, to) {
	const heard = crew.FRA.page.evaluate((old, hz) => window.changes.follow(old, hz), TONES[from], TONES[to]);
	await keys(to, 'h');
	await crew[to].page.waitForSelector('[data-testid="request-handover"] kbd.lit');
	await keys(to, '4');
	await waitFor(from, 'accept-handover');
	await keys(from, 'y');
	return heard;
}

test('a partner takes over by two keys and a yes, and no listener is left without a voice', LIMIT, async (t) => {
	const changes = [];
	do {
		const [from, to] = changes.length % 2 === 0 ? ['fr-1', 'fr-2'] : ['fr-2', 'fr-1'];
		changes.push(await handOver(from, to));
		await until(`${to} to be live`, async () => (await channel('fr')).desk === to);
	} while (changes.length % 2 === 0 || (changes.length < TRIES && Math.min(...changes.map(({ silence }) => silence)) > HOLE_LIMIT_MS));
	for (const { silence, both } of changes) t.diagnostic(`measured: handover at a listener with ${silence.toFixed(0)} ms of neither, ${both.toFixed(0)} ms of both`);
	assert.ok(Math.min(...changes.map(({ silence, both }) => Math.max(silence, both))) <= HOLE_LIMIT_MS);
	assert.equal((await channel('fr')).desk, 'fr-2');
	await hearsAlone('FRA', 'fr-2');
	await crew['ar-1'].hears('fr-2');
	assert.equal((await view()).desks['ar-1'].source, 'fr');
	assert.equal(await crew['ar-1'].page.$('[data-testid="desk-alarm"]'), null);
});

test('a desk is killed: its partner and those on relay are alarmed within 2 s, and listeners hear the floor', LIMIT, async (t) => {
	const alarm = (who, kind) => crew[who].page.evaluate((selector) => window.changes.appears(selector), `[data-testid="desk-alarm"][data-alarm="${kind}"]`);
	const floor = (who, old) => crew[who].page.evaluate((hz, now) => window.changes.follow(hz, now), TONES[old], TONES.KEN).then(({ wall, buffered }) => wall - excess(buffered));
	const reached = {
		'partner alarmed': alarm('fr-1', 'lost-line'), 'relay alarmed': alarm('ar-1', 'pivot'),
		'listener on the floor': floor('FRA', 'fr-2'), 'relay on the floor': floor('ar-1', 'fr-2'),
	};
	const pages = ['FRA', 'KEN', 'fr-1', 'ar-1'].map((who) => crew[who].page);
	await watchStalls(...pages);
	await sleep(300); // all of them watch
	const killed = Date.now();
	process.kill(browsers['fr-2'].process().pid, 'SIGKILL');
	const walls = await Promise.all(Object.entries(reached).map(async ([what, wall]) => [what, await wall]));
	const stalls = await stallsOf(...pages);
	const after = Object.fromEntries(walls.map(([what, wall]) => [what, without(stalls, killed, wall)]));
	t.diagnostic(`measured: ${Object.entries(after).map(([what, ms]) => `${what} after ${ms.toFixed(0)} ms`).join(', ')}`);
	const late = Math.max(LATE_MS, ...measured.map(({ ms, buffered }) => ms - buffered));
	for (const [what, ms] of Object.entries(after)) assert.ok(ms <= LOST_LIMIT_MS + late, `${what} after ${ms} ms; all is ${late} ms late`);
	assert.equal(ar2.view.desks['ar-2'].source, 'floor');
	assert.equal(ar2.view.desks['ar-2'].alarm.cause, 'pivot');
	await Promise.all([hearsAlone('FRA', 'KEN'), hearsAlone('EGY', 'ar-1')]);
});

test('the partner takes the channel with one key, and the relay is taken up again', LIMIT, async () => {
	await keys('fr-1', 'k', 'l');
	await until('fr-1 to be live', async () => (await channel('fr')).desk === 'fr-1');
	await isGone('fr-1', 'desk-alarm');
	await keys('ar-1', 'k', RELAY_KEYS['ar-1'].fr);
	await until('the relay', async () => String((await channel('ar')).chain) === 'floor,fr,ar');
	await isGone('ar-1', 'desk-alarm');
	await hearsAlone('FRA', 'fr-1');
	await crew['ar-1'].hears('fr-1');
});

test('no page threw', LIMIT, () => {
	for (const one of Object.values(crew)) assert.deepEqual(one.errors, [], one.who);
});
