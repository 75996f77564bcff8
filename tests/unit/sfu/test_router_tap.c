/* What the recorder gets: sources behind the gate, channels and the floor, and who is seen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/rtp/rtcp.h"
#include "tests/support/router_kit.h"

static struct kit kit;

static const struct kit_peer ken = { .id = "KEN", .csrc = 1001 };
static const struct kit_peer fra = { .id = "FRA", .csrc = 1002 };

static int setup(void **state)
{
	return kit_init(&kit);
}

static int teardown(void **state)
{
	kit_done(&kit);
	return 0;
}

static const struct kit_tap *tap_of(enum router_tap_kind kind, size_t i)
{
	for (size_t at = 0; at < kit.n_taps; at++)
		if (kit.taps[at].tap.kind == kind && i-- == 0)
			return &kit.taps[at];
	return NULL;
}

static const struct kit_tap *get_tap(enum router_tap_kind kind, size_t i)
{
	const struct kit_tap *tap = tap_of(kind, i);

	if (tap == NULL)
		abort();
	return tap;
}

static void the_recorder_gets_what_passes_the_gate_and_nothing_else(void **state)
{
	static const struct kit_peer desk = { .id = "fr-1", .csrc = 1004 };
	const uint32_t k = kit_must_join(&kit, &ken), f = kit_must_join(&kit, &fra),
		       d = kit_must_join(&kit, &desk);
	struct kit_meeting spec = {
		.event = 5, .open = { "KEN" }, .visible = { "KEN" }, .channel = "fr", .record = true
	};

	assert_int_equal(router_tap_start(kit.router, "m", 0), 0);
	kit_must_meeting(&kit, &spec, 0);
	const struct kit_tap *mark = get_tap(ROUTER_TAP_MARK, 0);
	assert_true(mark->tap.open && mark->tap.event == 5);
	assert_string_equal(mark->name, "KEN");
	kit_speak(&kit, k, 7, 1, 10, RS_MS(20));
	kit_speak(&kit, f, 8, 1, 10, RS_MS(20));
	kit_show(&kit, k, &(struct kit_media){ .ssrc = 9, .seq = 1, .picture = 1 }, RS_MS(20));
	assert_int_equal(kit_count_rtcp(&kit, k, RTCP_PSFB, RTCP_FMT_PLI), 1);
	kit_show(&kit, k,
		&(struct kit_media){
			.ssrc = 9, .seq = 2, .picture = 2, .keyframe = true, .height = 180 },
		RS_MS(40));

	/* KEN's microphone, the floor, the channel passing it through, KEN's camera from its key frame. */
	const struct kit_tap *track = get_tap(ROUTER_TAP_TRACK, 0);
	assert_true(!track->tap.channel && track->tap.media == ROUTER_MICROPHONE);
	assert_true(get_tap(ROUTER_TAP_TRACK, 1)->tap.channel);
	assert_string_equal(get_tap(ROUTER_TAP_TRACK, 1)->name, "floor");
	assert_true(get_tap(ROUTER_TAP_TRACK, 2)->tap.channel);
	assert_string_equal(get_tap(ROUTER_TAP_TRACK, 2)->name, "fr");
	assert_true(get_tap(ROUTER_TAP_TRACK, 3)->tap.media == ROUTER_CAMERA);
	assert_null(tap_of(ROUTER_TAP_TRACK, 4));
	const struct kit_tap *packet = get_tap(ROUTER_TAP_PACKET, 0);
	struct rtp_packet rtp;
	assert_int_equal(rtp_parse(packet->data, packet->len, &rtp), 0);
	assert_true(rtp.ssrc == 7 && rtp.seq == 1 && packet->tap.at == RS_MS(20));
	assert_non_null(tap_of(ROUTER_TAP_PACKET, 3));
	assert_null(tap_of(ROUTER_TAP_PACKET, 4));

	/* The desk goes live: its sound is in the channel alone. */
	kit_forget(&kit);
	kit_speak(&kit, d, 6, 1, 10, RS_MS(40));
	spec.desk = "fr-1";
	spec.event = 6;
	kit_must_meeting(&kit, &spec, RS_MS(50));
	kit_speak(&kit, d, 6, 2, 10, RS_MS(60));
	assert_null(tap_of(ROUTER_TAP_MARK, 0));
	assert_null(tap_of(ROUTER_TAP_TRACK, 0));
	assert_int_equal(rtp_parse(get_tap(ROUTER_TAP_PACKET, 0)->data,
				 get_tap(ROUTER_TAP_PACKET, 0)->len, &rtp),
		0);
	assert_int_equal(rtp.csrcs[0], 1004);
	assert_null(tap_of(ROUTER_TAP_PACKET, 1));

	/* The floor is taken away. */
	kit_forget(&kit);
	spec.open[0] = NULL;
	spec.event = 7;
	kit_must_meeting(&kit, &spec, RS_MS(70));
	assert_true(!get_tap(ROUTER_TAP_MARK, 0)->tap.open &&
		    get_tap(ROUTER_TAP_MARK, 0)->tap.event == 7);
	kit_speak(&kit, k, 7, 2, 10, RS_MS(80));
	assert_null(tap_of(ROUTER_TAP_PACKET, 0));

	/* A recorder that comes again is told everything again. */
	spec.open[0] = "KEN";
	spec.event = 8;
	kit_must_meeting(&kit, &spec, RS_MS(90));
	kit_forget(&kit);
	assert_int_equal(router_tap_start(kit.router, "m", RS_MS(95)), 0);
	assert_true(get_tap(ROUTER_TAP_MARK, 0)->tap.open);
	kit_speak(&kit, k, 7, 3, 10, RS_MS(100));
	assert_string_equal(get_tap(ROUTER_TAP_TRACK, 0)->name, "KEN");
	router_tap_stop(kit.router, "m");
	kit_forget(&kit);
	kit_speak(&kit, k, 7, 4, 10, RS_MS(120));
	assert_int_equal(kit.n_taps, 0);
}

