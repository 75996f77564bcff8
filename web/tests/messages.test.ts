import { expect, test } from 'vitest';
import { Messages, octets, type ChatMessage } from '#shared/messages';

function storage() {
	const kept = new Map<string, string>();
	return { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) };
}

const said = (message: number, from = 'FRA'): ChatMessage => ({ message, time: message, from, to: 'all', text: `${message}` });

test('messages stand in order and once, however often they come', () => {
	const messages = new Messages(storage(), () => 'k');
	expect(messages.take([said(5), said(7)]).length).toBe(2);
	expect(messages.take([said(5), said(6), said(7)]).map(({ message }) => message)).toEqual([6]);
	expect(messages.list.map(({ message }) => message)).toEqual([5, 6, 7]);
	messages.remove(6);
	expect(messages.list.map(({ message }) => message)).toEqual([5, 7]);
});

test('those of others that came since the last look are unread, over a reload too', () => {
	const kept = storage();
	const messages = new Messages(kept, () => 'k');
	messages.take([said(1), said(2, 'KEN'), said(3)]);
	expect(messages.unread('KEN')).toBe(2);
	messages.read();
	expect(messages.unread('KEN')).toBe(0);
	messages.take([said(4)]);
	expect(messages.unread('KEN')).toBe(1);
	const reloaded = new Messages(kept, () => 'k');
	reloaded.take([said(1), said(2, 'KEN'), said(3), said(4)]);
	expect(reloaded.unread('KEN')).toBe(1);
});

test('a page keeps the newest', () => {
	const messages = new Messages(storage(), () => 'k');
	messages.take(Array.from({ length: 600 }, (_, i) => said(i + 1)));
	expect(messages.list.length).toBe(500);
	expect(messages.list[0]?.message).toBe(101);
});

test('a text is as long as its UTF-8', () => {
	expect(octets('abc')).toBe(3);
	expect(octets('中文')).toBe(6);
});
