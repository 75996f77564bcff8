import { html } from 'lit';
import { start } from '#shared/start';
import './podium.css';
import './plan.css';
import './life.css';
import './podium';

start((session) => html`<rs-podium .session=${session}></rs-podium>`);
