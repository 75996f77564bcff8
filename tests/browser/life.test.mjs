// The life of one sitting on the real pages: doors and a sound check, call to order without a quorum, private and closed parts with those
// who are kept out, a second device, adjournment. Two browsers: KEN's devices in one, the podium and who only listens in the other.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { sessions } from '../support/archive.mjs';
import { launchChromium, Participant } from '../support/browsers.mjs';
import { startRostrum } from '../support/rostrum.mjs';
import { TONES } from '../support/sound.mjs';
import { mint, payloadOf } from '../support/token.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 240_000 };
const MEETING = 'life-1';
const MEMBERS = ['KEN', 'FRA', 'BRA', 'JPN', 'EGY', 'CAN', 'NOR', 'JOR'];
const SILENT = -60;
const CONFERENCE = {
	id: 'life', title: 'Committee of the Whole', rules: 'unga', languages: [{ id: 'en', name: 'English' }],
	delegations: [...MEMBERS.map((id) => ({ id, country: id })), { id: 'ICRC', country: 'Red Cross', category: 'observer' }],
	meetings: [{
		id: MEETING, title: 'First meeting', mode: 'floor', record: true, body: 'committee', items: [{ id: '1', title: 'Organization of work' }],
		badges: [...[...MEMBERS, 'ICRC'].map((id) => ({ id, role: 'delegate', name: `Delegate of ${id}`, delegation: id })),
			{ id: 'secretariat', role: 'secretariat', name: 'Secretary' }, { id: 'viewer', role: 'viewer', name: 'Webcast' }],
	}],
};
let rostrum;
let admin;
let browsers;
let secretariat;
let KEN;
let device; // KEN's second
let viewer;
let ICRC;

const post = (path, body) => rostrum.http('POST', `/api/v1/${path}`, { token: admin, type: 'application/json', body: JSON.stringify(body) });

// A page of its own window; what the server tells it is kept.
async function enter(browser, badge) {
	const { json } = await post(`meetings/${MEETING}/badges/${badge}/token`, {});
	assert.ok(json.token, badge);
	const page = await (await browser.createBrowserContext()).newPage();
	await page.evaluateOnNewDocument(() => {
		window.told = [];
		window.WebSocket = class extends window.WebSocket {
			constructor(...all) {
				super(...all);
				this.addEventListener('message', ({ data }) => window.told.push(JSON.parse(data)));
			}
		};
	});
	const participant = new Participant(badge, browser, page);
	await participant.join(`${rostrum.base}/${badge === 'secretariat' ? 'podium' : 'delegate'}#${json.token}`);
	return participant;
}

before(async () => {
	rostrum = await startRostrum();
	const { iss, exp } = payloadOf(rostrum.token('KEN'));
	admin = mint(readFileSync(join(rostrum.state, 'token.key'), 'utf8').trim(), { iss, sub: 'admin', role: 'admin', exp });
	const imported = await post('conferences', CONFERENCE);
	assert.equal(imported.status, 201);
	browsers = await Promise.all(['KEN', 'chair'].map((tone) => launchChromium(tone)));
	[KEN, secretariat, viewer, ICRC] = await Promise.all([enter(browsers[0], 'KEN'), ...['secretariat', 'viewer', 'ICRC'].map((badge) => enter(browsers[1], badge))]);
}, LIMIT);
after(async () => {
	await Promise.all((browsers ?? []).map((browser) => browser.close()));
	await rostrum?.stop();
});

const told = (who) => who.page.evaluate(() => window.told);
const happened = async (who, name) => (await told(who)).filter((message) => message.type === 'event' && message.name === name).at(-1);
const state = (who) => who.page.evaluate(() => ({ line: window.rostrum.line(), pc: window.rostrum.pc() === null ? null : window.rostrum.pc().connectionState, view: window.rostrum.view() }));
const quiet = (who) => until(`a second without KEN at ${who.who}`, async () => (await who.loudest(1000))[TONES.KEN] < SILENT);
const archived = () => sessions(rostrum.archive, MEETING).length;
const recording = async () => (await secretariat.view()).recording.state;

async function openMore() {
	if (await secretariat.page.$('.life details[open]')) return;
	await secretariat.press('v');
	await secretariat.page.waitForSelector('.life details[open]');
}

async function sitBefore(visibility) {
	await openMore();
	await secretariat.twice(`visibility-${visibility}`);
	await until(`the meeting to be ${visibility}`, async () => (await secretariat.attribute('visibility', 'data-visibility')) === visibility);
}

async function keptOut(who, visibility) {
	await until(`the card at ${who.who}`, async () => (await who.page.$('[data-testid="excluded"]')) && (await who.attribute('excluded', 'data-visibility')) === visibility, { limit: 60_000 });
	assert.deepEqual(await state(who), { line: 'joining', pc: null, view: null });
	assert.equal(await who.page.$('[data-testid="page"]'), null);
}

test('behind open doors one microphone is tried and heard, and nothing is recorded', LIMIT, async () => {
	await secretariat.click('open-doors');
	await secretariat.page.waitForSelector('[data-testid="sound-check"]');
	await secretariat.page.select('[data-testid="sound-check"]', 'KEN');
	await secretariat.hears('KEN');
	await until('KEN to know', async () => (await KEN.view()).meeting.checking === 'KEN');
	assert.equal((await KEN.view()).meeting.state, 'test');
	await secretariat.page.select('[data-testid="sound-check"]', '');
	await quiet(secretariat);
	assert.equal(archived(), 0);
	assert.notEqual(await recording(), 'recording');
});

