// What a technician sees of a participant's media, and what Prometheus sees of the media server.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { publish } from '../support/clients.mjs';
import { parseMetrics } from '../support/prometheus.mjs';
import { startRostrum } from '../support/rostrum.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 90_000 };
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
		return json.measured.sounds?.fit !== undefined && json.measured.sounds.fit !== 'unknown' && json;
	}, { limit: 20_000, every: 500 });
	const microphone = peers[0].streams.find(({ media }) => media === 'microphone');
	assert.equal(peers[0].state, 'connected');
	assert.deepEqual([microphone.source, microphone.flowing, microphone.open], ['KEN', true, false]);
	assert.ok(microphone.packets > 50);
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
		return transit?.samples.some(({ name, value }) => name.endsWith('_count') && value > 100) && all;
	}, { limit: 10_000, every: 500 });
	const value = (metric, sample = metric) => metrics.find(({ name }) => name === metric).samples.find(({ name }) => name === sample).value;
	const mean = value('rostrum_sfu_transit_seconds', 'rostrum_sfu_transit_seconds_sum') / value('rostrum_sfu_transit_seconds', 'rostrum_sfu_transit_seconds_count');
	t.diagnostic(`measured: mean ${(mean * 1e6).toFixed(0)} us, worst of the last second ${(value('rostrum_sfu_transit_seconds_worst') * 1e6).toFixed(0)} us`);
	assert.ok(mean > 0 && mean < 0.1, `${mean}`);
	assert.ok(value('rostrum_sfu_sources_flowing') >= 1);
	assert.ok(value('rostrum_sfu_media_cpu_user_seconds_total') > 0);
});
