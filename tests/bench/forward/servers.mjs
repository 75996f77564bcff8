// The media servers that are measured, each behind the same WHIP and WHEP.
import { startRostrum } from '../../support/rostrum.mjs';
import { janus } from './janus.mjs';

// A whole Rostrum of its own; its media server is what is watched.
async function rostrum() {
	const server = await startRostrum();
	return {
		base: server.base,
		token: server.rehearsal.technician,
		pid: server.firstPids.sfu,
		async stop() {
			await server.stop();
			server.remove();
		},
	};
}

export const servers = { rostrum, janus };