/* What the programme is made of: each moment one sound, in one stream whoever speaks. */
static void the_recorder_gets_the_floor_as_one_sound(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken), f = kit_must_join(&kit, &fra);
	struct kit_meeting spec = { .event = 1, .open = { "KEN" }, .record = true };
	uint32_t floor = 0;
	uint16_t next = 0;

	assert_int_equal(router_tap_start(kit.router, "m", 0), 0);
	for (uint16_t seq = 1; seq <= 20; seq++) {
		const rs_time now = RS_MS(20) * seq;
		spec.open[0] = seq <= 10 ? "KEN" : "FRA";
		spec.event = seq;
		kit_must_meeting(&kit, &spec, now);
		kit_speak(&kit, k, 7, seq, 10, now);
		kit_speak(&kit, f, 8, seq, 10, now);
	}
	for (size_t i = 0; i < kit.n_taps; i++) {
		const struct kit_tap *tap = &kit.taps[i];
		struct rtp_packet rtp;
		if (tap->tap.kind == ROUTER_TAP_TRACK && strcmp(tap->name, "floor") == 0) {
			assert_int_equal(floor, 0); /* told once */
			floor = tap->tap.track;
		}
		if (tap->tap.kind != ROUTER_TAP_PACKET || tap->tap.track != floor || floor == 0)
			continue;
		assert_int_equal(rtp_parse(tap->data, tap->len, &rtp), 0);
		assert_true(next == 0 || rtp.seq == next);
		assert_int_equal(rtp.csrcs[0], tap->tap.at <= RS_MS(200) ? ken.csrc : fra.csrc);
		next = (uint16_t)(rtp.seq + 1);
	}
	assert_true(floor != 0 && next != 0);
}

static void the_recorder_is_told_who_is_seen(void **state)
{
	struct kit_meeting spec = { .event = 1, .speaker = "KEN", .record = true };
	(void)kit_must_join(&kit, &ken);

	assert_int_equal(router_tap_start(kit.router, "m", 0), 0);
	assert_null(tap_of(ROUTER_TAP_SHOW, 0)); /* not recorded yet */
	kit_must_meeting(&kit, &spec, RS_MS(10));
	assert_string_equal(get_tap(ROUTER_TAP_SHOW, 0)->name, "KEN");
	assert_true(get_tap(ROUTER_TAP_SHOW, 0)->tap.at == RS_MS(10));
	spec.event = 2;
	kit_must_meeting(&kit, &spec, RS_MS(20));
	assert_null(tap_of(ROUTER_TAP_SHOW, 1)); /* nothing changed */
	spec.speaker = NULL;
	kit_must_meeting(&kit, &spec, RS_MS(30));
	assert_string_equal(get_tap(ROUTER_TAP_SHOW, 1)->name, "");
	spec.speaker = "KEN";
	kit_must_meeting(&kit, &spec, RS_MS(40));
	kit_forget(&kit);
	assert_int_equal(router_tap_start(kit.router, "m", RS_MS(50)), 0); /* told anew */
	assert_string_equal(get_tap(ROUTER_TAP_SHOW, 0)->name, "KEN");
}

