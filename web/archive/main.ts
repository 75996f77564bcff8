import { html, render } from 'lit';
import '#shared/base.css';
import '#shared/parts.css';
import { readLink } from '#shared/link';
import { startTheme } from '#shared/theme';
import { preferredLanguage, setLanguage } from '#shared/words';
import './archive.css';
import './archive';

startTheme();
setLanguage(preferredLanguage());
addEventListener('hashchange', () => location.reload());
render(html`<rs-archive token=${readLink(location).token}></rs-archive>`, document.body);
