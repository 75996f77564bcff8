import { readFileSync } from 'node:fs';
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

/** The worked examples of PROTOCOL.md section 3.6. */
const paper = readFileSync(new URL('../../signaling/wire/PROTOCOL.md', import.meta.url), 'utf8');
const EXAMPLES = [...paper.matchAll(/<!-- example: change -->\n```json\n([^]*?)```/g)].map(([, text]) => JSON.parse(text!) as Record<'view' | 'patch' | 'result', unknown>);

test('lists are changed entry by entry as the paper says', () => {
	expect(EXAMPLES.length).toBe(2);
	for (const { view, patch, result } of EXAMPLES) {
		const copy = structuredClone(view);
		expect(mergePatch(view, patch)).toEqual(result);
		expect(view).toEqual(copy);
	}
});

test('new entries stand last by number, and who stays as they stood', () => {
	const list = [{ entry: 5 }, { entry: 3 }];
	expect(mergePatch({ list }, { list: { entries: { 12: { entry: 12 }, 9: { entry: 9 } } } })).toEqual({ list: [{ entry: 5 }, { entry: 3 }, { entry: 9 }, { entry: 12 }] });
	expect(mergePatch({ list }, { list: { order: [3, 5] } })).toEqual({ list: [{ entry: 3 }, { entry: 5 }] });
	expect(mergePatch({ list }, { list: [] })).toEqual({ list: [] });
});
