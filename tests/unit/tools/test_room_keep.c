/* What a box keeps while its line is lost: since when, with which numbers, how much of it, and until when. */
#include "tools/roombox/outage/edges.h"
#include "tools/roombox/outage/keep.h"

#include "common/base/bytes.h"
#include "common/rtp/rtp.h"
#include "tests/support/oom.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define FRAME RS_MS(20)
#define FRAME_TS 960U
#define SSRC 0x12345678U
#define TS_BASE 7000U
#define LINE_SEQ 65000U

static struct rs_rand rand_of_test;

static struct keep *begin(void)
{
	struct keep *keep = NULL;
	rs_rand_init_seed(&rand_of_test, 1);
	assert_int_equal(keep_new(&rand_of_test, &keep), 0);
	return keep;
}

static struct rtc_payload payload_at(rs_time at, const uint8_t *data, size_t len)
{
	return (struct rtc_payload){
		.rtp_ts = (uint32_t)(at / FRAME) * FRAME_TS, .at = at, .data_view = data, .len = len
	};
}

/* A packet as the line has it: our header and no payload to look at. */
static void send_len(struct keep *keep, enum late_media media, rs_time at, size_t len)
{
	static const uint8_t data[LATE_PACKET_MAX] = { 0xf8 };
	const struct rtc_payload payload = payload_at(at, data, len);
	const struct rtp_header header = { .pt = 100,
		.seq = (uint16_t)(LINE_SEQ + (uint32_t)(at / FRAME)),
		.rtp_ts = TS_BASE + payload.rtp_ts,
		.ssrc = SSRC };
	uint8_t datagram[64];
	struct rs_writer writer;
	rs_writer_init(&writer, datagram, sizeof(datagram));
	rtp_write_header(&writer, &header);
	keep_sent(keep, media, datagram, writer.len, &payload, at);
}

static void miss(struct keep *keep, enum late_media media, rs_time at)
{
	static const uint8_t data[3] = { 0xf8 };
	const struct rtc_payload payload = payload_at(at, data, sizeof(data));
	keep_missed(keep, media, &payload, at);
}

static void send_for(struct keep *keep, rs_time from, rs_time to)
{
	for (rs_time at = from; at < to; at += FRAME)
		send_len(keep, LATE_SOUND, at, 3);
}

static void miss_for(struct keep *keep, rs_time from, rs_time to)
{
	for (rs_time at = from; at < to; at += FRAME)
		miss(keep, LATE_SOUND, at);
}

struct told {
	size_t n;
	rs_time first, last;
	uint16_t seq_first, seq_last;
	uint32_t ts_first, ts_last, ssrc;
	bool gap; /* numbers do not follow one another */
};

/* What came out since, which is taken. */
static struct told take(struct keep *keep)
{
	struct rs_buf *out = keep_out(keep);
	struct told told = { 0 };
	struct late_record record;
	struct rtp_packet packet;
	size_t at = 0;
	while (late_read(rs_buf_data(out), rs_buf_len(out), &at, &record) == 1) {
		assert_int_equal(rtp_parse(record.packet_view, record.len, &packet), 0);
		if (told.n == 0) {
			told.first = record.said_us;
			told.seq_first = packet.seq;
			told.ts_first = packet.rtp_ts;
		}
		told.gap = told.gap || (told.n > 0 && packet.seq != (uint16_t)(told.seq_last + 1));
		told.n++;
		told.last = record.said_us;
		told.seq_last = packet.seq;
		told.ts_last = packet.rtp_ts;
		told.ssrc = packet.ssrc;
	}
	assert_int_equal(at, rs_buf_len(out));
	rs_buf_consume(out, rs_buf_len(out));
	return told;
}

static void while_there_is_a_line_nothing_comes_out(void **state)
{
	struct keep *keep = begin();
	send_for(keep, 0, RS_SEC(60));
	assert_int_equal(keep_poll(keep, RS_SEC(60)), KEEP_NOTHING);
	assert_int_equal(take(keep).n, 0);
	miss(keep, LATE_SOUND, RS_SEC(60));
	assert_int_equal(take(keep).n, 0);
	keep_free(keep);
}

