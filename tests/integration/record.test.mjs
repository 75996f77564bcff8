// The record of every meeting of tests/scenarios: valid Akoma Ntoso and WebVTT, nothing of it missing.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { debateFaults, makeRecord, readIndex, readVtt, schemaIsThere, writeArchive } from '../support/record.mjs';
import { build, newState, root } from '../support/rostrum.mjs';

const LIMIT = { timeout: 200_000 };
const conference = JSON.parse(readFileSync(join(root, 'tests/scenarios/conference.json'), 'utf8'));

// Names as the six official languages write them, and what a name should not have.
const NAMES = ['السيدة منى الشاذلي', '王小明先生', "S.E. M. Étienne L’Hérault", 'г-жа Анна Ёлкина', 'Sr. Íñigo Muñoz', 'Mr. <Owen> & "Price"', 'é̂ combining', 'a\u0007b\u0000c', 'שלום \u202Eabc'];

function session(id, started) {
	const [meeting] = conference.meetings;
	return {
		format: 'rostrum-archive/1', meeting: meeting.id, session: id, title: meeting.title, started_us: started * 1000, software: 'test',
		channels: conference.languages.map(({ id: language, name }) => ({ id: language, language, name })),
		agenda: meeting.items,
		delegations: conference.delegations.map(({ id: delegation, country }) => ({ id: delegation, name: country, category: 'member' })),
		participants: meeting.badges.map((badge, i) => ({ ...badge, name: NAMES[i % NAMES.length].replace('\u0000', '') })),
	};
}

function meetings() {
	const ran = spawnSync(join(build, 'tests/integration/scenario_events'), [], { encoding: 'utf8', maxBuffer: 1 << 28, env: { ...process.env, ROSTRUM_SOURCE_ROOT: root } });
	assert.equal(ran.status, 0, ran.stderr);
	const byTitle = new Map();
	for (const line of ran.stdout.split('\n').filter(Boolean)) {
		const { scenario, event } = JSON.parse(line);
		byTitle.set(scenario, [...(byTitle.get(scenario) ?? []), event]);
	}
	return [...byTitle];
}

// Everything that gives the floor or opens a microphone; a substitute and a point are speeches of their own.
const BEGINS = ['floor-given', 'point-heard', 'motion-taken-up', 'microphone-opened'];
const count = (events, ...names) => events.filter(({ name }) => names.includes(name)).length;

test('each meeting of the rules of procedure has a valid record with everything in it', LIMIT, (t) => {
	const state = newState();
	t.after(() => rmSync(state, { recursive: true, force: true }));
	const made = meetings().map(([title, events], i) => {
		const directory = join(state, `session-${i}`);
		writeArchive(directory, session(`session-${i}`, events[0].time), events);
		const said = makeRecord(directory);
		assert.equal(said.status, 0, said.stderr);
		assert.equal(said.unreadable, 0, title);
		return { title, events, directory, index: readIndex(directory) };
	});
	assert.deepEqual(debateFaults(made.map(({ directory }) => join(directory, 'data/record/debate.xml'))), []);

	const kinds = new Set();
	for (const { title, events, directory, index } of made) {
		events.forEach(({ name }) => kinds.add(name));
		const xml = readFileSync(join(directory, 'data/record/debate.xml'), 'utf8');
		const speeches = index.speeches ?? [];
		assert.equal(speeches.length, count(events, ...BEGINS), title);
		assert.equal(xml.match(/<speech /g)?.length ?? 0, speeches.length, title);
		assert.equal(index.points?.length ?? 0, count(events, 'point-raised'), title);
		assert.equal(index.motions?.length ?? 0, count(events, 'motion-raised'), title);
		assert.equal(index.decisions?.length ?? 0, count(events, 'decision-proposed'), title);
		for (const event of events.filter(({ name }) => name === 'decision-proclaimed')) {
			const decision = index.decisions.find((one) => one.decision === event.data.decision && one.result === event.data.outcome);
			assert.ok(decision, title);
			if (decision.totals) assert.deepEqual(decision.totals, { yes: event.data.yes, no: event.data.no, abstain: event.data.abstain }, title);
			if (decision.kind === 'secret' || decision.kind === 'show-of-hands') {
				const section = xml.split('<resolutions ').slice(1).find((one) => one.includes(`>${decision.title}<`)) ?? '';
				assert.ok(!section.split('</resolutions>')[0].includes('<vote '), `${title}: how anybody voted is nobody's to know`);
			}
		}
		const cues = readVtt(join(directory, 'data/text/speeches.vtt'), 'metadata');
		const chapters = readVtt(join(directory, 'data/text/chapters.vtt'), 'chapters');
		assert.deepEqual([...cues.faults, ...chapters.faults], [], title);
		assert.deepEqual(cues.cues.map(({ text }) => JSON.parse(text).participant), speeches.map(({ participant }) => participant), title);
		assert.equal(chapters.cues.length, index.items?.length ?? 0, title);
		for (const speech of speeches) assert.ok(speech.from_ms <= speech.to_ms && speech.to_ms <= index.duration_ms, title);
	}
	// What a record is made of was there at all.
	for (const kind of [...BEGINS, 'point-settled', 'ruling-appealed', 'motion-settled', 'motion-withdrawn', 'floor-taken', 'clock-stopped', 'meeting-suspended', 'meeting-resumed',
		'meeting-adjourned', 'meeting-closed', 'item-taken-up', 'decision-proclaimed', 'vote-cast', 'vote-corrected', 'intent-stated', 'voting-annulled', 'totals-entered'])
		assert.ok(kinds.has(kind), `no scenario has ${kind}`);
	t.diagnostic(`measured: ${made.length} records of ${kinds.size} kinds of events${schemaIsThere ? ', valid by the schema' : '; AKN_SCHEMA is not set: well-formed'}`);
});

