/** Light, dark, or as the system says; kept for every page of this machine but the one that has its own default. */

export type Theme = 'system' | 'light' | 'dark';

const THEMES: readonly string[] = ['system', 'light', 'dark'];
let stored = 'rostrum.theme';
let usual: Theme = 'system';

export function currentTheme(): Theme {
	const kept = localStorage.getItem(stored);
	return kept !== null && THEMES.includes(kept) ? (kept as Theme) : usual;
}

function show(): void {
	const theme = currentTheme();
	if (theme === 'system')
		delete document.documentElement.dataset['theme'];
	else
		document.documentElement.dataset['theme'] = theme;
}

/** `page` with another usual theme than the system's remembers its choice apart. */
export function startTheme(page?: { name: string; usual: Theme }): void {
	if (page !== undefined) {
		stored = `rostrum.theme.${page.name}`;
		usual = page.usual;
	}
	show();
}

export function chooseTheme(theme: Theme): void {
	localStorage.setItem(stored, theme);
	show();
}
