// Documents of agenda items over real sockets: what is taken and from whom, how it is given out, what is left of uploads that are torn,
// refused or cut off by a kill.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { Page } from '../support/page.mjs';
import { startRostrum } from '../support/rostrum.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 120_000 };
const PATH = '/api/v1/meetings/demo/documents';
const MIB = 1 << 20;
let rostrum;
let ken;
let item;

before(async () => {
	rostrum = await startRostrum();
	ken = new Page(rostrum.base, rostrum.token('KEN'));
	await ken.open();
	item = ken.view.agenda.items[0].id;
}, LIMIT);
after(async () => {
	ken?.close();
	assert.deepEqual(rostrum?.faults() ?? [], []);
	await rostrum?.stop();
});

const folder = () => join(rostrum.state, 'documents');
const files = () => readdirSync(folder()).sort();
const sha256 = (data) => createHash('sha256').update(data).digest('hex');
const pdf = (octets = 100) => Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(octets)]);
let symbols = 100;
const query = (said) => new URLSearchParams({ item, symbol: `A/C.2/81/L.${(symbols += 1)}`, language: 'en', name: 'L.pdf', ...said }).toString().replaceAll('+', '%20');
const add = (body, said = {}, who = 'secretariat') => rostrum.http('POST', `${PATH}?${query(said)}`, { token: rostrum.token(who), body });
const get = (number, headers = {}, who = 'KEN', method = 'GET') =>
	fetch(`${rostrum.base}${PATH}/${number}`, { method, headers: { authorization: `Bearer ${rostrum.token(who)}`, ...headers } });

// The directory of a package alone, which is what is looked at.
function zip(...names) {
	const records = names.map((name) => {
		const record = Buffer.alloc(46);
		record.write('PK\x01\x02', 'latin1');
		record.writeUInt16LE(name.length, 28);
		return Buffer.concat([record, Buffer.from(name)]);
	});
	const end = Buffer.alloc(22);
	end.write('PK\x05\x06', 'latin1');
	end.writeUInt16LE(names.length, 10);
	end.writeUInt32LE(4, 16);
	return Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), ...records, end]);
}

// A POST of which only a part of the body is sent.
function half(octets, sent) {
	const url = new URL(rostrum.base);
	const socket = connect(url.port, url.hostname);
	socket.on('error', () => {});
	socket.write(`POST ${PATH}?${query()} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${rostrum.token('secretariat')}\r\ncontent-length: ${octets}\r\n\r\n`);
	socket.write(pdf(sent - 9));
	return socket;
}

test('a document is added, told to all, and given as it was', LIMIT, async () => {
	const body = pdf(3 * MIB);
	const answer = await add(body, { symbol: 'A/C.2/81/L.7', title: 'Projet de résolution & annexe + 100 %' });
	assert.equal(answer.status, 201, answer.body);
	assert.equal(answer.json.sha256, sha256(body));
	await until('the event', () => ken.events.some(({ name }) => name === 'document-added'));
	const number = answer.json.document;
	assert.deepEqual(ken.view.documents[item][number],
		{ symbol: 'A/C.2/81/L.7', title: 'Projet de résolution & annexe + 100 %', language: 'en', type: 'pdf', octets: body.length, sha256: sha256(body) });
	const given = await get(number);
	assert.equal(given.status, 200);
	assert.ok(body.equals(Buffer.from(await given.arrayBuffer())));
	const header = (name) => given.headers.get(name);
	assert.equal(header('content-type'), 'application/pdf');
	assert.equal(header('content-disposition'), `attachment; filename="A-C.2-81-L.7-en.pdf"; filename*=UTF-8''A-C.2-81-L.7-en.pdf`);
	assert.equal(header('x-content-type-options'), 'nosniff');
	assert.match(header('content-security-policy'), /^sandbox/);
	assert.match(header('cache-control'), /^private/);
	assert.equal(header('etag'), `"${sha256(body)}"`);
	assert.deepEqual(files(), [sha256(body)]);
	const list = await rostrum.http('GET', PATH, { token: rostrum.token('viewer') });
	assert.deepEqual(list.json.documents, ken.view.documents);
});

