import { describe, expect, it } from 'vitest';
import { bindingFor, type Binding } from '#shared/keys';

const keys = ['l', 'w', 'z', '1', '6', '+', '-', ',', '?', ' ', 'Escape'].map((key): Binding => ({ key, show: key, label: 'keys.title', press: () => {} }));
const press = (key: string, code: string, shiftKey = false) => bindingFor(keys, { key, code, shiftKey })?.key;

describe('a key on', () => {
	it('a Latin keyboard is what it prints', () => {
		expect(press('l', 'KeyL')).toBe('l');
		expect(press('L', 'KeyL', true)).toBe('l');
		expect(press(' ', 'Space')).toBe(' ');
		expect(press('Escape', 'Escape')).toBe('Escape');
		expect(press('z', 'KeyW')).toBe('z'); // French: Z sits where W is elsewhere.
	});

	it('a Cyrillic, Arabic or Greek one is where it sits', () => {
		expect(press('д', 'KeyL')).toBe('l');
		expect(press('م', 'KeyL')).toBe('l');
		expect(press('λ', 'KeyL')).toBe('l');
		expect(press('و', 'Comma')).toBe(',');
	});

	it('a French row of digits needs no Shift, and may have it', () => {
		expect(press('&', 'Digit1')).toBe('1');
		expect(press('1', 'Digit1', true)).toBe('1');
		expect(press('-', 'Digit6')).toBe('6');
		// Where 6 chooses nothing at present, the press that comes too late must not turn the sound down.
		expect(bindingFor(keys.filter(({ key }) => key !== '6'), { key: '-', code: 'Digit6', shiftKey: false })).toBeUndefined();
		expect(press(')', 'Minus')).toBe('-');
		expect(press('-', 'NumpadSubtract')).toBe('-');
		expect(press('-', 'Slash')).toBe('-'); // German.
		expect(press('+', 'Minus')).toBe('+'); // Swedish.
	});

	it('other digits are digits, and shifted they are not', () => {
		expect(press('١', 'Digit1')).toBe('1');
		expect(press('1', 'Numpad1')).toBe('1');
		expect(press('!', 'Digit1', true)).toBeUndefined();
	});

	it('any keyboard finds the sheet of keys, and louder without Shift', () => {
		expect(press('؟', 'Slash', true)).toBe('?');
		expect(press('=', 'Equal')).toBe('+');
	});

	it('that is not bound means nothing, wherever it sits', () => {
		expect(press('k', 'KeyL')).toBeUndefined();
		expect(press('é', 'Semicolon')).toBeUndefined();
	});
});
