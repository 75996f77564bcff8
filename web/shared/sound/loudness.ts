/** Factor of a volume of 0 to 1, the same wherever a volume is set: half of the way is about half as loud to the ear. */
export function gainOf(volume: number): number {
	return volume * volume;
}
