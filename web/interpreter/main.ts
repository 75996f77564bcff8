import { html } from 'lit';
import { start } from '#shared/start';
import './sources.css';
import './booth.css';
import './interpreter.css';
import './interpreter';

start((session) => html`<rs-interpreter .session=${session}></rs-interpreter>`, { name: 'interpreter', usual: 'dark' });
