import { whole, type Recording } from './recording';

/** The archive's part of the REST API, with the token of whoever looks. */

export interface Hit {
	kind: 'title' | 'item' | 'decision' | 'speech' | 'caption';
	at_ms: number;
	text: string;
	language?: string;
}

export interface Found {
	session: string;
	title: string;
	symbol?: string;
	class: Recording['class'];
	started_ms: number;
	duration_ms: number;
	languages: string[];
	hits?: Hit[];
}

export interface Opened {
	recording: Recording;
	/** Opens the recording's files, for some hours. */
	ticket: string;
}

export type Trouble = 'off' | 'unproven' | 'too-long' | 'gone' | 'away' | 'busy' | 'too-much' | 'token';
export type Answer<T> = { ok: true; value: T } | { ok: false; trouble: Trouble };

const BASE = '/api/v1/archive';
const TROUBLES: Record<string, Trouble> = { 'no-archive': 'off', 'no-such-recording': 'gone', 'too-many': 'busy', 'too-much': 'too-much' };

async function ask<T>(path: string, token: string): Promise<Answer<T>> {
	try {
		const answer = await fetch(BASE + path, { headers: { authorization: `Bearer ${token}` } });
		if (answer.ok)
			return { ok: true, value: (await answer.json()) as T };
		if (answer.status === 401)
			return { ok: false, trouble: 'token' };
		const { reason } = (await answer.json()) as { reason?: string };
		return { ok: false, trouble: TROUBLES[reason ?? ''] ?? 'away' };
	} catch {
		return { ok: false, trouble: 'away' };
	}
}

export function search(said: URLSearchParams, token: string): Promise<Answer<{ meetings: Found[]; total: number }>> {
	// A plus sign for a space is the habit of forms; the API has percent signs alone.
	return ask(`?${said.toString().replaceAll('+', '%20')}`, token);
}

export async function open(session: string, token: string): Promise<Answer<Opened>> {
	const answer = await ask<{ recording: Parameters<typeof whole>[0]; ticket: string }>(`/${encodeURIComponent(session)}`, token);
	return answer.ok ? { ok: true, value: { ...answer.value, recording: whole(answer.value.recording) } } : answer;
}

/** One speech with what shows that it is what was recorded; with the floor, or with a channel. */
export function proofAddress(session: string, speech: number, channel: string, ticket: string): string {
	const said = new URLSearchParams({ ticket, ...(channel !== 'floor' && { language: channel }) });
	return `${BASE}/${encodeURIComponent(session)}/speech/${speech}/proof?${said}`;
}

/** Whether an address has what it should; what it has is made for that. */
export async function isThere(address: string): Promise<Trouble | null> {
	try {
		const { ok, status } = await fetch(address, { method: 'HEAD' });
		return ok ? null : status === 401 ? 'token' : status === 404 ? 'unproven' : status === 409 ? 'too-long' : status === 429 ? 'busy' : 'away';
	} catch {
		return 'away';
	}
}

export function fileAddress(session: string, kind: 'programme' | 'captions', language: string, ticket: string, how: { save?: boolean; late?: boolean } = {}): string {
	const said = new URLSearchParams({ ticket, ...(how.save && { save: 'true' }), ...(how.late && { late: 'true' }) });
	return `${BASE}/${encodeURIComponent(session)}/${kind}/${encodeURIComponent(language)}?${said}`;
}
