#include "recorder/archive/session/witness.h"

#include "recorder/archive/track/segment.h"
#include "tests/support/oom.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define WALL INT64_C(1795305600123)
#define SESSION "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"

static const uint8_t seed[RS_SIGN_SEED_LEN] = { 9 };

/* A disk that counts, and remembers the ledger written last. */
struct rig {
	unsigned opened;
	unsigned writes;
	unsigned syncs;
	unsigned closed;
	int error;
	struct disk below;
	struct rs_signer *signer;
	struct heads *heads;
	struct witness *witness;
	rs_time now;
	struct rs_buf heads_file;
	struct chain events;
	unsigned signed_lines;
};

static int count_open(
	void *ctx, uint32_t owner, const char *path, enum disk_open how, uint32_t *out_file)
{
	struct rig *rig = ctx;
	if (rig->error < 0)
		return rig->error;
	*out_file = 100 + rig->opened++;
	return 0;
}

static int count_write(void *ctx, uint32_t file, uint64_t offset, const void *data, size_t len)
{
	struct rig *rig = ctx;
	rig->writes++;
	return rig->error;
}

static int count_sync(void *ctx, uint32_t file, uint64_t token)
{
	struct rig *rig = ctx;
	rig->syncs++;
	return rig->error;
}

static void count_close(void *ctx, uint32_t file)
{
	struct rig *rig = ctx;
	rig->closed++;
}

static int sign(void *ctx)
{
	struct rig *rig = ctx;
	rig->signed_lines++;
	return heads_write(rig->heads, &rig->events, WALL, &rig->heads_file);
}

static void rig_init(struct rig *rig, size_t pending_max, size_t ledgers_max)
{
	*rig = (struct rig){ .below = { .open = count_open,
				     .write = count_write,
				     .sync = count_sync,
				     .close = count_close,
				     .ctx = rig } };
	assert_int_equal(rs_signer_new(seed, &rig->signer), 0);
	const struct heads_config heads = { .signer = rig->signer,
		.session_sha256 = SESSION,
		.interval = RS_SEC(60),
		.pending_max = pending_max };
	assert_int_equal(heads_new(&heads, &rig->heads), 0);
	const struct witness_config config = { .disk = &rig->below,
		.heads = rig->heads,
		.directory = "/archive/demo",
		.ledgers_max = ledgers_max,
		.now = &rig->now,
		.sign = sign,
		.ctx = rig };
	assert_int_equal(witness_new(&config, &rig->witness), 0);
	chain_init(&rig->events);
	rs_buf_init(&rig->heads_file, 1 << 20);
}

static void rig_done(struct rig *rig)
{
	witness_free(rig->witness);
	heads_free(rig->heads);
	rs_signer_free(rig->signer);
	rs_buf_done(&rig->heads_file);
}

static struct segment *new_segment(struct rig *rig, const char *file)
{
	const struct segment_config config = { .disk = witness_disk(rig->witness),
		.owner = 5,
		.directory = "/archive/demo",
		.file = file,
		.idle_ms = 2000,
		.mux = { .codec = MUX_OPUS,
			.track_uid = 1,
			.title = "Kenya",
			.language = "eng",
			.app = "test",
			.wall_ms = WALL,
			.channels = 1,
			.cluster_ms = 1000,
			.cluster_max = 1 << 16 } };
	struct segment *segment = NULL;
	assert_int_equal(segment_new(&config, &segment), 0);
	return segment;
}

/* Sound for so many seconds, a frame each 20 ms, and the end of the file. */
static void write_seconds(struct segment *segment, unsigned seconds)
{
	static const uint8_t sound[] = { 0xf8, 0xff, 0xfe };
	const struct ledger_state state = { 0 };
	const struct ledger_count rest = { 0 };
	struct segment_summary summary;
	for (unsigned i = 0; i < 50 * seconds; i++) {
		const struct segment_frame frame = { .block = { .time_ms = 20 * (int64_t)i,
							     .duration_us = 20000,
							     .key = true,
							     .data = sound,
							     .len = sizeof(sound) } };
		assert_int_equal(segment_write(segment, &frame, &state, RS_MS(20 * i)), 0);
	}
	assert_int_equal(segment_finish(segment, &rest, &state, &summary), 0);
	assert_int_equal(summary.clusters, seconds);
}

static void read_head(const struct rig *rig, struct head *out)
{
	struct lines lines = { .data = rs_buf_data(&rig->heads_file),
		.len = rs_buf_len(&rig->heads_file) };
	struct line line;
	struct chain chain;
	const char *why = "";
	chain_init(&chain);
	assert_int_equal(lines_next(&lines, &line), 1);
	assert_int_equal(head_read(&chain, &line, SESSION, out, &why), 0);
}

