// The archive's page with a meeting of three hours on loopback: from the press to all of it drawn and the player ready, how long a seek
// takes, how fast a file comes, and what signaling costs meanwhile.
// usage: node bench/archive/run.mjs [--hours 3] [--seeks 40] [--json]
import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { launchChromium } from '../../support/browsers.mjs';
import { debate, writeRecording } from '../../support/recordings.mjs';
import { newState, startRostrum } from '../../support/rostrum.mjs';
import { until } from '../../support/wait.mjs';

const { values } = parseArgs({ options: { hours: { type: 'string', default: '3' }, seeks: { type: 'string', default: '40' }, json: { type: 'boolean', default: false } } });
const seconds = Math.round(Number(values.hours) * 3600);
const state = newState();
const archive = join(state, 'archive');
mkdirSync(archive, { recursive: true });
process.on('exit', () => rmSync(state, { recursive: true, force: true }));
// A speech every half minute and a caption every five seconds: busier than a real sitting.
const captions = { en: Array.from({ length: Math.floor(seconds / 5) }, (_, i) => ({ from_ms: i * 5000, to_ms: i * 5000 + 4500, text: `Line ${i} of what was said about the law of the sea.` })) };
writeRecording(archive, { session: 'long1', languages: ['floor', 'fr'], seconds, captions, ...debate(seconds, 30) });
const rostrum = await startRostrum({ state });
const token = rostrum.token('KEN');
const ask = async (path) => (await fetch(`${rostrum.base}/api/v1/archive${path}`, { headers: { authorization: `Bearer ${token}` } }));
await until('the recording to be listed', async () => (await (await ask('')).json()).total === 1);

const cpu = () => readFileSync(`/proc/${rostrum.pids.signaling}/stat`, 'utf8').split(' ').slice(13, 15).reduce((sum, ticks) => sum + Number(ticks), 0) * 10;
const browser = await launchChromium('chair');
const [page] = await browser.pages();

// Warm once: what is measured is the meeting, not the first start of a browser.
const open = async () => {
	await page.goto('about:blank');
	const began = performance.now();
	await page.goto(`${rostrum.base}/archive?s=long1#${token}`, { waitUntil: 'domcontentloaded' });
	await page.waitForFunction((n) => document.querySelectorAll('[data-testid="speech"]').length === n && document.querySelector('video')?.readyState >= 2, { polling: 'raf' }, Math.floor(seconds / 30));
	return performance.now() - began;
};
await open();
const opened = [];
for (let i = 0; i < 5; i += 1) opened.push(await open());
const seeks = await page.evaluate(async (n, length) => {
	const video = document.querySelector('video');
	const times = [];
	let place = 17;
	for (let i = 0; i < n; i += 1) {
		place = (place * 7919 + 104_729) % length;
		const began = performance.now();
		await new Promise((done) => {
			video.addEventListener('seeked', done, { once: true });
			video.currentTime = place;
		});
		times.push(performance.now() - began);
	}
	return times;
}, Number(values.seeks), seconds - 5);
const switches = [];
for (const channel of ['fr', 'floor', 'fr', 'floor', 'fr']) {
	const began = performance.now();
	await page.click(`[data-testid="listen"][data-channel="${channel}"]`);
	await page.waitForFunction((id) => {
		const video = document.querySelector('video');
		return video.dataset.language === id && video.readyState >= 2 && !video.seeking && video.currentTime > 1;
	}, { polling: 'raf' }, channel);
	switches.push(performance.now() - began);
}
await browser.close();

const before = cpu();
const began = performance.now();
const octets = (await (await ask('/long1/programme/floor')).arrayBuffer()).byteLength;
const whole = performance.now() - began;
const spent = cpu() - before;
const search = performance.now();
await (await ask('?q=law%20sea')).json();
const searched = performance.now() - search;
await rostrum.stop();

const sorted = (list) => [...list].sort((a, b) => a - b);
const median = (list) => Math.round(sorted(list)[Math.floor(list.length / 2)]);
const most = (list) => Math.round(Math.max(...list));
const result = {
	hours: seconds / 3600, mib: Math.round(statSync(join(archive, 'demo-long1/data/channels/floor.webm')).size / 2 ** 20),
	open_ms: { median: median(opened), most: most(opened) }, seek_ms: { median: median(seeks), most: most(seeks) }, switch_ms: { median: median(switches), most: most(switches) },
	mib_per_s: Math.round(octets / 2 ** 20 / (whole / 1000)), cpu_ms_per_mib: Number((spent / (octets / 2 ** 20)).toFixed(2)), search_ms: Math.round(searched),
};
console.log(values.json ? JSON.stringify(result) : Object.entries(result).map(([name, value]) => `${name.padEnd(16)} ${typeof value === 'object' ? `median ${value.median}, most ${value.most}` : value}`).join('\n'));
