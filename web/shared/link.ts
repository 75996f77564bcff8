import type { Role } from './view';

/** A join link carries its token behind `#`, where servers and logs do not see it. */

export interface Claims {
	sub: string;
	meeting: string;
	role: Role;
	name?: string;
	delegation?: string;
	languages?: string[];
	/** Seconds since 1970. */
	exp?: number;
}

export interface Link {
	/** Empty: the page was opened without a link. */
	token: string;
	/** What the token says, unverified and for show; null if it is no token at all. */
	claims: Claims | null;
}

export function readLink({ hash }: { hash: string }): Link {
	const text = hash.replace(/^#/, '');
	const token = new URLSearchParams(text).get('token') ?? text;
	return { token, claims: readClaims(token) };
}

/** The claims of a JWT (RFC 7519), not verified: the server does that. */
function readClaims(token: string): Claims | null {
	const part = /^[\w-]+\.([\w-]+)\.[\w-]+$/.exec(token)?.[1];
	if (part === undefined)
		return null;
	try {
		const bytes = Uint8Array.from(atob(part.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
		const claims = JSON.parse(new TextDecoder().decode(bytes)) as Partial<Claims>;
		return typeof claims.sub === 'string' && typeof claims.role === 'string' ? (claims as Claims) : null;
	} catch {
		return null;
	}
}

/** Whether somebody of this role ever speaks: others need no microphone and are not asked for one. */
export function speaks(role: Role | undefined): boolean {
	return role === 'delegate' || role === 'chair' || role === 'interpreter' || role === 'room';
}

/** Who may take part in the meeting room with a page that sends nothing: whose voice is the room's. */
export function mayBeInRoom(role: Role | undefined): boolean {
	return role === 'delegate' || role === 'chair';
}

/** `?companion` or `&companion` after the token: the link of somebody in the meeting room. */
export function isCompanionLink({ search, hash }: { search: string; hash: string }): boolean {
	return new URLSearchParams(search).has('companion') || new URLSearchParams(hash.replace(/^#/, '')).has('companion');
}

/** Which page serves a role. */
export function pageOf(role: Role): 'delegate' | 'podium' | 'interpreter' | 'captioner' | 'technician' {
	if (role === 'chair' || role === 'secretariat' || role === 'admin')
		return 'podium';
	return role === 'interpreter' || role === 'captioner' || role === 'technician' ? role : 'delegate';
}
