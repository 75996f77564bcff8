import type { Key, Values } from './words';

/** Keys that act wherever the focus is, except where one writes or chooses with keys. */

export interface Binding {
	/** As the Latin keyboard has it: `KeyboardEvent.key`, lower case for letters. */
	key: string;
	/** As printed on the key. */
	show: string;
	label: Key;
	values?: Values;
	press: () => void;
	/** Called when the key comes up again, or the window loses it; makes the key one to hold. */
	release?: () => void;
	/** Goes on acting while it is held down, as a volume does. */
	repeats?: boolean;
	/** Acts even while one writes or a dialog is open; only for keys that write nothing. */
	anywhere?: boolean;
}

type Press = Pick<KeyboardEvent, 'key' | 'code' | 'shiftKey'>;

/** What other keyboards print for the same. */
const SAME: Record<string, string> = { '=': '+', '\u061f': '?', '\uff1f': '?' };
const PLACES: Record<string, string> = { Comma: ',', Period: '.', Minus: '-', Equal: '+' };

/** What the Latin keyboard prints where this key sits. */
function placeOf(code: string): string {
	return /^Key[A-Z]$/.test(code) ? code.slice(3).toLowerCase() : /^Digit\d$/.test(code) ? code.slice(5) : (PLACES[code] ?? '');
}

/**
 * The binding a press means, on any keyboard. A Latin letter is what is printed on the key; where the key prints another script
 * it is its place that counts, and so it is for the digits of a row that prints them with Shift only (French): what
 * such a key prints without Shift means nothing else, so - and + are also where they sit elsewhere, beside the 0.
 */
export function bindingFor(bindings: readonly Binding[], { key, code, shiftKey }: Press): Binding | undefined {
	const printed = key.length === 1 ? (SAME[key] ?? key.toLowerCase()) : key;
	const named = (name: string) => bindings.find((one) => one.key === name);
	const place = placeOf(code);
	if (/^\d$/.test(place) && !shiftKey && !/^[\da-z]$/.test(printed))
		return named(place);
	const sits = (printed.length === 1 && printed > '~') || /^[+-]$/.test(place);
	return named(printed) ?? (sits && place !== '' ? named(place) : undefined);
}

const STORED = 'rostrum.keys';
const WRITES = 'input:not([type=checkbox], [type=radio], [type=range]), select, textarea, [contenteditable]';

const STEERED = 'input[type=range], [tabindex="0"]';

export function singleKeys(): boolean {
	return localStorage.getItem(STORED) !== 'off';
}

/** People who speak to their machine, or press keys by accident, can turn single keys off (WCAG 2.1.4). */
export function setSingleKeys(on: boolean): void {
	localStorage.setItem(STORED, on ? 'on' : 'off');
}

let current: () => Binding[] = () => [];

/** Names of the keys that act at present. */
export function keysNow(): string[] {
	return current().map(({ key }) => key);
}

export function listenToKeys(bindings: () => Binding[]): void {
	current = bindings;
	let held: { binding: Binding; code: string } | null = null;
	const letGo = () => {
		held?.binding.release?.();
		held = null;
	};

	document.addEventListener('keydown', (event) => {
		if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey)
			return;
		const binding = bindingFor(bindings(), event);
		if (binding === undefined || (binding.anywhere !== true && !mayAct(event.target, event.key)))
			return;
		event.preventDefault();
		if (event.repeat && binding.repeats !== true)
			return;
		if (binding.release !== undefined && held === null)
			held = { binding, code: event.code };
		binding.press();
	});
	document.addEventListener('keyup', (event) => {
		if (held === null || held.code !== event.code)
			return;
		event.preventDefault();
		letGo();
	});
	window.addEventListener('blur', letGo);
}

/** Not where keys write or choose, arrows scroll or set, nor under a dialog. */
function mayAct(target: EventTarget | null, key: string): boolean {
	return singleKeys() && document.querySelector('dialog[open]') === null
		&& !(target instanceof Element && (target.matches(WRITES) || (key.startsWith('Arrow') && target.closest(STEERED) !== null)));
}
