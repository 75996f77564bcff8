/** Mean of the last `length` values, told one by one. Sums anew once a round, so that rounding does not pile up. */
export class Mean {
	private readonly values: Float64Array;
	private at = 0;
	private sum = 0;
	private fresh = 0;

	constructor(length: number) {
		this.values = new Float64Array(Math.max(1, length));
	}

	get value(): number {
		return Math.max(0, this.sum / this.values.length);
	}

	take(value: number): number {
		this.sum += value - this.values[this.at]!;
		this.values[this.at] = value;
		this.fresh += value;
		this.at++;
		if (this.at === this.values.length) {
			this.sum = this.fresh;
			this.fresh = 0;
			this.at = 0;
		}
		return this.value;
	}
}