test('names of every script are in the record as they are, and captions as they were corrected', LIMIT, (t) => {
	const state = newState();
	t.after(() => rmSync(state, { recursive: true, force: true }));
	const started = Date.UTC(2026, 10, 22, 10);
	const directory = join(state, 'names');
	const badges = conference.meetings[0].badges.slice(0, NAMES.length);
	const events = badges.flatMap(({ id }, i) => [
		{ name: 'floor-given', data: { entry: null, participant: id, allotted: null, cause: 'direct' } },
		{ name: 'floor-language-set', data: { language: 'ar' } },
		{ name: 'caption', data: { language: 'ar', line: i + 1, text: 'خطا', from_ms: started + i * 1000 + 100, to_ms: started + i * 1000 + 900 } },
		{ name: 'caption', data: { language: 'ar', line: i + 1, text: `شكرا --> <b>${i}`, from_ms: started + i * 1000 + 100, to_ms: started + i * 1000 + 900 } },
	].map((event) => ({ ...event, by: 'chair', time: started + i * 1000 }))).map((event, i) => ({ event: i + 1, ...event }));
	writeArchive(directory, session('names', started), events);
	assert.equal(makeRecord(directory).status, 0);
	const debate = join(directory, 'data/record/debate.xml');
	assert.deepEqual(debateFaults([debate]), []);
	const shown = spawnSync('xmllint', ['--nonet', '--xpath', "//*[local-name()='TLCPerson']/@showAs", debate], { encoding: 'utf8' }).stdout;
	const texts = readIndex(directory).speeches.map(({ person }) => person.name);
	assert.deepEqual(texts, NAMES.map((name) => name.replace('\u0000', '').replace('\u0007', '\uFFFD')));
	for (const name of texts) assert.ok(shown.includes(name.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')) || shown.includes(name.replace(/&/g, '&amp;').replace(/</g, '&lt;')), `${name}: ${shown}`);
	const captions = readVtt(join(directory, 'data/text/captions.ar.vtt'), 'captions');
	assert.deepEqual(captions.faults, []);
	assert.deepEqual(captions.cues.map(({ text }) => text), NAMES.map((_, i) => `شكرا --&gt; &lt;b&gt;${i}`));
	assert.equal(readFileSync(debate, 'utf8').match(/<p class="caption" xml:lang="ar">/g).length, NAMES.length);
});

test('the record is made again elsewhere, octet for octet, and one that was sealed is not written over', LIMIT, (t) => {
	const state = newState();
	t.after(() => rmSync(state, { recursive: true, force: true }));
	const started = Date.UTC(2026, 10, 22, 10);
	const directory = join(state, 'again');
	writeArchive(directory, session('again', started), [{ event: 1, time: started, name: 'floor-given', by: 'chair', data: { entry: null, participant: 'KEN' } }]);
	assert.equal(makeRecord(directory).status, 0);
	const other = join(state, 'elsewhere');
	assert.equal(makeRecord(directory, '--out', other).status, 0);
	for (const file of ['record/index.json', 'record/debate.xml', 'text/speeches.vtt', 'text/chapters.vtt'])
		assert.equal(readFileSync(join(other, 'data', file), 'utf8'), readFileSync(join(directory, 'data', file), 'utf8'));
	assert.equal(makeRecord(join(state, 'nothing')).status, 1);
	for (const file of ['tagmanifest-sha512.txt', 'manifest-sha512.txt']) writeFileSync(join(directory, file), '');
	assert.equal(makeRecord(directory).status, 0, 'what is sealed is what would be written');
	writeFileSync(join(directory, 'data/record/debate.xml'), '<debate/>');
	const refused = makeRecord(directory);
	assert.equal(refused.status, 1);
	assert.match(refused.stderr, /sealed with another record/);
	assert.equal(readFileSync(join(directory, 'data/record/debate.xml'), 'utf8'), '<debate/>');
	writeFileSync(join(directory, 'data/session.json'), '{}');
	assert.equal(makeRecord(directory).status, 1);
});
