// What it costs the server that a technician's page shows three hundred lines: as many pages by their sockets, each of which says how its line is, as many microphones by WHIP, and a second
// after another with and without that page, in one run. usage: node bench/pages/survey.mjs [--pages 300] [--seconds 15] [--turns 3]
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cpu } from '../../support/cpu.mjs';
import { Page } from '../../support/page.mjs';
import { importConference, roomToken } from '../../support/rooms.mjs';
import { build, startRostrum } from '../../support/rostrum.mjs';
import { sleep, until } from '../../support/wait.mjs';

const { values } = parseArgs({ options: { pages: { type: 'string', default: '300' }, seconds: { type: 'string', default: '15' }, turns: { type: 'string', default: '3' } } });
const [PAGES, SECONDS, TURNS] = [values.pages, values.seconds, values.turns].map(Number);
const MEETING = 'survey';
const BAND = 10; // of `figures`, signaling/wire/PROTOCOL.md 3.9
const ids = Array.from({ length: PAGES }, (_, i) => `load-${i + 1}`); // as rostrum-load calls its publishers
const badge = (id, role, more = {}) => ({ id, role, name: id, ...more });

const rostrum = await startRostrum();
const { signaling, sfu } = rostrum.pids;
const told = { messages: 0, octets: 0 };
let load;
let sockets;
let page;
process.on('exit', () => load?.kill());
try {
	importConference(rostrum, {
		id: MEETING, title: 'A large hall', rules: 'unga', languages: [{ id: 'en', name: 'English' }],
		delegations: ids.map((id) => ({ id, country: id })),
		meetings: [{ id: MEETING, title: 'Rehearsal', mode: 'direct', rehearsal: true, record: false,
			badges: [badge('chair', 'chair'), badge('technician', 'technician'), ...ids.map((id) => badge(id, 'delegate', { delegation: id }))] }],
	});
	const chair = new Page(rostrum.base, roomToken(rostrum, 'chair', 'chair', MEETING));
	await chair.open();
	await chair.command('open-meeting', { override: true });
	sockets = fork(join(dirname(fileURLToPath(import.meta.url)), 'sockets.mjs'));
	sockets.send({ tokens: ids.map((id) => roomToken(rostrum, id, 'delegate', MEETING)), port: Number(new URL(rostrum.base).port), changes: true, perSecond: 50 });
	await once(sockets, 'message');
	const technician = roomToken(rostrum, 'technician', 'technician', MEETING);
	sockets.send({ lines: true });
	load = spawn(join(build, 'tools/loadgen/rostrum-load'), ['--base', rostrum.base, '--meeting', MEETING, '--publishers', String(PAGES), '--players', '0', '--duration', '3600'],
		{ stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, ROSTRUM_TOKEN: technician } });
	page = new Page(rostrum.base, technician);
	page.surveyed = page.levelled = (message) => {
		told.messages += 1;
		told.octets += JSON.stringify(message).length;
	};
	await page.open();
	await page.must('survey', { on: true });
	const lines = () => ids.filter((id) => page.survey?.people?.[id]?.figures?.[BAND] > 0).length;
	await until(`${PAGES} lines with sound`, () => lines() === PAGES, { limit: 120_000, every: 500 });
	await sleep(5000); // who has just come is told to everybody
	const shares = { shown: [], unseen: [] };
	for (let turn = 0; turn < 2 * TURNS; turn += 1) {
		const what = turn % 2 === 0 ? 'shown' : 'unseen';
		await page.must('survey', { on: what === 'shown' });
		await sleep(1000);
		const [from, before, heard] = [Date.now(), cpu(signaling), { ...told }];
		await sleep(SECONDS * 1000);
		const took = (Date.now() - from) / 1000;
		shares[what].push((100 * (cpu(signaling) - before)) / took);
		console.log(`${what}: signaling ${shares[what].at(-1).toFixed(2)} % of a core, ${((told.octets - heard.octets) / took / 1000).toFixed(1)} kB a second told to the page`);
	}
	const median = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
	console.log(`measured: ${lines()} lines with sound, ${PAGES} pages: signaling takes ${median(shares.shown).toFixed(2)} % of a core while a technician's page shows them, ${median(shares.unseen).toFixed(2)} % while none does; the media server ${((100 * cpu(sfu)) / process.uptime()).toFixed(0)} % since the start`);
	chair.close();
} finally {
	page?.close();
	sockets?.disconnect();
	load?.kill();
	await rostrum.stop();
}
