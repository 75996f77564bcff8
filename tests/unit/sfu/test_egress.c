/* What leaves for one receiver: transport-wide numbers, pacing, layers by what the line carries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>

#include "common/rtp/rtcp.h"
#include "sfu/router/router_priv.h"
#include "tests/support/bwe_line.h"
#include "tests/support/router_kit.h"

#define BELOW_RTP 44

static const struct kit_peer ken = { .id = "KEN", .csrc = 1001, .simulcast = true };
static const struct kit_peer viewer = {
	.id = "viewer", .csrc = 1003, .silent = true, .twcc = true
};
static const struct kit_meeting shown = {
	.event = 1, .open = { "KEN" }, .visible = { "KEN" }, .speaker = "KEN"
};

/* A speaker who sends three layers and sound, and one listener behind a line. */
struct stage {
	struct kit kit;
	struct bwe_line line;
	uint32_t speaker, listener;
	uint32_t interpreter; /* 0 = nobody */
	rs_time now;
	uint16_t seq[3];
	uint16_t picture[3];
	uint16_t audio_seq;
	bool keyframe_due[3];
	/* what left for the listener */
	uint16_t last_number;
	unsigned numbered, sound, padding, gaps;
	uint16_t last_sound;
	uint64_t video_octets; /* since it was set to nought */
};

static struct stage *stage;

static void deliver(void *ctx, uint32_t peer, bool rtcp, const uint8_t *data, size_t len);

static int setup(void **state)
{
	stage = calloc(1, sizeof(*stage));
	bwe_line_init(&stage->line, 1);
	stage->line.delay = RS_MS(10);
	assert_int_equal(kit_init(&stage->kit), 0);
	stage->kit.deliver = deliver;
	stage->speaker = kit_must_join(&stage->kit, &ken);
	stage->listener = kit_must_join(&stage->kit, &viewer);
	kit_must_meeting(&stage->kit, &shown, 0);
	for (unsigned i = 0; i < 3; i++)
		stage->keyframe_due[i] = true;
	return 0;
}

static int teardown(void **state)
{
	kit_done(&stage->kit);
	free(stage);
	return 0;
}

/* The speaker's encoder hears which layer shall begin anew: SSRCs are 70, 71 and 72. */
static void to_speaker(const uint8_t *data, size_t len)
{
	struct rtcp_item item;
	struct rtcp_feedback feedback;
	size_t cursor = 0;

	while (rtcp_next(data, len, &cursor, &item) == 1)
		if (item.type == RTCP_PSFB && item.count == RTCP_FMT_PLI &&
			rtcp_feedback_parse(&item, &feedback) == 0)
			stage->keyframe_due[feedback.media_ssrc - 70] = true;
}

static void deliver(void *ctx, uint32_t peer, bool rtcp, const uint8_t *data, size_t len)
{
	struct bwe_line_packet packet = { .octets = (uint32_t)len + BELOW_RTP };
	struct rtp_packet rtp;
	struct rtp_ext ext;

	if (peer != stage->listener && rtcp)
		to_speaker(data, len);
	if (peer != stage->listener || rtcp)
		return;
	assert_int_equal(rtp_parse(data, len, &rtp), 0);
	packet.audio = rtp.pt == KIT_SLOT_OPUS;
	packet.numbered = rtp_ext_find(&rtp, KIT_SLOT_EXT_TWCC, &ext);
	assert_true(packet.audio != packet.numbered);
	if (packet.numbered) {
		packet.number = (uint16_t)(ext.data_view[0] << 8 | ext.data_view[1]);
		stage->gaps +=
			stage->numbered > 0 && packet.number != (uint16_t)(stage->last_number + 1);
		stage->last_number = packet.number;
		stage->numbered++;
	}
	stage->sound += packet.audio;
	if (packet.audio)
		stage->last_sound = rtp.seq;
	stage->padding += rtp.payload_len == 0;
	stage->video_octets += packet.numbered ? rtp.payload_len : 0;
	bwe_line_send(&stage->line, &packet, stage->now);
}

static void hear(void *ctx, const uint8_t *rtcp, size_t len, rs_time now)
{
	const int err = router_recv_rtcp(stage->kit.router, stage->listener, rtcp, len, now);

	assert_true(err == 0 || err == -ENOENT); /* it may have left meanwhile */
}

