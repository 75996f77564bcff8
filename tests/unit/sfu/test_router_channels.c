/* Language channels at the router: what is made of them beside the whole, who never hears themselves, and what a desk that is
 * about to take over is given before it does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/router_crew.h"
#include "tests/support/router_kit.h"

#define KEN 1001
#define FRA 1002
#define FR_1 1004
#define FR_2 1005
#define EN_1 1006
#define LISTENER 1007

static struct kit kit;

static const struct kit_peer ken = { .id = "KEN", .csrc = KEN };
static const struct kit_peer fra = { .id = "FRA", .csrc = FRA };
static const struct kit_peer fr_1 = { .id = "fr-1", .csrc = FR_1 };
static const struct kit_peer fr_2 = { .id = "fr-2", .csrc = FR_2 };
static const struct kit_peer en_1 = { .id = "en-1", .csrc = EN_1 };

static int setup(void **state)
{
	return kit_init(&kit);
}

static int teardown(void **state)
{
	kit_done(&kit);
	return 0;
}

static struct kit_peer listener_to(const char *feed)
{
	return (struct kit_peer){
		.id = "listener", .csrc = LISTENER, .silent = true, .audio = feed
	};
}

/* An SSRC a source. */
static void speak(uint32_t handle, const struct kit_peer *peer, uint16_t seq, rs_time now)
{
	kit_speak(&kit, handle, peer->csrc + 100, seq, 10, now);
}

/* Who was heard last in the peer's slot of rank 0 or 1; 0 = nobody since the last time this was asked. */
static uint32_t heard(uint32_t handle, const struct kit_peer *peer, unsigned rank)
{
	const uint32_t ssrc = kit_slot_ssrc(peer, 3 + rank, false);
	const size_t n = kit_count_rtp(&kit, handle, ssrc);

	return n > 0 ? kit_parsed(kit_rtp(&kit, handle, ssrc, n - 1)).csrcs[0] : 0;
}

static void a_channel_is_also_had_as_desk_and_as_original(void **state)
{
	struct kit_peer desk = listener_to("desk-fr"), original = listener_to("original-fr");
	desk.id = "partner";
	desk.csrc++;
	const uint32_t k = kit_must_join(&kit, &ken), f = kit_must_join(&kit, &fra),
		       one = kit_must_join(&kit, &fr_1), d = kit_must_join(&kit, &desk),
		       o = kit_must_join(&kit, &original);
	struct kit_meeting meeting = { .event = 1, .open = { "KEN", "FRA" }, .channel = "fr" };

	/* Without a desk the channel is the floor: nobody interprets, and nothing lies underneath. */
	kit_must_meeting(&kit, &meeting, 0);
	speak(k, &ken, 1, 0);
	speak(f, &fra, 1, 0);
	speak(one, &fr_1, 1, 0);
	assert_int_equal(kit_count_rtp(&kit, d, 0), 0);
	assert_int_equal(kit_count_rtp(&kit, o, 0), 0);

	meeting.event = 2;
	meeting.desk = "fr-1";
	kit_must_meeting(&kit, &meeting, RS_MS(10));
	speak(k, &ken, 2, RS_MS(20));
	speak(f, &fra, 2, RS_MS(20));
	speak(one, &fr_1, 2, RS_MS(20));
	assert_int_equal(heard(d, &desk, 0), FR_1);
	assert_int_equal(heard(d, &desk, 1), 0);
	assert_int_equal(heard(o, &original, 0), KEN);
	assert_int_equal(heard(o, &original, 1), FRA);
	kit_forget(&kit);

	/* The floor's language is the channel's: the desk stands by, and the channel passes the floor again. */
	meeting.event = 3;
	meeting.desk = NULL;
	kit_must_meeting(&kit, &meeting, RS_MS(30));
	speak(k, &ken, 3, RS_MS(40));
	speak(one, &fr_1, 3, RS_MS(40));
	assert_int_equal(kit_count_rtp(&kit, d, 0), 0);
	assert_int_equal(kit_count_rtp(&kit, o, 0), 0);
}

static void feeds_of_a_channel_that_is_not_there_are_silent(void **state)
{
	struct kit_peer desk = listener_to("desk-de"), original = listener_to("original-de");
	desk.id = "partner";
	desk.csrc++;
	const uint32_t k = kit_must_join(&kit, &ken), d = kit_must_join(&kit, &desk),
		       o = kit_must_join(&kit, &original);

	kit_must_meeting(
		&kit, &(struct kit_meeting){ .event = 1, .open = { "KEN" }, .channel = "fr" }, 0);
	speak(k, &ken, 1, 0);
	assert_int_equal(kit_count_rtp(&kit, d, 0), 0);
	assert_int_equal(kit_count_rtp(&kit, o, 0), 0);
}

