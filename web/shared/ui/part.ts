import { LitElement } from 'lit';
import { property } from 'lit/decorators.js';
import type { Session } from '../session';

/**
 * A part of a page. It draws into the document itself, not into a shadow tree, so that labels, live
 * regions and the one style sheet reach everywhere, and draws again whenever the session changes.
 */
export abstract class Part extends LitElement {
	@property({ attribute: false }) session!: Session;
	private unwatch = () => {};

	override createRenderRoot(): HTMLElement {
		return this;
	}

	override connectedCallback(): void {
		super.connectedCallback();
		this.unwatch = this.session.watch(() => this.requestUpdate());
		this.requestUpdate();
	}

	/** What the page has put away, as when the meeting goes on without this badge, has nothing to draw from. */
	override shouldUpdate(): boolean {
		return this.isConnected;
	}

	override disconnectedCallback(): void {
		this.unwatch();
		super.disconnectedCallback();
	}
}
