// What it costs a media server to forward a packet: the same work for each server in turn, several rounds, medians.
// usage: node bench/forward/run.mjs [WORK...] [--rounds N] [--seconds S] [--only SERVER] [--before BUILD]; see README.md beside this.
// ROSTRUM_BUILD names the build directory, which must be an optimised one (default: build-release).
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

process.env.ROSTRUM_BUILD ??= new URL('../../../build-release', import.meta.url).pathname;
const { build } = await import('../../support/rostrum.mjs');
const { serversBeside } = await import('./servers.mjs');

const beforeAt = process.argv.indexOf('--before');
const [, before] = beforeAt < 0 ? [] : process.argv.splice(beforeAt, 2);
const servers = serversBeside(before && resolve(before));

process.setMaxListeners(0); // each server that is started listens for the end of this process

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1)); // which ends what was started

const sweep = [50, 100, 200, 500, 1000];
const works = {
	a: { title: "one speaker's Opus to 200 listeners", options: { publishers: 1, players: 200 } },
	b: { title: "8 speakers' Opus to 25 listeners each", options: { publishers: 8, players: 25 } },
	c: { title: '1.5 Mbit/s VP8 and Opus to 100 viewers', options: { publishers: 1, players: 100, video: 1_500_000 } },
	...Object.fromEntries(sweep.map((players) => [`a${players}`, { title: `one speaker's Opus to ${players} listeners`, options: { publishers: 1, players } }])),
};

function usage(why) {
	console.error(`${why}\nusage: run.mjs [${Object.keys(works).join('|')}|sweep]... [--rounds N] [--seconds S] [--only ${Object.keys(servers).join('|')}] [--before BUILD]`);
	process.exit(2);
}

function readArguments(words) {
	const asked = { works: [], rounds: 4, seconds: 10, only: Object.keys(servers) };
	for (let i = 0; i < words.length; i += 1) {
		if (words[i] === '--rounds') asked.rounds = Number(words[(i += 1)]);
		else if (words[i] === '--seconds') asked.seconds = Number(words[(i += 1)]);
		else if (words[i] === '--only') asked.only = [words[(i += 1)]];
		else if (words[i] === 'sweep') asked.works.push(...sweep.map((players) => `a${players}`));
		else asked.works.push(words[i]);
	}
	if (asked.works.length === 0) asked.works = ['a', 'b', 'c'];
	if (!asked.works.every((name) => works[name]) || !asked.only.every((name) => servers[name])) usage('not understood');
	if (!(asked.rounds >= 1) || !(asked.seconds >= 1)) usage('--rounds and --seconds are numbers');
	return asked;
}

// rostrum-load over a server; resolves with what it measured.
function load(server, options) {
	const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
	const child = spawn(join(build, 'tools/loadgen/rostrum-load'), ['--json', '--base', server.base, '--pid', String(server.pid), ...words],
		{ stdio: 'pipe', env: { ...process.env, ROSTRUM_TOKEN: server.token } });
	let out = '';
	for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (out += data));
	return new Promise((done, fail) => child.once('close', (code) => (code === 0 ? done(JSON.parse(out.split('\n').find((line) => line.startsWith('{')))) : fail(new Error(`rostrum-load ended with ${code}: ${out}`)))));
}

async function measure(name, options) {
	const server = await servers[name]();
	try {
		return await load(server, options);
	} finally {
		await server.stop();
	}
}

const median = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

const columns = {
	'CPU us/packet': (r) => r.server.cpu_us_per_packet,
	'CPU %': (r) => r.server.cpu_percent,
	'loss %': (r) => r.loss_percent,
	'p50 ms': (r) => r.latency_ms.p50,
	'p99 ms': (r) => r.latency_ms.p99,
	'KiB/player': (r) => r.server.memory_kib_per_player,
	'packets/s': (r) => r.delivered / r.seconds,
	'load us/packet': (r) => r.own.cpu_us_per_packet,
	'load CPU %': (r) => r.own.cpu_percent,
};

const round = (number) => (Math.abs(number) >= 100 ? number.toFixed(0) : number.toFixed(3));

function print(name, work, results) {
	console.log(`\n(${name}) ${work.title}`);
	console.log(`${'server'.padEnd(10)}${Object.keys(columns).map((title) => title.padStart(15)).join('')}`);
	const medians = Object.entries(results).map(([server, rounds]) => [server, Object.values(columns).map((of) => median(rounds.map(of)))]);
	for (const [server, cells] of medians) console.log(`${server.padEnd(10)}${cells.map((cell) => round(cell).padStart(15)).join('')}`);
	const [[, first], ...others] = medians;
	for (const [server, cells] of others)
		console.log(`${`/${server}`.padEnd(10)}${cells.map((cell, i) => (cell > 0 ? (first[i] / cell).toFixed(3) : '-').padStart(15)).join('')}`);
}

// The servers take turns, so that what else the machine does meets all of them; the first round warms up and is dropped.
async function run(name, asked) {
	const results = Object.fromEntries(asked.only.map((server) => [server, []]));
	for (let i = 0; i <= asked.rounds; i += 1) {
		for (const server of asked.only) {
			const result = await measure(server, { ...works[name].options, ramp: 100, duration: asked.seconds });
			if (i > 0) results[server].push(result);
		}
	}
	print(name, works[name], results);
}

const asked = readArguments(process.argv.slice(2));
if (!existsSync(join(build, 'tools/loadgen/rostrum-load'))) {
	console.error(`${build} holds no programs: meson setup build-release -Dbuildtype=release -Dwerror=false && ninja -C build-release`);
	process.exit(2);
}
for (const name of asked.works) await run(name, asked);
