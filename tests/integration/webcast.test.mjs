// A real recorder writes, a real rostrum-webcast follows, ffmpeg plays: what everybody would see, and what nobody may.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import test, { afterEach } from 'node:test';
import parser from 'webvtt-parser';
import { bagFaults, events, programmes } from '../support/archive.mjs';
import { expected, parseMetrics } from '../support/prometheus.mjs';
import { Rig, endRigs } from '../support/recorder.mjs';
import { decode, stretches } from '../support/sound.mjs';
import { until as waitUntil } from '../support/wait.mjs';
import { Webcast, colours, complaints, endWebcasts, packets, timed, times } from '../support/webcast.mjs';

const LIMIT = { timeout: 300_000 };
// Small, so that a slow machine keeps up; everything stays on the shelf for as long as the test lasts.
const SETS = ['webcast.segment_ms=1000', 'webcast.window=30', 'webcast.video.width=320', 'webcast.video.height=180', 'webcast.video.bitrate=200000'];

// What a slow machine does late it still does.
const until = (what, check) => waitUntil(what, check, { limit: 60_000 });

afterEach(() => {
	endWebcasts();
	endRigs();
});

async function rigWithWebcast() {
	const rig = new Rig();
	rig.start();
	await rig.says({ type: 'recording', state: 'recording' });
	rig.tell('floor');
	rig.tell('show KEN');
	const webcast = new Webcast(rig.archive, rig.state).start(...SETS);
	await until('the program', () => /ready/.test(webcast.log));
	return { rig, webcast };
}

const KEN = 990;
const FRENCH = 1430;
const size = (path) => (existsSync(path) ? statSync(path).size : 0);

