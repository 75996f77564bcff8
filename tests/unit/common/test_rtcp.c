/* RTCP, against hand-made compounds with one field a line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "common/rtp/rtcp.h"
#include "common/rtp/twcc.h"

static const uint8_t compound[] = {
	0x81,
	200,
	0x00,
	0x0c, /* SR with one block, 12 words follow */
	0x00,
	0x00,
	0x00,
	0x2a, /* SSRC 42 */
	0xe9,
	0x00,
	0x00,
	0x00, /* NTP, seconds */
	0x80,
	0x00,
	0x00,
	0x00, /* NTP, half a second */
	0x00,
	0x01,
	0x5f,
	0x90, /* RTP 90000 */
	0x00,
	0x00,
	0x00,
	0x05, /* packets */
	0x00,
	0x00,
	0x03,
	0xe8, /* octets */
	0x00,
	0x00,
	0x00,
	0x07, /* block: SSRC 7 */
	0x40, /* a quarter lost */
	0xff,
	0xff,
	0xfe, /* -2 lost in all */
	0x00,
	0x01,
	0x00,
	0x05, /* highest 5 in cycle 1 */
	0x00,
	0x00,
	0x00,
	0x10, /* jitter */
	0x12,
	0x34,
	0x56,
	0x78, /* LSR */
	0x00,
	0x01,
	0x00,
	0x00, /* DLSR 1 s */
	0x81,
	202,
	0x00,
	0x02, /* SDES */
	0x00,
	0x00,
	0x00,
	0x2a, /* SSRC */
	0x01,
	0x01,
	's',
	0x00, /* CNAME "s" */
	0x82,
	203,
	0x00,
	0x02, /* BYE of two */
	0x00,
	0x00,
	0x00,
	0x2a,
	0x00,
	0x00,
	0x00,
	0x2b,
};

static struct rtcp_item item_at(const uint8_t *data, size_t len, size_t index)
{
	struct rtcp_item item = { 0 };
	size_t cursor = 0;

	for (size_t i = 0; i <= index; i++)
		assert_int_equal(rtcp_next(data, len, &cursor, &item), 1);
	return item;
}

static void a_compound_is_read_field_by_field(void **state)
{
	struct rtcp_item item = item_at(compound, sizeof(compound), 0);
	struct rtcp_sr sr;
	struct rtcp_report report;
	uint32_t ssrc;

	assert_int_equal(rtcp_sr_parse(&item, &sr), 0);
	assert_int_equal(sr.ssrc, 42);
	assert_true(sr.ntp == 0xe900000080000000);
	assert_int_equal(sr.rtp_ts, 90000);
	assert_int_equal(sr.packets, 5);
	assert_int_equal(sr.octets, 1000);
	assert_int_equal(rtcp_report_parse(&item, 0, &report), 0);
	assert_int_equal(report.ssrc, 7);
	assert_int_equal(report.fraction_lost, 64);
	assert_int_equal(report.lost, -2);
	assert_int_equal(report.highest_seq, 65541);
	assert_int_equal(report.jitter, 16);
	assert_int_equal(report.last_sr, 0x12345678);
	assert_int_equal(report.since_sr, 65536);
	assert_int_equal(rtcp_report_parse(&item, 1, &report), -ENOENT);

	item = item_at(compound, sizeof(compound), 1);
	assert_int_equal(item.type, RTCP_SDES);
	assert_int_equal(rtcp_sr_parse(&item, &sr), -EBADMSG);
	assert_int_equal(rtcp_report_parse(&item, 0, &report), -EBADMSG);

	item = item_at(compound, sizeof(compound), 2);
	assert_int_equal(rtcp_bye_parse(&item, 1, &ssrc), 0);
	assert_int_equal(ssrc, 43);
	assert_int_equal(rtcp_bye_parse(&item, 2, &ssrc), -ENOENT);
}

static void each_cut_of_a_compound_is_malformed_or_ends_between_packets(void **state)
{
	for (size_t len = 0; len < sizeof(compound); len++) {
		struct rtcp_item item;
		size_t cursor = 0;
		int got;

		while ((got = rtcp_next(compound, len, &cursor, &item)) == 1)
			;
		assert_int_equal(got, len == 0 || len == 52 || len == 64 ? 0 : -EBADMSG);
	}
}

