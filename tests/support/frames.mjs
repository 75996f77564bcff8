// Messages on control sockets and taps (common/control/PROTOCOL.md section 1) for benches that play signaling and an SFU.

export function message(json) {
	const body = Buffer.from(JSON.stringify(json));
	const head = Buffer.alloc(5);
	head.writeUInt32BE(body.length + 1);
	head[4] = 1;
	return Buffer.concat([head, body]);
}

export function messagesOf(socket, take) {
	let rest = Buffer.alloc(0);
	socket.on('data', (data) => {
		rest = Buffer.concat([rest, data]);
		while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32BE()) {
			const end = 4 + rest.readUInt32BE();
			if (rest[4] === 1) take(JSON.parse(rest.subarray(5, end)));
			rest = rest.subarray(end);
		}
	});
	socket.on('error', () => {}); // the recorder ends first
}

// An RTP packet of a track, that arrives now.
export function packet({ track, type, seq, timestamp, marker }, payload) {
	const wire = Buffer.alloc(5 + 12 + 12 + payload.length);
	wire.writeUInt32BE(wire.length - 4);
	wire[4] = 2;
	wire.writeUInt32BE(track, 5);
	wire.writeBigInt64BE(BigInt(Date.now()) * 1000n, 9);
	wire[17] = 0x80;
	wire[18] = (marker ? 0x80 : 0) | type;
	wire.writeUInt16BE(seq & 0xffff, 19);
	wire.writeUInt32BE(timestamp >>> 0, 21);
	wire.writeUInt32BE(track, 25);
	payload.copy(wire, 29);
	return wire;
}

const HZ = 100; // of /proc/PID/stat

export function cpuSeconds(stat) {
	const fields = stat.replace(/^.*\) /, '').split(' ');
	return (Number(fields[11]) + Number(fields[12])) / HZ;
}