test('a public meeting is webcast from the switch to the closing of its doors, over a kill', LIMIT, async () => {
	const { rig, webcast } = await rigWithWebcast();
	const floor = programmes(rig.directory).floor;

	// While nobody has switched it on nothing comes out of it.
	await until('media of before', () => size(floor) > 30_000);
	assert.deepEqual(webcast.put(), []);
	rig.tell('event webcast {"on":true}');
	await until('the webcast', () => webcast.live?.live);
	assert.deepEqual(webcast.live.languages, [{ id: 'floor' }, { id: 'fr', language: 'fr', name: 'Français' }]);
	assert.deepEqual(webcast.renditions, ['a-floor', 'a-fr', 'v']);
	const { started_ms } = webcast.live;
	await until('three segments', () => webcast.playlist('v').segments.length >= 3);

	// kill -9, and again: it goes on with the next number.
	await webcast.end('SIGKILL');
	const last = webcast.playlist('a-fr').segments.at(-1).number;
	const before = size(floor);
	await until('the meeting to go on meanwhile', () => size(floor) > before + 30_000);
	webcast.start(...SETS);
	await until('it to catch up', () => webcast.playlist('a-fr').segments.at(-1).number > last + 3);

	// Stopped for a while, as by a machine that has no time for it: pictures are left out, and it says so. No sound is.
	const { pictures_left_out } = webcast.live;
	webcast.child.kill('SIGSTOP');
	const stopped = size(floor);
	await until('the meeting to go on meanwhile', () => size(floor) > stopped + 150_000);
	webcast.child.kill('SIGCONT');
	await until('pictures to be left out', () => webcast.live.pictures_left_out > pictures_left_out);
	await until('it to say so', () => /too slow[^]*keeps up again/.test(webcast.log));

	const metrics = await until('figures of it', () => {
		const all = parseMetrics(readFileSync(join(webcast.directory, 'metrics.prom'), 'utf8'));
		return all.find(({ name }) => name === 'rostrum_webcast_pictures_left_out_total').samples[0].value > 0 && all;
	});
	const figure = (name) => metrics.find((metric) => metric.name === `rostrum_webcast_${name}`).samples[0].value;
	assert.equal(figure('live'), 1);
	assert.equal(figure('begun_total'), 1, 'since it was started the last time');
	assert.ok(figure('segments_total') > 3 && figure('sound_segments_total') > figure('segments_total'));
	assert.ok(figure('lag_seconds') > 3 && figure('updated_seconds') > figure('start_time_seconds'));
	assert.equal(figure('errors_total'), 0);
	for (const name of expected('webcast')) assert.ok(metrics.some((metric) => metric.name === name), `${name} is named in conf/ and not there`);

	const now = Date.now();
	rig.tell(`event caption ${JSON.stringify({ language: 'fr', line: 1, text: 'Liberté & égalité', from_ms: now - 2000, to_ms: now })}`);
	await until('captions', () => webcast.live.captions.includes('fr') && webcast.playlist('s-fr').segments.some(({ file }) => webcast.text(`s-fr/${file}`).includes('Liberté')));
	assert.deepEqual(webcast.renditions, ['a-floor', 'a-fr', 's-fr', 'v']);

	// The doors are closed: it ends there.
	rig.tell('event visibility-changed {"visibility":"private"}');
	await until('the end', () => webcast.live.live === false);
	for (const folder of webcast.renditions) assert.ok(webcast.playlist(folder).ended, folder);
	assert.equal(await webcast.end('SIGTERM'), 0);
	rig.tell('record off');
	await rig.says({ type: 'archived', sealed: true });
	assert.equal(await rig.stop(), 0);

	// Judged by ffmpeg: every number there once, every packet of the programme in its place.
	assert.equal(complaints(join(webcast.place, 'master.m3u8')), '');
	const when = (name) => (events(rig.directory).find(({ type, payload }) => type === 'meeting' && payload.name === name).payload.time - started_ms) / 1000;
	const [on, closed] = [when('webcast'), when('visibility-changed')];
	for (const [folder, stream, id] of [['a-floor', 'a', 'floor'], ['a-fr', 'a', 'fr'], ['v', 'v']]) {
		const numbers = webcast.numbers(folder);
		assert.deepEqual(numbers, numbers.map((_, i) => numbers[0] + i), `${folder} has a gap`);
		const whole = webcast.join(folder, numbers, join(rig.state, `${folder}.mp4`));
		assert.equal(complaints(whole), '', folder);
		const seen = times(whole);
		// What a decoder hears before it is in step stands before the segment's time.
		assert.ok(seen[0].time > on - 0.01, `${folder} begins at ${seen[0].time}, switched on at ${on}`);
		assert.ok(seen.at(-1).time < closed, `${folder} goes on to ${seen.at(-1).time}, closed at ${closed}`);
		for (let i = 1; i < seen.length; i++) assert.ok(seen[i].time > seen[i - 1].time, `${folder}: time runs backwards at ${seen[i].time}`);
		if (stream === 'v') {
			assert.equal(colours(whole), 'tv,smpte170m,smpte170m,smpte170m', 'as cameras send them');
			for (const number of numbers) assert.ok(times(webcast.join('v', [number], join(rig.state, 'one.mp4')))[0].key, `segment ${number} begins with a picture that needs no other`);
			continue;
		}
		const programme = packets(programmes(rig.directory)[id], 'a').join(' ');
		const heard = packets(whole, 'a');
		assert.ok(heard.length > 150, `${heard.length} packets`);
		assert.equal(programme.split(heard.join(' ')).length, 2, `${folder} is a piece of the programme, packet by packet`);
	}
	for (const { file } of webcast.playlist('s-fr').segments) assert.deepEqual(new parser.WebVTTParser().parse(webcast.text(`s-fr/${file}`).replace(/^X-TIMESTAMP-MAP.*\n/m, ''), 'captions').errors, [], file);
	for (const folder of webcast.renditions) assert.ok(!readdirSync(join(webcast.place, folder)).some((name) => name.endsWith('.new')), folder);
});

