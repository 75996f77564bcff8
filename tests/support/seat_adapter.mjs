// The adapter of a conference system, as one would be written: follows the seats of a room's box over its WebSocket, presses keys.
import WebSocket from 'ws';
import { until } from './wait.mjs';

export class SeatAdapter {
	constructor(port, token = '') {
		this.base = `127.0.0.1:${port}`;
		this.headers = token ? { authorization: `Bearer ${token}` } : {};
		this.messages = [];
		this.seats = new Map();
		this.line = null;
		this.closed = null; // the code
		this.pressed = new Map(); // seat -> when
	}

	// Resolves when all seats are known; rejects with what the box answered instead.
	open(path = '/events', protocol = 'rostrum-seats.v1') {
		this.socket = new WebSocket(`ws://${this.base}${path}`, protocol, { headers: this.headers });
		return new Promise((known, refused) => {
			this.socket.on('error', refused);
			this.socket.on('close', (code) => {
				this.closed = code;
				refused(new Error(`closed with ${code}`));
			});
			this.socket.on('message', (data) => {
				this.take(JSON.parse(data));
				known(this);
			});
		});
	}

	take(message) {
		this.messages.push(message);
		if (message.type === 'seats') {
			this.line = message.line;
			for (const seat of message.seats) this.seats.set(seat.seat, seat);
		} else if (message.type === 'seat') {
			this.seats.set(message.seat.seat, message.seat);
			// The box may have come to the press only now.
			if (this.pressed.has(message.seat.seat)) this.pressed.set(message.seat.seat, Date.now());
		} else if (message.type === 'line') {
			this.line = message.line;
		}
	}

	send(message) {
		if (message.press) this.pressed.set(message.press, Date.now());
		this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
	}

	// A key is pressed, when it has come to rest since it was last: else it would only bounce.
	async press(seat) {
		await until(`key ${seat} to be at rest`, () => Date.now() > (this.pressed.get(seat) ?? 0) + 1000);
		this.send({ press: seat });
	}

	// A lamp shows this.
	shows(seat, lamp) {
		return until(`lamp ${seat} shows ${lamp}`, () => this.seats.get(seat)?.lamp === lamp || Promise.reject(new Error(JSON.stringify(this.seats.get(seat)))), { limit: 30_000 });
	}

	async ask(method, path, options = {}) {
		const answer = await fetch(`http://${this.base}${path}`, { method, ...options, headers: { ...this.headers, ...options.headers } });
		const body = await answer.text();
		return { status: answer.status, headers: answer.headers, body, json: /json/.test(answer.headers.get('content-type')) && body ? JSON.parse(body) : null };
	}

	close() {
		this.socket?.close();
	}
}
