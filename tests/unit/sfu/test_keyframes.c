/* One authority asks a source for key frames: often enough, and no more often than that. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/rtp/rtcp.h"
#include "sfu/router/router_priv.h"
#include "tests/support/router_kit.h"

#define VIEWERS 12

static struct kit kit;

static const struct kit_peer ken = { .id = "KEN", .csrc = 1001 };
static const struct kit_meeting shown = { .event = 1, .visible = { "KEN" }, .speaker = "KEN" };
static const char *const names[VIEWERS] = { "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k",
	"l" };

static int setup(void **state)
{
	return kit_init(&kit);
}

static int teardown(void **state)
{
	kit_done(&kit);
	return 0;
}

static struct kit_peer viewer(unsigned i)
{
	return (struct kit_peer){ .id = names[i], .csrc = 1010 + i, .silent = true };
}

static size_t plis(uint32_t peer)
{
	return kit_count_rtcp(&kit, peer, RTCP_PSFB, RTCP_FMT_PLI);
}

/* Picture `i`, of `packets` packets. Key frames come when the last of them was asked for. */
static void show(uint32_t peer, uint16_t i, bool keyframe, unsigned packets, rs_time now)
{
	static uint16_t seq;

	for (unsigned j = 0; j < packets; j++)
		kit_show(&kit, peer,
			&(struct kit_media){ .ssrc = 7,
				.seq = seq++,
				.picture = i,
				.keyframe = keyframe && j == 0,
				.height = 180 },
			now);
}

static void say_pli(uint32_t peer, const struct kit_peer *who, rs_time now)
{
	uint8_t data[16];
	struct rs_writer writer;

	rs_writer_init(&writer, data, sizeof(data));
	rtcp_write_pli(&writer, 1, kit_slot_ssrc(who, 6, false));
	assert_int_equal(router_recv_rtcp(kit.router, peer, data, writer.len, now), 0);
}

static void a_static_slide_is_asked_for_until_it_comes(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken);
	const struct kit_peer late = viewer(0);
	uint32_t v;
	rs_time now = RS_SEC(60);
	unsigned asked = 0;

	/* One picture a minute ago, and nothing since. */
	kit_must_meeting(&kit, &shown, 0);
	show(k, 1, true, 3, 0);
	router_tick(kit.router, now);
	kit_forget(&kit);
	assert_int_equal(kit_join(&kit, &late, now, &v), 0);
	/* Three requests in a row are lost, the fourth is answered after a round trip: all within a second. */
	for (; asked < 4; now += RS_MS(10)) {
		router_tick(kit.router, now);
		asked = (unsigned)plis(k);
	}
	assert_in_range(now - RS_SEC(60), RS_MS(400), RS_MS(850));
	now += RS_MS(100);
	show(k, 2, true, 3, now);
	assert_int_equal(kit_count_rtp(&kit, v, kit_slot_ssrc(&late, 6, false)), 3);
	kit_forget(&kit);
	for (rs_time after = now; after < now + RS_SEC(5); after += RS_MS(10))
		router_tick(kit.router, after);
	assert_int_equal(plis(k), 0);
}

static void an_encoder_that_does_not_answer_is_asked_in_another_way_and_more_slowly(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken);
	const struct kit_peer one = viewer(0);

	(void)kit_must_join(&kit, &one);
	kit_must_meeting(&kit, &shown, 0);
	show(k, 1, false, 1, 0);
	kit_forget(&kit);
	for (rs_time now = RS_MS(10); now < RS_SEC(10); now += RS_MS(10))
		router_tick(kit.router, now);
	assert_in_range(plis(k), 6, 9);
	assert_in_range(kit_count_rtcp(&kit, k, RTCP_PSFB, RTCP_FMT_FIR), plis(k) - 2, plis(k) - 1);
}

static void those_who_join_together_share_one_key_frame(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken);
	uint32_t v;

	kit_must_meeting(&kit, &shown, 0);
	show(k, 1, true, 3, 0);
	kit_forget(&kit);
	for (unsigned i = 0; i < VIEWERS; i++) {
		const struct kit_peer one = viewer(i);
		assert_int_equal(kit_join(&kit, &one, RS_SEC(10) + i * RS_MS(10), &v), 0);
		router_tick(kit.router, RS_SEC(10) + i * RS_MS(10));
	}
	assert_int_equal(plis(k), 1);
}

/* How many requests ten seconds of requests by everybody come to, when a key frame has so many packets beside
 * pictures of one packet. */
static size_t storm(unsigned packets)
{
	const uint32_t k = kit_must_join(&kit, &ken);
	uint32_t v[VIEWERS];
	struct kit_peer who[VIEWERS];
	size_t sum = 0;

	for (unsigned i = 0; i < VIEWERS; i++) {
		who[i] = viewer(i);
		v[i] = kit_must_join(&kit, &who[i]);
	}
	kit_must_meeting(&kit, &shown, 0);
	for (uint16_t i = 0; i < 330; i++) {
		const rs_time now = i * RS_MS(33);
		show(k, i, i == 0 || plis(k) > 0, i == 0 || plis(k) > 0 ? packets : 1, now);
		sum += i > 30 ? plis(k) : 0;
		kit_forget(&kit);
		say_pli(v[i % VIEWERS], &who[i % VIEWERS], now);
		router_tick(kit.router, now);
	}
	return sum;
}

static void a_storm_of_requests_costs_a_share_of_the_stream(void **state)
{
	const size_t cheap = storm(1);
	(void)teardown(state);
	(void)setup(state);
	const size_t dear = storm(80);

	assert_in_range(cheap, 24, 34);
	assert_in_range(dear, 14, 20);
}

static void one_receiver_that_asks_without_end_is_not_heard_each_time(void **state)
{
	struct keyframe_credit credit = { 0 };
	unsigned heard = 0;

	for (rs_time now = RS_SEC(100); now < RS_SEC(110); now += RS_MS(10))
		heard += keyframe_credit_take(&credit, now);
	assert_in_range(heard, 26, 29);
	assert_true(keyframe_credit_take(&credit, RS_SEC(120))); /* it calmed down */
}

static void what_is_refused_is_counted(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken);
	const struct kit_peer bad = viewer(0);
	const uint32_t v = kit_must_join(&kit, &bad);

	kit_must_meeting(&kit, &shown, 0);
	show(k, 1, true, 1, 0);
	for (unsigned i = 0; i < 1000; i++)
		say_pli(v, &bad, RS_SEC(10) + i * RS_MS(1));
	assert_in_range(router_counters(kit.router)->keyframes_refused, 988, 992);
	assert_in_range(plis(k), 1, 4);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_static_slide_is_asked_for_until_it_comes),
		CASE(an_encoder_that_does_not_answer_is_asked_in_another_way_and_more_slowly),
		CASE(those_who_join_together_share_one_key_frame),
		CASE(a_storm_of_requests_costs_a_share_of_the_stream),
		CASE(one_receiver_that_asks_without_end_is_not_heard_each_time),
		CASE(what_is_refused_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
