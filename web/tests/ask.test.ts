import { nothing } from 'lit';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { ask, digitsOf, joinLinkOf } from '../landing/ask';
import { why } from '../landing/pin';
import { text } from './drawn';

afterEach(() => vi.unstubAllGlobals());

test.each([
	['123456', '123456'],
	['123 456', '123456'],
	['123-456', '123456'],
	['١٢٣٤٥٦', '123456'],
	['۱۲۳۴۵۶', '123456'],
])('%s is typed for %s', (typed, digits) => expect(digitsOf(typed)).toBe(digits));

test.each([
	['#join=Xy3kQ0aPz81LmNb4', 'Xy3kQ0aPz81LmNb4'],
	['#join=', null],
	['#join=a/b', null],
	['#eyJ.e30.c2ln', null],
	['', null],
])('%s', (hash, link) => expect(joinLinkOf({ hash })).toBe(link));

describe('the answer to a PIN', () => {
	const answer = (status: number, body: unknown, headers: Record<string, string> = {}) =>
		vi.stubGlobal('fetch', vi.fn(async () => new Response(JSON.stringify(body), { status, headers })));

	test('a token and its page', async () => {
		answer(200, { token: 'a.b.c', page: 'delegate' });
		expect(await ask('L', '123 456')).toEqual({ kind: 'token', token: 'a.b.c', page: 'delegate' });
		expect(JSON.parse(vi.mocked(fetch).mock.calls[0]![1]!.body as string)).toEqual({ link: 'L', pin: '123456' });
	});

	test('the meeting asked for, which may be over', async () => {
		answer(404, { reason: 'no-such-meeting' });
		expect(await ask('L', '123456', 'rehearsal')).toEqual({ kind: 'gone' });
		expect(JSON.parse(vi.mocked(fetch).mock.calls[0]![1]!.body as string)).toEqual({ link: 'L', pin: '123456', meeting: 'rehearsal' });
	});

	test('whatever does not open is said', () => {
		expect(why({ kind: 'nothing' })).toBe(nothing);
		for (const said of [{ kind: 'wrong' }, { kind: 'gone' }, { kind: 'wait', seconds: 8 }, { kind: 'offline' }] as const)
			expect(text(why(said))).not.toBe('');
		expect(text(why({ kind: 'gone' }))).toContain('This meeting does not exist here');
	});

	test('wrong, not yet, and not there', async () => {
		answer(403, { reason: 'wrong-pin' });
		expect(await ask('L', '1')).toEqual({ kind: 'wrong' });
		answer(429, { reason: 'too-many' }, { 'retry-after': '8' });
		expect(await ask('L', '1')).toEqual({ kind: 'wait', seconds: 8 });
		answer(503, {});
		expect(await ask('L', '1')).toEqual({ kind: 'offline' });
		vi.stubGlobal('fetch', vi.fn(async () => Promise.reject(new TypeError('no network'))));
		expect(await ask('L', '1')).toEqual({ kind: 'offline' });
	});
});
