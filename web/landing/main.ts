import { html, nothing, render } from 'lit';
import { pageOf, readLink } from '#shared/link';
import { startTheme } from '#shared/theme';
import { preferredLanguage, setLanguage, t } from '#shared/words';
import '#shared/base.css';
import { joinLinkOf } from './ask';
import './landing.css';
import type { State } from '../watch/state';
import { PinPage } from './pin';

// A join link whose page name got lost on the way still leads to the right page.
const { claims } = readLink(location);
if (claims !== null)
	location.replace(`/${pageOf(claims.role)}${location.search}${location.hash}`);

startTheme();
setLanguage(preferredLanguage());
document.title = 'Rostrum';

const steps = ['landing.step.link', 'landing.step.devices', 'landing.step.help'] as const;

function showSteps(airs: State[] = []): void {
	render(
		html`<main class="landing">
			<p class="mark"><span aria-hidden="true"></span>Rostrum</p>
			<h1>${t('landing.title')}</h1>
			<p class="lead">${t('landing.lead')}</p>
			<ol>${steps.map((step) => html`<li>${t(step)}</li>`)}</ol>
			${airs.length === 0
				? nothing
				: html`<section aria-labelledby="on-now"><h2 id="on-now">${t('watch.on-now')}</h2>
					<ul>${airs.map(({ webcast, title }) => html`<li><a href="/watch/?meeting=${encodeURIComponent(webcast)}" data-testid="webcast"><bdi>${title}</bdi></a></li>`)}</ul></section>`}
		</main>`,
		document.body,
	);
}

/** Who has no link may see what everybody may see. */
async function showAirs(): Promise<void> {
	const answer = await fetch('/api/v1/webcasts');
	if (answer.ok)
		showSteps(((await answer.json()) as { webcasts: State[] }).webcasts);
}

const link = joinLinkOf(location);
if (link !== null)
	new PinPage(link, document.body).show();
else {
	showSteps();
	void showAirs().catch(() => {}); // nothing is said of what is not known
}
// A link pasted over another one changes nothing but the part behind `#`.
addEventListener('hashchange', () => location.reload());
