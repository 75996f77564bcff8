import { beforeEach, expect, test } from 'vitest';
import { text } from './drawn';
import type { Session } from '#shared/session';
import { sound, soundAdvice } from '#shared/ui/sound';
import type { Sound } from '#shared/view';
import { setLanguage } from '#shared/words';

function hears(measured: Sound | undefined): Session {
	return { me: 'KEN', wire: { measured: { sounds: measured && { KEN: measured } } } } as unknown as Session;
}

beforeEach(() => setLanguage('en'));

test('a verdict is a word with its faults', () => {
	const session = hears({ khz: 8, fit: 'no', verdict: 'red', faults: ['band', 'loss'] });
	expect(text(sound(session, 'KEN'))).toContain('Sound unfit for interpretation: narrow (8 kHz) and torn by losses');
	expect(text(soundAdvice(session))).toContain('Use a headset with a wired or USB microphone. Use a network cable if you can.');
});

test('a hum has a word of its own, and what to do about it', () => {
	const session = hears({ khz: 20, fit: 'yes', verdict: 'amber', faults: ['hum'] });
	expect(text(sound(session, 'KEN'))).toContain('mains hum');
	expect(text(soundAdvice(session))).toContain('try another cable');
});

test('all is well is said where it is looked for, and not to the speaker', () => {
	const session = hears({ khz: 20, fit: 'yes', verdict: 'green', faults: [] });
	expect(text(sound(session, 'KEN'))).toContain('fit for interpretation');
	expect(text(sound(session, 'KEN', true))).toBe('');
	expect(text(soundAdvice(session))).toBe('');
});

test('before there was voice the band alone speaks', () => {
	expect(text(sound(hears({ khz: 12, fit: 'limited' }), 'KEN'))).toContain('narrow (12 kHz)');
	expect(text(sound(hears({ khz: 20, fit: 'yes' }), 'KEN'))).toBe('');
	expect(text(sound(hears(undefined), 'KEN'))).toBe('');
	expect(text(sound(hears({ khz: 20, fit: 'yes' }), 'FRA'))).toBe('');
});
