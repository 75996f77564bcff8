import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { beforeAll, expect, test } from 'vitest';
import { catalogues } from '#shared/words';

/** What the server names and a page puts after one of these: the protocol and the rules of procedure say which there are. */
const NAMED_BY_THE_SERVER = /^(?:reason|majority|level|motion\.kind)\.(.+)$/;
const PAPERS = ['../signaling/wire/PROTOCOL.md', '../conf/rules/README.md'];
const FOLDERS = ['shared', 'shared/ui', 'delegate', 'podium', 'interpreter', 'hall', 'landing'];

/** Every text that the pages' sources can form: literals, and templates whose places the types know. */
const said = new Set<string>();
/** Every word of a class attribute, and its beginning where a place follows. */
const classes = new Set<string>();

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
			for (const one of type.isUnion() ? type.types : [type])
				if (one.isStringLiteral())
					said.add(one.value);
		}
		ts.forEachChild(node, visit);
	};
	for (const file of program.getSourceFiles()) {
		if (/\/node_modules\/|\/words\//.test(file.fileName))
			continue;
		visit(file);
		for (const [, value] of file.text.matchAll(/class="((?:[^"$]|\$\{[^}]*\})*)"/g))
			for (const [word] of value!.matchAll(/[\w-]+/g)) classes.add(word);
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
		const isUsed = (name: string): boolean => classes.has(name) || said.has(name) || classes.has(name.replace(/[^-]+$/, ''));
		return [...named].filter((name) => !isUsed(name)).map((name) => `${sheet}: .${name}`);
	});
	expect(unused).toEqual([]);
});