static void the_recorder_may_ask_for_a_key_frame(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken);

	kit_must_meeting(
		&kit, &(struct kit_meeting){ .event = 1, .visible = { "KEN" }, .record = true }, 0);
	assert_int_equal(router_tap_start(kit.router, "m", 0), 0);
	kit_show(&kit, k,
		&(struct kit_media){
			.ssrc = 9, .seq = 1, .picture = 1, .keyframe = true, .height = 180 },
		0);
	const uint32_t track = kit.taps[0].tap.track;
	assert_int_equal(kit.taps[0].tap.kind, ROUTER_TAP_TRACK);
	router_tap_keyframe(kit.router, track + 1, RS_SEC(1));
	router_tap_keyframe(kit.router, 0, RS_SEC(1));
	assert_int_equal(kit_count_rtcp(&kit, k, RTCP_PSFB, RTCP_FMT_PLI), 0);
	router_tap_keyframe(kit.router, track, RS_SEC(1));
	router_tap_keyframe(kit.router, track, RS_SEC(1));
	assert_int_equal(kit_count_rtcp(&kit, k, RTCP_PSFB, RTCP_FMT_PLI), 1);
}

/* It counts sequence numbers: what it is not given is a loss to it, and a frozen picture. */
static void the_recorder_gets_padding_too(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken);

	kit_must_meeting(
		&kit, &(struct kit_meeting){ .event = 1, .visible = { "KEN" }, .record = true }, 0);
	assert_int_equal(router_tap_start(kit.router, "m", 0), 0);
	kit_show(&kit, k,
		&(struct kit_media){
			.ssrc = 9, .seq = 1, .picture = 1, .keyframe = true, .height = 180 },
		0);
	kit_show(&kit, k, &(struct kit_media){ .ssrc = 9, .seq = 2, .picture = 1, .padding = 200 },
		RS_MS(5));
	assert_non_null(tap_of(ROUTER_TAP_PACKET, 1));
}

/* What the recorder counts of a track must be what the router gave: told each second, and at the end. */
static void what_each_track_was_given_is_told(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken);
	struct kit_meeting spec = {
		.event = 5, .open = { "KEN" }, .visible = { "KEN" }, .channel = "fr", .record = true
	};

	assert_int_equal(router_tap_start(kit.router, "m", 0), 0);
	kit_must_meeting(&kit, &spec, 0);
	kit_speak(&kit, k, 7, 1, 10, RS_MS(20));
	kit_speak(&kit, k, 7, 2, 10, RS_MS(40));
	assert_null(tap_of(ROUTER_TAP_SENT, 0));
	router_tick(kit.router, RS_MS(1100));
	/* The floor, the channel and the microphone. */
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(get_tap(ROUTER_TAP_SENT, i)->tap.packets, 2);
	assert_null(tap_of(ROUTER_TAP_SENT, 3));
	router_tick(kit.router, RS_MS(2200));
	assert_null(tap_of(ROUTER_TAP_SENT, 3)); /* nothing new */

	const uint32_t microphone = get_tap(ROUTER_TAP_TRACK, 0)->tap.track;
	kit_speak(&kit, k, 7, 3, 10, RS_MS(2300));
	kit_forget(&kit);
	router_peer_remove(kit.router, "KEN", RS_MS(2310));
	bool told = false;
	for (size_t i = 0; tap_of(ROUTER_TAP_SENT, i) != NULL; i++) {
		const struct kit_tap *sent = get_tap(ROUTER_TAP_SENT, i);
		assert_int_equal(sent->tap.packets, 3);
		told |= sent->tap.track == microphone;
	}
	assert_true(told);
}

static void a_recorder_that_comes_later_counts_from_the_new_announcement(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken);
	struct kit_meeting spec = { .event = 5, .open = { "KEN" }, .record = true };

	assert_int_equal(router_tap_start(kit.router, "m", 0), 0);
	kit_must_meeting(&kit, &spec, 0);
	kit_speak(&kit, k, 7, 1, 10, RS_MS(20));
	kit_forget(&kit);
	assert_int_equal(router_tap_start(kit.router, "m", RS_MS(30)), 0);
	assert_int_equal(get_tap(ROUTER_TAP_SENT, 0)->tap.packets, 1);
	kit_speak(&kit, k, 7, 2, 10, RS_MS(40));
	kit_forget(&kit);
	spec.record = false;
	kit_must_meeting(&kit, &spec, RS_MS(50));
	/* The microphone and the floor, before the recording ends. */
	assert_int_equal(get_tap(ROUTER_TAP_SENT, 0)->tap.packets, 1);
	assert_int_equal(get_tap(ROUTER_TAP_SENT, 1)->tap.packets, 1);
	assert_null(tap_of(ROUTER_TAP_SENT, 2));
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(the_recorder_gets_what_passes_the_gate_and_nothing_else),
		CASE(the_recorder_gets_the_floor_as_one_sound),
		CASE(the_recorder_is_told_who_is_seen),
		CASE(the_recorder_may_ask_for_a_key_frame),
		CASE(the_recorder_gets_padding_too),
		CASE(what_each_track_was_given_is_told),
		CASE(a_recorder_that_comes_later_counts_from_the_new_announcement),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