static void it_begins_before_the_loss_was_noticed_and_numbers_go_on(void **state)
{
	struct keep *keep = begin();
	send_for(keep, 0, RS_SEC(60));
	keep_lost(keep, RS_SEC(55), RS_SEC(60));
	assert_true(keep_is_on(keep));
	assert_int_equal(keep_poll(keep, RS_SEC(60)), KEEP_BEGUN);
	assert_int_equal(keep_edge(keep), RS_SEC(55));
	assert_int_equal(keep_poll(keep, RS_SEC(60)), KEEP_NOTHING);
	miss_for(keep, RS_SEC(60), RS_SEC(70));
	const struct told told = take(keep);
	assert_int_equal(told.first, RS_SEC(55));
	assert_int_equal(told.last, RS_SEC(70) - FRAME);
	assert_int_equal(told.n, 15 * 50);
	assert_false(told.gap); /* also around the circle: the line's numbers began at 65000 */
	assert_int_equal(told.ssrc, SSRC);
	assert_int_equal(told.seq_first, (uint16_t)(LINE_SEQ + 55 * 50));
	assert_int_equal(told.ts_last - told.ts_first, (15 * 50 - 1) * FRAME_TS);
	keep_free(keep);
}

static void doubt(struct keep *keep, rs_time from, rs_time to)
{
	static const uint8_t data[3] = { 0x10 };
	for (rs_time at = from; at < to; at += FRAME) {
		const struct rtc_payload payload = payload_at(at, data, sizeof(data));
		keep_doubted(keep, LATE_PICTURE, &payload, at);
	}
}

/* Pictures rest while nothing is heard of the line; what would have been shown is kept, with the numbers that follow. */
static void what_was_doubted_is_kept_where_the_line_was_lost(void **state)
{
	struct keep *keep = begin();
	send_len(keep, LATE_SOUND, 0, 3); /* there was a line */
	for (rs_time at = 0; at < RS_SEC(58); at += FRAME)
		send_len(keep, LATE_PICTURE, at, 3);
	doubt(keep, RS_SEC(58), RS_SEC(60));
	assert_int_equal(take(keep).n, 0);
	keep_lost(keep, RS_SEC(55), RS_SEC(60));
	for (rs_time at = RS_SEC(60); at < RS_SEC(61); at += FRAME)
		miss(keep, LATE_PICTURE, at);
	const struct told told = take(keep);
	assert_int_equal(told.n, 6 * 50);
	assert_false(told.gap);
	assert_int_equal(told.ts_last - told.ts_first, (6 * 50 - 1) * FRAME_TS);
	keep_free(keep);
}

/* Its numbers are given once more, to what was sent. */
static void what_was_doubted_is_forgotten_where_it_was_not(void **state)
{
	struct keep *keep = begin();
	for (rs_time at = 0; at < RS_SEC(56); at += FRAME)
		send_len(keep, LATE_PICTURE, at, 3);
	send_len(keep, LATE_SOUND, RS_MS(56500), 3);
	doubt(keep, RS_SEC(56), RS_SEC(57));
	send_len(keep, LATE_SOUND, RS_SEC(57), 3);
	keep_trusted(keep);
	keep_lost(keep, RS_SEC(55), RS_SEC(58));
	const struct told told = take(keep);
	assert_int_equal(told.n, 50 + 2);
	assert_int_equal(told.last, RS_SEC(57));
	keep_free(keep);
}

static void no_more_than_the_ring_is_from_before(void **state)
{
	struct keep *keep = begin();
	send_for(keep, 0, RS_SEC(60));
	keep_lost(keep, 0, RS_SEC(60));
	assert_int_equal(keep_poll(keep, RS_SEC(60)), KEEP_BEGUN);
	assert_int_equal(keep_edge(keep), RS_SEC(60) - KEEP_BEFORE);
	assert_int_equal(take(keep).first, RS_SEC(60) - KEEP_BEFORE);
	keep_free(keep);
}

static void the_ring_has_a_most_in_octets_and_the_oldest_goes(void **state)
{
	const size_t len = 1000;
	const size_t most = KEEP_RING / late_size(len + 12);
	struct keep *keep = begin();
	for (size_t i = 0; i < most + 10; i++)
		send_len(keep, LATE_SOUND, (rs_time)i * RS_MS(1), len);
	const rs_time now = (rs_time)(most + 10) * RS_MS(1);
	assert_true(now < KEEP_BEFORE);
	keep_lost(keep, 0, now);
	const struct told told = take(keep);
	assert_int_equal(told.n, most);
	assert_int_equal(told.first, 10 * RS_MS(1));
	assert_int_equal(keep_left_out(keep), 0); /* it need not be there */
	keep_free(keep);
}

