// A person's day: a meeting of two items on the real pages, from open doors to adjournment. Everybody presses what people press, and
// after each step the pages of the others say what happened. The podium is run by keys where there is one.
// With ROSTRUM_PICTURES=FOLDER every page is photographed at each stage.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join as path } from 'node:path';
import test, { after, before } from 'node:test';
import { Participant, launchChromium } from '../support/browsers.mjs';
import { join } from '../support/page.mjs';
import { build, root, startRostrum } from '../support/rostrum.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 240_000 };
const PATIENCE = 40_000;
const DESK = { width: 1280, height: 800 };
const TELEPHONE = { width: 360, height: 740 };
const PICTURES = process.env.ROSTRUM_PICTURES;
const DRAFT = 'Draft resolution A/C.2/81/L.7';
const PARAGRAPH = 'Operative paragraph 4';
let rostrum;
let chair;
let secretary;
let KEN;
let FRA;
let EGY; // reads Arabic, from right to left
let hall; // the screen that everyone in the hall looks at
let BRA; // there without doing anything: with Brazil there is a quorum to decide
let everyone; // before a page
const browsers = [];

// The demonstration, as a plenary: it asks for a quorum.
function convene() {
	const conference = JSON.parse(readFileSync(path(root, 'conf/examples/demo.json'), 'utf8'));
	const [meeting] = conference.meetings;
	const file = path(rostrum.state, 'plenary.json');
	writeFileSync(file, JSON.stringify({ ...conference, id: 'day', meetings: [{ ...meeting, id: 'day', body: 'plenary' }] }));
	const { status, stdout, stderr } = spawnSync(path(build, 'tools/rostrumctl/rostrumctl'), ['--base', rostrum.base, '--state', rostrum.state, 'conference', 'import', file, '--json'], { encoding: 'utf8' });
	assert.equal(status, 0, stderr);
	const { tokens, links } = JSON.parse(stdout);
	Object.assign(rostrum, { tokens, links });
}

// Voice alone: what is seen of people is other tests' matter, and five pages with pictures are much for a small machine.
async function arrive(who, query = '') {
	const browser = await launchChromium({ secretariat: 'room', EGY: 'fr-2' }[who] ?? who);
	browsers.push(browser);
	const one = new Participant(who, browser, (await browser.pages())[0]);
	await one.join(rostrum.link(who), query, { camera: false });
	return one;
}

before(async () => {
	rostrum = await startRostrum();
	convene();
	[chair, secretary, KEN, FRA, EGY] = await Promise.all([...['chair', 'secretariat', 'KEN', 'FRA'].map((who) => arrive(who)), arrive('EGY', '&lang=ar')]);
	// Nobody touches the hall's screen: it lies behind another page.
	hall = new Participant('hall', EGY.browser, await EGY.browser.newPage());
	await hall.page.goto(`${rostrum.base}/hall#${rostrum.token('viewer')}`, { waitUntil: 'load' });
	await EGY.page.bringToFront();
	BRA = await join(rostrum, 'BRA');
	everyone = [chair, secretary, KEN, FRA, EGY, hall];
}, LIMIT);
after(async () => {
	BRA?.close();
	await Promise.all(browsers.map((browser) => browser.close()));
	await rostrum?.stop();
});

const part = (testid, rest = '') => `[data-testid="${testid}"]${rest}`;

// Until an element is on a page, with this text in it (what the eye reads: of several blanks it sees one).
function shows(one, selector, text = '') {
	return until(`${one.who} to see "${text}" at ${selector}`, async () => {
		const seen = await one.page.$$eval(selector, (all) => all.filter((element) => element.checkVisibility()).map((element) => element.innerText.replace(/\s+/g, ' ')));
		return seen.some((words) => words.includes(text)) || assert.fail(seen.join(' | ') || 'nothing there');
	}, { limit: PATIENCE });
}
const all = (people, selector, text) => Promise.all(people.map((one) => shows(one, selector, text)));
const gone = (one, selector) => until(`${one.who} not to see ${selector}`, async () => (await one.page.$(selector)) === null);

// Press a key on a page, once the button that it stands for is there and can be pressed.
async function key(one, letter, stands) {
	await one.press(letter, stands);
}
// The same for what is pressed twice.
async function keyTwice(one, letter, stands) {
	await key(one, letter, stands);
	await one.page.waitForSelector(`${stands}.armed`);
	await one.press(letter);
}

// What is seldom needed is folded away: it is opened first.
async function unfold(one, testid) {
	const folded = await one.page.$(`details:not([open]):has(${part(testid)}) > summary`);
	await folded?.click();
}

