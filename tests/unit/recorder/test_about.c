#include "common/evidence/chain.h"
#include "recorder/archive/custody/list.h"
#include "recorder/archive/files/about.h"
#include "recorder/archive/files/disk_now.h"
#include "recorder/archive/session/archive.h"
#include "recorder/archive/vault/unseal.h"
#include "recorder/archive/verify/verify.h"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define ABOUT                                                                                                    \
	"{\"agenda\":[{\"id\":\"1\",\"title\":\"The secret item\"}],\"participants\":[{\"id\":\"KEN\",\"name\":" \
	"\"Amina Odhiambo\"}],\"session\":\"another\"}"

struct rig {
	char root[64];
	char directory[ARCHIVE_PATH_LEN];
	struct rs_rand rand;
	struct rs_recipient *public;
	struct rs_recipient *private;
	struct disk_now disk;
	struct archive_channel channel;
	struct archive_config config;
};

static const struct archive_now when = { .now = 5, .wall_us = INT64_C(1795305600123000) };

static void make_keys(struct rig *rig)
{
	char *pem;
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
	BIO *bio = BIO_new(BIO_s_mem());
	assert_int_equal(PEM_write_bio_PUBKEY(bio, key), 1);
	long len = BIO_get_mem_data(bio, &pem);
	assert_int_equal(rs_recipient_new_public(pem, (size_t)len, &rig->public), 0);
	BIO_free(bio);
	bio = BIO_new(BIO_s_mem());
	assert_int_equal(PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL), 1);
	len = BIO_get_mem_data(bio, &pem);
	assert_int_equal(rs_recipient_new_private(pem, (size_t)len, &rig->private), 0);
	BIO_free(bio);
	EVP_PKEY_free(key);
}

static int set_up(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));
	assert_non_null(rig);
	(void)rs_set_text(rig->root, "/tmp/rostrum-about-XXXXXX");
	assert_non_null(mkdtemp(rig->root));
	assert_int_equal(
		rs_format(rig->directory, sizeof(rig->directory), "%s/closed-1", rig->root), 0);
	make_keys(rig);
	rs_rand_init_seed(&rig->rand, 7);
	disk_now_init(&rig->disk);
	rig->channel = (struct archive_channel){ .id = "fr", .language = "fr", .name = "Français" };
	rig->config = (struct archive_config){ .root = rig->root,
		.meeting = "demo",
		.session = "closed-1",
		.title = "The hidden title",
		.class = "private",
		.about = ABOUT,
		.software = "test",
		.channels = &rig->channel,
		.n_channels = 1,
		.tracks_max = 1,
		.rules = { .segment_ms = 1000 },
		.recipient = rig->public,
		.head_interval = RS_TIME_NEVER,
		.rand = &rig->rand };
	*state = rig;
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *walk)
{
	return remove(path);
}

