// Pictures of every page in the states worth looking at, judged by axe-core and for width: `node dev/look.mjs DIR [NAME]` (NAME: only shots containing it).
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import { atWork, connectedLine, looks } from './booth-looks.mjs';
import { startMeeting } from './meeting.mjs';

const [dir = 'look', only = ''] = process.argv.slice(2);
mkdirSync(dir, { recursive: true });

const browser = await chromium.launch({
	executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
	args: ['--no-sandbox', '--disable-gpu', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', '--autoplay-policy=no-user-gesture-required'],
});
const DESK = { width: 1280, height: 800 };
const PHONE = { width: 360, height: 740 };
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let shots = 0;
let faults = 0;

async function open(meeting, sub, { viewport = DESK, scheme = 'light', query = '', join = true, path = '', connected = false } = {}) {
	const context = await browser.newContext({ viewport, colorScheme: scheme, permissions: ['microphone', 'camera'], reducedMotion: 'reduce' });
	const page = await context.newPage();
	if (connected)
		await page.addInitScript(connectedLine);
	page.on('pageerror', (error) => console.error(`${sub}: ${error}`));
	page.on('console', (message) => message.type() === 'error' && console.error(`${sub}: ${message.text()}`));
	const link = sub === '' ? `${meeting.base}/${query}` : meeting.link(sub, query);
	await page.goto(path === '' ? link : link.replace(/\/\w+(?=[?#])/, `/${path}`));
	if (path !== '') {
		await page.getByTestId('page').waitFor();
	} else if (join && sub !== '') {
		await page.getByTestId('join').click();
		await page.getByTestId('page').waitFor();
	}
	return page;
}

async function shoot(page, name, full = false) {
	await page.waitForTimeout(700);
	if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) {
		faults++;
		console.error(`${name}: wider than the window`);
	}
	await page.evaluate(axe);
	const { violations } = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] }));
	for (const { id, nodes } of violations) {
		faults++;
		console.error(`${name}: ${id}: ${nodes.map(({ target, failureSummary }) => `${target.join(' ')} (${failureSummary.split('\n')[1]?.trim()})`).join('; ')}`);
	}
	await page.screenshot({ path: `${dir}/${name}.png`, fullPage: full });
	shots++;
}

/** A meeting in full swing: Kenya speaks, others wait, French is interpreted. */
async function busy(sub, options, name, after = async () => {}) {
	if (!name.includes(only))
		return;
	const meeting = await startMeeting(0, options);
	const page = await open(meeting, sub, options);
	const now = Date.now();
	const present = (id, line = 'connected') => ({ [id]: { present: true, line } });
	meeting.happen('participant-joined', {}, {
		meeting: { state: 'in-session' },
		recording: { state: 'recording' },
		agenda: { current: '2' },
		media: {},
		participants: { ...present('chair'), ...present('KEN'), ...present('FRA'), ...present('BRA', 'joined'), ...present('JOR'), ...present('fr-1'), ...present('es-1'), ...present('BOL') },
		list: ['FRA', 'BRA', 'BOL', 'JOR'].map((participant, i) => ({ entry: i + 2, participant, asked: now - 60_000 * (5 - i) })),
		floor: { holder: 'KEN', entry: 1, since: now - 192_000, allotted: 900_000 },
		open: ['KEN', 'chair'],
	});
	meeting.interpret('desk-live', {}, { channels: { fr: { desk: 'fr-1', since: now - 1_005_000 } } });
	meeting.tell({ type: 'measured', patch: { turn: { entry: 2, start: now + 700_000, margin: 120_000, end: now + 1_600_000, fits: 'yes' }, levels: {}, ready: { FRA: { microphone: true, camera: true, line: true }, BRA: { microphone: false, camera: true, line: false }, BOL: { microphone: false, camera: false, line: true } }, lines: { FRA: { rtt_ms: 41, loss: 0 }, BRA: { loss: 0.08 }, JOR: { loss: 0.08 } } } });
	await after(page, meeting);
	await shoot(page, name, options.viewport === PHONE);
	await page.context().close();
	meeting.stop();
}

async function plain(sub, options, name, after = async () => {}) {
	if (!name.includes(only))
		return;
	const meeting = await startMeeting(0, options);
	const page = await open(meeting, sub, options);
	await after(page, meeting);
	await shoot(page, name, options.viewport === PHONE);
	await page.context().close();
	meeting.stop();
}

const recorded = {
	decision: 2, title: 'Draft resolution A/C.3/81/L.14 on the conservation of shared fish stocks', mode: 'recorded', majority: 'simple', state: 'open', entitled: 6, yes: 2, no: 1, abstain: 1, required: 2, missing: 2,
	offline: ['NOR'], votes: { KEN: 'yes', BRA: 'yes', JOR: 'no', BOL: 'abstain', FRA: 'none', NOR: 'none' }, counted: false,
};
const put = (change = {}) => async (_, meeting) => meeting.happen('vote-cast', {}, { floor: { holder: null, since: null, allotted: null }, open: ['chair'], decision: { ...recorded, ...change } });
const hands = { mode: 'hands', yes: 0, no: 0, abstain: 0, required: 1, missing: null, offline: null, votes: null };