// Everybody sees who has the floor.
async function speaks(who, country) {
	await all([chair, secretary, ...[KEN, FRA, EGY].filter((one) => one.who !== who)], part('speaker', `[data-participant="${who}"]`), country);
	await shows(hall, part('speaker', `[data-participant="${who}"]`), country);
	const speaker = [KEN, FRA, EGY].find((one) => one.who === who);
	await shows(speaker, part('speaker', `[data-participant="${who}"]`), 'You have the floor');
	await shows(speaker, part('floor-key', '[data-lamp=speaking]'), 'Give the floor back');
}
async function nobodySpeaks() {
	await all([chair, secretary, KEN, FRA, EGY], part('speaker', '[data-participant=""]'));
}
// The chair gives the floor to the first on the list. A press right after the list has moved was meant for who stood there before,
// and is not heard: a person presses again.
async function giveFirst(who) {
	await chair.page.waitForSelector(`${part('list')} li:first-child${part('entry', `[data-participant="${who}"]`)}`);
	await until(`${who} to have the floor`, async () => {
		if ((await chair.page.$(part('speaker', `[data-participant="${who}"]`))) !== null) return true;
		await chair.press('g');
		return false;
	}, { every: 400 });
}
const endsStatement = (one) => keyTwice(one, 'f', part('floor-key', '[data-does=take-floor]'));
// Of the statement, as the chair reads it.
const timeLeft = async () => {
	const [, minutes, seconds] = /(\d+):(\d\d)/.exec(await chair.text('speaking-time'));
	return 60 * Number(minutes) + Number(seconds);
};

let stages = 0;
async function photograph(stage) {
	if (!PICTURES) return;
	stages += 1;
	mkdirSync(PICTURES, { recursive: true });
	const shoot = (one, name, options) => one.page.screenshot({ path: path(PICTURES, `${String(stages).padStart(2, '0')}-${stage}-${name}.png`), ...options });
	await hall.page.bringToFront();
	await shoot(hall, 'hall');
	await EGY.page.bringToFront();
	for (const one of everyone) if (one !== hall) await shoot(one, one === EGY ? 'EGY-ar' : one.who);
	for (const [one, name] of [[KEN, 'KEN-360'], [EGY, 'EGY-ar-360']]) {
		await one.page.setViewport(TELEPHONE);
		await shoot(one, name, { fullPage: true });
		await one.page.setViewport(DESK);
	}
}

test('the doors are opened, and everyone sees that nothing has begun', LIMIT, async () => {
	await all([chair, secretary, KEN, FRA], part('meeting-state', '[data-state=scheduled]'), 'Not yet open');
	await secretary.click('open-doors');
	await all([chair, secretary, KEN, FRA, hall], part('meeting-state', '[data-state=test]'), 'Doors open');
	await all([chair, secretary], part('quorum', '[data-present="4"]'), '4 of 6 members present');
	await all([chair, secretary], part('quorum-open', '[data-reached=true]'), '2 to call to order');
	assert.equal(await KEN.attribute('floor-key', 'aria-disabled'), 'true');
	await photograph('doors');
});

test('a microphone is tried before everyone', LIMIT, async () => {
	await secretary.page.select(part('sound-check'), 'KEN');
	await shows(KEN, part('floor-key', '[data-lamp=speaking]'), 'Your microphone is being tried');
	await photograph('sound-check');
	await secretary.page.select(part('sound-check'), '');
	await shows(KEN, part('floor-key', '[data-lamp=off]'), 'The doors are open');
});

test('the chair calls the meeting to order, and the first item is before everyone', LIMIT, async () => {
	await chair.click('open-meeting');
	await all([chair, secretary, KEN, FRA, hall], part('meeting-state', '[data-state=in-session]'), 'In session');
	await shows(EGY, part('meeting-state', '[data-state=in-session]'));
	await all([chair, secretary], part('quorum-decide', '[data-reached=true]'), '4 to decide');
	await all(everyone, part('item'), '1 · General exchange of views');
	await all([KEN, FRA], part('floor-key', '[data-does=ask-for-floor]'), 'Ask for the floor');
	await secretary.page.select(part('limit'), '3');
	await until('the chair to see the speaking time', async () => (await chair.page.$eval(part('limit'), (choice) => choice.value)) === '3');
});

test('requests stand in order before everyone', LIMIT, async () => {
	await key(KEN, 'f', part('floor-key', '[data-does=ask-for-floor]'));
	await shows(KEN, part('own-state'), 'You are next on the list');
	await key(FRA, 'f', part('floor-key', '[data-does=ask-for-floor]'));
	await shows(FRA, part('own-state'), 'You are 2nd on the list');
	const order = (one, testid) => until(`${one.who} to see the order`, async () =>
		(await one.page.$$eval(part(testid), (entries) => entries.map((entry) => entry.dataset.participant).join())) === 'KEN,FRA');
	await Promise.all([chair, secretary, KEN, FRA, EGY].map((one) => order(one, 'entry')));
	await order(hall, 'next');
	await photograph('list');
});

