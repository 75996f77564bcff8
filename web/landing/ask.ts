/** What the server says to a link and a PIN. */
export type Answer =
	| { kind: 'token'; token: string; page: string; /** The meeting's rehearsal is under way, the meeting is not. */ rehearsal: string | undefined }
	| { kind: 'wrong' }
	/** The meeting asked for is no longer there, or none of those that the badge is for. */
	| { kind: 'gone' }
	/** Too many wrong ones: not before so many seconds. */
	| { kind: 'wait'; seconds: number }
	| { kind: 'offline' };

/** The digits of a PIN, however they were typed: with spaces, or as Arabic and Persian keyboards write them. */
export function digitsOf(typed: string): string {
	return typed
		.replace(/[\u0660-\u0669]/g, (c) => String(c.charCodeAt(0) - 0x0660))
		.replace(/[\u06f0-\u06f9]/g, (c) => String(c.charCodeAt(0) - 0x06f0))
		.replace(/\D/g, '');
}

/** The link of `#join=LINK`, or null. */
export function joinLinkOf({ hash }: { hash: string }): string | null {
	return /^#join=([A-Za-z0-9]{1,64})$/.exec(hash)?.[1] ?? null;
}

/** `meeting`: the one to be let into; without it the server takes what is under way, else what comes next. */
export async function ask(link: string, typed: string, meeting?: string): Promise<Answer> {
	try {
		const answer = await fetch('/api/v1/join', {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ link, pin: digitsOf(typed), meeting }),
		});
		if (answer.ok) {
			const { token, page, rehearsal } = (await answer.json()) as { token: string; page: string; rehearsal?: string };
			return { kind: 'token', token, page, rehearsal };
		}
		if (answer.status === 429)
			return { kind: 'wait', seconds: Math.max(1, Number(answer.headers.get('retry-after')) || 1) };
		if (answer.status === 404)
			return { kind: 'gone' };
		return answer.status < 500 ? { kind: 'wrong' } : { kind: 'offline' };
	} catch {
		return { kind: 'offline' };
	}
}
