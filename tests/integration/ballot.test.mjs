// A secret ballot with the real programs: afterwards the whole state directory (store, its log of changes, programs' logs, archive)
// and everything that any page was told is read, and nothing in it joins a ballot to a delegation. The voters use the pages' own client.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { pathToFileURL } from 'node:url';
import { Page } from '../support/page.mjs';
import { newState, root, startRostrum } from '../support/rostrum.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 180_000 };
const VOTES = { FRA: 'yes', KEN: 'no', BRA: 'yes', JPN: 'abstain', EGY: 'no', CAN: 'yes' };
const CASTING = ['JPN', 'FRA', 'CAN', 'EGY', 'BRA', 'KEN'];
const OBSERVERS = ['chair', 'secretariat', 'technician', 'viewer', 'fr-1'];
let rostrum;
let client; // web/shared/ballot.ts
let pages;
let decision;
const papers = {}; // delegation -> { token, blinded, signature, blind }

// A page that keeps every octet it was told.
class Listener extends Page {
	async open(options) {
		const welcome = super.open(options);
		this.heard ??= [];
		this.socket.on('message', (data) => this.heard.push(String(data)));
		return welcome;
	}
}

before(async () => {
	const state = newState();
	const { transpileModule, ModuleKind, ScriptTarget } = createRequire(join(root, 'web/package.json'))('typescript');
	const { outputText } = transpileModule(readFileSync(join(root, 'web/shared/ballot.ts'), 'utf8'), { compilerOptions: { module: ModuleKind.ESNext, target: ScriptTarget.ES2022 } });
	const path = join(state, 'ballot.mjs');
	writeFileSync(path, outputText);
	client = await import(pathToFileURL(path).href);
	rmSync(path);
	rostrum = await startRostrum({ state });
	pages = Object.fromEntries([...Object.keys(VOTES), ...OBSERVERS].map((who) => [who, new Listener(rostrum.base, rostrum.token(who))]));
	await Promise.all(Object.values(pages).map((page) => page.open()));
	await pages.chair.must('open-meeting');
	await pages.chair.must('propose-decision', { title: 'Election of the rapporteur', mode: 'secret', majority: 'simple' });
	({ decision } = await pages.chair.sees('the proposal', (view) => view.decision));
	await pages.chair.must('open-voting', { decision });
}, LIMIT);
after(() => rostrum?.stop());

// Of ballots; the secretariat's pair is for what is recorded in private.
const keys = () => readdirSync(rostrum.state, { recursive: true }).filter((name) => String(name).endsWith('.pem') && !String(name).startsWith('secretariat.'));
const about = () => new TextEncoder().encode(`rostrum ballot demo ${decision}`);

async function collect(who) {
	const page = pages[who];
	await page.sees('the ballot’s key', (view) => view.decision?.key);
	const n = client.fromHex(page.view.decision.key);
	const { input_msg, msg_prefix } = client.Prepare(about());
	const { blinded_msg, inv } = await client.Blind(n, input_msg);
	const blinded = client.toHex(blinded_msg);
	await page.must('ask-for-ballot', { decision, blinded });
	const { signature: blind } = await page.must('collect-ballot', { decision, blinded });
	const signature = await client.Finalize(n, input_msg, client.fromHex(blind), inv);
	papers[who] = { token: client.toHex(msg_prefix), blinded, blind, signature: client.toHex(signature) };
}

async function cast(who) {
	const { token, signature } = papers[who];
	const answer = await rostrum.http('POST', `/api/v1/ballots/demo/${decision}`, { body: JSON.stringify({ token, signature, vote: VOTES[who] }), type: 'application/json' });
	assert.ok(answer.status < 300, answer.body);
}

test('each delegation gets one ballot, and a second only by the same paper', LIMIT, async () => {
	for (const who of Object.keys(VOTES)) await collect(who);
	assert.equal(keys().length, 1, 'the key is kept while the ballot is open');
	const again = await pages.KEN.command('ask-for-ballot', { decision, blinded: papers.FRA.blinded });
	assert.equal(again.ok, false);
});