test('the gavel is refused without a quorum, in numbers, and overridden by a second key', LIMIT, async () => {
	assert.equal(await secretariat.attribute('quorum', 'data-present'), '1');
	assert.match(await secretariat.text('quorum'), /1 of 8/);
	assert.match(await secretariat.text('quorum-open'), /^2 /);
	await secretariat.click('open-meeting');
	await until('the refusal', async () => /quorum/.test(await secretariat.text('notice')));
	assert.equal((await secretariat.view()).meeting.state, 'test');
	await secretariat.twice('open-without');
	await until('the meeting in session', async () => (await viewer.view()).meeting.state === 'in-session');
	const { data } = await happened(viewer, 'meeting-opened');
	assert.deepEqual({ ...data, sitting: 0 }, { sitting: 0, present: 1, quorum: 2, overridden: true });
	await until('the recording', async () => (await recording()) === 'recording' && archived() === 1);
});

test('private keeps viewers out, closed observers too: card, silence, closed media', LIMIT, async () => {
	await secretariat.give('KEN');
	await Promise.all([viewer.hears('KEN'), ICRC.hears('KEN')]);
	for (const { page } of [viewer, ICRC]) await page.evaluate(() => void (window.former = window.rostrum.pc()));
	await sitBefore('private');
	await keptOut(viewer, 'private');
	await ICRC.hears('KEN');
	assert.match(await ICRC.text('visibility'), /Private/);
	await sitBefore('closed-members');
	await keptOut(ICRC, 'closed-members');
	for (const { page } of [viewer, ICRC]) assert.equal(await page.evaluate(() => window.former.connectionState), 'closed');
	await secretariat.hears('KEN');
});

test('public again: they come back by themselves, hear, and were told nothing of what was not theirs', LIMIT, async () => {
	await secretariat.take();
	await secretariat.give('KEN');
	await sitBefore('public');
	await Promise.all([viewer, ICRC].map((who) => until(`${who.who} to be back`, async () => (await who.page.$('[data-testid="page"]')) !== null, { limit: 90_000 })));
	await Promise.all([viewer, ICRC].map((who) => who.connected()));
	await Promise.all([viewer.hears('KEN'), ICRC.hears('KEN')]);

	const changes = (await told(secretariat)).filter(({ name }) => name === 'visibility-changed');
	assert.deepEqual(changes.map(({ data }) => data.visibility), ['private', 'closed-members', 'public']);
	const [isPrivate, isClosed, isPublic] = changes.map(({ event }) => event);
	const inside = (await told(secretariat)).filter(({ type, event }) => type === 'event' && event > isClosed && event < isPublic);
	assert.ok(inside.some(({ name }) => name === 'floor-given'), 'something happened meanwhile');
	for (const [who, from] of [[viewer, isPrivate], [ICRC, isClosed]]) {
		const all = await told(who);
		assert.deepEqual(all.filter(({ type, event }) => type === 'event' && event > from && event < isPublic), [], `${who.who} was told of it`);
		const welcome = all.filter(({ type }) => type === 'welcome').at(-1);
		assert.equal(welcome.resumed, false);
		assert.ok(welcome.event >= isPublic);
	}
	await until('an archive of each part, by its class', () => archived() >= 4);
});

test('a second device takes the place; the first says so and does not fight back', LIMIT, async () => {
	device = await enter(browsers[0], 'KEN');
	await until('the first to give way', async () => (await KEN.attribute('closed', 'data-reason')) === 'ending.elsewhere');
	assert.equal((await state(KEN)).line, 'ended');
	assert.notEqual((await state(KEN)).pc, 'connected');
	await until('KEN to be there', async () => (await device.view()).participants.KEN.present);
});

test('adjourned until a time that every page gives by its own clock', LIMIT, async () => {
	await openMore();
	const time = await secretariat.page.$eval('[data-testid="adjourn-until"]', (field) => {
		const tomorrow = new Date(Date.now() + 86_400_000);
		tomorrow.setHours(10, 30, 0, 0);
		field.value = new Date(tomorrow.getTime() - tomorrow.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
		return tomorrow.getTime();
	});
	await secretariat.twice('adjourn-meeting');
	for (const who of [device, viewer]) {
		await until(`${who.who} to know`, async () => (await who.view()).meeting.state === 'adjourned');
		assert.equal((await who.view()).meeting.until, time);
		await until('the words', async () => /10:30.*\(GMT/.test(await who.text('floor-note')));
	}
	await until('the archive to be closed', async () => (await recording()) !== 'recording');
	await quiet(viewer);

	// The first device has had all this time to come back, and has not.
	assert.equal((await state(KEN)).line, 'ended');
	assert.equal((await state(device)).line, 'open');
	assert.equal((await told(KEN)).filter(({ type }) => type === 'welcome').length, 1);
	assert.deepEqual([secretariat, KEN, device, viewer, ICRC].flatMap(({ errors }) => errors), []);
});
