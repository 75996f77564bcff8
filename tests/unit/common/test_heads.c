#include "common/evidence/heads.h"

#include "tests/support/oom.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define WALL INT64_C(1795305600123)
#define SESSION "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"

static const uint8_t seed[RS_SIGN_SEED_LEN] = { 1, 2, 3 };

struct rig {
	struct rs_signer *signer;
	struct heads *heads;
	struct chain events;
	struct rs_buf bytes;
};

static void rig_init(struct rig *rig, size_t pending_max)
{
	*rig = (struct rig){ 0 };
	assert_int_equal(rs_signer_new(seed, &rig->signer), 0);
	const struct heads_config config = { .signer = rig->signer,
		.session_sha256 = SESSION,
		.interval = RS_SEC(60),
		.pending_max = pending_max };
	assert_int_equal(heads_new(&config, &rig->heads), 0);
	chain_init(&rig->events);
	rig->events.seq = 41;
	rs_buf_init(&rig->bytes, 1 << 20);
}

static void rig_done(struct rig *rig)
{
	heads_free(rig->heads);
	rs_signer_free(rig->signer);
	rs_buf_done(&rig->bytes);
}

static struct merkle_cluster cluster_of(const char *file, uint32_t number)
{
	struct merkle_cluster cluster = {
		.file = file, .number = number, .offset = 500 + 900 * number, .len = 900
	};
	memset(cluster.sha256, (int)(number + 1), sizeof(cluster.sha256));
	return cluster;
}

static void add(struct rig *rig, const char *file, uint32_t number, rs_time now)
{
	const struct merkle_cluster cluster = cluster_of(file, number);
	assert_int_equal(heads_add(rig->heads, &cluster, now), 0);
}

static void sign_now(struct rig *rig)
{
	assert_int_equal(heads_write(rig->heads, &rig->events, WALL, &rig->bytes), 0);
}

/* The line `n` from 0, read after those before it; all of them must be good up to there. */
static int read_line(const struct rig *rig, unsigned n, struct head *out, const char **why)
{
	struct lines lines = { .data = rs_buf_data(&rig->bytes), .len = rs_buf_len(&rig->bytes) };
	struct chain chain;
	struct line line;
	chain_init(&chain);
	for (unsigned i = 0; lines_next(&lines, &line) == 1; i++) {
		const int err = head_read(&chain, &line, SESSION, out, why);
		if (i == n || err < 0)
			return err;
		head_done(out);
	}
	return -ENOENT;
}

static void a_head_reads_back_with_its_leaves_in_order(void **state)
{
	struct rig rig;
	struct head head;
	const char *why = "";
	struct merkle_tree tree = { 0 };
	rig_init(&rig, 100);
	/* As clusters of several tracks come in: one after the other, mixed. */
	add(&rig, "tracks/KEN.001.a", 0, RS_SEC(1));
	add(&rig, "channels/fr.001.a", 0, RS_SEC(1));
	add(&rig, "tracks/KEN.001.a", 1, RS_SEC(2));
	add(&rig, "channels/fr.001.a", 1, RS_SEC(2));
	add(&rig, "channels/fr.001.a", 3, RS_SEC(4));
	sign_now(&rig);

	static const struct head_run expected[] = { { "channels/fr.001.a", 0, 2 },
		{ "channels/fr.001.a", 3, 1 }, { "tracks/KEN.001.a", 0, 2 } };
	assert_int_equal(read_line(&rig, 0, &head, &why), 0);
	assert_int_equal(head_runs(&head), RS_ARRAY_LEN(expected));
	for (size_t i = 0; i < RS_ARRAY_LEN(expected); i++) {
		const struct head_run run = head_run(&head, i);
		assert_string_equal(run.file, expected[i].file);
		assert_int_equal(run.first, expected[i].first);
		assert_int_equal(run.n, expected[i].n);
		for (uint32_t k = 0; k < run.n; k++) {
			const struct merkle_cluster cluster = cluster_of(run.file, run.first + k);
			struct merkle_hash leaf;
			assert_int_equal(merkle_cluster_leaf(&cluster, &leaf), 0);
			assert_int_equal(merkle_append(&tree, &leaf), 0);
		}
	}
	const struct merkle_hash root = merkle_root(&tree);
	assert_true(merkle_equal(&head.root, &root));
	assert_int_equal(head.size, 5);
	assert_int_equal(head.events_seq, 41);
	assert_memory_equal(head.key, rs_signer_public(rig.signer), RS_SIGN_PUBLIC_LEN);
	head_done(&head);
	rig_done(&rig);
}