test('the first speaks, and everyone sees who and for how long', LIMIT, async () => {
	await giveFirst('KEN');
	await speaks('KEN', 'Kenya');
	await all([chair, secretary, KEN, FRA, hall], part('speaking-time', '[data-state=running]'), 'Time left');
	assert.match(await KEN.page.title(), /You have the floor/);
	await shows(FRA, part('own-state'), 'You are next on the list');
	await photograph('statement');
});

test('a point of order interrupts: heard, ruled on, and the floor returns with the time that was left', LIMIT, async () => {
	await FRA.twice('raise-point');
	await shows(hall, part('pending'), 'Point of order: France');
	await shows(FRA, part('withdraw-point'), 'Withdraw the point of order');
	await all([chair, secretary], part('points'), 'Point of order');
	await shows(KEN, part('speaker', '[data-participant=KEN]'), 'You have the floor');
	await photograph('point-raised');
	await key(chair, 'o', part('hear-point'));
	await speaks('FRA', 'France');
	await shows(KEN, part('floor-key', '[data-lamp=off]'));
	await all([chair, secretary], part('points', '[data-stage=heard]'), 'France states a point of order.');
	await photograph('point-heard');
	await chair.click('reject');
	await all([chair, secretary], part('points', '[data-stage=ruled]'), 'France: the point of order is rejected.');
	await shows(KEN, 'rs-point-key', 'France: the point of order is rejected.');
	await shows(FRA, part('appeal'), 'Appeal against the ruling');
	await photograph('point-ruled');
	await shows(chair, part('settle-point'), 'Return the floor to Kenya');
	await key(chair, 'o', part('settle-point'));
	await speaks('KEN', 'Kenya');
	const left = await timeLeft();
	assert.ok(left < 180, `${left} s are left`);
	await gone(chair, part('points'));
});

test('the list is closed and exhausted, and a right of reply is heard after it', LIMIT, async () => {
	await endsStatement(KEN);
	await nobodySpeaks();
	await giveFirst('FRA');
	await speaks('FRA', 'France');
	await KEN.twice('ask-for-reply');
	await all([chair, secretary, FRA], part('reply', '[data-participant=KEN]'), 'Kenya');
	await shows(KEN, part('reply', '[data-participant=KEN]'), 'You');
	await secretary.twice('close-list');
	await all([chair, KEN, FRA], part('list-closed'), 'Closed');
	await shows(KEN, part('own-state'), 'The list of speakers is closed');
	assert.equal(await KEN.attribute('floor-key', 'aria-disabled'), 'true');
	await photograph('list-closed');
	await endsStatement(FRA);
	await nobodySpeaks();
	await all([chair, secretary], part('list-state', '[data-state=exhausted]'), 'Exhausted');
	await chair.click('give-reply');
	await speaks('KEN', 'Kenya');
	await photograph('reply');
	await endsStatement(KEN);
	await nobodySpeaks();
	await secretary.twice('end-list');
	await shows(chair, part('list-state', '[data-state=ended]'), 'Discussion closed');
});

test('the second item is taken up, a proposal is put, and a vote explained before it', LIMIT, async () => {
	await secretary.click('take-up');
	await all(everyone, part('item'), `2 · ${DRAFT}`);
	await propose('recorded', DRAFT);
	await all([KEN, FRA], part('proposal', '[data-state=proposed]'), DRAFT);
	await shows(hall, part('pending'), `${DRAFT}: Proposed`);
	await KEN.twice('explain-before');
	await all([chair, secretary], part('explain-list', '[data-when=before]'), 'Kenya');
	await photograph('proposal');
	await chair.click('give-explanation');
	await speaks('KEN', 'Kenya');
	await endsStatement(KEN);
	await nobodySpeaks();
});

// The chair opens the form, writes what is to be decided, and chooses how.
async function propose(mode, title) {
	await chair.page.locator('rs-decision summary').click();
	await chair.page.waitForSelector(part('proposal-text'), { visible: true });
	await chair.page.click(part('proposal-text'), { count: 3 });
	await chair.page.type(part('proposal-text'), title);
	await chair.page.select(part('proposal-mode'), mode);
	await chair.click('propose-decision');
	await shows(chair, part('decision', '[data-state=proposed]'), title);
}

// Each delegation's vote, as a page shows it to everyone.
const ballot = (one, delegation, vote, words) => shows(one, part('ballots') + ` [data-delegation="${delegation}"][data-vote="${vote}"]`, words);
const count = (vote, n) => shows(hall, part(`count-${vote}`), String(n));

