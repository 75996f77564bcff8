// A public meeting as everybody sees it: a delegate speaks, a booth interprets, a browser without any token plays the webcast; it is told
// when there is nothing to see, and sees nothing more from the moment the meeting goes on in private.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join as path } from 'node:path';
import test, { after, before } from 'node:test';
import { launchChromium, participate } from '../support/browsers.mjs';
import { Page, join } from '../support/page.mjs';
import { nameColour } from '../support/picture.mjs';
import { newState, startRostrum } from '../support/rostrum.mjs';
import { TONES } from '../support/sound.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 180_000 };
// Shorter than by default, since the machine that watches is the one that makes it.
const SEGMENT_MS = Number(process.env.SEGMENT_MS ?? 1000);
// What a loaded machine needs until the first segments are there.
const SLOW = { limit: 90_000 };
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let rostrum;
let secretariat;
let chair;
let all;
let KEN;
let booth; // fr-1
let browser;
let page; // of somebody at home
const errors = [];

const slot = (testid) => `[data-testid="${testid}"]`;
const scene = () => page.$eval(slot('scene'), ({ dataset }) => dataset.scene);
const shows = (name) => until(`the page to say ${name}`, async () => (await scene()) === name, SLOW);

async function watch(query = '') {
	await page.goto(`${rostrum.base}/watch/?meeting=demo${query}`, { waitUntil: 'load' });
	await page.waitForSelector(slot('scene'));
}