const HALL = { path: 'hall', viewport: { width: 1920, height: 1080 } };
const HALL_43 = { path: 'hall', viewport: { width: 1024, height: 768 } };

const SAID = ['Thank you, Madam Chair. Kenya aligns itself with the statement made on behalf of the Group of 77 and China.', 'We thank the Secretariat for its report, and for the time it took to hear small delegations.', 'Let me turn to fish stocks that straddle the limits of national jurisdiction.'];
const SAID_AR = ['شكرا سيدتي الرئيسة. تؤيد كينيا البيان الذي أدلي به باسم مجموعة الـ 77 والصين.', 'نشكر الأمانة العامة على تقريرها.'];
const lines = (texts) => texts.map((text, i) => ({ line: i + 1, text }));
const captioned = (after = async () => {}) => async (page, meeting) => {
	meeting.happen('caption', { language: 'en', line: 3, text: SAID[2] }, { captions: { en: lines(SAID), ar: lines(SAID_AR) } });
	await after(page, meeting);
};
const reads = (language, live) => captioned(async (page, meeting) => {
	await page.getByTestId('captions-language').selectOption(language);
	if (live)
		meeting.tell({ type: 'caption-live', language, text: live });
});
const writes = captioned(async (page, meeting) => {
	await page.getByTestId('caption-text').fill('The distinguished representative of fran');
	meeting.tell({ type: 'caption-live', language: 'en', text: 'The distinguished representative of fran' });
});
await busy('FRA', {}, 'captions', reads('en', 'They do not know'));
await busy('FRA', { viewport: PHONE }, 'captions-phone', reads('en', 'They do not know'));
await busy('FRA', { query: '?lang=ar' }, 'captions-ar', reads('ar', 'وهي لا تعرف'));
await busy('FRA', { viewport: PHONE, query: '?lang=ar', scheme: 'dark' }, 'captions-ar-phone', reads('ar', ''));
await busy('caption-1', {}, 'captioner', writes);
await busy('caption-1', { viewport: PHONE }, 'captioner-phone', writes);
await busy('caption-1', { query: '?lang=ar', scheme: 'dark' }, 'captioner-ar', captioned(async (page) => {
	await page.getByTestId('write-language').last().click();
	await page.getByTestId('caption-text').press('ArrowUp');
}));
/** Three hundred delegations, most of them here. */
const crowd = (after = async () => {}) => async (page, meeting) => {
	const names = new Intl.DisplayNames('en', { type: 'region' });
	const codes = Array.from({ length: 26 * 26 }, (_, i) => String.fromCharCode(65 + Math.floor(i / 26), 65 + (i % 26))).filter((code) => names.of(code) !== code).slice(0, 280);
	const people = codes.map((code, i) => [`D-${code}`, { name: `Delegate ${i + 1}`, role: 'delegate', delegation: code, country: names.of(code), csrc: 2000 + i, present: i % 7 !== 0, line: i % 7 !== 0 ? 'connected' : 'away' }]);
	meeting.happen('participant-joined', {}, { participants: { ...Object.fromEntries(people), room: { present: true, line: 'connected' } } });
	meeting.survey();
	await page.getByTestId('station').first().waitFor();
	await after(page);
};
const inFull = crowd(async (page) => {
	await page.locator('[data-testid=station][data-participant=KEN]').click();
	await page.getByTestId('plot').first().waitFor();
});
await busy('technician', {}, 'technician', crowd());
await busy('technician', { scheme: 'dark' }, 'technician-full-dark', inFull);
await busy('technician', { query: '?lang=ar' }, 'technician-full-ar', inFull);
await busy('technician', { viewport: PHONE }, 'technician-phone', crowd());
await busy('technician', { viewport: PHONE, query: '?lang=ar', scheme: 'dark' }, 'technician-full-ar-phone', inFull);
await busy('technician', { viewport: PHONE, query: '?lang=ru' }, 'technician-ru-phone', crowd());
await busy('JOR', { ...HALL, query: '?captions=en' }, 'hall-captions', captioned());
const many = Object.fromEntries(Array.from({ length: 193 }, (_, i) => [`D${i}`, ['yes', 'no', 'abstain', 'none', 'yes', 'yes'][i % 6]]));
await busy('JOR', HALL, 'hall');
await busy('JOR', { ...HALL_43, query: '?lang=fr' }, 'hall-43-over-fr', async (_, meeting) => meeting.happen('time-extended', {}, { floor: { allotted: 190_000 } }));
await busy('JOR', { ...HALL, query: '?lang=ar' }, 'hall-ar-point', async (_, meeting) =>
	meeting.happen('point-raised', {}, { floor: { allotted: 215_000 }, points: { waiting: [{ entry: 9, participant: 'FRA' }] } }));
