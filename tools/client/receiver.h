/* tools/client/receiver.h
 *
 * What one incoming RTP stream did on its way: packets counted by sequence number, loss, repeats,
 * order, jitter, and the report block that tells the sender (RFC 3550 section 6.4.1, appendix A.3
 * and A.8). An embedded value, zeroed at birth; it allocates nothing and looks at headers only.
 */
#ifndef ROSTRUM_TOOLS_CLIENT_RECEIVER_H
#define ROSTRUM_TOOLS_CLIENT_RECEIVER_H

#include "common/base/time.h"
#include "common/rtp/rtcp.h"

/* Packets later than this many numbers behind the highest are counted as repeats. */
#define RTC_RECEIVER_WINDOW 1024

enum rtc_arrival {
	RTC_ARRIVAL_NEXT,   /* ahead of all before */
	RTC_ARRIVAL_LATE,   /* the first of its number, behind the highest */
	RTC_ARRIVAL_REPEAT, /* seen before, or too old to tell */
};

/* Zeroed counters; all only grow. */
struct rtc_receiver_counts {
	uint64_t packets; /* distinct numbers */
	uint64_t octets;  /* of datagrams with distinct numbers */
	uint64_t late;
	uint64_t repeats;
	uint64_t restarts; /* another SSRC came: numbering begins anew */
	uint64_t expected; /* from the first number to the highest, over all SSRCs */
};

struct rtc_receiver {
	bool started;
	uint32_t ssrc;
	uint32_t hz;
	int64_t highest; /* unwrapped */
	struct rtc_receiver_counts counts;
	uint64_t seen[RTC_RECEIVER_WINDOW / 64]; /* by number */
	uint64_t reported_expected;              /* at the last report */
	uint64_t reported_packets;
	int64_t transit; /* of the packet before, ticks */
	int64_t jitter;  /* sixteenths of a tick */
	uint32_t last_sr;
	rs_time last_sr_at;
};

void rtc_receiver_init(struct rtc_receiver *receiver, uint32_t hz);
/* A packet of `len` octets came at `at`. */
enum rtc_arrival rtc_receiver_add(struct rtc_receiver *receiver, uint32_t ssrc, uint16_t seq,
	uint32_t rtp_ts, size_t len, rs_time at);
/* A sender report of this stream came; `ntp_middle` as in ntp_middle(). */
void rtc_receiver_sr(struct rtc_receiver *receiver, uint32_t ntp_middle, rs_time at);
/* The next report block; false while nothing came. Begins a new interval for the fraction lost. */
bool rtc_receiver_report(
	struct rtc_receiver *receiver, rs_time now, struct rtcp_report *out_report);
/* Numbers that never came, so far. */
uint64_t rtc_receiver_lost(const struct rtc_receiver *receiver);

#endif
