/* tests/integration/copier_thread.c
 *
 * The second copy on real files: growing and finished ones, an outage, a restart, a file that differs.
 */
#include "recorder/io/copier.h"

#include "recorder/io/copy_file.h"
#include "tests/support/log_nothing.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define FILE_IN "data/tracks/KEN.001.a.webm"

struct rig {
	char base[64];
	char root[96];
	char copy[96];
	struct copier *copier;
};

static void start(struct rig *rig, uint64_t rate)
{
	const struct copier_config config = { .root = rig->root,
		.copy = rig->copy,
		.rate = rate,
		.every = RS_MS(20),
		.rests = RS_MS(300),
		.answers = RS_SEC(30) };
	assert_int_equal(copier_new(&config, &rig->copier), 0);
}

static void make(const char *base, const char *folder)
{
	char path[256];
	(void)snprintf(path, sizeof(path), "%s%s", base, folder);
	assert_int_equal(mkdir(path, 0750), 0);
}

static void mark(const struct rig *rig)
{
	char path[256];
	(void)snprintf(path, sizeof(path), "%s/" COPIER_MARK, rig->copy);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	(void)fclose(file);
}

static int setup(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));
	log_nothing();
	(void)snprintf(rig->base, sizeof(rig->base), "/tmp/rostrum-copier-XXXXXX");
	assert_non_null(mkdtemp(rig->base));
	(void)snprintf(rig->root, sizeof(rig->root), "%s/archive", rig->base);
	(void)snprintf(rig->copy, sizeof(rig->copy), "%s/copy", rig->base);
	make(rig->root, "");
	make(rig->copy, "");
	make(rig->root, "/demo-1");
	make(rig->root, "/demo-1/data");
	make(rig->root, "/demo-1/data/tracks");
	*state = rig;
	return 0;
}

static int teardown(void **state)
{
	struct rig *rig = *state;
	char command[128];
	rig->copier = copier_free(rig->copier);
	(void)snprintf(command, sizeof(command), "rm -r %s", rig->base);
	assert_int_equal(system(command), 0);
	free(rig);
	return rs_mem_alive() == 0 ? 0 : -1;
}

/* `len` octets at `at` of the file below a session's directory at one side. */
static void put(const char *side, size_t at, int octet, size_t len)
{
	char path[256];
	(void)snprintf(path, sizeof(path), "%s/demo-1/" FILE_IN, side);
	FILE *file = fopen(path, "r+");
	if (file == NULL)
		file = fopen(path, "w");
	assert_non_null(file);
	(void)fseek(file, (long)at, SEEK_SET);
	for (size_t i = 0; i < len; i++)
		(void)fputc(octet, file);
	(void)fclose(file);
}

static bool are_same(const struct rig *rig)
{
	char command[512];
	(void)snprintf(command, sizeof(command), "cmp -s %s/demo-1/" FILE_IN " %s/demo-1/" FILE_IN,
		rig->root, rig->copy);
	return system(command) == 0;
}

static struct room_copy how(struct rig *rig)
{
	struct room_copy copy;
	copier_state(rig->copier, rs_clock_monotonic(), &copy);
	return copy;
}

