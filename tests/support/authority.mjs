// A time-stamping authority of RFC 3161 for tests: `openssl ts` behind HTTP, with a certificate made for the day.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

const CONF = `[req]
distinguished_name = dn
[dn]
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[tsa_cert]
basicConstraints = CA:FALSE
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = authority
[authority]
serial = $dir/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_chain = no
`;

export class Authority {
	asked = 0;
	answers = true;

	// `directory` is made for its keys and certificates.
	constructor(directory) {
		this.directory = directory;
		mkdirSync(directory, { recursive: true });
		writeFileSync(join(directory, 'conf'), CONF.replace('$dir', directory));
		writeFileSync(join(directory, 'serial'), '01\n');
		this.openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Test root', '-days', '2', '-config', 'conf', '-extensions', 'ca');
		this.openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'tsa.key', '-out', 'tsa.csr', '-subj', '/CN=Test authority', '-config', 'conf');
		this.openssl('x509', '-req', '-in', 'tsa.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-set_serial', '2', '-days', '2', '-out', 'tsa.pem', '-extfile', 'conf', '-extensions', 'tsa_cert');
		this.ca = join(directory, 'ca.pem');
	}

	openssl(...args) {
		const ran = spawnSync('openssl', args, { cwd: this.directory, encoding: 'utf8' });
		if (ran.status !== 0) throw new Error(`openssl ${args[0]}: ${ran.stderr}`);
		return ran;
	}

	async start() {
		this.server = createServer((request, response) => {
			const parts = [];
			request.on('data', (part) => parts.push(part));
			request.on('end', () => {
				this.asked += 1;
				this.type = request.headers['content-type'];
				if (!this.answers) return response.writeHead(503).end();
				const query = join(this.directory, `${this.asked}.tsq`);
				writeFileSync(query, Buffer.concat(parts));
				this.openssl('ts', '-reply', '-config', 'conf', '-section', 'authority', '-queryfile', query, '-signer', 'tsa.pem', '-inkey', 'tsa.key', '-out', 'answer.tsr');
				response.writeHead(200, { 'content-type': 'application/timestamp-reply' }).end(readFileSync(join(this.directory, 'answer.tsr')));
				return undefined;
			});
		});
		await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
		this.url = `http://127.0.0.1:${this.server.address().port}/tsa`;
		return this;
	}

	stop() {
		this.server.close();
		this.server.closeAllConnections();
	}

	// What openssl says of a stamp; empty if it is good.
	faultsOf(path, stamp) {
		const ran = spawnSync('openssl', ['ts', '-verify', '-data', path, '-in', stamp, '-CAfile', this.ca], { encoding: 'utf8' });
		return ran.status === 0 && /Verification: OK/.test(ran.stdout + ran.stderr) ? '' : ran.stdout + ran.stderr;
	}
}