static void the_tree_goes_on_from_line_to_line(void **state)
{
	struct rig rig;
	struct head head;
	const char *why = "";
	rig_init(&rig, 100);
	add(&rig, "tracks/KEN.001.a", 0, 0);
	sign_now(&rig);
	add(&rig, "tracks/KEN.001.a", 1, RS_SEC(60));
	sign_now(&rig);
	sign_now(&rig); /* the end, with nothing new */
	assert_int_equal(read_line(&rig, 1, &head, &why), 0);
	const struct merkle_hash root = head.root;
	assert_int_equal(head.size, 2);
	assert_int_equal(head_runs(&head), 1);
	head_done(&head);
	assert_int_equal(read_line(&rig, 2, &head, &why), 0);
	assert_int_equal(head.size, 2);
	assert_int_equal(head_runs(&head), 0);
	assert_true(merkle_equal(&head.root, &root));
	head_done(&head);
	rig_done(&rig);
}

static void any_octet_changed_is_found(void **state)
{
	struct rig rig;
	struct head head;
	rig_init(&rig, 100);
	add(&rig, "tracks/KEN.001.a", 0, 0);
	add(&rig, "tracks/KEN.001.a", 1, 0);
	sign_now(&rig);
	uint8_t *octets = rs_buf_data(&rig.bytes);
	for (size_t i = 0; i < rs_buf_len(&rig.bytes); i++) {
		const char *why = NULL;
		octets[i] ^= 1;
		assert_true(read_line(&rig, 0, &head, &why) < 0);
		assert_non_null(why);
		octets[i] ^= 1;
	}
	rig_done(&rig);
}

/* Whoever rewrites a line can make its sums anew, but not its signature. */
static void a_line_whose_sums_were_made_anew_is_not_signed(void **state)
{
	static const char *const from[] = { "\"size\":2", "[41,", "\"root\":\"", "\"utc\":\"2026" };
	static const char *const to[] = { "\"size\":3", "[42,", "\"root\":\"0", "\"utc\":\"2025" };
	for (size_t i = 0; i < RS_ARRAY_LEN(from); i++) {
		struct rig rig;
		struct head head;
		const char *why = "";
		rig_init(&rig, 100);
		add(&rig, "tracks/KEN.001.a", 0, 0);
		add(&rig, "tracks/KEN.001.a", 1, 0);
		sign_now(&rig);
		struct lines lines = { .data = rs_buf_data(&rig.bytes),
			.len = rs_buf_len(&rig.bytes) };
		struct line line;
		struct chain chain;
		struct chain_line entry;
		chain_init(&chain);
		assert_int_equal(lines_next(&lines, &line), 1);
		assert_int_equal(chain_read(&chain, &line, &entry, &why), 0);
		char payload[1024];
		(void)rs_copy_text(payload, sizeof(payload), entry.payload, entry.payload_len);
		int64_t wall_ms = WALL;
		char *at = strstr(payload, from[i]);
		if (at != NULL)
			memcpy(at, to[i], strlen(to[i]));
		else
			wall_ms -= INT64_C(86400000);
		rs_buf_consume(&rig.bytes, rs_buf_len(&rig.bytes));
		chain_init(&chain);
		const struct chain_entry forged = { .type = HEADS_TYPE,
			.wall_ms = wall_ms,
			.payload = payload,
			.payload_len = strlen(payload) };
		assert_int_equal(chain_write(&chain, &forged, &rig.bytes), 0);
		assert_int_equal(read_line(&rig, 0, &head, &why), -EACCES);
		assert_string_equal(why, "is not signed by the key it names");
		rig_done(&rig);
	}
}

