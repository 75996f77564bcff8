// What lies in a recorder's archive, judged by programs that nobody here wrote.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, cpSync, existsSync, mkdtempSync, openSync, readFileSync, readSync, readdirSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build, newState } from './rostrum.mjs';

function run(command, ...args) {
	const ran = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
	if (ran.error) throw ran.error;
	return { status: ran.status, text: ran.stdout + ran.stderr };
}

// Directories of the recorded sessions of a meeting, oldest first.
export function sessions(archive, meeting = 'demo') {
	return existsSync(archive) ? readdirSync(archive).filter((name) => name.startsWith(`${meeting}-`)).sort().map((name) => join(archive, name)) : [];
}

// Every file below a directory whose name ends so, as paths.
export function files(directory, ending) {
	return readdirSync(directory, { withFileTypes: true })
		.flatMap((entry) => (entry.isDirectory() ? files(join(directory, entry.name), ending) : [join(directory, entry.name)]))
		.filter((path) => path.endsWith(ending))
		.sort();
}

// How many packets a file of one track holds, according to ffprobe.
export const packets = (path) => Number(run('ffprobe', '-v', 'error', '-count_packets', '-show_entries', 'stream=nb_read_packets', '-of', 'csv=p=0', path).text);

// The files of segments below a directory, whatever their codec: sources and channels as they were sent, without what is derived from them.
export const essence = (directory) => [...files(directory, '.webm'), ...files(directory, '.mkv')].filter((path) => /\.\d{3,}\.[avc]\.\w+$/.test(path));

// The programme of each language, by its name.
export const programmes = (directory) => Object.fromEntries(files(directory, '.webm').filter((path) => /\/channels\/[^./]+\.webm$/.test(path)).map((path) => [basename(path, '.webm'), path]));

// A copy of the archive as it was before anything was derived from it.
export function unsealed(directory) {
	const copy = join(newState(), 'session');
	cpSync(directory, copy, { recursive: true });
	for (const name of readdirSync(copy)) if (statSync(join(copy, name)).isFile()) rmSync(join(copy, name));
	for (const path of Object.values(programmes(copy))) rmSync(path);
	return copy;
}

// The programme made again, from such a copy: nothing is left out for want of time. Returns the copy.
export function madeAgain(directory) {
	const copy = unsealed(directory);
	const made = run(join(build, 'tools/rostrumctl/rostrumctl'), 'archive', 'programme', copy, '--json');
	if (made.status !== 0) throw new Error(made.text);
	return copy;
}

// It keeps a database of what it judged in the home directory: one at a time may write it, and a file of the same name and
// second is not judged again. So each call is given a home of its own, in memory.
function mediaconch(path) {
	const home = mkdtempSync('/dev/shm/rostrum-home-');
	try {
		return run('env', `HOME=${home}`, 'mediaconch', path).text;
	} finally {
		rmSync(home, { recursive: true, force: true });
	}
}

