// What a real browser hears and sees behind a link that narrows twice and opens again.
// usage: node bench/link.mjs [--seed 1] [--json]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startLine } from '../support/line.mjs';
import { judge, LinkCall } from '../support/link.mjs';
import { freePort, startRostrum } from '../support/rostrum.mjs';

const { values } = parseArgs({ options: { seed: { type: 'string', default: '1' }, json: { type: 'boolean', default: false } } });
const folder = mkdtempSync(join(tmpdir(), 'rostrum-link-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const line = await startLine({ seed: Number(values.seed) });
const rostrum = await startRostrum({ listen: `0.0.0.0:${await freePort()}` });
const call = await LinkCall.open({ rostrum, line, folder });

const columns = [['s', 'at'], ['link kbit/s', 'rate'], ['picture kbit/s', 'kbits'], ['frames', 'frames'], ['height', 'height'],
	['concealed %', 'share'], ['buffer ms', 'buffer'], ['queue p95 ms', 'p95'], ['max', 'max'], ['dropped', 'dropped']];
const row = (cells) => console.log(cells.map((cell, i) => String(cell).padStart(columns[i][0].length)).join('  '));
if (!values.json) row(columns.map(([title]) => title));
const seconds = await call.run({
	tell: (one) => {
		const cells = { ...one, rate: one.rate / 1000, share: ((100 * one.concealed) / Math.max(1, one.samples)).toFixed(1) };
		if (!values.json) row(columns.map(([, name]) => (typeof cells[name] === 'number' ? Math.round(cells[name]) : cells[name])));
	},
});
const verdict = judge(seconds);
if (values.json) console.log(JSON.stringify({ seconds, verdict }));
else console.log(`\nmost concealed in 5 s, by stage: ${verdict.concealed.map((share) => share.toFixed(1)).join(', ')} %; 95 % of packets waited at most ${verdict.waited.toFixed(0)} ms; picture ${verdict.before.toFixed(0)} kbit/s, ` +
	`lowered to ${verdict.lowered.toFixed(0)}, then ${verdict.paused.toFixed(0)}, back after ${verdict.back} s`);
await call.close();
await rostrum.stop();
line.stop();