/* One frame of a layer in packets of at most 1100 octets. */
static void show(unsigned layer, uint32_t bps)
{
	static const char *const rids[] = { "q", "h", "f" };
	struct kit_media media = {
		.video = true,
		.ssrc = 70 + layer,
		.rid = rids[layer],
		.picture = ++stage->picture[layer],
		.rtp_ts = (uint32_t)(stage->now * 9 / 100),
		.height = (uint16_t)(180 << layer),
		.keyframe = stage->keyframe_due[layer],
	};
	const uint32_t octets = bps / 8 / 25 * (media.keyframe ? 5 : 1);

	stage->keyframe_due[layer] = false;
	for (uint32_t at = 0; at < octets; at += 1100) {
		uint8_t data[ROUTER_PACKET_MAX];
		media.seq = ++stage->seq[layer];
		size_t len = kit_write(&media, data);
		const uint32_t more = octets - at < 1100 ? octets - at : 1100;
		memset(data + len, 0, more);
		assert_int_equal(router_recv_rtp(stage->kit.router, stage->speaker, data,
					 len + more, stage->now),
			0);
		media.keyframe = false;
	}
}

static void run(rs_time time)
{
	static const uint32_t layers[] = { 130000, 450000, 2400000 };

	for (const rs_time end = stage->now + time; stage->now < end; stage->now += RS_MS(1)) {
		const unsigned at = (unsigned)(stage->now / RS_MS(1));
		if (stage->now >= router_deadline(stage->kit.router))
			router_tick(stage->kit.router, stage->now);
		(void)bwe_line_step(&stage->line, hear, NULL, stage->now);
		if (at % 20 == 0)
			kit_speak(
				&stage->kit, stage->speaker, 5, ++stage->audio_seq, 30, stage->now);
		if (at % 20 == 0 && stage->interpreter != 0)
			kit_speak(&stage->kit, stage->interpreter, 6, stage->audio_seq, 30,
				stage->now);
		for (unsigned i = 0; i < 3; i++)
			if (at % 40 == 3 + i)
				show(i, layers[i]);
	}
}

static const struct slot *picture(void)
{
	return peer_of(stage->kit.router, stage->listener)->slots[2];
}

static void pictures_are_numbered_without_gaps_and_sound_is_not(void **state)
{
	run(RS_SEC(10));
	assert_true(stage->numbered > 500);
	assert_true(stage->sound > 490);
	assert_int_equal(stage->gaps, 0);
	assert_true(stage->padding > 3); /* the line was probed */
}

static void layers_go_by_what_the_line_carries(void **state)
{
	run(RS_SEC(15));
	assert_int_equal(picture()->aim.layer, 1);
	assert_int_equal(picture()->aim.why, ROUTER_LAYER_BY_LINE);
	assert_int_equal(slot_layer_now(stage->kit.router, picture()), 1);
	stage->line.rate_bps = 10000000;
	run(RS_SEC(15));
	assert_int_equal(picture()->aim.layer, 2);
	assert_int_equal(picture()->aim.why, ROUTER_LAYER_BEST);
}

static void a_line_that_narrows_and_opens_lowers_pauses_and_restores_the_picture(void **state)
{
	run(RS_SEC(15));
	stage->line.rate_bps = 300000;
	run(RS_SEC(10));
	assert_int_equal(slot_layer_now(stage->kit.router, picture()), 0);
	stage->line.rate_bps = 80000;
	run(RS_SEC(10));
	assert_true(picture()->aim.paused);
	assert_int_equal(picture()->aim.why, ROUTER_LAYER_PAUSED_BY_LINE);
	stage->video_octets = 0;
	run(RS_SEC(5));
	assert_int_equal(stage->video_octets, 0);
	const unsigned sound = stage->sound;
	run(RS_SEC(1));
	assert_in_range(stage->sound - sound, 49, 51);
	stage->line.rate_bps = 2000000;
	run(RS_SEC(15));
	assert_int_equal(slot_layer_now(stage->kit.router, picture()), 1);
	assert_true(bwe_line_queueing(&stage->line, 95) <= RS_MS(150));
	assert_int_equal(stage->gaps, 0);
}