static void what_nobody_takes_is_left_out_at_the_most_and_counted(void **state)
{
	static const uint8_t data[1000] = { 0xf8 };
	const size_t most = KEEP_OUT / late_size(sizeof(data) + 12);
	struct keep *keep = begin();
	send_len(keep, LATE_SOUND, 0, 3);
	keep_lost(keep, RS_SEC(1), RS_SEC(1));
	for (size_t i = 0; i <= most; i++) {
		const struct rtc_payload payload =
			payload_at(RS_SEC(1) + (rs_time)i, data, sizeof(data));
		assert_int_equal(keep_left_out(keep), 0);
		keep_missed(keep, LATE_SOUND, &payload, RS_SEC(1));
	}
	assert_int_equal(keep_left_out(keep), 1);
	const struct told told = take(keep);
	assert_int_equal(told.n, most);
	/* The numbers say how much is missing. */
	miss(keep, LATE_SOUND, RS_SEC(2));
	assert_int_equal(take(keep).seq_first, (uint16_t)(told.seq_last + 2));
	keep_free(keep);
}

static void it_ends_a_moment_after_the_line_is_back(void **state)
{
	struct keep *keep = begin();
	send_for(keep, 0, RS_SEC(10));
	keep_lost(keep, RS_SEC(10), RS_SEC(10));
	assert_int_equal(keep_poll(keep, RS_SEC(10)), KEEP_BEGUN);
	miss_for(keep, RS_SEC(10), RS_SEC(20));
	keep_back(keep, RS_SEC(20));
	assert_false(keep_is_on(keep));
	send_for(keep, RS_SEC(20), RS_SEC(20) + KEEP_AFTER);
	assert_int_equal(keep_poll(keep, RS_SEC(20) + KEEP_AFTER - 1), KEEP_NOTHING);
	assert_int_equal(keep_poll(keep, RS_SEC(20) + KEEP_AFTER), KEEP_ENDED);
	assert_int_equal(keep_edge(keep), RS_SEC(20));
	const struct told told = take(keep);
	assert_int_equal(told.first, RS_SEC(10));
	assert_int_equal(told.last, RS_SEC(20) + KEEP_AFTER - FRAME);
	send_for(keep, RS_SEC(21), RS_SEC(30));
	assert_int_equal(take(keep).n, 0);
	assert_int_equal(keep_poll(keep, RS_SEC(30)), KEEP_NOTHING);
	keep_free(keep);
}

static void a_line_that_is_lost_again_at_once_is_the_same_outage(void **state)
{
	struct keep *keep = begin();
	send_for(keep, 0, RS_SEC(10));
	keep_lost(keep, RS_SEC(10), RS_SEC(10));
	assert_int_equal(keep_poll(keep, RS_SEC(10)), KEEP_BEGUN);
	keep_lost(keep, RS_SEC(9), RS_SEC(11)); /* told twice */
	keep_back(keep, RS_SEC(12));
	keep_back(keep, RS_SEC(12) + 1);
	keep_lost(keep, RS_SEC(8), RS_MS(12500));
	assert_true(keep_is_on(keep));
	assert_int_equal(keep_poll(keep, RS_SEC(20)), KEEP_NOTHING);
	miss(keep, LATE_SOUND, RS_SEC(20));
	keep_back(keep, RS_SEC(21));
	assert_int_equal(keep_poll(keep, RS_SEC(22)), KEEP_ENDED);
	assert_int_equal(keep_edge(keep), RS_SEC(21));
	keep_free(keep);
}

static void the_next_outage_is_another(void **state)
{
	struct keep *keep = begin();
	send_for(keep, 0, RS_SEC(10));
	keep_lost(keep, RS_SEC(9), RS_SEC(10));
	assert_int_equal(keep_poll(keep, RS_SEC(10)), KEEP_BEGUN);
	keep_back(keep, RS_SEC(12));
	assert_int_equal(keep_poll(keep, RS_SEC(13)), KEEP_ENDED);
	(void)take(keep);
	send_for(keep, RS_SEC(13), RS_SEC(15));
	keep_lost(keep, RS_SEC(10), RS_SEC(15));
	assert_int_equal(keep_poll(keep, RS_SEC(15)), KEEP_BEGUN);
	assert_int_equal(keep_edge(keep), RS_SEC(10));
	/* What was kept of the one before is in its own files. */
	assert_int_equal(take(keep).first, RS_SEC(13));
	keep_free(keep);
}

static void a_box_that_never_had_a_line_keeps_nothing(void **state)
{
	struct keep *keep = begin();
	keep_lost(keep, 0, RS_SEC(1));
	assert_false(keep_is_on(keep));
	miss(keep, LATE_SOUND, RS_SEC(2));
	assert_int_equal(keep_poll(keep, RS_SEC(2)), KEEP_NOTHING);
	assert_int_equal(take(keep).n, 0);
	keep_free(keep);
}

