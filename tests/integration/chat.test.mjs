// The chat over real sockets: what others receive, what the recorder keeps, what is left after a kill, what the store holds.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join as path } from 'node:path';
import test, { after, before } from 'node:test';
import { Page } from '../support/page.mjs';
import { startRostrum } from '../support/rostrum.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 120_000 };
let rostrum;
const pages = {};

// A page that keeps every octet it was sent.
class Listener extends Page {
	heard = '';
	chat = [];

	async open(options) {
		const welcome = super.open(options);
		this.socket.on('message', (data) => (this.heard += data));
		return welcome;
	}

	take(message, welcomed) {
		if (message.type === 'chat') this.chat.push(...message.messages);
		super.take(message, welcomed);
	}
}

async function listen(who) {
	const page = new Listener(rostrum.base, rostrum.token(who));
	await page.open();
	return page;
}

before(async () => {
	rostrum = await startRostrum();
	for (const who of ['secretariat', 'chair', 'KEN', 'FRA', 'viewer']) pages[who] = await listen(who);
	await pages.chair.must('open-meeting');
}, LIMIT);
after(async () => {
	for (const page of Object.values(pages)) page.close();
	await rostrum?.stop();
});

// All octets of all files below a folder.
function everything(folder) {
	return readdirSync(folder, { withFileTypes: true }).map((entry) => {
		const name = path(folder, entry.name);
		return entry.isDirectory() ? everything(name) : entry.isFile() ? readFileSync(name, 'latin1') : '';
	}).join('');
}

test('a private message is received by those it is meant for and by nobody else', LIMIT, async () => {
	await pages.KEN.must('say', { to: 'secretariat', text: 'a-secret-of-Kenya' });
	await pages.secretariat.must('say', { to: 'participant', participant: 'FRA', text: 'a-secret-for-France' });
	await pages.chair.must('say', { to: 'all', text: 'known-to-all' });
	for (const page of Object.values(pages)) await until('the message to all', () => page.heard.includes('known-to-all'));
	const who = (text) => Object.keys(pages).filter((one) => pages[one].heard.includes(text));
	assert.deepEqual(who('a-secret-of-Kenya'), ['secretariat', 'KEN']);
	assert.deepEqual(who('a-secret-for-France'), ['secretariat', 'FRA']);
});

test('who comes back has what was said to them, and no more', LIMIT, async () => {
	pages.FRA.close();
	pages.FRA = await listen('FRA');
	await until('the messages', () => pages.FRA.chat.length === 2);
	assert.deepEqual(pages.FRA.chat.map(({ text }) => text), ['a-secret-for-France', 'known-to-all']);
});

test('the record has no message', LIMIT, async () => {
	await pages.chair.must('take-up-item', { item: pages.chair.view.agenda.items.at(-1).id });
	const record = await until('the record', () => {
		const all = everything(rostrum.archive);
		return all.includes('item-taken-up') && all;
	});
	for (const text of ['a-secret-of-Kenya', 'a-secret-for-France', 'known-to-all']) assert.ok(!record.includes(text), text);
});

test('a removed message is gone from every page', LIMIT, async () => {
	const { message } = pages.KEN.chat.find(({ text }) => text === 'known-to-all');
	await pages.secretariat.must('remove-message', { message });
	await until('the removal', () => pages.KEN.events.some(({ name, data }) => name === 'message-removed' && data.message === message));
	pages.viewer.close();
	pages.viewer = await listen('viewer');
	assert.ok(!pages.viewer.heard.includes('known-to-all'));
	assert.equal((await pages.secretariat.command('remove-message', { message })).reason, 'no-such-message');
});

test('what would mislead the reader is refused', LIMIT, async () => {
	for (const text of ['', '   ', 'a'.repeat(2001), 'tab\there', '\u202Ereversed', '\u0085'])
		assert.equal((await pages.KEN.command('say', { to: 'secretariat', text })).reason, 'malformed', JSON.stringify(text));
	assert.equal((await pages.KEN.command('say', { to: 'all', text: 'x' })).reason, 'not-permitted');
	assert.ok((await pages.KEN.command('say', { to: 'secretariat', text: '中'.repeat(666) })).ok);
});
