/* What a video slot gets of a source: simulcast and temporal layers, codecs, pauses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "common/rtp/rtcp.h"
#include "sfu/router/router_priv.h"
#include "tests/support/router_kit.h"

static struct kit kit;

static const struct kit_peer ken = { .id = "KEN", .csrc = 1001 };
static const struct kit_peer viewer = { .id = "viewer", .csrc = 1003, .silent = true };
static const struct kit_meeting shown = { .event = 1, .visible = { "KEN" }, .speaker = "KEN" };
static const struct layer_limit no_limit = { .layer = LAYER_ANY, .temporal = TEMPORAL_ALL };

static int setup(void **state)
{
	return kit_init(&kit);
}

static int teardown(void **state)
{
	kit_done(&kit);
	return 0;
}

static struct publish publish;

/* Three layers that flow, of these heights. */
static void layers(uint16_t q, uint16_t h, uint16_t f)
{
	memset(&publish, 0, sizeof(publish));
	publish.n_tracks = 3;
	publish.tracks[0].height = q;
	publish.tracks[1].height = h;
	publish.tracks[2].height = f;
	for (size_t i = 0; i < 3; i++)
		publish.tracks[i].flowing = true;
}

static void expect(uint32_t max_height, const struct layer_limit *limit, unsigned layer,
	enum router_layer_why why)
{
	const struct layer_choice choice = layer_choose(&publish, max_height, false, limit);

	assert_int_equal(choice.layer, layer);
	assert_int_equal(choice.why, why);
	assert_false(choice.paused);
}

static void the_wish_chooses_a_layer_about_as_high(void **state)
{
	layers(180, 360, 720);

	expect(0, &no_limit, 2, ROUTER_LAYER_BEST);
	expect(1080, &no_limit, 2, ROUTER_LAYER_BEST);
	expect(539, &no_limit, 1, ROUTER_LAYER_BY_WISH);
	expect(540, &no_limit, 2, ROUTER_LAYER_BEST);
	expect(270, &no_limit, 1, ROUTER_LAYER_BY_WISH);
	expect(269, &no_limit, 0, ROUTER_LAYER_BY_WISH);
	expect(40, &no_limit, 0, ROUTER_LAYER_BY_WISH);
}

static void a_layer_of_unknown_height_is_judged_by_its_neighbours(void **state)
{
	layers(0, 360, 0);

	assert_int_equal(layer_height(&publish, 0), 180);
	assert_int_equal(layer_height(&publish, 2), 720);
	expect(720, &no_limit, 2, ROUTER_LAYER_BEST);
	expect(360, &no_limit, 1, ROUTER_LAYER_BY_WISH);
	publish.tracks[1].height = 0;
	expect(180, &no_limit, 2, ROUTER_LAYER_BEST); /* nothing is known yet */
}

static void layers_that_do_not_come_are_not_chosen(void **state)
{
	layers(180, 360, 0);

	publish.tracks[2].flowing = false;
	expect(0, &no_limit, 1, ROUTER_LAYER_BEST);
	publish.tracks[0].flowing = false;
	expect(180, &no_limit, 1, ROUTER_LAYER_BEST); /* better too large than nothing */
	publish.tracks[1].flowing = false;
	expect(0, &no_limit, 0, ROUTER_LAYER_BEST);
}

static void the_line_limits_what_is_wished(void **state)
{
	layers(180, 360, 720);
	const struct layer_limit slow = { .layer = 1, .temporal = 1 };
	const struct layer_limit stopped = { .layer = 2, .temporal = TEMPORAL_ALL, .paused = true };

	expect(0, &slow, 1, ROUTER_LAYER_BY_LINE);
	assert_int_equal(layer_choose(&publish, 0, false, &slow).temporal, 1);
	/* A smaller one that is wished fits with all its frames. */
	expect(180, &slow, 0, ROUTER_LAYER_BY_WISH);
	assert_int_equal(layer_choose(&publish, 180, false, &slow).temporal, TEMPORAL_ALL);
	assert_true(layer_choose(&publish, 0, false, &stopped).paused);
	assert_int_equal(
		layer_choose(&publish, 0, false, &stopped).why, ROUTER_LAYER_PAUSED_BY_LINE);
	assert_int_equal(
		layer_choose(&publish, 0, true, &stopped).why, ROUTER_LAYER_PAUSED_BY_WISH);
}

