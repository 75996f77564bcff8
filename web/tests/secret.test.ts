import { generateKeyPairSync, privateDecrypt, constants } from 'node:crypto';
import { expect, test } from 'vitest';
import { fromHex, toHex, Verify } from '#shared/ballot';
import { Secret, SPREAD_MS, type SecretEnvironment } from '#shared/secret';
import type { Decision, View, You } from '#shared/view';
import type { Reply } from '#shared/wire';

/** A signer as signaling is: it knows who asks, and one blinded message of each. */
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = Buffer.from(publicKey.export({ format: 'jwk' }).n!, 'base64url').toString('hex');
const you = { id: 'KEN', role: 'delegate', name: '', delegation: 'KEN', may: ['ask-for-ballot'] } as You;

class World {
	issued = '';
	asked: string[] = [];
	now = 1000;
	posts: { at: number; address: string; init: RequestInit }[] = [];
	status = 200;
	kept = new Map<string, string>();
	timers = new Map<number, { at: number; run: () => void }>();
	decision = { decision: 4, mode: 'secret', state: 'open', key, issued: [] } as unknown as Decision;
	private n = 0;

	readonly environment: SecretEnvironment = {
		storage: { getItem: (name) => this.kept.get(name) ?? null, setItem: (name, text) => void this.kept.set(name, text), removeItem: (name) => void this.kept.delete(name) },
		fetch: async (address, init) => {
			this.posts.push({ at: this.now, address, init });
			if (this.status === 0)
				throw new TypeError('Failed to fetch');
			return { ok: this.status === 200, status: this.status };
		},
		random: () => 0.5,
		now: () => this.now,
		setTimer: (run, ms) => {
			this.timers.set(++this.n, { at: this.now + ms, run });
			return this.n;
		},
		clearTimer: (timer) => void this.timers.delete(timer),
		supported: () => true,
	};

	get view(): View {
		return { meeting: { id: 'demo', state: 'in-session' }, decision: this.decision } as unknown as View;
	}

	async command(type: string, { blinded }: Record<string, unknown>): Promise<Reply> {
		this.asked.push(type);
		if (type === 'ask-for-ballot') {
			if (this.issued !== '')
				return { id: '', ok: false, reason: 'already-so' };
			this.issued = String(blinded);
			return { id: '', ok: true };
		}
		if (blinded !== this.issued)
			return { id: '', ok: false, reason: 'not-entitled' };
		const signature = privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, fromHex(String(blinded)));
		return { id: '', ok: true, signature: toHex(signature) };
	}

	page(): Secret {
		const secret: Secret = new Secret((type, members) => this.command(type, members), () => 'kept', () => secret.follow(this.view, you), this.environment);
		secret.follow(this.view, you);
		return secret;
	}

	/** Time passes, and what is due is done. */
	async pass(ms: number): Promise<void> {
		const end = this.now + ms;
		for (;;) {
			const next = [...this.timers].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at)[0];
			if (next === undefined)
				break;
			this.timers.delete(next[0]);
			this.now = Math.max(this.now, next[1].at);
			next[1].run();
			await new Promise((resolve) => setTimeout(resolve));
		}
		this.now = end;
	}
}

async function ready(world: World): Promise<Secret> {
	const secret = world.page();
	await expect.poll(() => secret.state(world.view, you)).toBe('ready');
	return secret;
}

test('a ballot is taken, cast without a name at a moment nobody foretells, and found in the list', async () => {
	const world = new World();
	const secret = await ready(world);
	expect(world.asked).toEqual(['ask-for-ballot', 'collect-ballot']);
	await world.pass(60_000);
	expect(world.posts).toEqual([]);
	const pressed = world.now;
	secret.cast('no');
	secret.cast('yes');
	expect(secret.state(world.view, you)).toBe('sending');
	await world.pass(SPREAD_MS);
	expect(secret.state(world.view, you)).toBe('in-box');
	const [{ at, address, init }] = world.posts as [{ at: number; address: string; init: RequestInit }];
	expect([at, address, init.credentials]).toEqual([pressed + SPREAD_MS / 2, '/api/v1/ballots/demo/4', 'omit']);
	expect(Object.keys(init.headers as object)).toEqual(['content-type']);
	const { token, signature, vote } = JSON.parse(String(init.body)) as Record<string, string>;
	expect([token, vote]).toEqual([secret.token, 'no']);
	const message = Buffer.concat([fromHex(token!), Buffer.from('rostrum ballot demo 4')]);
	expect(await Verify(fromHex(key), new Uint8Array(message), fromHex(signature!))).toBe(true);
	world.decision = { ...world.decision, state: 'locked', ballots: { [token!]: 'no' } };
	expect(secret.state(world.view, you)).toBe('counted');
	world.decision = { ...world.decision, ballots: { [token!]: 'yes' } };
	expect(secret.state(world.view, you)).toBe('missing');
});

test('it survives a page that is loaded again, and is sent again until it is published', async () => {
	const world = new World();
	(await ready(world)).cast('abstain');
	world.timers.clear();
	const again = world.page();
	expect(again.state(world.view, you)).toBe('sending');
	world.status = 0;
	await world.pass(SPREAD_MS);
	expect(again.state(world.view, you)).toBe('sending');
	world.status = 200;
	await world.pass(60_000);
	expect(again.state(world.view, you)).toBe('in-box');
	expect(world.posts.length).toBeGreaterThan(4);
	expect(new Set(world.posts.map(({ init }) => init.body)).size).toBe(1);
	expect(world.asked.length).toBe(2);
	world.decision = { ...world.decision, state: 'locked', ballots: { [again.token!]: 'abstain' } };
	again.follow(world.view, you);
	const sent = world.posts.length;
	await world.pass(60_000);
	expect(world.posts.length).toBe(sent);
	world.decision = { ...world.decision, decision: 5, state: 'proposed', ballots: null };
	again.follow(world.view, you);
	expect(world.kept.size).toBe(0);
});

test('a page loaded again between asking and signing asks for the same ballot', async () => {
	const world = new World();
	const first = world.page();
	await expect.poll(() => world.issued).not.toBe('');
	const kept = JSON.parse(world.kept.get('kept')!) as { blinded: string };
	expect(kept.blinded).toBe(world.issued);
	await expect.poll(() => first.state(world.view, you)).toBe('ready');
});

test('another page of the delegation has none, and one that is refused for good says so', async () => {
	const world = new World();
	await ready(world);
	world.kept.clear();
	world.decision = { ...world.decision, issued: ['KEN'] };
	expect(world.page().state(world.view, you)).toBe('elsewhere');
	world.decision = { ...world.decision, issued: [] };
	const late = world.page();
	await expect.poll(() => late.state(world.view, you)).toBe('elsewhere');

	const other = new World();
	const secret = await ready(other);
	other.status = 403;
	secret.cast('yes');
	await other.pass(SPREAD_MS);
	expect(secret.state(other.view, you)).toBe('broken');
});

test('before an announced lock it waits less', async () => {
	const world = new World();
	const secret = await ready(world);
	secret.cast('yes', 3000);
	await world.pass(1);
	expect(world.posts.length).toBe(1);
});
