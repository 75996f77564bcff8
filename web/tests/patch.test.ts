import { expect, test } from 'vitest';
import { mergePatch } from '#shared/patch';

// RFC 7396 appendix A: original, patch, result.
const VECTORS: [unknown, unknown, unknown][] = [
	[{ a: 'b' }, { a: 'c' }, { a: 'c' }],
	[{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
	[{ a: 'b' }, { a: null }, {}],
	[{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
	[{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
	[{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
	[{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
	[{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
	[['a', 'b'], ['c', 'd'], ['c', 'd']],
	[{ a: 'b' }, ['c'], ['c']],
	[{ a: 'foo' }, null, null],
	[{ a: 'foo' }, 'bar', 'bar'],
	[{ e: null }, { a: 1 }, { e: null, a: 1 }],
	[[1, 2], { a: 'b', c: null }, { a: 'b' }],
	[{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
];

test.each(VECTORS)('%j patched by %j is %j', (target, patch, result) => {
	expect(mergePatch(target, patch)).toEqual(result);
});

test('neither argument is changed', () => {
	const target = { floor: { holder: 'KEN' }, open: ['KEN'] };
	const patch = { floor: { holder: null }, open: [] };
	const copies = structuredClone([target, patch]);
	mergePatch(target, patch);
	expect([target, patch]).toEqual(copies);
});

test('a member called __proto__ is a member', () => {
	const merged = mergePatch({}, JSON.parse('{"__proto__": {"polluted": true}}')) as object;
	expect(Object.hasOwn(merged, '__proto__')).toBe(true);
	expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});
