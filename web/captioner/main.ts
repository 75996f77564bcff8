import { html } from 'lit';
import { start } from '#shared/start';
import './captioner.css';
import './captioner';

start((session) => html`<rs-captioner .session=${session}></rs-captioner>`);
