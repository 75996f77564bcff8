#include "recorder/control/account.h"

uint64_t account_sent(struct account *account, struct account_track *track, uint64_t sent)
{
	account->compared = true;
	const uint64_t known = track->received + track->missing;
	if (sent <= known)
		return 0; /* more than it gave cannot come: whoever says so counts otherwise */
	track->missing += sent - known;
	account->missing += sent - known;
	return sent - known;
}

bool account_same(const struct account *a, const struct account *b)
{
	return a->compared == b->compared && a->missing == b->missing && a->breaks == b->breaks;
}
