#include "common/rtp/ntp.h"
#include "recorder/ingest/ingest.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define EPOCH INT64_C(1795305600000000) /* wall clock of session time 0 */
#define WAIT RS_MS(500)

/* A sender of Opus packets, 20 ms each, and the line to the ingest. */
struct rig {
	struct ingest *ingest;
	struct clock_base base;
	rs_time now; /* session time, and monotonic time as well */
	struct ingest_packet last;
	unsigned out;
};

static void rig_open(struct rig *rig, uint32_t hz)
{
	*rig = (struct rig){ 0 };
	const struct ingest_config config = { .hz = hz,
		.window = 64,
		.reorder_wait = WAIT,
		.quiet = RS_SEC(1),
		.epoch_wall_us = EPOCH,
		.sender = &rig->base };
	assert_int_equal(ingest_new(&config, &rig->ingest), 0);
}

static void rig_close(struct rig *rig)
{
	assert_null(ingest_free(rig->ingest));
}

static unsigned drain(struct rig *rig)
{
	unsigned n = 0;
	while (ingest_poll(rig->ingest, rig->now, &rig->last) == 1)
		n++;
	rig->out += n;
	return n;
}

static int send(struct rig *rig, uint16_t seq, uint32_t rtp_ts)
{
	const uint8_t payload[] = { (uint8_t)seq, 2, 3 };
	const struct rtp_packet packet = { .seq = seq,
		.rtp_ts = rtp_ts,
		.payload_view = payload,
		.payload_len = sizeof(payload) };
	return ingest_recv(rig->ingest, &packet, EPOCH + rig->now, rig->now);
}

/* Send and take what comes out: how many. */
static unsigned through(struct rig *rig, uint16_t seq, uint32_t rtp_ts)
{
	assert_int_equal(send(rig, seq, rtp_ts), 0);
	return drain(rig);
}

static void packets_in_order_pass_at_once(void **state)
{
	struct rig rig;
	rig_open(&rig, 48000);
	rig.now = RS_SEC(5);
	assert_int_equal(through(&rig, 65535, 4294967000U), 1);
	assert_true(rig.last.after_gap);
	assert_int_equal(rig.last.time_us, RS_SEC(5));
	const int64_t seq = rig.last.seq;
	const int64_t ts = rig.last.rtp_ts;
	rig.now += RS_MS(20);
	assert_int_equal(through(&rig, 0, 4294967000U + 960), 1);
	assert_int_equal(rig.last.seq, seq + 1);
	assert_int_equal(rig.last.rtp_ts, ts + 960);
	assert_int_equal(rig.last.time_us, RS_SEC(5) + RS_MS(20));
	assert_false(rig.last.after_gap);
	assert_int_equal(rig.last.lost, 0);
	assert_int_equal(rig.last.payload[0], 0);
	assert_int_equal(ingest_deadline(rig.ingest), RS_TIME_NEVER);
	rig_close(&rig);
}

static void a_hole_is_waited_for_and_closed(void **state)
{
	struct rig rig;
	rig_open(&rig, 48000);
	assert_int_equal(through(&rig, 10, 0), 1);
	assert_int_equal(through(&rig, 12, 1920), 0);
	assert_int_equal(ingest_deadline(rig.ingest), WAIT);
	rig.now = WAIT - 1;
	assert_int_equal(drain(&rig), 0);
	assert_int_equal(through(&rig, 11, 960), 2);
	assert_int_equal(rig.last.rtp_ts, 1920);
	assert_int_equal(ingest_stats(rig.ingest)->lost, 0);
	rig_close(&rig);
}

static void a_hole_is_given_up_at_its_deadline(void **state)
{
	struct rig rig;
	rig_open(&rig, 48000);
	assert_int_equal(through(&rig, 10, 0), 1);
	assert_int_equal(through(&rig, 13, 2880), 0);
	rig.now = WAIT;
	assert_int_equal(drain(&rig), 1);
	assert_int_equal(rig.last.lost, 2);
	assert_int_equal(ingest_stats(rig.ingest)->lost, 2);
	assert_int_equal(send(&rig, 11, 960), -EALREADY);
	assert_int_equal(ingest_stats(rig.ingest)->late, 1);
	assert_int_equal(drain(&rig), 0);
	rig_close(&rig);
}

