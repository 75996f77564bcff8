// A camera that is turned by VISCA over IP, to be told to lose, to answer late, and to be started anew: what the room's box is tested against.
import { createSocket } from 'node:dgram';

const COMMAND = 0x0100;
const INQUIRY = 0x0110;
const REPLY = 0x0111;
const CONTROL = 0x0200;
const CONTROL_REPLY = 0x0201;

export class ViscaCamera {
	constructor() {
		this.recalled = []; // presets, in the order in which it arrived at them
		this.turning = null;
		this.expected = 0; // the next number, or any after a reset
		this.loses = () => false; // (datagram's count, both ways) => true: it is lost
		this.late = 0; // ms before it answers
		this.moves = 300; // ms that it takes to turn
		this.datagrams = 0;
		this.wrong = 0; // numbers it complained of
	}

	async open(port = 0) {
		this.socket = createSocket('udp4');
		this.socket.on('message', (data, from) => {
			if (!this.lost()) this.take(data, from);
		});
		await new Promise((bound) => this.socket.bind(port, '127.0.0.1', bound));
		this.address = `127.0.0.1:${this.socket.address().port}`;
		return this;
	}

	lost() {
		this.datagrams += 1;
		return this.loses(this.datagrams);
	}

	// Switched off and on: it knows no number any more.
	restart() {
		this.expected = 0;
		clearTimeout(this.turning);
	}

	take(data, from) {
		const type = data.readUInt16BE(0);
		const number = data.readUInt32BE(4);
		const payload = data.subarray(8);
		if (payload.length !== data.readUInt16BE(2)) return;
		if (type === CONTROL) {
			this.expected = 1;
			this.answer(from, CONTROL_REPLY, number, [0x01]);
		} else if (number !== this.expected) {
			this.wrong += 1;
			this.answer(from, CONTROL_REPLY, number, [0x0f, 0x01]);
		} else {
			this.expected += 1;
			this.obey(from, type, number, payload);
		}
	}

	obey(from, type, number, payload) {
		const text = payload.toString('hex');
		if (type === INQUIRY && text === '81090400ff') {
			this.answer(from, REPLY, number, [0x90, 0x50, 0x02, 0xff]);
		} else if (type === COMMAND && /^8101043f02..ff$/.test(text)) {
			clearTimeout(this.turning);
			this.answer(from, REPLY, number, [0x90, 0x41, 0xff]);
			this.turning = setTimeout(() => {
				this.recalled.push(payload[5]);
				this.answer(from, REPLY, number, [0x90, 0x51, 0xff]);
			}, this.moves);
		} else {
			this.answer(from, REPLY, number, [0x90, 0x60, 0x02, 0xff]);
		}
	}

	answer(from, type, number, payload) {
		const data = Buffer.alloc(8 + payload.length);
		data.writeUInt16BE(type, 0);
		data.writeUInt16BE(payload.length, 2);
		data.writeUInt32BE(number, 4);
		data.set(payload, 8);
		if (!this.lost()) setTimeout(() => this.socket?.send(data, from.port, from.address), this.late);
	}

	close() {
		clearTimeout(this.turning);
		this.socket?.close();
		this.socket = null;
	}
}
