/* tests/integration/writer_thread.c
 *
 * The writer's thread on real files: order, bounds, errors of one owner, the end.
 */
#include "recorder/io/writer.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define QUEUE ((size_t)64 << 10)

struct rig {
	char directory[64];
	struct writer *writer;
	atomic_uint woken;
};

static void on_wake(void *ctx)
{
	struct rig *rig = ctx;
	atomic_fetch_add(&rig->woken, 1);
}

static void rig_open(struct rig *rig)
{
	*rig = (struct rig){ .directory = "/tmp/rostrum-writer-XXXXXX" };
	assert_non_null(mkdtemp(rig->directory));
	const struct writer_config config = {
		.queue_max = QUEUE, .files_max = 4, .wake = on_wake, .ctx = rig
	};
	assert_int_equal(writer_new(&config, &rig->writer), 0);
}

static void path_of(const struct rig *rig, const char *name, char out[128])
{
	(void)snprintf(out, 128, "%s/%s", rig->directory, name); /* fits */
}

static uint32_t open_file(struct rig *rig, uint32_t owner, const char *name)
{
	char path[128];
	uint32_t file = UINT32_MAX;
	const struct disk *disk = writer_disk(rig->writer);
	path_of(rig, name, path);
	assert_int_equal(disk->open(disk->ctx, owner, path, DISK_CREATE, &file), 0);
	return file;
}

static void wait_for(struct rig *rig, struct writer_result *out)
{
	for (int i = 0; i < 60000; i++) {
		if (writer_poll(rig->writer, out) == 1)
			return;
		(void)usleep(1000); /* until the thread has got that far */
	}
	fail_msg("no result");
}

static void remove_all(const struct rig *rig, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char path[128];
		path_of(rig, names[i], path);
		(void)unlink(path); /* some were never made */
	}
	assert_int_equal(rmdir(rig->directory), 0);
}

/* Retry while the ring is full, as the taps' pause does. */
static void write_all(struct rig *rig, uint32_t file, uint64_t offset, const void *data, size_t len)
{
	const struct disk *disk = writer_disk(rig->writer);
	int err;
	while ((err = disk->write(disk->ctx, file, offset, data, len)) == -EAGAIN)
		(void)usleep(100); /* the thread makes room */
	assert_int_equal(err, 0);
}

static void octets_arrive_in_order_round_the_ring(void **state)
{
	struct rig rig;
	rig_open(&rig);
	const uint32_t file = open_file(&rig, 1, "a");
	uint64_t offset = 0;
	uint8_t data[1000];
	for (unsigned i = 0; i < 2000; i++) { /* some 15 times round */
		const size_t len = 1 + i * 37 % sizeof(data);
		memset(data, (int)(i & 0xFF), len);
		write_all(&rig, file, offset, data, len);
		offset += len;
	}
	write_all(&rig, file, 0, "\xAB", 1);
	const struct disk *disk = writer_disk(rig.writer);
	assert_int_equal(disk->sync(disk->ctx, file, 77), 0);
	struct writer_result result;
	wait_for(&rig, &result);
	assert_int_equal(result.owner, 1);
	assert_int_equal(result.err, 0);
	assert_int_equal(result.token, 77);
	assert_true(atomic_load(&rig.woken) >= 1);
	disk->close(disk->ctx, file);
	bool failed = true;
	rig.writer = writer_free(rig.writer, &failed);
	assert_false(failed);

	char path[128];
	path_of(&rig, "a", path);
	FILE *in = fopen(path, "rb");
	assert_non_null(in);
	for (unsigned i = 0; i < 2000; i++) {
		const size_t len = 1 + i * 37 % sizeof(data);
		assert_int_equal(fread(data, 1, len, in), len);
		assert_int_equal(data[len - 1], i == 0 ? 0xAB : (i & 0xFF));
	}
	assert_int_equal(fgetc(in), EOF);
	(void)fclose(in);
	static const char *const names[] = { "a" };
	remove_all(&rig, names, 1);
}

static void a_full_ring_refuses_and_recovers(void **state)
{
	struct rig rig;
	rig_open(&rig);
	const uint32_t file = open_file(&rig, 1, "a");
	static uint8_t data[QUEUE];
	const struct disk *disk = writer_disk(rig.writer);
	assert_int_equal(
		disk->write(disk->ctx, file, 0, data, sizeof(data)), -EAGAIN); /* never fits */
	write_all(&rig, file, 0, data, QUEUE / 2);
	disk->close(disk->ctx, file);
	rig.writer = writer_free(rig.writer, NULL);
	static const char *const names[] = { "a" };
	remove_all(&rig, names, 1);
}

static void an_error_stops_its_owner_only(void **state)
{
	struct rig rig;
	rig_open(&rig);
	const struct disk *disk = writer_disk(rig.writer);
	const uint32_t first = open_file(&rig, 1, "a");
	const uint32_t again = open_file(&rig, 1, "a"); /* it exists */
	const uint32_t other = open_file(&rig, 2, "b");
	struct writer_result result;
	wait_for(&rig, &result);
	assert_int_equal(result.owner, 1);
	assert_int_equal(result.err, -EEXIST);
	assert_non_null(strstr(result.path, "/a"));
	assert_int_equal(disk->write(disk->ctx, first, 0, "x", 1), 0);
	assert_int_equal(disk->sync(disk->ctx, first, 5), 0);
	assert_int_equal(disk->write(disk->ctx, other, 0, "y", 1), 0);
	assert_int_equal(disk->sync(disk->ctx, other, 6), 0);
	wait_for(&rig, &result);
	assert_int_equal(result.owner, 2); /* and nothing of owner 1 */
	assert_int_equal(result.token, 6);
	disk->close(disk->ctx, first);
	disk->close(disk->ctx, again);
	disk->close(disk->ctx, other);
	rig.writer = writer_free(rig.writer, NULL);
	struct stat st;
	char path[128];
	path_of(&rig, "a", path);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 0);
	path_of(&rig, "b", path);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 1);
	static const char *const names[] = { "a", "b" };
	remove_all(&rig, names, 2);
}

