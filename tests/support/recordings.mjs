// Recordings as a recorder leaves them, made by hand: data/record/index.json with its programmes (ffmpeg: a tone a language, a
// colour a speaker) and captions. What the archive page is tried with.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const TONES = { late: 2200, floor: 440, en: 660, fr: 880, es: 1100, ru: 1320, zh: 1540, ar: 1760 };
export const NAMES = { en: 'English', fr: 'Français', es: 'Español', ru: 'Русский', zh: '中文', ar: 'العربية' };
const COLOURS = ['0x205080', '0x803030', '0x307040', '0x806020'];

function ffmpeg(...args) {
	const ran = spawnSync('ffmpeg', ['-v', 'error', '-y', ...args], { encoding: 'utf8' });
	if (ran.status !== 0) throw new Error(`ffmpeg ${args.join(' ')}: ${ran.stderr}`);
}

// Sound of one tone and a picture that changes its colour every `turn` seconds, or `picture`, the path of one that moves; repeated without a new encoding.
function writeProgramme(path, tone, seconds, { picture = true, piece = Math.min(seconds, 40), turn = piece / 2 } = {}) {
	const work = mkdtempSync(join(tmpdir(), 'rostrum-programme-'));
	const one = join(work, 'one.webm');
	const colours = COLOURS.slice(0, Math.max(1, Math.ceil(piece / turn)));
	const encoding = ['-map', '[v]', '-c:v', 'libvpx', '-b:v', picture === true ? '60k' : '300k', '-deadline', 'realtime', '-cpu-used', '8', '-g', '5'];
	const pictures = colours.flatMap((colour) => ['-f', 'lavfi', '-i', `color=c=${colour}:s=320x180:r=5:d=${turn}`]);
	const joined = `${colours.map((_, i) => `[${i + 1}:v]`).join('')}concat=n=${colours.length}:v=1[v]`;
	ffmpeg('-f', 'lavfi', '-i', `sine=frequency=${tone}:sample_rate=48000:duration=${piece}`,
		...(picture === true ? [...pictures, '-filter_complex', joined, ...encoding] : []),
		...(typeof picture === 'string' ? ['-stream_loop', '-1', '-i', picture, '-filter_complex', '[1:v]null[v]', ...encoding] : []),
		'-map', '0:a', '-c:a', 'libopus', '-b:a', '32k', '-t', String(piece), one);
	if (seconds > piece) ffmpeg('-stream_loop', String(Math.ceil(seconds / piece) - 1), '-i', one, '-c', 'copy', '-t', String(seconds), path);
	else renameSync(one, path);
	rmSync(work, { recursive: true, force: true });
}

const stamp = (ms) => new Date(ms).toISOString().slice(11, 23);
export const vtt = (cues) => `WEBVTT\n\n${cues.map(({ from_ms, to_ms, text }) => `${stamp(from_ms)} --> ${stamp(to_ms)}\n${text}\n`).join('\n')}`;

// A recording below `archive`; `captions` is {language: [{from_ms, to_ms, text}]}, the rest are members of the index. Returns its index.
export function writeRecording(archive, { session, languages = ['floor', 'en', 'fr'], seconds = 40, captions = {}, picture, directory = `demo-${session}`, ...members }) {
	const data = join(archive, directory, 'data');
	for (const folder of ['channels', 'text', 'record']) mkdirSync(join(data, folder), { recursive: true });
	for (const id of languages) writeProgramme(join(data, `channels/${id}.webm`), TONES[id], seconds, { picture });
	if (members.late) writeProgramme(join(data, members.late), TONES.late, seconds, { picture });
	for (const [language, cues] of Object.entries(captions)) writeFileSync(join(data, `text/captions.${language}.vtt`), vtt(cues));
	const started_ms = members.started_ms ?? Date.UTC(2026, 10, 20, 10);
	const index = {
		format: 'rostrum-index/1', session, meeting: 'demo', title: 'Second Committee, 7th meeting', class: 'public',
		started: new Date(started_ms).toISOString(), started_ms, duration_ms: seconds * 1000,
		languages: languages.map((id) => ({ id, ...(id !== 'floor' && { language: id, name: NAMES[id] }), file: `channels/${id}.webm` })),
		captions: Object.keys(captions).map((language) => ({ language, file: `text/captions.${language}.vtt` })),
		...members,
	};
	// Whole at once, as the recorder does: a scan may come at any moment.
	writeFileSync(join(data, 'record/index.part'), JSON.stringify(index));
	renameSync(join(data, 'record/index.part'), join(data, 'record/index.json'));
	return index;
}

// A meeting of `seconds` with as many speeches as fit, `each` seconds long, an item changed half-way, a vote, a point of order.
export function debate(seconds, each = 10) {
	const who = [['KEN', 'Kenya', 'en'], ['FRA', 'France', 'fr'], ['BRA', 'Brazil', 'es'], ['EGY', 'Egypt', 'ar'], ['CHN', 'China', 'zh'], ['EVE', 'Everland', 'en']];
	const ms = seconds * 1000;
	const half = Math.floor(ms / 2);
	const speeches = Array.from({ length: Math.floor(seconds / each) }, (_, i) => {
		const [id, name, language] = who[i % who.length];
		const from_ms = i * each * 1000 + 500;
		return { n: i + 1, entry: i + 1, participant: id, name, delegation: id, as: i % 5 === 4 ? 'reply' : 'main', item: from_ms < half ? 2 : 3, language, from_ms, to_ms: from_ms + each * 1000 - 1000, interrupted: false };
	});
	return {
		symbol: 'A/C.2/81/SR.7',
		items: [{ item: 2, title: 'Oceans and the law of the sea', from_ms: 0, to_ms: half }, { item: 3, title: 'Sustainable development', from_ms: half, to_ms: ms }],
		speeches,
		decisions: [{ decision: 1, title: 'A/C.2/81/L.7', kind: 'recorded', at_ms: Math.floor(ms * 0.6), result: 'adopted', totals: { yes: 12, no: 1, abstain: 3 } }],
		points: [{ participant: 'KEN', name: 'Kenya', delegation: 'KEN', at_ms: Math.floor(ms * 0.3), ruling: 'upheld' }],
		motions: [{ participant: 'FRA', name: 'France', delegation: 'FRA', motion: 'adjourn-debate', item: 2, at_ms: Math.floor(ms * 0.4), result: 'rejected' }],
	};
}
