// What a real browser hears and sees through a line that loses packets, Rostrum and Janus on the same line.
// usage: node bench/loss/run.mjs [--server rostrum,janus] [--case down,both,burst] [--loss 10,20,30] [--seconds 60] [--rtt 60] [--json]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CallStage, rostrumServer } from '../../support/call.mjs';
import { startLine } from '../../support/line.mjs';
import { freePort, startRostrum } from '../../support/rostrum.mjs';
import { janusServer } from './janus.mjs';

const { values } = parseArgs({
	options: {
		server: { type: 'string', default: 'rostrum,janus' },
		case: { type: 'string', default: 'down,both,burst' },
		loss: { type: 'string', default: '10,20,30' },
		seconds: { type: 'string', default: '60' },
		rtt: { type: 'string', default: '60' },
		seed: { type: 'string', default: '1' },
		json: { type: 'boolean', default: false },
	},
});
process.setMaxListeners(40); // each browser and line ends with this process
const list = (text) => text.split(',').filter(Boolean);
const BURST = 4; // packets, on average

// What is lost where; a line that is not named is the machine itself.
const CASES = {
	down: (loss) => ({ player: { down: { loss } } }),
	burst: (loss) => ({ player: { down: { loss, run: BURST } } }),
	both: (loss) => ({ player: { down: { loss }, up: { loss } }, publisher: { down: { loss }, up: { loss } } }),
};

function set(line, { down = {}, up = {} } = {}) {
	const delay = (Number(values.rtt) / 2) * 1000;
	line.down({ loss: 0, run: 1, ...down, delay });
	line.up({ loss: 0, run: 1, ...up, delay });
}

const folder = mkdtempSync(join(tmpdir(), 'rostrum-loss-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const lines = { player: await startLine({ seed: Number(values.seed) }), publisher: await startLine({ seed: Number(values.seed) + 1 }) };
const servers = [];
let rostrum;
let janus;
if (list(values.server).includes('rostrum')) {
	rostrum = await startRostrum({ listen: `0.0.0.0:${await freePort()}` });
	servers.push(rostrumServer(rostrum));
}
if (list(values.server).includes('janus')) {
	janus = await janusServer();
	servers.push(janus);
}

// Cases without loss on the publisher's leg have none of its delay either.
const stages = {};
async function stageFor(names) {
	const key = names.includes('publisher') ? 'both' : 'player';
	stages[key] ??= await CallStage.open({ folder, lines: key === 'both' ? lines : { player: lines.player } });
	return stages[key];
}

const number = (value, digits, width) => (Number.isFinite(value) ? value.toFixed(digits) : '-').padStart(width);
if (!values.json)
	console.log('line    loss  server   concealed %  buffer ms  frozen s/min  freezes   fps  video ms  PLI  audio kbit/s  video kbit/s (sent)  FEC  resent');
try {
	for (const name of list(values.case)) {
		for (const percent of list(values.loss).map(Number)) {
			for (const server of servers) {
				const impairment = CASES[name](percent * 10);
				const stage = await stageFor(Object.keys(impairment));
				for (const who of Object.keys(lines)) set(lines[who], {});
				// A call is set up on a good line, so that every server gets its first key frame.
				const begin = () => Object.entries(impairment).forEach(([who, settings]) => set(lines[who], settings));
				const got = await stage.call(server, { seconds: Number(values.seconds), begin });
				if (values.json) console.log(JSON.stringify({ line: name, loss: percent, server: server.name, ...got }));
				else
					console.log(`${name.padEnd(6)} ${number(percent, 0, 3)} %  ${server.name.padEnd(8)} ${number(got.concealed, 2, 10)} ${number(got.buffer, 0, 10)} ${number(got.frozen, 1, 13)} ${number(got.freezes, 0, 8)} ${number(got.fps, 1, 5)} ${number(got.videoBuffer, 0, 9)} ${number(got.plis, 0, 4)} ${number(got.kbps, 0, 13)} ${number(got.videoKbps, 0, 13)} (${number(got.sentKbps, 0, 0)}) ${number(got.fec, 0, 6)} ${number(got.videoResent, 0, 6)}`);
			}
		}
	}
} finally {
	await Promise.all(Object.values(stages).map((stage) => stage.close()));
	await rostrum?.stop();
	rostrum?.remove();
	await janus?.stop();
	for (const line of Object.values(lines)) line.stop();
}
process.exit(0);