static void duplicates_are_counted_once_each(void **state)
{
	struct rig rig;
	rig_open(&rig, 48000);
	assert_int_equal(through(&rig, 10, 0), 1);
	assert_int_equal(send(&rig, 10, 0), -EALREADY);
	assert_int_equal(through(&rig, 12, 1920), 0);
	assert_int_equal(send(&rig, 12, 1920), -EALREADY);
	assert_int_equal(ingest_stats(rig.ingest)->duplicates, 2);
	assert_int_equal(ingest_stats(rig.ingest)->late, 0);
	rig_close(&rig);
}

static void a_jump_beyond_the_window_loses_no_held_packet(void **state)
{
	struct rig rig;
	rig_open(&rig, 48000);
	assert_int_equal(through(&rig, 10, 0), 1);
	assert_int_equal(through(&rig, 12, 1920), 0);
	assert_int_equal(through(&rig, 74, 61440), 0); /* the last one the window of 11..74 holds */
	assert_int_equal(through(&rig, 75, 62400), 3); /* limit + 1 */
	assert_int_equal(ingest_stats(rig.ingest)->lost, 1 + 61);
	assert_int_equal(ingest_stats(rig.ingest)->received, 4);
	rig_close(&rig);
}

static void a_closed_gate_is_a_gap_and_no_loss(void **state)
{
	struct rig rig;
	rig_open(&rig, 48000);
	assert_int_equal(through(&rig, 10, 0), 1);
	ingest_gate(rig.ingest); /* closed */
	ingest_gate(rig.ingest); /* opened again 300 ms later */
	rig.now += RS_MS(320);
	assert_int_equal(through(&rig, 26, 15360), 1);
	assert_true(rig.last.after_gap);
	assert_int_equal(rig.last.lost, 0);
	assert_int_equal(rig.last.skipped, 15);
	assert_int_equal(rig.last.time_us, RS_MS(320));
	assert_int_equal(ingest_stats(rig.ingest)->lost, 0);
	rig_close(&rig);
}

static void a_gate_closed_for_an_hour_keeps_the_time(void **state)
{
	struct rig rig;
	rig_open(&rig, 48000);
	assert_int_equal(through(&rig, 10, 0), 1);
	ingest_gate(rig.ingest);
	ingest_gate(rig.ingest);
	rig.now += RS_SEC(3600);
	/* 180000 packets later: 2.7 times around, and the far side of the circle */
	assert_int_equal(through(&rig, (uint16_t)(10 + 180000), 3600U * 48000), 1);
	assert_int_equal(rig.last.time_us, RS_SEC(3600));
	assert_int_equal(ingest_stats(rig.ingest)->lost, 0);
	assert_int_equal(ingest_stats(rig.ingest)->resets, 0);
	assert_int_equal(ingest_stats(rig.ingest)->steps, 0);
	rig_close(&rig);
}

static void silence_for_long_is_a_gap_without_a_mark(void **state)
{
	struct rig rig;
	rig_open(&rig, 90000);
	assert_int_equal(through(&rig, 10, 0), 1);
	rig.now += RS_MS(1001);
	assert_int_equal(through(&rig, 40, 90090), 0); /* the sender may merely have paused */
	rig.now += WAIT;
	assert_int_equal(drain(&rig), 1);
	assert_true(rig.last.after_gap);
	assert_int_equal(rig.last.skipped, 29);
	assert_int_equal(ingest_stats(rig.ingest)->lost, 0);
	rig_close(&rig);
}

/* Content that stands still is sent about once a second. */
static void a_packet_overtaken_after_a_pause_is_waited_for(void **state)
{
	struct rig rig;
	rig_open(&rig, 90000);
	assert_int_equal(through(&rig, 10, 0), 1);
	rig.now += RS_MS(1001);
	assert_int_equal(through(&rig, 12, 90090), 0);
	assert_int_equal(ingest_deadline(rig.ingest), rig.now + WAIT);
	rig.now += RS_MS(120);
	assert_int_equal(through(&rig, 11, 90090), 2);
	assert_false(rig.last.after_gap);
	assert_int_equal(ingest_stats(rig.ingest)->skipped, 0);
	assert_int_equal(ingest_stats(rig.ingest)->late, 0);

	/* What is missing behind a packet that came is lost, pause or not. */
	rig.now += RS_MS(1001);
	assert_int_equal(through(&rig, 15, 180180), 0);
	assert_int_equal(through(&rig, 13, 180180), 1);
	rig.now += WAIT;
	assert_int_equal(drain(&rig), 1);
	assert_false(rig.last.after_gap);
	assert_int_equal(rig.last.lost, 1);
	rig_close(&rig);
}

