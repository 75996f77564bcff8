// Five clients that nobody here wrote, each publishing by WHIP and each playing by WHEP what each of them publishes: sound
// judged by its tone, picture by its colour and its counter.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { browserClients } from '../support/browser_client.mjs';
import { stopPulse } from '../support/browsers.mjs';
import { play, publish } from '../support/clients.mjs';
import { startRostrum } from '../support/rostrum.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 240_000 };
const MEDIA = {
	chromium: { hz: 500, colour: [230, 30, 30] },
	firefox: { hz: 700, colour: [30, 200, 30] },
	aiortc: { hz: 900, colour: [30, 30, 230] },
	gstreamer: { hz: 1100, colour: [220, 220, 30] },
	werift: { hz: 1300, colour: [200, 40, 200] },
};
const KINDS = Object.keys(MEDIA);
const TONES = KINDS.map((kind) => MEDIA[kind].hz);
let rostrum;
const browsers = {};

before(async () => {
	rostrum = await startRostrum();
	for (const kind of ['chromium', 'firefox']) browsers[kind] = await browserClients(kind, rostrum);
}, LIMIT);
after(async () => {
	await Promise.all(Object.values(browsers).map((browser) => browser.close()));
	stopPulse();
	await rostrum?.stop();
});

const options = (more) => ({ token: rostrum.tokens.technician, meeting: 'rehearsal', ...more });
const publisherOf = (kind) => (browsers[kind]?.publish(`test-${kind}`, options(MEDIA[kind])) ?? publish(rostrum, `test-${kind}`, options({ kind, ...MEDIA[kind] })));
const playerOf = (kind, feed) => browsers[kind]?.play(feed, options()) ?? play(rostrum, feed, options({ kind, listen: TONES }));

// Encoders and colour conversions shift a colour: the nearest of all that are published is asked for.
function nearest(rgb) {
	const distance = (kind) => MEDIA[kind].colour.reduce((sum, part, i) => sum + (part - rgb[i]) ** 2, 0);
	return KINDS.reduce((best, kind) => (distance(kind) < distance(best) ? kind : best));
}

async function sees(player, source) {
	const first = await until(`a picture of ${source} at ${player.kind}`, async () => {
		const picture = await player.picture();
		return picture && nearest(picture.colour) === source && picture;
	}, { limit: 60_000 });
	assert.deepEqual(first.size, [320, 180]);
	await until(`the picture of ${source} to move at ${player.kind}`, async () => (await player.picture()).counter !== first.counter);
}

for (const source of KINDS) {
	test(`what ${source} publishes`, { ...LIMIT, concurrency: true }, async (t) => {
		const publisher = await publisherOf(source);
		try {
			await publisher.connected();
			// All of them at a time: starting some takes seconds in which nothing happens.
			await Promise.all(KINDS.map((kind) => t.test(`is heard and seen by ${kind}`, async () => {
				const player = await playerOf(kind, `source-test-${source}`);
				try {
					await player.connected();
					await player.hears(MEDIA[source].hz, { since: 0, limit: 60_000 });
					await sees(player, source);
				} finally {
					await player.stop();
				}
			})));
		} finally {
			await publisher.stop();
		}
	});
}
