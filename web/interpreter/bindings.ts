import type { Binding } from '#shared/keys';
import { t, type Key } from '#shared/words';
import { CHOICES, type Console } from './console';
import * as desk from './desk';

/** Keys of the outputs, as consoles have them. */
export const OUTPUTS = ['a', 'b', 'c'] as const;

/**
 * Every key of the console. A key means one thing: 0 to 3 are sources, 4 to 9 what a menu offers, letters all else. What the badge
 * may not do has no key.
 */
export function bindingsOf(desk: Console): Binding[] {
	return [...microphone(desk), ...sources(desk), ...handover(desk), ...signals(desk), ...choices(desk)];
}

function key(name: string, label: Key, press: () => void, more: Partial<Binding> = {}): Binding {
	return { key: name, show: name.length === 1 ? name.toUpperCase() : name, label, press, ...more };
}

function microphone(one: Console): Binding[] {
	const { view, me } = one.session;
	const hold = { press: () => one.cough(true), release: () => one.cough(false) };
	return [
		key('l', 'key.live', () => one.toggleLive()),
		{ key: ' ', show: t('key.space'), label: 'key.cough', ...hold },
		{ key: 'F2', show: 'F2', label: 'key.cough.anywhere', ...hold, anywhere: true },
		...desk.outputsOf(view!, me).slice(0, OUTPUTS.length).map((id, i) =>
			key(OUTPUTS[i]!, 'key.output', () => one.selectOutput(id), { values: { name: view!.channels[id]?.name ?? id } }),
		),
		...(one.alarm !== null ? [key('k', 'key.alarm', () => one.acknowledge())] : []),
	];
}

function sources(one: Console): Binding[] {
	const { session, presets } = one;
	const view = session.view!;
	return [
		key('0', 'key.original', () => one.selectSource('floor')),
		...presets.map((id, i) => key(String(i + 1), 'key.relay', () => one.selectSource(id), { values: { name: view.channels[id]!.name } })),
		key('r', 'key.relays', () => one.toggle('relay')),
	];
}

function handover(one: Console): Binding[] {
	const { session } = one;
	const open = desk.handoverOf(session.view!, session.me);
	if (open === null)
		return one.mayRequest ? [key('h', 'key.handover', () => one.toggle('handover'))] : [];
	if (open.mine || open.state === 'armed')
		return [key('x', 'key.handover.cancel', () => one.answerHandover('cancel-handover'))];
	return [key('y', 'key.handover.accept', () => one.answerHandover('accept-handover')), key('x', 'key.handover.decline', () => one.answerHandover('decline-handover'))];
}

function signals(one: Console): Binding[] {
	const { session } = one;
	const may = (command: string, binding: Binding) => (session.may(command) ? [binding] : []);
	return [
		...may('speak-slower', key('s', 'key.slower', () => one.slower())),
		...may('cannot-interpret', key('n', 'key.impediment', () => one.toggle('impediment'))),
		...may('set-floor-language', key('f', 'key.floor.language', () => one.toggle('language'))),
		...may('call', key('p', 'key.call.chair', () => one.call('chair'))),
		...may('call', key('t', 'key.call.technician', () => one.call('technician'))),
	];
}

function choices(one: Console): Binding[] {
	const offered = one.choices;
	if (one.menu === null)
		return [];
	return [
		...offered.slice(0, CHOICES.length).map(({ label, run }, i) => key(CHOICES[i]!, 'key.choice', run, { values: { name: label } })),
		{ key: 'Escape', show: 'Esc', label: 'choice.back', press: () => one.close() },
	];
}
