/* What a box does with an outage while its disk is full or fails: what comes waits and is tried again, and sound goes before pictures. */
#include "tools/roombox/outage/writing.h"

#include <ftw.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#define MOST ((uint64_t)64 << 20)
#define RESERVE ((uint64_t)4 << 20)
#define PLENTY ((uint64_t)1 << 40)
#define PACKET 1000
#define RECORD (LATE_HEADER_LEN + PACKET)

static const struct edges begun_at_5 = { .begun = true, .from = RS_SEC(5) };
static const struct edges ended_at_90 = { .ended = true, .to = RS_SEC(90) };
static const struct edges nothing;

struct rig {
	char directory[64];
	struct kept kept;
	struct writing writing;
	struct kept_part part;
};

static int set_up(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));
	assert_non_null(rig);
	(void)snprintf(rig->directory, sizeof(rig->directory), "/dev/shm/rostrum-writing-XXXXXX");
	assert_non_null(mkdtemp(rig->directory));
	assert_int_equal(kept_open(&rig->kept, rig->directory, MOST), 0);
	writing_init(&rig->writing, &rig->kept, "room", RESERVE);
	*state = rig;
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	return remove(path);
}

static int tear_down(void **state)
{
	struct rig *rig = *state;
	writing_done(&rig->writing);
	kept_close(&rig->kept);
	(void)nftw(rig->directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(rig);
	return 0;
}

/* No file may grow beyond that: so a disk without room answers. */
static void room_for(rlim_t size)
{
	struct rlimit limit;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = size;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* `n` packets of each medium, a millisecond apart. */
static void give(struct rig *rig, const struct edges *edges, rs_time from, size_t n)
{
	static uint8_t packet[PACKET] = { 0x80 };
	struct rs_buf out;
	rs_buf_init(&out, (size_t)64 << 20);
	for (size_t i = 0; i < n * LATE_MEDIA_COUNT; i++) {
		const struct late_record record = {
			.media = (enum late_media)(i % LATE_MEDIA_COUNT),
			.said_us = from + (rs_time)(i / LATE_MEDIA_COUNT) * 1000,
			.packet_view = packet,
			.len = PACKET,
		};
		assert_int_equal(late_write(&out, &record), 0);
	}
	writing_give(&rig->writing, edges, rs_buf_data(&out), rs_buf_len(&out));
	rs_buf_done(&out);
}

struct found {
	size_t outages;
	size_t n[LATE_MEDIA_COUNT];
	rs_time first, last; /* of sound */
	rs_time from, to;    /* of the last outage */
};

/* All that would be delivered. */
static struct found deliver(struct rig *rig)
{
	struct found found = { 0 };
	while (kept_next(&rig->kept, &rig->part) == 1) {
		struct late_record record;
		size_t at = 0;
		found.outages += rig->part.number == rig->part.parts;
		found.from = rig->part.head.from_us;
		found.to = rig->part.head.to_us;
		while (late_read(rig->part.data, rig->part.len, &at, &record) == 1) {
			if (record.media == LATE_SOUND && found.n[LATE_SOUND] == 0)
				found.first = record.said_us;
			if (record.media == LATE_SOUND)
				found.last = record.said_us;
			found.n[record.media]++;
		}
		assert_int_equal(at, rig->part.len);
		kept_done(&rig->kept, &rig->part);
	}
	return found;
}

static void an_outage_is_written_as_it_comes(void **state)
{
	struct rig *rig = *state;
	give(rig, &begun_at_5, RS_SEC(5), 10);
	assert_false(writing_turn(&rig->writing, PLENTY, 0));
	give(rig, &nothing, RS_SEC(6), 10);
	assert_false(writing_turn(&rig->writing, PLENTY, 1));
	give(rig, &ended_at_90, RS_SEC(7), 10);
	assert_true(writing_turn(&rig->writing, PLENTY, 2));
	const struct found found = deliver(rig);
	assert_int_equal(found.outages, 1);
	assert_int_equal(found.from, RS_SEC(5));
	assert_int_equal(found.to, RS_SEC(90));
	assert_int_equal(found.n[LATE_SOUND], 30);
	assert_int_equal(found.n[LATE_PICTURE], 30);
	assert_int_equal(rig->writing.left_out, 0);
	/* And nothing that is not of one. */
	give(rig, &nothing, RS_SEC(91), 10);
	assert_false(writing_turn(&rig->writing, PLENTY, 3));
	assert_int_equal(deliver(rig).n[LATE_SOUND], 0);
}

static void a_disk_that_is_full_as_it_begins_is_tried_again_each_second(void **state)
{
	struct rig *rig = *state;
	room_for(0);
	give(rig, &begun_at_5, RS_SEC(5), 10);
	assert_false(writing_turn(&rig->writing, PLENTY, RS_SEC(5)));
	assert_true(rig->writing.failing);
	give(rig, &nothing, RS_SEC(6), 10);
	assert_false(writing_turn(&rig->writing, PLENTY, RS_SEC(5) + WRITING_AGAIN));
	assert_true(rig->writing.failing);
	room_for(RLIM_INFINITY);
	give(rig, &nothing, RS_SEC(7), 10);
	assert_false(writing_turn(&rig->writing, PLENTY, RS_SEC(5) + 2 * WRITING_AGAIN - 1));
	assert_false(kept_lasts(&rig->kept)); /* it is not yet time */
	assert_false(writing_turn(&rig->writing, PLENTY, RS_SEC(5) + 2 * WRITING_AGAIN));
	assert_false(rig->writing.failing);
	give(rig, &ended_at_90, RS_SEC(8), 10);
	assert_true(writing_turn(&rig->writing, PLENTY, RS_SEC(9)));
	const struct found found = deliver(rig);
	assert_int_equal(found.outages, 1);
	assert_int_equal(found.from, RS_SEC(5));
	assert_int_equal(found.first, RS_SEC(5));
	assert_int_equal(found.n[LATE_SOUND], 40);
	assert_int_equal(found.n[LATE_PICTURE], 40);
	assert_int_equal(rig->writing.left_out, 0);
}

static void one_that_fills_up_meanwhile_loses_nothing_either(void **state)
{
	struct rig *rig = *state;
	give(rig, &begun_at_5, RS_SEC(5), 10);
	assert_false(writing_turn(&rig->writing, PLENTY, 0));
	room_for(25 * RECORD + 100);
	give(rig, &nothing, RS_SEC(6), 10);
	assert_false(writing_turn(&rig->writing, PLENTY, RS_SEC(1)));
	assert_true(rig->writing.failing);
	/* Its end waits, too. */
	give(rig, &ended_at_90, RS_SEC(7), 10);
	assert_false(writing_turn(&rig->writing, PLENTY, RS_SEC(2)));
	room_for(RLIM_INFINITY);
	assert_true(writing_turn(&rig->writing, PLENTY, RS_SEC(3)));
	const struct found found = deliver(rig);
	assert_int_equal(found.n[LATE_SOUND], 30);
	assert_int_equal(found.last, RS_SEC(7) + 9000);
	assert_int_equal(found.to, RS_SEC(90));
	assert_int_equal(rig->writing.left_out, 0);
}

static void the_next_one_goes_on_with_one_whose_end_is_not_written(void **state)
{
	struct rig *rig = *state;
	const struct edges begun_at_100 = { .begun = true, .from = RS_SEC(100) };
	const struct edges ended_at_120 = { .ended = true, .to = RS_SEC(120) };
	room_for(0);
	give(rig, &begun_at_5, RS_SEC(5), 10);
	give(rig, &ended_at_90, RS_SEC(6), 10);
	assert_false(writing_turn(&rig->writing, PLENTY, 0));
	give(rig, &begun_at_100, RS_SEC(100), 10);
	assert_false(writing_turn(&rig->writing, PLENTY, RS_SEC(1)));
	room_for(RLIM_INFINITY);
	assert_false(writing_turn(&rig->writing, PLENTY, RS_SEC(2)));
	give(rig, &ended_at_120, RS_SEC(101), 10);
	assert_true(writing_turn(&rig->writing, PLENTY, RS_SEC(3)));
	const struct found found = deliver(rig);
	assert_int_equal(found.outages, 1);
	assert_int_equal(found.from, RS_SEC(5));
	assert_int_equal(found.to, RS_SEC(120));
	assert_int_equal(found.n[LATE_SOUND], 40);
}

/* As long as there is room in memory all waits; then pictures make way, also those that wait already. */
static void what_waits_for_long_is_sound_alone(void **state)
{
	struct rig *rig = *state;
	const size_t n = WRITING_WAITS / RECORD / 4; /* a half of the room, with the pictures */
	room_for(0);
	give(rig, &begun_at_5, RS_SEC(5), n);
	give(rig, &nothing, RS_SEC(20), n - 1);
	assert_int_equal(rig->writing.left_out, 0);
	give(rig, &nothing, RS_SEC(40), n);
	assert_int_equal(rig->writing.left_out, (3 * n - 1) * RECORD);
	assert_false(writing_turn(&rig->writing, PLENTY, 0));
	room_for(RLIM_INFINITY);
	assert_false(writing_turn(&rig->writing, PLENTY, RS_SEC(1)));
	/* From now on there is room for both. */
	assert_false(writing_turn(&rig->writing, PLENTY, RS_SEC(2)));
	assert_false(rig->writing.sound_alone);
	give(rig, &ended_at_90, RS_SEC(80), 10);
	assert_true(writing_turn(&rig->writing, PLENTY, RS_SEC(3)));
	const struct found found = deliver(rig);
	assert_int_equal(found.first, RS_SEC(5));
	assert_int_equal(found.n[LATE_SOUND], 3 * n - 1 + 10);
	assert_int_equal(found.n[LATE_PICTURE], 10);
}

static void the_last_room_of_a_disk_is_for_sound(void **state)
{
	struct rig *rig = *state;
	give(rig, &begun_at_5, RS_SEC(5), 10);
	assert_false(writing_turn(&rig->writing, RESERVE, 0));
	assert_false(rig->writing.sound_alone);
	give(rig, &nothing, RS_SEC(6), 10); /* it waits as room gets short */
	assert_false(writing_turn(&rig->writing, RESERVE - 1, 1));
	assert_true(rig->writing.sound_alone);
	give(rig, &nothing, RS_SEC(7), 10);
	assert_false(writing_turn(&rig->writing, RESERVE + 1, 2)); /* hardly more */
	give(rig, &nothing, RS_SEC(8), 10);
	assert_false(writing_turn(&rig->writing, 2 * RESERVE, 3));
	assert_false(rig->writing.sound_alone);
	give(rig, &ended_at_90, RS_SEC(9), 10);
	assert_true(writing_turn(&rig->writing, 2 * RESERVE, 4));
	const struct found found = deliver(rig);
	assert_int_equal(found.n[LATE_SOUND], 50);
	assert_int_equal(found.n[LATE_PICTURE], 20);
	assert_int_equal(rig->writing.left_out, 30 * RECORD);
}

static void the_last_room_of_what_may_be_kept_is_for_sound_and_then_no_more_is(void **state)
{
	struct rig *rig = *state;
	size_t given = 0;
	rig->kept.max = 2 * RESERVE;
	give(rig, &begun_at_5, RS_SEC(5), 1);
	for (rs_time now = 0; rig->kept.octets + RECORD <= rig->kept.max; now++, given += 100) {
		assert_true(given < rig->kept.max / RECORD * 2);
		give(rig, &nothing, RS_SEC(6) + now, 100);
		assert_false(writing_turn(&rig->writing, PLENTY, now));
	}
	give(rig, &ended_at_90, RS_SEC(80), 100);
	assert_true(writing_turn(&rig->writing, PLENTY, RS_SEC(1)));
	const struct found found = deliver(rig);
	/* Both for one half of the room, sound for the other. */
	assert_in_range(found.n[LATE_PICTURE] * RECORD, RESERVE / 2 - 200 * RECORD,
		RESERVE / 2 + 200 * RECORD);
	assert_in_range(found.n[LATE_SOUND] * RECORD, RESERVE + RESERVE / 2 - 200 * RECORD,
		RESERVE + RESERVE / 2 + 200 * RECORD);
	assert_int_equal(
		(found.n[LATE_SOUND] + found.n[LATE_PICTURE]) * RECORD + rig->writing.left_out,
		2 * (1 + given + 100) * RECORD);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	(void)signal(SIGXFSZ, SIG_IGN); /* it always succeeds for this signal */
	const struct CMUnitTest tests[] = {
		CASE(an_outage_is_written_as_it_comes),
		CASE(a_disk_that_is_full_as_it_begins_is_tried_again_each_second),
		CASE(one_that_fills_up_meanwhile_loses_nothing_either),
		CASE(the_next_one_goes_on_with_one_whose_end_is_not_written),
		CASE(what_waits_for_long_is_sound_alone),
		CASE(the_last_room_of_a_disk_is_for_sound),
		CASE(the_last_room_of_what_may_be_kept_is_for_sound_and_then_no_more_is),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