static void a_gate_that_moves_while_a_pause_is_waited_for_makes_it_a_gap(void **state)
{
	struct rig rig;
	rig_open(&rig, 90000);
	assert_int_equal(through(&rig, 10, 0), 1);
	rig.now += RS_MS(1001);
	assert_int_equal(through(&rig, 12, 90090), 0);
	ingest_gate(rig.ingest);
	assert_int_equal(drain(&rig), 1);
	assert_true(rig.last.after_gap);
	assert_int_equal(rig.last.skipped, 1);
	rig_close(&rig);
}

static void a_hole_filled_late_is_no_interruption(void **state)
{
	struct rig rig;
	rig_open(&rig, 48000);
	assert_int_equal(through(&rig, 10, 0), 1);
	assert_int_equal(through(&rig, 13, 2880), 0);
	rig.now += RS_MS(1001); /* the driver slept over the deadline */
	assert_int_equal(send(&rig, 12, 1920), 0);
	assert_int_equal(drain(&rig), 2);
	assert_int_equal(ingest_stats(rig.ingest)->lost, 1);
	assert_int_equal(ingest_stats(rig.ingest)->skipped, 0);
	rig_close(&rig);
}

static void a_new_sequence_is_believed_the_second_time(void **state)
{
	struct rig rig;
	rig_open(&rig, 48000);
	assert_int_equal(through(&rig, 30000, 0), 1);
	assert_int_equal(send(&rig, 100, 960), -EALREADY);
	assert_int_equal(through(&rig, 101, 1920), 1);
	assert_true(rig.last.after_gap);
	assert_int_equal(ingest_stats(rig.ingest)->resets, 1);
	assert_int_equal(through(&rig, 102, 2880), 1);
	assert_false(rig.last.after_gap);
	rig_close(&rig);
}

static void draining_gives_out_everything(void **state)
{
	struct rig rig;
	rig_open(&rig, 48000);
	assert_int_equal(through(&rig, 10, 0), 1);
	assert_int_equal(through(&rig, 12, 1920), 0);
	assert_int_equal(through(&rig, 14, 3840), 0);
	ingest_drain(rig.ingest);
	assert_int_equal(drain(&rig), 2);
	assert_int_equal(ingest_stats(rig.ingest)->lost, 2);
	rig_close(&rig);
}

static void a_payload_over_the_limit_is_refused(void **state)
{
	struct rig rig;
	rig_open(&rig, 48000);
	static uint8_t payload[INGEST_PAYLOAD_MAX + 1];
	struct rtp_packet packet = { .payload_view = payload, .payload_len = INGEST_PAYLOAD_MAX };
	assert_int_equal(ingest_recv(rig.ingest, &packet, EPOCH, 0), 0);
	assert_int_equal(drain(&rig), 1);
	packet.payload_len++;
	packet.seq++;
	assert_int_equal(ingest_recv(rig.ingest, &packet, EPOCH, 0), -E2BIG);
	assert_int_equal(ingest_stats(rig.ingest)->oversized, 1);
	rig_close(&rig);
}

static void jitter_does_not_move_media_time(void **state)
{
	struct rig rig;
	rig_open(&rig, 48000);
	for (unsigned i = 0; i < 500; i++) {
		rig.now = RS_MS(20) * i + RS_MS(50) + (i % 7 == 3 ? RS_MS(40) : 0);
		assert_int_equal(through(&rig, (uint16_t)i, i * 960), 1);
		assert_int_equal(rig.last.time_us, RS_MS(20) * i + RS_MS(50));
	}
	assert_int_equal(ingest_stats(rig.ingest)->steps, 0);
	rig_close(&rig);
}

