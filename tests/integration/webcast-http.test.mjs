// The webcast over HTTP: who may see it is everybody, for exactly as long as it is switched on and the meeting public; its files as players
// and caches want them; and nothing of the disk but those.
import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { parseMetrics } from '../support/prometheus.mjs';
import { newState, startRostrum } from '../support/rostrum.mjs';

const LIMIT = { timeout: 120_000 };
const LIST = '#EXTM3U\n#EXT-X-VERSION:7\n';
let rostrum;
let folder;
let site;

const get = (path, headers = {}, method = 'GET') => fetch(`${rostrum.base}${path}`, { method, headers });
const status = async (path) => (await get(path)).status;
// As it is written: fetch() would tidy the path up.
const raw = (path) => new Promise((answered, fail) => request(rostrum.base, { path }, (answer) => answered(answer.resume().statusCode)).on('error', fail).end());
async function order(who, command, members = {}) {
	const answer = await rostrum.http('POST', `/api/v1/meetings/demo/commands/${command}`, { token: rostrum.token(who), type: 'application/json', body: JSON.stringify(members) });
	assert.equal(answer.status, 200, answer.body);
}
const about = async () => (await get('/api/v1/webcasts/demo')).json();

before(async () => {
	const state = newState();
	site = join(state, 'on-air');
	folder = join(site, 'demo');
	for (const name of ['v', 'a-fr', 's-fr', 'x']) mkdirSync(join(folder, name), { recursive: true });
	writeFileSync(join(folder, 'master.m3u8'), LIST);
	writeFileSync(join(folder, 'live.json'), '{"format": "rostrum-webcast/1"}');
	writeFileSync(join(folder, 'notes.json'), '{}');
	writeFileSync(join(folder, 'v', 'init-1.mp4'), 'init');
	writeFileSync(join(folder, 'v', '000001.m4s'), '0123456789');
	writeFileSync(join(folder, 'a-fr', '000001.m4s'), 'sound');
	writeFileSync(join(folder, 's-fr', '000001.vtt'), 'WEBVTT\n');
	writeFileSync(join(folder, 'x', 'index.m3u8'), LIST);
	writeFileSync(join(site, 'secret.m4s'), 'secret');
	symlinkSync('../../secret.m4s', join(folder, 'v', '000002.m4s'));
	symlinkSync('demo', join(site, 'rehearsal'));
	writeFileSync(join(state, 'signaling.set'), `webcast.directory=${site}\n`);
	rostrum = await startRostrum({ state });
}, LIMIT);
after(async () => {
	assert.deepEqual(rostrum?.faults() ?? [], []);
	await rostrum?.stop();
});

test('nothing is shown that was not switched on', LIMIT, async () => {
	assert.equal((await about()).on, false);
	const answer = await get('/webcast/demo/master.m3u8');
	assert.equal(answer.status, 404);
	assert.equal((await answer.json()).reason, 'not-on-air');
	assert.equal(answer.headers.get('cache-control'), 'no-store');
	assert.equal(answer.headers.get('access-control-allow-origin'), '*');
	assert.equal(await status('/api/v1/webcasts/none'), 404);
	assert.deepEqual((await (await get('/api/v1/webcasts')).json()).webcasts, []);
});

test('what is on the air is there for everybody, for players and caches', LIMIT, async () => {
	await order('secretariat', 'webcast', { on: true });
	await order('chair', 'open-meeting');
	const types = {
		'master.m3u8': ['application/vnd.apple.mpegurl', 'public, max-age=1'],
		'live.json': ['application/json', 'public, max-age=1'],
		'v/init-1.mp4': ['video/mp4', 'public, max-age=30'],
		'v/000001.m4s': ['video/mp4', 'public, max-age=30'],
		'a-fr/000001.m4s': ['audio/mp4', 'public, max-age=30'],
		's-fr/000001.vtt': ['text/vtt; charset=utf-8', 'public, max-age=30'],
	};
	for (const [file, [type, keep]] of Object.entries(types)) {
		const answer = await get(`/webcast/demo/${file}`);
		assert.equal(answer.status, 200, file);
		assert.equal(answer.headers.get('content-type'), type, file);
		assert.equal(answer.headers.get('cache-control'), keep, file);
		assert.equal(answer.headers.get('access-control-allow-origin'), '*');
		assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
		assert.equal((await get(`/webcast/demo/${file}`, { 'if-none-match': answer.headers.get('etag') })).status, 304, file);
	}
	const head = await get('/webcast/demo/v/000001.m4s', {}, 'HEAD');
	assert.equal(head.headers.get('content-length'), '10');
	assert.equal(await head.text(), '');
	const part = await get('/webcast/demo/v/000001.m4s', { range: 'bytes=2-4' });
	assert.equal(part.status, 206);
	assert.equal(part.headers.get('content-range'), 'bytes 2-4/10');
	assert.equal(await part.text(), '234');
	assert.equal((await get('/webcast/demo/v/000001.m4s', { range: 'bytes=10-' })).status, 416);
	const asked = await get('/webcast/demo/v/000001.m4s', { 'access-control-request-headers': 'range' }, 'OPTIONS');
	assert.equal(asked.status, 204);
	assert.match(asked.headers.get('access-control-allow-headers'), /Range/);
	assert.equal((await get('/webcast/demo/v/000001.m4s', {}, 'POST')).status, 405);
});

