import type { Key } from '#shared/words';
import type { Trouble } from './api';

/** What is said where the archive does not answer as it should. */
export const TROUBLES = {
	off: 'archive.off',
	unproven: 'archive.unproven',
	'too-long': 'archive.too-long',
	gone: 'archive.gone',
	away: 'archive.away',
	busy: 'archive.busy',
	'too-much': 'archive.too-much',
	token: 'ending.token-wrong',
} as const satisfies Record<Trouble, Key>;