static void bit_rates_are_told_by_temporal_layer(void **state)
{
	static struct track track;

	assert_int_equal(layer_bps(&track, TEMPORAL_ALL, RS_SEC(1)), 0);
	for (unsigned i = 0; i < 120; i++) /* 30 frames a second: T0 T2 T1 T2 */
		layer_meter_add(&track.meter,
			i % 2 == 1   ? 2
			: i % 4 == 2 ? 1
				     : 0,
			1000, RS_SEC(1) + i * RS_MS(1000) / 30);
	const rs_time now = RS_SEC(1) + 120 * RS_MS(1000) / 30;
	assert_in_range(layer_bps(&track, 0, now), 54000, 66000);
	assert_in_range(layer_bps(&track, 1, now), 108000, 132000);
	assert_in_range(layer_bps(&track, TEMPORAL_ALL, now), 216000, 264000);
	assert_int_equal(layer_temporals(&track), 2);
	assert_int_equal(layer_bps(&track, TEMPORAL_ALL, now + RS_SEC(2)), 0);
}

static void a_layer_that_was_reported_on_is_found_in_the_others_clock(void **state)
{
	struct track *q = &publish.tracks[0], *h = &publish.tracks[1];
	uint32_t ts;

	layers(0, 0, 0);
	q->publish = h->publish = &publish;
	assert_false(layer_same_ts(h, q, 0, &ts));
	q->has_sr = true;
	q->sr_ntp = (uint64_t)100 << 32;
	q->sr_rtp = 5000;
	assert_false(layer_same_ts(h, q, 0, &ts)); /* one is not enough */
	h->has_sr = true;
	h->sr_ntp = ((uint64_t)100 << 32) - ((uint64_t)1 << 31); /* half a second earlier */
	h->sr_rtp = 0xfffffff0;
	assert_true(layer_same_ts(h, q, 0xfffffff0 + 90000, &ts));
	assert_int_equal(ts, 5000 + 45000);
	assert_true(layer_same_ts(q, h, 5000, &ts));
	assert_int_equal(ts, (uint32_t)(0xfffffff0 + 45000));
	assert_false(layer_same_ts(q, q, 5000, &ts));
}

static struct slot *video_slot(uint32_t peer)
{
	return peer_of(kit.router, peer)->slots[2];
}

static struct vp8_descriptor vp8_of(const struct rtp_packet *rtp)
{
	struct vp8_descriptor vp8;

	assert_int_equal(vp8_parse(rtp->payload_view, rtp->payload_len, &vp8), 0);
	return vp8;
}

/* Frame `i` of T0 T2 T1 T2. */
static void show_layered(uint32_t peer, uint16_t i)
{
	static const uint8_t tids[] = { 0, 2, 1, 2 };

	kit_show(&kit, peer,
		&(struct kit_media){ .ssrc = 7,
			.seq = i,
			.picture = i,
			.keyframe = i == 0,
			.height = 180,
			.tid = tids[i % 4],
			.sync = i % 4 == 1 || i % 4 == 2 },
		i * RS_MS(33));
}

