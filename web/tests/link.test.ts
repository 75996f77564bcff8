import { expect, test } from 'vitest';
import { isCompanionLink, mayBeInRoom, pageOf, readLink } from '#shared/link';

const claims = { iss: 'rostrum', sub: 'fr-1', meeting: 'demo', role: 'interpreter', name: 'Hélène Marchand 日本', languages: ['fr'] };
const token = ['{"alg":"HS256"}', JSON.stringify(claims), 'signature'].map((part) => Buffer.from(part).toString('base64url')).join('.');

test.each([`#${token}`, `#token=${token}`])('a link carries its token behind the hash', (hash) => {
	expect(readLink({ hash })).toEqual({ token, claims });
});

test.each(['', '#', '#abc', '#a.b.c', `#${token.slice(0, 60)}`, '#e30.e30.e30', '#e30.W10.x'])('%s is no token', (hash) => {
	expect(readLink({ hash }).claims).toBeNull();
});

test('the link of somebody in the meeting room says so, before or behind the hash', () => {
	expect(isCompanionLink({ search: '?companion&lang=fr', hash: `#${token}` })).toBe(true);
	expect(isCompanionLink({ search: '', hash: `#token=${token}&companion` })).toBe(true);
	expect(isCompanionLink({ search: '?lang=fr', hash: `#${token}` })).toBe(false);
	expect(mayBeInRoom('delegate')).toBe(true);
	expect(mayBeInRoom('interpreter')).toBe(false);
	expect(mayBeInRoom(undefined)).toBe(false);
});

test('each role has its page', () => {
	expect(pageOf('chair')).toBe('podium');
	expect(pageOf('secretariat')).toBe('podium');
	expect(pageOf('interpreter')).toBe('interpreter');
	expect(pageOf('viewer')).toBe('delegate');
	expect(pageOf('captioner')).toBe('captioner');
});
