/**
 * RSABSSA-SHA384-PSS-Randomized (RFC 9474), the client's part: what is signed is hidden from the signer, perfectly. Names are those of
 * the RFC. Needs a page that came over HTTPS or from this machine (WebCrypto).
 */

/** Octets of the random prefix of a message: the token a ballot is known by. */
const MSG_PREFIX_LEN = 32;
/** As long as the digest: the variant with PSS, not PSSZERO. */
const SALT_LEN = 48;

const HASH = 'SHA-384';
const HASH_LEN = 48;
/** The public exponent, 65537. */
const E = 0x10001n;
const PUBLIC_EXPONENT = 'AQAB';

type Octets = Uint8Array<ArrayBuffer>;
/** So many octets that nobody can foretell. */
export type Random = (n: number) => Octets;

export interface Blinded {
	blinded_msg: Octets;
	/** The secret by which the signature is unblinded. */
	inv: bigint;
}

const system: Random = (n) => crypto.getRandomValues(new Uint8Array(n));

export function toHex(octets: Uint8Array): string {
	return Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join('');
}

/** Throws unless it is an even number of hexadecimal digits. */
export function fromHex(hex: string): Octets {
	if (!/^([0-9a-f]{2})+$/.test(hex))
		throw new Error('invalid input');
	return Uint8Array.from(hex.match(/../g)!, (digits) => parseInt(digits, 16));
}

function bytes_to_int(octets: Uint8Array): bigint {
	return BigInt(`0x${toHex(octets)}`);
}

function int_to_bytes(number: bigint, len: number): Octets {
	return fromHex(number.toString(16).padStart(2 * len, '0'));
}

function concat(...parts: Uint8Array[]): Octets {
	const whole = new Uint8Array(parts.reduce((len, part) => len + part.length, 0));
	let at = 0;
	for (const part of parts) {
		whole.set(part, at);
		at += part.length;
	}
	return whole;
}

function power_mod(base: bigint, exponent: bigint, n: bigint): bigint {
	let result = 1n;
	for (let square = base % n, left = exponent; left > 0n; left >>= 1n, square = (square * square) % n)
		if (left & 1n)
			result = (result * square) % n;
	return result;
}

/** null: they have a divisor in common. */
function inverse_mod(number: bigint, n: bigint): bigint | null {
	let [a, b, x, y] = [number % n, n, 1n, 0n];
	while (a > 1n) {
		if (b === 0n)
			return null;
		const quotient = a / b;
		[a, b, x, y] = [b, a % b, y, x - quotient * y];
	}
	return a === 1n ? ((x % n) + n) % n : null;
}

/** From 1 to n - 1, each as likely as any other. */
function random_integer_uniform(n: bigint, modulus_len: number, random: Random): bigint {
	for (;;) {
		const number = bytes_to_int(random(modulus_len));
		if (number > 0n && number < n)
			return number;
	}
}

async function hash(octets: Octets): Promise<Octets> {
	return new Uint8Array(await crypto.subtle.digest(HASH, octets));
}

/** RFC 8017 appendix B.2.1. */
async function MGF1(seed: Octets, len: number): Promise<Octets> {
	const blocks: Octets[] = [];
	for (let i = 0; i * HASH_LEN < len; i++)
		blocks.push(await hash(concat(seed, int_to_bytes(BigInt(i), 4))));
	return concat(...blocks).slice(0, len);
}

/** RFC 8017 section 9.1.1. */
async function EMSA_PSS_ENCODE(msg: Octets, emBits: number, random: Random): Promise<Octets> {
	const emLen = Math.ceil(emBits / 8);
	const dbLen = emLen - HASH_LEN - 1;
	const salt = random(SALT_LEN);
	const H = await hash(concat(new Uint8Array(8), await hash(msg), salt));
	const DB = concat(new Uint8Array(dbLen - SALT_LEN - 1), Uint8Array.of(1), salt);
	const mask = await MGF1(H, dbLen);
	const maskedDB = DB.map((octet, i) => octet ^ mask[i]!);
	maskedDB[0]! &= 0xff >> (8 * emLen - emBits);
	return concat(maskedDB, H, Uint8Array.of(0xbc));
}

/** Section 4.1: the message with a fresh token before it. */
export function Prepare(msg: Octets, random: Random = system): { input_msg: Octets; msg_prefix: Octets } {
	const msg_prefix = random(MSG_PREFIX_LEN);
	return { input_msg: concat(msg_prefix, msg), msg_prefix };
}

/** Section 4.2. `n` is the modulus of the signer. */
export async function Blind(n: Octets, input_msg: Octets, random: Random = system): Promise<Blinded> {
	const modulus = bytes_to_int(n);
	const encoded_msg = await EMSA_PSS_ENCODE(input_msg, modulus.toString(2).length - 1, random);
	const m = bytes_to_int(encoded_msg);
	if (inverse_mod(m, modulus) === null)
		throw new Error('invalid input');
	const r = random_integer_uniform(modulus, n.length, random);
	const inv = inverse_mod(r, modulus);
	if (inv === null)
		throw new Error('blinding error');
	return { blinded_msg: int_to_bytes((m * power_mod(r, E, modulus)) % modulus, n.length), inv };
}

/** Section 4.4: the signature of the message; throws when the signer did not sign what it was given. */
export async function Finalize(n: Octets, input_msg: Octets, blind_sig: Octets, inv: bigint): Promise<Octets> {
	if (blind_sig.length !== n.length)
		throw new Error('unexpected input size');
	const sig = int_to_bytes((bytes_to_int(blind_sig) * inv) % bytes_to_int(n), n.length);
	if (!(await Verify(n, input_msg, sig)))
		throw new Error('invalid signature');
	return sig;
}

/** Section 4.5. */
export async function Verify(n: Octets, input_msg: Octets, sig: Octets): Promise<boolean> {
	const base64 = btoa(String.fromCharCode(...n)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
	const key = await crypto.subtle.importKey('jwk', { kty: 'RSA', n: base64, e: PUBLIC_EXPONENT }, { name: 'RSA-PSS', hash: HASH }, false, ['verify']);
	return crypto.subtle.verify({ name: 'RSA-PSS', saltLength: SALT_LEN }, key, sig, input_msg);
}
