import { html, render } from 'lit';
import '#shared/base.css';
import '#shared/parts.css';
import { startTheme } from '#shared/theme';
import { preferredLanguage, setLanguage } from '#shared/words';
import './watch.css';
import './watch';

startTheme();
setLanguage(preferredLanguage());
render(html`<rs-watch meeting=${new URLSearchParams(location.search).get('meeting') ?? ''}></rs-watch>`, document.body);
