// The secretariat's command line: a conference with a spreadsheet's table, all faults at once, links and PINs to hand out.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { build, startRostrum } from '../support/rostrum.mjs';

const LIMIT = { timeout: 180_000 };
let rostrum;

before(async () => {
	rostrum = await startRostrum();
}, LIMIT);
after(() => rostrum?.stop());

function rostrumctl(...args) {
	const { status, stdout, stderr } = spawnSync(join(build, 'tools/rostrumctl/rostrumctl'), ['--base', rostrum.base, '--state', rostrum.state, ...args], { encoding: 'utf8' });
	return { status, stdout, stderr };
}

function file(name, text) {
	const path = join(rostrum.state, name);
	writeFileSync(path, text);
	return path;
}

const conference = (more = {}) => ({
	id: 'plenary', title: 'Plenary', rules: 'unga', languages: [{ id: 'en', name: 'English' }],
	delegations: [{ id: 'KEN', country: 'Kenya' }], meetings: [{ id: 'plenary-1', title: 'First plenary meeting', badges: [{ id: 'chair', role: 'chair', name: 'Chair' }] }], ...more,
});
const TITLES = 'Delegation;Country;Category;Badge;Name;Rank;Seat\r\n';

test('all that is wrong is told at once, and nothing is imported', LIMIT, async () => {
	const json = file('bad.json', JSON.stringify(conference({ title: '', extra: 1 }), null, '\t'));
	const rows = Array.from({ length: 18 }, (_, i) => `KEN;;;k${i};N;${i % 2 ? 'queen' : 'king'};\r\n`).join('');
	const { status, stderr } = rostrumctl('conference', 'import', json, '--delegations', file('bad.csv', TITLES + rows));
	assert.equal(status, 1);
	const lines = stderr.trim().split('\n');
	assert.equal(lines.length, 21, stderr);
	assert.ok(lines.includes('conference:3:11: title: text is expected'), stderr);
	assert.ok(lines.includes('delegations:19: rank: head, alternate or adviser is expected'), stderr);
	assert.match(lines.at(-1), /^rostrumctl: 20 errors; nothing was imported$/);
	assert.equal(rostrumctl('badges', 'list', 'plenary').status, 1);
});

test('a table fills the conference, and importing both again changes nothing', LIMIT, async () => {
	const json = file('good.json', JSON.stringify(conference()));
	const csv = file('good.csv', `\ufeff${TITLES}KEN;;;KEN-1;"Odhiambo; Amina";Head;12\r\nCIV;Côte d’Ivoire;Member;CIV-1;Aya Koné;;\r\n`);
	for (let times = 0; times < 2; times++) {
		const { status, stdout, stderr } = rostrumctl('conference', 'import', json, '--delegations', csv, '--json');
		assert.equal(status, 0, stderr);
		assert.deepEqual(Object.keys(JSON.parse(stdout).tokens.delegates), ['KEN-1', 'CIV-1']);
	}
	assert.equal(rostrumctl('conference', 'import', json).status, 1, 'without the table it is another file');
});

test('links and PINs are handed out as CSV and as a sheet, once', LIMIT, async () => {
	const csv = rostrumctl('badges', 'issue', 'plenary', 'KEN-1');
	assert.equal(csv.status, 0, csv.stderr);
	const [titles, row] = csv.stdout.split('\r\n');
	assert.equal(titles, 'badge,name,delegation,country,role,rank,link,pin');
	assert.match(row, /^KEN-1,"Odhiambo; Amina",KEN,Kenya,delegate,head,http:\/\/[^,]+\/#join=\w{16},\d{6}$/);

	const sheet = join(rostrum.state, 'sheet.html');
	assert.equal(rostrumctl('badges', 'issue', 'plenary', '--sheet', sheet).status, 0);
	const html = readFileSync(sheet, 'utf8');
	assert.equal(html.match(/<section>/g).length, 2, 'those that had none');
	assert.match(html, /Aya Koné/);
	assert.equal(statSync(sheet).mode & 0o777, 0o600);

	const [, link, pin] = /#join=(\w{16}),(\d{6})/.exec(row);
	const answer = await rostrum.http('POST', '/api/v1/join', { type: 'application/json', body: JSON.stringify({ link, pin }) });
	assert.equal(answer.json.badge, 'KEN-1');
	assert.equal(rostrumctl('badges', 'revoke', 'plenary', 'KEN-1').status, 0);
	assert.match(rostrumctl('badges', 'list', 'plenary').stdout, /^KEN-1 +delegate +revoked +Odhiambo; Amina$/m);
	assert.equal(rostrumctl('badges', 'issue', 'plenary', 'ATL-1').status, 1);
});