test('who asks is counted, and what rostrum-webcast says of itself is handed on', LIMIT, async () => {
	const requests = async () => {
		const metrics = parseMetrics((await rostrum.http('GET', '/metrics')).body);
		const by = Object.fromEntries(metrics.find(({ name }) => name === 'rostrum_webcast_requests_total').samples.map(({ labels, value }) => [labels.status, value]));
		return { by, metrics };
	};
	const before = await requests();
	assert.ok(before.by[200] >= 6 && before.by[206] === 1 && before.by[304] >= 6 && before.by[404] >= 1 && before.by.other === 1);
	assert.ok(!before.metrics.some(({ name }) => name === 'rostrum_webcast_live'), 'it does not run');
	writeFileSync(join(site, 'metrics.prom'), '# HELP rostrum_webcast_live Webcasts.\n# TYPE rostrum_webcast_live gauge\nrostrum_webcast_live 1\n');
	writeFileSync(join(folder, 'v', 'index.m3u8'), LIST);
	assert.equal(await status('/webcast/demo/v/index.m3u8'), 200);
	assert.equal(await status('/webcast/demo/v/000009.m4s'), 404);
	const after = await requests();
	assert.equal(after.by[200], before.by[200] + 1);
	assert.equal(after.by[404], before.by[404] + 1);
	const value = (metric) => after.metrics.find(({ name }) => name === metric).samples[0].value;
	assert.equal(value('rostrum_webcast_playlist_requests_total'), 1);
	assert.equal(value('rostrum_webcast_live'), 1);
	assert.equal(await raw('/webcast/metrics.prom'), 404);
	// What another program left half written is not handed on.
	writeFileSync(join(site, 'metrics.prom'), '# HELP rostrum_webcast_live Web');
	assert.ok(!(await requests()).metrics.some(({ name }) => name === 'rostrum_webcast_live'));
});

test('nothing else of the disk is given out, by whatever address', LIMIT, async () => {
	for (const path of ['demo/notes.json', 'demo/x/index.m3u8', 'demo/v/000002.m4s', 'demo/v/000003.m4s', 'demo/v', 'demo/', 'demo/v/', 'demo/../secret.m4s', 'demo/v/../../secret.m4s', 'demo/v/..%2f..%2fsecret.m4s',
		'demo/%76/000001.m4s/', 'demo/v/.000001.m4s', 'rehearsal/master.m3u8', 'secret.m4s', 'none/master.m3u8'])
		assert.equal(await raw(`/webcast/${path}`), 404, path);
});

test('everybody may know what it is about, cheaply', LIMIT, async () => {
	const answer = await get('/api/v1/webcasts/demo');
	const etag = answer.headers.get('etag');
	const told = await answer.json();
	assert.equal(told.on, true);
	assert.equal(told.state, 'in-session');
	assert.equal(told.title, (await rostrum.view()).meeting.title);
	assert.ok(Math.abs(told.time - Date.now()) < 60_000);
	assert.equal((await get('/api/v1/webcasts/demo', { 'if-none-match': etag })).status, 304);
	await order('chair', 'take-up-item', { item: '2' });
	const changed = await get('/api/v1/webcasts/demo', { 'if-none-match': etag });
	assert.equal(changed.status, 200);
	assert.equal((await changed.json()).item.id, '2');
	assert.deepEqual((await (await get('/api/v1/webcasts')).json()).webcasts.map(({ webcast }) => webcast), ['demo']);
	// A thousand of one hall, behind one address, and the delegates' own requests beside them.
	const many = await Promise.all(Array.from({ length: 1000 }, () => status('/api/v1/webcasts/demo')));
	assert.deepEqual([...new Set(many)], [200]);
	assert.equal((await rostrum.view()).meeting.id, 'demo');
});

test('from the event on by which the meeting is private nobody is given anything', LIMIT, async () => {
	await order('chair', 'set-visibility', { visibility: 'private' });
	for (const file of ['master.m3u8', 'live.json', 'v/000001.m4s']) assert.equal(await status(`/webcast/demo/${file}`), 404, file);
	const { time, ...told } = await about();
	assert.ok(time > 0);
	assert.deepEqual(told, { webcast: 'demo', visibility: 'private', on: false });
	await order('chair', 'set-visibility', { visibility: 'public' });
	assert.equal(await status('/webcast/demo/master.m3u8'), 404, 'who lets the public in does not put them on the air');
	await order('secretariat', 'webcast', { on: true });
	assert.equal(await status('/webcast/demo/master.m3u8'), 200);
	await order('chair', 'close-meeting');
	assert.equal(await status('/webcast/demo/master.m3u8'), 200, 'what was public may be seen to its end');
	await order('secretariat', 'webcast', { on: false });
	assert.equal(await status('/webcast/demo/master.m3u8'), 404);
});
