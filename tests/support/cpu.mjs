// What a process of this machine takes.
import { readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

// CPU seconds so far: fields 14 and 15 of proc(5), counted behind the name in brackets.
export function cpu(pid) {
	const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
	return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
