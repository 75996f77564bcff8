// Before the call: camera, microphone, loudspeakers and every way to the media server tried from the join screen, the line measured
// with a picture that comes back; the verdict is kept. One tests at a time here, the next is told when.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { launchChromium } from '../support/browsers.mjs';
import { freePort, newState, startRostrum } from '../support/rostrum.mjs';
import { startTurn } from '../support/turn.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 240_000 };
let rostrum;
let turn;
let browser;
let page;

before(async () => {
	const state = newState();
	turn = await startTurn({ peer: '127.0.0.1' });
	writeFileSync(join(state, 'signaling.set'), `ice.turn=${turn.udp}\nice.turn_secret=${turn.secret}\nlimits.line_tests=1\n`);
	writeFileSync(join(state, 'sfu.set'), `media.addresses=127.0.0.1\nmedia.port=${await freePort()}\n`);
	rostrum = await startRostrum({ state });
	browser = await launchChromium('KEN');
	[page] = await browser.pages();
}, LIMIT);
after(async () => {
	await browser?.close();
	await rostrum?.stop();
	await turn?.stop();
	rostrum?.remove();
});

const part = (testid) => `[data-testid="${testid}"]`;
const attribute = (testid, name) => page.$eval(part(testid), (element, one) => element.getAttribute(one), name);
const tests = async () => (await rostrum.http('GET', '/api/v1/meetings/demo/precall', { token: rostrum.tokens.technician })).json.tests;

// As a page would ask; whether it may is judged before the offer is looked at.
const another = (badge) => fetch(`${rostrum.base}/echo/demo/${badge}`, {
	method: 'POST', body: 'v=0', headers: { authorization: `Bearer ${rostrum.token(badge)}`, 'content-type': 'application/sdp' },
});

test('all is tried from the join screen, and the verdict is kept', LIMIT, async () => {
	const [address, token] = rostrum.link('KEN').split('#');
	await page.goto(`${address}?audio=raw#${token}`);
	await page.locator(part('precall-start')).click();
	await until('the line to be measured', async () => (await attribute('precall-line', 'data-step')) === 'measure');
	const busy = await another('FRA');
	assert.equal(busy.status, 429);
	assert.ok(Number(busy.headers.get('retry-after')) > 0);
	await page.locator(part('precall-heard')).click();
	await until('the verdict', async () => (await attribute('precall', 'data-verdict')) !== '', { limit: 60_000 });
	const [found, ...more] = await tests();
	assert.deepEqual(more, []);
	assert.equal(found.participant, 'KEN');
	assert.equal(found.verdict, await attribute('precall', 'data-verdict'));
	assert.deepEqual(found.found.paths, { udp: 'open', tcp: 'open', relay: 'open' });
	const { camera, microphone, speakers, line } = found.found;
	assert.equal(camera.state, 'works');
	assert.ok(camera.height > 0);
	assert.equal(microphone.state, 'works');
	assert.ok(microphone.level > -60, `a tone is spoken: ${microphone.level} dBFS`);
	assert.equal(speakers, 'heard');
	// The picture went out and came back; how fast is for who reads.
	assert.ok(line.up > 0 && line.down > 0);
	console.log(`line: up ${line.up}, down ${line.down} kbit/s${line.at_least ? ' at least' : ''}, ${line.rtt} ms, lost ${line.loss_up} and ${line.loss_down} of a thousand; ${found.verdict}: ${found.reasons}`);
});

test('nothing of it is left at the media server, and the next one may test', LIMIT, async () => {
	await until('no meeting but the two', async () => /^rostrum_peers 0$/m.test((await rostrum.http('GET', '/metrics')).body));
	assert.equal((await another('FRA')).status, 400);
});