/* Whoever hears the original alone has nothing it could lie underneath. */
static void on_the_narrowest_line_the_only_sound_is_not_silenced(void **state)
{
	static const struct kit_peer interpreter = { .id = "fr-1", .csrc = 1002 };
	struct kit_peer original = viewer;
	uint32_t handle;

	original.audio = "original-fr";
	stage->interpreter = kit_must_join(&stage->kit, &interpreter);
	assert_int_equal(kit_join(&stage->kit, &original, 0, &handle), 0);
	assert_int_equal(handle, stage->listener);
	struct kit_meeting meeting = shown;
	meeting.event = 2;
	meeting.channel = "fr";
	meeting.desk = "fr-1";
	kit_must_meeting(&stage->kit, &meeting, 0);
	run(RS_SEC(10));
	stage->line.rate_bps = 15000;
	run(RS_SEC(10));
	assert_true(peer_of(stage->kit.router, stage->listener)->egress->sole_audio);
	const unsigned sound = stage->sound;
	run(RS_SEC(1));
	assert_in_range(stage->sound - sound, 49, 51);
}

/* While the line's queue drains nothing of a picture is sent, nor counted as tried. */
static void a_repair_that_finds_no_room_is_made_when_there_is(void **state)
{
	uint8_t data[64];
	struct rs_writer writer;

	run(RS_SEC(5));
	const uint16_t seq = (uint16_t)picture()->rewrite.highest_out;
	struct estimator *estimator =
		&peer_of(stage->kit.router, stage->listener)->egress->estimator;
	const rs_time hold = stage->now + RS_MS(300);
	rs_writer_init(&writer, data, sizeof(data));
	rtcp_write_nack(&writer, 1, kit_slot_ssrc(&viewer, 6, false), &seq, 1);
	estimator->hold_until = hold;
	run(RS_MS(20));
	for (unsigned i = 0; i < 18; i++) { /* more often than a packet is sent again at most */
		estimator->hold_until = hold;
		hear(NULL, data, writer.len, stage->now);
		run(RS_MS(10));
	}
	assert_int_equal(router_counters(stage->kit.router)->tx_resent, 0);
	run(RS_MS(150));
	assert_in_range(router_counters(stage->kit.router)->tx_resent, 1, 4);
}

/* Drops all that leaves now, until the far end would have had it. Returns how many numbers that took. */
static unsigned lose(void)
{
	const unsigned before = stage->numbered;

	stage->line.loss_permille = 1000;
	run(RS_MS(30));
	stage->line.loss_permille = 0;
	return stage->numbered - before;
}

static void what_feedback_misses_is_sent_again_unasked_and_so_are_lost_answers(void **state)
{
	const struct router_counters *counters = router_counters(stage->kit.router);

	run(RS_SEC(8)); /* a frame is due in 4 ms, and the line is empty */
	assert_int_equal(counters->tx_resent, 0);
	const unsigned padding = stage->padding;
	const unsigned lost = lose();
	assert_int_equal(stage->padding, padding);
	assert_true(lost >= 2);
	while (counters->tx_resent == 0 && stage->now < RS_SEC(9))
		run(RS_MS(1));
	assert_int_equal(counters->tx_resent, lost);
	const unsigned again = lose(); /* the answers, and so many more */
	run(RS_MS(500));
	const uint64_t resent = counters->tx_resent;
	/* Three times at most, now that more is lost. */
	assert_in_range(resent, lost + (lost + again), lost + 3 * (lost + again));
	run(RS_SEC(2));
	assert_int_equal(counters->tx_resent, resent);
}

static void an_answer_that_is_lost_does_not_matter_once_another_arrived(void **state)
{
	const struct router_counters *counters = router_counters(stage->kit.router);
	struct slot *slot = peer_of(stage->kit.router, stage->listener)->slots[2];

	run(RS_SEC(5));
	const uint16_t seq = (uint16_t)slot->rewrite.highest_out;
	resend_lost(stage->kit.router, slot, seq, 0, stage->now);
	assert_int_equal(counters->tx_resent, 1);
	resend_lost(stage->kit.router, slot, seq, 0, stage->now + RS_MS(100)); /* told late */
	assert_int_equal(counters->tx_resent, 1);
	resend_lost(stage->kit.router, slot, seq, 1, stage->now + RS_MS(100));
	assert_int_equal(counters->tx_resent, 2);
	resend_arrived(slot, seq);
	resend_lost(stage->kit.router, slot, seq, 2, stage->now + RS_MS(200));
	assert_int_equal(counters->tx_resent, 2);
}