static void counts_that_claim_more_than_there_is_are_malformed(void **state)
{
	static const uint8_t rr[] = { 0x81, 201, 0x00, 0x01, 0, 0, 0, 1 };
	static const uint8_t bye[] = { 0x81, 203, 0x00, 0x00 };
	static const uint8_t padded[] = { 0xa0, 203, 0x00, 0x01, 0, 0, 0, 5 };
	struct rtcp_item item = item_at(rr, sizeof(rr), 0);
	struct rtcp_report report;
	uint32_t ssrc;
	size_t cursor = 0;

	assert_int_equal(rtcp_report_parse(&item, 0, &report), -EBADMSG);
	item = item_at(bye, sizeof(bye), 0);
	assert_int_equal(rtcp_bye_parse(&item, 0, &ssrc), -EBADMSG);
	assert_int_equal(rtcp_next(padded, sizeof(padded), &cursor, &item), -EBADMSG);
}

static void reports_write_as_they_were_read(void **state)
{
	const struct rtcp_item item = item_at(compound, sizeof(compound), 0);
	struct rtcp_sr sr;
	struct rtcp_report report;
	uint8_t data[sizeof(compound)];
	struct rs_writer writer;

	assert_int_equal(rtcp_sr_parse(&item, &sr), 0);
	assert_int_equal(rtcp_report_parse(&item, 0, &report), 0);
	rs_writer_init(&writer, data, sizeof(data));
	rtcp_write_sr(&writer, &sr, &report, 1);
	rtcp_write_cname(&writer, 42, "s");
	assert_false(writer.failed);
	assert_int_equal(writer.len, 64);
	assert_memory_equal(data, compound, 64);

	rs_writer_init(&writer, data, sizeof(data));
	rtcp_write_rr(&writer, 9, &report, 1);
	const struct rtcp_item rr = item_at(data, writer.len, 0);
	struct rtcp_report again;
	assert_int_equal(rtcp_report_parse(&rr, 0, &again), 0);
	assert_int_equal(again.ssrc, report.ssrc);
	assert_int_equal(again.lost, report.lost);
	assert_int_equal(again.since_sr, report.since_sr);
}

static void a_cname_always_ends_in_a_zero(void **state)
{
	static const char *const names[] = { "", "a", "ab", "abc", "abcd", "abcde" };

	for (size_t i = 0; i < RS_ARRAY_LEN(names); i++) {
		uint8_t data[32];
		struct rs_writer writer;

		rs_writer_init(&writer, data, sizeof(data));
		rtcp_write_cname(&writer, 1, names[i]);
		const struct rtcp_item item = item_at(data, writer.len, 0);
		assert_int_equal(item.body_view[item.body_len - 1], 0);
		assert_int_equal(item.body_view[5], strlen(names[i]));
	}
}

static void lost_packets_fold_into_masks(void **state)
{
	static const uint16_t seqs[] = { 65534, 65535, 14, 15, 100 };
	static const uint8_t expected[] = {
		0x81, 205, 0x00, 0x05,  /* NACK */
		0x00, 0x00, 0x00, 0x01, /* sender */
		0x00, 0x00, 0x00, 0x02, /* media */
		0xff, 0xfe, 0x80, 0x01, /* 65534, then +1 and +16 */
		0x00, 0x0f, 0x00, 0x00, /* 15 is +17 */
		0x00, 0x64, 0x00, 0x00, /* 100 */
	};
	uint8_t data[64];
	struct rs_writer writer;
	struct rtcp_feedback feedback;
	uint16_t pid, blp;

	rs_writer_init(&writer, data, sizeof(data));
	rtcp_write_nack(&writer, 1, 2, seqs, RS_ARRAY_LEN(seqs));
	assert_int_equal(writer.len, sizeof(expected));
	assert_memory_equal(data, expected, sizeof(expected));
	const struct rtcp_item item = item_at(data, writer.len, 0);
	assert_int_equal(rtcp_feedback_parse(&item, &feedback), 0);
	assert_int_equal(feedback.media_ssrc, 2);
	assert_int_equal(rtcp_nack_parse(&feedback, 0, &pid, &blp), 0);
	assert_int_equal(pid, 65534);
	assert_int_equal(blp, 0x8001);
	assert_int_equal(rtcp_nack_parse(&feedback, 3, &pid, &blp), -ENOENT);
}

static void key_frame_requests_of_both_kinds_are_read(void **state)
{
	static const uint8_t pli[] = { 0x81, 206, 0x00, 0x02, 0, 0, 0, 1, 0, 0, 0, 2 };
	static const uint8_t fir[] = { 0x84, 206, 0x00, 0x04, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9, 5,
		0, 0, 0 };
	uint8_t data[16];
	struct rs_writer writer;
	struct rtcp_feedback feedback;
	uint32_t ssrc;
	uint8_t seq;

	rs_writer_init(&writer, data, sizeof(data));
	rtcp_write_pli(&writer, 1, 2);
	assert_int_equal(writer.len, sizeof(pli));
	assert_memory_equal(data, pli, sizeof(pli));
	const struct rtcp_item item = item_at(fir, sizeof(fir), 0);
	assert_int_equal(item.count, RTCP_FMT_FIR);
	assert_int_equal(rtcp_feedback_parse(&item, &feedback), 0);
	assert_int_equal(rtcp_fir_parse(&feedback, 0, &ssrc, &seq), 0);
	assert_int_equal(ssrc, 9);
	assert_int_equal(seq, 5);
	assert_int_equal(rtcp_fir_parse(&feedback, 1, &ssrc, &seq), -ENOENT);

	uint8_t written[sizeof(fir)];
	rs_writer_init(&writer, written, sizeof(written));
	rtcp_write_fir(&writer, 1, 9, 5);
	assert_false(writer.failed);
	assert_int_equal(writer.len, sizeof(fir));
	assert_memory_equal(written, fir, sizeof(fir));
}

