import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { isVoting, shortName, type View } from '#shared/view';
import { t } from '#shared/words';
import { putKeys } from './put-keys';
import { Part } from '#shared/ui/part';
import '#shared/ui/small';

/** Points of order: what waits, what is before the meeting, and the one or two keys that come next. */
@customElement('rs-points')
export class PointsOfOrder extends Part {
	/** The key that comes next. */
	press(): void {
		this.querySelector<HTMLElement>('.button.main')?.click();
	}

	override render(): TemplateResult | typeof nothing {
		const view = this.session.view!;
		const { waiting, stage } = view.points;
		if (!stage && waiting.length === 0)
			return nothing;
		return html`<section class="alarm points" data-testid="points" data-stage=${stage ?? ''} aria-labelledby="points-title">
			<strong id="points-title">${t('point.title')}</strong>
			${isVoting(view) ? html`<p class="small">${t('point.conduct')}</p>` : nothing}
			${stage ? this.current(view) : nothing}
			${waiting.map(({ entry, participant }, i) => this.waits(view, entry, participant, i === 0))}
		</section>`;
	}

	private waits(view: View, entry: number, participant: string, first: boolean): TemplateResult {
		const main = first && !view.points.stage;
		return html`<p class="keys"><span class="grow" role="alert"><span class="unseen">${t('point.title')}: </span>${shortName(view, participant)}</span>
			${this.key('hear-point', t('point.hear'), { entry }, main, 'hear-point', Boolean(view.points.stage))}
			<rs-twice testid="dismiss-point" label=${t('point.dismiss')} again=${t('point.withdraw.again')} .busy=${this.session.isAsked(`dismiss-${entry}`)}
				.run=${() => void this.session.ask('withdraw-point', { entry }, `dismiss-${entry}`)}></rs-twice></p>`;
	}

	private current(view: View): TemplateResult {
		const { stage, participant, ruling, appellant, interrupted } = view.points;
		const name = shortName(view, participant!);
		const back = interrupted ? t('point.return', { name: shortName(view, interrupted) }) : t('point.settle');
		const may = this.session.may('rule');
		switch (stage) {
			case 'heard':
				return html`<p role="alert">${t('point.heard', { name })}</p>
					${may
						? html`<p class="keys">${this.key('rule', t('point.uphold'), { ruling: 'upheld' }, false, 'uphold')}${this.key(
								'rule',
								t('point.reject'),
								{ ruling: 'rejected' },
								false,
								'reject',
							)}</p>`
						: nothing}`;
			case 'appealed':
				return html`<p role="alert">${t('point.appealed', { name: shortName(view, appellant!), ruling: t(`point.${ruling!}`) })}</p>
					${view.rules.chair_settles_appeals ? this.settled(ruling!) : this.put(view)}`;
			default:
				return html`<p role="alert">${t('point.ruled', { name, ruling: t(`point.${ruling!}`) })}</p>
					<p class="keys">${this.key('settle-point', back, {}, true, 'settle-point')}</p>`;
		}
	}

	/** The meeting votes at once; whoever presides chooses how. */
	private put(view: View): TemplateResult | typeof nothing {
		return view.decision?.subject === 'appeal' && view.decision.state !== 'proclaimed'
			? html`<p class="small">${t('question.appeal.yes')}</p>`
			: putKeys(this.session, view.points.entry!, ['hands', 'recorded', 'roll-call']);
	}

	private settled(ruling: 'upheld' | 'rejected'): TemplateResult {
		return html`<p class="keys">${this.key('settle-point', t('point.stands'), { ruling }, false, 'stands')}${this.key(
			'settle-point',
			t('point.overruled'),
			{ ruling: ruling === 'upheld' ? 'rejected' : 'upheld' },
			false,
			'overruled',
		)}</p>`;
	}

	private key(command: string, label: string, data: object, main: boolean, testid: string, off = false): TemplateResult {
		const { session } = this;
		const asked = `${testid}-${JSON.stringify(data)}`;
		const busy = session.isAsked(asked);
		return html`<button type="button" class="button ${main ? 'main' : ''}" data-testid=${testid} aria-disabled=${busy || off}
			@click=${() => busy || off || void session.ask(command, { ...data }, asked)}>${busy ? t('asked') : label}</button>`;
	}
}
