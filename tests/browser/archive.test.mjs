// The archive of a short real meeting, held by Chromium: judged by programs that nobody here wrote.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { bagFaults, chainFaults, decodingFaults, essence, events, faultsOf, opusFaults, programmes, sessions, verify } from '../support/archive.mjs';
import { Authority } from '../support/authority.mjs';
import { participate } from '../support/browsers.mjs';
import { Page } from '../support/page.mjs';
import { nameColour } from '../support/picture.mjs';
import { debateFaults, readIndex, readVtt } from '../support/record.mjs';
import { build, newState, startRostrum } from '../support/rostrum.mjs';
import { sleep, until } from '../support/wait.mjs';

const LIMIT = { timeout: 240_000 };
let authority;
let rostrum;
let all = [];
let directory;

before(async () => {
	const state = newState();
	authority = await new Authority(join(state, 'tsa')).start();
	writeFileSync(join(state, 'recorder.set'), `archive.tsa.url=${authority.url}\narchive.tsa.ca=${authority.ca}\narchive.head_s=2\n`);
	rostrum = await startRostrum({ state });
	all = await Promise.all(['chair', 'KEN', 'fr-1'].map((who) => participate(rostrum, who)));
	const [chair, KEN] = all;
	await chair.click('open-meeting');
	await until('the session to be open', async () => (await KEN.view()).meeting.state === 'in-session');
	const captioner = new Page(rostrum.base, rostrum.tokens.captioners['caption-1']);
	await captioner.open();
	for (let turn = 0; turn < 2; turn += 1) {
		await chair.give('KEN');
		await captioner.must('caption', { language: 'en', text: `We speak for the ${turn === 0 ? 'first' : 'second'} time.` });
		await sleep(4000);
		await chair.take();
	}
	captioner.close();
	assert.equal((await rostrum.http('POST', '/api/meetings/demo/close', { token: rostrum.tokens.secretariat })).status, 200);
	[directory] = sessions(rostrum.archive);
	await until('the seal', () => verify(directory).sealed, { limit: 90_000, every: 500 });
}, LIMIT);

after(async () => {
	await Promise.all(all.map((one) => one.close()));
	await rostrum?.stop();
	authority?.stop();
});

function clean(command, ...args) {
	const ran = spawnSync(command, args, { encoding: 'utf8' });
	assert.equal(ran.status, 0, `${command} ${args.join(' ')}: ${ran.stdout}${ran.stderr}`);
	return ran.stdout + ran.stderr;
}

test('rostrumctl finds nothing wrong with it', LIMIT, () => {
	const verdict = verify(directory, '--ca', authority.ca, '--key', join(directory, 'proof/recorder.pub'));
	assert.equal(verdict.status, 0, JSON.stringify(verdict));
	assert.deepEqual([verdict.sealed, verdict.closed, verdict.signatures, verdict.stamps], [true, true, 2, 2]);
	assert.equal(verdict.covered, verdict.clusters);
	assert.deepEqual(chainFaults(directory), []);
	assert.ok(events(directory).some(({ payload }) => payload.name === 'floor-given'));
});

test('coreutils take it for a bag, openssl its signatures and time stamps for good', LIMIT, () => {
	assert.deepEqual(bagFaults(directory), []);
	for (const [file, stem] of [['manifest-sha512.txt', 'manifest'], ['proof/tree-head.json', 'tree-head']]) {
		clean('openssl', 'pkeyutl', '-verify', '-rawin', '-pubin', '-inkey', join(directory, 'proof/recorder.pub'), '-in', join(directory, file), '-sigfile', join(directory, `proof/${stem}.sig`));
		assert.equal(authority.faultsOf(join(directory, file), join(directory, `proof/${stem}.tsr`)), '');
	}
});

test('mediaconch, ffprobe, ffmpeg and mkvmerge find nothing wrong with what was recorded', LIMIT, () => {
	const paths = essence(directory);
	assert.ok(['KEN.001.a.', 'KEN.001.v.', 'fr.001.a.'].every((part) => paths.some((path) => path.includes(part))), String(paths));
	for (const path of paths) {
		assert.deepEqual(faultsOf(path), [], path);
		// In the file's own time base: in that of a guessed rate of pictures two that came soon after one another count as one.
		assert.equal(decodingFaults(path), '', path);
	}
});

