// kill -9 of signaling again and again while commands pour in: what was acknowledged is there, and is there once.
// KILLS=100 kills a hundred times; a few are enough to see that it still holds.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { atLength } from '../support/length.mjs';
import { Page } from '../support/page.mjs';
import { startRostrum } from '../support/rostrum.mjs';
import { sleep, until } from '../support/wait.mjs';

const KILLS = Number(process.env.KILLS ?? atLength(8, 4));
const LIMIT = { timeout: 60_000 + KILLS * 8_000 };
const WHO = ['FRA', 'KEN', 'BRA', 'JPN', 'EGY', 'CAN'];
let rostrum;

before(async () => {
	rostrum = await startRostrum();
}, LIMIT);
after(() => rostrum?.stop());

// A delegate who inscribes and withdraws without end. A command whose reply did not come is sent again with its id.
class Delegate {
	constructor(who) {
		this.who = who;
		this.page = new Page(rostrum.base, rostrum.token(who));
		this.acknowledged = []; // { name, event }
		this.again = 0;
	}

	async open() {
		await this.page.open({ resume: this.page.last });
		this.gone = new Promise((gone) => this.page.socket.once('close', () => gone(null)));
	}

	async back() {
		await until(`${this.who} to be back`, () => this.open().then(() => true, () => false), { limit: 60_000, every: 20 });
	}

	// The reply, or null when the line broke first.
	try(type, id) {
		const { page } = this;
		if (page.closed) return null;
		return Promise.race([page.command(type, { id }), this.gone]).catch(() => null);
	}

	async pour(going) {
		for (let i = 0; going(); i += 1) {
			const type = i % 2 ? 'withdraw' : 'ask-for-floor';
			let reply;
			for (let sent = 0; !(reply = await this.try(type, `${this.who}-${i}`)) || reply.reason === 'too-many' || reply.reason === 'store-unavailable'; sent += 1) {
				if (reply) await sleep(20);
				else await this.back();
				this.again += sent === 0;
			}
			assert.ok(reply.ok, `${this.who}: ${type} number ${i} was refused: ${reply.reason}: one before it was lost or done twice`);
			this.acknowledged.push({ name: i % 2 ? 'entry-withdrawn' : 'entry-added', event: reply.event });
		}
	}
}

test(`signaling killed ${KILLS} times at random moments: no acknowledged event is lost, none is there twice`, LIMIT, async (t) => {
	const chair = new Page(rostrum.base, rostrum.token('chair'));
	await chair.open();
	await chair.must('open-meeting');
	const watcher = new Delegate('secretariat');
	await watcher.open();
	const from = watcher.page.last.event;
	const delegates = WHO.map((who) => new Delegate(who));
	await Promise.all(delegates.map((delegate) => delegate.open()));

	let going = true;
	const pouring = Promise.all(delegates.map((delegate) => delegate.pour(() => going)));
	pouring.catch(() => {}); // awaited below
	for (let kill = 0; kill < KILLS; kill += 1) {
		await sleep(20 + Math.random() * 400);
		await rostrum.kill('signaling');
		await watcher.back();
	}
	going = false;
	await pouring;

	// That signaling started again each time says that the chain was whole: it refuses to start on any other.
	const log = [];
	for (let next = from; next !== undefined;) {
		const page = (await rostrum.http('GET', `/api/v1/meetings/demo/events?after=${next}`, { token: rostrum.tokens.secretariat })).json;
		log.push(...page.events);
		next = page.next;
	}
	log.forEach(({ event }, i) => assert.equal(event, log[0].event + i, 'events are numbered without a gap'));
	let acknowledged = 0;
	for (const { who, acknowledged: list } of delegates) {
		const own = log.filter(({ name, data, by, event }) => event > from && by === who && /^entry-(added|withdrawn)$/.test(name) && data.participant === who).map(({ name, event }) => ({ name, event }));
		assert.deepEqual(own, list, `what was acknowledged to ${who} is what happened`);
		acknowledged += list.length;
	}
	const again = delegates.reduce((sum, delegate) => sum + delegate.again, 0);
	t.diagnostic(`measured: ${acknowledged} acknowledged events over ${KILLS} kills, ${again} commands sent again`);
	assert.ok(again > 0, 'no kill met a command under way');
	assert.deepEqual(rostrum.faults(), []);
});