await busy('JOR', HALL, 'hall-vote', put());
await busy('JOR', { ...HALL_43, query: '?lang=ar' }, 'hall-43-vote-ar', put({ state: 'proclaimed', outcome: 'adopted', yes: 4, missing: 0, votes: { ...recorded.votes, FRA: 'yes', NOR: 'yes' } }));
await busy('JOR', HALL, 'hall-many', put({ entitled: 193, yes: 97, no: 32, abstain: 32, votes: many }));
await busy('JOR', HALL_43, 'hall-43-many', put({ entitled: 193, yes: 97, no: 32, abstain: 32, votes: many }));
await busy('JOR', HALL, 'hall-nobody', async (_, meeting) => meeting.happen('meeting-suspended', {}, { meeting: { state: 'suspended' }, floor: { holder: null, since: null, allotted: null }, list: [] }));
await busy('JOR', HALL, 'hall-lost', async (_, meeting) => meeting.drop());
await plain('', {}, 'landing');
await plain('', { query: '#join=Xy3kQ0aPz81LmNb4' }, 'landing-pin');
await plain('', { viewport: PHONE, query: '?lang=ar#join=Xy3kQ0aPz81LmNb4' }, 'landing-pin-ar-phone');
await plain('', { viewport: PHONE, query: '?lang=ar', scheme: 'dark' }, 'landing-ar-phone-dark');
await plain('KEN', { join: false }, 'join');
await plain('KEN', { join: false, viewport: PHONE, query: '?lang=ar' }, 'join-ar-phone');
await plain('KEN', {}, 'delegate-before');
await plain('chair', {}, 'podium-before');
for (const scheme of ['light', 'dark']) {
	await busy('FRA', { scheme }, `delegate-${scheme}`);
	await busy('chair', { scheme }, `podium-chair-${scheme}`);
	await busy('secretariat', { scheme }, `podium-secretariat-${scheme}`);
}
await busy('KEN', {}, 'delegate-speaking');
await busy('JOR', { query: '?lang=ar' }, 'delegate-ar');
await busy('JOR', { query: '?lang=fr', viewport: PHONE }, 'delegate-fr-phone');
await busy('JOR', { query: '?lang=ar', viewport: PHONE, scheme: 'dark' }, 'delegate-ar-phone-dark');
/** Spanish by relay from French, of an English statement. */
const relayed = (then = async () => {}) => async (page, meeting) => {
	meeting.happen('desk-live', {}, {
		floor: { language: 'en' },
		channels: { en: { carries: 'floor', depth: 0, chain: ['floor'] }, fr: { carries: 'desk', depth: 1, chain: ['floor', 'fr'], age: 180 }, es: { desk: 'es-1', carries: 'desk', depth: 2, chain: ['floor', 'fr', 'es'], age: 412 } },
	});
	await then(page);
};
const listen = (channel) => async (page) => page.locator(`[data-testid=listen][data-channel=${channel}]`).click();
await busy('JOR', {}, 'listening', relayed(async (page) => {
	await listen('es')(page);
	await page.getByTestId('underneath').check();
}));
await busy('JOR', { query: '?lang=ar', viewport: PHONE }, 'listening-ar-phone', relayed(listen('es')));
await busy('JOR', { query: '?lang=fr', viewport: PHONE }, 'listening-fr-phone', relayed(listen('en')));
await busy('JOR', { query: '?lang=ru', viewport: PHONE }, 'listening-settings-ru-phone', relayed(async (page) => {
	await listen('es')(page);
	await page.getByTestId('open-settings').click();
	await page.locator('[data-testid=understands][data-language=en]').check();
}));
await busy('chair', {}, 'listening-podium', relayed(async (page) => page.getByTestId('listen-list').selectOption('es')));
await busy('JOR', {}, 'delegate-lost', async (_, meeting) => meeting.drop());
await busy('FRA', {}, 'delegate-keys', async (page) => page.keyboard.press('?'));
await busy('FRA', {}, 'delegate-settings', async (page) => page.getByTestId('open-settings').click());
await busy('chair', {}, 'podium-warned', async (_, meeting) => meeting.happen('time-extended', {}, { floor: { allotted: 215_000 }, inscription: { closed: true } }));
const disk = (members) => async (_, meeting) => meeting.tell({ type: 'measured', patch: { disk: { level: 'green', why: '', left_s: 15_000, copy: { state: 'running', behind_s: 190 }, ...members } } });
await busy('secretariat', {}, 'podium-disk', disk({}));
await busy('secretariat', {}, 'podium-disk-amber', disk({ level: 'amber', left_s: 5400, copy: { state: 'unavailable', since_ms: Date.now(), reason: 'it does not answer' } }));
await busy('chair', { query: '?lang=ar' }, 'podium-disk-red-ar', disk({ level: 'red', why: 'nearly-full', left_s: 3000 }));
await busy('secretariat', { viewport: PHONE, scheme: 'dark' }, 'podium-disk-red-phone', disk({ level: 'red', why: 'nearly-full', left_s: 7200, copy: { state: 'unavailable', since_ms: Date.now() } }));
await busy('chair', {}, 'podium-lost-speaker', async (_, meeting) =>
	meeting.happen('clock-stopped', {}, { floor: { since: null, used: 192_000, suspended: true }, open: ['chair'], participants: { KEN: { line: 'away' } } }));
