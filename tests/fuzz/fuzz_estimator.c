/* The estimate of a line under anything a receiver may say and any course of time. Each step is an octet: packets are sent, time
 * passes, reports and REMB come, or so many octets of transport-wide feedback follow. */
#include <stdlib.h>
#include <string.h>

#include "sfu/bwe/estimator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct estimator estimator;

static void check(rs_time now)
{
	if (estimator.bps < ESTIMATOR_LEAST_BPS || estimator.bps > ESTIMATOR_MOST_BPS)
		abort();
	const uint32_t pace = estimator_pace_bps(&estimator, now);
	if (pace != 0 && pace != estimator_bps(&estimator))
		abort();
	if (!(estimator_own_loss(&estimator) >= 0 && estimator_own_loss(&estimator) <= 1))
		abort();
}

/* What is due is sent, and is soon enough. */
static void pad(rs_time now)
{
	unsigned n = 0;

	estimator_tick(&estimator, now);
	for (uint32_t due; (due = estimator_probe_due(&estimator, now)) > 0;) {
		const uint16_t number = estimator_next(&estimator);
		if (estimator_sent(&estimator, due < 300 ? due + 40 : 300, now) != number ||
			++n > 100000)
			abort();
	}
}

static void hear(const uint8_t *data, size_t len, rs_time now)
{
	const struct rtcp_feedback feedback = { .fci_view = data, .fci_len = len };
	struct twcc_feedback twcc;

	if (twcc_parse(&feedback, &twcc) == 0)
		estimator_feedback(&estimator, &twcc, now);
}

static void report(struct rs_reader *reader, rs_time now)
{
	const uint32_t highest = rs_read_u16(reader);
	const int32_t lost = (int16_t)rs_read_u16(reader);
	const uint32_t other = rs_read_u32(reader);

	estimator_report(&estimator, highest, lost, now);
	estimator_rtt(&estimator, other % RS_SEC(10));
	if (other % 2 == 0)
		estimator_remb(&estimator, other, now);
	estimator_want(&estimator, other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rs_reader reader;
	rs_time now = 0;

	rs_reader_init(&reader, data, size);
	estimator_init(&estimator, (rs_read_u8(&reader) & 1) != 0, now);
	while (rs_reader_left(&reader) > 0) {
		const uint8_t step = rs_read_u8(&reader);
		if (step < 64) {
			for (uint8_t i = 0; i < step; i++, now += 500)
				(void)estimator_sent(&estimator, 100 + 20U * step, now);
		} else if (step < 80) {
			estimator_sent_unnumbered(&estimator, step, now);
		} else if (step < 120) {
			now += RS_MS(1) << (step - 80) / 3;
			pad(now);
		} else if (step < 128) {
			report(&reader, now);
		} else if (step == 128) {
			estimator_moved(&estimator, now);
		} else {
			const size_t left = rs_reader_left(&reader);
			const size_t len = step - 128U < left ? step - 128U : left;
			hear(rs_read_view(&reader, len), len, now);
		}
		check(now);
	}
	return 0;
}