static const uint8_t twcc[] = {
	0x8f, 205, 0x00, 0x07,  /* FMT 15 */
	0x00, 0x00, 0x00, 0x01, /* sender */
	0x00, 0x00, 0x00, 0x02, /* media */
	0xff, 0xfe,             /* base 65534 */
	0x00, 0x10,             /* 16 packets */
	0xff, 0xff, 0xfe,       /* reference time -2 */
	0x07,                   /* feedback 7 */
	0xd2, 0x00,             /* vector: small lost large lost lost lost lost */
	0x00, 0x07,             /* 7 lost */
	0x20, 0x02,             /* 2 small */
	0x04,                   /* 1 ms */
	0xff, 0xfc,             /* -1 ms */
	0x00, 0xff,             /* 0 and 63.75 ms */
	0x00,                   /* to the word */
};

static void transport_feedback_is_read_and_written(void **state)
{
	const struct rtcp_item item = item_at(twcc, sizeof(twcc), 0);
	struct rtcp_feedback feedback;
	struct twcc_feedback parsed;
	uint8_t data[64];
	struct rs_writer writer;

	assert_int_equal(rtcp_feedback_parse(&item, &feedback), 0);
	assert_int_equal(twcc_parse(&feedback, &parsed), 0);
	assert_int_equal(parsed.base_seq, 65534);
	assert_int_equal(parsed.n_packets, 16);
	assert_int_equal(parsed.reference, 0xfffffe);
	assert_int_equal(parsed.feedback_count, 7);
	assert_true(parsed.arrivals[0].received && parsed.arrivals[0].delta == 4);
	assert_false(parsed.arrivals[1].received);
	assert_true(parsed.arrivals[2].received && parsed.arrivals[2].delta == -4);
	assert_true(parsed.arrivals[15].received && parsed.arrivals[15].delta == 255);
	rs_writer_init(&writer, data, sizeof(data));
	twcc_write(&writer, &parsed);
	assert_false(writer.failed);
	assert_int_equal(writer.len, sizeof(twcc));
	assert_memory_equal(data, twcc, sizeof(twcc));
}

static void transport_feedback_cut_or_odd_is_malformed(void **state)
{
	static const uint8_t reserved[] = { 0, 1, 0, 1, 0, 0, 0, 0, 0x60, 0x01 };
	static const uint8_t empty_run[] = { 0, 1, 0, 1, 0, 0, 0, 0, 0x20, 0x00 };
	static const uint8_t one_bit[] = { 0, 1, 0, 14, 0, 0, 0, 0, 0xa0, 0x01, 1, 2 };
	const struct rtcp_item item = item_at(twcc, sizeof(twcc), 0);
	struct rtcp_feedback feedback;
	struct twcc_feedback parsed;

	assert_int_equal(rtcp_feedback_parse(&item, &feedback), 0);
	for (feedback.fci_len = 0; feedback.fci_len < sizeof(twcc) - 12 - 1; feedback.fci_len++)
		assert_int_equal(twcc_parse(&feedback, &parsed), -EBADMSG);
	feedback = (struct rtcp_feedback){ .fci_view = reserved, .fci_len = sizeof(reserved) };
	assert_int_equal(twcc_parse(&feedback, &parsed), -EBADMSG);
	feedback = (struct rtcp_feedback){ .fci_view = empty_run, .fci_len = sizeof(empty_run) };
	assert_int_equal(twcc_parse(&feedback, &parsed), -EBADMSG);
	feedback = (struct rtcp_feedback){ .fci_view = one_bit, .fci_len = sizeof(one_bit) };
	assert_int_equal(twcc_parse(&feedback, &parsed), 0);
	assert_true(parsed.arrivals[0].received && parsed.arrivals[0].delta == 1);
	assert_true(parsed.arrivals[13].received && parsed.arrivals[13].delta == 2);
}

/* The draft's examples of a run (section 3.1.3) and of a vector of one-bit symbols (section 3.1.4), a vector of
 * two-bit symbols and a run to end with. */
