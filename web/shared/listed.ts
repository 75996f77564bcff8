import type { Link } from './link';

/** What is told of a meeting to whoever may enter it, before they do: one line of `GET /api/v1/meetings`. */
export interface Listed {
	id: string;
	title: string;
	rehearsal: boolean;
}

/** The meeting a link leads to; null when the server does not say. Joining does not wait for it. */
export async function meetingOf({ token, claims }: Link): Promise<Listed | null> {
	try {
		const answer = await fetch('/api/v1/meetings', { headers: { authorization: `Bearer ${token}` } });
		const { meetings } = (await answer.json()) as { meetings?: Listed[] };
		const wanted = claims === null ? undefined : [claims.meeting].flat()[0];
		return meetings?.find(({ id }) => id === wanted) ?? null;
	} catch {
		return null;
	}
}
