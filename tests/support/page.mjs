// A page without a browser: speaks rostrum.v1 over a WebSocket and keeps the view as the server's patches make it.
import assert from 'node:assert/strict';
import WebSocket from 'ws';
import { until } from './wait.mjs';

// RFC 7396.
export function mergePatch(target, patch) {
	if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) return patch;
	const result = target !== null && typeof target === 'object' && !Array.isArray(target) ? { ...target } : {};
	for (const [name, value] of Object.entries(patch)) {
		if (value === null) delete result[name];
		else result[name] = mergePatch(result[name], value);
	}
	return result;
}

let commands = 0;

export class Page {
	constructor(base, token) {
		this.url = `${base.replace(/^http/, 'ws')}/ws`;
		this.token = token;
		this.events = [];
		this.asked = []; // by technicians
		this.view = null;
		this.last = null; // { epoch, event } for a resume
		this.closed = null; // { code, error } once the server closed
		this.waiting = new Map(); // command id -> resolve
	}

	// Connect and say hello; resolves with the welcome, rejects with { code, error } if the server refuses. What a page
	// that resumes has missed follows its welcome: this resolves when the view is that of the event the welcome names.
	open({ resume = null, companion = false } = {}) {
		this.closed = null;
		const socket = new WebSocket(this.url, 'rostrum.v1');
		this.socket = socket;
		return new Promise((welcomed, refused) => {
			let error = null;
			socket.on('open', () => this.send({ type: 'hello', token: this.token, ...(resume && { resume }), ...(companion && { companion }) }));
			socket.on('error', refused);
			socket.on('close', (code) => {
				const closed = { code, error };
				// The end of a line that this page has already replaced is not the page's.
				if (socket === this.socket) this.closed = closed;
				refused(Object.assign(new Error(`closed with ${code}: ${error?.reason}`), closed));
			});
			socket.on('message', (data) => {
				const message = JSON.parse(data);
				if (message.type === 'error') error = message;
				else this.take(message, welcomed);
			});
		});
	}

	take(message, welcomed) {
		switch (message.type) {
		case 'welcome':
			this.you = message.you;
			this.last = { epoch: message.epoch, event: message.resumed ? this.last.event : message.event };
			if (message.view) this.view = message.view;
			this.caughtUp = () => {
				if (this.last.event >= message.event) welcomed(message);
			};
			this.caughtUp();
			break;
		case 'event':
			this.events.push(message);
			this.last.event = message.event;
			this.view = mergePatch(this.view, message.patch);
			this.caughtUp();
			break;
		case 'measured':
			this.view = mergePatch(this.view, { measured: message.patch });
			break;
		case 'survey':
			this.survey = mergePatch(message.whole ? {} : this.survey, message.patch);
			this.surveyed?.(message);
			break;
		case 'levels':
			this.levelled?.(message);
			break;
		case 'technician':
			this.asked.push(message);
			break;
		case 'reply':
			this.waiting.get(message.id)?.(message);
			this.waiting.delete(message.id);
			break;
		}
	}

	send(message) {
		this.socket.send(JSON.stringify(message));
	}

	// Send a command; resolves with its reply, whatever it says.
	command(type, members = {}) {
		commands += 1;
		const id = members.id ?? `t${process.pid}-${commands}`;
		return new Promise((resolve, reject) => {
			const limit = setTimeout(() => reject(new Error(`no reply to ${type} in a minute`)), 60_000);
			this.waiting.set(id, (reply) => {
				clearTimeout(limit);
				resolve(reply);
			});
			this.send({ type, ...members, id });
		});
	}

	// A command that the rules allow.
	async must(type, members) {
		const reply = await this.command(type, members);
		if (!reply.ok) throw new Error(`${type} was refused: ${reply.reason}: ${reply.text}`);
		return reply;
	}

	sees(what, check, options) {
		return until(what, () => check(this.view), options);
	}

	// Drop the line as a broken network would, without a goodbye.
	cut() {
		this.socket.terminate();
	}

	close() {
		this.socket.close(1000);
	}
}

// Until all of them have the same view of the meeting: what one was told before another is on its way to that. Figures come to each when they come.
export async function agree(...pages) {
	const [first, ...others] = pages.map((page) => () => ({ ...page.view, measured: undefined }));
	await until('the same view everywhere', () => others.every((other) => assert.deepEqual(other(), first()) === undefined));
}

export async function join(rostrum, who) {
	const page = new Page(rostrum.base, rostrum.token(who));
	await page.open();
	return page;
}