// What is wrong with a WebM file according to ffprobe, mkvmerge and mediaconch; empty if nothing.
export function faultsOf(path, { finished = true, streams: expected = 1 } = {}) {
	const faults = [];
	const probe = run('ffprobe', '-v', 'error', '-count_packets', '-show_entries', 'stream=codec_name,nb_read_packets', '-of', 'json', path);
	const streams = probe.status === 0 ? JSON.parse(probe.text.slice(probe.text.indexOf('{'))).streams : [];
	if (probe.status !== 0 || !/^\s*\{/.test(probe.text)) faults.push(`ffprobe: ${probe.text.slice(0, 300)}`);
	if (streams.length !== expected || !streams.every((stream) => Number(stream.nb_read_packets) > 0)) faults.push(`ffprobe finds ${JSON.stringify(streams)}`);
	const identified = run('mkvmerge', '-i', path);
	if (identified.status !== 0) faults.push(`mkvmerge: ${identified.text.slice(0, 300)}`);
	if (finished) {
		const judged = mediaconch(path);
		if (!judged.startsWith('pass!')) faults.push(`mediaconch: ${judged.slice(0, 600)}`);
	}
	return faults;
}

// What ffmpeg complains of as it decodes all of a file; nothing, where it is well. Times are held against those of the file: pictures of a
// camera that stumbled may be closer together than its mean rate, to which ffmpeg would round them.
export function decodingFaults(path) {
	const { status, text } = run('ffmpeg', '-v', 'error', '-i', path, '-enc_time_base', '-1', '-f', 'null', '-');
	return status === 0 ? text : `ends with ${status}: ${text}`;
}

// Each packet where the one before ends; 2.5 ms of silence that fill a gap are two in WebM's milliseconds, 96 samples.
const BEHIND_ONE_ANOTHER = String.raw`setts=ts=if(N\,PREV_OUTPTS+PREV_OUTDURATION\,0):duration=if(eq(DURATION\,96)\,120\,DURATION)`;

// What is wrong with the sound of a file according to opusinfo. Ogg counts samples and has no times: that of another
// container is judged packet by packet.
export function opusFaults(path) {
	const directory = mkdtempSync('/dev/shm/rostrum-opus-');
	try {
		const opus = path.endsWith('.opus') ? path : join(directory, 'sound.opus');
		if (opus !== path) {
			const made = run('ffmpeg', '-v', 'error', '-i', path, '-map', '0:a', '-c', 'copy', '-bsf:a', BEHIND_ONE_ANOTHER, opus);
			if (made.status !== 0 || made.text !== '') return [`ffmpeg: ${made.text}`];
		}
		const { status, text } = run('opusinfo', opus);
		return status !== 0 || /warning|error/i.test(text) ? [`opusinfo: ${text}`] : [];
	} finally {
		rmSync(directory, { recursive: true });
	}
}

// Seconds from the first to the last packet of a file, by ffprobe.
export function lastPacketSeconds(path) {
	const probe = run('ffprobe', '-v', 'error', '-show_entries', 'packet=pts_time', '-of', 'csv=p=0', path);
	return Math.max(...probe.text.split('\n').map(parseFloat).filter(Number.isFinite));
}

// When a file was last written, in wall-clock ms.
export const writtenAt = (path) => statSync(path).mtimeMs;

// The lines of events.jsonl that are whole: behind the last one another may just be written.
export function events(directory) {
	const [path] = files(directory, 'events.jsonl');
	return readFileSync(path, 'utf8').split('\n').slice(0, -1).map((line) => JSON.parse(line));
}

const sha256 = (text) => createHash('sha256').update(text).digest('hex');

// For how many seconds the gate of a session's one source was closed the first time, by what its events say.
export function closedFor(directory) {
	const [closed, opened] = events(directory).filter(({ type }) => type === 'gate').map(({ payload }) => payload.wall_us / 1e6);
	return opened - closed;
}

// What is wrong with the chain of events.jsonl: each line's "sum" is the SHA-256 of the line up to the comma before it,
// and its "prev" that of the whole line before. Empty if nothing.
export function chainFaults(directory) {
	const faults = [];
	let prev = '0'.repeat(64);
	const [path] = files(directory, 'events.jsonl');
	readFileSync(path, 'utf8').split('\n').filter(Boolean).forEach((line, i) => {
		const event = JSON.parse(line);
		const covered = line.slice(0, line.lastIndexOf(',"sum"'));
		if (event.seq !== i + 1) faults.push(`line ${i + 1} is number ${event.seq}`);
		if (event.prev !== prev) faults.push(`line ${i + 1} does not follow the line before`);
		if (event.sum !== sha256(covered)) faults.push(`line ${i + 1} was altered`);
		prev = sha256(line);
	});
	return faults;
}

// The bag as coreutils see it: files whose digest is not the listed one, and whether there is a seal.
export function bagFaults(directory) {
	const faults = [];
	for (const list of ['manifest-sha512.txt', 'tagmanifest-sha512.txt']) {
		const ran = spawnSync('sha512sum', ['--quiet', '--strict', '-c', list], { cwd: directory, encoding: 'utf8' });
		if (ran.status !== 0) faults.push(`${list}: ${ran.stdout}${ran.stderr}`);
	}
	const listed = readFileSync(join(directory, 'manifest-sha512.txt'), 'utf8').split('\n').filter(Boolean).map((line) => line.slice(130)).sort();
	const there = files(join(directory, 'data'), '').map((path) => path.slice(directory.length + 1)).sort();
	if (JSON.stringify(listed) !== JSON.stringify(there)) faults.push(`listed ${listed}, there are ${there}`);
	const octets = files(join(directory, 'data'), '').reduce((total, path) => total + statSync(path).size, 0);
	if (!readFileSync(join(directory, 'bag-info.txt'), 'utf8').includes(`Payload-Oxum: ${octets}.${there.length}\n`)) faults.push('Payload-Oxum');
	return faults;
}

// The lines of the ledger beside a segment.
export const ledger = (webm) => readFileSync(webm.replace(/(webm|mkv)$/, 'idx.jsonl'), 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
export const sum = (lines, key) => lines.reduce((total, line) => total + line[key], 0);

// What rostrumctl archive verify says of a session.
export function verify(directory, ...options) {
	const ran = spawnSync(join(build, 'tools/rostrumctl/rostrumctl'), ['archive', 'verify', directory, '--json', ...options], { encoding: 'utf8' });
	return { status: ran.status, ...JSON.parse(ran.stdout).archives[0] };
}

// Change one octet, and with the same again change it back.
export function flip(path, at) {
	const file = openSync(path, 'r+');
	const octet = Buffer.alloc(1);
	readSync(file, octet, 0, 1, at);
	octet[0] ^= 0x10;
	writeSync(file, octet, 0, 1, at);
	closeSync(file);
}

// One digest over the names and octets of all files below a directory.
export function treeDigest(directory) {
	return sha256(files(directory, '').map((path) => `${path.slice(directory.length)} ${sha256(readFileSync(path))}\n`).join(''));
}

// A closed session as if it had been recorded days ago: its times, and the chain over them. What was signed is taken away, to be sealed
// again by `rostrumctl archive repair`.
export function age(directory, days) {
	const ms = days * 86_400_000;
	const before = (utc) => new Date(Date.parse(utc) - ms).toISOString();
	const path = join(directory, 'data/session.json');
	const session = JSON.parse(readFileSync(path, 'utf8'));
	const aged = JSON.stringify({ ...session, started: before(session.started), started_us: session.started_us - ms * 1000 });
	writeFileSync(path, aged);
	let prev = '0'.repeat(64);
	const lines = readFileSync(join(directory, 'data/events.jsonl'), 'utf8').split('\n').filter(Boolean).map((line) => {
		const words = line.slice(0, line.lastIndexOf(',"prev"'))
			.replace(/"utc":"([^"]+)"/, (_, utc) => `"utc":"${before(utc)}"`)
			.replace(/"session_sha256":"\w+"/, `"session_sha256":"${sha256(aged)}"`)
			.replace(`"started_us":${session.started_us}`, `"started_us":${session.started_us - ms * 1000}`);
		const covered = `${words},"prev":"${prev}"`;
		const whole = `${covered},"sum":"${sha256(covered)}"}`;
		prev = sha256(whole);
		return `${whole}\n`;
	});
	writeFileSync(join(directory, 'data/events.jsonl'), lines.join(''));
	for (const name of ['bagit.txt', 'bag-info.txt', 'manifest-sha512.txt', 'tagmanifest-sha512.txt']) rmSync(join(directory, name));
	for (const proof of files(join(directory, 'proof'), '')) rmSync(proof);
}
