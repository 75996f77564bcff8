// coturn on the loopback interface, configured as conf/turnserver.conf says but for addresses, ports and certificate.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, root } from './rostrum.mjs';
import { until } from './wait.mjs';

function answers(port) {
	return new Promise((done) => {
		const socket = connect(port, '127.0.0.1');
		socket.once('connect', () => (socket.destroy(), done(true)));
		socket.once('error', () => done(false));
	});
}

// `peer` is the one address it may relay to. Resolves with { udp, tcp, tls } (URLs), secret (a file), log(), stop().
export async function startTurn({ peer }) {
	const folder = mkdtempSync(join(tmpdir(), 'rostrum-turn-'));
	const secret = 'secret-of-the-test';
	const port = await freePort();
	const tlsPort = await freePort();
	const tls = join(root, 'tests/integration/tls');
	const replaced = {
		'listening-port': port,
		'tls-listening-port': tlsPort,
		cert: join(tls, 'cert.pem'),
		pkey: join(tls, 'key.pem'),
		realm: 'turn.test',
		'static-auth-secret': secret,
		'allowed-peer-ip': peer,
	};
	const lines = readFileSync(join(root, 'conf/turnserver.conf'), 'utf8').split('\n').map((line) => {
		const [key] = line.split('=');
		return key in replaced ? `${key}=${replaced[key]}` : line;
	});
	const more = ['listening-ip=127.0.0.1', 'relay-ip=127.0.0.1', 'allow-loopback-peers', 'cli-password=unused', 'log-file=stdout', 'verbose',
		`pidfile=${join(folder, 'pid')}`, `userdb=${join(folder, 'db')}`, 'no-dtls'];
	writeFileSync(join(folder, 'turnserver.conf'), [...lines, ...more].join('\n'));
	writeFileSync(join(folder, 'secret'), `${secret}\n`, { mode: 0o600 });
	const child = spawn('turnserver', ['-c', join(folder, 'turnserver.conf')], { stdio: ['ignore', 'pipe', 'pipe'] });
	const ended = new Promise((done) => child.once('exit', done));
	let said = '';
	child.stdout.on('data', (data) => (said += data));
	child.stderr.on('data', (data) => (said += data));
	process.on('exit', () => child.kill('SIGKILL'));
	await until('coturn', async () => (await answers(port)) && answers(tlsPort));
	return {
		udp: `turn:127.0.0.1:${port}?transport=udp`,
		tcp: `turn:127.0.0.1:${port}?transport=tcp`,
		tls: `turns:127.0.0.1:${tlsPort}?transport=tcp`,
		secret: join(folder, 'secret'),
		log: () => said,
		async stop() {
			child.kill('SIGTERM');
			await ended;
			rmSync(folder, { recursive: true, force: true });
		},
	};
}
