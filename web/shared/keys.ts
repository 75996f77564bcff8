import type { Key, Values } from './words';

/** Keys that act wherever the focus is, except where one writes or chooses with keys. */

export interface Binding {
	/** `KeyboardEvent.key`, lower case for letters. */
	key: string;
	/** As printed on the key. */
	show: string;
	label: Key;
	values?: Values;
	press: () => void;
	/** Called when the key comes up again, or the window loses it; makes the key one to hold. */
	release?: () => void;
}

const STORED = 'rostrum.keys';
const WRITES = 'input:not([type=checkbox], [type=radio], [type=range]), select, textarea, [contenteditable]';

export function singleKeys(): boolean {
	return localStorage.getItem(STORED) !== 'off';
}

/** People who speak to their machine, or press keys by accident, can turn single keys off (WCAG 2.1.4). */
export function setSingleKeys(on: boolean): void {
	localStorage.setItem(STORED, on ? 'on' : 'off');
}

export function listenToKeys(bindings: () => Binding[]): void {
	let held: Binding | null = null;
	const letGo = () => {
		held?.release?.();
		held = null;
	};

	document.addEventListener('keydown', (event) => {
		if (event.ctrlKey || event.metaKey || event.altKey || !singleKeys() || document.querySelector('dialog[open]') !== null)
			return;
		if (event.target instanceof Element && event.target.matches(WRITES))
			return;
		const pressed = event.key.length === 1 ? event.key.toLowerCase() : event.key;
		const binding = bindings().find(({ key }) => key === pressed);
		if (binding === undefined)
			return;
		event.preventDefault();
		if (event.repeat)
			return;
		if (binding.release !== undefined)
			held = binding;
		binding.press();
	});
	document.addEventListener('keyup', (event) => {
		const released = event.key.length === 1 ? event.key.toLowerCase() : event.key;
		if (held === null || held.key !== released)
			return;
		event.preventDefault();
		letGo();
	});
	window.addEventListener('blur', letGo);
}
