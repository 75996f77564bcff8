/* Ledgers read back, and the tree that the signed heads make of them. */
#include "common/evidence/leaves.h"
#include "tests/support/sealed.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define LEDGER "data/tracks/KEN.001.a.idx.jsonl"

static struct sealed sealed;

static int set_up(void **state)
{
	sealed_make(&sealed, "public");
	return 0;
}

static int tear_down(void **state)
{
	sealed_done(&sealed);
	return 0;
}

static void read_head(struct head *out)
{
	size_t len;
	char hex[CHAIN_HASH_LEN];
	uint8_t digest[RS_SHA256_LEN];
	const char *why = "";
	struct chain chain;
	char *session = sealed_read(sealed.directory, "data/session.json", &len);
	rs_sha256(session, len, digest);
	rs_hex_encode(digest, sizeof(digest), hex);
	free(session);
	char *text = sealed_read(sealed.directory, "proof/heads.jsonl", &len);
	const struct line line = { .text = text, .len = strcspn(text, "\n"), .whole = true };
	chain_init(&chain);
	assert_int_equal(head_read(&chain, &line, hex, out, &why), 0);
	free(text);
}

/* What the head says of the ledgers as they are now. */
static int take(const char **why, char file[NAMES_FILE_LEN])
{
	struct leaves leaves;
	struct head head;
	read_head(&head);
	assert_int_equal(leaves_load(sealed.directory, &leaves), 0);
	const int err = leaves_take(&leaves, &head, why, file);
	leaves_done(&leaves);
	head_done(&head);
	return err;
}

static void every_segment_has_its_clusters_in_order(void **state)
{
	static const char *const files[] = { "channels/floor.001.a", "channels/fr.001.a",
		"tracks/FRA.001.a", "tracks/KEN.001.a", "tracks/KEN.001.v" };
	struct leaves leaves;
	assert_int_equal(leaves_load(sealed.directory, &leaves), 0);
	assert_int_equal(leaves.n, RS_ARRAY_LEN(files));
	for (size_t i = 0; i < leaves.n; i++) {
		const struct leaves_file *file = &leaves.files[i];
		assert_string_equal(file->file, files[i]);
		assert_ptr_equal(leaves_find(&leaves, files[i]), file);
		assert_true(file->n >= 2);
		for (uint32_t k = 1; k < file->n; k++)
			assert_int_equal(
				file->at[k].offset, file->at[k - 1].offset + file->at[k - 1].len);
	}
	assert_null(leaves_find(&leaves, "tracks/KEN.002.a"));
	leaves_done(&leaves);
}

static void a_head_takes_them_once(void **state)
{
	struct leaves leaves;
	struct head head;
	const char *why = "";
	char file[NAMES_FILE_LEN];
	read_head(&head);
	assert_int_equal(leaves_load(sealed.directory, &leaves), 0);
	assert_int_equal(leaves_take(&leaves, &head, &why, file), 0);
	assert_int_equal(leaves.tree.size, head.size);
	for (size_t i = 0; i < leaves.n; i++)
		assert_int_equal(leaves.files[i].taken, leaves.files[i].n);
	assert_int_equal(leaves_take(&leaves, &head, &why, file), -EPROTO);
	assert_string_equal(why, "is covered by a signed head out of its order");
	leaves_done(&leaves);
	head_done(&head);
}

static void a_ledger_that_was_cut_or_changed_is_named(void **state)
{
	const char *why = "";
	char file[NAMES_FILE_LEN];
	size_t len;
	char *ledger = sealed_read(sealed.directory, LEDGER, &len);

	char *last = memrchr(ledger, '\n', len - 1);
	sealed_write(sealed.directory, LEDGER, ledger, (size_t)(last + 1 - ledger));
	assert_int_equal(take(&why, file), -EPROTO);
	assert_string_equal(why, "has fewer clusters in its ledger than a signed head covers");
	assert_string_equal(file, "tracks/KEN.001.a");

	/* The last line, since the others stand in the line behind them. */
	char *digest = strstr(last, "\"sha256\":\"") + 10;
	*digest = *digest == '0' ? '1' : '0';
	sealed_write(sealed.directory, LEDGER, ledger, len);
	assert_int_equal(take(&why, file), -EPROTO);
	assert_string_equal(why, "has other clusters than those a signed head covers");
	assert_string_equal(file, "tracks/KEN.001.a");
	free(ledger);
}

static void a_ledger_that_is_gone_is_named(void **state)
{
	const char *why = "";
	char file[NAMES_FILE_LEN];
	char path[SEALED_LEN + sizeof(LEDGER) + 1];
	(void)snprintf(path, sizeof(path), "%s/" LEDGER, sealed.directory);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(take(&why, file), -EPROTO);
	assert_string_equal(why, "has no ledger, but a signed head covers it");
	assert_string_equal(file, "tracks/KEN.001.a");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		CASE(every_segment_has_its_clusters_in_order),
		CASE(a_head_takes_them_once),
		CASE(a_ledger_that_was_cut_or_changed_is_named),
		CASE(a_ledger_that_is_gone_is_named),
#undef CASE
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