await busy('chair', {}, 'podium-point', async (_, meeting) => meeting.happen('point-raised', {}, { replies: [{ entry: 11, participant: 'NOR', asked: Date.now() }], points: { waiting: [{ entry: 9, participant: 'FRA' }, { entry: 10, participant: 'BRA' }] } }));
await busy('chair', { query: '?lang=ar' }, 'podium-point-heard-ar', async (_, meeting) =>
	meeting.happen('point-heard', {}, { points: { stage: 'heard', participant: 'FRA', interrupted: 'KEN' }, floor: { holder: 'FRA', since: Date.now(), allotted: 180_000 }, open: ['FRA', 'chair'] }));
await busy('BRA', {}, 'delegate-ruled', async (_, meeting) =>
	meeting.happen('point-ruled', {}, { points: { stage: 'ruled', participant: 'FRA', ruling: 'rejected', interrupted: 'KEN' }, floor: { holder: null, since: null, allotted: null }, open: ['chair'] }));
const motions = {
	waiting: [{ entry: 14, motion: 'suspend-meeting', participant: 'NOR', asked: 0 }],
	pending: [
		{ entry: 12, motion: 'adjourn-debate', participant: 'FRA', asked: 0, allotted: 180_000, interrupted: 'BRA', speakers: [
			{ entry: 15, participant: 'JOR', side: 'against', called: true }, { entry: 16, participant: 'BOL', side: 'in-favour', called: false }] },
		{ entry: 11, motion: 'close-debate', participant: 'BOL', asked: 0, interrupted: 'KEN', speakers: [{ entry: 13, participant: 'BRA', side: 'against', called: true }] },
	],
};
const moved = (change = {}) => async (_, meeting) => meeting.happen('motion-taken-up', { motion: 'adjourn-debate' }, { motions, floor: { holder: 'FRA', since: Date.now(), allotted: 180_000 }, open: ['FRA', 'chair'], ...change });
const explained = put({ state: 'proposed', yes: 0, no: 0, abstain: 0, entitled: null, required: null, missing: null, votes: null, offline: null });
const explains = async (page, meeting) => {
	await explained(page, meeting);
	meeting.happen('entry-added', {}, { explanations: { before: [{ entry: 21, participant: 'BRA', asked: 0 }], after: [{ entry: 22, participant: 'NOR', asked: 0 }], sponsors: ['KEN', 'BOL'], explained: [] } });
};
const appealed = { points: { stage: 'appealed', entry: 9, participant: 'FRA', appellant: 'BRA', ruling: 'rejected', interrupted: 'KEN' }, floor: { holder: null, since: null, allotted: null }, open: ['chair'] };
await busy('chair', {}, 'podium-motions', moved());
await busy('chair', { query: '?lang=ar' }, 'podium-motions-ar', moved());
await busy('chair', { query: '?lang=ru' }, 'podium-appeal-ru', async (_, meeting) => meeting.happen('ruling-appealed', {}, appealed));
await busy('chair', {}, 'podium-explanations', explains);
await busy('JOR', { query: '?lang=ar' }, 'delegate-explanations-ar', explains);
await busy('NOR', {}, 'delegate-motions', moved({ motions: { ...motions, waiting: [] } }));
await busy('JOR', { query: '?lang=ar', viewport: PHONE }, 'delegate-motions-ar-phone', async (page) => {
	await page.getByTestId('raise-motion').click();
	await page.getByTestId('kind-of-motion').first().waitFor();
});
await busy('chair', {}, 'podium-vote-form', async (page) => page.locator('rs-decision summary').click());
await busy('chair', {}, 'podium-vote-open', async (page, meeting) => {
	await put()(page, meeting);
	await page.getByTestId('lock-voting').click();
});
await busy('secretariat', { scheme: 'dark' }, 'podium-vote-hands', put(hands));
await busy('chair', { query: '?lang=ar' }, 'podium-vote-locked-ar', put({ state: 'locked', offline: null }));
const rolled = { mode: 'roll-call', order: ['JOR', 'KEN', 'NOR', 'BOL', 'BRA', 'FRA'], called: 'NOR', round: 1, votes: { JOR: 'yes', KEN: 'absent', NOR: 'none', BOL: 'none', BRA: 'none', FRA: 'none' }, entitled: 6,
	yes: 1, no: 0, abstain: 0, required: 1, missing: 4, offline: ['BOL'], commitment: '630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd' };
