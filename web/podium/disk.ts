import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { Disk } from '#shared/view';
import { formatSpan, t, timeOfDay, type Key } from '#shared/words';
import { Part } from '#shared/ui/part';

/** The bar is full with so much time left, or more. */
const AMPLE_S = 8 * 3600;
/** A copy not longer behind than this is as good as there. */
const BEHIND_S = 60;

/** What there is to say of the disk to whoever must not overlook it; null: nothing. */
export function alarmOf(disk: Disk | null | undefined): { level: 'amber' | 'red'; title: string; text: string } | null {
	if (!disk || disk.level === 'green')
		return null;
	const time = formatSpan(disk.left_s ?? 0);
	const title = t(`disk.${disk.level}` satisfies Key);
	if (disk.why === 'nearly-full')
		return { level: disk.level, title, text: disk.left_s == null ? t('disk.sound') : t('disk.sound.time', { time }) };
	if (disk.why !== '')
		return { level: disk.level, title: t(`disk.${disk.why}` satisfies Key), text: t(`disk.${disk.why}.notice` satisfies Key) };
	return disk.left_s == null || disk.left_s > AMPLE_S
		? { level: disk.level, title: t('disk.slow'), text: t('disk.slow.soon') }
		: { level: disk.level, title, text: t('disk.soon', { time }) };
}

/** The second copy in a line; null: none is wanted. */
export function copyOf(disk: Disk): string | null {
	const { copy } = disk;
	if (!copy)
		return null;
	if (copy.state === 'unavailable')
		return t('disk.copy.unavailable', { time: timeOfDay(copy.since_ms ?? 0) });
	return copy.behind_s != null && copy.behind_s <= BEHIND_S
		? t('disk.copy.done')
		: copy.behind_s == null ? t('disk.copy.begins') : t('disk.copy.behind', { time: formatSpan(copy.behind_s) });
}

/** Before the archive loses anything, and while it does: for the podium. */
@customElement('rs-disk-alarm')
export class DiskAlarm extends Part {
	override render(): TemplateResult | typeof nothing {
		const alarm = alarmOf(this.session.wire.measured.disk);
		return alarm === null
			? nothing
			: html`<div class="alarm ${alarm.level}" role=${alarm.level === 'red' ? 'alert' : 'status'} data-testid="disk-alarm" data-level=${alarm.level}
				><strong>${alarm.title}</strong><p>${alarm.text}</p></div>`;
	}
}

/** How long the disk lasts, in a line with a bar, and how the second copy stands. */
@customElement('rs-disk')
export class DiskLine extends Part {
	override updated(): void {
		const bar = this.querySelector<HTMLElement>('.time-bar span');
		const { disk } = this.session.wire.measured;
		if (bar !== null && disk?.left_s != null)
			bar.style.transform = `scaleX(${Math.min(1, disk.left_s / AMPLE_S)})`;
	}

	override render(): TemplateResult | typeof nothing {
		const { disk } = this.session.wire.measured;
		if (!disk)
			return nothing;
		const copy = copyOf(disk);
		return html`${disk.left_s == null
			? nothing
			: html`<p class="small disk ${disk.level}" data-testid="disk-left" data-level=${disk.level}><span>${t('disk.left', { time: formatSpan(disk.left_s) })}</span>
				<span class="time-bar" aria-hidden="true"><span></span></span></p>`}
			${copy === null ? nothing : html`<p class="small ${disk.copy!.state === 'unavailable' ? 'disk red' : 'muted'}" data-testid="disk-copy" data-state=${disk.copy!.state}
				title=${disk.copy!.reason ?? nothing}>${copy}</p>`}`;
	}
}