static int tear_down(void **state)
{
	struct rig *rig = *state;
	disk_now_done(&rig->disk);
	rs_recipient_free(rig->public);
	rs_recipient_free(rig->private);
	(void)nftw(rig->root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(rig);
	return 0;
}

static void record(struct rig *rig, bool to_the_end)
{
	RS_CLEANUP(archive_freep) struct archive *archive = NULL;
	assert_int_equal(archive_open(&rig->config, &rig->disk.disk, when, &archive), 0);
	if (to_the_end)
		assert_int_equal(archive_close(archive, "done", when), 0);
}

static bool says(const char *directory, enum names_place place, const char *words)
{
	char path[ARCHIVE_PATH_LEN];
	struct lines file;
	assert_int_equal(names_path(directory, place, path), 0);
	assert_int_equal(lines_open(&file, path), 0);
	const bool found = memmem(file.data, file.len, words, strlen(words)) != NULL;
	lines_done(&file);
	return found;
}

static unsigned count_lines(const struct rig *rig, const char *words)
{
	char path[ARCHIVE_PATH_LEN];
	struct lines file;
	struct line line;
	unsigned n = 0;
	assert_int_equal(names_path(rig->directory, NAMES_EVENTS, path), 0);
	assert_int_equal(lines_open(&file, path), 0);
	while (lines_next(&file, &line) == 1)
		n += memmem(line.text, line.len, words, strlen(words)) != NULL;
	lines_done(&file);
	return n;
}

static void cut_events(const struct rig *rig, unsigned lines)
{
	char path[ARCHIVE_PATH_LEN];
	struct lines file;
	struct line line = { 0 };
	assert_int_equal(names_path(rig->directory, NAMES_EVENTS, path), 0);
	assert_int_equal(lines_open(&file, path), 0);
	while (lines-- > 0)
		assert_int_equal(lines_next(&file, &line), 1);
	assert_int_equal(truncate(path, (off_t)(line.offset + line.len + 1)), 0);
	lines_done(&file);
}

static void problem(void *ctx, const char *file, const char *text)
{
	fail_msg("%s: %s", file, text);
}

static void ignore(void *ctx, const char *file, const char *text)
{
	/* Not signed, not sealed: it is not about that here. */
}

static void assert_good(const char *directory)
{
	const struct archive_sink sink = { .problem = problem, .note = ignore };
	struct archive_report report;
	assert_int_equal(archive_verify(directory, NULL, &sink, &report), 0);
	assert_true(report.closed);
}

static void assert_member(const json_t *json, const char *key, const char *expected)
{
	const json_t *value = json_object_get(json, key);
	if (expected == NULL)
		assert_null(value);
	else
		assert_string_equal(json_string_value(value), expected);
}

static void assert_whole(const char *directory)
{
	int err;
	json_t *json = about_load(directory, &err);
	assert_non_null(json);
	assert_member(json, "session", "closed-1");
	assert_member(json, "title", "The hidden title");
	assert_member(json_array_get(json_object_get(json, "channels"), 0), "name", "Français");
	assert_member(
		json_array_get(json_object_get(json, "agenda"), 0), "title", "The secret item");
	assert_member(
		json_array_get(json_object_get(json, "participants"), 0), "name", "Amina Odhiambo");
	json_decref(json);
}

static void unseal(const struct rig *rig, char opened[ARCHIVE_PATH_LEN])
{
	struct unseal_report report;
	char why[UNSEAL_WHY_LEN];
	assert_int_equal(rs_format(opened, ARCHIVE_PATH_LEN, "%s/opened", rig->root), 0);
	assert_int_equal(archive_unseal(rig->directory, opened, rig->private, &report, why), 0);
	assert_int_equal(report.events, 0);
}

static void behind_closed_doors_names_are_in_no_file_and_the_key_brings_them_back(void **state)
{
	struct rig *rig = *state;
	static const char *const words[] = { "hidden", "Fran", "secret", "Amina", "agenda", "KEN" };
	char opened[ARCHIVE_PATH_LEN];
	int err;
	record(rig, true);
	for (size_t i = 0; i < RS_ARRAY_LEN(words); i++) {
		assert_false(says(rig->directory, NAMES_SESSION, words[i]));
		assert_false(says(rig->directory, NAMES_EVENTS, words[i]));
	}
	json_t *seen = about_load(rig->directory, &err);
	assert_member(seen, "session", "closed-1");
	assert_member(seen, "meeting", "demo");
	assert_member(seen, "class", "private");
	assert_member(seen, "started", "2026-11-22T00:00:00.123Z");
	assert_member(seen, "title", NULL);
	assert_int_equal(json_object_size(seen), 7);
	json_decref(seen);
	assert_good(rig->directory);

	unseal(rig, opened);
	assert_whole(opened);
	assert_good(opened);
}

static void what_is_public_says_all_of_it_in_session_json(void **state)
{
	struct rig *rig = *state;
	rig->config.recipient = NULL;
	rig->config.class = "";
	record(rig, true);
	assert_true(says(rig->directory, NAMES_SESSION, "The hidden title"));
	assert_int_equal(count_lines(rig, "\"type\":\"about\""), 0);
	assert_whole(rig->directory);
}

static void a_session_that_was_cut_off_says_it_once(void **state)
{
	struct rig *rig = *state;
	char opened[ARCHIVE_PATH_LEN];
	record(rig, false);
	record(rig, false);
	assert_int_equal(count_lines(rig, "\"type\":\"about\""), 1);
	/* The kill came between the first line and this one. */
	cut_events(rig, 1);
	record(rig, true);
	assert_int_equal(count_lines(rig, "\"type\":\"about\""), 1);
	unseal(rig, opened);
	assert_whole(opened);
	assert_good(opened);
}

/* One that was begun by an earlier version: all of it is in session.json, and what it is signed over stays. */
static void a_session_that_said_it_in_clear_goes_on_so(void **state)
{
	struct rig *rig = *state;
	rig->config.recipient = NULL;
	record(rig, false);
	rig->config.recipient = rig->public;
	record(rig, true);
	assert_int_equal(count_lines(rig, "\"type\":\"about\""), 0);
	assert_whole(rig->directory);
	assert_good(rig->directory);
}

static void take_item(void *ctx, const struct archive_item *item)
{
	assert_string_equal(item->session, "closed-1");
	assert_string_equal(item->meeting, "demo");
	assert_string_equal(item->class, "private");
	assert_string_equal(item->title, "");
	assert_true(item->encrypted);
	assert_true(item->closed);
	++*(unsigned *)ctx;
}

static void a_list_shows_what_can_be_seen(void **state)
{
	struct rig *rig = *state;
	unsigned n = 0;
	record(rig, true);
	assert_int_equal(archive_list(rig->root, take_item, &n), 0);
	assert_int_equal(n, 1);
}

static void what_is_no_object_is_refused(void **state)
{
	struct rig *rig = *state;
	char path[ARCHIVE_PATH_LEN];
	int err = 0;
	assert_null(about_load(rig->directory, &err));
	assert_int_equal(err, -ENOENT);
	record(rig, true);
	assert_int_equal(names_path(rig->directory, NAMES_SESSION, path), 0);
	assert_int_equal(truncate(path, 3), 0);
	assert_null(about_load(rig->directory, &err));
	assert_int_equal(err, -EBADMSG);
}

/* Whoever may write there makes a session be called nothing else by a line in the clear. */
static void a_line_behind_the_sealed_one_names_nothing(void **state)
{
	struct rig *rig = *state;
	static const char payload[] = "{\"title\":\"Another title\"}";
	const struct chain_entry entry = {
		.type = ABOUT_TYPE, .payload = payload, .payload_len = sizeof(payload) - 1
	};
	char path[ARCHIVE_PATH_LEN];
	struct chain chain;
	struct rs_buf line;
	int err;
	record(rig, true);
	chain_init(&chain);
	rs_buf_init(&line, 4096);
	assert_int_equal(chain_write(&chain, &entry, &line), 0);
	assert_int_equal(names_path(rig->directory, NAMES_EVENTS, path), 0);
	FILE *events = fopen(path, "a");
	assert_non_null(events);
	assert_int_equal(fwrite(rs_buf_data(&line), rs_buf_len(&line), 1, events), 1);
	assert_int_equal(fclose(events), 0);
	rs_buf_done(&line);
	json_t *seen = about_load(rig->directory, &err);
	assert_member(seen, "session", "closed-1");
	assert_member(seen, "title", NULL);
	json_decref(seen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			behind_closed_doors_names_are_in_no_file_and_the_key_brings_them_back,
			set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			what_is_public_says_all_of_it_in_session_json, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_session_that_was_cut_off_says_it_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_session_that_said_it_in_clear_goes_on_so, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_line_behind_the_sealed_one_names_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_list_shows_what_can_be_seen, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_no_object_is_refused, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
