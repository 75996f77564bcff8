/* RTCP compounds: every item within its bytes; transport feedback writes and reads back. */
#include <stdlib.h>

#include "common/rtp/rtcp.h"
#include "common/rtp/twcc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void feedback_parses(const struct rtcp_item *item)
{
	struct rtcp_feedback feedback;
	struct twcc_feedback twcc, again;
	uint16_t pid, blp;
	uint32_t ssrc, bps;
	uint8_t seq;
	uint8_t out[2048];
	struct rs_writer writer;
	struct rtcp_item written;
	size_t cursor = 0;

	if (rtcp_feedback_parse(item, &feedback) < 0)
		return;
	for (size_t i = 0; rtcp_nack_parse(&feedback, i, &pid, &blp) == 0; i++)
		;
	for (size_t i = 0; rtcp_fir_parse(&feedback, i, &ssrc, &seq) == 0; i++)
		;
	if (rtcp_remb_parse(&feedback, &bps) == 0 && feedback.fci_len < 8)
		abort();
	if (twcc_parse(&feedback, &twcc) < 0 || twcc.n_packets == 0)
		return;
	rs_writer_init(&writer, out, sizeof(out));
	twcc_write(&writer, &twcc);
	if (writer.failed || rtcp_next(out, writer.len, &cursor, &written) != 1 ||
		rtcp_feedback_parse(&written, &feedback) < 0 || twcc_parse(&feedback, &again) < 0 ||
		again.n_packets != twcc.n_packets)
		abort();
	for (size_t i = 0; i < twcc.n_packets; i++)
		if (again.arrivals[i].received != twcc.arrivals[i].received ||
			again.arrivals[i].delta != twcc.arrivals[i].delta)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rtcp_item item;
	size_t cursor = 0;

	while (rtcp_next(data, size, &cursor, &item) == 1) {
		struct rtcp_sr sr;
		struct rtcp_report report;
		uint32_t ssrc;

		if (item.body_view < data || item.body_view + item.body_len > data + size ||
			cursor > size)
			abort();
		if (rtcp_sr_parse(&item, &sr) == 0 && item.type != RTCP_SR)
			abort();
		for (size_t i = 0; rtcp_report_parse(&item, i, &report) == 0; i++)
			;
		for (size_t i = 0; rtcp_bye_parse(&item, i, &ssrc) == 0; i++)
			;
		feedback_parses(&item);
	}
	return 0;
}