static void every_cluster_of_a_segment_is_in_the_next_head(void **state)
{
	struct rig rig;
	struct head head;
	rig_init(&rig, 100, 4);
	struct segment *sound = new_segment(&rig, "tracks/KEN.001.a");
	struct segment *french = new_segment(&rig, "channels/fr.001.a");
	write_seconds(sound, 5);
	write_seconds(french, 3);
	segment_free(sound);
	segment_free(french);
	assert_int_equal(sign(&rig), 0);
	read_head(&rig, &head);
	assert_int_equal(head.size, 8);
	assert_int_equal(head_runs(&head), 2);
	assert_string_equal(head_run(&head, 0).file, "channels/fr.001.a");
	assert_int_equal(head_run(&head, 0).n, 3);
	assert_string_equal(head_run(&head, 1).file, "tracks/KEN.001.a");
	assert_int_equal(head_run(&head, 1).n, 5);
	head_done(&head);
	rig_done(&rig);
}

static void everything_is_passed_on(void **state)
{
	struct rig rig;
	uint32_t file = 0;
	rig_init(&rig, 100, 4);
	const struct disk *disk = witness_disk(rig.witness);
	assert_int_equal(
		disk->open(disk->ctx, 5, "/archive/demo/data/events.jsonl", DISK_EXTEND, &file), 0);
	assert_int_equal(file, 100);
	assert_int_equal(disk->write(disk->ctx, file, 0, "no ledger", 9), 0);
	assert_int_equal(disk->sync(disk->ctx, file, 7), 0);
	disk->close(disk->ctx, file);
	assert_int_equal(rig.writes, 1);
	assert_int_equal(rig.syncs, 1);
	assert_int_equal(rig.closed, 1);
	assert_int_equal(heads_deadline(rig.heads), RS_TIME_NEVER);
	rig.error = -EAGAIN;
	assert_int_equal(disk->write(disk->ctx, file, 0, "x", 1), -EAGAIN);
	assert_int_equal(disk->sync(disk->ctx, file, 7), -EAGAIN);
	assert_int_equal(disk->open(disk->ctx, 5, "/archive/demo/data/tracks/KEN.001.a.idx.jsonl",
				 DISK_CREATE, &file),
		-EAGAIN);
	rig_done(&rig);
}

static void a_line_is_signed_before_more_wait_than_may(void **state)
{
	struct rig rig;
	rig_init(&rig, 2, 4);
	struct segment *sound = new_segment(&rig, "tracks/KEN.001.a");
	write_seconds(sound, 5);
	segment_free(sound);
	assert_int_equal(rig.signed_lines, 2);
	rig_done(&rig);
}

static void what_is_no_line_of_a_ledger_is_not_signed(void **state)
{
	struct rig rig;
	uint32_t file = 0;
	rig_init(&rig, 100, 4);
	const struct disk *disk = witness_disk(rig.witness);
	assert_int_equal(disk->open(disk->ctx, 5, "/archive/demo/data/tracks/KEN.001.a.idx.jsonl",
				 DISK_CREATE, &file),
		0);
	assert_int_equal(disk->write(disk->ctx, file, 0, "{}\n", 3), -EBADMSG);
	assert_int_equal(disk->write(disk->ctx, file, 0, "", 0), -EBADMSG);
	assert_int_equal(heads_deadline(rig.heads), RS_TIME_NEVER);
	rig_done(&rig);
}

static void as_many_ledgers_as_may_are_open_and_no_more(void **state)
{
	struct rig rig;
	uint32_t first = 0;
	uint32_t second = 0;
	rig_init(&rig, 100, 1);
	const struct disk *disk = witness_disk(rig.witness);
	assert_int_equal(disk->open(disk->ctx, 5, "/archive/demo/data/tracks/A.001.a.idx.jsonl",
				 DISK_CREATE, &first),
		0);
	assert_int_equal(disk->open(disk->ctx, 5, "/archive/demo/data/tracks/B.001.a.idx.jsonl",
				 DISK_CREATE, &second),
		-EAGAIN);
	disk->close(disk->ctx, first);
	assert_int_equal(disk->open(disk->ctx, 5, "/archive/demo/data/tracks/B.001.a.idx.jsonl",
				 DISK_CREATE, &second),
		0);
	rig_done(&rig);
}

static int make(void *ctx)
{
	RS_CLEANUP(witness_freep) struct witness *witness = NULL;
	const struct witness_config config = { .directory = "/archive/demo", .ledgers_max = 2 };
	return witness_new(&config, &witness);
}

static void a_lack_of_memory_is_told(void **state)
{
	struct witness *witness = NULL;
	const struct witness_config none = { .directory = "/archive/demo" };
	check_oom(make, NULL);
	assert_int_equal(witness_new(&none, &witness), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cluster_of_a_segment_is_in_the_next_head),
		cmocka_unit_test(everything_is_passed_on),
		cmocka_unit_test(a_line_is_signed_before_more_wait_than_may),
		cmocka_unit_test(what_is_no_line_of_a_ledger_is_not_signed),
		cmocka_unit_test(as_many_ledgers_as_may_are_open_and_no_more),
		cmocka_unit_test(a_lack_of_memory_is_told),
	};
	return cmocka_run_group_tests_name("witness", tests, NULL, NULL);
}
