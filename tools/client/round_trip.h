/* tools/client/round_trip.h
 *
 * How long a sender report and what the other end answers to it are under way (RFC 3550 section 6.4.1). Counted from when the report left
 * by our monotonic clock: the NTP timestamp only says which report is meant, so that a wall clock that is set meanwhile changes nothing. An
 * embedded value, zeroed at birth; it allocates nothing.
 */
#ifndef ROSTRUM_TOOLS_CLIENT_ROUND_TRIP_H
#define ROSTRUM_TOOLS_CLIENT_ROUND_TRIP_H

#include "common/base/time.h"
#include "common/rtp/rtcp.h"

/* Reports remembered, one a second: an answer to an older one is late. */
#define RTC_ROUND_TRIP_REPORTS 16

struct rtc_round_trip {
	struct {
		uint32_t middle; /* of its NTP timestamp; 0 = no report */
		rs_time at;
	} sent[RTC_ROUND_TRIP_REPORTS];
	size_t next;
	bool known;
	rs_time smooth; /* us, as the media server evens it out */
};

/* A report with this NTP timestamp leaves. */
void rtc_round_trip_sent(struct rtc_round_trip *trip, uint64_t ntp, rs_time now);
/* A report block came: what it says the way took, us; -1 = nothing, or what cannot be. */
rs_time rtc_round_trip_heard(
	struct rtc_round_trip *trip, const struct rtcp_report *report, rs_time now);

#endif
