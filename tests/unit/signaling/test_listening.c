/* What a wish to listen makes of the audio places of a page, and of those of clients that have fewer. */
#include "signaling/service/state/listening.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void expect_places(const struct listening *listening, const char *const *feeds)
{
	struct peer_slot places[LISTENING_PLACES];

	listening_places(listening, places);
	for (uint32_t i = 0; i < LISTENING_PLACES; i++) {
		assert_int_equal(places[i].kind, PEER_AUDIO);
		assert_string_equal(places[i].feed, feeds[i]);
		assert_int_equal(places[i].rank, i < LISTENING_ORIGINAL ? i : 0);
		assert_int_equal(
			places[i].mix, i == LISTENING_ORIGINAL ? PEER_MIX_LOUDEST : PEER_MIX_RANK);
	}
}

static void places_follow_the_wish(void **state)
{
	static const char *const floor[] = { "floor", "floor", "floor", "", "" };
	static const char *const channel[] = { "channel-fr", "channel-fr", "channel-fr", "", "" };
	static const char *const both[] = { "channel-fr", "channel-fr", "channel-fr", "original-fr",
		"" };

	expect_places(&(struct listening){ .channel = "" }, floor);
	expect_places(&(struct listening){ .original = true }, floor);
	expect_places(&(struct listening){ .channel = "fr" }, channel);
	expect_places(&(struct listening){ .channel = "fr", .original = true }, both);
}

static void what_is_understood_is_heard_itself(void **state)
{
	static const char *const floor[] = { "floor", "floor", "floor", "", "" };
	static const char *const both[] = { "channel-fr", "channel-fr", "channel-fr", "original-fr",
		"" };
	static const struct {
		const char *spoken;
		bool understood;
	} cases[] = { { "en", true }, { "en-GB", true }, { "EN", true }, { "es", true },
		{ "eng", false }, { "e", false }, { "", false }, { "ru", false } };
	struct listening listening = {
		.channel = "fr", .original = true, .understands = { "es", "en" }, .n_understands = 2
	};

	for (size_t i = 0; i < RS_ARRAY_LEN(cases); i++) {
		listening_hear(&listening, cases[i].spoken);
		expect_places(&listening, cases[i].understood ? floor : both);
	}
	listening.n_understands = 0;
	listening_hear(&listening, "en");
	expect_places(&listening, both);
}

static void the_longest_channel_fits_its_feeds(void **state)
{
	struct listening listening = { .original = true };
	struct peer_slot places[LISTENING_PLACES];

	memset(listening.channel, 'x', RS_NAME_MAX);
	listening_places(&listening, places);
	assert_int_equal(strlen(places[0].feed), strlen("channel-") + RS_NAME_MAX);
	assert_int_equal(
		strlen(places[LISTENING_ORIGINAL].feed), strlen("original-") + RS_NAME_MAX);
}

/* A video section between them is nobody's concern here. */
static struct peer_spec with_places(size_t n)
{
	struct peer_spec peer = { .n_recv = n + 2 };

	for (size_t i = 0; i < peer.n_recv; i++)
		peer.recv[i].kind = i == 1 || i + 1 == peer.n_recv ? PEER_VIDEO : PEER_AUDIO;
	(void)rs_set_text(peer.recv[1].feed, "speaker");
	return peer;
}

static void who_offers_fewer_places_has_the_first(void **state)
{
	static const char *const feeds[] = { "channel-fr", "channel-fr", "channel-fr",
		"original-fr", "" };
	const struct listening listening = { .channel = "fr", .original = true };
	static const size_t offered[] = { 1, 3, 4, 5, 7 };

	for (size_t i = 0; i < RS_ARRAY_LEN(offered); i++) {
		struct peer_spec peer = with_places(offered[i]);
		assert_true(listening_bind(&listening, &peer));
		assert_false(listening_bind(&listening, &peer));
		size_t at = 0;
		for (size_t j = 0; j < peer.n_recv; j++)
			if (peer.recv[j].kind == PEER_AUDIO && at < LISTENING_PLACES)
				assert_string_equal(peer.recv[j].feed, feeds[at++]);
		assert_int_equal(at, offered[i] < LISTENING_PLACES ? offered[i] : LISTENING_PLACES);
		assert_string_equal(peer.recv[1].feed, "speaker");
	}
}

static void what_a_peer_carries_tells_the_wish(void **state)
{
	static const struct listening wishes[] = {
		{ .channel = "" },
		{ .channel = "fr" },
		{ .channel = "fr", .original = true },
	};

	for (size_t i = 0; i < RS_ARRAY_LEN(wishes); i++) {
		struct peer_spec peer = with_places(5);
		struct listening learnt = { .channel = "" };
		(void)listening_bind(&wishes[i], &peer); /* changes what was empty, or not */
		listening_learn(&learnt, &peer);
		assert_string_equal(learnt.channel, wishes[i].channel);
		assert_int_equal(learnt.original, wishes[i].original);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places_follow_the_wish),
		cmocka_unit_test(what_is_understood_is_heard_itself),
		cmocka_unit_test(the_longest_channel_fits_its_feeds),
		cmocka_unit_test(who_offers_fewer_places_has_the_first),
		cmocka_unit_test(what_a_peer_carries_tells_the_wish),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
