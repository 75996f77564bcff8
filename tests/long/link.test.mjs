// A listener whose link narrows to 300 and 80 kbit/s and opens again: sound stays, the picture is lowered, paused and comes back.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { judge, LinkCall } from '../support/link.mjs';
import { startLine } from '../support/line.mjs';
import { freePort, startRostrum } from '../support/rostrum.mjs';

const folder = mkdtempSync(join(tmpdir(), 'rostrum-link-'));
let line;
let rostrum;
let call;

before(async () => {
	line = await startLine();
	rostrum = await startRostrum({ listen: `0.0.0.0:${await freePort()}` });
	call = await LinkCall.open({ rostrum, line, folder });
}, { timeout: 120_000 });
after(async () => {
	await call?.close();
	await rostrum?.stop();
	line?.stop();
	rmSync(folder, { recursive: true, force: true });
});

test('a narrow link costs the picture, not the sound, and the picture comes back', { timeout: 170_000 }, async (t) => {
	const seconds = await call.run();
	const { concealed, waited, before: full, lowered, paused, back } = judge(seconds);
	t.diagnostic(`measured: ${concealed.map((share) => share.toFixed(1)).join(', ')} % concealed in the worst 5 s of each stage, 95 % of packets waited at most ${waited.toFixed(0)} ms, ` +
		`picture ${full.toFixed(0)}, ${lowered.toFixed(0)}, ${paused.toFixed(0)} kbit/s, back after ${back} s`);
	assert.ok(full > 300, `${full} kbit/s`);
	assert.ok(lowered > 60 && lowered < 0.6 * full, `lowered to ${lowered} kbit/s`);
	assert.ok(paused < 20, `${paused} kbit/s while paused`);
	assert.ok(back <= 15, `back after ${back} s`);
	assert.ok(waited <= 150, `${waited} ms`);
	// A browser that waits for a processor conceals as well: what it did on the full line is not the narrow line's doing.
	const [busy] = concealed;
	assert.ok(busy <= 10, `${busy} % concealed on the full line: the machine is too busy to tell`);
	// A receiver tells of its packets every 100 ms, and on 80 kbit/s one packet of the smallest picture takes nearly as long: what
	// was sent until the first word of the narrow line came fills its queue, once.
	[6, 9, 4].forEach((most, i) => assert.ok(concealed[i + 1] <= most + 2 * busy, `stage ${i + 2}: ${concealed[i + 1]} % concealed, ${busy} % before`));
});
