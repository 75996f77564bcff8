// Mistakes in configuration and surroundings: one line that names what is wrong, and an exit status that is not zero.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { PROGRAMS, build, newState, program, root } from '../support/rostrum.mjs';
import { mountSmall } from '../support/tmpfs.mjs';

const LIMIT = { timeout: 200_000 };
const conf = (name) => join(root, 'conf', `${name}.json`);
const binary = (name) => (name === 'box' ? join(build, 'tools/roombox/rostrum-box') : program(name));
const run = (name, ...args) => spawnSync(binary(name), args, { encoding: 'utf8', timeout: 60_000 });

// One line on stderr that matches each of these, and a status that is not zero.
function failsWith(ran, ...patterns) {
	assert.ok(ran.status !== null, `it did not end: ${ran.stderr}`);
	assert.notEqual(ran.status, 0);
	const lines = ran.stderr.trim().split('\n');
	assert.equal(lines.length, 1, ran.stderr);
	for (const pattern of patterns) assert.match(lines[0], pattern);
}

for (const name of [...PROGRAMS, 'box']) {
	test(`${name}: the shipped configuration is good and names every key`, LIMIT, () => {
		assert.equal(run(name, '--config', conf(name), '--check-config').status, 0);
		const shipped = Object.keys(JSON.parse(readFileSync(conf(name)))).sort();
		const known = run(name, '--help-config').stdout.trim().split('\n').filter((line) => !line.startsWith(' ')).map((line) => line.split(/\s/)[0]).sort();
		assert.deepEqual(shipped, known);
	});

	test(`${name}: an unknown key, a wrong type and a missing file are named`, LIMIT, () => {
		const file = join(newState(), 'broken.json');
		const good = JSON.parse(readFileSync(conf(name)));
		const number = Object.keys(good).find((key) => typeof good[key] === 'number');
		for (const [text, ...patterns] of [
			['{', /broken\.json/], ['[]', /broken\.json/], ['{"colour.of.the.hall":"green"}', /broken\.json/, /colour\.of\.the\.hall/],
			[JSON.stringify({ ...good, [number]: 'many' }), /broken\.json/, new RegExp(number.replace(/\./g, '\\.'))],
			[JSON.stringify({ ...good, [number]: -1e12 }), /broken\.json/, new RegExp(number.replace(/\./g, '\\.'))],
		]) {
			writeFileSync(file, text);
			failsWith(run(name, '--config', file), ...patterns);
		}
		failsWith(run(name, '--config', '/nowhere/at/all.json'), /\/nowhere\/at\/all\.json/);
		failsWith(run(name, '--set', 'colour.of.the.hall=green'), /colour\.of\.the\.hall/);
		failsWith(run(name, '--dance'), /--dance/);
	});
}

// The command line tools/up would use, as words.
function command(name, state, { address = '127.0.0.1', port = 0 } = {}) {
	const script = `set -u; . tools/lib/common.sh; address=${address} port=${port} state=${state} build=${process.env.ROSTRUM_BUILD ?? join(root, 'build')}; . tools/lib/programs.sh; program_command ${name}; printf '%s\\n' "\${command[@]}"`;
	const ran = spawnSync('bash', ['-c', script], { cwd: root, encoding: 'utf8' });
	assert.equal(ran.status, 0, ran.stderr);
	const [binary, ...args] = ran.stdout.trim().split('\n');
	return { binary, args };
}

function startsAndFails(name, state, extra, options) {
	const { binary, args } = command(name, state, options);
	return spawnSync(binary, [...args, ...extra], { encoding: 'utf8', timeout: 60_000 });
}

test('box: a room that cannot be is named', LIMIT, () => {
	const token = ['{}', '{"role":"room"}', 'x'].map((part) => Buffer.from(part).toString('base64url')).join('.');
	const box = (...settings) => spawnSync(binary('box'), settings.flatMap((setting) => ['--set', setting]), { encoding: 'utf8', timeout: 60_000, env: { ROSTRUM_TOKEN: token } });
	failsWith(box(), /meeting/);
	failsWith(box('meeting=a b'), /meeting: 1 to 64/);
	failsWith(box('meeting=demo', 'token.file=/nowhere/token'), /token\.file: \/nowhere\/token: No such file/);
	failsWith(box('meeting=demo', 'delay.least=200', 'delay.most=100'), /delay\.most/);
	failsWith(box('meeting=demo', 'camera.input=file:/nowhere/x.y4m'), /camera\.input: file:\/nowhere\/x\.y4m: No such file/);
	failsWith(box('meeting=demo', 'microphones=[{"input":"gen:hum"}]'), /microphones\[0\]: gen:hum/);
	failsWith(spawnSync(binary('box'), ['--set', 'meeting=demo'], { encoding: 'utf8', env: {} }), /token\.file or ROSTRUM_TOKEN/);
});

test('signaling: a port in use is named', LIMIT, async () => {
	const server = createServer();
	await new Promise((done) => server.listen(0, '127.0.0.1', done));
	const { port } = server.address();
	const ran = startsAndFails('signaling', newState(), [], { port });
	server.close();
	failsWith(ran, /in use/, new RegExp(String(port)));
});

test('signaling: a missing certificate is named', LIMIT, () => {
	failsWith(startsAndFails('signaling', newState(), ['--set', 'tls.certificate=/nowhere/cert.pem', '--set', 'tls.key=/nowhere/key.pem']), /\/nowhere\/cert\.pem/);
});

test('sfu: a media port in use is named', LIMIT, async () => {
	const { createSocket } = await import('node:dgram');
	const socket = createSocket('udp4');
	await new Promise((done) => socket.bind(0, '0.0.0.0', done));
	const { port } = socket.address();
	const ran = startsAndFails('sfu', newState(), ['--set', `media.port=${port}`]);
	socket.close();
	failsWith(ran, /in use/, new RegExp(String(port)));
});

for (const name of ['signaling', 'recorder']) {
	test(`${name}: a full disk at start is named`, LIMIT, () => {
		const state = newState();
		const disk = mountSmall(state, 64);
		try {
			disk.fill();
			failsWith(startsAndFails(name, state, []), /no space left/i);
		} finally {
			disk.unmount();
		}
	});
}
