/* What a box kept, on disk: in parts, read back after a kill, bounded, and gone once it is delivered. */
#include "tools/roombox/outage/kept.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define MOST ((uint64_t)8 << 20)
#define OUTAGE "20261122T101112Z-9f2k"
#define LATER "20261122T111112Z-aaaa"
#define PACKET 1000
#define FIT (LATE_PART_MAX / (LATE_HEADER_LEN + PACKET)) /* packets of a part */

struct rig {
	char directory[64];
	struct kept kept;
	size_t written; /* of the last try, octets */
	struct kept_part part;
};

static int set_up(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));
	assert_non_null(rig);
	(void)snprintf(rig->directory, sizeof(rig->directory), "/dev/shm/rostrum-kept-XXXXXX");
	assert_non_null(mkdtemp(rig->directory));
	assert_int_equal(kept_open(&rig->kept, rig->directory, MOST), 0);
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
	kept_close(&rig->kept);
	(void)nftw(rig->directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(rig);
	return 0;
}

/* Killed, and started again. */
static void again(struct rig *rig)
{
	if (rig->kept.fd >= 0)
		(void)close(rig->kept.fd); /* as the kernel does it */
	assert_int_equal(kept_open(&rig->kept, rig->directory, MOST), 0);
}

/* `n` records, the first of which was said at `from`, a millisecond apart. */
static int write_n(struct rig *rig, rs_time from, size_t n)
{
	static uint8_t packet[PACKET] = { 0x80 };
	struct rs_buf out;
	rs_buf_init(&out, (size_t)64 << 20);
	for (size_t i = 0; i < n; i++) {
		const struct late_record record = {
			.said_us = from + (rs_time)i * 1000, .packet_view = packet, .len = PACKET
		};
		assert_int_equal(late_write(&out, &record), 0);
	}
	const int err = kept_write(&rig->kept, rs_buf_data(&out), rs_buf_len(&out), &rig->written);
	rs_buf_done(&out);
	return err;
}

static void path_to(const struct rig *rig, const char *file, char out[160])
{
	(void)snprintf(out, 160, "%s/%s", rig->directory, file);
}

static int64_t size_of(const struct rig *rig, const char *file)
{
	char path[160];
	struct stat st;
	path_to(rig, file, path);
	return stat(path, &st) == 0 ? (int64_t)st.st_size : -1;
}

static void cut(const struct rig *rig, const char *file, int64_t size)
{
	char path[160];
	path_to(rig, file, path);
	assert_int_equal(truncate(path, (off_t)size), 0);
}

/* Takes all parts there are of an outage; how many records were in them. */
static size_t deliver(struct rig *rig, const char *outage, rs_time *out_first, rs_time *out_last)
{
	size_t n = 0;
	while (kept_next(&rig->kept, &rig->part) == 1 && strcmp(rig->part.outage, outage) == 0) {
		struct late_record record;
		size_t at = 0;
		while (late_read(rig->part.data, rig->part.len, &at, &record) == 1) {
			if (n++ == 0)
				*out_first = record.said_us;
			*out_last = record.said_us;
		}
		assert_int_equal(at, rig->part.len);
		kept_done(&rig->kept, &rig->part);
	}
	return n;
}

static void what_is_kept_comes_back_part_by_part_and_leaves_nothing(void **state)
{
	struct rig *rig = *state;
	rs_time first, last;
	assert_int_equal(kept_begin(&rig->kept, OUTAGE, RS_SEC(5)), 0);
	assert_true(kept_lasts(&rig->kept));
	assert_int_equal(write_n(rig, RS_SEC(6), 1), 0);
	assert_int_equal(write_n(rig, RS_SEC(6) + 1000, 2 * FIT), 0);
	assert_int_equal(kept_next(&rig->kept, &rig->part), 0); /* it is being written */
	kept_end(&rig->kept, RS_SEC(9));
	assert_int_equal(kept_next(&rig->kept, &rig->part), 1);
	assert_string_equal(rig->part.outage, OUTAGE);
	assert_int_equal(rig->part.number, 1);
	assert_int_equal(rig->part.parts, 3);
	assert_int_equal(rig->part.len, FIT * (LATE_HEADER_LEN + PACKET));
	assert_int_equal(rig->part.head.from_us, RS_SEC(5));
	assert_int_equal(rig->part.head.to_us, RS_SEC(9));
	assert_int_equal(deliver(rig, OUTAGE, &first, &last), 2 * FIT + 1);
	assert_int_equal(first, RS_SEC(6));
	assert_int_equal(last, RS_SEC(6) + 2000 * (rs_time)FIT);
	assert_int_equal(size_of(rig, OUTAGE), -1);
	assert_int_equal(rig->kept.octets, 0);
}

