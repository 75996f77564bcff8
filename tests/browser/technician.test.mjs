// The technician's page against real lines: who is measured, what goes wrong, and that it stands on top.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { participate } from '../support/browsers.mjs';
import { join } from '../support/page.mjs';
import { startBox } from '../support/rooms.mjs';
import { startRostrum } from '../support/rostrum.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 240_000 };
let rostrum;
let technician;
let KEN;
let chair; // a page without a browser

before(async () => {
	rostrum = await startRostrum();
	[technician, KEN, chair] = await Promise.all([participate(rostrum, 'technician'), participate(rostrum, 'KEN'), join(rostrum, 'chair')]);
}, LIMIT);
after(async () => {
	chair?.close();
	await Promise.all([technician, KEN].map((one) => one?.close()));
	await rostrum?.stop();
});

const row = '[data-testid="station"][data-participant="KEN"]';
const text = (selector) => technician.page.evaluate((one) => document.querySelector(one)?.textContent ?? '', selector);
const problems = async () => (await rostrum.http('GET', '/api/v1/meetings/demo/problems', { token: rostrum.tokens.technician })).json.problems;

test('a line is measured, and one press shows it in full', LIMIT, async () => {
	await until('the line of KEN to be measured', async () => /20 kHz[^]*0\.0 %[^]*kbit/.test(await text(row)));
	await technician.page.click(row);
	await until('ten minutes of it', async () => (await technician.page.$$('[data-testid="plot"] polyline')).length > 2);
	// A round trip here takes less than a millisecond, which is not told.
	await until('its figures', async () => /\d kbit/.test(await text('[data-testid="figure"][data-figure="capacity"]')) && /20 kHz fullband/.test(await text('[data-testid="figure"][data-figure="khz"]')));
	await until('the media server', async () => /% busy/.test(await text('[data-testid="node"][data-node="sfu-1"]')));
});

// A tone that is louder and softer about as often as a voice has syllables, instead of the steady one.
const speakInSyllables = async () => {
	const sender = window.rostrum.pc().getSenders().find(({ track }) => track?.kind === 'audio');
	const own = sender.track;
	const context = new AudioContext();
	const [tone, voice, to] = [new OscillatorNode(context, { frequency: 990 }), new GainNode(context, { gain: 0 }), new MediaStreamAudioDestinationNode(context)];
	tone.connect(voice).connect(to);
	tone.start();
	for (let at = 0; at < 600; at += 1) voice.gain.setTargetAtTime([0.5, 0.01, 0.2, 0.002][at % 4], context.currentTime + at * 0.15, 0.02);
	await sender.replaceTrack(to.stream.getAudioTracks()[0]);
	window.syllables = { end: async () => {
		await sender.replaceTrack(own);
		await context.close();
	} };
};

// Counted against what comes once a second, so that a slow machine is slow for both.
test('the meter of who speaks moves with the voice, and with each drawing', LIMIT, async () => {
	await KEN.page.evaluate(speakInSyllables);
	const counts = await technician.page.evaluate(async (one) => {
		const canvas = document.querySelector('rs-stations canvas');
		const pen = canvas.getContext('2d');
		const line = () => {
			const [frame, place] = [canvas.getBoundingClientRect(), document.querySelector(`${one} [data-draws=level]`).getBoundingClientRect()];
			const [x, y] = [place.x - frame.x, place.y - frame.y + place.height / 2].map((at) => Math.round(at * devicePixelRatio));
			const { data } = pen.getImageData(x, y, Math.round(place.width * devicePixelRatio), 1);
			return data.join();
		};
		const { wire } = document.querySelector('rs-technician').session;
		const { onlevels, onsurvey } = wire;
		const counted = { told: 0, seconds: 0, drawn: 0 };
		let level = '';
		wire.onlevels = (levels) => {
			if (levels.KEN && String(levels.KEN) !== level) counted.told += 1;
			level = String(levels.KEN ?? level);
			onlevels(levels);
		};
		wire.onsurvey = (told) => {
			counted.seconds += 1;
			onsurvey(told);
		};
		let before = '';
		while (counted.seconds < 11) {
			await new Promise((resolve) => setTimeout(resolve, 20));
			const now = line();
			if (now !== before) counted.drawn += 1;
			before = now;
		}
		Object.assign(wire, { onlevels, onsurvey });
		return counted;
	}, row);
	await KEN.page.evaluate(() => window.syllables.end());
	assert.ok(counts.told > 3 * (counts.seconds - 1), JSON.stringify(counts));
	assert.ok(counts.drawn > 3 * (counts.seconds - 1), JSON.stringify(counts));
});