static void a_slot_on_a_narrow_line_gets_fewer_frames_without_a_hole(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken), v = kit_must_join(&kit, &viewer);
	const uint32_t ssrc = kit_slot_ssrc(&viewer, 6, false);
	uint16_t i = 0;
	size_t n = 0;

	kit_must_meeting(&kit, &shown, 0);
	slot_limit(kit.router, video_slot(v),
		&(struct layer_limit){ .layer = LAYER_ANY, .temporal = 1 }, 0);
	for (; i < 40; i++)
		show_layered(k, i);
	assert_int_equal(kit_count_rtp(&kit, v, ssrc), 40); /* of layer "any" every frame fits */
	slot_limit(kit.router, video_slot(v), &(struct layer_limit){ .layer = 0, .temporal = 1 },
		i * RS_MS(33));
	for (; i < 80; i++)
		show_layered(k, i);
	slot_limit(kit.router, video_slot(v), &(struct layer_limit){ .layer = 0, .temporal = 0 },
		i * RS_MS(33));
	for (; i < 120; i++)
		show_layered(k, i);
	slot_limit(kit.router, video_slot(v), &no_limit, i * RS_MS(33));
	for (; i < 160; i++)
		show_layered(k, i);
	/* All; half of them; a quarter; all again, but for two of the highest layer before one that needs none of it. */
	n = kit_count_rtp(&kit, v, ssrc);
	assert_int_equal(n, 40 + 20 + 10 + 38);
	assert_int_equal(router_counters(kit.router)->tx_left_out, 160 - n);
	for (size_t j = 1; j < n; j++) {
		const struct rtp_packet a = kit_parsed(kit_rtp(&kit, v, ssrc, j - 1)),
					b = kit_parsed(kit_rtp(&kit, v, ssrc, j));
		assert_int_equal(b.seq, (uint16_t)(a.seq + 1));
		assert_int_equal(vp8_of(&b).picture_id, (vp8_of(&a).picture_id + 1) & 0x7fff);
	}
	assert_int_equal(kit_count_rtcp(&kit, k, RTCP_PSFB, RTCP_FMT_PLI), 0);
}

static void show_layer(
	uint32_t peer, const char *rid, uint16_t i, uint8_t tid, bool keyframe, bool sync)
{
	kit_show(&kit, peer,
		&(struct kit_media){ .ssrc = rid[0] == 'q' ? 7 : 8,
			.rid = rid,
			.seq = i,
			.picture = i,
			.keyframe = keyframe,
			.height = rid[0] == 'q' ? 180 : 360,
			.tid = tid,
			.sync = sync },
		i * RS_MS(33));
}

static void a_key_frame_of_another_layer_changes_nothing(void **state)
{
	const struct kit_peer many = { .id = "KEN", .csrc = 1001, .simulcast = true };
	const uint32_t k = kit_must_join(&kit, &many), v = kit_must_join(&kit, &viewer);
	const uint32_t ssrc = kit_slot_ssrc(&viewer, 6, false);

	kit_must_meeting(&kit, &shown, 0);
	slot_limit(
		kit.router, video_slot(v), &(struct layer_limit){ .layer = 1, .temporal = 0 }, 0);
	show_layer(k, "q", 1, 0, true, false);
	show_layer(k, "h", 1, 0, true, false);
	show_layer(k, "h", 2, 2, false, false);
	assert_int_equal(kit_count_rtp(&kit, v, ssrc), 2); /* both key frames */
	slot_limit(kit.router, video_slot(v), &no_limit, RS_MS(70));
	show_layer(k, "q", 3, 0, true, false);
	/* What was left out is needed for it, whatever layer q does. */
	show_layer(k, "h", 3, 2, false, false);
	assert_int_equal(kit_count_rtp(&kit, v, ssrc), 2);
	show_layer(k, "h", 4, 1, false, true);
	show_layer(k, "h", 5, 2, false, true);
	show_layer(k, "h", 6, 2, false, false);
	assert_int_equal(kit_count_rtp(&kit, v, ssrc), 5);
}

static void a_paused_slot_gets_nothing_and_goes_on_with_a_key_frame(void **state)
{
	const struct kit_peer blind = {
		.id = "viewer", .csrc = 1003, .silent = true, .paused = true
	};
	const uint32_t k = kit_must_join(&kit, &ken), v = kit_must_join(&kit, &viewer);
	const uint32_t ssrc = kit_slot_ssrc(&viewer, 6, false);
	uint32_t again;

	kit_must_meeting(&kit, &shown, 0);
	for (uint16_t i = 0; i < 20; i++)
		show_layered(k, i);
	assert_int_equal(kit_join(&kit, &blind, 20 * RS_MS(33), &again), 0);
	assert_int_equal(again, v);
	for (uint16_t i = 20; i < 40; i++)
		show_layered(k, i);
	assert_int_equal(kit_count_rtp(&kit, v, ssrc), 20);
	assert_int_equal(video_slot(v)->aim.why, ROUTER_LAYER_PAUSED_BY_WISH);
	assert_int_equal(slot_layer_now(kit.router, video_slot(v)), -1);
	assert_int_equal(kit_count_rtcp(&kit, k, RTCP_PSFB, RTCP_FMT_PLI), 0);
	assert_int_equal(kit_join(&kit, &viewer, 40 * RS_MS(33), &again), 0);
	show_layered(k, 40);
	router_tick(kit.router, 40 * RS_MS(33));
	assert_int_equal(kit_count_rtcp(&kit, k, RTCP_PSFB, RTCP_FMT_PLI), 1);
	assert_int_equal(kit_count_rtp(&kit, v, ssrc), 20);
	kit_show(&kit, k,
		&(struct kit_media){
			.ssrc = 7, .seq = 41, .picture = 41, .keyframe = true, .height = 180 },
		41 * RS_MS(33));
	assert_int_equal(kit_count_rtp(&kit, v, ssrc), 21);
	assert_int_equal(slot_layer_now(kit.router, video_slot(v)), 0);
	const struct rtp_packet last = kit_parsed(kit_rtp(&kit, v, ssrc, 19)),
				next = kit_parsed(kit_rtp(&kit, v, ssrc, 20));
	assert_int_equal(next.seq, (uint16_t)(last.seq + 1));
	assert_in_range(next.rtp_ts - last.rtp_ts, 22 * 2900, 22 * 3100);
}

