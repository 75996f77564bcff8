import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Draws, keepsCommitment, keepsOrder, lotOf } from '#shared/lots';

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

/** The order of the paper, after an entry that kept its place. */
const order = lots.map(([delegation], i) => `${i + 1}:${delegation}:0:0`);
const places = `9 ${order.join(' ')}`;
const digest = createHash('sha256').update('9,1,2,3,4').digest('hex');

test('an order that follows from the seed is right, any other is not', async () => {
	expect(await keepsOrder(places, seed[1]!, word[1]!, digest)).toBe(true);
	expect(await keepsOrder(places, seed[1]!, 'another', digest)).toBe(false);
	expect(await keepsOrder(places, seed[1]!, word[1]!, digest.replace(/^./, (digit) => (digit === '0' ? '1' : '0')))).toBe(false);
	const changed = `9 ${[order[0], order[2], order[1], order[3]].join(' ')}`;
	expect(await keepsOrder(changed, seed[1]!, word[1]!, createHash('sha256').update('9,1,3,2,4').digest('hex'))).toBe(false);
});

test('block and level come before the lot', async () => {
	const of = (ranks: string[]) => order.map((one, i) => one.replace('0:0', ranks[i]!)).join(' ');
	const all = createHash('sha256').update('1,2,3,4').digest('hex');
	expect(await keepsOrder(of(['0:0', '0:1', '1:0', '1:0']), seed[1]!, word[1]!, all)).toBe(true);
	expect(await keepsOrder(of(['0:1', '0:0', '1:0', '1:0']), seed[1]!, word[1]!, all)).toBe(false);
	expect(await keepsOrder(of(['1:0', '0:0', '1:0', '1:0']), seed[1]!, word[1]!, all)).toBe(false);
});

test('a draw is judged by what was told before it', async () => {
	const drawn = { name: 'lots-drawn', data: { draw: 2, item: '1', seed: seed[1]!, word: word[1]!, order: digest } };
	const half = places.indexOf(' ', 4);
	const publish = async (draws: Draws) => {
		expect(await draws.take({ name: 'lots-places', data: { draw: 2, places: places.slice(0, half) } })).toBe(null);
		expect(await draws.take({ name: 'lots-places', data: { draw: 2, places: places.slice(half + 1) } })).toBe(null);
	};
	const told = new Draws();
	await told.take({ name: 'lots-announced', data: { draw: 2, commitment: commitment[1]! } });
	await publish(told);
	expect((await told.take(drawn))?.result).toBe('right');
	const misled = new Draws();
	misled.commit(2, commitment[1]!.replace('63', '64'));
	await publish(misled);
	expect((await misled.take(drawn))?.result).toBe('wrong');
	const late = new Draws();
	await publish(late);
	expect((await late.take(drawn))?.result).toBe('unchecked');
	const bare = new Draws();
	bare.commit(2, commitment[1]!);
	expect((await bare.take(drawn))?.result).toBe('wrong');
});
