/* How a page looks at its video slots. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

#include "tests/support/service_bench.h"

static int setup(void **state)
{
	*state = bench_new(NULL);
	return 0;
}

static int teardown(void **state)
{
	bench_free(*state);
	return 0;
}

/* The page offers and its peer's id is returned (borrowed). */
static const char *offer(struct bench *bench, struct bench_line *page)
{
	return bench_text(
		bench_command(bench, page, "offer", "\"instance\":\"i1\",\"sdp\":\"v=0\""), "peer");
}

static void a_page_says_how_it_looks_at_its_slots(void **state)
{
	struct bench *bench = *state;
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	static const char look[] = "\"slots\":[{\"mid\":\"8\",\"height\":540,\"priority\":7},"
				   "{\"mid\":\"9\",\"paused\":true},"
				   "{\"mid\":\"11\",\"feed\":\"source-FRA\",\"height\":180}]";
	assert_string_equal(bench_try(bench, ken, "watch", look), "no-media-server");
	assert_string_not_equal(offer(bench, ken), "");
	assert_string_equal(bench_try(bench, ken, "watch", look), "ok");
	const json_t *peer = bench_last(sfu, "peer");
	assert_int_equal(bench_int(peer, "peer.recv.5.max_height"), 540);
	assert_int_equal(bench_int(peer, "peer.recv.5.priority"), 7);
	assert_string_equal(bench_text(peer, "peer.recv.5.feed"), "speaker");
	assert_int_equal(bench_int(peer, "peer.recv.6.max_height"), 360); /* as it was */
	assert_true(json_is_true(bench_at(peer, "peer.recv.6.paused")));
	assert_string_equal(bench_text(peer, "peer.recv.8.feed"), "source-FRA");
	const size_t told = bench_count(sfu, "peer");
	assert_string_equal(bench_try(bench, ken, "watch", look), "ok");
	assert_int_equal(bench_count(sfu, "peer"), told); /* nothing new */
	assert_string_equal(bench_try(bench, ken, "watch",
				    "\"slots\":[{\"mid\":\"9\",\"paused\":false},"
				    "{\"mid\":\"11\",\"feed\":\"\"}]"),
		"ok");
	peer = bench_last(sfu, "peer");
	assert_null(bench_at(peer, "peer.recv.6.paused"));
	assert_string_equal(bench_text(peer, "peer.recv.8.feed"), "");
}

static void what_may_not_be_watched_changes_nothing(void **state)
{
	struct bench *bench = *state;
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	static const struct {
		const char *slot;
		const char *reason;
	} cases[] = {
		{ "{\"mid\":\"3\",\"height\":1}", "malformed" }, /* of sound */
		{ "{\"mid\":\"77\",\"height\":1}", "malformed" },
		{ "{\"mid\":\"8\",\"height\":-1}", "malformed" },
		{ "{\"mid\":\"8\",\"height\":8641}", "malformed" },
		{ "{\"mid\":\"8\",\"priority\":256}", "malformed" },
		{ "{\"mid\":\"8\",\"feed\":\"source-FRA\"}", "not-permitted" }, /* the speaker's */
		{ "{\"mid\":\"11\",\"feed\":\"chair\"}", "not-permitted" },
		{ "{\"mid\":\"11\",\"feed\":\"source-XYZ\"}", "no-such-participant" },
		{ "{\"height\":1}", "malformed" },
	};
	char members[256];
	assert_string_not_equal(offer(bench, ken), "");
	const size_t told = bench_count(sfu, "peer");
	for (size_t i = 0; i < RS_ARRAY_LEN(cases); i++) {
		(void)snprintf(members, sizeof(members),
			"\"slots\":[{\"mid\":\"10\",\"paused\":true},%s]", cases[i].slot);
		assert_string_equal(bench_try(bench, ken, "watch", members), cases[i].reason);
	}
	assert_int_equal(bench_count(sfu, "peer"), told);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_page_says_how_it_looks_at_its_slots),
		CASE(what_may_not_be_watched_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
