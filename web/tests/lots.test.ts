import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { keepsCommitment, lotOf } from '../shared/lots';

/** The worked example of PROTOCOL.md section 3.4. */
const paper = readFileSync(new URL('../../signaling/wire/PROTOCOL.md', import.meta.url), 'utf8');
const example = paper.slice(paper.indexOf('<!-- lots -->')).split('```')[1]!.trim().split('\n');
const [seed, commitment, word, ...lots] = example.map((line) => line.split(' ')) as [string[], string[], string[], ...string[][]];

test('the seed of the paper keeps its commitment, another does not', async () => {
	expect(await keepsCommitment(seed[1]!, commitment[1]!)).toBe(true);
	expect(await keepsCommitment(seed[1]!.replace('1f', '20'), commitment[1]!)).toBe(false);
});

test('the lots of the paper come out as it says, in its order', async () => {
	expect(lots.length).toBe(4);
	let last = '';
	for (const [delegation, lot] of lots) {
		expect(await lotOf(seed[1]!, word[1]!, delegation!)).toBe(lot);
		expect(lot! > last).toBe(true);
		last = lot!;
	}
});
