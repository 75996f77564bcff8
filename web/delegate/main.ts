import { html } from 'lit';
import { start } from '#shared/start';
import './delegate.css';
import './delegate';

start((session) => html`<rs-delegate .session=${session}></rs-delegate>`);
