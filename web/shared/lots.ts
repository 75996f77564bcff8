/** Lots that anyone can work out again (PROTOCOL.md section 3.4); needs a page that came over HTTPS or from this machine. */

async function sha256(octets: Uint8Array<ArrayBuffer>): Promise<string> {
	const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', octets));
	return Array.from(digest, (octet) => octet.toString(16).padStart(2, '0')).join('');
}

/** The seed is the one that was committed to. */
export async function keepsCommitment(seed: string, commitment: string): Promise<boolean> {
	const octets = Uint8Array.from(seed.match(/../g) ?? [], (hex) => parseInt(hex, 16));
	return (await sha256(octets)) === commitment;
}

/** The lower one comes first. */
export async function lotOf(seed: string, word: string, delegation: string): Promise<string> {
	return (await sha256(new TextEncoder().encode(`${seed}:${word}:${delegation}`))).slice(0, 16);
}