#define UNTIL(rig, what)                                                    \
	for (int i = 0; !(what); i++) {                                     \
		if (i == 12000)                                             \
			fail_msg("waited in vain for %s", #what);           \
		(void)usleep(5000); /* until the thread has got that far */ \
	}

static void what_grows_follows_and_what_rests_is_verified(void **state)
{
	struct rig *rig = *state;
	mark(rig);
	put(rig->root, 0, 'a', 300000);
	start(rig, (uint64_t)1 << 30);
	UNTIL(rig, are_same(rig));
	UNTIL(rig, how(rig).behind_s >= 0);
	/* A cluster grows, and its size is patched when it is closed. */
	for (size_t i = 0; i < 10; i++) {
		put(rig->root, 300000 + i * 1000, 'b', 1000);
		if (i > 0)
			put(rig->root, 300000 + (i - 1) * 1000, 'B', 8);
		(void)usleep(10000); /* as the recorder goes on */
	}
	UNTIL(rig, are_same(rig));
	/* At its end the head is written anew, where nothing was looked at any more. */
	UNTIL(rig, how(rig).verified > 0);
	const uint64_t verified = how(rig).verified;
	put(rig->root, 100, 'H', 50);
	UNTIL(rig, are_same(rig));
	UNTIL(rig, how(rig).verified > verified);
	assert_int_equal(how(rig).state, ROOM_COPY_GOES);
	UNTIL(rig, how(rig).behind_s >= 0 && how(rig).behind_s <= 2);
}

static void a_directory_without_its_mark_is_no_copy(void **state)
{
	struct rig *rig = *state;
	put(rig->root, 0, 'a', 1000);
	start(rig, (uint64_t)1 << 30);
	UNTIL(rig, how(rig).state == ROOM_COPY_AWAY);
	assert_non_null(strstr(how(rig).reason, "is it mounted"));
	assert_true(how(rig).since_ms > 0);
	assert_int_equal(how(rig).behind_s, -1);
	assert_false(are_same(rig));
	mark(rig);
	UNTIL(rig, are_same(rig));
	UNTIL(rig, how(rig).state == ROOM_COPY_GOES);
}

/* The mount goes, and comes back with what it had. */
static void after_an_outage_it_goes_on(void **state)
{
	struct rig *rig = *state;
	char away[128];
	mark(rig);
	put(rig->root, 0, 'a', 500000);
	start(rig, (uint64_t)1 << 30);
	UNTIL(rig, are_same(rig));
	(void)snprintf(away, sizeof(away), "%s/away", rig->base);
	assert_int_equal(rename(rig->copy, away), 0);
	UNTIL(rig, how(rig).state == ROOM_COPY_AWAY);
	put(rig->root, 500000, 'b', 100000);
	const uint64_t copied = how(rig).copied;
	assert_int_equal(rename(away, rig->copy), 0);
	UNTIL(rig, are_same(rig));
	UNTIL(rig, how(rig).state == ROOM_COPY_GOES);
	assert_in_range(how(rig).copied - copied, 100000, 300000); /* not all of it again */
}

static void after_a_restart_only_what_is_new_is_read(void **state)
{
	struct rig *rig = *state;
	mark(rig);
	put(rig->root, 0, 'a', 500000);
	start(rig, (uint64_t)1 << 30);
	UNTIL(rig, how(rig).verified == 1);
	rig->copier = copier_free(rig->copier);
	start(rig, (uint64_t)1 << 30);
	UNTIL(rig, how(rig).behind_s >= 0);
	(void)usleep(500000); /* a few rounds, in which nothing is to be done */
	assert_int_equal(how(rig).verified, 0);
	assert_int_equal(how(rig).copied, 0);
	/* Without the copy the note is worth nothing. */
	rig->copier = copier_free(rig->copier);
	char path[256];
	(void)snprintf(path, sizeof(path), "%s/demo-1/" FILE_IN, rig->copy);
	assert_int_equal(unlink(path), 0);
	start(rig, (uint64_t)1 << 30);
	UNTIL(rig, how(rig).verified == 1);
	assert_true(are_same(rig));
}

/* Begun by a run that was killed, or damaged over there, before it was verified. */
static void what_differs_is_mended(void **state)
{
	struct rig *rig = *state;
	mark(rig);
	make(rig->copy, "/demo-1");
	make(rig->copy, "/demo-1/data");
	make(rig->copy, "/demo-1/data/tracks");
	put(rig->root, 0, 'a', 500000);
	put(rig->copy, 0, 'a', 500000);
	put(rig->copy, 400000, 'x', 1);
	put(rig->copy, 500000, 'y', 70000); /* what the source does not have any more */
	start(rig, (uint64_t)1 << 30);
	UNTIL(rig, how(rig).verified == 1);
	assert_true(are_same(rig));
	assert_in_range(how(rig).copied, 1, 200000);
}

static void the_rate_is_kept_and_a_slow_disk_is_left_alone(void **state)
{
	struct rig *rig = *state;
	mark(rig);
	put(rig->root, 0, 'a', 1 << 20);
	const rs_time began = rs_clock_monotonic();
	start(rig, (uint64_t)2 << 20);
	UNTIL(rig, are_same(rig));
	assert_true(rs_clock_monotonic() - began >= RS_MS(350)); /* at 2 MiB a second */
	copier_hold(rig->copier, true);
	(void)usleep(1000000); /* until it has heard */
	put(rig->root, 1 << 20, 'b', 1000);
	(void)usleep(300000);
	assert_false(are_same(rig));
	copier_hold(rig->copier, false);
	UNTIL(rig, are_same(rig));
}

struct taking {
	const char *path; /* goes as soon as something is read */
};

static bool take_away(void *ctx, size_t octets)
{
	(void)unlink(((const struct taking *)ctx)->path);
	return true;
}

/* A key that is destroyed while it is brought over for the first time. */
static void what_is_taken_out_while_it_is_copied_is_not_left_in_the_copy(void **state)
{
	struct rig *rig = *state;
	char from[256];
	char to[256];
	struct copy_done done;
	uint8_t *chunks = malloc(2 * COPY_CHUNK);
	(void)snprintf(from, sizeof(from), "%s/demo-1/" FILE_IN, rig->root);
	(void)snprintf(to, sizeof(to), "%s/one", rig->copy);
	struct taking taking = { .path = from };
	const struct copy_way way = {
		.from = from, .to = to, .chunks = chunks, .go = take_away, .ctx = &taking
	};
	put(rig->root, 0, 'a', 1000);
	assert_int_equal(copy_update(&way, 0, &done), 0);
	assert_int_equal(access(to, F_OK), -1);
	/* One that was there before is what is left of it. */
	put(rig->root, 0, 'a', 1000);
	taking.path = "/nowhere";
	assert_int_equal(copy_update(&way, 0, &done), 0);
	assert_int_equal(access(to, F_OK), 0);
	taking.path = from;
	assert_int_equal(copy_update(&way, 0, &done), 0);
	assert_int_equal(access(to, F_OK), 0);
	free(chunks);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(what_grows_follows_and_what_rests_is_verified),
		CASE(a_directory_without_its_mark_is_no_copy),
		CASE(after_an_outage_it_goes_on),
		CASE(after_a_restart_only_what_is_new_is_read),
		CASE(what_differs_is_mended),
		CASE(what_is_taken_out_while_it_is_copied_is_not_left_in_the_copy),
		CASE(the_rate_is_kept_and_a_slow_disk_is_left_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
