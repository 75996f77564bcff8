import { expect, test } from 'vitest';
import { setLanguage } from '#shared/words';
import { recorded } from '../podium/recorded';
import { text } from './drawn';

test.each([
	[{ missing: 0, breaks: 0 }, 'Complete: nothing that was sent is missing'],
	[{ missing: 1, breaks: 0 }, '1 packet is missing'],
	[{ missing: 12, breaks: 2 }, '12 packets are missing · Interrupted 2 times'],
	[null, ''],
	[undefined, ''],
])('%o reads %s', (account, words) => {
	setLanguage('en');
	expect(text(recorded(account)).replace(/<[^>]*>/g, '')).toBe(words);
});