static void a_slow_clock_is_followed_without_jumps(void **state)
{
	/* The sender's crystal is 200 ppm slow: after ten minutes its RTP clock is 120 ms behind. */
	struct rig rig;
	rig_open(&rig, 48000);
	int64_t before = 0;
	for (unsigned i = 0; i < 30000; i++) {
		rig.now = RS_MS(20) * i + 4 * (rs_time)i;
		assert_int_equal(through(&rig, (uint16_t)i, i * 960), 1);
		if (i > 0)
			assert_in_range(rig.last.time_us - before, 19500, 20500);
		before = rig.last.time_us;
	}
	assert_in_range(rig.now - rig.last.time_us + 10000, 0, 20000);
	assert_int_equal(ingest_stats(rig.ingest)->steps, 0);
	rig_close(&rig);
}

static void a_stalled_capture_steps_the_timeline(void **state)
{
	/* The microphone stood still for 3 s; its packets go on as if nothing had been. */
	struct rig rig;
	rig_open(&rig, 48000);
	unsigned i = 0;
	for (; i < 100; i++) {
		rig.now = RS_MS(20) * i;
		assert_int_equal(through(&rig, (uint16_t)i, i * 960), 1);
	}
	int64_t step = 0;
	int64_t at_step_ts = 0;
	for (; i < 200; i++) {
		rig.now = RS_MS(20) * i + RS_SEC(3);
		assert_int_equal(through(&rig, (uint16_t)i, i * 960), 1);
		if (rig.last.step_us != 0) {
			step += rig.last.step_us;
			at_step_ts = rig.last.rtp_ts - (int64_t)i * 960;
		}
	}
	assert_int_equal(step, RS_SEC(3));
	assert_int_equal(at_step_ts, 3 * 48000); /* so that the hole can be filled with silence */
	assert_int_equal(rig.last.time_us, rig.now);
	rig_close(&rig);
}

static void a_timestamp_that_jumps_ahead_is_brought_back(void **state)
{
	struct rig rig;
	rig_open(&rig, 48000);
	assert_int_equal(through(&rig, 1, 0), 1);
	rig.now = RS_MS(20);
	assert_int_equal(through(&rig, 2, 960), 1);
	const int64_t ts = rig.last.rtp_ts;
	rig.now = RS_MS(40);
	assert_int_equal(through(&rig, 3, 480000000), 1);
	assert_int_equal(rig.last.time_us, RS_MS(40));
	assert_int_equal(rig.last.rtp_ts, ts + 960);
	rig_close(&rig);
}

static void packets_that_had_to_wait_are_laid_end_to_end(void **state)
{
	/* The first 40 came in one bunch, 800 ms late: an anchor too far back, to be slewed away. */
	struct rig rig;
	rig_open(&rig, 48000);
	int64_t before = 0;
	for (unsigned i = 0; i < 3000; i++) {
		rig.now = i < 40 ? RS_MS(800) : RS_MS(20) * i;
		assert_int_equal(through(&rig, (uint16_t)i, i * 960), 1);
		if (i > 0)
			assert_in_range(rig.last.time_us - before, 19500, 20500);
		before = rig.last.time_us;
		assert_int_equal(rig.last.step_us, 0);
	}
	assert_in_range(rig.last.time_us - rig.now + 1000, 0, 2000);
	rig_close(&rig);
}

static void a_wall_clock_set_back_does_not_turn_time_back(void **state)
{
	struct rig rig;
	rig_open(&rig, 48000);
	rig.now = RS_SEC(7200);
	assert_int_equal(through(&rig, 1, 0), 1);
	rig.now -= RS_SEC(3600);
	for (uint16_t i = 0; i < 100; i++) {
		rig.now += RS_MS(20);
		assert_int_equal(through(&rig, (uint16_t)(2 + i), 960U * (1U + i)), 1);
	}
	assert_in_range(rig.last.time_us, RS_SEC(7201), RS_SEC(7203));
	rig_close(&rig);
}

