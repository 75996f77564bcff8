/* signaling/service/state/outages.h
 *
 * The last outages of a meeting's rooms, as people are told them: while the line is lost, both edges, and what became of what was
 * kept meanwhile. Plain value of LATE_OUTAGES_MAX lines, of which the oldest makes way; one thread; allocates nothing.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_STATE_OUTAGES_H
#define ROSTRUM_SIGNALING_SERVICE_STATE_OUTAGES_H

#include "common/base/time.h"
#include "signaling/technician/troubles.h"
#include "signaling/wire/node/late.h"

struct outages {
	struct late_outage list[LATE_OUTAGES_MAX]; /* the oldest first */
	size_t n;
};

/* What became of a part. */
struct outages_part {
	const char *source, *outage; /* names */
	const char *session;         /* that is recorded; "" = none is */
	const char *reason;          /* of a refusal; else "" */
	uint32_t number, of;
	int64_t from_ms, to_ms; /* of the outage, wall clock */
	enum late_state state;
	int64_t wall_ms; /* now */
};

/* The line of `source` was lost, or is there again. False: that was known. */
bool outages_line(struct outages *outages, const char *source, bool lost, int64_t wall_ms);
/* The edges are the box's own from its first part on. */
void outages_part(struct outages *outages, const struct outages_part *part);
/* Forget outages in which nothing was kept: a minute after the line was back. True when one was. */
bool outages_tick(struct outages *outages, int64_t wall_ms);
/* Until outages_tick() matters; RS_TIME_NEVER / 2 if it does not. */
rs_time outages_wait(const struct outages *outages, int64_t wall_ms);
/* A warning as long as something of `source` may be on its way; critical once it was refused in this session. */
enum severity outages_severity(
	const struct outages *outages, const char *source, const char *session);

#endif
