// The archive's page in Chromium: search, a recording that plays, another language at the same place, links to a place, keys, and how it
// looks to those who read from right to left or on a telephone. ROSTRUM_LOOK=DIR keeps pictures of it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { launchChromium } from '../support/browsers.mjs';
import { debate, TONES, writeRecording } from '../support/recordings.mjs';
import { build, newState, startRostrum } from '../support/rostrum.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 240_000 };
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const look = process.env.ROSTRUM_LOOK;
const slot = (testid, rest = '') => `[data-testid="${testid}"]${rest}`;
let rostrum;
let browser;
let page;
const errors = [];

before(async () => {
	const state = newState();
	const archive = join(state, 'archive');
	mkdirSync(archive, { recursive: true });
	writeFileSync(join(state, 'signaling.set'), 'archive.look_s=1\n');
	const captions = {
		en: [{ from_ms: 1000, to_ms: 4000, text: 'We thank the Chair and support the ocean treaty.' }, { from_ms: 31_000, to_ms: 34_000, text: 'My delegation will vote in favour of the ocean treaty.' }],
		ar: [{ from_ms: 1000, to_ms: 4000, text: 'نشكر الرئيس ونؤيد معاهدة المحيطات.' }],
	};
	writeRecording(archive, { session: 'long1', languages: ['floor', 'en', 'fr', 'ar'], seconds: 120, captions, gaps: [{ from_ms: 100_000, to_ms: 104_000, what: 'recorder restarted' }],
		delivered: [{ participant: 'room', person: { name: 'Conference room 2', role: 'room' }, from_ms: 42_000, to_ms: 72_000, sound: [{ file: 'tracks/room.002.a.webm', from_ms: 42_000 }] }], late: 'channels/floor.late.webm', ...debate(96) });
	writeRecording(archive, { session: 'short1', languages: ['floor'], seconds: 3, title: 'Plenary, 2nd meeting', started_ms: Date.UTC(2025, 2, 4, 15) });
	writeRecording(archive, { session: 'shut1', languages: ['floor'], seconds: 3, title: 'Consultations', class: 'private' });
	if (look) mkdirSync(look, { recursive: true });
	rostrum = await startRostrum({ state });
	browser = await launchChromium('chair');
	page = (await browser.pages())[0];
	page.on('pageerror', (error) => errors.push(String(error)));
	page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
}, LIMIT);
after(async () => {
	await browser?.close();
	assert.deepEqual(rostrum?.faults() ?? [], []);
	await rostrum?.stop();
});

async function visit(query = '', who = 'KEN') {
	await page.goto('about:blank');
	await page.goto(`${rostrum.base}/archive${query}#${rostrum.token(who)}`);
	await page.waitForSelector(slot('page'));
}
const total = (n) => page.waitForSelector(slot('found', `[data-total="${n}"]`), { timeout: 60_000 });
const press = (testid, rest) => page.locator(slot(testid, rest)).setTimeout(60_000).click();
const video = (what) => page.$eval('video', (element, name) => element[name], what);
const picture = async (name) => look && page.screenshot({ path: join(look, `${name}.png`), fullPage: true });
const opened = () => until('the recording to be open', () => page.$eval('video', (element) => element.readyState >= 2).catch(() => false), { limit: 60_000 });

