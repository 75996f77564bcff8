import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Blind, Finalize, fromHex, Prepare, toHex, Verify } from '#shared/ballot';

/** RFC 9474 appendix A.1; the signer is held to the same. */
const vector = JSON.parse(readFileSync(new URL('../../tests/support/rfc9474.json', import.meta.url), 'utf8')) as Record<string, string>;
const [n, msg, msg_prefix, salt, blind_sig, sig] = ['n', 'msg', 'msg_prefix', 'salt', 'blind_sig', 'sig'].map((name) => fromHex(vector[name]!)) as [
	Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>,
];
const inv = BigInt(`0x${vector['inv']}`);

function inverse(number: bigint, modulus: bigint): bigint {
	let [a, b, x, y] = [number, modulus, 1n, 0n];
	while (b > 0n)
		[a, b, x, y] = [b, a % b, y, x - (a / b) * y];
	return ((x % modulus) + modulus) % modulus;
}

/** Hands out these, one after the other. */
const dealt = (...parts: Uint8Array<ArrayBuffer>[]) => (len: number) => {
	const part = parts.shift()!;
	expect(part.length).toBe(len);
	return part;
};

const { input_msg } = Prepare(msg, dealt(msg_prefix));

test('the vector of the RFC is prepared, blinded and finalized as it says', async () => {
	const modulus = BigInt(`0x${vector['n']}`);
	const r = fromHex(inverse(inv, modulus).toString(16).padStart(2 * n.length, '0'));
	expect(toHex(input_msg)).toBe(vector['msg_prefix']! + vector['msg']!);
	// A number that is not below the modulus, and zero, are drawn again.
	const blinded = await Blind(n, input_msg, dealt(salt, new Uint8Array(n.length).fill(255), new Uint8Array(n.length), r));
	expect(toHex(blinded.blinded_msg)).toBe(vector['blinded_msg']);
	expect(blinded.inv).toBe(inv);
	expect(toHex(await Finalize(n, input_msg, blind_sig, inv))).toBe(vector['sig']);
});

test('what was not signed is not taken', async () => {
	expect(await Verify(n, input_msg, sig)).toBe(true);
	const other = input_msg.map((octet, i) => (i === 40 ? octet ^ 1 : octet));
	expect(await Verify(n, other, sig)).toBe(false);
	await expect(Finalize(n, other, blind_sig, inv)).rejects.toThrow('invalid signature');
	await expect(Finalize(n, input_msg, sig, inv)).rejects.toThrow('invalid signature');
	await expect(Finalize(n, input_msg, blind_sig.slice(1), inv)).rejects.toThrow('unexpected input size');
	expect(() => fromHex('0g')).toThrow('invalid input');
});

test('a message that shares a divisor with the modulus is refused, not blinded', async () => {
	const bad = fromHex(((BigInt(`0x${vector['n']}`) / 3n) * 3n).toString(16).padStart(2 * n.length, '0'));
	const three = new Uint8Array(n.length);
	three[n.length - 1] = 3;
	await expect(Blind(bad, input_msg, dealt(salt, three))).rejects.toThrow(/invalid input|blinding error/);
});
