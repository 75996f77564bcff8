#include "tools/roombox/outage/deliver.h"

#define FIRST RS_SEC(1)
#define MOST RS_SEC(30)

static rs_time backoff(unsigned failures)
{
	rs_time wait = FIRST;
	for (unsigned i = 1; i < failures && wait < MOST; i++)
		wait *= 2;
	return rs_time_min(wait, MOST);
}

enum deliver_next deliver_judge(
	struct deliver *deliver, long status, size_t len, rs_time sent, rs_time now)
{
	if (status == 200) {
		deliver->failures = 0;
		deliver->at = rs_time_max(
			now, sent + (rs_time)((uint64_t)len * 8 * 1000000 / deliver->bps));
		return DELIVER_DONE;
	}
	deliver->failures++;
	deliver->at = now + backoff(deliver->failures);
	/* A token that is no good today may be tomorrow; a session that is over stays so. */
	return status == 400 || status == 404 || status == 409 || status == 413 ? DELIVER_REFUSED
										: DELIVER_AGAIN;
}
