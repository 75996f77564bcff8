#include "tools/client/receiver.h"

#include "common/rtp/ntp.h"
#include "common/rtp/seq.h"

#include <string.h>

void rtc_receiver_init(struct rtc_receiver *receiver, uint32_t hz)
{
	*receiver = (struct rtc_receiver){ .hz = hz };
}

static bool seen_take(struct rtc_receiver *receiver, int64_t number)
{
	const uint64_t at = (uint64_t)number % RTC_RECEIVER_WINDOW;
	const uint64_t bit = UINT64_C(1) << (at % 64);
	const bool was = (receiver->seen[at / 64] & bit) != 0;
	receiver->seen[at / 64] |= bit;
	return was;
}

static void seen_clear(struct rtc_receiver *receiver, int64_t number)
{
	const uint64_t at = (uint64_t)number % RTC_RECEIVER_WINDOW;
	receiver->seen[at / 64] &= ~(UINT64_C(1) << (at % 64));
}

static void begin(struct rtc_receiver *receiver, uint32_t ssrc, uint16_t seq)
{
	receiver->counts.restarts += receiver->started;
	receiver->started = true;
	receiver->ssrc = ssrc;
	/* Far from 0, so that what comes before the first does not go below. */
	receiver->highest = 0x10000 + seq - 1;
	receiver->transit = 0;
	receiver->last_sr = 0;
	memset(receiver->seen, 0xFF, sizeof(receiver->seen)); /* before the first: not ours */
}

/* RFC 3550 appendix A.8. */
static void jitter_add(struct rtc_receiver *receiver, uint32_t rtp_ts, rs_time at)
{
	const int64_t transit = rtp_ticks_from_us(at, receiver->hz) - rtp_ts;
	const int64_t moved = (int32_t)(uint32_t)(transit - receiver->transit);
	if (receiver->transit != 0)
		receiver->jitter += (moved < 0 ? -moved : moved) - ((receiver->jitter + 8) >> 4);
	receiver->transit = transit;
}

enum rtc_arrival rtc_receiver_add(struct rtc_receiver *receiver, uint32_t ssrc, uint16_t seq,
	uint32_t rtp_ts, size_t len, rs_time at)
{
	struct rtc_receiver_counts *counts = &receiver->counts;
	if (!receiver->started || receiver->ssrc != ssrc)
		begin(receiver, ssrc, seq);
	const int64_t number = rtp_seq_unwrap(receiver->highest, seq);
	const int64_t ahead = number - receiver->highest;
	enum rtc_arrival arrival = RTC_ARRIVAL_NEXT;
	if (ahead > 0) {
		for (int64_t i = ahead > RTC_RECEIVER_WINDOW ? number - RTC_RECEIVER_WINDOW
							     : receiver->highest;
			i++ < number;)
			seen_clear(receiver, i);
		receiver->highest = number;
		counts->expected += (uint64_t)ahead;
		(void)seen_take(receiver, number); /* it was cleared just now */
	} else if (ahead <= -RTC_RECEIVER_WINDOW || seen_take(receiver, number)) {
		counts->repeats++;
		return RTC_ARRIVAL_REPEAT;
	} else {
		counts->late++;
		arrival = RTC_ARRIVAL_LATE;
	}
	counts->packets++;
	counts->octets += len;
	jitter_add(receiver, rtp_ts, at);
	return arrival;
}

void rtc_receiver_sr(struct rtc_receiver *receiver, uint32_t ntp_middle, rs_time at)
{
	receiver->last_sr = ntp_middle;
	receiver->last_sr_at = at;
}

uint64_t rtc_receiver_lost(const struct rtc_receiver *receiver)
{
	return receiver->counts.expected - receiver->counts.packets;
}

bool rtc_receiver_report(struct rtc_receiver *receiver, rs_time now, struct rtcp_report *out_report)
{
	if (!receiver->started)
		return false;
	const struct rtc_receiver_counts *counts = &receiver->counts;
	const uint64_t expected = counts->expected - receiver->reported_expected;
	const uint64_t packets = counts->packets - receiver->reported_packets;
	const uint64_t lost = rtc_receiver_lost(receiver);
	receiver->reported_expected = counts->expected;
	receiver->reported_packets = counts->packets;
	*out_report = (struct rtcp_report){
		.ssrc = receiver->ssrc,
		.lost = (int32_t)(lost < 0x7FFFFF ? lost : 0x7FFFFF),
		.highest_seq = (uint32_t)(receiver->highest - 0x10000),
		.jitter = (uint32_t)(receiver->jitter >> 4),
		.last_sr = receiver->last_sr,
	};
	if (expected > packets)
		out_report->fraction_lost = (uint8_t)((expected - packets) * 256 / (expected + 1));
	if (receiver->last_sr != 0)
		out_report->since_sr = ntp_middle_from_us(now - receiver->last_sr_at);
	return true;
}
