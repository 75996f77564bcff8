// rostrum-webcast over the archive of a recorder, and what players would see of it.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { program } from './rostrum.mjs';

const running = new Set();

// For afterEach: nothing of a test that failed may outlive it.
export function endWebcasts() {
	for (const webcast of running) webcast.child.kill('SIGKILL');
	running.clear();
}

function run(command, ...args) {
	const ran = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 64 << 20 });
	assert.equal(ran.status, 0, `${command} ${args.join(' ')}: ${ran.stderr}`);
	return ran;
}

export class Webcast {
	constructor(archive, state, meeting = 'demo') {
		this.archive = archive;
		this.directory = join(state, 'webcast');
		this.place = join(this.directory, meeting);
		this.log = '';
	}

	start(...sets) {
		this.child = spawn(program('webcast'), [`archive.directory=${this.archive}`, `webcast.directory=${this.directory}`, 'webcast.nice=0', ...sets]
			.flatMap((set) => ['--set', set]), { stdio: ['ignore', 'ignore', 'pipe'] });
		running.add(this);
		this.child.stderr.on('data', (data) => (this.log += data));
		this.ended = once(this.child, 'exit');
		return this;
	}

	async end(signal) {
		this.child.kill(signal);
		const [code] = await this.ended;
		running.delete(this);
		assert.doesNotMatch(this.log, /Sanitizer|runtime error|Assertion/);
		return code;
	}

	text(name) {
		const path = join(this.place, name);
		return existsSync(path) ? readFileSync(path, 'utf8') : '';
	}

	get live() {
		return JSON.parse(this.text('live.json') || 'null');
	}

	// What was put out: meetings.
	put() {
		return readdirSync(this.directory).filter((name) => !name.startsWith('metrics.prom'));
	}

	// Folders of what the master playlist names.
	get renditions() {
		return [...this.text('master.m3u8').matchAll(/^(?:[^#].*|.*URI="([^"]+)".*)$/gm)].map(([line, uri]) => (uri ?? line).split('/')[0]);
	}

	// What a media playlist says: its segments in their order, and whether it has ended.
	playlist(folder) {
		const text = this.text(`${folder}/index.m3u8`);
		const segments = [...text.matchAll(/^#EXTINF:([\d.]+),\n(.+)$/gm)].map(([, seconds, file]) => ({ seconds: Number(seconds), file, number: parseInt(file, 10) }));
		return { segments, ended: text.includes('#EXT-X-ENDLIST'), sequence: Number(/MEDIA-SEQUENCE:(\d+)/.exec(text)?.[1]), init: /MAP:URI="([^"]+)"/.exec(text)?.[1] };
	}

	// Numbers of all segments that are there, in the playlist or still kept.
	numbers(folder) {
		const path = join(this.place, folder);
		return existsSync(path) ? readdirSync(path).map((name) => /^(\d+)\.(m4s|vtt)$/.exec(name)?.[1]).filter(Boolean).map(Number).sort((a, b) => a - b) : [];
	}

	// The segments of these numbers in one file, as a player puts them together.
	join(folder, numbers, to) {
		const read = (name) => readFileSync(join(this.place, folder, name));
		writeFileSync(to, Buffer.concat([read(this.playlist(folder).init), ...numbers.map((number) => read(`${number}.m4s`))]));
		return to;
	}
}

// What ffmpeg has to say against a file or a playlist: nothing.
export function complaints(path) {
	return ['ffprobe', 'ffmpeg'].map((name) => {
		const { status, signal, error, stderr } = spawnSync(name, ['-v', 'error', '-i', path, ...(name === 'ffmpeg' ? ['-map', '0', '-f', 'null', '-'] : [])], { encoding: 'utf8' });
		return status === 0 ? stderr : `${name}: ${error ?? signal ?? status} ${stderr}`;
	}).join('').trim();
}

// Digests of the packets of a stream ('a', 'v'), in their order, untouched.
export function packets(path, stream) {
	return run('ffmpeg', '-v', 'error', '-i', path, '-map', `0:${stream}:0`, '-c', 'copy', '-f', 'framehash', '-hash', 'md5', '-').stdout
		.split('\n').filter((line) => line && !line.startsWith('#')).map((line) => line.split(',').at(-1).trim());
}

// Times and digests of the sound's packets.
export function timed(path) {
	return run('ffprobe', '-v', 'error', '-select_streams', 'a', '-show_entries', 'packet=pts_time,data_hash', '-show_data_hash', 'md5', '-of', 'csv=p=0', path).stdout.trim().split('\n')
		.map((line) => line.split(',')).map(([time, digest]) => ({ time: Number(time), digest }));
}

// Range, matrix, transfer and primaries of the picture, as a player is told.
export function colours(path) {
	return run('ffprobe', '-v', 'error', '-select_streams', 'v', '-show_entries', 'stream=color_range,color_space,color_transfer,color_primaries', '-of', 'csv=p=0', path).stdout.trim();
}

// Times and flags of the packets of a file's first stream.
export function times(path) {
	return run('ffprobe', '-v', 'error', '-show_entries', 'packet=pts_time,flags', '-of', 'csv=p=0', path).stdout.trim().split('\n')
		.map((line) => line.split(',')).map(([time, flags]) => ({ time: Number(time), key: flags.startsWith('K') }));
}
