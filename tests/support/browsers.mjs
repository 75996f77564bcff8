// Real browsers: Debian's Chromium and Firefox ESR with fake devices, one process a participant, driven by puppeteer-core
// (which speaks to both and runs on Debian's Node.js).
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer from 'puppeteer-core';
import { installProbe } from './probe.mjs';
import { COLOURS, nameColour, writeColour } from './picture.mjs';
import { TONES, writeTone } from './sound.mjs';
import { until } from './wait.mjs';

const CHROMIUM_FLAGS = [
	'--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
	'--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', '--disable-features=WebRtcHideLocalIpsWithMdns', '--autoplay-policy=no-user-gesture-required',
	'--allow-loopback-in-peer-connection', '--disable-background-timer-throttling', '--disable-backgrounding-occluded-windows', '--disable-renderer-backgrounding',
];

const FIREFOX_PREFERENCES = {
	'media.navigator.streams.fake': true,
	'media.navigator.permission.disabled': true,
	'media.peerconnection.ice.loopback': true,
	'media.peerconnection.ice.obfuscate_host_addresses': false,
	'media.autoplay.default': 0,
	'media.autoplay.blocking_policy': 0,
};

const folder = mkdtempSync(join(tmpdir(), 'rostrum-browsers-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

function devicesOf(who) {
	const sound = join(folder, `${who}.wav`);
	const picture = join(folder, `${who}.y4m`);
	if (!existsSync(sound)) writeTone(sound, TONES[who]);
	if (COLOURS[who] && !existsSync(picture)) writeColour(picture, who, { fps: 10, frames: 100 });
	return [sound, COLOURS[who] && picture];
}

// Several start at a time, beside all that a machine has to do.
const PATIENCE = { timeout: 120_000, protocolTimeout: 180_000 };
const PAGE_MS = 60_000;

// A browser detaches itself: without this it would outlive a script that throws.
async function launch(options) {
	const browser = await puppeteer.launch({ ...options, ...PATIENCE });
	process.on('exit', () => browser.process()?.kill('SIGKILL'));
	return browser;
}

// `camera` takes the place of the participant's plain colour. With `line` (line.mjs) the browser sees the world through it; a
// page of the plain address there may use camera and microphone if it is of `origin`.
export async function launchChromium(who, { camera, line, origin, flags = [] } = {}) {
	const [sound, colour] = devicesOf(who);
	const picture = camera ?? colour;
	return launch({
		browser: 'chrome',
		executablePath: line ? line.wrapped('/usr/bin/chromium') : '/usr/bin/chromium',
		pipe: Boolean(line), // a port would be another network's
		headless: true,
		args: [...CHROMIUM_FLAGS, `--use-file-for-fake-audio-capture=${sound}`, ...(picture ? [`--use-file-for-fake-video-capture=${picture}`] : []), '--window-size=1280,800',
			...(origin ? [`--unsafely-treat-insecure-origin-as-secure=${origin}`] : []), ...flags],
		defaultViewport: { width: 1280, height: 800 },
	});
}

let pulse = null;

// Firefox's AudioContext stays suspended without an audio back end: a private PulseAudio with a null sink is one.
async function startPulse() {
	if (pulse) return pulse.socket;
	const runtime = join(folder, 'pulse');
	mkdirSync(runtime, { recursive: true, mode: 0o700 });
	const socket = join(runtime, 'native');
	const child = spawn('pulseaudio', ['-n', '--daemonize=no', '--exit-idle-time=-1', '--disallow-exit', '--use-pid-file=no', '-L', 'module-null-sink sink_name=room rate=48000',
		'-L', `module-native-protocol-unix socket=${socket} auth-anonymous=1`], { stdio: 'ignore', env: { ...process.env, XDG_RUNTIME_DIR: runtime, HOME: runtime } });
	pulse = { child, socket };
	process.on('exit', () => child.kill('SIGKILL'));
	await until('PulseAudio', () => existsSync(socket));
	return socket;
}

export function stopPulse() {
	pulse?.child.kill('SIGTERM');
	pulse = null;
}

export async function launchFirefox(who) {
	const socket = await startPulse();
	return launch({
		browser: 'firefox',
		executablePath: '/usr/bin/firefox-esr',
		headless: true,
		env: { ...process.env, PULSE_SERVER: `unix:${socket}` },
		extraPrefsFirefox: { ...FIREFOX_PREFERENCES, 'media.navigator.audio.fake_frequency': TONES[who] },
		defaultViewport: { width: 1280, height: 800 },
	});
}

const slot = (testid) => `[data-testid="${testid}"]`;

// One participant at one page of one browser.
export class Participant {
	constructor(who, browser, page) {
		this.who = who;
		this.browser = browser;
		this.page = page;
		this.errors = [];
		page.setDefaultTimeout(PAGE_MS);
		page.on('pageerror', (error) => this.errors.push(String(error)));
	}

	// Press the join button, with the microphone's sound as it is, and wait for the media to be connected. Without `camera` or
	// `microphone` none is chosen.
	async join(link, query = '', { camera = true, microphone = true } = {}) {
		const [address, token] = link.split('#');
		await this.page.evaluateOnNewDocument(installProbe);
		await this.page.goto(`${address}?audio=raw${query}#${token}`, { waitUntil: 'load' });
		await this.page.waitForSelector(slot('join'));
		for (const [device, wanted] of [['device-camera', camera], ['device-microphone', microphone]])
			if (!wanted && (await this.page.$(slot(device)))) await this.page.select(slot(device), 'none');
		await this.page.click(slot('join'));
		return this.connected();
	}

	connected() {
		return until(`${this.who}'s media`, () => this.page.evaluate(() => window.rostrum.pc()?.connectionState === 'connected'), { limit: 60_000, every: 200 });
	}

	// Press by mouse what is visible, enabled and at rest.
	click(testid, rest = '') {
		return this.page.locator(slot(testid) + rest).setTimeout(60_000).click();
	}

	// What cannot be taken back is pressed twice on the same key, within four seconds: a hand does that, a busy machine's mouse
	// may be later, and then begins anew. So it does where the key was waiting for an answer and took no press.
	async twice(testid) {
		const armed = `${slot(testid)}.armed`;
		await until(`${testid} to be pressed twice`, async () => {
			await this.click(testid);
			await this.page.waitForSelector(armed, { timeout: 10_000 }).catch(() => {});
			return this.page.evaluate((selector) => {
				const key = document.querySelector(selector);
				key?.click();
				return key !== null;
			}, armed);
		}, { limit: 60_000 });
	}

	// As the chair: the floor to the entry of the list, or straight from the list of people. Pages ignore a press right after the
	// list has moved, so it is pressed until it has been heard.
	async give(who) {
		const selectors = [`${slot('entry')}[data-participant="${who}"] ${slot('give')}`, `${slot('person')}[data-participant="${who}"] ${slot('give-direct')}`];
		await until(`${who} to have the floor`, async () => {
			if ((await this.view()).floor?.holder === who) return true;
			await this.page.evaluate((all) => all.map((one) => document.querySelector(one)).find(Boolean)?.click(), selectors);
			return false;
		}, { every: 200 });
	}

	async take() {
		await this.twice('take-floor');
		await until('nobody to have the floor', async () => !(await this.view()).floor?.holder);
	}

	// Once the key means something on this page, and with `stands` once what it presses is there and can be pressed: what a key
	// comes too early for, the page cannot do.
	async press(key, stands = '') {
		if (stands) await this.page.waitForSelector(`${stands}:not([aria-disabled=true])`);
		await this.page.waitForFunction((name) => window.rostrum.keys().includes(name), { timeout: 60_000 }, key);
		await this.page.keyboard.press(key);
	}

	attribute(testid, name, rest = '') {
		return this.page.$eval(`${slot(testid)}${rest}`, (element, attribute) => element.getAttribute(attribute), name);
	}

	text(testid) {
		return this.page.$eval(slot(testid), (element) => element.textContent.trim());
	}

	view() {
		return this.page.evaluate(() => window.rostrum.view());
	}

	// The loudest that each tone gets at any audio slot of this page within `ms`: { hz: dB }.
	loudest(ms = 1000) {
		return this.page.evaluate((tones, time) => window.probe.loudest(tones, time), Object.values(TONES), ms);
	}

	// Until a tone is heard here, and how loud.
	hears(other, { limit = 30_000, above = -40 } = {}) {
		return until(`${other}'s tone at ${this.who}`, async () => {
			const level = (await this.loudest(250))[TONES[other]];
			return level > above && level;
		}, { limit, every: 20 });
	}

	// Until one tone is heard here and for two seconds none of the others is louder than `below`: what lies in a decoder's buffer
	// is still another's, on a busy machine for seconds.
	async hearsAlone(other, below) {
		await this.hears(other);
		const beside = Object.values(TONES).filter((hz) => hz !== TONES[other]);
		await until(`${other}'s tone alone at ${this.who}`, async () => {
			const levels = await this.loudest(2000);
			if (levels[TONES[other]] > -40 && beside.every((hz) => levels[hz] < below)) return true;
			throw new Error(JSON.stringify(levels));
		}, { limit: 60_000 });
	}

	// Whose colour is in the picture of a feed, and its frame counter; null without a moving picture.
	picture(feed) {
		return this.page.evaluate((selector) => window.probe.picture(selector), `video${slot(`picture-${feed}`)}`)
			.then((seen) => seen && { who: nameColour(seen.rgb), counter: seen.counter, size: seen.size, rgb: seen.rgb });
	}

	// Numbers from getStats(): what is sent, and each audio slot's jitter buffer.
	stats() {
		return this.page.evaluate(() => window.probe.stats());
	}

	counters() {
		return this.page.evaluate(() => ({ ...window.rostrum.counters, ...window.probe.negotiations() }));
	}

	close() {
		return this.browser.close().catch(() => this.browser.process()?.kill('SIGKILL'));
	}
}

// With `line`, from behind it; `query` ("&companion") is added to the address. Without `camera` the voice alone is sent: where
// nobody looks at pictures, coding them is most of what a small machine would do.
export async function participate(rostrum, who, { launch = launchChromium, query = '', camera = true, ...options } = {}) {
	const link = new URL(rostrum.link(who));
	if (options.line) link.hostname = options.line.server;
	const browser = await launch(who, { ...options, ...(typeof camera === 'string' && { camera }), origin: options.line && link.origin });
	const [page] = await browser.pages();
	const participant = new Participant(who, browser, page ?? (await browser.newPage()));
	await participant.join(link.href, query, { camera: Boolean(camera) });
	return participant;
}
