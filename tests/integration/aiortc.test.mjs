// A client that nobody here wrote publishes by WHIP and plays by WHEP.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { play, publish } from '../support/clients.mjs';
import { join } from '../support/page.mjs';
import { startRostrum } from '../support/rostrum.mjs';
import { TONES } from '../support/sound.mjs';
import { sleep, until } from '../support/wait.mjs';

const LIMIT = { timeout: 180_000 };
let rostrum;
const clients = [];
const started = (client) => {
	clients.push(client);
	return client;
};

before(async () => {
	rostrum = await startRostrum();
}, LIMIT);
after(async () => {
	await Promise.all(clients.map((client) => client.stop()));
	await rostrum?.stop();
});

test('in the rehearsal every source is open: sound and picture arrive', LIMIT, async () => {
	const token = rostrum.tokens.rehearsal ?? rostrum.tokens.technician;
	const publisher = started(publish(rostrum, 'test-1', { token, meeting: 'rehearsal', hz: 1000, colour: [0, 0, 255] }));
	await publisher.connected();
	const player = started(play(rostrum, 'source-test-1', { token, meeting: 'rehearsal', listen: [1000, 1500] }));
	await player.connected();
	await player.hears(1000);
	const picture = await until('a picture', () => player.colours().at(-1), { limit: 60_000 });
	assert.deepEqual(picture.size, [320, 180]);
	assert.ok(picture.colour[2] > 150 && picture.colour[0] < 100 && picture.colour[1] < 100, JSON.stringify(picture));
	assert.ok(player.levels(1500).every(({ db }) => db < -50));
	await publisher.stop();
	assert.equal(publisher.said.at(-1).deleted, 200);
});

test('in the demo meeting nothing is heard until the floor is given, and nothing after it is taken', LIMIT, async () => {
	const chair = await join(rostrum, 'chair');
	const delegate = await join(rostrum, 'KEN');
	await chair.must('open-meeting');
	const publisher = started(publish(rostrum, 'KEN'));
	const player = started(play(rostrum, 'floor'));
	await publisher.connected();
	await player.connected();
	await sleep(2000);
	assert.deepEqual(player.levels(TONES.KEN), []);

	const given = Date.now();
	await chair.must('give-floor', { participant: 'KEN' });
	await player.hears(TONES.KEN, { since: given });

	await chair.must('take-floor');
	// What was said before may still be under way to a player that has no time; then nothing comes any more.
	const heard = () => player.levels(TONES.KEN, given).filter(({ db }) => db > -60);
	await until('nothing to be heard for three seconds', () => heard().at(-1).at < Date.now() - 3000);
	const { length } = heard();
	await sleep(3000);
	assert.equal(heard().length, length);
	delegate.close();
});