async function faultless(what) {
	await page.evaluate(axe);
	const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] }));
	assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`), [], what);
	const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
	assert.ok(wide <= 0, `${what}: ${wide} px too wide`);
}

// Runs in the page: how loud each frequency is in what the player plays, dB.
function listenTo(frequencies) {
	if (!window.heardOf) {
		const context = new AudioContext();
		const analyser = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 });
		context.createMediaElementSource(document.querySelector('video')).connect(analyser).connect(context.destination);
		window.heardOf = (hz) => {
			const bins = new Float32Array(analyser.frequencyBinCount);
			analyser.getFloatFrequencyData(bins);
			const at = Math.round((hz * analyser.fftSize) / context.sampleRate);
			return Math.max(...bins.slice(at - 2, at + 3));
		};
	}
	return frequencies.map(window.heardOf);
}
// One tone is heard, and the other is not.
const hears = (who, other) => until(`${who} and not ${other}`, async () => {
	const [one, two] = await page.evaluate(listenTo, [TONES[who], TONES[other]]);
	return one > -60 && two < one - 25 && { one, two };
}, SLOW);

// Runs in the page: the middle of the picture, and where it is.
function look() {
	const video = document.querySelector('video');
	const canvas = new OffscreenCanvas(8, 8);
	const context = canvas.getContext('2d');
	context.drawImage(video, video.videoWidth * 0.45, video.videoHeight * 0.6, 8, 8, 0, 0, 8, 8);
	return { at: video.currentTime, frames: video.getVideoPlaybackQuality().totalVideoFrames, rgb: [...context.getImageData(4, 4, 1, 1).data].slice(0, 3), source: video.currentSrc, ready: video.readyState };
}

before(async () => {
	const state = newState();
	writeFileSync(path(state, 'webcast.set'), `webcast.segment_ms=${SEGMENT_MS}\nwebcast.video.width=320\nwebcast.video.height=180\nwebcast.video.bitrate=200000\nwebcast.video.fps=10\n`);
	rostrum = await startRostrum({ state });
	[secretariat, chair] = await Promise.all([join(rostrum, 'secretariat'), join(rostrum, 'chair')]);
	browser = await launchChromium('FRA');
	[page] = await browser.pages();
	page.on('pageerror', (error) => errors.push(String(error)));
}, LIMIT);
after(async () => {
	secretariat?.close();
	chair?.close();
	await Promise.all([...(all ?? []), browser].map((one) => one?.close()));
	await rostrum?.stop();
});

test('a page that comes before the webcast says why there is nothing, and begins by itself', LIMIT, async () => {
	await watch();
	await shows('off');
	await faultless('off');
	await secretariat.must('webcast', { on: true });
	await shows('not-begun');
	all = await Promise.all([participate(rostrum, 'KEN'), participate(rostrum, 'fr-1')]);
	[KEN, booth] = all;
	await chair.must('open-meeting');
	await chair.must('give-floor', { participant: 'KEN' });
	await booth.click('desk-key');
	await until('the desk to be live', async () => (await KEN.view()).channels.fr.desk === 'fr-1');
	await shows('playing');
});

test('picture and sound of who speaks are there, and go on', LIMIT, async (t) => {
	await until('the colour of Kenya', async () => nameColour((await page.evaluate(look)).rgb) === 'KEN', SLOW);
	await hears('KEN', 'fr-1');
	const first = await page.evaluate(look);
	const later = await until('the picture to go on', async () => {
		const now = await page.evaluate(look);
		return now.at > first.at + 3 && now.frames > first.frames + 10 && now;
	}, SLOW);
	assert.equal(await page.$eval(slot('speaker'), ({ dataset }) => dataset.delegation), 'KEN');
	const behind = await until('how far behind it is', () => page.$eval(slot('behind'), ({ dataset }) => Number(dataset.seconds)).catch(() => null));
	assert.ok(behind >= 3, `the recorder alone is three seconds behind, not ${behind}`);
	t.diagnostic(`measured: ${behind} s behind the meeting, ${later.frames} frames`);
});

test('another language is another sound at the same place', LIMIT, async (t) => {
	const before_ = await page.evaluate(look);
	const asked = Date.now();
	await page.click(`${slot('listen')}[data-channel="fr"]`);
	await hears('fr-1', 'KEN');
	const after_ = await page.evaluate(look);
	const passed = (Date.now() - asked) / 1000;
	assert.ok(after_.at >= before_.at && after_.at - before_.at <= passed + 1, `from ${before_.at} to ${after_.at} in ${passed} s`);
	assert.equal(after_.source, before_.source, 'nothing was begun anew');
	t.diagnostic(`measured: heard ${passed.toFixed(1)} s after the press`);
	await page.click(`${slot('listen')}[data-channel="floor"]`);
	await hears('KEN', 'fr-1');
});

test('what happens in the meeting is heard at home in its order', LIMIT, async (t) => {
	const loud = async () => (await page.evaluate(listenTo, [TONES.KEN]))[0] > -60;
	for (const [command, heard] of [['take-floor', false], ['give-floor', true]]) {
		await chair.must(command, heard ? { participant: 'KEN' } : {});
		const decided = Date.now();
		await until(`Kenya ${heard ? 'to be heard' : 'to fall silent'}`, async () => (await loud()) === heard, SLOW);
		t.diagnostic(`measured: ${command} is heard ${((Date.now() - decided) / 1000).toFixed(1)} s later, segments of ${SEGMENT_MS} ms`);
	}
});

test('captions that begin while it is watched are read under the picture', LIMIT, async (t) => {
	const captioner = new Page(rostrum.base, rostrum.tokens.captioners['caption-1']);
	await captioner.open();
	const written = new Map();
	const write = async () => {
		const text = `Line ${written.size + 1} of what Kenya says.`;
		written.set(text, Date.now());
		await captioner.must('caption', { language: 'en', text });
	};
	await write();
	await page.waitForSelector(`${slot('captions')} option[value="en"]`, { timeout: SLOW.limit });
	await page.select(slot('captions'), 'en');
	const read = await until('a line under the picture', async () => {
		await write();
		return page.$eval('video', ({ textTracks }) => [...textTracks].filter(({ mode }) => mode === 'showing').flatMap(({ activeCues }) => [...activeCues ?? []]).map(({ text }) => text)[0]);
	}, { ...SLOW, every: 2000 });
	assert.ok(written.has(read), read);
	t.diagnostic(`measured: read ${((Date.now() - written.get(read)) / 1000).toFixed(1)} s after it was sent`);
	await hears('KEN', 'fr-1');
	await page.select(slot('captions'), '');
	await until('none to be shown', () => page.$eval('video', ({ textTracks }) => [...textTracks].every(({ mode }) => mode !== 'showing')));
	captioner.close();
});

test('the page is whole at 360 px, in Arabic, and by the keyboard', LIMIT, async () => {
	await faultless('playing');
	await page.setViewport({ width: 360, height: 740 });
	await faultless('playing at 360 px');
	await page.select(slot('language'), 'ar');
	await until('right to left', () => page.evaluate(() => document.documentElement.dir === 'rtl'));
	await faultless('playing at 360 px in Arabic');
	await page.setViewport({ width: 1280, height: 800 });
	await page.select(slot('language'), 'en');
	const video = (member) => page.$eval('video', (element, name) => element[name], member);
	await page.evaluate(() => document.activeElement.blur());
	await page.keyboard.press('m');
	assert.equal(await video('muted'), true);
	await page.keyboard.press('m');
	await page.keyboard.press('k');
	assert.equal(await video('paused'), true);
	await page.keyboard.press('l');
	await until('it to play', async () => !(await video('paused')));
});

test('from the moment the meeting goes on in private nothing of it is there', LIMIT, async (t) => {
	const asked = Date.now();
	await chair.must('set-visibility', { visibility: 'private' });
	for (const file of ['master.m3u8', 'live.json', 'v/index.m3u8']) assert.equal((await rostrum.http('GET', `/webcast/demo/${file}`)).status, 404, file);
	await shows('private');
	t.diagnostic(`measured: the page was dark ${((Date.now() - asked) / 1000).toFixed(1)} s after the decision`);
	const { ready, source } = await page.evaluate(() => ({ ready: document.querySelector('video').readyState, source: document.querySelector('video').src }));
	assert.deepEqual({ ready, source }, { ready: 0, source: '' }, 'nothing of it is kept');
	assert.equal(await page.$(slot('speaker')), null);
	await chair.must('set-visibility', { visibility: 'public' });
	await shows('off');
	await secretariat.must('webcast', { on: true });
	await shows('playing');
	await until('another picture of Kenya', async () => nameColour((await page.evaluate(look)).rgb) === 'KEN', SLOW);
	assert.deepEqual(errors, []);
});
