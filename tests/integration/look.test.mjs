// What a technician sees of a participant's media, and what Prometheus sees of the media server.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { publish } from '../support/clients.mjs';
import { expected, parseMetrics } from '../support/prometheus.mjs';
import { build, startRostrum } from '../support/rostrum.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 180_000 };
let rostrum;
let publisher;

before(async () => {
	rostrum = await startRostrum();
	publisher = publish(rostrum, 'KEN');
	await publisher.connected();
}, LIMIT);
after(async () => {
	await publisher?.stop();
	await rostrum?.stop();
});

const look = (what, who = 'KEN', token = rostrum.tokens.technician) => rostrum.http('GET', `/api/meetings/demo/${what}/${who}`, { token });

test('a microphone that flows behind a closed gate, and how wide it is', LIMIT, async (t) => {
	const { peers, measured } = await until('the verdict on the microphone', async () => {
		const { status, json } = await look('media');
		assert.equal(status, 200);
		const sent = json.peers[0].streams.find(({ media }) => media === 'microphone');
		return json.measured.sounds?.fit !== undefined && json.measured.sounds.fit !== 'unknown' && sent?.flowing && sent.packets > 50 && json;
	}, { limit: 60_000, every: 500 });
	const microphone = peers[0].streams.find(({ media }) => media === 'microphone');
	assert.equal(peers[0].state, 'connected');
	assert.deepEqual([microphone.source, microphone.open], ['KEN', false]);
	t.diagnostic(`measured: ${JSON.stringify(measured)}`);
});

test('its packets of the last seconds, in order of time', LIMIT, async (t) => {
	const { status, json } = await look('timeline');
	assert.equal(status, 200);
	const [{ records, missed }] = json.peers;
	const times = records.map(([time]) => time);
	t.diagnostic(`measured: ${records.length} records over ${((times.at(-1) - times[0]) / 1e6).toFixed(1)} s`);
	assert.equal(missed, 0);
	assert.ok(records.length > 50);
	assert.deepEqual(times, [...times].sort((a, b) => a - b));
	assert.ok(Math.abs(times.at(-1) / 1000 - Date.now()) < 10_000, 'by the wall clock');
	const audio = records.filter(([, way, kind]) => way === 'in' && kind === 'audio').map((record) => record[4]);
	assert.ok(audio.length > 20);
	assert.ok(audio.every((seq, i) => i === 0 || seq === ((audio[i - 1] + 1) & 0xffff)), 'no packet is left out');
});

test('others may not look, and who has no media has nothing to see', LIMIT, async () => {
	assert.equal((await look('media', 'KEN', rostrum.tokens.delegates.FRA)).status, 403);
	assert.equal((await look('media', 'KEN', '')).status, 401);
	assert.equal((await look('media', 'FRA')).status, 409);
	assert.equal((await look('media', 'nobody')).status, 404);
});

test('the time of packets through the server is measured', LIMIT, async (t) => {
	const metrics = await until('a second of figures', async () => {
		const all = parseMetrics((await rostrum.http('GET', '/metrics')).body);
		const transit = all.find(({ name }) => name === 'rostrum_sfu_transit_seconds');
		const flowing = all.find(({ name }) => name === 'rostrum_sfu_sources_flowing')?.samples[0].value >= 1;
		return flowing && transit?.samples.some(({ name, value }) => name.endsWith('_count') && value > 100) && all;
	}, { limit: 60_000, every: 500 });
	const value = (metric, sample = metric) => metrics.find(({ name }) => name === metric).samples.find(({ name }) => name === sample).value;
	const mean = value('rostrum_sfu_transit_seconds', 'rostrum_sfu_transit_seconds_sum') / value('rostrum_sfu_transit_seconds', 'rostrum_sfu_transit_seconds_count');
	t.diagnostic(`measured: mean ${(mean * 1e6).toFixed(0)} us, worst of the last second ${(value('rostrum_sfu_transit_seconds_worst') * 1e6).toFixed(0)} us`);
	assert.ok(mean > 0, `${mean}`);
	// Seconds they are, and most packets take much less of one, also where a machine stopped the server now and then.
	const transit = metrics.find(({ name }) => name === 'rostrum_sfu_transit_seconds').samples;
	const within = Math.max(...transit.filter(({ labels }) => Number(labels.le) <= 0.1).map((sample) => sample.value));
	assert.ok(within > value('rostrum_sfu_transit_seconds', 'rostrum_sfu_transit_seconds_count') / 2, JSON.stringify(transit));
	assert.ok(value('rostrum_sfu_media_cpu_user_seconds_total') > 0);
});

// What an alert or a panel asks for and no program says is never seen to be missing.
test('every metric that the alerts and the dashboard name is exposed', LIMIT, async () => {
	const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
	const named = expected();
	assert.ok(named.length > 20);
	// Said only by a recorder with a second copy: the control protocol names it.
	const absent = { rostrum_sfu_archive_copy_unavailable: 'archive_copy_unavailable' };
	const paper = read('common/control/PROTOCOL.md');
	let last = [];
	const missing = await until('all of them', async () => {
		const metrics = parseMetrics((await rostrum.http('GET', '/metrics')).body);
		const samples = new Set(metrics.flatMap(({ samples: all }) => all.map(({ name }) => name)));
		const not = named.filter((name) => !samples.has(name) && !(name in absent && paper.includes(`\`${absent[name]}\``)));
		return not.length === 0 ? true : (last = not, false);
	}, { limit: 60_000, every: 1000 }).catch(() => last);
	assert.equal(missing, true);
});

test('a bundle for whoever helps has figures and configuration, and no secret', LIMIT, async () => {
	const folder = mkdtempSync(join(tmpdir(), 'rostrum-support-'));
	try {
		const [config, log, out] = ['sfu.json', 'sfu.log', 'bundle.json'].map((name) => join(folder, name));
		writeFileSync(config, JSON.stringify({ 'node.name': 'sfu-7', plain: [{ meeting: 'demo', 'srtp.key': 'bm90IHRvIGJlIHNlZW4=' }] }));
		writeFileSync(log, `info a page came by #${rostrum.tokens.technician}\n`);
		const run = () => execFileSync(join(build, 'tools/rostrumctl/rostrumctl'), ['support', '--out', out, '--config', config, '--log', log, '--base', rostrum.base, '--state', rostrum.state], { stdio: 'pipe' });
		run();
		const text = readFileSync(out, 'utf8');
		const bundle = JSON.parse(text);
		assert.equal(bundle.format, 'rostrum-support/1');
		assert.deepEqual(bundle.missing, []);
		assert.match(bundle.metrics, /^rostrum_pages \d/m);
		assert.ok(bundle.nodes.nodes.length > 0);
		assert.ok(Array.isArray(bundle.meetings.find(({ id }) => id === 'demo').current.problems));
		assert.equal(bundle.config[config]['node.name'], 'sfu-7');
		assert.match(bundle.logs[log], /a page came by/);
		const key = readFileSync(join(rostrum.state, 'token.key'), 'utf8').trim();
		for (const secret of ['bm90IHRvIGJlIHNlZW4=', rostrum.tokens.technician, key]) assert.ok(!text.includes(secret));
		assert.equal(statSync(out).mode & 0o777, 0o600);
		assert.throws(run, /exists/, 'what is there is not written over');
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
});
