// A node:test reporter: one line a test as it ends, its error below it, and "N passed, N failed" at the end.
// A skipped test and one marked as to be done count as failed: what did not run must not look green.

function describe(error) {
	const cause = error?.cause ?? error;
	return String(cause?.stack ?? cause?.message ?? cause ?? 'failed')
		.split('\n')
		.filter((line) => line.trim() && !line.includes('node:internal'))
		.slice(0, 12)
		.map((line) => `      ${line}\n`)
		.join('');
}

export default async function* report(source) {
	let passed = 0;
	let failed = 0;
	for await (const { type, data } of source) {
		if (type === 'test:diagnostic' && /^(measured|note)/.test(data.message)) yield `      ${data.message}\n`;
		if ((type !== 'test:pass' && type !== 'test:fail') || data.details?.type === 'suite') continue;
		const good = type === 'test:pass' && data.skip === undefined && data.todo === undefined;
		if (good) passed += 1;
		else failed += 1;
		yield `  ${good ? 'ok  ' : 'FAIL'} ${data.name} (${Math.round(data.details.duration_ms)} ms)\n`;
		if (!good) yield data.details.error ? describe(data.details.error) : '      skipped\n';
	}
	yield `${passed} passed, ${failed} failed\n`;
}
