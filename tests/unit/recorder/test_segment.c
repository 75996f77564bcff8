#include "recorder/archive/track/segment.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Two files in memory: the WebM and its ledger, in order of opening. */
struct memory {
	struct rs_buf files[2];
	char paths[2][64];
	unsigned opened;
	unsigned closed;
	unsigned synced[2];
	int error; /* what the next write says */
};

static int memory_open(
	void *ctx, uint32_t owner, const char *path, enum disk_open how, uint32_t *out_file)
{
	struct memory *memory = ctx;
	assert_int_equal(owner, 5);
	assert_int_equal(how, DISK_CREATE);
	*out_file = memory->opened;
	(void)snprintf(memory->paths[memory->opened++], 64, "%s", path);
	return 0;
}

static int memory_write(void *ctx, uint32_t file, uint64_t offset, const void *data, size_t len)
{
	struct memory *memory = ctx;
	if (memory->error < 0)
		return memory->error;
	struct rs_buf *buf = &memory->files[file];
	if (offset == rs_buf_len(buf))
		return rs_buf_append(buf, data, len);
	memcpy(rs_buf_data(buf) + offset, data, len);
	return 0;
}

static int memory_sync(void *ctx, uint32_t file, uint64_t token)
{
	struct memory *memory = ctx;
	memory->synced[file]++;
	return 0;
}

static void memory_close(void *ctx, uint32_t file)
{
	struct memory *memory = ctx;
	memory->closed++;
}

static struct disk memory_init(struct memory *memory)
{
	*memory = (struct memory){ 0 };
	rs_buf_init(&memory->files[0], 1 << 20);
	rs_buf_init(&memory->files[1], 1 << 20);
	return (struct disk){ .open = memory_open,
		.write = memory_write,
		.sync = memory_sync,
		.close = memory_close,
		.ctx = memory };
}

static void memory_done(struct memory *memory)
{
	rs_buf_done(&memory->files[0]);
	rs_buf_done(&memory->files[1]);
}

static struct segment_config config_for(const struct disk *disk)
{
	return (struct segment_config){ .disk = disk,
		.owner = 5,
		.directory = "/archive/demo",
		.file = "tracks/KEN.001.a",
		.mux = { .codec = MUX_OPUS,
			.track_uid = 1,
			.title = "KEN microphone",
			.language = "und",
			.app = "test",
			.wall_ms = 1795305600000,
			.channels = 1,
			.cluster_ms = 1000,
			.cluster_max = 4096 },
		.origin_ms = 60000,
		.idle_ms = 2000 };
}

static int write_frame(
	struct segment *segment, int64_t time_ms, int64_t seq, size_t len, rs_time now)
{
	static const uint8_t data[8192];
	struct segment_frame frame = { .block = { .time_ms = time_ms,
					       .duration_us = 20000,
					       .key = true,
					       .data = data,
					       .len = len } };
	ledger_count_packet(&frame.count, seq, 0, 0, seq * 960, 0);
	const struct ledger_state state = { 0 };
	return segment_write(segment, &frame, &state, now);
}

/* Every cluster has its line, every line its cluster; returns how many. */
static unsigned check_ledger(const struct memory *memory, uint64_t *out_received)
{
	struct lines lines = { .data = rs_buf_data(&memory->files[1]),
		.len = rs_buf_len(&memory->files[1]) };
	struct ledger ledger;
	ledger_init(&ledger);
	struct line line;
	uint64_t at = 0;
	*out_received = 0;
	while (lines_next(&lines, &line) == 1) {
		struct ledger_line entry;
		const char *why = NULL;
		assert_int_equal(ledger_read(&ledger, &line, &entry, &why), 0);
		if (at != 0)
			assert_int_equal(entry.offset, at);
		at = entry.offset + entry.len;
		assert_true(at <= rs_buf_len(&memory->files[0]));
		uint8_t digest[RS_SHA256_LEN];
		char hex[2 * RS_SHA256_LEN + 1];
		rs_sha256(rs_buf_data(&memory->files[0]) + entry.offset, entry.len, digest);
		rs_hex_encode(digest, sizeof(digest), hex);
		assert_string_equal(hex, entry.sha256);
		*out_received += entry.received;
	}
	return ledger.clusters;
}