static void outages_are_delivered_in_their_order(void **state)
{
	struct rig *rig = *state;
	rs_time first, last;
	assert_int_equal(kept_begin(&rig->kept, OUTAGE, RS_SEC(5)), 0);
	assert_int_equal(write_n(rig, RS_SEC(6), 1), 0);
	kept_end(&rig->kept, RS_SEC(7));
	assert_int_equal(kept_begin(&rig->kept, LATER, RS_SEC(15)), 0);
	assert_int_equal(write_n(rig, RS_SEC(16), 1), 0);
	/* The one is delivered while the other lasts. */
	assert_int_equal(deliver(rig, OUTAGE, &first, &last), 1);
	assert_int_equal(kept_next(&rig->kept, &rig->part), 0);
	kept_end(&rig->kept, RS_SEC(17));
	assert_int_equal(deliver(rig, LATER, &first, &last), 1);
	assert_int_equal(first, RS_SEC(16));
}

static void delivery_goes_on_with_the_part_it_stood_at(void **state)
{
	struct rig *rig = *state;
	assert_int_equal(kept_begin(&rig->kept, OUTAGE, RS_SEC(5)), 0);
	assert_int_equal(write_n(rig, RS_SEC(6), 3 * FIT), 0);
	kept_end(&rig->kept, RS_SEC(9));
	assert_int_equal(kept_next(&rig->kept, &rig->part), 1);
	kept_done(&rig->kept, &rig->part);
	again(rig);
	assert_false(kept_lasts(&rig->kept));
	assert_int_equal(rig->kept.octets, 2 * FIT * (LATE_HEADER_LEN + PACKET));
	assert_int_equal(kept_next(&rig->kept, &rig->part), 1);
	assert_int_equal(rig->part.number, 2);
	assert_int_equal(rig->part.parts, 3);
	assert_int_equal(rig->part.head.to_us, RS_SEC(9));
}

static void one_that_was_killed_goes_on_and_a_torn_end_is_left_out(void **state)
{
	struct rig *rig = *state;
	rs_time first, last;
	assert_int_equal(kept_begin(&rig->kept, OUTAGE, RS_SEC(5)), 0);
	assert_int_equal(write_n(rig, RS_SEC(6), 10), 0);
	cut(rig, OUTAGE "/000001.part", 10 * (LATE_HEADER_LEN + PACKET) - 1);
	again(rig);
	assert_true(kept_lasts(&rig->kept));
	assert_int_equal(write_n(rig, RS_SEC(8), 3), 0);
	kept_end(&rig->kept, RS_SEC(9));
	assert_int_equal(kept_next(&rig->kept, &rig->part), 1);
	assert_int_equal(rig->part.parts, 2);
	assert_int_equal(rig->part.head.from_us, RS_SEC(5));
	assert_int_equal(rig->part.head.to_us, RS_SEC(9));
	assert_int_equal(deliver(rig, OUTAGE, &first, &last), 9 + 3);
	assert_int_equal(last, RS_SEC(8) + 2000);
}

/* The recorder ends its files, and people are told, with the last part: it must not be one that is never sent. */
static void a_part_without_a_record_is_not_the_last(void **state)
{
	static const int64_t sizes[] = { 0, LATE_HEADER_LEN - 1, LATE_HEADER_LEN + 1 };
	struct rig *rig = *state;
	rs_time first, last;
	for (size_t i = 0; i < RS_ARRAY_LEN(sizes); i++) {
		assert_int_equal(kept_begin(&rig->kept, OUTAGE, RS_SEC(5)), 0);
		assert_int_equal(write_n(rig, RS_SEC(6), FIT + 1), 0);
		cut(rig, OUTAGE "/000002.part", sizes[i]);
		again(rig);
		kept_end(&rig->kept, RS_SEC(9));
		assert_int_equal(kept_next(&rig->kept, &rig->part), 1);
		assert_int_equal(rig->part.number, 1);
		assert_int_equal(rig->part.parts, 1);
		assert_int_equal(deliver(rig, OUTAGE, &first, &last), FIT);
		assert_int_equal(size_of(rig, OUTAGE), -1);
		assert_int_equal(rig->kept.octets, 0);
	}
}

static void an_outage_of_which_nothing_was_written_is_removed(void **state)
{
	struct rig *rig = *state;
	assert_int_equal(kept_begin(&rig->kept, OUTAGE, RS_SEC(5)), 0);
	kept_end(&rig->kept, RS_SEC(9));
	assert_int_equal(kept_next(&rig->kept, &rig->part), 0);
	assert_int_equal(size_of(rig, OUTAGE), -1);
}