test('signaling is killed with the box half full: those who cast before cast again, and nobody votes twice', LIMIT, async () => {
	for (const who of CASTING.slice(0, 3)) await cast(who);
	await rostrum.kill('signaling');
	for (const page of Object.values(pages)) await until('the page to be back', () => page.open({ resume: page.last }).then(() => true), { every: 50 });
	for (const who of CASTING) await cast(who);
	await cast('KEN');
	await pages.chair.must('lock-voting', { decision });
	await pages.chair.must('proclaim', { decision });
	const { yes, no, abstain } = pages.chair.view.decision;
	assert.deepEqual([yes, no, abstain], [3, 2, 1]);
	assert.deepEqual(keys(), [], 'the key is gone with the lock');
});

test('each voter finds the own ballot in the list, which stands in no order but that of its tokens', LIMIT, async () => {
	const { ballots } = await pages.FRA.sees('the list', (view) => view.decision?.ballots && view.decision);
	const tokens = Object.keys(ballots);
	assert.deepEqual(tokens, [...tokens].sort());
	for (const [who, vote] of Object.entries(VOTES)) assert.equal(ballots[papers[who].token], vote);
});

// The programs go on writing: what one of them has just renamed or taken away has no octets any more.
function readIfThere(path) {
	try {
		return readFileSync(path);
	} catch (error) {
		if (error.code === 'ENOENT') return null;
		throw error;
	}
}

// Every file below the state directory, as octets.
function files() {
	return readdirSync(rostrum.state, { recursive: true }).map((name) => join(rostrum.state, String(name))).filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile())
		.map((path) => ({ path, octets: readIfThere(path) })).filter(({ octets }) => octets !== null);
}

const places = (octets, needle) => {
	const found = [];
	for (let at = octets.indexOf(needle); at >= 0; at = octets.indexOf(needle, at + 1)) found.push(at);
	return found;
};

test('no octet of the state directory joins a ballot to a delegation', LIMIT, () => {
	const all = files();
	assert.ok(all.some(({ path }) => /\.(db|sqlite)(-wal)?$/.test(path)), all.map(({ path }) => path).join(' '));
	let seen = 0;
	for (const [who, { token, signature, blinded, blind }] of Object.entries(papers)) {
		for (const { path, octets } of all) {
			// What only the voter and the server's memory had is written nowhere, as digits or as octets.
			for (const secret of [signature, blinded, blind]) {
				assert.deepEqual(places(octets, secret), [], `${path} holds what ${who} was signed`);
				assert.deepEqual(places(octets, Buffer.from(secret, 'hex')), [], `${path} holds what ${who} was signed`);
			}
			assert.deepEqual(places(octets, Buffer.from(token, 'hex')), [], path);
			// The token stands in the published list alone: with all the others beside it, sorted, and no delegation near.
			for (const at of places(octets, token)) {
				seen += 1;
				const near = octets.subarray(Math.max(0, at - 700), at + 700).toString('latin1');
				const list = near.match(/[0-9a-f]{64}(?=":"(yes|no|abstain)")/g) ?? [];
				assert.ok(list.length >= CASTING.length, `${path} holds the token of ${who} outside of the list`);
				assert.deepEqual(list, [...list].sort(), path);
			}
		}
	}
	assert.ok(seen >= CASTING.length, 'the list is kept');
});

test('no page was told anything that joins a ballot to a delegation', LIMIT, () => {
	for (const [who, page] of Object.entries(pages)) {
		for (const text of page.heard) {
			for (const [voter, { token, signature, blinded, blind }] of Object.entries(papers)) {
				assert.ok(!text.includes(signature) && !text.includes(blinded), `${who} was told of ${voter}'s paper`);
				assert.ok(who === voter || !text.includes(blind), `${who} was told ${voter}'s blind signature`);
				if (!text.includes(token)) continue;
				for (const other of Object.values(papers)) assert.ok(text.includes(other.token), `${who} was told of one token alone`);
			}
		}
	}
});