static void each_cluster_gets_a_line_and_a_sync(void **state)
{
	struct memory memory;
	const struct disk disk = memory_init(&memory);
	const struct segment_config config = config_for(&disk);
	struct segment *segment = NULL;
	assert_int_equal(segment_new(&config, &segment), 0);
	assert_string_equal(memory.paths[0], "/archive/demo/data/tracks/KEN.001.a.webm");
	assert_string_equal(memory.paths[1], "/archive/demo/data/tracks/KEN.001.a.idx.jsonl");
	for (int i = 0; i < 175; i++) /* 3.5 s */
		assert_int_equal(write_frame(segment, 60000 + 20 * i, i, 50, RS_MS(20) * i), 0);
	uint64_t received;
	assert_int_equal(check_ledger(&memory, &received), 3);
	assert_int_equal(received, 150);
	assert_int_equal(memory.synced[0], 3);

	const struct ledger_count rest = { .begun = true, .seq0 = 175, .seq1 = 175, .received = 1 };
	const struct ledger_state state_now = { 0 };
	struct segment_summary summary;
	assert_int_equal(segment_finish(segment, &rest, &state_now, &summary), 0);
	assert_int_equal(check_ledger(&memory, &received), 4);
	assert_int_equal(received, 176);
	assert_int_equal(summary.clusters, 4);
	assert_int_equal(summary.total.received, 176);
	assert_int_equal(summary.mux.size, rs_buf_len(&memory.files[0]));
	assert_int_equal(summary.mux.duration_ms, 3500);
	segment_free(segment);
	assert_int_equal(memory.closed, 2);
	memory_done(&memory);
}

static void an_idle_cluster_is_closed_in_time(void **state)
{
	struct memory memory;
	const struct disk disk = memory_init(&memory);
	const struct segment_config config = config_for(&disk);
	const struct ledger_state state_now = { 0 };
	struct segment *segment = NULL;
	assert_int_equal(segment_new(&config, &segment), 0);
	assert_int_equal(segment_deadline(segment), RS_TIME_NEVER);
	assert_int_equal(write_frame(segment, 60000, 0, 50, RS_SEC(100)), 0);
	assert_int_equal(write_frame(segment, 60500, 1, 50, RS_SEC(100) + RS_MS(500)), 0);
	assert_int_equal(segment_deadline(segment), RS_SEC(102));
	assert_int_equal(segment_tick(segment, &state_now, RS_SEC(102) - 1), 0);
	assert_int_equal(memory.synced[0], 0);
	assert_int_equal(segment_tick(segment, &state_now, RS_SEC(102)), 0);
	assert_int_equal(memory.synced[0], 1);
	assert_int_equal(segment_deadline(segment), RS_TIME_NEVER);
	segment_free(segment);
	memory_done(&memory);
}

static void a_frame_too_large_is_left_out_and_counted(void **state)
{
	struct memory memory;
	const struct disk disk = memory_init(&memory);
	const struct segment_config config = config_for(&disk);
	const struct ledger_state state_now = { 0 };
	struct segment *segment = NULL;
	assert_int_equal(segment_new(&config, &segment), 0);
	assert_int_equal(write_frame(segment, 60000, 0, 4096, 0), 0);
	assert_int_equal(write_frame(segment, 60020, 1, 4097, 0), -E2BIG);
	assert_int_equal(write_frame(segment, 60040, 2, 100, 0), 0);
	struct segment_summary summary;
	const struct ledger_count rest = { 0 };
	assert_int_equal(segment_finish(segment, &rest, &state_now, &summary), 0);
	assert_int_equal(summary.total.received, 3);
	assert_int_equal(summary.total.dropped, 1);
	segment_free(segment);
	memory_done(&memory);
}

static void an_error_of_the_disk_comes_back(void **state)
{
	struct memory memory;
	const struct disk disk = memory_init(&memory);
	const struct segment_config config = config_for(&disk);
	struct segment *segment = NULL;
	assert_int_equal(segment_new(&config, &segment), 0);
	assert_int_equal(write_frame(segment, 60000, 0, 100, 0), 0);
	memory.error = -ENOSPC;
	assert_int_equal(write_frame(segment, 60020, 1, 100, 0), -ENOSPC);
	segment_free(segment);
	assert_int_equal(memory.closed, 2);
	memory_done(&memory);
}

static void out_of_memory_is_an_error_and_no_leak(void **state)
{
	const int64_t before = rs_mem_alive();
	int err = -ENOMEM;
	for (int64_t n = 0; err == -ENOMEM; n++) {
		struct memory memory;
		const struct disk disk = memory_init(&memory);
		const struct segment_config config = config_for(&disk);
		RS_CLEANUP(segment_freep) struct segment *segment = NULL;
		rs_mem_fail_after(n);
		err = segment_new(&config, &segment);
		if (err == 0)
			err = write_frame(segment, 60000, 0, 100, 0);
		if (err == 0)
			err = write_frame(segment, 62000, 1, 100, 0);
		const bool failed = rs_mem_failed();
		rs_mem_fail_after(-1);
		assert_true(err == 0 || err == -ENOMEM);
		if (err == 0 && failed)
			err = -ENOMEM; /* a cue table that cannot grow is no error */
		segment = segment_free(segment);
		memory_done(&memory);
	}
	assert_int_equal(rs_mem_alive(), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_cluster_gets_a_line_and_a_sync),
		cmocka_unit_test(an_idle_cluster_is_closed_in_time),
		cmocka_unit_test(a_frame_too_large_is_left_out_and_counted),
		cmocka_unit_test(an_error_of_the_disk_comes_back),
		cmocka_unit_test(out_of_memory_is_an_error_and_no_leak),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