test('somebody is found, and only who is meant is shown', LIMIT, async () => {
	await technician.page.type('[data-testid="find-station"]', 'kenya');
	await until('Kenya alone', async () => (await technician.page.$$('[data-testid="station"]')).length === 1);
	await technician.page.evaluate(() => {
		const field = document.querySelector('[data-testid="find-station"]');
		field.value = '';
		field.dispatchEvent(new Event('input'));
	});
	await until('everybody', async () => (await technician.page.$$('[data-testid="station"]')).length > 3);
});

test('what a line gets and sends, and its last packets, are there for a press', LIMIT, async () => {
	await technician.page.evaluate((one) => document.querySelector(one).click(), row);
	await technician.click('look-closer');
	await until('its layers and packets', async () => (await technician.page.$$('[data-testid="stream"]')).length >= 2 && (await technician.page.$$('[data-testid="packets"] tbody tr')).length > 10);
	assert.match(await text('[data-testid="stream"][data-media="camera"]'), /Camera/);
});

test('behind open doors one microphone is tried, with a verdict', LIMIT, async () => {
	await technician.click('open-doors');
	await technician.page.evaluate((one) => document.querySelector(one).click(), row);
	await technician.click('begin-sound-check');
	await until('it to be tried', async () => (await technician.view()).meeting.checking === 'KEN');
	await until('the verdict', async () => (await technician.page.$('[data-testid="detail"] [data-testid="sound"][data-verdict]')) !== null, { limit: 60_000 });
	await technician.click('end-sound-check');
	await until('it to be over', async () => !(await technician.view()).meeting.checking);
	await technician.click('close-doors');
});

const detail = (selector) => technician.page.$(`[data-testid="detail"] ${selector}`);
const choose = (badge) => technician.page.evaluate((one) => document.querySelector(`[data-testid="station"][data-participant="${one}"]`).click(), badge);
const errand = (name) => KEN.page.$(`[data-testid="errand"][data-errand="${name}"]`);

test('a press of an arrow is one line', LIMIT, async () => {
	await technician.page.focus(`${row}`);
	const lines = await technician.page.$$eval('[data-testid="station"]', (all) => all.map((one) => one.dataset.participant));
	await technician.page.keyboard.press('ArrowDown');
	const next = lines[lines.indexOf('KEN') + 1];
	await until('the next line to have the focus', async () => (await technician.page.evaluate(() => document.activeElement.dataset.participant)) === next);
	await technician.page.keyboard.press('ArrowUp');
	await until('the line to have it again', async () => (await technician.page.evaluate(() => document.activeElement.dataset.participant)) === 'KEN');
});

test('the cable is asked for, and the answer seen; a line is told, and read', LIMIT, async () => {
	await choose('KEN');
	await technician.click('ask-for-cable');
	await until('the question', async () => (await errand('use-cable')) !== null);
	await KEN.click('errand-cannot');
	await until('the answer', async () => (await detail('[data-errand="use-cable"][data-state="cannot"]')) !== null);
	await technician.page.type('[data-testid="tell-text"]', 'Louder, please.');
	await technician.click('tell-seat');
	await until('the line', async () => (await KEN.page.evaluate(() => document.querySelector('[data-errand="tell"]')?.textContent ?? '')).includes('Louder, please.'));
	await KEN.click('errand-done');
	await until('it to be read', async () => (await detail('[data-errand="tell"][data-state="done"]')) !== null);
	assert.equal(chair.asked.length, 0);
});

