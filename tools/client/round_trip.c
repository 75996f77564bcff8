#include "tools/client/round_trip.h"

#include "common/rtp/ntp.h"

/* What a unit of 1/65536 s may be wrong by at either end. */
#define READING 32
/* Of the smoothed one, an eighth is new. */
#define SMOOTHING 8

void rtc_round_trip_sent(struct rtc_round_trip *trip, uint64_t ntp, rs_time now)
{
	trip->sent[trip->next].middle = ntp_middle(ntp);
	trip->sent[trip->next].at = now;
	trip->next = (trip->next + 1) % RTC_ROUND_TRIP_REPORTS;
}

rs_time rtc_round_trip_heard(
	struct rtc_round_trip *trip, const struct rtcp_report *report, rs_time now)
{
	size_t i = 0;
	if (report->last_sr == 0)
		return -1;
	while (i < RTC_ROUND_TRIP_REPORTS && trip->sent[i].middle != report->last_sr)
		i++;
	if (i == RTC_ROUND_TRIP_REPORTS)
		return -1;
	const rs_time took = now - trip->sent[i].at - ntp_middle_to_us(report->since_sr);
	if (took < -READING)
		return -1;
	const rs_time sample = rs_time_max(took, 0);
	trip->smooth = trip->known ? (trip->smooth * (SMOOTHING - 1) + sample) / SMOOTHING : sample;
	trip->known = true;
	return sample;
}
