import { expect, test, vi } from 'vitest';
import { finds } from '#shared/find';

test.each([
	['etienne', 'H.E. Mr. Étienne Moreau'],
	['Étienne', 'ETIENNE MOREAU'],
	["cote d'ivoire", 'Côte d’Ivoire'],
	['aland', 'Åland Islands'],
	['الجزائر', 'الجزائر'],
	['', 'Kenya'],
	[' kenya ', 'Kenya'],
])('%s is found in %s', (wanted, text) => {
	expect(finds(wanted, ['KEN', undefined, text])).toBe(true);
});

test('what is not there is not found', () => {
	expect(finds('kenia', ['KEN', 'Kenya'])).toBe(false);
});

test('a browser in Turkish, whose capital I has another small letter, finds the same', () => {
	const lower = String.prototype.toLocaleLowerCase;
	vi.spyOn(String.prototype, 'toLocaleLowerCase').mockImplementation(function (this: string) {
		return lower.call(this, 'tr');
	});
	expect(finds('india', ['IND', 'India'])).toBe(true);
	vi.restoreAllMocks();
});