test('parts, HEAD and entity tags', LIMIT, async () => {
	const body = pdf(1000);
	const { document } = (await add(body)).json;
	const tag = `"${sha256(body)}"`;
	const part = await get(document, { range: 'bytes=10-19' });
	assert.equal(part.status, 206);
	assert.equal(part.headers.get('content-range'), `bytes 10-19/${body.length}`);
	assert.ok(body.subarray(10, 20).equals(Buffer.from(await part.arrayBuffer())));
	assert.equal((await get(document, { range: 'bytes=10-19', 'if-range': '"other"' })).status, 200);
	assert.equal((await get(document, { range: 'bytes=10-19', 'if-range': tag })).status, 206);
	const none = await get(document, { range: 'bytes=5000-' });
	assert.equal(none.status, 416);
	assert.equal(none.headers.get('content-range'), `bytes */${body.length}`);
	assert.equal((await none.json()).reason, 'no-such-range');
	assert.equal((await get(document, { 'if-none-match': tag })).status, 304);
	const head = await get(document, {}, 'KEN', 'HEAD');
	assert.equal(head.headers.get('content-length'), String(body.length));
	assert.equal((await head.arrayBuffer()).byteLength, 0);
});

test('each type is taken, and nothing that only says so', LIMIT, async () => {
	const types = '[Content_Types].xml';
	const good = { 'a.docx': zip(types, 'word/document.xml'), 'a.xlsx': zip('xl/workbook.xml', types), 'a.pptx': zip(types, 'ppt/presentation.xml'),
		'a.txt': 'Café\r\n', 'a.PNG': Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), 'a.jpg': Buffer.from('\xff\xd8\xff\xe0', 'latin1') };
	for (const [name, body] of Object.entries(good)) assert.equal((await add(body, { name })).status, 201, name);
	const left = files();
	const bad = { 'a.html': '<script>', 'a.svg': '<svg>', 'a.pdf.exe': pdf(), 'a': pdf(), 'a.pdf': '<html>', 'b.docx': zip('a.exe'), 'c.docx': pdf(), 'a.xlsx': zip(types, 'word/document.xml'),
		'a.docm': zip(types, 'word/document.xml'), 'd.docx': zip(types, 'word/document.xml', 'word/vbaProject.bin'), 'a.txt': Buffer.from([0x61, 0, 0x62]), 'b.txt': Buffer.from([0xe9]), 'a.png': pdf() };
	for (const [name, body] of Object.entries(bad)) {
		const answer = await add(body, { name });
		assert.deepEqual([answer.status, answer.json.reason], [415, 'media-type'], name);
	}
	assert.deepEqual(files(), left);
});

test('hostile names are refused or mean nothing', LIMIT, async () => {
	const left = files();
	for (const said of [{ symbol: 'a\nb' }, { symbol: 'gpj.\u202efdp' }, { title: '\u2066x' }, { symbol: '', title: '' }, { symbol: 'x'.repeat(65) }, { title: 'x'.repeat(256) }, { language: 'en_GB' },
		{ language: '' }, { name: `${'x'.repeat(300)}.pdf` }]) {
		const answer = await add(pdf(), said);
		assert.deepEqual([answer.status, answer.json.reason], [400, 'malformed'], JSON.stringify(said));
	}
	assert.equal((await add('', {})).json.reason, 'malformed');
	assert.equal((await add(pdf(), { item: 'none' })).json.reason, 'no-such-item');
	assert.deepEqual(files(), left);
	const { document } = (await add(pdf(), { symbol: '../../etc/"x"', title: 'و', name: '../../../../tmp/x.pdf' })).json;
	assert.equal((await get(document)).headers.get('content-disposition'),
		`attachment; filename="-.-..-etc--x--en.pdf"; filename*=UTF-8''-.-..-etc--x--en.pdf`);
	for (const number of ['0', '999999', '-1', 'x', '99999999999999999999']) assert.equal((await get(number)).status, 404, number);
});