static void another_path_is_found_out_anew_and_numbers_go_on(void **state)
{
	struct router_peer_stats stats;

	run(RS_SEC(5));
	router_peer_moved(stage->kit.router, stage->listener, stage->now);
	assert_int_equal(
		router_peer_stats(stage->kit.router, stage->listener, stage->now, &stats), 0);
	assert_int_equal(stats.estimate_bps, ESTIMATOR_START_BPS);
	assert_int_equal(stats.line_cause, ROUTER_LINE_STARTED);
	run(RS_SEC(5));
	assert_int_equal(
		router_peer_stats(stage->kit.router, stage->listener, stage->now, &stats), 0);
	assert_true(stats.estimate_bps > 1000000);
	assert_int_equal(stage->gaps, 0);
	assert_int_equal(
		router_peer_stats(stage->kit.router, stage->speaker, stage->now, &stats), 0);
}

/* How often the last packet of sound is sent again when the listener misses it. */
static unsigned repaired(void)
{
	const unsigned before = stage->sound;
	const uint16_t seq = stage->last_sound;
	uint8_t data[64];
	struct rs_writer writer;

	rs_writer_init(&writer, data, sizeof(data));
	rtcp_write_nack(&writer, 1, kit_slot_ssrc(&viewer, 3, false), &seq, 1);
	hear(NULL, data, writer.len, stage->now);
	return stage->sound - before;
}

static void sound_is_repaired_where_the_line_has_room(void **state)
{
	run(RS_SEC(5));
	assert_int_equal(repaired(), 1);
	stage->line.rate_bps = 48000;
	run(RS_SEC(10));
	assert_int_equal(repaired(), 0);
	assert_true(router_counters(stage->kit.router)->tx_resend_waits > 0);
	stage->line.rate_bps = 2000000;
	run(RS_SEC(15));
	assert_int_equal(repaired(), 1);
}

static void who_cannot_be_reached_or_leaves_holds_no_packets(void **state)
{
	run(RS_SEC(10));
	stage->line.rate_bps = 100000;
	run(RS_MS(100));
	router_peer_ready(stage->kit.router, stage->listener, false, stage->now);
	assert_int_equal(peer_of(stage->kit.router, stage->listener)->egress->n_queue, 0);
	router_peer_ready(stage->kit.router, stage->listener, true, stage->now);
	run(RS_MS(100));
	router_peer_remove(stage->kit.router, "viewer", stage->now);
	assert_null(stage->kit.router->egresses);
	run(RS_MS(100));
	stage->listener = kit_must_join(&stage->kit, &viewer);
	run(RS_MS(100));
}

static void feedback_that_is_garbage_is_counted_and_nothing_else(void **state)
{
	static const uint8_t bad[] = { 0x8f, 205, 0, 4, 0, 0, 0, 1, 0, 0, 0, 2, 0, 1, 0, 9, 0, 0, 0,
		0 };

	run(RS_SEC(1));
	hear(NULL, bad, sizeof(bad), stage->now);
	assert_int_equal(router_counters(stage->kit.router)->rtcp_malformed, 1);
	run(RS_SEC(1));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(pictures_are_numbered_without_gaps_and_sound_is_not),
		CASE(layers_go_by_what_the_line_carries),
		CASE(a_line_that_narrows_and_opens_lowers_pauses_and_restores_the_picture),
		CASE(on_the_narrowest_line_the_only_sound_is_not_silenced),
		CASE(a_repair_that_finds_no_room_is_made_when_there_is),
		CASE(what_feedback_misses_is_sent_again_unasked_and_so_are_lost_answers),
		CASE(an_answer_that_is_lost_does_not_matter_once_another_arrived),
		CASE(another_path_is_found_out_anew_and_numbers_go_on),
		CASE(sound_is_repaired_where_the_line_has_room),
		CASE(who_cannot_be_reached_or_leaves_holds_no_packets),
		CASE(feedback_that_is_garbage_is_counted_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