static void a_head_of_another_session_is_not_signed_for_this_one(void **state)
{
	struct rig rig;
	struct head head;
	const char *why = "";
	rig_init(&rig, 100);
	sign_now(&rig);
	struct lines lines = { .data = rs_buf_data(&rig.bytes), .len = rs_buf_len(&rig.bytes) };
	struct chain chain;
	struct line line;
	chain_init(&chain);
	assert_int_equal(lines_next(&lines, &line), 1);
	char other[] = SESSION;
	other[0] = '7';
	assert_int_equal(head_read(&chain, &line, other, &head, &why), -EACCES);
	rig_done(&rig);
}

static void a_line_is_due_an_interval_after_the_first_cluster_or_when_no_more_may_wait(void **state)
{
	struct rig rig;
	rig_init(&rig, 2);
	assert_int_equal(heads_deadline(rig.heads), RS_TIME_NEVER);
	add(&rig, "tracks/KEN.001.a", 0, RS_SEC(10));
	assert_int_equal(heads_deadline(rig.heads), RS_SEC(70));
	add(&rig, "tracks/KEN.001.a", 1, RS_SEC(11));
	assert_int_equal(heads_deadline(rig.heads), RS_SEC(10));
	const struct merkle_cluster third = cluster_of("tracks/KEN.001.a", 2);
	assert_int_equal(heads_add(rig.heads, &third, RS_SEC(12)), -E2BIG);
	sign_now(&rig);
	assert_int_equal(heads_deadline(rig.heads), RS_TIME_NEVER);
	assert_int_equal(heads_add(rig.heads, &third, RS_SEC(12)), 0);
	rig_done(&rig);
}

static void limits_and_digests_are_asked_for(void **state)
{
	struct heads *heads = NULL;
	struct heads_config config = { .session_sha256 = SESSION, .pending_max = 0 };
	assert_int_equal(heads_new(&config, &heads), -EINVAL);
	config.pending_max = 1;
	config.session_sha256 = "00ff";
	assert_int_equal(heads_new(&config, &heads), -EINVAL);
}

static int make_and_read(void *ctx)
{
	RS_CLEANUP(heads_freep) struct heads *heads = NULL;
	const struct heads_config config = {
		.signer = ctx, .session_sha256 = SESSION, .interval = RS_SEC(60), .pending_max = 200
	};
	struct chain events;
	struct rs_buf bytes;
	int err = heads_new(&config, &heads);
	for (uint32_t i = 0; i < 130 && err == 0; i++) {
		const struct merkle_cluster cluster = cluster_of("tracks/KEN.001.a", i);
		err = heads_add(heads, &cluster, 0);
	}
	chain_init(&events);
	rs_buf_init(&bytes, 1 << 20);
	if (err == 0)
		err = heads_write(heads, &events, WALL, &bytes);
	rs_buf_done(&bytes);
	return err;
}

static void a_lack_of_memory_is_told(void **state)
{
	struct rs_signer *signer = NULL;
	assert_int_equal(rs_signer_new(seed, &signer), 0);
	check_oom(make_and_read, signer);
	rs_signer_free(signer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_head_reads_back_with_its_leaves_in_order),
		cmocka_unit_test(the_tree_goes_on_from_line_to_line),
		cmocka_unit_test(any_octet_changed_is_found),
		cmocka_unit_test(a_line_whose_sums_were_made_anew_is_not_signed),
		cmocka_unit_test(a_head_of_another_session_is_not_signed_for_this_one),
		cmocka_unit_test(
			a_line_is_due_an_interval_after_the_first_cluster_or_when_no_more_may_wait),
		cmocka_unit_test(limits_and_digests_are_asked_for),
		cmocka_unit_test(a_lack_of_memory_is_told),
	};
	return cmocka_run_group_tests_name("heads", tests, NULL, NULL);
}