async function violations() {
	await page.evaluate(axe);
	const result = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] }));
	const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
	return [...result.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`), ...(wide > 0 ? [`${wide} px too wide`] : [])];
}

// The loudest tone that comes out of the player within a second, in Hz.
const tone = () => page.evaluate(async (tones) => {
	window.heard ??= (() => {
		const context = new AudioContext();
		const analyser = Object.assign(context.createAnalyser(), { fftSize: 8192 });
		context.createMediaElementSource(document.querySelector('video')).connect(analyser).connect(context.destination);
		return { context, analyser };
	})();
	const { context, analyser } = window.heard;
	await context.resume();
	await new Promise((done) => setTimeout(done, 700));
	const levels = new Float32Array(analyser.frequencyBinCount);
	analyser.getFloatFrequencyData(levels);
	const at = (hz) => levels[Math.round((hz * analyser.fftSize) / context.sampleRate)];
	return tones.reduce((best, hz) => (at(hz) > at(best) ? hz : best));
}, Object.values(TONES));
// A busy machine plays what it has of another language a moment longer.
const sounds = (channel) => until(`${channel} to be heard`, async () => (await tone()) === TONES[channel]);

test('recordings are listed for whoever may see them, and found by what was said', LIMIT, async () => {
	await visit();
	await total(2);
	await picture('list');
	await page.type(slot('find-q'), 'ocean treaty');
	await press('find');
	await total(1);
	const hits = await page.$$eval(slot('hit'), (all) => all.map((one) => one.innerText.replace(/\s+/g, ' ').trim()));
	assert.deepEqual(hits, ['00:01 We thank the Chair and support the ocean treaty.', '00:31 My delegation will vote in favour of the ocean treaty.']);
	await picture('found');
	await press('find-more');
	await page.type(slot('find-delegation'), 'FRA');
	await press('find');
	await total(0);
	await visit('', 'chair');
	await total(3);
});

test('what was found opens at its place, and back leads back to the search', LIMIT, async () => {
	await visit('?q=favour');
	await total(1);
	await press('hit');
	await opened();
	await until('the place', async () => Math.abs((await video('currentTime')) - 31) < 0.3);
	await until('who speaks there', async () => (await page.$eval(slot('speaking'), (element) => element.dataset.participant)) === 'EGY');
	await page.goBack();
	await total(1);
});

test('another language is heard at the same place, without a second press', LIMIT, async () => {
	await visit('?s=long1&t=20');
	await opened();
	await press('hear-speech', '');
	await until('it to play', async () => !(await video('paused')) && (await video('currentTime')) > 0.6);
	await sounds('floor');
	for (const channel of ['fr', 'ar', 'en']) {
		const began = performance.now();
		const before = await video('currentTime');
		await press('listen', `[data-channel="${channel}"]`);
		const after = await until('it to go on', () => page.$eval('video', (element, id) => (element.dataset.language === id && !element.seeking && element.readyState >= 3 && !element.paused ? { at: element.currentTime } : null), channel), { every: 10 });
		const passed = (performance.now() - began) / 1000;
		assert.ok(after.at - before > -0.3 && after.at - before < passed + 0.3, `${channel}: from ${before} to ${after.at} in ${passed} s`);
		await sounds(channel);
	}
	await page.$eval('video', (element) => element.pause());
	const at = await video('currentTime');
	await press('listen', '[data-channel="floor"]');
	await until('the place to be there again', () => page.$eval('video', (element, place) => element.dataset.language === 'floor' && element.readyState >= 2 && Math.abs(element.currentTime - place) < 0.3, at));
	assert.ok(await video('paused'), 'what stood still stands still');
});

test('the timeline shows every speech and moves by keys, by pointer and from speech to speech', LIMIT, async () => {
	await visit('?s=long1&t=0:35');
	await opened();
	await until('the place', async () => Math.abs((await video('currentTime')) - 35) < 0.3);
	assert.equal((await page.$$('.timeline .speech')).length, 9);
	assert.equal((await page.$$('.timeline .mark')).length, 2);
	assert.equal((await page.$$('.timeline .gap')).length, 1);
	await page.$eval(slot('timeline'), (element) => element.focus());
	const now = () => page.$eval(slot('timeline'), (element) => Number(element.getAttribute('aria-valuenow')));
	for (const [key, at] of [['ArrowRight', 40], ['ArrowLeft', 35], ['PageUp', 95], ['Home', 0], ['End', 120]]) {
		await page.keyboard.press(key);
		await until(`${key} to move to ${at}`, async () => Math.abs((await now()) - at) <= 1 && Math.abs((await video('currentTime')) - at) < 1);
	}
	await page.keyboard.press('Home');
	await press('next-speech');
	await until('the first speech', async () => Math.abs((await video('currentTime')) - 0.5) < 0.3);
	await until('its name', async () => /Kenya/.test(await page.$eval(slot('timeline'), (element) => element.getAttribute('aria-valuetext'))));
	await press('zoom-in');
	await press('zoom-in');
	assert.ok((await page.$$('.timeline .speech')).length < 9);
	const box = await (await page.$(slot('timeline'))).boundingBox();
	await page.mouse.click(box.x + box.width / 2, box.y + 45);
	await until('the middle of the first quarter', async () => Math.abs((await video('currentTime')) - 15) < 1);
	await picture('zoomed');
});

test('what was delivered after an outage is marked from edge to edge, and said of it while one is there', LIMIT, async () => {
	await visit('?s=long1&t=41');
	await opened();
	assert.equal(await page.$(slot('delivered')), null);
	assert.match(await page.$eval(slot('delivered-band'), (element) => element.textContent), /Delivered afterwards: Conference room 2[^]*Delivered afterwards/);
	await page.$eval(slot('timeline'), (element) => element.focus());
	await page.keyboard.press('ArrowRight');
	assert.match(await page.waitForSelector(slot('delivered', '[data-participant="room"]')).then((one) => one.evaluate((element) => element.textContent)), /Delivered afterwards.*Conference room 2/);
	await picture('delivered');
	await page.keyboard.press('End');
	await until('it to be over', async () => (await page.$(slot('delivered'))) === null);
	await page.$$eval(slot('event'), (all) => all.find((one) => one.textContent.includes('Delivered afterwards')).click());
	await until('the first edge', async () => Math.abs((await video('currentTime')) - 42) < 2 && (await page.$(slot('delivered'))) !== null);
	await page.$eval('video', (element) => element.pause());
});

const stands = (late, at) => until(`the place in ${late ? 'what arrived late' : 'the programme'}`, () => page.$eval('video', (element, wanted, place) => element.dataset.late === String(wanted) && element.readyState >= 2 && !element.seeking && Math.abs(element.currentTime - place) < 0.3, late, at));
const source = () => page.$eval('video', (element) => new URL(element.currentSrc).pathname.split('/').at(-1) + (new URL(element.currentSrc).searchParams.get('late') ?? ''));

test('what arrived late is played by its switch and from its mark, in step with the programme', LIMIT, async () => {
	await visit('?s=long1&t=50');
	await opened();
	assert.equal(await page.$eval(slot('play-late'), (element) => element.getAttribute('aria-pressed')), 'false');
	assert.equal(await source(), 'floor'); // the programme is what was heard
	await press('play-late');
	await stands(true, 50);
	assert.ok(await video('paused'), 'what stood still stands still');
	assert.equal(await source(), 'floortrue');
	assert.match(await page.$eval(slot('delivered'), (element) => element.textContent), /What you hear was said in that room/);
	assert.match(await page.$eval(slot('save'), (element) => element.href), /programme\/floor\?.*save=true.*late=true/);
	await picture('late');
	await press('play-late');
	await stands(false, 50);
	await visit('?s=long1&t=3');
	await opened();
	await page.$$eval(slot('event'), (all) => all.find((one) => one.textContent.includes('Delivered afterwards')).click());
	await until('the stretch to play from its mark', () => page.$eval('video', (element) => !element.paused && element.readyState >= 3 && element.currentTime >= 42 && element.currentTime < 60));
	assert.equal(await tone(), TONES.late);
	await page.$eval('video', (element) => element.pause());
});

test('who listens in another language hears what arrived late where it lies, and that language before and after', LIMIT, async () => {
	await visit('?s=long1&t=50&l=fr&late=true');
	await opened();
	await stands(true, 50);
	await page.$eval(slot('timeline'), (element) => element.focus());
	await page.keyboard.press('End');
	await until('the end in French', async () => (await source()) === 'fr' && (await video('currentTime')) > 119);
	await page.$eval('video', (element) => { element.currentTime = 41.6; });
	await stands(false, 41.6);
	await page.$eval('video', (element) => element.play());
	await until('the stretch to begin', async () => (await source()) === 'floortrue' && !(await video('paused')) && (await video('currentTime')) >= 42);
	assert.equal(await tone(), TONES.late);
	await page.$eval('video', (element) => element.pause());
});

test('captions are shown in the language that is chosen, and a link to a speech carries nobody’s token', LIMIT, async () => {
	await browser.defaultBrowserContext().overridePermissions(rostrum.base, ['clipboard-read', 'clipboard-write', 'clipboard-sanitized-write']);
	await visit('?s=long1&t=2');
	await opened();
	await page.select(slot('captions'), 'ar');
	const cue = await until('the captions', () => page.$eval('video', (element) => [...element.textTracks].find(({ mode }) => mode === 'showing')?.activeCues?.[0]?.text));
	assert.match(cue, /المحيطات/);
	await press('copy-link', '');
	const link = await until('the link', () => page.evaluate(() => navigator.clipboard.readText()));
	assert.equal(link, `${rostrum.base}/archive?s=long1&t=0.5&l=floor`);
	await page.goto('about:blank');
	await page.goto(link);
	await page.type(slot('own-link'), rostrum.link('KEN'));
	await page.keyboard.press('Enter');
	await opened();
	await until('the place', async () => Math.abs((await video('currentTime')) - 0.5) < 0.3);
});

test('a ticket that ended is renewed without anything being lost', LIMIT, async () => {
	await visit('?s=long1&t=50');
	await opened();
	await page.$eval('rs-recording', (element) => (element.opened = { ...element.opened, ticket: '1.1.viewer.demo.x.0' }));
	await until('another ticket', () => page.$eval('video', (element) => !element.src.includes('1.1.viewer') && element.readyState >= 2 && Math.abs(element.currentTime - 50) < 0.3));
	errors.length = 0; // the browser tells of the 401
});

test('a speech is downloaded with its proof, in the language that is heard, or the page says why not', LIMIT, async () => {
	await visit('?s=long1');
	await press('prove-speech', '');
	await page.waitForSelector(slot('unproven'));
	await picture('unproven');
	assert.equal(spawnSync(join(build, 'tests/support/make_sealed'), [join(rostrum.state, 'archive', 'demo-sealed'), 'public']).status, 0);
	await until('the sealed session to be known', async () => {
		await visit('?s=demo-1');
		return page.waitForSelector(slot('prove-speech'), { timeout: 1000 }).catch(() => false);
	}, { limit: 30_000 });
	const downloads = newState();
	const devtools = await page.createCDPSession();
	await devtools.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: downloads });
	const answered = page.waitForResponse((answer) => answer.url().includes('/speech/1/proof') && answer.request().method() === 'HEAD');
	await press('prove-speech', '');
	const answer = await answered;
	assert.equal(answer.status(), 200);
	assert.match(answer.headers()['content-disposition'], /speech-1\.zip/);
	await until('the file to be there', () => existsSync(join(downloads, 'demo-2026-11-22-speech-1.zip')));
	assert.equal(await page.$(slot('unproven')), null);
	// A refusal is an answer: the browser's own words about it are no fault of the page.
	for (const text of errors.splice(0)) if (!/the server responded with a status of 404/.test(text)) errors.push(text);
});

test('what is not there, or not for this badge, is said', LIMIT, async () => {
	for (const session of ['nothing', 'shut1']) {
		await visit(`?s=${session}`);
		await page.waitForSelector(slot('trouble'));
	}
	errors.length = 0; // of the 404
});

for (const [width, lang, scheme] of [[1280, 'en', 'light'], [1280, 'ar', 'dark'], [360, 'ar', 'light'], [360, 'ru', 'dark'], [800, 'zh', 'light']]) {
	test(`list and recording have no fault that axe-core finds: ${lang}, ${width} px, ${scheme}`, LIMIT, async () => {
		await page.setViewport({ width, height: 800 });
		await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
		await visit(`?lang=${lang}&q=ocean`);
		await total(1);
		assert.deepEqual(await violations(), [], 'list');
		await picture(`list-${lang}-${width}`);
		await press('open-recording');
		await opened();
		assert.deepEqual(await violations(), [], 'recording');
		await picture(`recording-${lang}-${width}`);
		assert.equal(await page.evaluate(() => document.documentElement.dir), lang === 'ar' ? 'rtl' : 'ltr');
	});
}

test('nothing was thrown, and nothing was refused by the page’s own policy', () => assert.deepEqual(errors, []));
