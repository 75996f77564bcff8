import { html } from 'lit';
import { start } from '#shared/start';
import './technician.css';
import './technician';

start((session) => html`<rs-technician .session=${session}></rs-technician>`);