test('a recorded vote: cast, changed, locked with a warning, proclaimed', LIMIT, async () => {
	await key(chair, 'd', part('open-voting'));
	await all([KEN, FRA], part('proposal', '[data-state=open]'), 'Voting is open');
	await shows(hall, part('decision', '[data-state=open]'), 'Voting is open');
	await all([KEN, FRA], part('own-vote'), 'Your delegation has not voted yet.');
	await photograph('voting-open');
	await KEN.click('cast', '[data-vote=yes]');
	await EGY.click('cast', '[data-vote=yes]');
	await FRA.click('cast', '[data-vote=no]');
	await shows(FRA, part('own-vote'), 'Your delegation’s vote: No. It can be changed until the lock.');
	await ballot(KEN, 'FRA', 'no', 'No');
	await count('no', 1);
	await FRA.click('cast', '[data-vote=abstain]');
	await ballot(KEN, 'FRA', 'abstain', 'Abstention');
	await Promise.all([count('yes', 2), count('no', 0), count('abstain', 1)]);
	await photograph('votes-cast');
	await key(chair, 'd', part('lock-voting'));
	await shows(chair, part('lock-voting', '.armed'), 'Not voted: 3, of them away: 2. Press again to lock');
	await chair.press('d');
	await all([KEN, FRA], part('proposal', '[data-state=locked]'), 'Voting is locked');
	await gone(FRA, part('cast'));
	await key(chair, 'd', part('proclaim'));
	await all([KEN, FRA], part('proposal', '[data-outcome=adopted]'), 'Adopted');
	await shows(hall, part('decision', '[data-outcome=adopted]'), 'Adopted');
	await Promise.all([count('yes', 2), count('no', 0), count('abstain', 1)]);
	await photograph('proclaimed');
});

// How each delegation answers when its name is called: on its own page, or aloud, and the secretariat enters it.
const ANSWERS = {
	KEN: () => KEN.click('cast', '[data-vote=yes]'),
	FRA: () => FRA.click('cast', '[data-vote=no]'),
	EGY: () => EGY.click('cast', '[data-vote=abstain]'),
	BRA: () => secretary.click('answer', '[data-vote=yes]'),
	CAN: () => secretary.click('answer', '[data-vote=yes]'),
	JPN: () => secretary.click('answer', '[data-vote=absent]'),
};
const COUNTRIES = { KEN: 'Kenya', FRA: 'France', EGY: 'Egypt', BRA: 'Brazil', CAN: 'Canada', JPN: 'Japan' };

test('a roll call from the delegation that the lot fell on, with a second call for who was absent', LIMIT, async () => {
	await propose('roll-call', PARAGRAPH);
	await key(chair, 'd', part('open-voting'));
	await shows(hall, part('decision', '[data-state=open]'), PARAGRAPH);
	const { order, commitment } = (await chair.view()).decision;
	assert.equal(order.length, 6);
	assert.match(commitment, /^[0-9a-f]{64}$/);
	await photograph('roll-call-drawn');
	for (const [i, delegation] of [...order, 'JPN'].entries()) {
		await key(chair, 'n', part('call-next'));
		await shows(chair, part('roll-call', `[data-called=${delegation}][data-round="${i < 6 ? 1 : 2}"]`), `${COUNTRIES[delegation]} is called`);
		await all([secretary, ...[KEN, FRA].filter((one) => one.who !== delegation)], '.called', `${COUNTRIES[delegation]} is called`);
		await shows(hall, part('decision'), COUNTRIES[delegation]);
		const called = [KEN, FRA].find((one) => one.who === delegation);
		if (called) await shows(called, part('your-turn'), 'You are called. How does your delegation vote?');
		if (i === 2) await photograph('roll-call');
		if (i === 6) break;
		await ANSWERS[delegation]();
		await shows(chair, part('ballots') + ` [data-delegation=${delegation}]:not([data-vote=none])`);
	}
	await secretary.click('answer', '[data-vote=no]');
	await ballot(KEN, 'JPN', 'no', 'No');
	await shows(chair, part('roll-call'), 'Every delegation has been called.');
	await Promise.all([count('yes', 3), count('no', 2), count('abstain', 1)]);
	await keyTwice(chair, 'd', part('lock-voting'));
	await key(chair, 'd', part('proclaim'));
	await all([chair, KEN, FRA], `.decision[data-outcome=adopted]`, 'Adopted');
	await shows(hall, part('decision', '[data-outcome=adopted]'), 'Adopted');
	await photograph('result');
});

test('the chair adjourns, and every page says so', LIMIT, async () => {
	await unfold(chair, 'adjourn-meeting');
	await chair.twice('adjourn-meeting');
	await all([chair, secretary, KEN, FRA, hall], part('meeting-state', '[data-state=adjourned]'), 'Adjourned');
	await shows(EGY, part('meeting-state', '[data-state=adjourned]'));
	await all([KEN, FRA], part('own-state'), 'The meeting is adjourned');
	await photograph('adjourned');
	for (const one of everyone) assert.deepEqual(one.errors, [], one.who);
});
