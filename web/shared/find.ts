/** As it is looked for: without accents and capitals, since not everybody's keyboard has them. */
function folded(text: string): string {
	return text
		.normalize('NFKD')
		.replace(/\p{M}/gu, '')
		.replace(/[’ʼ‘]/g, "'")
		.toLowerCase()
		.trim();
}

/** Whether one of the texts has what is looked for in it. Nothing is in all of them. */
export function finds(wanted: string, texts: (string | null | undefined)[]): boolean {
	return folded(texts.filter(Boolean).join(' ')).includes(folded(wanted));
}
