// What a room's box takes of a core: eight microphones that are spoken into, another room that speaks on the floor and a voice in each of six languages, on
// output channels of their own; a camera of 720p while nobody wants more than its smallest size, and 720p, 360p and 180p while the recorder wants them all.
// usage: node bench/roombox/run.mjs [MICROPHONES [SECONDS]]
import { join } from 'node:path';
import { publish } from '../../support/clients.mjs';
import { cpu } from '../../support/cpu.mjs';
import { Page } from '../../support/page.mjs';
import { LANGUAGES, importRooms, roomToken, startBox } from '../../support/rooms.mjs';
import { startRostrum } from '../../support/rostrum.mjs';
import { RATE, writeSamples } from '../../support/sound.mjs';
import { sleep, until } from '../../support/wait.mjs';

const [microphones, seconds] = [8, 30].map((preset, i) => Number(process.argv[2 + i] ?? preset));
const MEETING = 'booths';
const MEMBERS = 24; // harmonics of a voice

// What costs a codec as much as speech does: a voice that glides, four syllables a second of changing vowels, a hiss between some of them, and a
// breath each third second.
function speech(path, voice) {
	const samples = new Float32Array(10 * RATE);
	let phase = 0;
	for (let i = 0; i < samples.length; i += 1) {
		const t = i / RATE;
		const syllable = Math.floor(t * 4) + voice;
		const pitch = 100 + 12 * voice + 20 * Math.sin(2 * Math.PI * 0.4 * t + voice);
		const vowel = [500 + 83 * (syllable % 5), 1000 + 217 * (syllable % 7)];
		const loud = t % 3 > 2.4 ? 0 : Math.sin(Math.PI * ((t * 4) % 1)) ** 2;
		phase += (2 * Math.PI * pitch) / RATE;
		for (let k = 1; k <= MEMBERS; k += 1) {
			const near = vowel.reduce((sum, formant) => sum + Math.exp(-(((k * pitch - formant) / 180) ** 2)), 0.05);
			samples[i] += (0.08 * loud * near * Math.sin(k * phase)) / Math.sqrt(k);
		}
		if (syllable % 3 === 0) samples[i] += 0.02 * (1 - loud) * (Math.random() - 0.5);
	}
	return writeSamples(path, samples);
}

const rostrum = await startRostrum();
importRooms(rostrum);
const said = (voice) => ({ input: `file:${speech(join(rostrum.state, `speech-${voice}.wav`), voice)}`, loop: true });
const voices = Array.from({ length: Math.max(microphones, LANGUAGES.length + 1) }, (_, i) => said(i));
const chair = new Page(rostrum.base, roomToken(rostrum, 'chair', 'chair', MEETING));
const secretary = new Page(rostrum.base, roomToken(rostrum, 'sec', 'secretariat', MEETING));
const desks = LANGUAGES.map((language) => ({ language, page: new Page(rostrum.base, roomToken(rostrum, `${language}-1`, 'interpreter', MEETING)) }));
const publishers = [];
const boxes = [];
const start = (id, role, settings) => boxes[boxes.push(startBox(rostrum, id, role, { meeting: MEETING, 'log.interval': 1, ...settings })) - 1];
try {
	await Promise.all([chair, secretary, ...desks.map(({ page }) => page)].map((page) => page.open()));
	await chair.must('open-meeting', { override: true });
	publishers.push(...desks.map(({ language }, i) => publish(rostrum, `${language}-1`, { token: roomToken(rostrum, `${language}-1`, 'interpreter', MEETING), meeting: MEETING, hz: 300 + 100 * i })));
	start('room-2', 'room', { microphones: [voices[LANGUAGES.length]] });
	for (const { language, page } of desks) await until(`${language} is live`, async () => (await page.command('go-live', { channel: language })).ok, { limit: 60_000, every: 500 });
	const box = start('room-1', 'room', { microphones: voices.slice(0, microphones), 'camera.input': 'gen:bars', outputs: [{ output: 'null:', channels: LANGUAGES }, { output: 'null:' }] });
	const packets = () => Number(box.log().match(/heard packets=(\d+)/g)?.at(-1).split('=')[1] ?? 0);
	await until('the box hears six languages and the floor', () => packets() > 50 * (LANGUAGES.length + 1), { limit: 60_000 });
	const measure = async (what) => {
		const [before, from, heard] = [cpu(box.child.pid), Date.now(), packets()];
		await sleep(seconds * 1000);
		const took = (Date.now() - from) / 1000;
		console.log(`measured: ${microphones} microphones, ${((packets() - heard) / took / 50).toFixed(1)} streams heard at a time, ${what} at 30 pictures a second: ${((100 * (cpu(box.child.pid) - before)) / took).toFixed(1)} % of a core`);
	};
	await measure('180p');
	await secretary.must('take-up-recording');
	await sleep(2000); // until the first pictures of the larger sizes, which cost more, are there
	await measure('720p, 360p and 180p');
	console.log(box.log().trim().split('\n').at(-1));
} finally {
	chair.close();
	secretary.close();
	desks.forEach(({ page }) => page.close());
	await Promise.all(publishers.map((publisher) => publisher.stop()));
	boxes.forEach(({ child }) => child.kill());
	await Promise.all(boxes.map(({ ended }) => ended));
	await rostrum.stop();
}
