import { holder, isInRoom, type Entry, type View } from './view';

/** The green room: the first three of the list who take part remotely and are here. It follows from the view alone. */

const PLACES = 3;

/** Those of the list of speakers in their order, then those who wait for a reply; nobody twice. As the server reckons it. */
export function nextUp(view: View): Entry[] {
	const here = [...(view.list ?? []), ...(view.replies ?? [])].filter(({ participant }) => view.participants[participant]?.present && !isInRoom(view, participant));
	return here.filter(({ participant }, i) => here.findIndex((one) => one.participant === participant) === i).slice(0, PLACES);
}

/** 1 = next of those in it; 0 = not in it, or has the floor already. */
export function greenPlace(view: View, badge: string): number {
	return holder(view) === badge ? 0 : nextUp(view).findIndex(({ participant }) => participant === badge) + 1;
}