for (const signal of ['SIGKILL', 'SIGTERM']) {
	test(`a recorder that is gone for a while (${signal}) ends no webcast: the same playlists go on`, LIMIT, async () => {
		const { rig, webcast } = await rigWithWebcast();
		await rig.says({ type: 'recording', state: 'recording' });
		const parts = (folder = 'a-floor') => webcast.playlist(folder).segments.length;
		rig.tell('event webcast {"on":true}');
		await until('the webcast', () => webcast.live?.live && parts() >= 3 && parts('v') >= 3);
		const { started_ms } = webcast.live;
		const first = programmes(rig.directory);
		const written = [];

		// Twice, the second time in the midst of what followed the first; and the webcast itself is killed while nobody records.
		for (const part of ['002', '003']) {
			const from = rig.said.length;
			rig.recorder.kill(signal);
			await rig.ended;
			await until('what was written to be out', () => webcast.live.live && parts() >= 3);
			if (part === '003') {
				await webcast.end('SIGKILL');
				webcast.start(...SETS);
			}
			const last = webcast.playlist('v').segments.at(-1).number;
			await rig.plays(2500);
			rig.start();
			await rig.says({ type: 'recording', state: 'recording' }, from);
			rig.tell('show KEN');
			await until('it to go on', () => webcast.playlist('v').segments.at(-1).number > last + 8 && webcast.playlist('a-fr').segments.at(-1).number > last + 8);
			// What a part holds, as long as it is there; the last packet may be half written.
			written.push(...timed(join(rig.directory, `data/channels/floor.${part}.webm`)).slice(0, -1).slice(0, 200));
			for (const folder of webcast.renditions) assert.ok(!webcast.playlist(folder).ended, folder);
		}
		const away = events(rig.directory).filter(({ type }) => type === 'recording-resumed').map(({ utc }) => (Date.parse(utc) - started_ms) / 1000);
		assert.equal(away.length, 2);

		// Nothing of what is said behind closed doors, after a restart as before.
		rig.tell('event visibility-changed {"visibility":"private"}');
		await until('the end', () => webcast.live.live === false);
		assert.equal(await webcast.end('SIGTERM'), 0);
		const closed = (events(rig.directory).find(({ type, payload }) => type === 'meeting' && payload.name === 'visibility-changed').payload.time - started_ms) / 1000;

		for (const folder of ['a-floor', 'a-fr', 'v']) {
			const numbers = webcast.numbers(folder);
			assert.deepEqual(numbers, numbers.map((_, i) => numbers[0] + i), `${folder} has a gap`);
			const whole = webcast.join(folder, numbers, join(rig.state, `${folder}.mp4`));
			assert.equal(complaints(whole), '', folder);
			const seen = times(whole);
			assert.ok(seen.at(-1).time < closed, `${folder} goes on to ${seen.at(-1).time}, closed at ${closed}`);
			for (let i = 1; i < seen.length; i++) assert.ok(seen[i].time > seen[i - 1].time, `${folder}: time runs backwards at ${seen[i].time}`);
			if (folder === 'v') continue;
			for (let i = 1; i < seen.length; i++) assert.ok(seen[i].time - seen[i - 1].time < 0.045, `${folder}: a hole at ${seen[i - 1].time}`);
			// Behind each restart somebody is heard.
			const spoken = stretches(decode(whole), folder === 'a-fr' ? FRENCH : KEN);
			for (const time of away) assert.ok(spoken.some(({ to }) => to > time - seen[0].time + 2), `${folder}: silence after ${time}: ${JSON.stringify(spoken)}`);
		}
		// Each part packet by packet in its place, which only one can have: times grow. A webcast that is late takes what it had not read yet from
		// the programme made again of the parts, where a packet may stand 15 ms (recorder/programme/strip.c) to the other side of its time.
		const heard = timed(join(rig.state, 'a-floor.mp4'));
		assert.ok(written.length > 200, `${written.length} packets`);
		for (const { time, digest } of written) assert.ok(heard.some((packet) => packet.digest === digest && Math.abs(packet.time - time) < 0.035), `the packet at ${time} of ${written[0].time} to ${written.at(-1).time}: ${heard.filter((packet) => Math.abs(packet.time - time) < 0.05).map((packet) => packet.time)}`);

		// Once it is closed there is one programme, of all that the archive holds.
		const from = rig.said.length;
		rig.tell('record off');
		await rig.says({ type: 'archived', sealed: true }, from);
		assert.equal(await rig.stop(), 0);
		assert.deepEqual(readdirSync(join(rig.directory, 'data/channels')).filter((name) => /^\w+\.\d+\.webm$/.test(name)), []);
		assert.deepEqual(bagFaults(rig.directory), []);
	});
}

test('what is over is taken away after its time', LIMIT, async () => {
	const { rig, webcast } = await rigWithWebcast();
	rig.tell('event webcast {"on":true}');
	await until('the webcast', () => webcast.live?.live);
	rig.tell('record off');
	await until('the end', () => webcast.live.live === false);
	for (const folder of webcast.renditions) assert.ok(webcast.playlist(folder).ended, folder);
	assert.equal(await webcast.end('SIGTERM'), 0);
	webcast.start(...SETS, 'webcast.keep_s=0');
	await until('nothing to be left', () => webcast.put().length === 0);
	assert.equal(await webcast.end('SIGTERM'), 0);
	assert.deepEqual(readdirSync(webcast.directory), [], 'its figures neither');
	await rig.says({ type: 'archived', sealed: true });
	assert.equal(await rig.stop(), 0);
});
