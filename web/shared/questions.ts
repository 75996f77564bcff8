import type { Decision } from './view';
import { isKey, t } from './words';

/** A kind of motion in words; of one the pages have no word for, the profile's name must do. */
export function motionName(motion: string): string {
	const key = `motion.kind.${motion}`;
	return isKey(key) ? t(key) : motion;
}

/** What is decided: the proposal's own words, a kind of motion, or the appeal. */
export function questionTitle(decision: Pick<Decision, 'title' | 'subject'>): string {
	switch (decision.subject) {
		case 'motion':
			return motionName(decision.title);
		case 'appeal':
			return t('question.appeal');
		default:
			return decision.title;
	}
}
