// Meeting rooms' boxes in tests: a meeting of two rooms whose sources are all open, one in which they and two delegates get the floor, and one that is
// interpreted into six languages; tokens for their badges, boxes as processes.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, root } from './rostrum.mjs';
import { mint, payloadOf } from './token.mjs';

const badge = (id, role, more = {}) => ({ id, role, name: id, ...more });
export const LANGUAGES = ['ar', 'en', 'es', 'fr', 'ru', 'zh'];
const conference = {
	id: 'rooms', title: 'Two rooms', rules: 'unga', languages: LANGUAGES.map((id) => ({ id, name: id })),
	delegations: [{ id: 'FRA', country: 'France', language: 'fr' }, { id: 'KEN', country: 'Kenya', language: 'en' }],
	meetings: [{
		id: 'rooms', title: 'Two rooms', mode: 'direct', record: false,
		badges: [badge('chair', 'chair'), badge('fr-1', 'interpreter', { languages: ['fr'] }), badge('room-1', 'room'), badge('room-2', 'room')],
	}, {
		id: 'hybrid', title: 'Two rooms and two delegates', mode: 'floor', record: false,
		badges: [badge('chair', 'chair'), badge('FRA', 'delegate', { delegation: 'FRA' }), badge('KEN', 'delegate', { delegation: 'KEN' }), badge('room-1', 'room'), badge('room-2', 'room')],
	}, {
		id: 'booths', title: 'Two rooms and six booths', mode: 'direct', record: true,
		badges: [badge('chair', 'chair'), badge('sec', 'secretariat'), ...LANGUAGES.map((language) => badge(`${language}-1`, 'interpreter', { languages: [language] })), badge('room-1', 'room'), badge('room-2', 'room')],
	}, {
		id: 'late', title: 'A room whose line is pulled', mode: 'direct', record: true,
		badges: [badge('chair', 'chair'), badge('sec', 'secretariat'), badge('sec-2', 'secretariat'), badge('tech', 'technician'), badge('room-1', 'room')],
	}],
};

export const importRooms = (rostrum) => importConference(rostrum, conference);

export function importConference(rostrum, description) {
	const file = join(rostrum.state, `${description.id}.json`);
	writeFileSync(file, JSON.stringify(description));
	const { status, stderr } = spawnSync(join(build, 'tools/rostrumctl/rostrumctl'), ['--base', rostrum.base, '--state', rostrum.state, 'conference', 'import', file], { encoding: 'utf8' });
	assert.equal(status, 0, stderr);
}

export function roomToken(rostrum, id, role, meeting = 'rooms') {
	const key = readFileSync(join(rostrum.state, 'token.key'), 'utf8').trim();
	return mint(key, { ...payloadOf(rostrum.token('chair')), sub: id, role, meeting, name: id });
}

// A box whose configuration is told on the command line, behind a `line` of line.mjs if there is one; its log is among those that are looked through for faults.
export function startBox(rostrum, id, role, { meeting = 'rooms', line, ...settings }) {
	const path = join(rostrum.state, 'log', `box-${id}.log`);
	const log = openSync(path, 'a');
	const set = { base: rostrum.base, meeting, source: id, ...settings };
	const program = join(build, 'tools/roombox/rostrum-box');
	const child = spawn(line?.wrapped(program) ?? program, Object.entries(set).flatMap(([key, value]) => ['--set', `${key}=${typeof value === 'object' ? JSON.stringify(value) : value}`]),
		{ stdio: ['ignore', log, log], env: { ...process.env, LSAN_OPTIONS: `suppressions=${join(root, 'tests/support/lsan.supp')}:print_suppressions=0`, ROSTRUM_TOKEN: roomToken(rostrum, id, role, meeting) } });
	const ended = new Promise((done) => child.once('exit', (code, signal) => done(signal ?? code)));
	process.on('exit', () => child.kill());
	const box = { child, ended, log: () => readFileSync(path, 'utf8') };
	rostrum.boxes.push(box);
	return box;
}
