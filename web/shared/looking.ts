import type { Slot } from './media';

/**
 * How large each received picture is on the screen, and whether it is there at all: told to the server
 * (PROTOCOL.md section 4, `watch`), so that nothing is sent that nobody sees, and nothing larger than shown.
 */

/** What is said of a slot. */
export interface Look {
	mid: string;
	height: number;
	paused: boolean;
}

/** A picture on the page. */
export interface Place {
	feed: string;
	/** Pixels of the screen. */
	height: number;
	inView: boolean;
}

/** Changes are collected for this long: a window being dragged changes with every frame. */
const COLLECT_MS = 300;
/** Looking into another tab for a moment is not worth a key frame. */
const HIDDEN_MS = 5_000;
/** A change of less than this share is not worth a message. */
const WORTH = 0.15;

/** What to say of the video slots, given what the page shows. The spare slot, which has no feed, is not spoken of. */
export function looks(slots: Slot[], places: Iterable<Place>, hidden: boolean): Look[] {
	const heights = new Map<string, number>();
	for (const { feed, height, inView } of places)
		if (inView && height > 0)
			heights.set(feed, Math.max(heights.get(feed) ?? 0, Math.round(height)));
	return slots
		.filter(({ kind, feed }) => kind === 'video' && feed !== '')
		.map(({ mid, feed }) => ({ mid, height: heights.get(feed) ?? 0, paused: hidden || !heights.has(feed) }));
}

/** Whether `now` says something else than `before` did. A paused slot has no height worth speaking of. */
export function differs(now: Look, before: Look | undefined): boolean {
	if (before === undefined || now.paused !== before.paused)
		return true;
	return !now.paused && Math.abs(now.height - before.height) > before.height * WORTH;
}

export class Looking {
	private readonly places = new Map<Element, Place>();
	private said = new Map<string, Look>();
	private of: Slot[] | null = null;
	private hidden = false;
	private timer = 0;
	private hiding = 0;
	private readonly sizes = new ResizeObserver((entries) => {
		for (const { target, contentRect } of entries)
			this.change(target, { height: contentRect.height * window.devicePixelRatio });
	});
	private readonly views = new IntersectionObserver((entries) => {
		for (const { target, isIntersecting } of entries)
			this.change(target, { inView: isIntersecting });
	});

	/** `tell` says it to the server, which takes it or not; `slots` are those of the present connection, another array for another connection. */
	constructor(
		private readonly slots: () => Slot[],
		private readonly tell: (slots: Look[]) => Promise<boolean>,
	) {
		document.addEventListener('visibilitychange', () => this.visibility());
	}

	/** `element` shows `feed` from now on; null = nothing that is received. */
	show(element: Element, feed: string | null): void {
		const place = this.places.get(element);
		if (place?.feed === feed)
			return;
		if (feed === null) {
			this.sizes.unobserve(element);
			this.views.unobserve(element);
			this.places.delete(element);
		} else if (place !== undefined) {
			place.feed = feed;
		} else {
			this.places.set(element, { feed, height: 0, inView: false });
			this.sizes.observe(element);
			this.views.observe(element);
		}
		this.later();
	}

	/** Something may have changed: another connection, say. */
	later(): void {
		if (this.timer === 0)
			this.timer = window.setTimeout(() => this.now(), COLLECT_MS);
	}

	private change(element: Element, change: Partial<Place>): void {
		const place = this.places.get(element);
		if (place === undefined)
			return;
		Object.assign(place, change);
		this.later();
	}

	private visibility(): void {
		window.clearTimeout(this.hiding);
		const wait = document.visibilityState === 'hidden' ? HIDDEN_MS : 0;
		this.hiding = window.setTimeout(() => {
			this.hidden = document.visibilityState === 'hidden';
			this.now();
		}, wait);
	}

	private now(): void {
		window.clearTimeout(this.timer);
		this.timer = 0;
		const slots = this.slots();
		if (slots !== this.of)
			this.said.clear();
		this.of = slots;
		const changed = looks(slots, this.places.values(), this.hidden).filter((look) => differs(look, this.said.get(look.mid)));
		if (changed.length === 0)
			return;
		for (const look of changed)
			this.said.set(look.mid, look);
		void this.tell(changed).then((taken) => {
			if (!taken)
				this.said.clear(); // It is all said again with the next change.
		});
	}
}
