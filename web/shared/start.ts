import { html, render } from 'lit';
import { keysNow } from './keys';
import { Session } from './session';
import './base.css';
import './parts.css';
import { startTheme, type Theme } from './theme';
import { preferredLanguage, setLanguage } from './words';

/** What browser tests and technicians may read; see README.md. Nothing here changes anything. */
export interface Hooks {
	pc: () => RTCPeerConnection | null;
	slots: () => unknown[];
	view: () => unknown;
	you: () => unknown;
	measured: () => unknown;
	line: () => string;
	media: () => string;
	keys: () => string[];
	counters: Readonly<Record<string, number>>;
}

declare global {
	interface Window {
		rostrum: Hooks;
	}
}

/** Starts a page: its session, its words, its element. */
export function start(element: (session: Session) => unknown, theme?: { name: string; usual: Theme }): void {
	startTheme(theme);
	setLanguage(preferredLanguage());
	const session = new Session();
	const { media, wire } = session;
	window.rostrum = {
		pc: () => media.pc,
		slots: () => media.slots.map((slot) => ({ ...slot, csrc: media.source(slot.feed, slot.rank) })),
		view: () => wire.view,
		you: () => wire.you,
		measured: () => wire.measured,
		line: () => wire.state,
		media: () => media.state,
		keys: keysNow,
		counters: media.counters,
	};
	// The same page opened with another link: another badge, so everything anew.
	window.addEventListener('hashchange', () => location.reload());
	render(html`${element(session)}`, document.body);
}
