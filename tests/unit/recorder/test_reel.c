#include "recorder/mux/reel.h"

#include "common/base/buf.h"
#include "tests/support/oom.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define BLOCK_MAX 4096
#define BLOCKS 200

/* A file in memory, of which so much is there. */
struct file {
	struct rs_buf octets;
	size_t there;
};

static int write_file(void *ctx, uint64_t offset, const void *data, size_t len)
{
	struct file *file = ctx;
	if (offset == rs_buf_len(&file->octets))
		return rs_buf_append(&file->octets, data, len);
	memcpy(rs_buf_data(&file->octets) + offset, data, len);
	return 0;
}

static int64_t read_file(void *ctx, uint64_t offset, void *data, size_t len)
{
	const struct file *file = ctx;
	if (offset >= file->there)
		return 0;
	const size_t n = len < file->there - offset ? len : (size_t)(file->there - offset);
	memcpy(data, rs_buf_data(&file->octets) + offset, n);
	return (int64_t)n;
}

/* A programme: sound each 20 ms, a picture each 40 from the second second on. */
static struct mux *shoot(struct file *file)
{
	static const struct mux_config sound = { .codec = MUX_OPUS,
		.track_uid = 1,
		.title = "Floor",
		.language = "und",
		.app = "rostrum",
		.channels = 2,
		.picture_later = true,
		.cluster_ms = 500,
		.cluster_max = BLOCK_MAX };
	static const struct mux_config picture = { .codec = MUX_VP9,
		.track_uid = 2,
		.title = "Speaker",
		.language = "und",
		.width = 640,
		.height = 360 };
	const struct mux_port port = { .write = write_file, .ctx = file };
	struct mux *mux = NULL;
	rs_buf_init(&file->octets, 1 << 20);
	assert_int_equal(mux_new(&sound, &port, &mux), 0);
	for (int64_t t = 0; t < (int64_t)BLOCKS * 20; t += 20) {
		struct mux_block block = {
			.time_ms = t, .key = true, .data = (const uint8_t *)"sound", .len = 5
		};
		assert_int_equal(mux_write_block(mux, &block), 0);
		if (t == 1000)
			assert_int_equal(mux_add_picture(mux, &picture), 0);
		block.picture = true;
		block.key = t % 2000 == 1000;
		if (t >= 1000 && t % 40 == 0)
			assert_int_equal(mux_write_block(mux, &block), 0);
	}
	file->there = rs_buf_len(&file->octets);
	return mux;
}

static void drop(struct file *file, struct mux *mux)
{
	mux_free(mux);
	rs_buf_done(&file->octets);
}

static void a_file_that_grows_octet_by_octet_gives_each_block_once(void **state)
{
	struct file file;
	struct mux *mux = shoot(&file);
	const struct reel_port port = { .read = read_file, .ctx = &file };
	const size_t whole = file.there;
	struct reel *reel = NULL;
	struct reel_block block;
	int64_t sound_ms = 0;
	int64_t picture_ms = 1000;
	/* What is written in one go may be seen in parts, the head of the file too. */
	for (file.there = 0; reel_new(&port, BLOCK_MAX, &reel) < 0; file.there++)
		assert_true(file.there < 64);
	for (; file.there <= whole; file.there++)
		while (reel_next(reel, &block) == 1) {
			assert_int_equal(block.len, 5);
			assert_memory_equal(block.data, "sound", 5);
			int64_t *due = block.track == 1 ? &sound_ms : &picture_ms;
			assert_int_equal(block.time_ms, *due);
			*due += block.track == 1 ? 20 : 40;
		}
	assert_int_equal(sound_ms, BLOCKS * 20);
	assert_int_equal(picture_ms, BLOCKS * 20);
	assert_false(reel_head(reel)->finished);
	reel_free(reel);
	drop(&file, mux);
}

static void the_picture_says_its_codec_once_it_is_there(void **state)
{
	struct file file;
	struct mux *mux = shoot(&file);
	const struct reel_port port = { .read = read_file, .ctx = &file };
	struct reel *reel = NULL;
	assert_int_equal(reel_new(&port, BLOCK_MAX, &reel), 0);
	assert_int_equal(reel_head(reel)->picture, MUX_VP9);
	assert_int_equal(reel_head(reel)->width, 640);
	reel_free(reel);
	drop(&file, mux);
}

/* The time of the first block behind a jump. */
static int64_t lands(struct file *file, int64_t time_ms)
{
	const struct reel_port port = { .read = read_file, .ctx = file };
	struct reel *reel = NULL;
	struct reel_block block;
	assert_int_equal(reel_new(&port, BLOCK_MAX, &reel), 0);
	assert_int_equal(reel_skip(reel, time_ms), 0);
	assert_int_equal(reel_next(reel, &block), 1);
	reel_free(reel);
	return block.time_ms;
}

static void one_can_jump_to_a_cluster_without_reading_what_is_before(void **state)
{
	struct file file;
	struct mux *mux = shoot(&file);
	struct mux_summary unused;
	assert_int_equal(lands(&file, -1), 0);
	assert_int_equal(lands(&file, 0), 0);
	assert_int_equal(lands(&file, 499), 0);
	assert_int_equal(lands(&file, 500), 500);
	assert_int_equal(lands(&file, 3000), 3000); /* a key frame begins a cluster */
	/* The last one, whose size is not known yet; the same when it is, and cues follow. */
	const int64_t last_ms = lands(&file, INT32_MAX);
	assert_true(last_ms >= BLOCKS * 20 - 500);
	assert_int_equal(mux_finish(mux, &unused), 0);
	file.there = rs_buf_len(&file.octets);
	assert_int_equal(lands(&file, INT32_MAX), last_ms);
	drop(&file, mux);
}

static void nobody_jumps_where_no_cluster_is(void **state)
{
	struct file file;
	struct mux *mux = shoot(&file);
	const struct reel_port port = { .read = read_file, .ctx = &file };
	struct reel *reel = NULL;
	file.there = 100;
	assert_int_equal(reel_new(&port, BLOCK_MAX, &reel), 0);
	assert_int_equal(reel_skip(reel, 0), -EPROTO);
	reel_free(reel);
	drop(&file, mux);
}

static int read_all(void *ctx)
{
	const struct reel_port port = { .read = read_file, .ctx = ctx };
	struct reel *reel = NULL;
	struct reel_block block;
	int err = reel_new(&port, BLOCK_MAX, &reel);
	while (err == 0 && (err = reel_next(reel, &block)) == 1)
		err = 0;
	reel_free(reel);
	return err;
}

static void out_of_memory_is_said(void **state)
{
	struct file file;
	struct mux *mux = shoot(&file);
	check_oom(read_all, &file);
	drop(&file, mux);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_that_grows_octet_by_octet_gives_each_block_once),
		cmocka_unit_test(the_picture_says_its_codec_once_it_is_there),
		cmocka_unit_test(one_can_jump_to_a_cluster_without_reading_what_is_before),
		cmocka_unit_test(nobody_jumps_where_no_cluster_is),
		cmocka_unit_test(out_of_memory_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