/* On a file system of a few pages; needs to be root to mount it. */
static void mount_small(const struct rig *rig)
{
	assert_int_equal(mount("tmpfs", rig->directory, "tmpfs", 0, "size=256k"), 0);
}

static void unmount(const struct rig *rig)
{
	assert_int_equal(umount2(rig->directory, MNT_DETACH), 0);
}

static struct writer_state wait_until_full(struct rig *rig)
{
	for (int i = 0; i < 60000 && !writer_state(rig->writer).full; i++)
		(void)usleep(1000); /* until the thread has got that far */
	return writer_state(rig->writer);
}

static void fill(const struct rig *rig, const char *name, size_t octets)
{
	char path[128];
	path_of(rig, name, path);
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	for (size_t i = 0; i < octets; i++)
		(void)fputc('f', file);
	(void)fclose(file);
}

/* All that came meanwhile is there in the end, whole and in order. */
static void a_disk_without_room_makes_everything_wait_and_nothing_fail(void **state)
{
	struct rig rig;
	rig_open(&rig);
	mount_small(&rig);
	fill(&rig, "filler", (size_t)240 << 10);
	const struct disk *disk = writer_disk(rig.writer);
	const uint32_t file = open_file(&rig, 1, "a");
	uint8_t data[1000];
	for (unsigned i = 0; i < 50; i++) {
		memset(data, (int)i, sizeof(data));
		write_all(&rig, file, i * sizeof(data), data, sizeof(data));
	}
	assert_int_equal(disk->sync(disk->ctx, file, 9), 0);
	struct writer_state stands = wait_until_full(&rig);
	assert_true(stands.full && stands.backlog > 0);
	assert_in_range(stands.written, 1, 16 << 10);
	assert_true(atomic_load(&rig.woken) >= 1);
	struct writer_result result;
	assert_int_equal(writer_poll(rig.writer, &result), 0); /* no error */

	char path[128];
	path_of(&rig, "filler", path);
	assert_int_equal(unlink(path), 0);
	wait_for(&rig, &result);
	assert_int_equal(result.err, 0);
	assert_int_equal(result.token, 9);
	stands = writer_state(rig.writer);
	assert_false(stands.full);
	assert_int_equal(stands.written, 50 * sizeof(data));
	disk->close(disk->ctx, file);
	rig.writer = writer_free(rig.writer, NULL);
	path_of(&rig, "a", path);
	FILE *in = fopen(path, "rb");
	assert_non_null(in);
	for (unsigned i = 0; i < 50; i++) {
		assert_int_equal(fread(data, 1, sizeof(data), in), sizeof(data));
		assert_true(data[0] == i && data[sizeof(data) - 1] == i);
	}
	(void)fclose(in);
	unmount(&rig);
	remove_all(&rig, NULL, 0);
}

/* At the end, and when a file must be closed that finds no place in the ring, waiting is over. */
static void a_full_disk_holds_up_neither_the_end_nor_a_full_ring(void **state)
{
	for (int full_ring = 0; full_ring <= 1; full_ring++) {
		struct rig rig;
		rig_open(&rig);
		mount_small(&rig);
		fill(&rig, "filler", (size_t)256 << 10);
		const struct disk *disk = writer_disk(rig.writer);
		const uint32_t file = open_file(&rig, 1, "a");
		static const uint8_t data[1000];
		assert_int_equal(disk->write(disk->ctx, file, 0, data, sizeof(data)), 0);
		assert_true(wait_until_full(&rig).full);
		while (full_ring != 0 && disk->sync(disk->ctx, file, 0) == 0)
			; /* until nothing goes in */
		disk->close(disk->ctx, file);
		bool failed = false;
		rig.writer = writer_free(rig.writer, &failed);
		assert_true(failed);
		unmount(&rig);
		remove_all(&rig, NULL, 0);
	}
}

static void files_are_limited_and_come_free(void **state)
{
	struct rig rig;
	rig_open(&rig);
	const struct disk *disk = writer_disk(rig.writer);
	static const char *const names[] = { "a", "b", "c", "d", "e" };
	uint32_t files[5];
	for (size_t i = 0; i < 4; i++)
		files[i] = open_file(&rig, 1, names[i]);
	char path[128];
	path_of(&rig, "e", path);
	assert_int_equal(disk->open(disk->ctx, 1, path, DISK_CREATE, &files[4]), -EAGAIN);
	disk->close(disk->ctx, files[2]);
	int err = -EAGAIN;
	for (int i = 0; i < 60000 && err == -EAGAIN; i++) {
		err = disk->open(disk->ctx, 1, path, DISK_CREATE, &files[4]);
		(void)usleep(1000); /* until the thread has closed it */
	}
	assert_int_equal(err, 0);
	rig.writer = writer_free(rig.writer, NULL);
	remove_all(&rig, names, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(octets_arrive_in_order_round_the_ring),
		cmocka_unit_test(a_full_ring_refuses_and_recovers),
		cmocka_unit_test(an_error_stops_its_owner_only),
		cmocka_unit_test(a_disk_without_room_makes_everything_wait_and_nothing_fail),
		cmocka_unit_test(a_full_disk_holds_up_neither_the_end_nor_a_full_ring),
		cmocka_unit_test(files_are_limited_and_come_free),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
