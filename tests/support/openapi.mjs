// The program's own description of its REST, and answers held against it.
import Ajv2020 from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mint } from './token.mjs';
import { sleep } from './wait.mjs';

export class Described {
	constructor(rostrum, description, reasons) {
		this.rostrum = rostrum;
		this.description = description;
		this.reasons = reasons; // of /api/v1/problems
		this.ajv = new Ajv2020({ strict: false, allErrors: true });
		this.ajv.addSchema({ $id: 'described:', components: description.components });
		this.compiled = new Map();
		const key = readFileSync(join(rostrum.state, 'token.key'), 'utf8').trim();
		this.admin = mint(key, { iss: 'rostrum', sub: 'admin', role: 'admin', exp: Math.floor(Date.now() / 1000) + 3600 });
	}

	// { method, path, operation } of everything that is described.
	operations() {
		return Object.entries(this.description.paths).flatMap(([path, methods]) =>
			Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })));
	}

	// A token of this role, or '' when the demo conference has none.
	token(role) {
		if (role === 'admin') return this.admin;
		const { tokens } = this.rostrum;
		return { delegate: tokens.delegates.KEN, interpreter: tokens.interpreters.fr?.[0] }[role] ?? tokens[role] ?? '';
	}

	// The address with the description's examples in place of its names; `names` go before.
	address(path, operation, names = {}) {
		return path.replace(/{(\w+)}/g, (_, name) => names[name] ?? operation.parameters?.find((parameter) => parameter.name === name && parameter.in === 'path')?.example ?? 'none');
	}

	validator(schema) {
		const text = JSON.stringify(schema).replaceAll('"#/components/', '"described:#/components/');
		if (!this.compiled.has(text)) this.compiled.set(text, this.ajv.compile(JSON.parse(text)));
		return this.compiled.get(text);
	}

	// What is wrong with an answer, as text; '' when it is as described.
	judge(operation, answer) {
		const described = operation.responses[answer.status];
		if (!described) return `status ${answer.status} is not described: ${answer.body.slice(0, 200)}`;
		const type = answer.headers.get('content-type')?.split(';')[0];
		if (described.content && !described.content[type]) return `content type ${type} is not described for ${answer.status}`;
		if (!described.content && answer.body !== '') return `a body is not described for ${answer.status}: ${answer.body.slice(0, 200)}`;
		const schema = described.content?.[type]?.schema;
		if (schema && /json/.test(type)) {
			const valid = this.validator(schema);
			if (!valid(answer.json)) return `${answer.status}: ${this.ajv.errorsText(valid.errors)}: ${answer.body.slice(0, 200)}`;
		}
		if (answer.status >= 400 && !this.reasons.has(answer.json?.reason)) return `reason ${answer.json?.reason} is not one of the list`;
		if (answer.status >= 400 && answer.json.status !== answer.status) return `the problem says status ${answer.json.status}, the answer ${answer.status}`;
		return '';
	}

	// One request; over the rate it waits as it is told.
	async ask(method, path, options = {}) {
		for (;;) {
			const answer = await this.rostrum.http(method, path, options);
			const after = answer.headers.get('retry-after');
			if (answer.status !== 429 || after === null) return answer;
			await sleep(Number(after) * 1000);
		}
	}
}

export async function readDescription(rostrum) {
	const answer = await rostrum.http('GET', '/api/v1/openapi.json');
	const { problems } = (await rostrum.http('GET', '/api/v1/problems')).json;
	return new Described(rostrum, answer.json, new Set(problems.map((problem) => problem.reason)));
}