test('only the secretariat adds and withdraws; only who is admitted reads', LIMIT, async () => {
	const left = files();
	for (const who of ['chair', 'KEN', 'viewer', 'fr-1']) {
		assert.equal((await add(pdf(), {}, who)).status, 403, who);
		assert.equal((await rostrum.http('DELETE', `${PATH}/1`, { token: rostrum.token(who) })).status, 403, who);
	}
	assert.equal((await rostrum.http('POST', `${PATH}?${query()}`, { body: pdf() })).status, 401);
	assert.equal((await rostrum.http('GET', `${PATH}/1`)).status, 401);
	assert.equal((await ken.command('withdraw-document', { document: 1 })).reason, 'not-permitted');
	assert.deepEqual(files(), left);
	const secretariat = new Page(rostrum.base, rostrum.token('secretariat'));
	await secretariat.open();
	assert.equal((await secretariat.command('add-document', { item })).reason, 'malformed');
	await secretariat.must('set-visibility', { visibility: 'private' });
	const { document } = (await add(pdf())).json;
	await until('the event', () => ken.view.documents[item][document]);
	assert.equal((await get(document)).status, 200);
	assert.equal((await get(document, {}, 'viewer')).status, 403);
	await secretariat.must('set-visibility', { visibility: 'public' });
	const refused = await get(document, {}, 'viewer');
	assert.deepEqual([refused.status, (await refused.json()).reason], [403, 'not-admitted']);
	assert.equal((await get(document)).status, 200);
	await until('the patch', () => !ken.view.documents[item][document]);
	secretariat.close();
});

test('what is withdrawn is gone, unless another document has the same file', LIMIT, async () => {
	const body = pdf();
	const [first, second] = [(await add(body)).json, (await add(body)).json];
	assert.equal((await add(body, { symbol: `A/C.2/81/L.${symbols}` })).json.reason, 'already-so');
	const withdraw = async (number) => (await rostrum.http('DELETE', `${PATH}/${number}`, { token: rostrum.token('secretariat') })).status;
	assert.equal(await withdraw(first.document), 200);
	assert.equal((await get(first.document)).status, 404);
	assert.equal((await get(second.document)).status, 200);
	assert.ok(files().includes(sha256(body)));
	assert.equal(await withdraw(second.document), 200);
	await until('the file to go', () => !files().includes(sha256(body)));
	assert.equal(await withdraw(second.document), 404);
	await until('the event', () => !ken.view.documents[item][second.document]);
});

test('too large is refused, and nothing is left', LIMIT, async () => {
	const left = files();
	const answer = await add(pdf(65 * MIB));
	assert.deepEqual([answer.status, answer.json.reason], [413, 'too-large']);
	assert.deepEqual(files(), left);
});

test('a torn upload leaves nothing; as many as may be are under way', LIMIT, async () => {
	const left = files();
	const sockets = Array.from({ length: 8 }, () => half(MIB, 1000));
	await until('the parts', () => files().length === left.length + 8);
	const answer = await add(pdf());
	assert.deepEqual([answer.status, answer.json.reason], [429, 'too-many']);
	for (const socket of sockets) socket.destroy();
	await until('nothing', () => files().length === left.length);
	assert.deepEqual(files(), left);
});

test('killed in the middle: what was answered is there, what was not is nowhere', LIMIT, async () => {
	const body = pdf(MIB);
	const { document } = (await add(body)).json;
	const left = files();
	const socket = half(MIB, 1000);
	await until('the part', () => files().length === left.length + 1);
	await until('the event', () => ken.view.documents[item][document]);
	const view = structuredClone(ken.view.documents);
	await rostrum.kill('signaling');
	socket.destroy();
	await until('the same files', async () => {
		try {
			return (await get(document)).status === 200;
		} catch {
			return false;
		}
	});
	assert.deepEqual(files(), left);
	assert.ok(body.equals(Buffer.from(await (await get(document)).arrayBuffer())));
	assert.deepEqual((await rostrum.view()).documents, view);
	for (const name of left) assert.equal(sha256(readFileSync(join(folder(), name))), name);
});
