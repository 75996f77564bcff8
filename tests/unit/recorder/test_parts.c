/* A programme read over the files it was written into, as the recorder was stopped and came back. */
#include "recorder/mux/mux.h"
#include "recorder/webcast/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define PARTS 4
#define PACKET_MS 20

/* A file that is being written. */
struct writing {
	char path[ARCHIVE_PATH_LEN];
	int fd; /* -1 = none */
	struct mux *mux;
	int64_t next_ms;
};

struct scene {
	char session[64];
	struct writing writing[PARTS + 1]; /* by part */
	struct parts parts;
};

static struct scene scene;

static int write_at(void *ctx, uint64_t offset, const void *data, size_t len)
{
	const struct writing *writing = ctx;
	return pwrite(writing->fd, data, len, (off_t)offset) == (ssize_t)len ? 0 : -EIO;
}

static void begin_part(uint32_t part, int64_t from_ms)
{
	struct writing *writing = &scene.writing[part];
	const struct mux_config config = { .codec = MUX_OPUS,
		.track_uid = 1,
		.title = "Floor",
		.language = "und",
		.app = "test",
		.channels = 2,
		.picture_later = true,
		.undigested = true,
		.cluster_ms = 1000,
		.cluster_max = 65536 };
	const struct mux_port port = { .write = write_at, .ctx = writing };
	char file[NAMES_FILE_LEN];
	names_programme_part(NAMES_FLOOR, part, file);
	assert_int_equal(names_file_path(scene.session, file, "", writing->path), 0);
	writing->fd = open(writing->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_true(writing->fd >= 0);
	writing->next_ms = from_ms;
	assert_int_equal(mux_new(&config, &port, &writing->mux), 0);
}

static void go_on(uint32_t part, unsigned packets)
{
	static const uint8_t silence[] = { 0xF8, 0xFF, 0xFE };
	struct writing *writing = &scene.writing[part];
	for (unsigned i = 0; i < packets; i++, writing->next_ms += PACKET_MS) {
		const struct mux_block block = { .time_ms = writing->next_ms,
			.duration_us = PACKET_MS * 1000,
			.key = true,
			.data = silence,
			.len = sizeof(silence) };
		assert_int_equal(mux_write_block(writing->mux, &block), 0);
	}
}

static void make_directory(const char *name)
{
	char path[128];
	(void)snprintf(path, sizeof(path), "%s%s", scene.session, name); /* fits */
	assert_int_equal(mkdir(path, 0700), 0);
}

static int setup(void **state)
{
	scene = (struct scene){ .session = "/tmp/rostrum-parts-XXXXXX" };
	for (size_t i = 0; i <= PARTS; i++)
		scene.writing[i].fd = -1;
	parts_init(&scene.parts);
	if (mkdtemp(scene.session) == NULL)
		return -1;
	make_directory("/data");
	make_directory("/data/channels");
	return 0;
}

static void remove_directory(const char *name)
{
	char path[128];
	(void)snprintf(path, sizeof(path), "%s%s", scene.session, name); /* fits */
	assert_int_equal(rmdir(path), 0);
}

static int teardown(void **state)
{
	parts_close(&scene.parts);
	for (size_t i = 0; i <= PARTS; i++) {
		struct writing *writing = &scene.writing[i];
		if (writing->fd < 0)
			continue;
		mux_free(writing->mux);
		(void)close(writing->fd);
		(void)unlink(writing->path); /* a test may have */
	}
	remove_directory("/data/channels");
	remove_directory("/data");
	remove_directory("");
	return 0;
}

/* So many packets come, one behind the other, from that time on; then there is none yet. */
static void expect(uint32_t n, int64_t from_ms, unsigned packets)
{
	struct reel_block block;
	for (unsigned i = 0; i < packets; i++) {
		assert_int_equal(parts_next(&scene.parts, n, &block), 1);
		assert_int_equal(block.time_ms, from_ms + PACKET_MS * (int64_t)i);
	}
	assert_true(parts_next(&scene.parts, n, &block) != 1);
}

static void what_is_written_is_read_as_it_grows(void **state)
{
	assert_int_equal(parts_open(&scene.parts, scene.session, NAMES_FLOOR, 1, 0), -ENOENT);
	begin_part(1, 0);
	go_on(1, 3);
	assert_int_equal(parts_open(&scene.parts, scene.session, NAMES_FLOOR, 1, 0), 0);
	expect(1, 0, 3);
	go_on(1, 2);
	expect(1, 60, 2);
	assert_int_equal(scene.parts.part, 1);
}

static void where_one_part_ends_the_next_goes_on_and_nothing_is_lost(void **state)
{
	begin_part(1, 0);
	go_on(1, 3);
	assert_int_equal(parts_open(&scene.parts, scene.session, NAMES_FLOOR, 1, 0), 0);
	expect(1, 0, 3);
	go_on(1, 2); /* the last it wrote: read before what comes next */
	begin_part(2, 5000);
	go_on(2, 2);
	struct reel_block block;
	for (int64_t ms = 60; ms < 100; ms += PACKET_MS) {
		assert_int_equal(parts_next(&scene.parts, 2, &block), 1);
		assert_int_equal(block.time_ms, ms);
		assert_int_equal(scene.parts.part, 1);
	}
	expect(2, 5000, 2);
	assert_int_equal(scene.parts.part, 2);
	go_on(2, 1);
	expect(2, 5040, 1);
}

static void one_that_is_missing_or_never_got_a_head_is_passed_over(void **state)
{
	begin_part(1, 0);
	go_on(1, 1);
	begin_part(3, 6000);
	assert_int_equal(ftruncate(scene.writing[3].fd, 5), 0);
	begin_part(4, 9000);
	go_on(4, 1);
	assert_int_equal(parts_open(&scene.parts, scene.session, NAMES_FLOOR, 4, 0), 0);
	struct reel_block block;
	assert_int_equal(parts_next(&scene.parts, 4, &block), 1);
	assert_int_equal(block.time_ms, 0);
	expect(4, 9000, 1);
	assert_int_equal(scene.parts.part, 4);
}

static void the_first_that_is_there_is_the_first(void **state)
{
	begin_part(2, 5000);
	go_on(2, 1);
	assert_int_equal(parts_open(&scene.parts, scene.session, NAMES_FLOOR, 1, 0), -ENOENT);
	assert_int_equal(parts_open(&scene.parts, scene.session, NAMES_FLOOR, 2, 0), 0);
	expect(2, 5000, 1);
}

static void what_is_held_comes_again(void **state)
{
	struct reel_block block;
	begin_part(1, 0);
	go_on(1, 2);
	assert_int_equal(parts_open(&scene.parts, scene.session, NAMES_FLOOR, 1, 0), 0);
	assert_int_equal(parts_next(&scene.parts, 1, &block), 1);
	parts_hold(&scene.parts);
	expect(1, 0, 2);
}

static void what_lies_before_is_passed_over_and_the_head_can_be_asked(void **state)
{
	struct reel_block block;
	struct reel_head head;
	begin_part(1, 0);
	go_on(1, 250);
	assert_int_equal(parts_open(&scene.parts, scene.session, NAMES_FLOOR, 1, 3500), 0);
	assert_int_equal(parts_next(&scene.parts, 1, &block), 1);
	assert_in_range(block.time_ms, 2000, 3500);
	assert_int_equal(parts_head(&scene.parts, &head), 0);
	assert_int_equal(head.picture, MUX_OPUS); /* none yet */
	assert_false(head.finished);
}

static void names_that_are_too_long_are_refused(void **state)
{
	char session[ARCHIVE_PATH_LEN + 1];
	memset(session, 'a', sizeof(session) - 1);
	session[sizeof(session) - 1] = '\0';
	assert_int_equal(parts_open(&scene.parts, session, NAMES_FLOOR, 1, 0), -EINVAL);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(what_is_written_is_read_as_it_grows),
		CASE(where_one_part_ends_the_next_goes_on_and_nothing_is_lost),
		CASE(one_that_is_missing_or_never_got_a_head_is_passed_over),
		CASE(the_first_that_is_there_is_the_first),
		CASE(what_is_held_comes_again),
		CASE(what_lies_before_is_passed_over_and_the_head_can_be_asked),
		CASE(names_that_are_too_long_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
