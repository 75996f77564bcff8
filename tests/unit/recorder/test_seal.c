/* A session as a bag: what the manifest holds, that a seal is made once, broken once, and not made behind somebody's back. */
#include "common/evidence/names.h"
#include "recorder/archive/seal/seal.h"
#include "tests/support/sealed.h"

#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

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

static bool is_there(const char *name)
{
	char path[SEALED_LEN + 64];
	(void)snprintf(path, sizeof(path), "%s/%s", sealed.directory, name);
	return access(path, F_OK) == 0;
}

/* Nothing that was written and got no name. */
static void assert_no_drafts(const char *folder)
{
	char path[SEALED_LEN + 64];
	(void)snprintf(path, sizeof(path), "%s/%s", sealed.directory, folder);
	DIR *dir = opendir(path);
	const struct dirent *entry;
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL)
		assert_null(strstr(entry->d_name, ".new"));
	(void)closedir(dir);
}

static void the_manifest_has_all_that_was_recorded(void **state)
{
	static const char *const files[] = { "data/session.json", "data/record/index.json",
		"data/tracks/KEN.001.v.webm", "data/tracks/KEN.001.v.idx.jsonl",
		"data/channels/fr.001.a.webm" };
	size_t len;
	char *manifest = sealed_read(sealed.directory, "manifest-sha512.txt", &len);
	for (size_t i = 0; i < RS_ARRAY_LEN(files); i++)
		assert_non_null(strstr(manifest, files[i]));
	free(manifest);
	assert_true(seal_is_made(sealed.directory));
	assert_true(is_there("proof/manifest.sig") && is_there("proof/tree-head.sig"));
	assert_no_drafts(".");
	assert_no_drafts("proof");
}

static void a_second_seal_changes_nothing_that_is_signed(void **state)
{
	const struct seal_config config = { .software = "test", .signer = sealed.signer };
	char why[SEAL_WHY_LEN];
	size_t len;
	size_t again;
	char *manifest = sealed_read(sealed.directory, "manifest-sha512.txt", &len);
	/* What came later is not in what was signed. */
	sealed_write(sealed.directory, "data/later.txt", "x", 1);
	assert_int_equal(seal_make(sealed.directory, &config, why), 0);
	char *same = sealed_read(sealed.directory, "manifest-sha512.txt", &again);
	assert_int_equal(len, again);
	assert_memory_equal(manifest, same, len);
	free(manifest);
	free(same);
}

static void a_broken_seal_is_kept_under_a_number(void **state)
{
	const struct seal_config config = { .software = "test", .signer = sealed.signer };
	char why[SEAL_WHY_LEN];
	assert_int_equal(seal_break(sealed.directory), 0);
	assert_false(seal_is_made(sealed.directory));
	assert_true(is_there("proof/manifest.001.txt") && is_there("proof/manifest.001.sig"));
	assert_int_equal(seal_break(sealed.directory), 0);
	assert_false(is_there("proof/manifest.002.txt"));
	assert_int_equal(seal_make(sealed.directory, &config, why), 0);
	assert_int_equal(seal_break(sealed.directory), 0);
	assert_true(is_there("proof/manifest.002.txt"));
}

static int object(void *ctx)
{
	++*(unsigned *)ctx;
	return -EAGAIN;
}

static void who_objects_keeps_it_open(void **state)
{
	unsigned asked = 0;
	const struct seal_config config = {
		.software = "test", .signer = sealed.signer, .hold = object, .ctx = &asked
	};
	char why[SEAL_WHY_LEN];
	assert_int_equal(seal_break(sealed.directory), 0);
	assert_int_equal(seal_make(sealed.directory, &config, why), -EAGAIN);
	assert_int_equal(asked, 1);
	assert_false(seal_is_made(sealed.directory));
	assert_false(is_there("manifest-sha512.txt"));
	assert_no_drafts(".");
	assert_no_drafts("proof");
}

static int refuse_stamp(
	void *ctx, const uint8_t sha512[RS_SHA512_LEN], struct rs_buf *out, char why[SEAL_WHY_LEN])
{
	++*(unsigned *)ctx;
	(void)snprintf(why, SEAL_WHY_LEN, "it sleeps");
	return -EIO;
}

static void an_authority_that_does_not_answer_is_asked_once_and_said(void **state)
{
	unsigned asked = 0;
	const struct seal_config config = {
		.software = "test", .signer = sealed.signer, .stamp = refuse_stamp, .ctx = &asked
	};
	char why[SEAL_WHY_LEN];
	size_t len;
	assert_int_equal(seal_break(sealed.directory), 0);
	assert_int_equal(seal_make(sealed.directory, &config, why), 0);
	assert_string_equal(why, "it sleeps");
	assert_int_equal(asked, 1);
	char *info = sealed_read(sealed.directory, "bag-info.txt", &len);
	assert_non_null(strstr(info, "\nRostrum-Time-Stamp: none (it sleeps)\n"));
	free(info);
}

/* A repair without an authority says nothing of the one that was asked at the close. */
static void who_asks_no_authority_leaves_what_was_said_of_one(void **state)
{
	unsigned asked = 0;
	const struct seal_config first = {
		.software = "test", .stamp = refuse_stamp, .ctx = &asked
	};
	const struct seal_config later = { .software = "test", .signer = sealed.signer };
	char why[SEAL_WHY_LEN];
	size_t len;
	assert_int_equal(seal_break(sealed.directory), 0);
	assert_int_equal(seal_make(sealed.directory, &first, why), 0);
	assert_false(seal_is_signed(sealed.directory));
	assert_int_equal(seal_stamp(sealed.directory), SEAL_STAMP_OWED);
	assert_int_equal(seal_make(sealed.directory, &later, why), 0);
	assert_true(seal_is_signed(sealed.directory));
	char *info = sealed_read(sealed.directory, "bag-info.txt", &len);
	assert_non_null(strstr(info, "\nRostrum-Signature: proof/manifest.sig\n"));
	assert_non_null(strstr(info, "\nRostrum-Time-Stamp: none (it sleeps)\n"));
	free(info);
	assert_int_equal(seal_stamp(sealed.directory), SEAL_STAMP_OWED);
}

/* A title says nothing of time stamps, whatever it says. */
static void a_tag_begins_its_line(void **state)
{
	static const char session[] =
		"{\"session\":\"demo-1\",\"title\":\"On Rostrum-Time-Stamp: none (no time-stamping authority is configured)\"}\n";
	unsigned asked = 0;
	const struct seal_config config = {
		.software = "test", .signer = sealed.signer, .stamp = refuse_stamp, .ctx = &asked
	};
	char why[SEAL_WHY_LEN];
	assert_int_equal(seal_break(sealed.directory), 0);
	sealed_write(sealed.directory, "data/session.json", session, sizeof(session) - 1);
	assert_int_equal(seal_make(sealed.directory, &config, why), 0);
	assert_int_equal(seal_stamp(sealed.directory), SEAL_STAMP_OWED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		CASE(the_manifest_has_all_that_was_recorded),
		CASE(a_second_seal_changes_nothing_that_is_signed),
		CASE(a_broken_seal_is_kept_under_a_number),
		CASE(who_objects_keeps_it_open),
		CASE(an_authority_that_does_not_answer_is_asked_once_and_said),
		CASE(who_asks_no_authority_leaves_what_was_said_of_one),
		CASE(a_tag_begins_its_line),
#undef CASE
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