static void sources_of_other_codecs_come_under_their_payload_types(void **state)
{
	static const uint8_t vp9[] = { 0x88, 0x92, 0x34, 0x99, 0x99 };
	static const uint8_t h264[] = { 0x78, 0, 2, 0x67, 0x42, 0, 2, 0x65, 0x88 };
	static const uint8_t av1[] = { 0x18, 0x0a, 0x01, 0x00, 0x00 };
	static const struct {
		enum router_codec codec;
		const uint8_t *key;
		size_t len;
	} codecs[] = {
		{ ROUTER_VP9, vp9, sizeof(vp9) },
		{ ROUTER_H264, h264, sizeof(h264) },
		{ ROUTER_AV1, av1, sizeof(av1) },
	};
	const struct kit_peer modern = {
		.id = "modern", .csrc = 1004, .silent = true, .all_codecs = true
	};
	const uint32_t m = kit_must_join(&kit, &modern), v = kit_must_join(&kit, &viewer);
	const uint32_t ssrc = kit_slot_ssrc(&modern, 6, false);
	uint16_t last_seq = 0;

	for (size_t i = 0; i < RS_ARRAY_LEN(codecs); i++) {
		const struct kit_peer room = {
			.id = "KEN", .csrc = 1001, .camera = codecs[i].codec
		};
		const uint32_t k = kit_must_join(&kit, &room);
		const struct kit_media media = { .ssrc = 70 + (uint32_t)i,
			.seq = 9,
			.picture = 5,
			.payload = codecs[i].key,
			.payload_len = codecs[i].len };
		kit_must_meeting(&kit, &shown, (rs_time)i * RS_SEC(1));
		kit_forget(&kit);
		kit_show(&kit, k, &media, (rs_time)i * RS_SEC(1));
		const struct rtp_packet rtp = kit_parsed(kit_rtp(&kit, m, ssrc, 0));
		assert_int_equal(rtp.pt, KIT_SLOT_ALSO(codecs[i].codec));
		assert_int_equal(rtp.payload_len, codecs[i].len);
		if (codecs[i].codec != ROUTER_VP9) /* whose PictureID is another now */
			assert_memory_equal(rtp.payload_view, codecs[i].key, codecs[i].len);
		if (i > 0)
			assert_int_equal(rtp.seq, (uint16_t)(last_seq + 1));
		last_seq = rtp.seq;
		/* Who did not negotiate the codec gets nothing, and it is counted. */
		assert_int_equal(kit_count_rtp(&kit, v, 0), 0);
		/* The room's own slot is another. */
		assert_int_equal(router_counters(kit.router)->slots_without_codec, 2);
		assert_true(video_slot(v)->without_codec);
		assert_int_equal(video_slot(v)->aim.why, ROUTER_LAYER_NO_CODEC);

		uint8_t data[64];
		struct rs_writer writer;
		rs_writer_init(&writer, data, sizeof(data));
		rtcp_write_nack(&writer, 1, ssrc, &rtp.seq, 1);
		assert_int_equal(router_recv_rtcp(kit.router, m, data, writer.len,
					 (rs_time)i * RS_SEC(1) + RS_MS(50)),
			0);
		assert_int_equal(kit_parsed(kit_rtp(&kit, m, ssrc + 1, 0)).pt,
			KIT_SLOT_ALSO_RTX(codecs[i].codec));
	}
}

