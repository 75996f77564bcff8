import { beforeEach, expect, test } from 'vitest';
import { alarmOf, copyOf, DiskLine } from '../podium/disk';
import type { Session } from '#shared/session';
import type { Disk } from '#shared/view';
import { catalogues, setLanguage, type Language } from '#shared/words';
import { text } from './drawn';

const disk = (members: Partial<Disk> = {}): Disk => ({ level: 'green', why: '', left_s: 4 * 3600 + 10 * 60 + 59, copy: null, ...members });

beforeEach(() => setLanguage('en'));

function drawn(measured: Disk | null | undefined): string {
	const line = new DiskLine();
	line.session = { wire: { measured: { disk: measured } } } as unknown as Session;
	return text(line.render());
}

test('a line says how long the disk lasts, and nothing where nobody knows', () => {
	expect(drawn(disk())).toContain('Room for 4 hr 10 min');
	expect(drawn(disk({ left_s: 59 * 60 }))).toContain('Room for 59 min');
	expect(drawn(disk({ left_s: 72 * 3600 + 60 }))).toContain('Room for 72 hr');
	expect(drawn(disk({ left_s: null }))).not.toContain('Room');
	expect(drawn(null)).toBe('');
	expect(drawn(undefined)).toBe('');
});

test('the alarm comes before anything is left out and says what is', () => {
	expect(alarmOf(disk())).toBeNull();
	expect(alarmOf(null)).toBeNull();
	expect(alarmOf(disk({ level: 'amber', left_s: 90 * 60 }))).toMatchObject({ level: 'amber', text: expect.stringContaining('1 hr 30 min') as string });
	expect(alarmOf(disk({ level: 'amber', left_s: null }))!.title).toContain('slow');
	expect(alarmOf(disk({ level: 'red', why: 'nearly-full', left_s: 3600 }))!.text).toMatch(/for another 1 hr; pictures are left out/);
	expect(alarmOf(disk({ level: 'red', why: 'nearly-full', left_s: null }))!.text).toMatch(/recorded; pictures are left out/);
	expect(alarmOf(disk({ level: 'red', why: 'full' }))!.title).toContain('full');
	expect(alarmOf(disk({ level: 'red', why: 'slow' }))!.text).toContain('left out');
});

test('the second copy is there, behind, or away', () => {
	expect(copyOf(disk())).toBeNull();
	expect(copyOf(disk({ copy: { state: 'running', behind_s: null } }))).toContain('begins');
	expect(copyOf(disk({ copy: { state: 'running', behind_s: 20 } }))).toContain('up to date');
	expect(copyOf(disk({ copy: { state: 'running', behind_s: 190 } }))).toContain('3 min behind');
	expect(copyOf(disk({ copy: { state: 'unavailable', since_ms: Date.parse('2026-11-22T09:05:00') } }))).toContain('since 09:05');
});

test('times are said in every language', () => {
	for (const language of Object.keys(catalogues) as Language[]) {
		setLanguage(language);
		expect(drawn(disk())).toMatch(/4.*10/);
	}
});
