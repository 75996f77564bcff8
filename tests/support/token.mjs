// Join tokens as the secretariat issues them, and bent ones that must not be taken.
import { createHmac } from 'node:crypto';

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

export const payloadOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));

// Sign claims with HS256.
export function mint(key, claims, header = { alg: 'HS256', typ: 'JWT' }) {
	const body = `${encode(header)}.${encode(claims)}`;
	return `${body}.${createHmac('sha256', key).update(body).digest('base64url')}`;
}
