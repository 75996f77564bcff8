// Captions over real sockets: who is told what, what is left after a kill, what the recorder keeps.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { Page } from '../support/page.mjs';
import { events, sessions } from '../support/archive.mjs';
import { startRostrum } from '../support/rostrum.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 120_000 };
let rostrum;
const pages = {};

// A page that keeps what it is told of captions being typed.
class Reader extends Page {
	typed = [];

	take(message, welcomed) {
		if (message.type === 'caption-live') this.typed.push(message.text);
		super.take(message, welcomed);
	}
}

async function enter(who, token = rostrum.token(who)) {
	pages[who]?.close();
	pages[who] = new Reader(rostrum.base, token);
	await pages[who].open();
	return pages[who];
}
const enterAll = async () => {
	for (const who of ['chair', 'KEN', 'FRA']) await enter(who);
	await enter('caption-1', rostrum.tokens.captioners['caption-1']);
};

before(async () => {
	rostrum = await startRostrum();
	await enterAll();
	await pages.chair.must('open-meeting');
}, LIMIT);
after(async () => {
	for (const page of Object.values(pages)) page.close();
	await rostrum?.stop();
});

test('what is being typed reaches those who read that language, and nobody else', LIMIT, async () => {
	await pages.KEN.must('captions', { language: 'en' });
	await pages.FRA.must('captions', { language: 'fr' });
	await pages['caption-1'].must('caption-live', { language: 'en', text: 'Thank y' });
	await until('the words', () => pages.KEN.typed.includes('Thank y'));
	await pages['caption-1'].must('caption', { language: 'en', text: 'Thank you.' });
	await until('the line', () => pages.FRA.view.captions?.en?.[0]?.text === 'Thank you.');
	assert.deepEqual([pages.FRA.typed, pages.chair.typed], [[], []]);
});

test('lines and their numbers survive a kill, what was being typed does not', LIMIT, async () => {
	await pages['caption-1'].must('caption-live', { language: 'en', text: 'lost' });
	await rostrum.kill('signaling');
	await until('the server to answer again', () => rostrum.http('GET', '/healthz').then(({ status }) => status === 200, () => false));
	await enterAll();
	assert.deepEqual(pages.KEN.view.captions, { en: [{ line: 1, text: 'Thank you.' }] });
	await pages.KEN.must('captions', { language: 'en' });
	await pages['caption-1'].must('caption', { language: 'en', text: 'Next.' });
	await pages['caption-1'].must('caption', { language: 'en', line: 1, text: 'Thank you, Chair.' });
	await until('the correction', () => pages.KEN.view.captions.en[0].text === 'Thank you, Chair.');
	assert.deepEqual(pages.KEN.view.captions.en.map(({ line }) => line), [1, 2]);
	assert.deepEqual(pages.KEN.typed, []);
});

test('the recorder has every line and correction, and nothing of what was typed', LIMIT, async () => {
	const session = await until('its directory', () => sessions(rostrum.archive, 'demo')[0]);
	const captions = () => events(session).map(({ payload }) => payload).filter((event) => event?.name === 'caption').map(({ data: { line, text } }) => [line, text]);
	await until('three captions in the archive', () => captions().length === 3);
	assert.deepEqual(captions(), [[1, 'Thank you.'], [2, 'Next.'], [1, 'Thank you, Chair.']]);
});
