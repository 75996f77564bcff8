import { readFileSync } from 'node:fs';

/**
 * Prometheus' text format 0.0.4, read strictly: HELP and TYPE once a metric and before its samples, samples of a
 * metric together, no sample twice, histograms that add up. Returns [{ name, type, help, samples: [{ name, labels, value }] }].
 */
export function parseMetrics(text) {
	const metrics = new Map();
	const seen = new Set();
	let current;
	if (!text.endsWith('\n')) throw new Error('the last line does not end');
	for (const [i, line] of text.slice(0, -1).split('\n').entries()) {
		const fail = (why) => {
			throw new Error(`line ${i + 1}: ${why}: ${line}`);
		};
		let match;
		if ((match = /^# HELP ([a-z_][a-z0-9_]*) (\S.*)$/.exec(line))) {
			if (metrics.has(match[1])) fail('the metric was there before');
			metrics.set(match[1], (current = { name: match[1], help: match[2], type: undefined, samples: [] }));
		} else if ((match = /^# TYPE ([a-z_][a-z0-9_]*) (counter|gauge|histogram)$/.exec(line))) {
			if (current?.name !== match[1] || current.type !== undefined) fail('TYPE does not follow its HELP');
			current.type = match[2];
		} else if ((match = /^([a-z_][a-z0-9_]*)(?:\{((?:[a-z_]+="[^"\\\n]*",?)*)\})? (-?\d+(?:\.\d+)?)$/.exec(line))) {
			const family = current?.type === 'histogram' ? match[1].replace(/_(bucket|sum|count)$/, '') : match[1];
			if (current?.type === undefined || family !== current.name) fail('not a sample of the metric above');
			if (current.type === 'counter' && !match[1].endsWith('_total')) fail('a counter ends in _total');
			if (seen.has(match[1] + match[2])) fail('the sample was there before');
			seen.add(match[1] + match[2]);
			const labels = Object.fromEntries([...(match[2] ?? '').matchAll(/([a-z_]+)="([^"]*)"/g)].map((one) => [one[1], one[2]]));
			current.samples.push({ name: match[1], labels, value: Number(match[3]) });
		} else fail('not of the format');
	}
	for (const metric of metrics.values()) if (metric.type === 'histogram') checkHistogram(metric);
	return [...metrics.values()];
}

function checkHistogram({ name, samples }) {
	for (const { labels, value } of samples.filter((sample) => sample.name === `${name}_count`)) {
		const buckets = samples.filter((sample) => sample.name === `${name}_bucket` && sample.labels.node === labels.node);
		const bounds = buckets.map((bucket) => (bucket.labels.le === '+Inf' ? Infinity : Number(bucket.labels.le)));
		const grows = (list) => list.every((n, i) => i === 0 || n >= list[i - 1]);
		if (bounds.at(-1) !== Infinity || !grows(bounds) || !grows(buckets.map((bucket) => bucket.value))) throw new Error(`${name}: buckets are not in order`);
		if (buckets.at(-1).value !== value) throw new Error(`${name}: the last bucket is not the count`);
	}
}

// The names that alerts and dashboard ask for, of whom: `webcast` are those that rostrum-webcast says, `all` the others, which signaling says by itself.
export function expected(of = 'all') {
	const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
	const files = read('conf/prometheus/rostrum.rules.yml') + read('conf/grafana/rostrum.json');
	// Names in expressions; alerts are called Rostrum…, in capitals.
	const named = [...new Set([...files.matchAll(/\brostrum_\w+/g)].map(([name]) => name))];
	const own = (name) => name.startsWith('rostrum_webcast_') && !/_requests_total$/.test(name);
	return named.filter((name) => own(name) === (of === 'webcast'));
}
