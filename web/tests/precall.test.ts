import { expect, test } from 'vitest';
import { onlyBy, serversOf } from '#shared/line-test';
import { isEnough, lineOf, lumaOf, soundOf, type Second } from '#shared/precall';

const second = (n: number, change: Partial<Second> = {}): Second => ({ at: n * 1000, sent: n * 250_000, received: n * 500_000, lostUp: 0, got: n * 400, lost: 0, rtt: 0.04, ...change });
const run = (n: number, change: (i: number) => Partial<Second> = () => ({})) => Array.from({ length: n }, (_, i) => second(i, change(i)));

test('the voice is the loud tenth, the room the quiet one', () => {
	const looks = Array.from({ length: 100 }, (_, i) => ({ db: i < 40 ? -61.4 : i < 85 ? -30 : -18.2, clipped: i > 97 }));
	expect(soundOf(looks)).toEqual({ level: -18, noise: -61, clipping: 20 });
});

test('a microphone that was not looked at is silent', () => {
	expect(soundOf([])).toEqual({ level: -100, noise: -100, clipping: 0 });
	expect(soundOf([{ db: -Infinity, clipped: false }])).toMatchObject({ level: -100, noise: -100 });
});

test('brightness', () => {
	expect(lumaOf(new Uint8ClampedArray([255, 255, 255, 255, 0, 0, 0, 255]))).toBe(128);
	expect(lumaOf(new Uint8ClampedArray())).toBe(0);
});

test('a line that carries all that is sent: down it is at least that', () => {
	expect(lineOf(run(6))).toEqual({ up: 2000, down: 4000, at_least: true, rtt: 40, loss_up: 0, loss_down: 0 });
});

test('rates are those of the end, when the browser knows the line', () => {
	expect(lineOf(run(9, (i) => ({ sent: i < 5 ? i * 20_000 : 80_000 + (i - 4) * 250_000 })))).toMatchObject({ up: 2000 });
});

test('what was lost on the way did not come through', () => {
	const line = lineOf(run(6, (i) => ({ lostUp: i < 2 ? null : 0.1, lost: i * 20, received: i * 100_000 })));
	expect(line).toEqual({ up: 1800, down: 800, at_least: false, rtt: 40, loss_up: 100, loss_down: 48 });
});

test('one look is no measurement', () => {
	expect(lineOf([])).toBeNull();
	expect(lineOf(run(1))).toBeNull();
});

test('it ends early only where the line is wide and steady', () => {
	expect(isEnough(run(3))).toBe(false);
	expect(isEnough(run(5))).toBe(true);
	expect(isEnough(run(9, (i) => ({ sent: i * 100_000 })))).toBe(false);
	expect(isEnough(run(5, (i) => ({ sent: i * i * 250_000 })))).toBe(false);
	expect(isEnough(run(5, (i) => ({ received: i * 100_000 })))).toBe(false);
});

test('one way at a time is believed', () => {
	const sdp = ['v=0', 'a=candidate:1 1 udp 2130706431 192.0.2.1 50000 typ host', 'a=candidate:2 1 TCP 2130706175 192.0.2.1 50000 typ host tcptype passive', 'a=mid:0', ''].join('\r\n');
	expect(onlyBy(sdp, 'udp')).toBe(['v=0', 'a=candidate:1 1 udp 2130706431 192.0.2.1 50000 typ host', 'a=mid:0', ''].join('\r\n'));
	expect(onlyBy(sdp, 'tcp')).toContain('tcptype passive');
	expect(onlyBy(sdp, 'tcp')).not.toContain(' udp ');
});

test('relays come as Link headers', () => {
	const link = '<stun:stun.example.net>; rel="ice-server", <turn:turn.example.net:3478?transport=udp>; rel="ice-server"; username="1:KEN"; credential="x="; credential-type="password"';
	expect(serversOf(link)).toEqual([{ urls: 'turn:turn.example.net:3478?transport=udp', username: '1:KEN', credential: 'x=' }]);
});
