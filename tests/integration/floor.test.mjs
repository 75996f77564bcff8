// The list of speakers and the floor over the wire: one numbered stream of events, the same for everybody.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { Page, agree, join } from '../support/page.mjs';
import { startRostrum } from '../support/rostrum.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 180_000 };
let rostrum;
let chair;
let KEN;
let FRA;

before(async () => {
	rostrum = await startRostrum();
	[chair, KEN, FRA] = [await join(rostrum, 'chair'), await join(rostrum, 'KEN'), await join(rostrum, 'FRA')];
	await chair.must('open-meeting');
}, LIMIT);
after(() => rostrum?.stop());

const order = (view) => view.list.map((entry) => entry.participant).join();

test('everybody sees who is present', LIMIT, async () => {
	for (const page of [chair, KEN, FRA])
		await page.sees('chair, KEN and FRA present', (view) => ['chair', 'KEN', 'FRA'].every((who) => view.participants[who]?.present));
});

test('the list keeps the order of asking, and the chair may change it', LIMIT, async () => {
	await KEN.must('ask-for-floor');
	await FRA.must('ask-for-floor');
	await chair.sees('both on the list', (view) => order(view) === 'KEN,FRA');
	assert.equal((await KEN.command('ask-for-floor')).reason, 'already-on-list');
	await chair.must('move-entry', { entry: chair.view.list[1].entry, position: 1 });
	await KEN.sees('the new order', (view) => order(view) === 'FRA,KEN');
});

test('one event gives the floor and takes it from whoever had it', LIMIT, async () => {
	await chair.must('give-floor', { entry: chair.view.list[0].entry });
	await FRA.sees('FRA has the floor', (view) => view.floor?.holder === 'FRA' && view.open.includes('FRA') && order(view) === 'KEN');
	const reply = await chair.must('give-floor', { entry: chair.view.list[0].entry });
	await FRA.sees('KEN has the floor', (view) => view.floor?.holder === 'KEN' && view.open.includes('KEN') && !view.open.includes('FRA'));
	const event = FRA.events.find((one) => one.event === reply.event);
	assert.equal(event.name, 'floor-given');
	assert.equal(event.data.participant, 'KEN');
	await KEN.must('take-floor');
	await chair.sees('nobody has the floor', (view) => !view.floor?.holder && view.open.length === 0);
});

test('events are numbered without a gap and the patches make the view that a new page gets', LIMIT, async () => {
	const numbers = FRA.events.map((event) => event.event);
	numbers.forEach((number, i) => assert.equal(number, numbers[0] + i));
	const late = await join(rostrum, 'viewer');
	await agree(FRA, late);
	late.close();
});

test('a command sent again with the same id is done once', LIMIT, async () => {
	const first = await KEN.command('ask-for-floor', { id: 'again-1' });
	const second = await KEN.command('ask-for-floor', { id: 'again-1' });
	assert.deepEqual(second, first);
	assert.equal(order((await rostrum.view())), 'KEN');
});

test('a page that lost its line gets exactly the events it missed', LIMIT, async () => {
	const { epoch, event } = FRA.last;
	FRA.cut();
	await chair.must('give-floor', { participant: 'KEN' });
	await chair.must('take-floor');
	const before = FRA.events.length;
	const welcome = await FRA.open({ resume: { epoch, event } });
	assert.equal(welcome.resumed, true);
	await FRA.sees('the present', () => FRA.last.event >= chair.last.event);
	const missed = FRA.events.slice(before).map((one) => one.event);
	assert.equal(missed[0], event + 1);
	missed.forEach((number, i) => assert.equal(number, event + 1 + i));
	await agree(FRA, chair);
});

test('a badge has one place: the second page closes the first with 4009', LIMIT, async () => {
	const second = new Page(rostrum.base, rostrum.token('FRA'));
	await second.open();
	await until('the first page to be closed', () => FRA.closed?.code === 4009);
	second.close();
});