/* Sound and picture of one sender: the picture takes 80 ms longer to arrive. */
static void reports_keep_sound_and_picture_together(void **state)
{
	struct rig sound;
	struct rig picture;
	rig_open(&sound, 48000);
	rig_open(&picture, 90000);
	struct ingest_config config = { .hz = 90000,
		.window = 64,
		.reorder_wait = WAIT,
		.quiet = RS_SEC(1),
		.epoch_wall_us = EPOCH,
		.sender = &sound.base };
	ingest_free(picture.ingest);
	assert_int_equal(ingest_new(&config, &picture.ingest), 0);

	/* The sender's clock is a day off; captured at t: timestamps t * rate + an offset of each. */
	const int64_t day_off = RS_SEC(86400);
	for (rs_time t = 0; t < RS_SEC(30); t += RS_MS(20)) {
		const uint16_t n = (uint16_t)(t / RS_MS(20));
		if (t == RS_SEC(2))
			ingest_report(sound.ingest, ntp_from_wall_us(EPOCH + day_off + t),
				7000U + n * 960U);
		if (t == RS_SEC(3))
			ingest_report(picture.ingest, ntp_from_wall_us(EPOCH + day_off + t),
				9000U + n * 1800U);
		sound.now = t + RS_MS(30);
		picture.now = t + RS_MS(110);
		assert_int_equal(through(&sound, n, 7000U + n * 960U), 1);
		assert_int_equal(through(&picture, n, 9000U + n * 1800U), 1);
		if (t < RS_SEC(1))
			assert_int_equal(picture.last.time_us - sound.last.time_us, RS_MS(80));
	}
	assert_in_range(picture.last.time_us - sound.last.time_us + 2000, 0, 4000);
	assert_in_range(sound.last.time_us, RS_SEC(30) - RS_MS(20), RS_SEC(30) + RS_MS(20));
	rig_close(&sound);
	rig_close(&picture);
}

static void a_stall_shows_in_the_next_report(void **state)
{
	struct rig rig;
	rig_open(&rig, 48000);
	ingest_report(rig.ingest, ntp_from_wall_us(EPOCH), 0);
	unsigned i = 0;
	for (; i < 100; i++) {
		rig.now = RS_MS(20) * i;
		assert_int_equal(through(&rig, (uint16_t)i, i * 960), 1);
	}
	for (; i < 200; i++) {
		rig.now = RS_MS(20) * i + RS_SEC(18);
		if (i == 120)
			ingest_report(rig.ingest, ntp_from_wall_us(EPOCH + rig.now), i * 960);
		assert_int_equal(through(&rig, (uint16_t)i, i * 960), 1);
		/* They have come late for a second then. */
		assert_int_equal(rig.last.step_us, i == 150 ? RS_SEC(18) : 0);
	}
	assert_int_equal(rig.last.time_us, rig.now);
	rig_close(&rig);
}

static void a_stall_shows_where_the_report_overtakes_the_sound(void **state)
{
	struct rig rig;
	rig_open(&rig, 48000);
	ingest_report(rig.ingest, ntp_from_wall_us(EPOCH), 0);
	unsigned i = 0;
	for (; i < 100; i++) {
		rig.now = RS_MS(20) * i;
		assert_int_equal(through(&rig, (uint16_t)i, i * 960), 1);
	}
	for (; i < 200; i++) {
		rig.now = RS_MS(20) * i + RS_SEC(18);
		if (i == 100) /* nothing of it has come late yet */
			ingest_report(rig.ingest, ntp_from_wall_us(EPOCH + rig.now), i * 960);
		assert_int_equal(through(&rig, (uint16_t)i, i * 960), 1);
		assert_int_equal(rig.last.step_us, i == 150 ? RS_SEC(18) : 0);
	}
	assert_int_equal(rig.last.time_us, rig.now);
	rig_close(&rig);
}

/* The clock of the sender is set 300 ms ahead, and one packet after that comes by retransmission. */
static void a_single_late_packet_makes_no_stall_of_a_clock_that_was_set(void **state)
{
	for (unsigned late = 98; late < 104; late++) {
		struct rig rig;
		rig_open(&rig, 48000);
		ingest_report(rig.ingest, ntp_from_wall_us(EPOCH), 0);
		rs_time line = 0;
		for (unsigned i = 0; i < 300; i++) {
			line = i == late ? RS_MS(250) : line - (line > 0 ? RS_MS(20) : 0);
			rig.now = RS_MS(20) * i + (line > 0 ? line : 0);
			if (i == 100)
				ingest_report(rig.ingest,
					ntp_from_wall_us(EPOCH + RS_MS(20) * i + RS_MS(300)),
					i * 960);
			assert_int_equal(through(&rig, (uint16_t)i, i * 960), 1);
			assert_int_equal(rig.last.step_us, 0);
			assert_int_equal(rig.last.time_us, RS_MS(20) * i);
		}
		assert_int_equal(ingest_stats(rig.ingest)->steps, 0);
		rig_close(&rig);
	}
}

