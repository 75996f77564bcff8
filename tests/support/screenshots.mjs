// Take the pictures of docs/ from the real pages, with drawn people as cameras.
// usage: node support/screenshots.mjs; wants a build and built pages, as tools/up leaves them.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchChromium, participate } from './browsers.mjs';
import { debate, writeRecording } from './recordings.mjs';
import { startBox } from './rooms.mjs';
import { newState, root, startRostrum } from './rostrum.mjs';
import { sleep, until } from './wait.mjs';

const FRAMES = 20;
const PEOPLE = {
	chair: { plate: 'CHAIR', wall: '#33475b', wood: '#6b4a2f', skin: '#c98f6b', hair: '#3a2c23', dress: '#22303c' },
	KEN: { plate: 'KENYA', wall: '#4a5d4e', wood: '#7a5636', skin: '#7b4a2d', hair: '#1d1512', dress: '#8c2f39' },
	room: { plate: 'ROOM 2', wall: '#5d5648', wood: '#54391f', skin: '#d9a77f', hair: '#777', dress: '#2f3b2f' },
	FRA: { plate: 'FRANCE', wall: '#51506b', wood: '#6b4a2f', skin: '#e0b191', hair: '#6a4a2a', dress: '#2b4a78' },
};

// One frame: somebody behind a desk with a microphone and a name plate, nodding a little.
function draw({ plate, wall, wood, skin, hair, dress }, frame) {
	const nod = 4 * Math.sin((2 * Math.PI * frame) / FRAMES);
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 360" width="640" height="360">
		<rect width="640" height="360" fill="${wall}"/><rect x="40" width="8" height="360" fill="#0002"/><rect x="592" width="8" height="360" fill="#0002"/>
		<path d="M170 360c4-96 60-128 150-128s146 32 150 128z" fill="${dress}"/><path d="M286 206h68v44l-34 26-34-26z" fill="${skin}"/>
		<g transform="translate(0 ${nod})"><path d="M232 132c-6-130 182-130 176 0 0 40-10 66-22 84H254c-12-18-22-44-22-84z" fill="${hair}"/>
		<ellipse cx="320" cy="144" rx="66" ry="82" fill="${skin}"/><path d="M256 116c20-40 108-40 128 0-8-60-118-60-128 0z" fill="${hair}"/>
		<circle cx="296" cy="140" r="6" fill="#221"/><circle cx="344" cy="140" r="6" fill="#221"/><path d="M298 ${188 - nod / 2}q22 ${10 + nod * 2} 44 0" stroke="#722" stroke-width="5" fill="none"/></g>
		<path d="M404 330c0-40-10-62-40-76" stroke="#111" stroke-width="6" fill="none"/><circle cx="362" cy="252" r="11" fill="#222"/>
		<rect y="300" width="640" height="60" fill="${wood}"/><rect x="60" y="286" width="190" height="52" rx="4" fill="#f5f2ea"/>
		<text x="155" y="321" font-family="DejaVu Sans" font-size="27" font-weight="bold" text-anchor="middle" fill="#222">${plate}</text></svg>`;
}

// The frames as a camera for Chromium.
async function cameras(folder) {
	const browser = await launchChromium('chair');
	const [page] = await browser.pages();
	await page.setViewport({ width: 640, height: 360 });
	const files = {};
	for (const [who, look] of Object.entries(PEOPLE)) {
		for (let frame = 0; frame < FRAMES; frame += 1) {
			await page.setContent(`<body style="margin:0">${draw(look, frame)}`);
			writeFileSync(join(folder, `${who}-${String(frame).padStart(2, '0')}.png`), await page.screenshot());
		}
		files[who] = join(folder, `${who}.y4m`);
		execFileSync('ffmpeg', ['-v', 'error', '-framerate', '10', '-i', join(folder, `${who}-%02d.png`), '-pix_fmt', 'yuv420p', files[who]]);
	}
	await browser.close();
	return files;
}

const folder = mkdtempSync(join(tmpdir(), 'rostrum-pictures-'));
const camera = await cameras(folder);
const state = newState();
const MINUTES = 40;
const captions = { en: Array.from({ length: MINUTES * 6 }, (_, i) => ({ from_ms: i * 10_000, to_ms: i * 10_000 + 9000, text: 'My delegation supports the text on the law of the sea as it stands.' })) };
mkdirSync(join(state, 'archive'), { recursive: true });
writeRecording(join(state, 'archive'), { session: 'plenary1', languages: ['floor', 'en', 'fr', 'ar'], picture: camera.KEN, seconds: MINUTES * 60, captions, ...debate(MINUTES * 60, 90) });
const rostrum = await startRostrum({ state });
const box = startBox(rostrum, 'room', 'room', {
	meeting: 'demo', microphones: [{ input: 'gen:chirp' }], 'camera.input': `file:${camera.room}`, 'camera.loop': true,
	outputs: [{ output: `file:${join(folder, 'room.wav')}`, channels: ['floor', 'fr'] }],
});
const everyone = await Promise.all(['chair', 'KEN', 'FRA', 'fr-1', 'fr-2', 'technician'].map((who) => participate(rostrum, who, { camera: camera[who] })));
const [chair, KEN, FRA, booth, , technician] = everyone;
await chair.click('open-meeting');
await KEN.click('floor-key');
await until('KEN on the list', async () => (await chair.view()).list.length === 1);
await FRA.click('floor-key');
await booth.click('desk-key');
await until('FRA on the list', async () => (await chair.view()).list.length === 2);
await chair.give('KEN');
await FRA.hears('KEN');
await booth.page.keyboard.press('f');
await (await booth.page.waitForSelector('[data-testid="choice"][data-choice="en"]')).evaluate((key) => key.click());
await until('English on the floor', async () => (await chair.view()).floor.language === 'en');
await technician.page.click('[data-testid="station"][data-participant="KEN"]');
await sleep(90_000); // lines have a little of their past
for (const [one, name] of [[FRA, 'delegate'], [chair, 'podium'], [booth, 'interpreter'], [technician, 'technician']])
	await one.page.screenshot({ path: join(root, 'docs', `${name}.png`) });
await Promise.all(everyone.slice(1).map((one) => one.close()));
const archive = await chair.browser.newPage();
await archive.goto(`${rostrum.base}/archive?s=plenary1&t=600#${rostrum.token('KEN')}`, { waitUntil: 'domcontentloaded' });
await until('the recording to be open', () => archive.$eval('video', (video) => video.readyState >= 2 && !video.seeking).catch(() => false));
await sleep(2000); // the browser's own spinner goes away
await archive.screenshot({ path: join(root, 'docs', 'archive.png') });
await chair.close();
box.child.kill();
await box.ended;
await rostrum.stop();
rmSync(folder, { recursive: true, force: true });
