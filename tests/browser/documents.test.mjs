// A document of the item that is taken up: the secretariat uploads it on its page, a delegate saves it from hers.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { participate } from '../support/browsers.mjs';
import { startRostrum } from '../support/rostrum.mjs';
import { until } from '../support/wait.mjs';

const LIMIT = { timeout: 240_000 };
const TEXT = 'Draft resolution on the ocean commons\n'.repeat(200);
let folder;
let rostrum;
let secretary;
let KEN;

before(async () => {
	folder = mkdtempSync(join(tmpdir(), 'rostrum-documents-'));
	rostrum = await startRostrum();
	[secretary, KEN] = await Promise.all(['secretariat', 'KEN'].map((who) => participate(rostrum, who, { camera: false })));
	await secretary.click('open-meeting');
	await until('the meeting to be open', async () => (await KEN.view()).meeting.state === 'in-session');
}, LIMIT);
after(async () => {
	await Promise.all([secretary, KEN].map((one) => one?.close()));
	await rostrum?.stop();
	rmSync(folder, { recursive: true, force: true });
});

const shown = (one) => one.page.$$eval('[data-testid=document]', (rows) => rows.map((row) => row.querySelector('[data-testid=download]').innerText));

async function upload(name, text, symbol) {
	const path = join(folder, name);
	writeFileSync(path, text);
	if (!(await secretary.page.$('[data-testid=documents] details[open]'))) await secretary.click('add-document');
	await (await secretary.page.$('[data-testid=document-file]')).uploadFile(path);
	await secretary.page.type('[data-testid=document-symbol]', symbol);
	await secretary.click('upload');
}

test('what the secretariat uploads stands on a delegate’s page, and is saved whole', LIMIT, async () => {
	await upload('L7.txt', TEXT, 'A/C.2/81/L.7');
	await KEN.click('documents', ' summary');
	await until('the document on the delegate’s page', async () => String(await shown(KEN)) === 'A/C.2/81/L.7');
	const session = await KEN.page.createCDPSession();
	await session.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: folder });
	await KEN.click('download');
	const saved = await until('the file to be saved', () => {
		try {
			return readFileSync(join(folder, 'A-C.2-81-L.7.en.txt'), 'utf8');
		} catch {
			return null;
		}
	});
	assert.equal(saved, TEXT);
});

test('a file that is not what its name says is refused with a reason, and nobody sees it', LIMIT, async () => {
	await upload('L8.pdf', 'no such thing', 'A/C.2/81/L.8');
	await secretary.page.waitForSelector('[data-testid=documents-failed]');
	assert.ok((await secretary.text('documents-failed')).length > 10);
	assert.deepEqual(await shown(KEN), ['A/C.2/81/L.7']);
});

test('withdrawn, it is gone from every page', LIMIT, async () => {
	await secretary.twice('withdraw-document');
	await until('the document to be gone', async () => (await shown(KEN)).length === 0);
});
