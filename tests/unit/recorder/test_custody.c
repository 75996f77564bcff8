/* Who may say that a file of an archive was deleted: for whoever has the site's key, nobody but that key. */
#include "common/evidence/chain.h"
#include "recorder/archive/custody/custody.h"
#include "recorder/archive/verify/verify.h"
#include "tests/support/sealed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define GONE "tracks/KEN.001.v"
#define MEDIA "data/" GONE ".webm"

static struct sealed sealed;

static int set_up(void **state)
{
	sealed_make(&sealed, "public");
	/* What a recorder says of the segment, so that it is looked for. */
	static const char payload[] = "{\"file\":\"" GONE "\"}";
	const struct chain_entry entry = {
		.type = "segment-closed", .payload = payload, .payload_len = strlen(payload)
	};
	struct chain chain;
	struct rs_buf line;
	chain_init(&chain);
	rs_buf_init(&line, 4096);
	assert_int_equal(chain_write(&chain, &entry, &line), 0);
	sealed_write(
		sealed.directory, names_place(NAMES_EVENTS), rs_buf_data(&line), rs_buf_len(&line));
	rs_buf_done(&line);
	return 0;
}

static int tear_down(void **state)
{
	sealed_done(&sealed);
	return 0;
}

/* How often its absence is a problem, and how often it is told. */
struct verdict {
	unsigned problems;
	unsigned notes;
	char first[512];
};

static void on_problem(void *ctx, const char *file, const char *text)
{
	struct verdict *verdict = ctx;
	if (strstr(file, GONE) != NULL && strstr(text, "was deleted on") != NULL &&
		verdict->problems++ == 0)
		(void)snprintf(verdict->first, sizeof(verdict->first), "%s", text);
}

static void on_note(void *ctx, const char *file, const char *text)
{
	struct verdict *verdict = ctx;
	if (strstr(file, GONE) != NULL && strstr(text, "was deleted on") != NULL)
		verdict->notes++;
}

static struct verdict judge(const uint8_t *key)
{
	struct verdict verdict = { .problems = 0 };
	struct archive_report report;
	const struct archive_knowledge knowledge = { .key = key };
	const struct archive_sink sink = {
		.problem = on_problem, .note = on_note, .ctx = &verdict
	};
	assert_int_equal(archive_verify(sealed.directory, &knowledge, &sink, &report), 0);
	return verdict;
}

static void delete_as(const struct rs_signer *signer, const char *claimed)
{
	char path[ARCHIVE_PATH_LEN];
	char why[CUSTODY_WHY_LEN];
	struct custody *custody = NULL;
	uint64_t number;
	assert_int_equal(names_path(sealed.directory, NAMES_CUSTODY, path), 0);
	assert_int_equal(custody_open(path, CUSTODY_WRITE, why, &custody), 0);
	custody_sign_with(custody, signer);
	assert_int_equal(
		custody_add(custody, "deleted",
			json_pack("{s:s, s:s, s:s, s:s*}", "file", MEDIA, "rule",
				"public/pictures: 30 days", "schedule", "2026", "signer", claimed),
			INT64_C(1795341600123), &number),
		0);
	custody_free(custody);
	assert_int_equal(names_file_path(sealed.directory, GONE, ".webm", path), 0);
	assert_int_equal(unlink(path), 0);
}

static void a_deletion_that_nobody_signed_is_told_to_who_has_no_key_and_no_excuse_for_who_has(
	void **state)
{
	delete_as(NULL, NULL);
	struct verdict verdict = judge(NULL);
	assert_int_equal(verdict.problems, 0);
	assert_int_equal(verdict.notes, 2); /* of the segment, and of the manifest */
	verdict = judge(rs_signer_public(sealed.signer));
	assert_int_equal(verdict.problems, 2);
	assert_int_equal(verdict.notes, 0);
	assert_non_null(strstr(verdict.first,
		"is missing, and the key that was given signed nothing that says why (it was deleted on 2026-11-22"));
}

static void a_deletion_signed_by_another_key_is_no_excuse(void **state)
{
	static const uint8_t seed[RS_SIGN_SEED_LEN] = { 8 };
	struct rs_signer *other = NULL;
	assert_int_equal(rs_signer_new(seed, &other), 0);
	delete_as(other, NULL);
	assert_int_equal(judge(rs_signer_public(sealed.signer)).problems, 2);
	assert_int_equal(judge(rs_signer_public(other)).problems, 0);
	rs_signer_free(other);
}

static void a_key_that_is_named_without_its_signature_is_no_excuse(void **state)
{
	char claimed[2 * RS_SIGN_PUBLIC_LEN + 1];
	rs_hex_encode(rs_signer_public(sealed.signer), RS_SIGN_PUBLIC_LEN, claimed);
	delete_as(NULL, claimed);
	assert_int_equal(judge(rs_signer_public(sealed.signer)).problems, 2);
}

static void a_deletion_that_the_key_signed_is_told(void **state)
{
	delete_as(sealed.signer, NULL);
	const struct verdict verdict = judge(rs_signer_public(sealed.signer));
	assert_int_equal(verdict.problems, 0);
	assert_int_equal(verdict.notes, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		CASE(a_deletion_that_nobody_signed_is_told_to_who_has_no_key_and_no_excuse_for_who_has),
		CASE(a_deletion_signed_by_another_key_is_no_excuse),
		CASE(a_key_that_is_named_without_its_signature_is_no_excuse),
		CASE(a_deletion_that_the_key_signed_is_told),
#undef CASE
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
