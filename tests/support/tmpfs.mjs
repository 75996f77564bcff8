// A file system of a few megabytes that can be filled: for recorders and stores that run out of room. Needs root, as mount does.
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';

function run(...command) {
	const ran = spawnSync(command[0], command.slice(1), { encoding: 'utf8' });
	if (ran.status !== 0) throw new Error(`${command.join(' ')}: ${ran.stderr}`);
}

export function mountSmall(directory, kib) {
	mkdirSync(directory, { recursive: true });
	run('mount', '-t', 'tmpfs', '-o', `size=${kib}k`, 'tmpfs', directory);
	const filler = join(directory, 'filler');
	return {
		// Write until nothing more goes in, or until no more than `spare` octets are left: at no moment fewer, somebody else is writing.
		fill(spare = 0) {
			const file = openSync(filler, 'w');
			const block = Buffer.alloc(4096);
			const left = () => {
				const { bavail, bsize } = statfsSync(directory);
				return bavail * bsize;
			};
			try {
				while (spare === 0 || left() - block.length >= spare) writeSync(file, block);
			} catch (error) {
				if (error.code !== 'ENOSPC') throw error;
			}
			closeSync(file);
		},
		empty: () => rmSync(filler, { force: true }),
		unmount: () => run('umount', '-l', directory),
	};
}
