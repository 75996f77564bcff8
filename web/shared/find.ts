/** As it is looked for: without accents and capitals, since not everybody's keyboard has them. */
export function folded(text: string): string {
	return text
		.normalize('NFKD')
		.replace(/\p{M}/gu, '')
		.replace(/[’ʼ‘]/g, "'")
		.toLowerCase()
		.trim();
}

/** Whether what is looked for is in the texts, one after the other. */
export function finds(wanted: string, texts: (string | null | undefined)[]): boolean {
	// Mostly nobody is looked for, and pages draw many rows again and again.
	return wanted === '' || folded(texts.filter(Boolean).join(' ')).includes(folded(wanted));
}