static void a_medium_that_was_never_sent_is_not_kept(void **state)
{
	struct keep *keep = begin();
	send_for(keep, 0, RS_SEC(10));
	keep_lost(keep, RS_SEC(10), RS_SEC(10));
	miss(keep, LATE_PICTURE, RS_SEC(11));
	assert_int_equal(take(keep).n, 0);
	keep_free(keep);
}

static void one_that_is_gone_on_with_has_numbers_of_its_own(void **state)
{
	struct keep *keep = begin();
	keep_resume(keep, RS_SEC(5));
	assert_true(keep_is_on(keep));
	assert_int_equal(keep_poll(keep, RS_SEC(5)), KEEP_BEGUN);
	miss_for(keep, RS_SEC(5), RS_SEC(6));
	const struct told sound = take(keep);
	assert_int_equal(sound.n, 50);
	assert_false(sound.gap);
	assert_true(sound.ssrc != 0 && sound.ssrc != SSRC);
	miss(keep, LATE_PICTURE, RS_SEC(6));
	assert_int_not_equal(take(keep).ssrc, sound.ssrc);
	keep_free(keep);
}

/* A datagram that is none: nothing is kept, and nothing is read beyond it. */
static void what_has_no_header_is_ignored(void **state)
{
	static const uint8_t datagram[11] = { 0x80 };
	const struct rtc_payload payload = payload_at(0, datagram, 3);
	struct keep *keep = begin();
	for (size_t len = 0; len <= sizeof(datagram); len++)
		keep_sent(keep, LATE_SOUND, datagram, len, &payload, 0);
	keep_lost(keep, 0, RS_SEC(1));
	assert_false(keep_is_on(keep));
	keep_free(keep);
}

/* The thread that is told of edges was busy: it is told what it needs to know, and no outage is without a beginning. */
static void edges_that_wait_are_not_forgotten(void **state)
{
	struct edges edges = { 0 };
	edges_begin(&edges, 1);
	edges_end(&edges, 2);
	edges_begin(&edges, 3);
	edges_end(&edges, 4);
	struct edges got = edges_take(&edges);
	assert_true(got.begun && got.ended);
	assert_int_equal(got.from, 1);
	assert_int_equal(got.to, 4);
	got = edges_take(&edges);
	assert_false(got.begun || got.ended);
	/* One that was told already, and goes on. */
	edges_end(&edges, 5);
	edges_begin(&edges, 6);
	got = edges_take(&edges);
	assert_false(got.begun || got.ended);
	edges_begin(&edges, 7);
	edges_end(&edges, 8);
	edges_begin(&edges, 9);
	got = edges_take(&edges);
	assert_true(got.begun);
	assert_int_equal(got.from, 7);
	assert_false(got.ended);
}

static int live_once(void *ctx)
{
	struct keep *keep = NULL;
	rs_rand_init_seed(&rand_of_test, 1);
	int err = keep_new(&rand_of_test, &keep);
	if (err < 0)
		return err;
	send_for(keep, 0, RS_SEC(1));
	keep_lost(keep, 0, RS_SEC(1));
	miss_for(keep, RS_SEC(1), RS_SEC(2));
	err = keep_left_out(keep) > 0 || take(keep).n != 100 ? -ENOMEM : 0;
	keep_free(keep);
	return err;
}

static void out_of_memory_it_goes_on_with_less(void **state)
{
	check_oom(live_once, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(while_there_is_a_line_nothing_comes_out),
		cmocka_unit_test(it_begins_before_the_loss_was_noticed_and_numbers_go_on),
		cmocka_unit_test(what_was_doubted_is_kept_where_the_line_was_lost),
		cmocka_unit_test(what_was_doubted_is_forgotten_where_it_was_not),
		cmocka_unit_test(no_more_than_the_ring_is_from_before),
		cmocka_unit_test(the_ring_has_a_most_in_octets_and_the_oldest_goes),
		cmocka_unit_test(what_nobody_takes_is_left_out_at_the_most_and_counted),
		cmocka_unit_test(it_ends_a_moment_after_the_line_is_back),
		cmocka_unit_test(a_line_that_is_lost_again_at_once_is_the_same_outage),
		cmocka_unit_test(the_next_outage_is_another),
		cmocka_unit_test(a_box_that_never_had_a_line_keeps_nothing),
		cmocka_unit_test(a_medium_that_was_never_sent_is_not_kept),
		cmocka_unit_test(one_that_is_gone_on_with_has_numbers_of_its_own),
		cmocka_unit_test(what_has_no_header_is_ignored),
		cmocka_unit_test(edges_that_wait_are_not_forgotten),
		cmocka_unit_test(out_of_memory_it_goes_on_with_less),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