// What is played is listened to where it goes to the loudspeaker, and held against what came.
const listenToEcho = () => {
	const heard = (window.heard = { came: 0, played: 0, fell: false });
	const meter = (context, node, name) => {
		const analyser = new AnalyserNode(context, { fftSize: 512 });
		const samples = new Float32Array(512);
		node.connect(analyser);
		const look = () => {
			analyser.getFloatTimeDomainData(samples);
			const loud = samples.some((one) => Math.abs(one) > 0.01);
			if (loud && heard[name] === 0) heard[name] = context.currentTime;
		};
		setInterval(look, 10);
	};
	const { connect } = AudioNode.prototype;
	AudioNode.prototype.connect = function (to, ...more) {
		if (this instanceof DelayNode && to === this.context.destination) meter(this.context, this, 'played');
		if (this instanceof MediaStreamAudioSourceNode && to instanceof DelayNode) meter(this.context, this, 'came');
		return connect.call(this, to, ...more);
	};
};

test('one hears oneself a second late, and nobody else does', LIMIT, async () => {
	await KEN.page.evaluate(listenToEcho);
	const other = await participate(rostrum, 'FRA');
	const packets = () => other.page.evaluate(async () => [...(await window.rostrum.pc().getStats()).values()].filter(({ type, kind }) => type === 'inbound-rtp' && kind === 'audio').reduce((sum, { packetsReceived }) => sum + packetsReceived, 0));
	await technician.click('loop-back');
	await until('the own voice', async () => (await KEN.page.evaluate(() => window.heard.played)) > 0, { limit: 14_000 });
	const { came, played } = await KEN.page.evaluate(() => window.heard);
	// A page that stood still noticed late that it came.
	assert.ok(came > 0 && played - came > 0.5, `it came at ${came} s and was played at ${played} s`);
	assert.equal(await packets(), 0);
	await other.close();
	await chair.must('open-meeting');
	await chair.must('give-floor', { participant: 'KEN' });
	await until('it to be over', async () => (await errand('loop-back')) === null);
	assert.ok((await KEN.page.evaluate(() => window.rostrum.slots())).every(({ feed }) => feed !== 'own'));
	await chair.must('take-floor');
	await chair.must('suspend-meeting');
});

test('tone and bars are sent instead of microphone and camera, and never into the meeting', LIMIT, async () => {
	const sent = () => KEN.page.evaluate(() => window.rostrum.pc().getSenders().slice(0, 2).map(({ track }) => track instanceof CanvasCaptureMediaStreamTrack ? 'bars' : /destination/i.test(track?.label ?? '') ? 'tone' : 'own'));
	// The keys have just come, and what is about them moves every second: a mouse on a busy machine is late, and hits another.
	const press = async (testid) => (await technician.page.waitForSelector(`[data-testid="${testid}"]`)).evaluate((key) => key.click());
	await press('signal-tone');
	await until('the tone', async () => (await sent()).join() === 'tone,own', { limit: 60_000 });
	await press('signal-bars');
	await until('both', async () => (await sent()).join() === 'tone,bars' && (await errand('test-signal')) !== null, { limit: 60_000 });
	await chair.must('resume-meeting');
	await until('it to be over', async () => (await sent()).join() === 'own,own');
	await until('the page to say when it may be', async () => (await detail('[data-testid="no-signals"]')) !== null);
	assert.equal((await technician.page.evaluate(() => window.rostrum.view().open ?? [])).length, 0);
});

test('a box is restarted by a second press', LIMIT, async () => {
	const room = await join(rostrum, 'room');
	await until('the room', async () => (await technician.page.$('[data-testid="station"][data-participant="room"]')) !== null);
	await choose('room');
	await until('its keys', async () => (await detail('[data-testid="restart-box"]')) !== null);
	await technician.click('restart-box');
	const asked = () => room.asked.find((one) => one.do === 'restart');
	assert.equal(asked(), undefined);
	await technician.click('restart-box');
	await until('it to be asked', () => asked() !== undefined);
	await room.must('answer-technician', { number: asked().number, answer: 'done' });
	await until('it to be seen', async () => (await detail('[data-errand="restart"][data-state="done"]')) !== null);
	room.close();
	await choose('KEN');
});

