import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { beforeAll, expect, test } from 'vitest';
import { catalogues } from '#shared/words';

/** What the server names and a page puts after one of these: the protocol and the rules of procedure say which there are. */
const NAMED_BY_THE_SERVER = /^(?:reason|majority|level|motion\.kind|trouble|asked\.why)\.(.+)$/;
const PAPERS = ['../signaling/wire/PROTOCOL.md', '../conf/rules/README.md'];
const FOLDERS = ['shared', 'shared/ui', 'delegate', 'podium', 'interpreter', 'captioner', 'hall', 'technician', 'landing', 'archive', 'watch'];

/** Every text that the pages' sources can form: literals, and templates whose places the types know. */
const said = new Set<string>();
/** Every word that a class attribute can hold, or that a class list is given. */
const classes = new Set<string>();
/** Every `data-testid` that an element can have; a part passes some on. */
const testids = new Set<string>();
/** Constants and functions that are exported, with their files. An element is taken by its tag. */
const exported: string[] = [];

/** The texts that an expression can be, as far as its type or its literals say; '' where neither does. */
function textsOf(node: ts.Node, checker: ts.TypeChecker): string[] {
	const type = checker.getTypeAtLocation(node);
	const all = (type.isUnion() ? type.types : [type]).flatMap((one) => (one.isStringLiteral() || one.isNumberLiteral() ? [String(one.value)] : []));
	if (all.length > 0)
		return all;
	const found: string[] = [];
	const visit = (one: ts.Node): void => {
		if (ts.isStringLiteralLike(one))
			found.push(one.text);
		ts.forEachChild(one, visit);
	};
	visit(node);
	return found.length > 0 ? found : [''];
}

/** Calls `found` with what one attribute of a template can be: its text, with each place filled in turn. */
function attribute(template: ts.TemplateLiteral, name: string, checker: ts.TypeChecker, found: (value: string) => void): void {
	const spans = ts.isTemplateExpression(template) ? template.templateSpans : [];
	const head = ts.isTemplateExpression(template) ? template.head.text : template.text;
	const places = spans.map(({ expression }) => textsOf(expression, checker));
	const text = head + spans.map(({ literal }, i) => `\0${i}\0${literal.text}`).join('');
	const fill = (value: string): void => {
		const place = /\0(\d+)\0/.exec(value);
		if (place === null)
			return found(value);
		for (const one of places[Number(place[1])]!)
			fill(value.replace(place[0], one));
	};
	for (const [, quoted, bare] of text.matchAll(new RegExp(`(?<=\\s)${name}=(?:"([^"]*)"|([^\\s>"]+))`, 'g')))
		for (const word of (quoted ?? bare)!.split(/\s+/))
			fill(word);
}

beforeAll(() => {
	const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile);
	const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, '.');
	const program = ts.createProgram(fileNames.filter((name) => !/\/tests\/|vite\.config/.test(name)), options);
	const checker = program.getTypeChecker();
	const visit = (node: ts.Node): void => {
		if (ts.isStringLiteralLike(node))
			said.add(node.text);
		if (ts.isTemplateExpression(node)) {
			const type = checker.getTypeAtLocation(node);
			if (node.head.text.endsWith('-'))
				testids.add(node.head.text);
			for (const one of type.isUnion() ? type.types : [type])
				if (one.isStringLiteral())
					said.add(one.value);
		}
		if (ts.isTaggedTemplateExpression(node)) {
			attribute(node.template, 'class', checker, (word) => classes.add(word));
			for (const name of ['data-testid', 'testid'])
				attribute(node.template, name, checker, (word) => testids.add(word));
		}
		if (ts.isCallExpression(node) && /classList\.\w+$|classMap$/.test(node.expression.getText()))
			textsOf(node, checker).forEach((word) => classes.add(word));
		ts.forEachChild(node, visit);
	};
	for (const file of program.getSourceFiles()) {
		if (/\/node_modules\/|\/words\//.test(file.fileName))
			continue;
		visit(file);
		for (const [, name] of file.text.matchAll(/^export (?:async )?(?:const|function) (\w+)/gm))
			exported.push(`${file.fileName.replace(/^.*\/web\//, '')}: ${name}`);
	}
}, 120_000);

test('every message is said somewhere', () => {
	const papers = PAPERS.map((path) => readFileSync(path, 'utf8')).join();
	const isNamed = (key: string): boolean => papers.includes(`\`${NAMED_BY_THE_SERVER.exec(key)?.[1]}\``);
	expect(Object.keys(catalogues.en).filter((key) => !said.has(key) && !isNamed(key))).toEqual([]);
});

test('every class of a style sheet is on some element', () => {
	const sheets = FOLDERS.flatMap((folder) => readdirSync(folder).filter((name) => name.endsWith('.css')).map((name) => `${folder}/${name}`));
	const unused = sheets.flatMap((sheet) => {
		const selectors = readFileSync(sheet, 'utf8').replace(/\/\*[^]*?\*\/|\{[^{}]*\}|'[^']*'/g, ' ');
		const named = new Set([...selectors.matchAll(/\.([a-z][\w-]*)/g)].map(([, name]) => name!));
		return [...named].filter((name) => !classes.has(name)).map((name) => `${sheet}: .${name}`);
	});
	expect(unused).toEqual([]);
});

test('every test id that the README names is on some element', () => {
	const [, table] = readFileSync('README.md', 'utf8').split('| where | `data-testid` |');
	// What is in brackets are other attributes, and their values.
	const named = [...table!.replace(/\([^()]*\)/g, '').matchAll(/`([a-z-]+)`/g)].map(([, name]) => name!);
	expect(named.length).toBeGreaterThan(100);
	const begun = [...testids].filter((one) => one.endsWith('-'));
	const isThere = (name: string): boolean => testids.has(name) || begun.some((one) => name.startsWith(one)) || said.has(name);
	expect(named.filter((name) => !isThere(name))).toEqual([]);
});

test('every function and constant that is exported is imported', () => {
	const sources = FOLDERS.concat('shared/sound', 'tests', '.').flatMap((folder) =>
		readdirSync(folder).filter((name) => name.endsWith('.ts')).map((name) => readFileSync(`${folder}/${name}`, 'utf8')),
	);
	const imported = new Set(sources.flatMap((text) => [...text.matchAll(/^import (?:type )?(?:\w+, )?\{([^}]*)\}/gm)].flatMap(([, names]) => names!.split(/[\s,]+/))));
	const everything = sources.join('\n');
	const modules = [...everything.matchAll(/^import \* as (\w+)/gm)].map(([, name]) => name).join('|');
	const isTaken = (name: string): boolean => imported.has(name) || new RegExp(`\\b(?:${modules})\\.${name}\\b`).test(everything);
	expect(exported.filter((one) => !isTaken(one.replace(/^.*: /, '')))).toEqual([]);
});
