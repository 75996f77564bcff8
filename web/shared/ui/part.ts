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
	}

	override disconnectedCallback(): void {
		this.unwatch();
		super.disconnectedCallback();
	}
}