static void the_chunks_of_the_draft_say_what_it_says_of_them(void **state)
{
	uint8_t fci[16 + 21] = {
		0x00, 0x00, 0x00, 0xfb, /* base 0; 251 packets: 221 + 14 + 7 + 9 */
		0x00, 0x00, 0x01, 0x00, /* 64 ms; feedback 0 */
		0x00, 0xdd, 0x9f, 0x1c, /* a run of 221 lost; 14 symbols of one bit */
		0xc4, 0x54, 0x20, 0x09, /* 7 symbols of two bits; a run of 9 received */
	};
	static const char vectors[] = "01111100011100"
				      "0101110"
				      "111111111";
	const struct rtcp_feedback feedback = { .fci_view = fci, .fci_len = sizeof(fci) };
	struct twcc_feedback parsed;

	memset(fci + 16, 4, 21); /* 21 arrived, 1 ms apart */
	assert_int_equal(twcc_parse(&feedback, &parsed), 0);
	assert_int_equal(parsed.n_packets, 251);
	for (size_t i = 0; i < 221; i++)
		assert_false(parsed.arrivals[i].received);
	for (size_t i = 0; i < sizeof(vectors) - 1; i++) {
		assert_int_equal(parsed.arrivals[221 + i].received, vectors[i] == '1');
		assert_int_equal(parsed.arrivals[221 + i].delta, vectors[i] == '1' ? 4 : 0);
	}
}

static void of_a_feedback_on_very_many_packets_the_first_are_taken(void **state)
{
	uint8_t fci[8 + 2 + TWCC_PACKETS_MAX + 1];
	struct rs_writer writer;
	struct twcc_feedback parsed;

	rs_writer_init(&writer, fci, sizeof(fci));
	rs_write_u16(&writer, 65000);
	rs_write_u16(&writer, TWCC_PACKETS_MAX + 1);
	rs_write_u32(&writer, 0);
	rs_write_u16(&writer, 0x2000 | (TWCC_PACKETS_MAX + 1));
	rs_write_zero(&writer, TWCC_PACKETS_MAX + 1);
	assert_false(writer.failed);
	const struct rtcp_feedback feedback = { .fci_view = fci, .fci_len = writer.len };
	assert_int_equal(twcc_parse(&feedback, &parsed), 0);
	assert_int_equal(parsed.n_packets, TWCC_PACKETS_MAX);
	assert_true(parsed.arrivals[TWCC_PACKETS_MAX - 1].received);
}

static void a_receivers_own_estimate_is_read(void **state)
{
	static const uint8_t fci[] = {
		'R', 'E', 'M', 'B',     /* the name */
		0x01, 0x0b, 0xd0, 0x90, /* one SSRC; 250000 * 2^2 */
		0x00, 0x00, 0x00, 0x07, /* SSRC 7 */
	};
	uint8_t large[sizeof(fci)];
	struct rtcp_feedback feedback = { .fci_view = fci, .fci_len = sizeof(fci) };
	uint32_t bps;

	assert_int_equal(rtcp_remb_parse(&feedback, &bps), 0);
	assert_int_equal(bps, 0x3d090 << 2); /* 1 Mbit/s */
	while (feedback.fci_len-- > 0)
		assert_int_equal(rtcp_remb_parse(&feedback, &bps), -EBADMSG);
	memcpy(large, fci, sizeof(fci));
	large[5] = 0xff;
	feedback = (struct rtcp_feedback){ .fci_view = large, .fci_len = sizeof(large) };
	assert_int_equal(rtcp_remb_parse(&feedback, &bps), 0);
	assert_int_equal(bps, UINT32_MAX);
	large[0] = 'X';
	assert_int_equal(rtcp_remb_parse(&feedback, &bps), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_compound_is_read_field_by_field),
		cmocka_unit_test(each_cut_of_a_compound_is_malformed_or_ends_between_packets),
		cmocka_unit_test(counts_that_claim_more_than_there_is_are_malformed),
		cmocka_unit_test(reports_write_as_they_were_read),
		cmocka_unit_test(a_cname_always_ends_in_a_zero),
		cmocka_unit_test(lost_packets_fold_into_masks),
		cmocka_unit_test(key_frame_requests_of_both_kinds_are_read),
		cmocka_unit_test(transport_feedback_is_read_and_written),
		cmocka_unit_test(transport_feedback_cut_or_odd_is_malformed),
		cmocka_unit_test(the_chunks_of_the_draft_say_what_it_says_of_them),
		cmocka_unit_test(a_receivers_own_estimate_is_read),
		cmocka_unit_test(of_a_feedback_on_very_many_packets_the_first_are_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
