import { expect, test } from 'vitest';
import { languageNames, setLanguage, type Language } from '#shared/words';
import { boxSummary, placeText, type BoxReport } from '../technician/box';
import { troubleText } from '../technician/rows';
import { Survey } from '../technician/survey';

/** What a technician reads of a meeting room's box. */

const report: BoxReport = { version: '0.1.0', cpu: 31, skipped: 0, left: 16_560, microphones: [], cameras: [], outputs: [], devices: [] };

test('a tile says what the box takes and how long an outage may last', () => {
	setLanguage('en');
	expect(boxSummary(report)).toBe('31 % busy · An outage may last 4 hr 36 min');
	expect(boxSummary({ version: '0.1.0', skipped: 0, microphones: [], cameras: [], outputs: [], devices: [] })).toBe('');
});

test('a place of the configuration is told as people count', () => {
	setLanguage('en');
	expect(placeText('microphones[0].input')).toBe('Microphone 1');
	expect(placeText('cameras[2].input')).toBe('Camera 3');
	expect(placeText('camera.input')).toBe('Camera 1');
	expect(placeText('outputs[1].output')).toBe('Output 2');
	expect(placeText('somewhere else')).toBe('somewhere else');
});

test('what is wrong with a box is said in the reader’s words', () => {
	for (const language of Object.keys(languageNames) as Language[]) {
		setLanguage(language);
		for (const name of ['camera', 'card', 'xruns', 'card-clock', 'room-clock', 'kept-full', 'seat-silent', 'seat-clipping'])
			expect(troubleText([name, 'warning', 0, 7])).not.toBe(name);
	}
	setLanguage('en');
	expect(troubleText(['room-clock', 'warning', 0, 2600])).toBe('The computer’s clock is 3 s off');
	expect(troubleText(['card-clock', 'warning', 0, 240])).toBe('A sound card’s clock is 240 ppm off');
});

test('a box that says nothing any more is known no more', () => {
	const survey = new Survey();
	const room = { figures: [], troubles: [] };
	survey.take({ whole: true, patch: { people: { room: { ...room, box: report } }, nodes: [], troubles: [] } }, {}, 0);
	expect(survey.people['room']!.box?.cpu).toBe(31);
	survey.take({ whole: false, patch: { people: { room: { box: { ...report, cpu: 32 } } } } }, {}, 1000);
	expect(survey.people['room']!.box?.cpu).toBe(32);
	survey.take({ whole: false, patch: { people: { room: { box: null } } } }, {}, 2000);
	expect(survey.people['room']!.box).toBeUndefined();
});