/* Killed between its last part and its folder. */
static void a_folder_that_was_emptied_is_removed(void **state)
{
	struct rig *rig = *state;
	char path[160];
	assert_int_equal(kept_begin(&rig->kept, OUTAGE, RS_SEC(5)), 0);
	assert_int_equal(write_n(rig, RS_SEC(6), 1), 0);
	kept_end(&rig->kept, RS_SEC(9));
	path_to(rig, OUTAGE "/000001.part", path);
	assert_int_equal(unlink(path), 0);
	again(rig);
	assert_int_equal(kept_next(&rig->kept, &rig->part), 0);
	assert_int_equal(size_of(rig, OUTAGE), -1);
}

static void rewrite_head(const struct rig *rig, const char *text)
{
	char path[160];
	path_to(rig, OUTAGE "/head", path);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* Its clock is another then: it cannot be gone on with, and it ended with what was said last. */
static void one_of_another_boot_ended_with_its_last_record(void **state)
{
	struct rig *rig = *state;
	rs_time first, last;
	assert_int_equal(kept_begin(&rig->kept, OUTAGE, RS_SEC(5)), 0);
	assert_int_equal(write_n(rig, RS_SEC(6), FIT + 3), 0);
	kept_sync(&rig->kept);
	rewrite_head(rig, "another-boot 5000000 1795305600000000 5000000 0\n");
	again(rig);
	assert_false(kept_lasts(&rig->kept));
	assert_int_equal(kept_next(&rig->kept, &rig->part), 1);
	assert_string_equal(rig->part.head.boot, "another-boot");
	assert_int_equal(rig->part.head.wall_us, 1795305600000000);
	assert_int_equal(rig->part.number, 1);
	assert_int_equal(rig->part.head.to_us, RS_SEC(6) + (rs_time)(FIT + 2) * 1000);
	assert_int_equal(deliver(rig, OUTAGE, &first, &last), FIT + 3);
}

static void a_head_that_cannot_be_read_is_left_alone(void **state)
{
	static const char *const wrong[] = { "", "\n", "boot\n", "boot 1 2 3\n", "boot 1 2 3 x\n",
		"boot 1 2 3 -4\n",
		"a-boot-whose-name-is-longer-than-any-there-is-on-a-machine 1 2 3 4\n" };
	struct rig *rig = *state;
	assert_int_equal(kept_begin(&rig->kept, OUTAGE, RS_SEC(5)), 0);
	assert_int_equal(write_n(rig, RS_SEC(6), 1), 0);
	for (size_t i = 0; i < RS_ARRAY_LEN(wrong); i++) {
		rewrite_head(rig, wrong[i]);
		again(rig);
		assert_false(kept_lasts(&rig->kept));
		assert_int_equal(kept_next(&rig->kept, &rig->part), 0);
		assert_true(size_of(rig, OUTAGE "/000001.part") > 0);
	}
}

static void no_more_is_kept_than_may_be(void **state)
{
	struct rig *rig = *state;
	const size_t record = LATE_HEADER_LEN + PACKET;
	rig->kept.max = 20 * record;
	assert_int_equal(kept_begin(&rig->kept, OUTAGE, RS_SEC(5)), 0);
	assert_int_equal(write_n(rig, RS_SEC(6), 20), 0);
	assert_int_equal(rig->written, 20 * record);
	assert_int_equal(write_n(rig, RS_SEC(7), 1), -ENOSPC);
	assert_int_equal(write_n(rig, RS_SEC(8), 2), -ENOSPC);
	assert_int_equal(rig->written, 0);
	assert_int_equal(rig->kept.octets, 20 * record);
	kept_end(&rig->kept, RS_SEC(9));
	/* Of all folders. */
	assert_int_equal(kept_begin(&rig->kept, LATER, RS_SEC(15)), 0);
	assert_int_equal(write_n(rig, RS_SEC(16), 1), -ENOSPC);
	assert_int_equal(size_of(rig, LATER "/000001.part"), -1);
	assert_int_equal(kept_next(&rig->kept, &rig->part), 1);
	kept_done(&rig->kept, &rig->part);
	assert_int_equal(write_n(rig, RS_SEC(17), 20), 0);
}

/* No file may grow beyond what it has: so a disk without room answers. */
static void room_for(rlim_t size)
{
	struct rlimit limit;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = size;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void on_a_full_disk_what_is_whole_stays_and_it_goes_on_when_there_is_room(void **state)
{
	struct rig *rig = *state;
	const size_t record = LATE_HEADER_LEN + PACKET;
	rs_time first, last;
	assert_int_equal(kept_begin(&rig->kept, OUTAGE, RS_SEC(5)), 0);
	assert_int_equal(write_n(rig, RS_SEC(6), 5), 0);
	room_for(7 * record + 100);
	assert_int_equal(write_n(rig, RS_SEC(7), 4), -EIO);
	assert_int_equal(rig->written, 0);
	room_for(RLIM_INFINITY);
	assert_int_equal(write_n(rig, RS_SEC(8), 2), 0);
	/* Its end cannot be written down: then its last record tells. */
	room_for(0);
	kept_end(&rig->kept, RS_SEC(9));
	assert_int_equal(kept_next(&rig->kept, &rig->part), 1);
	assert_int_equal(rig->part.head.from_us, RS_SEC(5));
	assert_int_equal(rig->part.head.to_us, RS_SEC(8) + 1000);
	assert_int_equal(kept_begin(&rig->kept, LATER, RS_SEC(15)), -EIO);
	assert_false(kept_lasts(&rig->kept));
	assert_int_equal(size_of(rig, LATER), -1);
	room_for(RLIM_INFINITY);
	assert_int_equal(deliver(rig, OUTAGE, &first, &last), 7);
	assert_int_equal(last, RS_SEC(8) + 1000);
}

static void what_is_refused_stays_and_is_not_offered_again(void **state)
{
	struct rig *rig = *state;
	assert_int_equal(kept_begin(&rig->kept, OUTAGE, RS_SEC(5)), 0);
	assert_int_equal(write_n(rig, RS_SEC(6), 3), 0);
	kept_end(&rig->kept, RS_SEC(9));
	assert_int_equal(kept_next(&rig->kept, &rig->part), 1);
	kept_refused(&rig->kept, &rig->part);
	assert_int_equal(kept_next(&rig->kept, &rig->part), 0);
	again(rig);
	assert_int_equal(kept_next(&rig->kept, &rig->part), 0);
	assert_int_equal(
		size_of(rig, "refused-" OUTAGE "/000001.part"), 3 * (LATE_HEADER_LEN + PACKET));
	/* It takes room all the same. */
	assert_int_equal(rig->kept.octets, 3 * (LATE_HEADER_LEN + PACKET));
}

static void what_is_not_of_our_making_is_left_alone(void **state)
{
	struct rig *rig = *state;
	char path[160];
	rs_time first, last;
	assert_int_equal(kept_begin(&rig->kept, OUTAGE, RS_SEC(5)), 0);
	assert_int_equal(write_n(rig, RS_SEC(6), 3), 0);
	kept_end(&rig->kept, RS_SEC(9));
	static const char *const others[] = { "note", "1.part.new", "x.part", "0.part" };
	for (size_t i = 0; i < RS_ARRAY_LEN(others); i++) {
		char name[64];
		(void)snprintf(name, sizeof(name), OUTAGE "/%s", others[i]);
		path_to(rig, name, path);
		const int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		assert_true(fd >= 0);
		(void)close(fd);
	}
	again(rig);
	assert_int_equal(deliver(rig, OUTAGE, &first, &last), 3);
	assert_int_equal(size_of(rig, OUTAGE "/note"), 0);
	assert_int_equal(kept_next(&rig->kept, &rig->part), 0);
}

static void a_directory_that_cannot_be_is_an_error(void **state)
{
	const struct rig *rig = *state;
	struct kept kept;
	char path[160];
	path_to(rig, "a/b", path);
	assert_int_equal(kept_open(&kept, path, MOST), -EIO);
	char longest[KEPT_PATH_MAX + 2];
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(kept_open(&kept, longest, MOST), -EIO);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	(void)signal(SIGXFSZ, SIG_IGN); /* it always succeeds for this signal */
	const struct CMUnitTest tests[] = {
		CASE(what_is_kept_comes_back_part_by_part_and_leaves_nothing),
		CASE(outages_are_delivered_in_their_order),
		CASE(delivery_goes_on_with_the_part_it_stood_at),
		CASE(one_that_was_killed_goes_on_and_a_torn_end_is_left_out),
		CASE(a_part_without_a_record_is_not_the_last),
		CASE(an_outage_of_which_nothing_was_written_is_removed),
		CASE(a_folder_that_was_emptied_is_removed),
		CASE(one_of_another_boot_ended_with_its_last_record),
		CASE(a_head_that_cannot_be_read_is_left_alone),
		CASE(no_more_is_kept_than_may_be),
		CASE(on_a_full_disk_what_is_whole_stays_and_it_goes_on_when_there_is_room),
		CASE(what_is_refused_stays_and_is_not_offered_again),
		CASE(what_is_not_of_our_making_is_left_alone),
		CASE(a_directory_that_cannot_be_is_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
