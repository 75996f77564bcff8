// Turn the answer to an import (stdin) into what tools/up prints: one line of JSON, or join links for people.
// usage: links.mjs json|people STATE-DIRECTORY
import { readFileSync } from 'node:fs';

const [form, state] = process.argv.slice(2);
const { base, meeting, tokens, links, rehearsal } = JSON.parse(readFileSync(0, 'utf8'));

// "chair", "delegates KEN", "interpreters fr 1" with their links.
function* rows(value, name = '') {
	if (typeof value === 'string') yield [name.trim(), value];
	else for (const [key, inner] of Object.entries(value)) yield* rows(inner, `${name} ${Array.isArray(value) ? Number(key) + 1 : key}`);
}

if (form === 'json') {
	const pids = JSON.parse(readFileSync(`${state}/pids.json`, 'utf8'));
	console.log(JSON.stringify({ base, meeting, tokens, links, rehearsal, pids, archive: `${state}/archive` }));
} else {
	const { delegates, interpreters, ...others } = links;
	const all = [...rows({ ...others, delegates, interpreters })];
	const width = Math.max(...all.map(([name]) => name.length));
	console.log(`Meeting "${meeting}" at ${base}. One link a person:\n`);
	for (const [name, link] of all) console.log(`  ${name.padEnd(width)}  ${link}`);
	console.log(`\nRecordings: ${state}/archive   logs: ${state}/log\nCtrl-C stops everything.`);
}
