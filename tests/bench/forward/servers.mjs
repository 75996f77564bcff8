// The media servers that are measured, each behind the same WHIP and WHEP.
import { startRostrum } from '../../support/rostrum.mjs';
import { janus } from './janus.mjs';

// A whole Rostrum of its own, of the build directory given if there is one; its media server is what is watched.
async function rostrum(build) {
	const server = await startRostrum({ environment: build && { ROSTRUM_BUILD: build } });
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

// `before` is the Rostrum of another build directory, so that a change is measured in one run.
export const serversBeside = (before) => ({ rostrum, ...(before ? { before: () => rostrum(before) } : { janus }) });
