/* sfu/bwe/feedback.h
 *
 * Tells a publisher when its packets arrived (transport-wide congestion control,
 * draft-holmer-rmcat-transport-wide-cc-extensions-01), so that it can estimate its line. Publishers of
 * audio alone need it too, or browsers fall to their lowest bit rate. An embedded value; it allocates
 * nothing.
 */
#ifndef ROSTRUM_SFU_BWE_FEEDBACK_H
#define ROSTRUM_SFU_BWE_FEEDBACK_H

#include "common/base/bytes.h"
#include "common/base/mem.h"
#include "common/base/time.h"

/* A report is due this long after the first packet it covers, or when it covers this many. */
#define FEEDBACK_INTERVAL RS_MS(100)
#define FEEDBACK_PACKETS 50
/* Arrivals remembered; a power of two. */
#define FEEDBACK_WINDOW 512

struct feedback {
	bool started;
	int64_t next;                      /* first transport-wide number not reported yet */
	int64_t highest;                   /* highest arrived */
	unsigned pending;                  /* arrived and not reported */
	rs_time due;                       /* RS_TIME_NEVER while nothing is pending */
	uint8_t count;                     /* of reports, wraps */
	rs_time arrivals[FEEDBACK_WINDOW]; /* by number; RS_TIME_NEVER = not arrived */
};

void feedback_init(struct feedback *feedback);
/* A packet with transport-wide number `seq` arrived. Repeats count once; far too late ones not at all. */
void feedback_add(struct feedback *feedback, uint16_t seq, rs_time now);
/* RS_TIME_NEVER when nothing is pending; in the past when enough is. */
rs_time feedback_deadline(const struct feedback *feedback);
/* If a report is due: 1 and the RTCP packet appended. 0 = not due. -ENOSPC when it does not fit (and is lost). Call
 * again until 0. `media_ssrc` is any SSRC of the publisher, never 0. */
int feedback_poll(struct feedback *feedback, uint32_t sender_ssrc, uint32_t media_ssrc, rs_time now,
	struct rs_writer *writer) RS_MUST_USE;

#endif