test('a room is seen from inside, and its box makes a test signal', LIMIT, async () => {
	const tile = '[data-testid="box"][data-participant="room"]';
	const box = startBox(rostrum, 'room', 'room', { meeting: 'demo', microphones: [{ input: 'gen:tone,hz=440,level=-12', seat: 'A12' }, { input: 'gen:silence' }], cameras: [{ name: 'total', input: 'gen:bars,width=320,height=180' }, { name: 'left', input: 'v4l2:/dev/no-such-camera' }], 'camera.fps': 10, 'camera.bitrate': 300000, outputs: [{ output: 'null:' }] });
	await chair.must('suspend-meeting');
	await until('its tile to say how it is', async () => /% busy/.test(await text(`${tile} [data-testid="box-summary"]`)), { limit: 60_000 });
	await choose('room');
	await until('its microphones', async () => /A12 · closed · \u2066\u221215\u2069 dB/.test(await text('[data-testid="box-microphone"]')));
	assert.match(await text('[data-testid="box-camera"][data-here="false"]'), /left · no signal since \d\d:\d\d/);
	assert.match(await text('[data-testid="box-output"]'), /Output 1 · null: · floor/);
	// As of a page: what its line takes there and back, and how its computer's clock stands.
	for (const [figure, says] of [['rtt', /^There and back\s*\d+ ms$/], ['clock', /^Clock ahead by\s*.?\d+ ms$/], ['available', /^The line from there carries\s*[\d\s,.]+ kbit\/s$/]])
		await until(`its ${figure}`, async () => says.test((await text(`[data-testid="figure"][data-figure="${figure}"]`)) ?? '') || Promise.reject(new Error(await text(`[data-testid="figure"][data-figure="${figure}"]`))), { limit: 60_000 });
	await until('a meter of it to be drawn', () => technician.page.$eval('rs-box canvas', (canvas) => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((one) => one > 0)));
	await until('its camera to be a problem', async () => (await detail('[data-testid="trouble"][data-trouble="camera"]')) !== null);
	await technician.click('signal-tone');
	await until('the tone', () => /test signal tone=1 bars=0/.test(box.log()));
	await chair.must('resume-meeting');
	await until('it to be over', () => /test signal tone=0 bars=0/.test(box.log()));
	box.child.kill();
	await box.ended;
	await choose('KEN');
});

test('an open microphone from which nothing comes is critical, on top, and in the list of problems', LIMIT, async () => {
	await chair.must('give-floor', { participant: 'KEN' });
	await KEN.page.evaluate(() => window.rostrum.pc().getSenders().find(({ track }) => track?.kind === 'audio').replaceTrack(null));
	await until('it to be critical', async () => (await technician.page.$(`${row}[data-severity="critical"]`)) !== null);
	await until('it to stand on top', async () => (await technician.page.$eval('[data-testid="station"]', (one) => one.dataset.participant)) === 'KEN');
	await until('it to be said', async () => /no sound comes/.test(await text('[data-testid="detail"]')));
	// A busy machine's line, or its media server, may be slow as well.
	assert.equal((await problems()).find(({ id, trouble }) => id === 'KEN' && trouble === 'no-sound')?.severity, 'critical');
	await chair.must('take-floor');
	await until('it to be over', async () => (await technician.page.$(`${row}[data-severity="none"]`)) !== null);
	await until('it to leave the list', async () => (await problems()).every(({ trouble }) => trouble !== 'no-sound'));
});

test('nothing of it is told to anybody else', LIMIT, async () => {
	const reply = await chair.command('survey', { on: true });
	assert.equal(reply.reason, 'not-permitted');
	assert.deepEqual([...technician.errors, ...KEN.errors], []);
});