static void h264_begins_with_its_parameters_where_they_come_in_band(void **state)
{
	static const uint8_t sps[] = { 0x67, 0x42 }, pps[] = { 0x68, 0x42 }, idr[] = { 0x65, 0x88 };
	static const struct {
		const uint8_t *unit;
		unsigned forwarded;
	} units[] = { { idr, 1 }, { sps, 2 }, { pps, 3 }, { idr, 4 } };
	const struct kit_peer room = { .id = "KEN", .csrc = 1001, .camera = ROUTER_H264 };
	const struct kit_peer modern = {
		.id = "modern", .csrc = 1004, .silent = true, .all_codecs = true
	};
	const uint32_t k = kit_must_join(&kit, &room), m = kit_must_join(&kit, &modern);
	struct kit_media media = { .ssrc = 7, .payload_len = 2 };

	kit_must_meeting(&kit, &shown, 0);
	for (size_t i = 0; i < RS_ARRAY_LEN(units); i++, media.seq++) {
		media.payload = units[i].unit;
		kit_show(&kit, k, &media, (rs_time)i);
		assert_int_equal(kit_count_rtp(&kit, m, 0), units[i].forwarded);
	}
	/* From here on a picture without them is no beginning. */
	router_peer_ready(kit.router, m, false, RS_MS(1));
	router_peer_ready(kit.router, m, true, RS_MS(2));
	media.payload = idr;
	kit_show(&kit, k, &media, RS_MS(3));
	assert_int_equal(kit_count_rtp(&kit, m, 0), 4);
	media.seq++;
	media.payload = sps;
	kit_show(&kit, k, &media, RS_MS(4));
	assert_int_equal(kit_count_rtp(&kit, m, 0), 5);
}

static void a_slot_names_each_codec_once(void **state)
{
	struct router_recv recv = { .mid = "6",
		.video = true,
		.ssrc = 1,
		.codec = ROUTER_VP8,
		.pt = 96,
		.rtx_pt = 97,
		.also = { { ROUTER_VP9, 98, 99 } },
		.n_also = 1,
		.feed = "speaker" };
	struct slot *slot;

	assert_int_equal(slot_new(&recv, &kit.rand, &slot), 0);
	assert_int_equal(slot_payload(slot, ROUTER_VP9)->pt, 98);
	assert_null(slot_payload(slot, ROUTER_AV1));
	slot = slot_free(slot);
	recv.also[0].codec = ROUTER_VP8;
	assert_int_equal(slot_new(&recv, &kit.rand, &slot), -EINVAL);
	recv.also[0] = (struct router_payload){ ROUTER_VP9, 96, 99 };
	assert_int_equal(slot_new(&recv, &kit.rand, &slot), -EINVAL);
	recv.also[0] = (struct router_payload){ ROUTER_OPUS, 111, 0 };
	assert_int_equal(slot_new(&recv, &kit.rand, &slot), -EINVAL);
	recv.n_also = ROUTER_ALSO_MAX + 1;
	assert_int_equal(slot_new(&recv, &kit.rand, &slot), -EINVAL);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(the_wish_chooses_a_layer_about_as_high),
		CASE(a_layer_of_unknown_height_is_judged_by_its_neighbours),
		CASE(layers_that_do_not_come_are_not_chosen),
		CASE(the_line_limits_what_is_wished),
		CASE(bit_rates_are_told_by_temporal_layer),
		CASE(a_layer_that_was_reported_on_is_found_in_the_others_clock),
		CASE(a_slot_on_a_narrow_line_gets_fewer_frames_without_a_hole),
		CASE(a_key_frame_of_another_layer_changes_nothing),
		CASE(a_paused_slot_gets_nothing_and_goes_on_with_a_key_frame),
		CASE(sources_of_other_codecs_come_under_their_payload_types),
		CASE(h264_begins_with_its_parameters_where_they_come_in_band),
		CASE(a_slot_names_each_codec_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
