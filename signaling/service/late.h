/* signaling/service/late.h
 *
 * What a meeting room kept while its line was lost, on its way to the recorder: a part is judged, handed on with when its source was
 * open, and answered once the recorder has it. Bounded: LATE_FLIGHTS_MAX parts of LATE_PART_MAX octets under way at a time, one a
 * room; of LATE_ROOMS_MAX rooms a meeting. Part of the service; the same thread and rules.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_LATE_H
#define ROSTRUM_SIGNALING_SERVICE_LATE_H

#include "signaling/service/service.h"

#define LATE_FLIGHTS_MAX 16
/* Of a meeting; those that come after them cannot deliver. */
#define LATE_ROOMS_MAX 64

/* One part, as HTTP has it. Whoever asks is a room, which delivers what is its own. */
struct service_late {
	uint64_t request;
	const struct claims *who;
	const char *meeting;
	const char *outage;
	uint32_t part, parts;   /* this one, from 1, and how many there are */
	int64_t from_us, to_us; /* the outage, by our wall clock */
	int64_t shift_us;       /* our clock - that of the times in it */
	const void *data;       /* records of common/control/late.h, which are not looked at here */
	size_t len;
};

/* 0: SERVICE_ANSWER follows: 200 with where its packets went; 409 (no session is recorded, it was said before it, or it is
 * damaged); 503 (the recorder or its disk cannot take it now). Negative: refused at once (400, 404, 409, 429, 503). */
int service_late_put(struct service *service, const struct service_late *late, struct moment at,
	struct service_refusal *refusal) RS_MUST_USE;

#endif