const corrected = { state: 'proclaimed', outcome: 'adopted', yes: 3, no: 1, abstain: 1, corrections: [{ delegation: 'BRA', was: 'no', vote: 'yes', reason: 'The delegate of Brazil pressed the wrong key.' }], intents: { FRA: 'yes' } };
await busy('secretariat', {}, 'podium-roll-call', put(rolled));
await busy('chair', { query: '?lang=ar' }, 'podium-roll-call-ar', put({ ...rolled, lock: Date.now() + 25_000 }));
await busy('chair', { query: '?lang=ru', viewport: PHONE }, 'podium-roll-call-ru-phone', put({ ...rolled, state: 'locked', lock: null }));
await busy('NOR', { viewport: PHONE }, 'delegate-roll-call-turn-phone', put(rolled));
await busy('FRA', { query: '?lang=fr' }, 'delegate-roll-call-wait', put(rolled));
await busy('BRA', { query: '?lang=ar', viewport: PHONE }, 'delegate-roll-call-corrected-ar-phone', put({ ...rolled, ...corrected, called: null }));
await busy('chair', {}, 'podium-vote-objected', put({ mode: 'consensus', state: 'proposed', majority: null, objectors: ['FRA'], entitled: null, required: null, missing: null, votes: null, offline: null }));
await busy('FRA', {}, 'delegate-vote-open', put());
await busy('JOR', { query: '?lang=ar', viewport: PHONE }, 'delegate-vote-open-ar-phone', put());
await busy('FRA', { query: '?lang=fr', viewport: PHONE }, 'delegate-vote-result-phone', put({ state: 'proclaimed', outcome: 'adopted', offline: null }));
await busy('FRA', {}, 'delegate-vote-consensus', put({ mode: 'consensus', state: 'proposed', majority: null, entitled: null, required: null, missing: null, votes: null, offline: null }));
await busy('chair', { query: '?lang=ar' }, 'podium-ar');
await busy('chair', { query: '?lang=es', viewport: { width: 1024, height: 768 } }, 'podium-es-tablet');
await busy('chair', { query: '?lang=ru' }, 'podium-ru');
await busy('chair', { query: '?lang=zh' }, 'podium-zh');
await busy('JOR', { query: '?lang=ru', viewport: PHONE }, 'delegate-ru-phone');
await busy('JOR', { query: '?lang=zh', viewport: PHONE }, 'delegate-zh-phone');
await busy('FRA', { query: '?lang=ru', viewport: PHONE }, 'delegate-vote-open-ru-phone', put());
const token = '7d1c'.repeat(16);
const secret = { mode: 'secret', key: 'ab'.repeat(256), issued: ['KEN', 'FRA', 'JOR', 'BRA'], yes: 0, no: 0, abstain: 0, required: 0, missing: 2, offline: null, votes: null };
const published = { ...secret, state: 'locked', yes: 2, no: 1, abstain: 1, required: 2, ballots: { '03af': 'yes', [token]: 'no', 'a91e': 'yes', 'c2d0': 'abstain' } };
const paper = (more = {}) => ({ decision: 2, key: secret.key, token, blinded: 'cd', signature: 'ef', ...more });
/** The page holds this ballot already: of the decision that is before the meeting, or it would let go of it. */
const holds = (more, decision, after = async () => {}) => async (page, meeting) => {
	await put(decision)(page, meeting);
	await page.evaluate((kept) => sessionStorage.setItem(`rostrum.ballot.demo.${globalThis.rostrum.you().id}`, kept), JSON.stringify(paper(more)));
	await page.reload();
	await page.getByTestId('join').click();
	await page.getByTestId('page').waitFor();
	await after(page);
};
const choose = async (page) => page.locator('[data-testid="choose"][data-vote="abstain"]').click();
const unfold = async (page) => page.getByTestId('published').click();
await busy('FRA', {}, 'delegate-ballot-ready', holds({}, secret));
await busy('JOR', { query: '?lang=ar', viewport: PHONE }, 'delegate-ballot-chosen-ar-phone', holds({}, secret, choose));
await busy('FRA', { query: '?lang=fr' }, 'delegate-ballot-in-box-fr', holds({ vote: 'no', received: true, due: 1e15 }, secret));
await busy('FRA', { query: '?lang=ru', viewport: PHONE }, 'delegate-ballot-counted-ru-phone', holds({ vote: 'no', received: true }, published, unfold));
await busy('NOR', { query: '?lang=zh', viewport: PHONE }, 'delegate-ballot-elsewhere-phone', put({ ...secret, issued: ['NOR'] }));
const boxed = (decision, after = async () => {}) => async (page, meeting) => {
	meeting.tell({ type: 'measured', patch: { ballots: 3 } });
	await put(decision)(page, meeting);
	await after(page);
};
const prepared = (state) => async (page, meeting) => {
	meeting.tell({ type: 'measured', patch: { ballot_key: state } });
	await put({ ...secret, state: 'proposed', key: null, issued: null, entitled: null })(page, meeting);
};
await busy('chair', {}, 'podium-ballot-making', prepared('making'));
await busy('chair', { query: '?lang=ar', viewport: PHONE }, 'podium-ballot-missing-ar-phone', prepared('missing'));
await busy('chair', {}, 'podium-ballot-open', boxed(secret));
await busy('chair', { query: '?lang=ar', viewport: PHONE }, 'podium-ballot-open-ar-phone', boxed(secret));
await busy('secretariat', { query: '?lang=es' }, 'podium-ballot-locked-es', boxed(published, unfold));
await busy('JOR', HALL, 'hall-ballot', put(secret));
await plain('KEN', { join: false, query: '?companion' }, 'join-companion');
await plain('KEN', { join: false, query: '?companion&lang=ar', viewport: PHONE }, 'join-companion-ar-phone');
const chat = async (page, meeting, me) => {
	meeting.write('chair', { to: 'all', text: 'Good morning. The list of speakers closes at noon.' });
	meeting.write('FRA', { to: 'secretariat', text: 'Our name plate is missing.\nCould somebody bring one to seat B4?' });
	meeting.write('JOR', { to: 'secretariat', text: 'نرجو تصحيح اسم رئيس الوفد في القائمة.' });
	meeting.write('secretariat', { to: 'participant', participant: 'FRA', text: 'It is on its way.' });
	if (me !== '')
		await page.getByTestId('open-chat').click();
};
await busy('FRA', {}, 'chat-unread', (page, meeting) => chat(page, meeting, ''));
await busy('FRA', { scheme: 'dark' }, 'chat-delegate', (page, meeting) => chat(page, meeting, 'FRA'));
await busy('secretariat', {}, 'chat-secretariat', (page, meeting) => chat(page, meeting, 'secretariat'));
await busy('JOR', { query: '?lang=ar', viewport: PHONE }, 'chat-ar-phone', async (page, meeting) => {
	await chat(page, meeting, 'JOR');
	meeting.happen('chat-closed', {}, { chat: { closed: true } });
});
const hall = { participants: { room: { present: true, line: 'connected' }, KEN: { place: 'in-room', seat: 'C12', line: 'joined' }, JOR: { place: 'in-room' } } };
const inHall = async (_, meeting) => meeting.happen('participant-joined', {}, hall);
await busy('KEN', { query: '?companion' }, 'companion-speaking', inHall);
await busy('KEN', { query: '?companion', viewport: PHONE }, 'companion-speaking-phone', inHall);
await busy('JOR', { query: '?companion&lang=ar', viewport: PHONE }, 'companion-ar-phone', inHall);
await busy('chair', {}, 'podium-companions', async (page, meeting) => {
	await inHall(page, meeting);
	await page.locator('rs-people').scrollIntoViewIfNeeded();
});
const forecast = (late) => async (page, meeting) => {
	const start = Date.now() + 710_000;
	const turns = [2, 3, 4, 5].map((entry, i) => ({ entry, start: start + i * 930_000, margin: 60_000 * (i + 1), end: start + i * 930_000 + 900_000, fits: late && i === 3 ? 'no' : late && i === 2 ? 'perhaps' : 'yes' }));
	const plan = { until: start + (late ? 2_500_000 : 5_400_000), late: late ? 1 : 0, finish: start + 3_690_000, margin: 300_000, more: 2, last: start + 5_500_000, last_margin: 600_000, used: 108, gap: 30_000, statements: 14, turns };
	meeting.tell({ type: 'measured', patch: page.url().includes('podium') ? { plan } : { turn: turns[3] } });
};
await busy('chair', {}, 'podium-plan', forecast(false));
await busy('chair', { query: '?lang=ar' }, 'podium-plan-late-ar', forecast(true));
await busy('secretariat', { scheme: 'dark' }, 'podium-plan-what-if', async (page, meeting) => {
	await forecast(true)(page, meeting);
	await page.getByTestId('what-if').waitFor();
	await page.keyboard.press('w');
	await page.getByTestId('try-limit').selectOption('2');
	await page.getByTestId('make-it-so').scrollIntoViewIfNeeded();
});
await busy('chair', { viewport: PHONE }, 'podium-plan-phone', forecast(true));
await busy('JOR', { viewport: PHONE }, 'delegate-plan-phone', forecast(true));
await busy('JOR', { query: '?lang=ar' }, 'delegate-plan-ar', forecast(true));
const inAdvance = { rules: { in_advance: true } };
const listed = (change = {}) => async (page, meeting) => {
	meeting.happen('lots-announced', {}, {
		...inAdvance,
		inscription: { state: 'open', draw: 3, commitment: '630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd', waited: { room: { n: 4, mean: 610_000 }, remote: { n: 6, mean: 655_000 } } },
		skipped: [{ entry: 20, participant: 'NOR', asked: 0 }],
		advance: { 1: { closed: false, state: 'planned', list: [{ entry: 30, participant: 'NOR', asked: 0 }, { entry: 31, participant: 'KEN', asked: 0 }] } },
		...change,
	});
};
const listKeys = async (page, meeting) => {
	await listed()(page, meeting);
	await page.getByTestId('list-more').locator('summary').click();
	await page.getByTestId('budget-category').selectOption('group');
	await page.getByTestId('budget-minutes').fill('20');
	await page.getByTestId('set-budget').click();
	await page.getByTestId('budgets').waitFor();
	await page.getByTestId('budget-category').selectOption('group');
};
const onBehalf = async (page, meeting) => {
	await listed({ floor: { group: 'G77' }, list: [{ entry: 2, participant: 'FRA', asked: Date.now(), group: 'SIDS', fixed: true }, { entry: 4, participant: 'BOL', asked: Date.now() }] })(page, meeting);
	await page.getByTestId('list-more').locator('summary').click();
	await page.getByTestId('inscribe-who').selectOption('JOR');
};
const asksFor = async (page, meeting) => {
	await listed({ floor: { group: 'G77' }, list: [{ entry: 2, participant: 'FRA', asked: Date.now(), group: 'SIDS' }] })(page, meeting);
	await page.getByTestId('behalf').locator('summary').click();
};
const exhausted = listed({ list: [], skipped: [], inscription: { closed: true, state: 'exhausted' } });
await busy('chair', {}, 'podium-list', listed());
await busy('secretariat', {}, 'podium-list-keys', listKeys);
await busy('secretariat', { query: '?lang=ar' }, 'podium-list-keys-ar', listKeys);
await busy('secretariat', { query: '?lang=ru', viewport: PHONE }, 'podium-list-keys-ru-phone', listKeys);
await busy('chair', { query: '?lang=fr' }, 'podium-list-exhausted-fr', exhausted);
await busy('secretariat', {}, 'behalf-podium', onBehalf);
await busy('secretariat', { query: '?lang=ar', viewport: PHONE }, 'behalf-podium-ar-phone', onBehalf);
await busy('JOR', {}, 'behalf-delegate', asksFor);
await busy('JOR', { query: '?lang=ar', viewport: PHONE }, 'behalf-delegate-ar-phone', asksFor);
await busy('JOR', HALL, 'behalf-hall', async (_, meeting) => meeting.happen('entry-added', {}, { floor: { group: 'G77' } }));
const papers = (after = async () => {}) => async (page, meeting) => {
	const one = (symbol, title, language, type, octets) => ({ symbol, title, language, type, octets });
	const documents = { 1: one('A/C.3/81/L.14', 'Conservation of shared fish stocks', 'en', 'pdf', 412_000), 2: one('A/C.3/81/L.14', 'Conservation des stocks de poissons partagés', 'fr', 'pdf', 431_000), 3: one('', 'Programme budget implications', 'en', 'xlsx', 38_000) };
	meeting.happen('document-added', {}, { documents: { 2: documents } });
	await after(page);
};
const adding = async (page) => page.getByTestId('add-document').click();
await busy('secretariat', {}, 'documents-podium', papers(async (page) => page.getByTestId('documents').scrollIntoViewIfNeeded()));
await busy('secretariat', {}, 'documents-podium-add', papers(async (page) => {
	await adding(page);
	await page.getByTestId('upload').scrollIntoViewIfNeeded();
}));
await busy('secretariat', { query: '?lang=ar', viewport: PHONE }, 'documents-podium-add-ar-phone', papers(adding));
await busy('JOR', {}, 'documents-delegate', papers());
await busy('JOR', { query: '?lang=ar', viewport: PHONE }, 'documents-delegate-ar-phone', papers());
await busy('fr-1', {}, 'documents-interpreter', papers());
await busy('fr-2', { viewport: { width: 1024, height: 768 } }, 'documents-interpreter-tablet', papers());
const swapping = (change) => async (page, meeting) => {
	const now = Date.now();
	await listed({ list: [['FRA', {}], ['BRA', { offers: 5 }], ['BOL', {}], ['JOR', change]].map(([participant, more], i) => ({ entry: i + 2, participant, asked: now, ...more })) })(page, meeting);
	await page.getByTestId('advance').locator('summary').click();
};
await busy('JOR', {}, 'delegate-swap', swapping({}));
await busy('JOR', { query: '?lang=ar', viewport: PHONE }, 'delegate-swap-ar-phone', swapping({}));
await busy('JOR', { query: '?lang=fr', viewport: PHONE }, 'delegate-swap-asked-fr-phone', swapping({ offers: 2 }));
await busy('NOR', { query: '?lang=ar' }, 'delegate-advance-ar', swapping({}));
await busy('chair', { viewport: PHONE }, 'podium-phone');
const shown = (change = {}) => async (page, meeting) => {
	meeting.happen('visibility-changed', {}, change);
	await page.locator('rs-life').scrollIntoViewIfNeeded();
};
const nobody = { floor: { holder: null, since: null, allotted: null }, list: [], open: [], recording: { state: 'waiting' } };
const short = { ...nobody, meeting: { state: 'test', checking: 'KEN' }, quorum: { authorised: 193, present: 31, to_open: 65, to_decide: 97 }, open: ['KEN'] };
const hums = (after) => async (page, meeting) => {
	meeting.happen('sound-check-begun', {}, short);
	await after(page, meeting);
	meeting.tell({ type: 'measured', patch: { sounds: { KEN: { khz: 20, fit: 'yes', verdict: 'amber', faults: ['hum'] } } } });
	await page.locator('[data-faults=hum]').first().scrollIntoViewIfNeeded();
};
await busy('technician', {}, 'hum-technician', hums(inFull));
await busy('technician', { viewport: PHONE }, 'hum-technician-phone', hums(inFull));
await busy('technician', { query: '?lang=ar', viewport: PHONE, scheme: 'dark' }, 'hum-technician-ar-phone', hums(inFull));
await busy('KEN', { viewport: PHONE }, 'hum-delegate-phone', hums(async () => {}));
const adjourned = { ...nobody, meeting: { state: 'adjourned', visibility: 'private', until: Date.parse('2026-11-23T09:00Z') } };
const more = (change) => async (page, meeting) => {
	await shown(change)(page, meeting);
	await page.keyboard.press('v');
	await page.getByTestId('adjourn-meeting').scrollIntoViewIfNeeded();
};
await busy('chair', {}, 'life-podium', shown());
await busy('secretariat', {}, 'life-podium-doors', shown(short));
await busy('secretariat', { query: '?lang=ru' }, 'life-podium-doors-ru', shown(short));
await busy('chair', {}, 'life-podium-more', more({ meeting: { visibility: 'private' } }));
await busy('chair', { query: '?lang=ar', scheme: 'dark' }, 'life-podium-more-ar', more({ meeting: { visibility: 'closed-members' } }));
await busy('secretariat', { query: '?lang=ar', viewport: PHONE }, 'life-podium-doors-ar-phone', shown(short));
await busy('chair', { viewport: PHONE }, 'life-podium-more-phone', more({ meeting: { visibility: 'closed-members' }, quorum: { present: 3 } }));
await busy('chair', { query: '?lang=fr' }, 'life-podium-adjourned-fr', shown(adjourned));
await busy('KEN', { viewport: PHONE }, 'life-delegate-adjourned-phone', async (_, meeting) => meeting.happen('meeting-adjourned', {}, adjourned));
await busy('JOR', { query: '?lang=ru', viewport: PHONE }, 'life-delegate-closed-ru-phone', async (_, meeting) => meeting.happen('visibility-changed', {}, { meeting: { visibility: 'closed-members' } }));
await busy('JOR', {}, 'life-kept-out', async (_, meeting) => meeting.keepOut('JOR', 'private'));
await busy('JOR', { query: '?lang=ar', viewport: PHONE, scheme: 'dark' }, 'life-kept-out-ar-phone', async (_, meeting) => meeting.keepOut('JOR', 'closed-members'));
await busy('JOR', { ...HALL, query: '?lang=ru' }, 'life-kept-out-hall-ru', async (_, meeting) => meeting.keepOut('JOR', 'closed-members'));
await plain('KEN', { join: false, rehearsal: true }, 'rehearsal-join');
const testing = async (page) => {
	await page.getByTestId('precall-start').click();
	await page.getByTestId('precall').and(page.locator('[data-phase=running]')).waitFor();
	await page.waitForTimeout(7000);
	await page.getByTestId('precall-start').scrollIntoViewIfNeeded().catch(() => {});
};
await plain('KEN', { join: false }, 'precall', testing);
await plain('KEN', { join: false, viewport: PHONE, query: '?lang=ar' }, 'precall-ar-phone', testing);
await plain('KEN', { join: false, viewport: PHONE, query: '?lang=ru', scheme: 'dark' }, 'precall-ru-phone', testing);
await busy('FRA', {}, 'precall-settings', async (page) => {
	await page.getByTestId('open-settings').click();
	await testing(page);
});
await busy('FRA', { rehearsal: true }, 'rehearsal-delegate');
await busy('chair', { rehearsal: true, viewport: PHONE, query: '?lang=ar' }, 'rehearsal-podium-ar-phone');
/** Two rooms lost their line: one delivers, one is in the record already; and one is away. */
const outaged = async (page, meeting, states) => {
	const now = Date.now();
	const outage = (state, from, to, more) => ({ source: 'room', from_ms: now - from, to_ms: to === null ? null : now - to, state, at_ms: now - (to ?? from), ...more });
	const all = { lost: outage('lost', 45_000, null), delivering: outage('delivering', 130_000, 69_000, { percent: 40 }), delivered: outage('delivered', 330_000, 269_000), refused: outage('refused', 530_000, 500_000, { reason: 'other-session' }) };
	meeting.happen('participant-joined', {}, { participants: { room: { present: true, line: 'connected' } } });
	meeting.tell({ type: 'measured', patch: { outages: states.map((state) => all[state]) } });
};
const pulled = (...states) => (page, meeting) => outaged(page, meeting, states);
const pulledInFull = async (page, meeting) => {
	await outaged(page, meeting, ['delivered', 'delivering']);
	meeting.survey();
	await page.locator('[data-testid=station][data-participant=room]').click();
	await page.getByTestId('outage-band').first().waitFor();
};
await busy('technician', {}, 'outage-technician', pulledInFull);
await busy('technician', { viewport: PHONE }, 'outage-technician-phone', pulledInFull);
await busy('technician', { query: '?lang=ar', scheme: 'dark' }, 'outage-technician-ar', pulledInFull);
await busy('chair', {}, 'outage-podium', pulled('delivered', 'refused', 'lost'));
await busy('chair', { viewport: PHONE }, 'outage-podium-phone', pulled('delivered', 'delivering', 'lost'));
await busy('chair', { query: '?lang=ar' }, 'outage-podium-ar', pulled('delivered', 'delivering', 'lost'));

await busy('technician', { rehearsal: true, query: '?lang=ru', scheme: 'dark' }, 'rehearsal-technician-ru');
await busy('JOR', { ...HALL, rehearsal: true }, 'rehearsal-hall');
await busy('secretariat', {}, 'podium-alarm', async (page, meeting) => {
	meeting.happen('recording-failed', {}, { recording: { state: 'failed', reason: 'disk full' } });
	await page.getByTestId('more').first().click();
	await page.getByTestId('close-meeting').click();
});

for (const [sub, options, name, after = () => {}] of looks(PHONE))
	await busy(sub, { ...options, connected: true }, `interpreter-${name}`, async (page, meeting) => {
		atWork(meeting, Date.now());
		await page.waitForTimeout(300);
		await after(page, meeting);
	});

await browser.close();
console.log(`${shots} pictures in ${dir}, ${faults} faults`);
process.exitCode = faults > 0 ? 1 : 0;
