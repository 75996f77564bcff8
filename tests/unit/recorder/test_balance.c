/* Clusters against the lines of a ledger that says something else. */
#include "common/base/buf.h"
#include "recorder/archive/verify/balance.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

/* Two clusters in memory, the lines that are true of them, and what was found wrong. */
struct rig {
	int fd;
	struct ledger_line lines[2];
	struct verify verify;
	struct archive_sink sink;
	unsigned problems;
	char last[256];
};

static void on_problem(void *ctx, const char *file, const char *text)
{
	struct rig *rig = ctx;
	rig->problems++;
	assert_string_equal(file, "tracks/KEN.001.a");
	(void)rs_set_text(rig->last, text); /* may be cut */
}

static int to_memory(void *ctx, uint64_t offset, const void *data, size_t len)
{
	const struct rig *rig = ctx;
	return pwrite(rig->fd, data, len, (off_t)offset) == (ssize_t)len ? 0 : -EIO;
}

/* Ten packets of sound a cluster, one silence made among them, one packet left out. */
static void rig_open(struct rig *rig)
{
	static const struct mux_config config = { .codec = MUX_OPUS,
		.track_uid = 7,
		.title = "KEN",
		.language = "und",
		.app = "test",
		.channels = 1,
		.cluster_ms = 1000,
		.cluster_max = 4096 };
	struct mux *mux = NULL;
	struct mux_cluster cluster;
	*rig = (struct rig){ .fd = memfd_create("balance", 0) };
	assert_true(rig->fd >= 0);
	rig->sink = (struct archive_sink){ .problem = on_problem, .ctx = rig };
	rig->verify.sink = &rig->sink;
	const struct mux_port port = { .write = to_memory, .ctx = rig };
	assert_int_equal(mux_new(&config, &port, &mux), 0);
	for (int i = 0; i < 2; i++) {
		for (int j = 0; j < 10; j++)
			assert_int_equal(mux_write_block(mux,
						 &(struct mux_block){ .time_ms = 1000 * i + 20 * j,
							 .key = true,
							 .data = (const uint8_t *)"\xF8\xFF\xFE",
							 .len = 3 }),
				0);
		assert_int_equal(mux_close_cluster(mux), 0);
		assert_int_equal(mux_poll_cluster(mux, &cluster), 1);
		rig->lines[i] = (struct ledger_line){ .cluster = (uint32_t)i,
			.offset = cluster.offset,
			.len = cluster.len,
			.t0_ms = 5000 + cluster.first_ms,
			.t1_ms = 5000 + cluster.last_ms,
			.received = 10,
			.synthetic = 1,
			.dropped = 1,
			.blocks = 10 };
	}
	mux_free(mux);
}

static void check(struct rig *rig, const char *why)
{
	struct balance balance = { 0 };
	rig->problems = 0;
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(verify_balance_cluster(&rig->verify, &balance, "tracks/KEN.001.a",
					 rig->fd, &rig->lines[i]),
			0);
	assert_int_equal(rig->problems, why != NULL ? 1 : 0);
	if (why != NULL && strstr(rig->last, why) == NULL)
		fail_msg("%s: %s", why, rig->last);
}

static void a_true_ledger_is_found_true_and_each_lie_is_named(void **state)
{
	struct rig rig;
	rig_open(&rig);
	check(&rig, NULL);
	const struct ledger_line truth = rig.lines[1];
	rig.lines[1].blocks = 11;
	check(&rig, "as many blocks");
	rig.lines[1] = truth;
	rig.lines[1].t1_ms++;
	check(&rig, "last as long");
	rig.lines[1] = truth;
	rig.lines[1].t0_ms += 40;
	rig.lines[1].t1_ms += 40;
	check(&rig, "session's time");
	rig.lines[1] = truth;
	rig.lines[1].received = 9;
	check(&rig, "more than its ledger says was received");
	rig.lines[1] = truth;
	rig.lines[1].synthetic = 11;
	check(&rig, "more than its ledger says was received");
	rig.lines[1] = truth;
	rig.lines[1].len--;
	check(&rig, "not as long as it says");
	rig.lines[1] = truth;
	rig.lines[1].offset += 1000;
	check(&rig, "cannot be read");
	rig.lines[1] = truth;
	rig.lines[1].len = (uint64_t)1 << 40;
	check(&rig, "cannot be read");
	rig.lines[1] = truth;
	check(&rig, NULL);
	(void)close(rig.fd);
}

static void a_changed_octet_contradicts_the_checksum(void **state)
{
	struct rig rig;
	rig_open(&rig);
	const off_t at = (off_t)(rig.lines[1].offset + rig.lines[1].len - 1);
	assert_int_equal(pwrite(rig.fd, "\x01", 1, at), 1);
	check(&rig, "contradicts its checksum");
	(void)close(rig.fd);
}

static void the_sums_are_not_more_than_the_end_of_the_segment_has(void **state)
{
	struct rig rig = { 0 };
	rig.sink = (struct archive_sink){ .problem = on_problem, .ctx = &rig };
	rig.verify.sink = &rig.sink;
	const struct balance balance = { .sums = { 20, 1, 0, 2, 2 } };
	json_t *end = json_pack("{s:i, s:i, s:i, s:i, s:i}", "received", 20, "lost", 1, "skipped",
		0, "synthetic", 2, "dropped", 5);
	verify_balance_end(&rig.verify, &balance, "tracks/KEN.001.a", end);
	assert_int_equal(rig.problems, 0); /* some packets brought no frame any more */
	assert_int_equal(json_object_set_new(end, "lost", json_integer(0)), 0);
	verify_balance_end(&rig.verify, &balance, "tracks/KEN.001.a", end);
	assert_int_equal(rig.problems, 1);
	assert_non_null(strstr(rig.last, "lost"));
	json_decref(end);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_true_ledger_is_found_true_and_each_lie_is_named),
		cmocka_unit_test(a_changed_octet_contradicts_the_checksum),
		cmocka_unit_test(the_sums_are_not_more_than_the_end_of_the_segment_has),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