test('nor with the programme of any language', LIMIT, () => {
	const all = programmes(directory);
	assert.deepEqual(Object.keys(all).sort(), readIndex(directory).languages.map(({ id }) => id).sort());
	for (const path of Object.values(all)) {
		assert.deepEqual(faultsOf(path, { streams: 2 }), [], path);
		assert.equal(decodingFaults(path), '', path);
	}
});

test('opusinfo finds nothing wrong with any sound', LIMIT, () => {
	// As they are given out.
	for (const language of Object.keys(programmes(directory))) {
		const opus = join(newState(), `${language}.opus`);
		clean(join(build, 'tools/rostrumctl/rostrumctl'), 'archive', 'export', directory, '--language', language, '--to', opus);
		assert.deepEqual(opusFaults(opus), [], language);
	}
	for (const path of essence(directory).filter((one) => one.endsWith('.a.webm'))) assert.deepEqual(opusFaults(path), [], path);
});

test('xmllint takes the record for Akoma Ntoso, webvtt-parser its texts for WebVTT, with all that was said', LIMIT, () => {
	const data = join(directory, 'data');
	assert.deepEqual(debateFaults([join(data, 'record/debate.xml')]), []);
	const read = (name, kind) => {
		const { cues, faults } = readVtt(join(data, 'text', name), kind);
		assert.deepEqual(faults, [], name);
		return cues;
	};
	assert.deepEqual(readdirSync(join(data, 'text')).sort(), ['captions.en.vtt', 'chapters.vtt', 'speeches.vtt']);
	assert.deepEqual(read('captions.en.vtt', 'captions').map(({ text }) => text), ['We speak for the first time.', 'We speak for the second time.']);
	assert.equal(read('speeches.vtt', 'metadata').filter(({ text }) => JSON.parse(text).participant === 'KEN').length, 2);
	read('chapters.vtt', 'chapters');
});

test('Chromium plays the programme of every language to its end, and jumps in it', LIMIT, async () => {
	const { session, speeches, duration_ms } = readIndex(directory);
	const speech = speeches.findLast(({ participant }) => participant === 'KEN'); // whose camera surely runs
	const page = await all[0].browser.newPage();
	await page.goto(rostrum.base);
	const { ticket } = await page.evaluate(async (path, token) => (await fetch(path, { headers: { authorization: `Bearer ${token}` } })).json(), `/api/v1/archive/${session}`, rostrum.tokens.viewer);
	for (const language of Object.keys(programmes(directory))) {
		const seen = await page.evaluate(async (address, at) => {
			const video = document.createElement('video');
			const faults = [];
			for (const name of ['error', 'stalled']) video.addEventListener(name, () => faults.push(video.error?.message ?? name));
			const once = (name) => new Promise((done) => video.addEventListener(name, done, { once: true }));
			video.src = address;
			document.body.append(video);
			await once('loadedmetadata');
			video.currentTime = at;
			await once('seeked');
			const pen = Object.assign(document.createElement('canvas'), { width: 8, height: 8 }).getContext('2d');
			// The place is there before its picture is drawn.
			let rgb = [0, 0, 0];
			for (let i = 0; i < 100 && Math.max(...rgb) === 0; i += 1) {
				await new Promise((done) => setTimeout(done, 50));
				pen.drawImage(video, 0, 0, 8, 8);
				rgb = [...pen.getImageData(4, 5, 1, 1).data].slice(0, 3);
			}
			video.playbackRate = 4;
			const end = once('ended');
			await video.play();
			await end;
			const { totalVideoFrames, corruptedVideoFrames } = video.getVideoPlaybackQuality();
			const result = { faults, rgb, duration: video.duration, ended: video.currentTime, totalVideoFrames, corruptedVideoFrames, sound: video.webkitAudioDecodedByteCount };
			video.remove();
			return result;
		}, `/api/v1/archive/${session}/programme/${language}?ticket=${ticket}`, speech.from_ms / 1000 + 3);
		assert.deepEqual(seen.faults, [], language);
		assert.equal(nameColour(seen.rgb), 'KEN', `${language}: ${seen.rgb}`);
		assert.ok(Math.abs(seen.duration * 1000 - duration_ms) < 100 && Math.abs(seen.ended - seen.duration) < 0.1, `${language}: ${seen.ended} of ${seen.duration} s, ${duration_ms} ms`);
		assert.ok(seen.totalVideoFrames > 20 && seen.corruptedVideoFrames === 0 && seen.sound > 0, `${language}: ${JSON.stringify(seen)}`);
	}
	await page.close();
});
