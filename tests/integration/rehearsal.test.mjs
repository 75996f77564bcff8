// The secretariat's command line: a rehearsal out of a conference file, and what is left of it when it is cleared.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { Page } from '../support/page.mjs';
import { build, root, startRostrum } from '../support/rostrum.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 120_000 };
const DEMO = join(root, 'conf/examples/demo.json');
let rostrum;

before(async () => {
	rostrum = await startRostrum();
}, LIMIT);
after(() => rostrum?.stop());

function rostrumctl(...args) {
	const { status, stdout, stderr } = spawnSync(join(build, 'tools/rostrumctl/rostrumctl'), ['--base', rostrum.base, '--state', rostrum.state, ...args], { encoding: 'utf8' });
	return { status, stdout, stderr };
}

const archived = () => readdirSync(join(rostrum.state, 'archive')).filter((name) => name.startsWith('demo-rehearsal'));

test('a rehearsal has the people and the rules of its meeting, and links for everybody', LIMIT, async () => {
	const made = rostrumctl('rehearsal', 'create', DEMO, '--json');
	assert.equal(made.status, 0, made.stderr);
	const { meeting, conference, meetings, tokens, links } = JSON.parse(made.stdout);
	assert.deepEqual({ meeting, conference, meetings }, { meeting: 'demo-rehearsal', conference: 'demo-conference', meetings: ['demo-rehearsal'] });
	assert.deepEqual(Object.keys(tokens.delegates).sort(), Object.keys(rostrum.tokens.delegates).sort());
	assert.match(links.chair, /\/podium#/);
	const people = rostrumctl('rehearsal', 'create', DEMO);
	assert.match(people.stdout, /^Rehearsal "demo-rehearsal" of conference "demo-conference" is in session\. Join links:\n/);
	assert.match(people.stdout, /^ {2}interpreters fr 2 +http/m);

	const ken = new Page(rostrum.base, tokens.delegates.KEN);
	await ken.open();
	assert.equal(ken.view.meeting.rehearsal, true);
	assert.equal(ken.view.meeting.mode, 'floor');
	assert.equal(ken.view.meeting.state, 'in-session');
	ken.close();
});

test('cleared, nothing is left of it but what was recorded, and its name is free', LIMIT, async () => {
	const { tokens } = JSON.parse(rostrumctl('rehearsal', 'create', DEMO, '--json').stdout);
	const chair = new Page(rostrum.base, tokens.chair);
	const secretariat = new Page(rostrum.base, tokens.secretariat);
	await chair.open();
	await secretariat.open();
	await secretariat.must('take-up-recording');
	await until('the recorder records', () => secretariat.view.recording.state === 'recording');
	await chair.must('inscribe', { participant: 'KEN' });
	await chair.must('say', { to: 'all', text: 'only-a-rehearsal' });

	const cleared = rostrumctl('rehearsal', 'clear', 'demo-rehearsal', '--json');
	assert.equal(cleared.status, 0, cleared.stderr);
	const { meeting, conference, events } = JSON.parse(cleared.stdout);
	assert.deepEqual({ meeting, conference }, { meeting: 'demo-rehearsal', conference: 'demo-conference' });
	assert.ok(events > 3, `${events} events`);
	await until('the page is told', () => chair.closed !== null);
	assert.equal(chair.closed.code, 4004);
	assert.equal(chair.closed.error.reason, 'meeting-cleared');
	await until('the recording is closed', () => archived().some((name) => readdirSync(join(rostrum.state, 'archive', name)).includes('bagit.txt')));

	const again = rostrumctl('rehearsal', 'clear', 'demo-rehearsal');
	assert.equal(again.status, 1);
	assert.match(again.stderr, /There is no meeting of this name\. \(HTTP 404\)/);
	await rostrum.kill('signaling');
	await until('signaling is back', async () => (await rostrum.http('GET', '/healthz').catch(() => null))?.status === 200);
	const created = rostrumctl('rehearsal', 'create', DEMO, '--json');
	assert.equal(created.status, 0, created.stderr);
	const anew = JSON.parse(created.stdout);
	const page = new Page(rostrum.base, anew.tokens.chair);
	await page.open();
	assert.deepEqual(page.view.list, []);
	page.close();
	assert.equal(rostrumctl('rehearsal', 'clear', 'demo-rehearsal').status, 0);
});

test('a table goes with it, and what is wrong is told', LIMIT, () => {
	const file = (name, text) => {
		writeFileSync(join(rostrum.state, name), text);
		return join(rostrum.state, name);
	};
	const plenary = JSON.parse(readFileSync(DEMO, 'utf8'));
	const json = file('plenary.json', JSON.stringify({ ...plenary, id: 'plenary', meetings: [{ ...plenary.meetings[0], id: 'plenary-1' }] }));
	const csv = file('more.csv', 'delegation,country,badge,name,meetings\nCIV,Côte d’Ivoire,CIV,Aya Koné,plenary-1\n');
	const made = rostrumctl('rehearsal', 'create', json, '--delegations', csv, '--name', 'dry-run', '--json');
	assert.equal(made.status, 0, made.stderr);
	assert.ok('CIV' in JSON.parse(made.stdout).tokens.delegates);
	assert.equal(rostrumctl('rehearsal', 'clear', 'dry-run').status, 0);

	const wrong = rostrumctl('rehearsal', 'create', DEMO, '--meeting', 'elsewhere');
	assert.equal(wrong.status, 1);
	assert.match(wrong.stderr, /The conference file has no meeting of this name/);
	assert.equal(rostrumctl('rehearsal', 'create', DEMO, '--name', 'dry run').status, 2);
	assert.equal(rostrumctl('rehearsal', 'clear').status, 2);
});

test('a meeting is not cleared, nor a rehearsal that stands in its file', LIMIT, async () => {
	const real = rostrumctl('rehearsal', 'clear', 'demo');
	assert.equal(real.status, 1);
	assert.match(real.stderr, /This is no rehearsal: what happened in a meeting stays\. \(HTTP 409\)/);
	assert.match(rostrumctl('rehearsal', 'clear', 'rehearsal').stderr, /demo-conference has other meetings/);
	const page = new Page(rostrum.base, rostrum.tokens.chair);
	await page.open();
	assert.equal(page.view.meeting.rehearsal ?? false, false);
	page.close();
	const refused = await rostrum.http('DELETE', '/api/v1/meetings/rehearsal', { token: rostrum.tokens.secretariat });
	assert.equal(refused.status, 403);
});
