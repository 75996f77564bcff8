import { html } from 'lit';
import { start } from '#shared/start';
import './hall.css';
import './hall';

start((session) => html`<rs-hall-screen .session=${session}></rs-hall-screen>`, { name: 'hall', usual: 'dark' });
