import { html, render } from 'lit';
import { pageOf, readLink } from '#shared/link';
import { startTheme } from '#shared/theme';
import { preferredLanguage, setLanguage, t } from '#shared/words';
import '#shared/base.css';
import { joinLinkOf } from './ask';
import './landing.css';
import { PinPage } from './pin';

// A join link whose page name got lost on the way still leads to the right page.
const { claims } = readLink(location);
if (claims !== null)
	location.replace(`/${pageOf(claims.role)}${location.search}${location.hash}`);

startTheme();
setLanguage(preferredLanguage());
document.title = 'Rostrum';

const steps = ['landing.step.link', 'landing.step.devices', 'landing.step.help'] as const;

function showSteps(): void {
	render(
		html`<main class="landing">
			<p class="mark"><span aria-hidden="true"></span>Rostrum</p>
			<h1>${t('landing.title')}</h1>
			<p class="lead">${t('landing.lead')}</p>
			<ol>${steps.map((step) => html`<li>${t(step)}</li>`)}</ol>
		</main>`,
		document.body,
	);
}

const link = joinLinkOf(location);
if (link !== null)
	new PinPage(link, document.body).show();
else
	showSteps();
// A link pasted over another one changes nothing but the part behind `#`.
addEventListener('hashchange', () => location.reload());
