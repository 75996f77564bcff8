/* What was delivered after an outage against what had been received. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "recorder/archive/verify/late.h"

#define LIVE "tracks/room.001.a"
#define LATE "tracks/room.002.a"
#define AGAIN "tracks/room.003.a"

/* `received` packets of the numbers from `seq0` to `seq1`, 20 ms each. */
static struct ledger_line a_line(int64_t seq0, int64_t seq1, uint64_t received)
{
	return (struct ledger_line){ .ssrc = 7,
		.seq0 = seq0,
		.seq1 = seq1,
		.received = received,
		.lost = (uint64_t)(seq1 - seq0 + 1) - received,
		.t0_ms = 20 * seq0,
		.t1_ms = 20 * seq1 };
}

static void deliver(
	struct verify_late *late, const char *file, uint32_t cluster, int64_t seq0, int64_t seq1)
{
	struct ledger_line line = a_line(seq0, seq1, (uint64_t)(seq1 - seq0 + 1));
	line.cluster = cluster;
	line.delivered = true;
	assert_int_equal(verify_late_add(late, file, &line), 0);
}

static bool is_twice(const struct verify_late *late, const char *file, struct ledger_line line)
{
	return verify_late_is_twice(late, file, &line);
}

static void what_follows_and_what_fills_a_hole_is_there_once(void **state)
{
	(void)state;
	struct verify_late late = { .n = 0 };
	deliver(&late, LATE, 0, 1050, 1099);
	deliver(&late, LATE, 1, 1100, 1149);
	assert_true(verify_late_concerns(&late, LIVE));
	assert_false(verify_late_concerns(&late, "tracks/room.001.v"));
	assert_false(verify_late_concerns(&late, "tracks/room-2.001.a"));
	assert_false(is_twice(&late, LIVE, a_line(1000, 1049, 50)));
	/* The stream went on: its next line has the numbers of the outage, as lost, and none of the packets. */
	assert_false(is_twice(&late, LIVE, a_line(1050, 1199, 50)));
	/* The first of the outage that was lost came live after all, with what it lost itself. */
	assert_false(is_twice(&late, LIVE, a_line(1040, 1060, 10)));
	for (size_t i = 0; i < late.n; i++)
		assert_false(is_twice(&late, LATE, late.list[i].line));
	verify_late_done(&late);
}

static void one_packet_that_is_there_twice_is_found(void **state)
{
	(void)state;
	struct verify_late late = { .n = 0 };
	deliver(&late, LATE, 0, 1050, 1099);
	deliver(&late, LATE, 1, 1100, 1149);
	assert_true(is_twice(&late, LIVE, a_line(1000, 1050, 51)));
	assert_true(is_twice(&late, LIVE, a_line(1149, 1199, 51)));
	/* By no line alone, by both together. */
	assert_true(is_twice(&late, LIVE, a_line(1050, 1199, 51)));
	/* Of a part that was sent again. */
	deliver(&late, AGAIN, 0, 1149, 1150);
	assert_true(is_twice(&late, AGAIN, late.list[2].line));
	assert_true(is_twice(&late, LATE, late.list[1].line));
	assert_false(is_twice(&late, LATE, late.list[0].line));
	verify_late_done(&late);
}

static void other_streams_have_numbers_of_their_own(void **state)
{
	(void)state;
	struct verify_late late = { .n = 0 };
	deliver(&late, LATE, 0, 1050, 1099);
	struct ledger_line other = a_line(1050, 1099, 50);
	assert_true(is_twice(&late, LIVE, other));
	assert_false(is_twice(&late, "tracks/room.001.v", other));
	assert_false(is_twice(&late, "tracks/roo.001.a", other));
	other.ssrc = 8;
	assert_false(is_twice(&late, LIVE, other));
	/* After a kill the recorder counts from 16 bits again. */
	other.ssrc = 7;
	other.t0_ms += 20 * 65536;
	other.t1_ms += 20 * 65536;
	assert_false(is_twice(&late, LIVE, other));
	/* No packet came. */
	assert_false(is_twice(&late, LIVE, (struct ledger_line){ .ssrc = 7, .seq1 = -1 }));
	verify_late_done(&late);
}

static void only_what_was_delivered_is_kept_in_mind(void **state)
{
	(void)state;
	struct verify_late late = { .n = 0 };
	const struct ledger_line live = a_line(1, 2, 2);
	struct ledger_line empty = { .delivered = true, .seq1 = -1 };
	assert_int_equal(verify_late_add(&late, LIVE, &live), 0);
	assert_int_equal(verify_late_add(&late, LATE, &empty), 0);
	assert_int_equal(late.n, 0);
	for (uint32_t i = 0; i < 1000; i++)
		deliver(&late, LATE, i, 50 * i, 50 * i + 49);
	assert_int_equal(late.n, 1000);
	assert_int_equal(late.list[999].line.seq1, 49999);
	verify_late_done(&late);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_follows_and_what_fills_a_hole_is_there_once),
		cmocka_unit_test(one_packet_that_is_there_twice_is_found),
		cmocka_unit_test(other_streams_have_numbers_of_their_own),
		cmocka_unit_test(only_what_was_delivered_is_kept_in_mind),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
