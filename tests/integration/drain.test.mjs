// A media server is emptied before it is stopped: the meeting goes to another, and whoever connects is served there.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { join as path } from 'node:path';
import test, { after, before } from 'node:test';
import { play, publish } from '../support/clients.mjs';
import { join } from '../support/page.mjs';
import { build, program, root, startRostrum } from '../support/rostrum.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 180_000 };
let rostrum;
let second;

before(async () => {
	rostrum = await startRostrum();
}, LIMIT);
after(async () => {
	second?.kill('SIGTERM');
	await rostrum?.stop();
});

const ctl = (...words) => spawnSync(path(build, 'tools/rostrumctl/rostrumctl'), ['--base', rostrum.base, '--state', rostrum.state, ...words], { encoding: 'utf8' });
const list = async () => (await rostrum.nodes()).nodes.filter(({ kind }) => kind === 'sfu');

test('one that does not exist cannot be drained', LIMIT, () => {
	const ran = ctl('node', 'drain', 'sfu-9');
	assert.notEqual(ran.status, 0);
	assert.match(ran.stderr, /no media server of this name/);
});

test('with a second one there the meeting moves, and sound goes through it', LIMIT, async () => {
	const page = await join(rostrum, 'KEN');
	const before = page.view.media.instance;
	const drained = ctl('node', 'drain', 'sfu-1');
	assert.equal(drained.status, 0, drained.stderr);
	assert.match(drained.stdout, /sfu-1 .*draining/);
	assert.equal(page.view.media.instance, before, 'alone, it goes on');

	second = spawn(program('sfu'), ['--config', path(root, 'conf/sfu.json'), '--set', 'node.name=sfu-2', '--set', `control.socket=${rostrum.state}/control.sock`,
		'--set', `tap.socket=${rostrum.state}/tap-2.sock`], { stdio: 'ignore' });
	await until('the second media server', async () => (await list()).length === 2);
	const { instance } = (await list()).find(({ node }) => node === 'sfu-2');
	await until('the meeting to move', () => page.view.media.instance === instance);

	const token = rostrum.tokens.rehearsal ?? rostrum.tokens.technician;
	const publisher = publish(rostrum, 'test-1', { token, meeting: 'rehearsal', hz: 1000 });
	const player = play(rostrum, 'source-test-1', { token, meeting: 'rehearsal', listen: [1000] });
	try {
		await publisher.connected();
		await player.connected();
		await player.hears(1000);
	} finally {
		await publisher.stop();
		await player.stop();
		page.close();
	}
	assert.equal(ctl('node', 'serve', 'sfu-1').status, 0);
	assert.ok((await list()).every(({ draining }) => draining === false));
});