static void the_original_goes_when_the_desk_falls_silent_for_good(void **state)
{
	const struct kit_peer original = listener_to("original-fr");
	const uint32_t k = kit_must_join(&kit, &ken), one = kit_must_join(&kit, &fr_1),
		       o = kit_must_join(&kit, &original);

	kit_must_meeting(&kit,
		&(struct kit_meeting){
			.event = 1, .open = { "KEN" }, .channel = "fr", .desk = "fr-1" },
		0);
	speak(one, &fr_1, 1, 0);
	for (uint16_t i = 1; i <= 300; i++) {
		speak(k, &ken, i, i * RS_MS(20));
		router_tick(kit.router, i * RS_MS(20));
		if (i == 200)
			assert_int_equal(heard(o, &original, 0), KEN);
		kit_forget(&kit);
	}
	speak(k, &ken, 301, RS_SEC(7));
	assert_int_equal(kit_count_rtp(&kit, o, 0), 0); /* the channel is the floor itself now */
}

static void nobody_hears_themselves_by_any_feed(void **state)
{
	static const char *const feeds[] = { "floor", "channel-fr", "desk-fr", "original-fr",
		"source-fr-1", "source-KEN", "speaker", "chair" };
	const struct kit_meeting meeting = {
		.event = 1,
		.open = { "KEN" },
		.speaker = "KEN",
		.channel = "fr",
		.desk = "fr-1",
	};

	for (size_t i = 0; i < RS_ARRAY_LEN(feeds); i++) {
		struct kit_peer desk = fr_1, delegate = ken;
		desk.audio = delegate.audio = feeds[i];
		const uint32_t d = kit_must_join(&kit, &desk), k = kit_must_join(&kit, &delegate);
		kit_must_meeting(&kit, &meeting, 0);
		kit_forget(&kit);
		const uint16_t seq = (uint16_t)(2 * i + 1);
		for (uint16_t j = 0; j < 2; j++) {
			const rs_time now = (rs_time)(seq + j) * RS_MS(20);
			speak(k, &ken, (uint16_t)(seq + j), now);
			speak(d, &fr_1, (uint16_t)(seq + j), now);
		}
		for (unsigned rank = 0; rank < 2; rank++) {
			assert_int_not_equal(heard(d, &desk, rank), FR_1);
			assert_int_not_equal(heard(k, &delegate, rank), KEN);
		}
	}
}

/* Whoever tries their microphone hears it, nobody else does, and it stops with the packet by which the meeting hears it. */
static void one_hears_oneself_while_nobody_else_does(void **state)
{
	struct kit_peer delegate = ken, other = listener_to("floor");
	delegate.audio = "own";
	const uint32_t k = kit_must_join(&kit, &delegate), o = kit_must_join(&kit, &other);
	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 1, .record = true }, 0);
	kit_forget(&kit);
	for (uint16_t seq = 1; seq <= 3; seq++)
		speak(k, &ken, seq, seq * RS_MS(20));
	assert_int_equal(heard(k, &delegate, 0), KEN);
	assert_int_equal(kit_count_rtp(&kit, k, kit_slot_ssrc(&delegate, 3, false)), 3);
	assert_int_equal(heard(o, &other, 0), 0);
	assert_int_equal(kit.n_taps, 0);

	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 2, .open = { "KEN" } }, RS_MS(70));
	kit_forget(&kit);
	speak(k, &ken, 4, RS_MS(80));
	assert_int_equal(heard(k, &delegate, 0), 0);
	assert_int_equal(heard(o, &other, 0), KEN);

	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 3, .direct = true }, RS_MS(90));
	kit_forget(&kit);
	speak(k, &ken, 5, RS_MS(100));
	assert_int_equal(heard(k, &delegate, 0), KEN);
}

/* A room's encoder speaks for the delegate whose page listens: the page is another peer, and still its own. */
static void nobody_hears_themselves_by_another_line(void **state)
{
	const struct kit_peer encoder = { .id = "w1", .source = "KEN", .csrc = KEN };
	const struct kit_peer listener = listener_to("floor");
	const uint32_t page = kit_must_join(&kit, &ken), e = kit_must_join(&kit, &encoder),
		       l = kit_must_join(&kit, &listener);

	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 1, .open = { "KEN" } }, 0);
	speak(e, &encoder, 1, 0);
	assert_int_equal(heard(l, &listener, 0), KEN);
	assert_int_equal(kit_count_rtp(&kit, page, 0), 0);
}

