/** After rows have moved, a press this soon was meant for what stood there before. */
const SETTLE_MS = 350;

/** Whether the rows of a list stand still for long enough. */
export class Settling {
	private order: readonly unknown[] = [];
	private movedAt = -Infinity;

	constructor(private readonly now: () => number = () => performance.now()) {}

	/** The rows as they are drawn next. Those that come at the end move nothing. */
	draw(order: readonly unknown[]): void {
		if (this.order.some((one, i) => one !== order[i]))
			this.movedAt = this.now();
		this.order = order;
	}

	get done(): boolean {
		return this.now() - this.movedAt >= SETTLE_MS;
	}
}
