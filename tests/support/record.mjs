// The record of a session, judged by programs that nobody here wrote.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import webvtt from 'webvtt-parser';
import { build } from './rostrum.mjs';

// The schema of Akoma Ntoso is not ours to hand on: AKN_SCHEMA says where it lies, with xml.xsd beside it.
const schema = process.env.AKN_SCHEMA;

// What is wrong with these files by xmllint: not well-formed, or, where the schema is at hand, not valid. Empty if nothing.
export function debateFaults(paths) {
	if (schema && !existsSync(schema)) return [`AKN_SCHEMA: ${schema} is not there`];
	const ran = spawnSync('xmllint', ['--noout', '--nonet', ...(schema ? ['--schema', schema] : []), ...paths], { encoding: 'utf8', maxBuffer: 1 << 26 });
	if (ran.error) throw ran.error;
	return ran.status === 0 ? [] : ran.stderr.split('\n').filter((line) => line && !/ validates$/.test(line));
}

export const schemaIsThere = Boolean(schema);

// What is wrong with a WebVTT file of this kind ("metadata", "chapters", "captions"), and its cues.
export function readVtt(path, kind) {
	const { cues, errors } = new webvtt.WebVTTParser().parse(readFileSync(path, 'utf8'), kind);
	return { cues, faults: errors.map(({ message, line }) => `${path}:${line}: ${message}`) };
}

const sha256 = (text) => createHash('sha256').update(text).digest('hex');

// A session's directory with these events of the meeting, chained as common/evidence/chain.h says.
export function writeArchive(directory, session, payloads) {
	mkdirSync(join(directory, 'data'), { recursive: true });
	writeFileSync(join(directory, 'data/session.json'), JSON.stringify(session));
	let prev = '0'.repeat(64);
	let seq = 0;
	const line = (type, time, members, payload) => {
		seq += 1;
		const front = `{"seq":${seq},"utc":"${new Date(time).toISOString()}","type":"${type}"${members},"payload":${payload},"prev":"${prev}"`;
		const whole = `${front},"sum":"${sha256(front)}"}`;
		prev = sha256(whole);
		return `${whole}\n`;
	};
	const started = session.started_us / 1000;
	const last = payloads.at(-1)?.time ?? started;
	writeFileSync(join(directory, 'data/events.jsonl'), [
		line('recording-started', started, '', '{}'),
		...payloads.map((payload) => line('meeting', payload.time, `,"event":${payload.event},"hash":"00"`, JSON.stringify(payload))),
		line('recording-stopped', last + 1000, '', '{"reason":"test"}'),
	].join(''));
}

// rostrumctl archive record, and what it said.
export function makeRecord(directory, ...more) {
	const ran = spawnSync(join(build, 'tools/rostrumctl/rostrumctl'), ['archive', 'record', directory, '--json', ...more], { encoding: 'utf8' });
	return { status: ran.status, stderr: ran.stderr, ...(ran.status === 0 ? JSON.parse(ran.stdout) : {}) };
}

export const readIndex = (directory) => JSON.parse(readFileSync(join(directory, 'data/record/index.json'), 'utf8'));