static void who_is_next_is_not_heard_before_the_turn_comes(void **state)
{
	const struct kit_peer listener = listener_to("channel-fr");
	const uint32_t one = kit_must_join(&kit, &fr_1), two = kit_must_join(&kit, &fr_2),
		       l = kit_must_join(&kit, &listener);

	for (int direct = 0; direct < 2; direct++) {
		struct kit_meeting meeting = { .event = 1,
			.direct = direct != 0,
			.channel = "fr",
			.desk = "fr-1",
			.next = "fr-2" };
		const uint16_t seq = (uint16_t)(1 + 4 * direct);
		const rs_time now = direct * RS_MS(100);
		kit_must_meeting(&kit, &meeting, now);
		kit_forget(&kit);
		speak(one, &fr_1, seq, now);
		speak(two, &fr_2, seq, now);
		assert_int_equal(kit_count_rtp(&kit, l, 0), 1);
		assert_int_equal(kit_count_rtp(&kit, two, 0), 0);
		assert_int_equal(kit_count_rtp(&kit, one, 0), 0); /* nor on the floor */
		assert_int_equal(heard(l, &listener, 0), FR_1);

		meeting.desk = "fr-2";
		meeting.next = NULL;
		kit_must_meeting(&kit, &meeting, now + RS_MS(10));
		kit_forget(&kit);
		speak(one, &fr_1, (uint16_t)(seq + 1), now + RS_MS(20));
		speak(two, &fr_2, (uint16_t)(seq + 1), now + RS_MS(20));
		assert_int_equal(heard(l, &listener, 0), FR_2);
		assert_int_equal(kit_count_rtp(&kit, l, kit_slot_ssrc(&listener, 3, false)), 1);
	}
}

static void two_channels_are_heard_each_for_itself(void **state)
{
	struct kit_peer english = listener_to("channel-en"), french = listener_to("channel-fr");
	english.id = "english";
	english.csrc++;
	const uint32_t one = kit_must_join(&kit, &fr_1), two = kit_must_join(&kit, &en_1),
		       e = kit_must_join(&kit, &english), f = kit_must_join(&kit, &french);

	kit_must_meeting(&kit,
		&(struct kit_meeting){ .event = 1,
			.channel = "fr",
			.desk = "fr-1",
			.more = { { .id = "en", .desk = "en-1" } } },
		0);
	for (uint16_t i = 1; i <= 2; i++) {
		speak(one, &fr_1, i, i * RS_MS(20));
		speak(two, &en_1, i, i * RS_MS(20));
	}
	assert_int_equal(kit_count_rtp(&kit, e, 0), 2);
	assert_int_equal(kit_count_rtp(&kit, f, 0), 2);
	assert_int_equal(heard(e, &english, 0), EN_1);
	assert_int_equal(heard(f, &french, 0), FR_1);
}

/* ---- several workers ---- */

/* In direct mode a source crosses only to who hears it: one that is about to be heard is asked for before. */
static void who_is_next_is_brought_to_the_listeners_before(void **state)
{
	struct kit_peer one = fr_1, two = fr_2, listener = listener_to("channel-fr");
	one.home = 1;
	one.place = 1;
	two.home = 2;
	two.place = 2;
	listener.home = 0;
	listener.place = 3;
	one.audio = two.audio = one.video = two.video = "";
	const uint32_t f = crew_join(&one), n = crew_join(&two), l = crew_join(&listener);
	struct kit_meeting meeting = {
		.event = 1, .direct = true, .channel = "fr", .desk = "fr-1", .next = "fr-2"
	};

	crew_meet(&meeting, 0);
	for (uint16_t seq = 1; seq <= 3;
		seq++) { /* with the first it is told that they flow, with the next they are asked for */
		kit_speak(&crew.kits[1], f, FR_1 + 100, seq, 10, seq * RS_MS(20));
		kit_speak(&crew.kits[2], n, FR_2 + 100, seq, 10, seq * RS_MS(20));
		crew_arrive(seq * RS_MS(20));
	}
	assert_int_not_equal(kit_count_rtp(&crew.kits[0], l, 0), 0);
	assert_int_equal(router_counters(crew.kits[2].router)->relay_sent, 0); /* gated at home */

	/* The first packet after the switch is heard: nothing had to be asked first. */
	meeting.desk = "fr-2";
	meeting.next = NULL;
	for (unsigned i = 0; i < CREW_WORKERS; i++)
		kit_must_meeting(&crew.kits[i], &meeting, RS_MS(70));
	kit_forget(&crew.kits[0]);
	kit_speak(&crew.kits[2], n, FR_2 + 100, 4, 10, RS_MS(80));
	crew_arrive(RS_MS(80));
	assert_int_equal(kit_count_rtp(&crew.kits[0], l, 0), 1);
	assert_int_equal(
		kit_parsed(kit_rtp(&crew.kits[0], l, kit_slot_ssrc(&listener, 3, false), 0))
			.csrcs[0],
		FR_2);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(a_channel_is_also_had_as_desk_and_as_original),
		CASE(feeds_of_a_channel_that_is_not_there_are_silent),
		CASE(the_original_goes_when_the_desk_falls_silent_for_good),
		CASE(nobody_hears_themselves_by_any_feed),
		CASE(nobody_hears_themselves_by_another_line),
		CASE(one_hears_oneself_while_nobody_else_does),
		CASE(who_is_next_is_not_heard_before_the_turn_comes),
		CASE(two_channels_are_heard_each_for_itself),
		cmocka_unit_test_setup_teardown(
			who_is_next_is_brought_to_the_listeners_before, crew_setup, crew_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