static void a_sender_whose_clock_is_set_moves_nothing(void **state)
{
	struct rig rig;
	rig_open(&rig, 48000);
	ingest_report(rig.ingest, ntp_from_wall_us(EPOCH), 0);
	for (unsigned i = 0; i < 1000; i++) {
		rig.now = RS_MS(20) * i;
		if (i % 250 == 249) /* an hour ahead from the second report on */
			ingest_report(rig.ingest,
				ntp_from_wall_us(EPOCH + rig.now + (i > 250 ? RS_SEC(3600) : 0)),
				i * 960);
		assert_int_equal(through(&rig, (uint16_t)i, i * 960), 1);
		assert_in_range(rig.last.time_us - rig.now + 100, 0, 200);
	}
	assert_int_equal(ingest_stats(rig.ingest)->steps, 0);
	rig_close(&rig);
}

static void out_of_memory_is_an_error_and_no_leak(void **state)
{
	const int64_t before = rs_mem_alive();
	struct clock_base base = { 0 };
	const struct ingest_config config = {
		.hz = 48000, .window = 64, .quiet = RS_SEC(1), .sender = &base
	};
	int err = -ENOMEM;
	for (int64_t n = 0; err == -ENOMEM; n++) {
		RS_CLEANUP(ingest_freep) struct ingest *ingest = NULL;
		rs_mem_fail_after(n);
		err = ingest_new(&config, &ingest);
		rs_mem_fail_after(-1);
	}
	assert_int_equal(err, 0);
	assert_int_equal(rs_mem_alive(), before);
	struct ingest *ingest = NULL;
	struct ingest_config bad = config;
	bad.window = 100;
	assert_int_equal(ingest_new(&bad, &ingest), -EINVAL);
	assert_null(ingest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_in_order_pass_at_once),
		cmocka_unit_test(a_hole_is_waited_for_and_closed),
		cmocka_unit_test(a_hole_is_given_up_at_its_deadline),
		cmocka_unit_test(duplicates_are_counted_once_each),
		cmocka_unit_test(a_jump_beyond_the_window_loses_no_held_packet),
		cmocka_unit_test(a_closed_gate_is_a_gap_and_no_loss),
		cmocka_unit_test(a_gate_closed_for_an_hour_keeps_the_time),
		cmocka_unit_test(silence_for_long_is_a_gap_without_a_mark),
		cmocka_unit_test(a_packet_overtaken_after_a_pause_is_waited_for),
		cmocka_unit_test(a_gate_that_moves_while_a_pause_is_waited_for_makes_it_a_gap),
		cmocka_unit_test(a_hole_filled_late_is_no_interruption),
		cmocka_unit_test(a_new_sequence_is_believed_the_second_time),
		cmocka_unit_test(draining_gives_out_everything),
		cmocka_unit_test(a_payload_over_the_limit_is_refused),
		cmocka_unit_test(jitter_does_not_move_media_time),
		cmocka_unit_test(a_slow_clock_is_followed_without_jumps),
		cmocka_unit_test(a_stalled_capture_steps_the_timeline),
		cmocka_unit_test(a_timestamp_that_jumps_ahead_is_brought_back),
		cmocka_unit_test(packets_that_had_to_wait_are_laid_end_to_end),
		cmocka_unit_test(a_wall_clock_set_back_does_not_turn_time_back),
		cmocka_unit_test(reports_keep_sound_and_picture_together),
		cmocka_unit_test(a_stall_shows_in_the_next_report),
		cmocka_unit_test(a_stall_shows_where_the_report_overtakes_the_sound),
		cmocka_unit_test(a_single_late_packet_makes_no_stall_of_a_clock_that_was_set),
		cmocka_unit_test(a_sender_whose_clock_is_set_moves_nothing),
		cmocka_unit_test(out_of_memory_is_an_error_and_no_leak),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
