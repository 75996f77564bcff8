/* One speech with its proof: made from a sealed session, judged without it, and no octet of it can be another. */
#include "common/evidence/files.h"
#include "recorder/archive/custody/custody.h"
#include "recorder/archive/verify/excerpt_verify.h"
#include "tests/support/sealed.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct sealed sealed;
static char bundle[SEALED_LEN + 16];

struct verdict {
	struct archive_report report;
	unsigned problems;
	unsigned notes;
	char first[512];
	char notes_text[1024];
};

static void on_problem(void *ctx, const char *file, const char *text)
{
	struct verdict *verdict = ctx;
	if (verdict->problems++ == 0)
		(void)snprintf(verdict->first, sizeof(verdict->first), "%s %s", file, text);
}

static void on_note(void *ctx, const char *file, const char *text)
{
	struct verdict *verdict = ctx;
	const size_t len = strlen(verdict->notes_text);
	verdict->notes++;
	(void)snprintf(verdict->notes_text + len, sizeof(verdict->notes_text) - len, "%s %s\n",
		file, text); /* may be cut */
}

/* A line of heads.jsonl that was kept elsewhere; NULL = none. */
static const char *kept;

static struct verdict judge(void)
{
	struct verdict verdict = { .problems = 0 };
	const struct archive_sink sink = {
		.problem = on_problem, .note = on_note, .ctx = &verdict
	};
	const struct archive_knowledge knowledge = { .key = rs_signer_public(sealed.signer),
		.head = kept };
	const int err = excerpt_verify(bundle, &knowledge, &sink, &verdict.report);
	if (err < 0) {
		verdict.problems++;
		(void)snprintf(verdict.first, sizeof(verdict.first), "%s", strerror(-err));
	}
	return verdict;
}

static int make(const struct excerpt_wish *wish, struct excerpt_summary *out, char *why)
{
	char command[sizeof(bundle) + 16];
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", bundle);
	assert_int_equal(system(command), 0);
	return excerpt_to_folder(sealed.directory, wish, bundle, out, why);
}

static void make_speech(uint32_t number, const char *language)
{
	struct excerpt_summary summary;
	char why[EXCERPT_WHY_LEN];
	const struct excerpt_wish wish = { .speech = number, .language = language };
	assert_int_equal(make(&wish, &summary, why), 0);
}

static int set_up(void **state)
{
	sealed_make(&sealed, "public");
	(void)snprintf(bundle, sizeof(bundle), "%s/bundle", sealed.root);
	return 0;
}

static int tear_down(void **state)
{
	sealed_done(&sealed);
	return 0;
}

static json_t *proof_of(void)
{
	size_t len;
	char *text = sealed_read(bundle, EXCERPT_PROOF, &len);
	json_t *json = json_loadb(text, len, 0, NULL);
	assert_non_null(json);
	free(text);
	return json;
}

static void write_proof(json_t *proof)
{
	char *text = json_dumps(proof, 0);
	sealed_write(bundle, EXCERPT_PROOF, text, strlen(text));
	free(text);
	json_decref(proof);
}

/* --- making --- */

static void a_speech_is_all_its_tracks_and_says_whose_it_is(void **state)
{
	static const char *const files[] = { "channels/floor.001.a", "tracks/KEN.001.a",
		"tracks/KEN.001.v" };
	make_speech(1, NULL);
	const struct verdict verdict = judge();
	assert_string_equal(verdict.first, "");
	assert_int_equal(verdict.report.segments, 3);
	assert_int_equal(verdict.report.signatures, 2); /* head and manifest */
	assert_true(verdict.report.clusters >= 12);
	assert_int_equal(verdict.report.covered, verdict.report.clusters);
	json_t *proof = proof_of();
	json_t *list = json_object_get(proof, "files");
	assert_int_equal(json_array_size(list), RS_ARRAY_LEN(files));
	for (size_t i = 0; i < RS_ARRAY_LEN(files); i++)
		assert_string_equal(
			json_string_value(json_object_get(json_array_get(list, i), "file")),
			files[i]);
	json_t *record = json_object_get(proof, "record");
	json_t *speech = json_object_get(record, "speech");
	assert_string_equal(json_string_value(json_object_get(record, "title")), "First sitting");
	assert_string_equal(json_string_value(json_object_get(record, "meeting")), "demo");
	assert_string_equal(json_string_value(json_object_get(speech, "name")), "Kenya");
	assert_int_equal(json_integer_value(json_object_get(speech, "from_ms")), 2000);
	json_decref(proof);
}

static void a_language_is_what_was_heard_in_it(void **state)
{
	make_speech(2, "fr");
	const struct verdict verdict = judge();
	assert_string_equal(verdict.first, "");
	assert_int_equal(verdict.report.segments, 2);
	char path[sizeof(bundle) + 32];
	(void)snprintf(path, sizeof(path), "%s/fr.001.a.webm", bundle);
	assert_int_equal(access(path, F_OK), 0);
	(void)snprintf(path, sizeof(path), "%s/FRA.001.a.webm", bundle);
	assert_int_equal(access(path, F_OK), 0);
}

static void what_is_not_there_is_refused_with_a_sentence(void **state)
{
	static const struct {
		struct excerpt_wish wish;
		int err;
		const char *why;
	} cases[] = {
		{ { .speech = 9 }, -ENOENT, "speech 9 is not in the record" },
		{ { .speech = 3 }, -ENOENT, "tracks/BRA has nothing signed at that time" },
		{ { .speech = 1, .language = "es" }, -ENOENT,
			"channels/es has nothing signed at that time" },
		{ { .speech = 1, .language = "../fr" }, -EINVAL, "../fr is no name of a channel" },
		{ { .speech = 1, .octets_max = 100 }, -E2BIG,
			"is larger than what is given out at once" },
		{ { .track = "KEN", .from_ms = 60000, .to_ms = 61000 }, -ENOENT,
			"KEN has nothing signed at that time" },
		{ { .track = "a/b", .to_ms = 1 }, -EINVAL, "a/b is no name of a track" },
	};
	for (size_t i = 0; i < RS_ARRAY_LEN(cases); i++) {
		struct excerpt_summary summary;
		char why[EXCERPT_WHY_LEN];
		assert_int_equal(make(&cases[i].wish, &summary, why), cases[i].err);
		assert_string_equal(why, cases[i].why);
	}
}

static void nothing_is_shown_of_what_is_encrypted_or_not_sealed(void **state)
{
	struct excerpt_summary summary;
	char why[EXCERPT_WHY_LEN];
	char keys[ARCHIVE_PATH_LEN];
	char signature[ARCHIVE_PATH_LEN];
	const struct excerpt_wish wish = { .speech = 1 };
	assert_int_equal(names_path(sealed.directory, NAMES_KEYS, keys), 0);
	assert_int_equal(mkdir(keys, 0700), 0);
	assert_int_equal(make(&wish, &summary, why), -EACCES);
	assert_non_null(strstr(why, "encrypted"));
	assert_int_equal(rmdir(keys), 0);
	assert_int_equal(names_path(sealed.directory, NAMES_SIGNED, signature), 0);
	assert_int_equal(unlink(signature), 0);
	assert_int_equal(make(&wish, &summary, why), -ENOENT);
	assert_non_null(strstr(why, "not sealed and signed"));
	/* What the recorder heard needs no record. */
	const struct excerpt_wish part = { .track = "KEN", .from_ms = 3000, .to_ms = 4000 };
	assert_int_equal(make(&part, &summary, why), 0);
	assert_int_equal(summary.files, 2);
	assert_int_equal(judge().problems, 0);
}

static void a_zip_has_the_same_files_in_one_folder(void **state)
{
	char command[1024];
	char path[SEALED_LEN + 48];
	struct excerpt_summary summary;
	char why[EXCERPT_WHY_LEN];
	const struct excerpt_wish wish = { .speech = 1 };
	make_speech(1, NULL);
	(void)snprintf(path, sizeof(path), "%s/one.zip", sealed.root);
	FILE *file = fopen(path, "w+b");
	assert_non_null(file);
	const struct excerpt_zip to = {
		.fd = fileno(file), .folder = "from the zip", .wall_ms = INT64_C(1795341600000)
	};
	assert_int_equal(excerpt_to_zip(sealed.directory, &wish, &to, &summary, why), 0);
	assert_int_equal(fclose(file), 0);
	(void)snprintf(command, sizeof(command),
		"cd '%s' && python3 -c \"import zipfile; z = zipfile.ZipFile('one.zip'); assert z.testzip() is None; z.extractall()\" && diff -r bundle 'from the zip'",
		sealed.root);
	assert_int_equal(system(command), 0);
}

/* --- judging --- */

static size_t head_len_of(const char *media)
{
	json_t *proof = proof_of();
	size_t i;
	json_t *file;
	size_t len = 0;
	json_array_foreach(json_object_get(proof, "files"), i, file)
	{
		if (strcmp(json_string_value(json_object_get(file, "media")), media) == 0)
			len = (size_t)json_integer_value(json_object_get(file, "head_len"));
	}
	json_decref(proof);
	return len;
}

/* Of proof.json only what is said counts, not how: JSON has white space, and the way to a head may be written in capitals. */
static bool is_the_same_json(const char *one, size_t one_len, const char *two, size_t two_len)
{
	json_t *a = json_loadb(one, one_len, JSON_REJECT_DUPLICATES, NULL);
	json_t *b = json_loadb(two, two_len, JSON_REJECT_DUPLICATES, NULL);
	char *a_text = a != NULL ? json_dumps(a, JSON_SORT_KEYS) : NULL;
	char *b_text = b != NULL ? json_dumps(b, JSON_SORT_KEYS) : NULL;
	const bool same = a_text != NULL && b_text != NULL && strcasecmp(a_text, b_text) == 0;
	free(a_text);
	free(b_text);
	json_decref(a);
	json_decref(b);
	return same;
}

static void flip_all_of(const char *name)
{
	size_t len;
	char *data = sealed_read(bundle, name, &len);
	const bool media = strstr(name, ".webm") != NULL;
	const bool proof = strcmp(name, EXCERPT_PROOF) == 0;
	/* The head of a media file, which says how to play it, is not proven. */
	const bool long_one = media || strstr(name, ".idx.jsonl") != NULL;
	for (size_t at = media ? head_len_of(name) : 0; at < len; at += long_one ? 37
									: proof  ? 11
										 : 3) {
		data[at] ^= 0x04;
		size_t same_len;
		char *before = proof ? sealed_read(bundle, name, &same_len) : NULL;
		sealed_write(bundle, name, data, len);
		const struct verdict verdict = judge();
		data[at] ^= 0x04;
		if (verdict.problems == 0 &&
			!(proof && is_the_same_json(before, same_len, data, len)))
			fail_msg("octet %zu of %s may be another", at, name);
		sealed_write(bundle, name, data, len);
		free(before);
	}
	free(data);
}

static void an_octet_changed_in_any_file_is_found(void **state)
{
	make_speech(1, NULL);
	assert_int_equal(judge().problems, 0);
	DIR *folder = opendir(bundle);
	unsigned files = 0;
	const struct dirent *entry;
	while ((entry = readdir(folder)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		flip_all_of(entry->d_name);
		files++;
	}
	(void)closedir(folder);
	assert_int_equal(files, 14);
	assert_int_equal(judge().problems, 0);
}

static void a_file_that_is_missing_or_too_many_is_found(void **state)
{
	static const char *const needed[] = { "recorder.pub", "tree-head.json", "session.json",
		"index.json", "manifest-sha512.txt", "manifest.sig", "KEN.001.a.webm",
		"KEN.001.a.idx.jsonl", "floor.001.a.idx.jsonl", EXCERPT_PROOF };
	make_speech(1, NULL);
	for (size_t i = 0; i < RS_ARRAY_LEN(needed); i++) {
		size_t len;
		char path[sizeof(bundle) + 32];
		char *data = sealed_read(bundle, needed[i], &len);
		(void)snprintf(path, sizeof(path), "%s/%s", bundle, needed[i]);
		assert_int_equal(unlink(path), 0);
		if (judge().problems == 0)
			fail_msg("%s may be missing", needed[i]);
		sealed_write(bundle, needed[i], data, len);
		free(data);
	}
	assert_int_equal(judge().problems, 0);
	sealed_write(bundle, "FRA.001.a.webm", "x", 1);
	assert_string_equal(judge().first, "FRA.001.a.webm is no part of what is proven");
}

static void without_a_head_or_a_session_it_says_what_is_missing(void **state)
{
	static const char *const needed[] = { "session.json", "tree-head.json" };
	for (size_t i = 0; i < RS_ARRAY_LEN(needed); i++) {
		char path[sizeof(bundle) + 32];
		char expected[128];
		make_speech(1, NULL);
		(void)snprintf(path, sizeof(path), "%s/%s", bundle, needed[i]);
		assert_int_equal(unlink(path), 0);
		(void)snprintf(
			expected, sizeof(expected), "%s is missing: nothing is proven", needed[i]);
		assert_string_equal(judge().first, expected);
	}
}

static void a_head_that_was_kept_is_the_one_that_is_there(void **state)
{
	size_t len;
	make_speech(1, NULL);
	char *head = sealed_read(bundle, "tree-head.json", &len);
	head[len - 1] = '\0'; /* its line feed */
	kept = head;
	assert_int_equal(judge().problems, 0);
	char *digit = strstr(head, "\"root\":\"");
	assert_non_null(digit);
	digit[8] = digit[8] == '0' ? '1' : '0';
	const struct verdict verdict = judge();
	kept = NULL;
	free(head);
	assert_int_equal(verdict.problems, 1);
	assert_non_null(
		strstr(verdict.first, "tree-head.json is not the head that was kept elsewhere"));
}

/* The file of a proof, by its number there. */
static json_t *file_of(json_t *proof, size_t number)
{
	json_t *file = json_array_get(json_object_get(proof, "files"), number);
	assert_non_null(file);
	return file;
}

static size_t size_of(const json_t *json, const char *key)
{
	return (size_t)json_integer_value(json_object_get(json, key));
}

/* A cluster goes, from the list and from the media: the rest is all genuine. */
static void cut_out(json_t *file, size_t number)
{
	json_t *clusters = json_object_get(file, "clusters");
	const char *media = json_string_value(json_object_get(file, "media"));
	size_t at = size_of(file, "head_len");
	for (size_t i = 0; i < number; i++)
		at += size_of(json_array_get(clusters, i), "len");
	const size_t gone = size_of(json_array_get(clusters, number), "len");
	size_t len;
	char *data = sealed_read(bundle, media, &len);
	assert_true(gone > 0 && at + gone <= len);
	memmove(data + at, data + at + gone, len - at - gone);
	sealed_write(bundle, media, data, len - gone);
	free(data);
	assert_int_equal(json_array_remove(clusters, number), 0);
}

/* A sentence cut out of a speech. */
static void a_cluster_left_out_between_two_is_found(void **state)
{
	make_speech(1, NULL);
	json_t *proof = proof_of();
	cut_out(file_of(proof, 1), 1);
	write_proof(proof);
	assert_non_null(strstr(judge().first, "something between them was left out"));
}

/* The same where a speech begins and ends, in every file of it, so that nothing contradicts anything else. */
static void a_speech_cut_off_at_either_end_is_found(void **state)
{
	for (int end = 0; end < 2; end++) {
		make_speech(1, NULL);
		json_t *proof = proof_of();
		for (size_t i = 0; i < json_array_size(json_object_get(proof, "files")); i++) {
			json_t *file = file_of(proof, i);
			const size_t n = json_array_size(json_object_get(file, "clusters"));
			assert_true(n > 2);
			cut_out(file, end == 0 ? 0 : n - 1);
		}
		write_proof(proof);
		const struct verdict verdict = judge();
		assert_true(verdict.problems >= 3);
		assert_non_null(
			strstr(verdict.first, end == 0 ? "is not the one its ledger has here"
						       : "its ledger has of this time"));
	}
}

static void times_that_are_all_shifted_are_found(void **state)
{
	make_speech(1, NULL);
	json_t *proof = proof_of();
	for (size_t i = 0; i < json_array_size(json_object_get(proof, "files")); i++) {
		json_t *clusters = json_object_get(file_of(proof, i), "clusters");
		size_t k;
		json_t *cluster;
		json_array_foreach(clusters, k, cluster)
		{
			const json_int_t t0 = json_integer_value(json_object_get(cluster, "t0"));
			const json_int_t t1 = json_integer_value(json_object_get(cluster, "t1"));
			assert_int_equal(
				json_object_set_new(cluster, "t0", json_integer(t0 + 60)), 0);
			assert_int_equal(
				json_object_set_new(cluster, "t1", json_integer(t1 + 60)), 0);
		}
	}
	write_proof(proof);
	const struct verdict verdict = judge();
	assert_int_equal(verdict.problems, verdict.report.clusters);
	assert_non_null(strstr(verdict.first, "is not of the time that its ledger says"));
}

/* What the floor heard in another speech, said to be of this one. */
static void the_clusters_of_another_speech_are_found(void **state)
{
	size_t len;
	make_speech(2, NULL);
	json_t *proof = proof_of();
	json_t *other = json_deep_copy(file_of(proof, 0));
	json_decref(proof);
	char *data = sealed_read(bundle, "floor.001.a.webm", &len);
	make_speech(1, NULL);
	sealed_write(bundle, "floor.001.a.webm", data, len);
	free(data);
	proof = proof_of();
	size_t k;
	json_t *cluster;
	json_array_foreach(json_object_get(other, "clusters"), k, cluster)
	{
		const json_int_t t0 = json_integer_value(json_object_get(cluster, "t0"));
		const json_int_t t1 = json_integer_value(json_object_get(cluster, "t1"));
		assert_int_equal(json_object_set_new(cluster, "t0", json_integer(t0 - 5000)), 0);
		assert_int_equal(json_object_set_new(cluster, "t1", json_integer(t1 - 5000)), 0);
	}
	assert_int_equal(json_array_set_new(json_object_get(proof, "files"), 0, other), 0);
	write_proof(proof);
	assert_non_null(strstr(judge().first, "is not the one its ledger has here"));
}

/* Nor can a whole file of it be as if it had never been. */
static void a_track_that_is_left_out_is_found(void **state)
{
	for (size_t i = 0; i < 3; i++) {
		char path[sizeof(bundle) + 32];
		make_speech(1, NULL);
		json_t *proof = proof_of();
		(void)snprintf(path, sizeof(path), "%s/%s", bundle,
			json_string_value(json_object_get(file_of(proof, i), "media")));
		assert_int_equal(unlink(path), 0);
		assert_int_equal(json_array_remove(json_object_get(proof, "files"), i), 0);
		write_proof(proof);
		assert_non_null(strstr(judge().first, "is not here, and its ledger has"));
	}
}

static void nobody_elses_ledger_is_given_out(void **state)
{
	static const char *const absent[] = { "fr.001.a.idx.jsonl", "FRA.001.a.idx.jsonl" };
	size_t len;
	make_speech(1, NULL);
	for (size_t i = 0; i < RS_ARRAY_LEN(absent); i++) {
		char path[sizeof(bundle) + 32];
		(void)snprintf(path, sizeof(path), "%s/%s", bundle, absent[i]);
		assert_int_not_equal(access(path, F_OK), 0);
	}
	char *ledger = sealed_read(bundle, "KEN.001.a.idx.jsonl", &len);
	sealed_write(bundle, "FRA.001.a.idx.jsonl", ledger, len);
	free(ledger);
	assert_string_equal(judge().first, "FRA.001.a.idx.jsonl is no part of what is proven");
}

/* --- what was deleted --- */

static void delete_pictures(const struct rs_signer *signer)
{
	char path[ARCHIVE_PATH_LEN];
	char why[CUSTODY_WHY_LEN];
	struct custody *custody = NULL;
	uint64_t number;
	assert_int_equal(names_path(sealed.directory, NAMES_CUSTODY, path), 0);
	assert_int_equal(custody_open(path, CUSTODY_WRITE, why, &custody), 0);
	custody_sign_with(custody, signer);
	assert_int_equal(
		custody_add(custody, "held", json_pack("{s:s}", "reason", "case 7"), 1, &number),
		0);
	assert_int_equal(custody_add(custody, "deleted",
				 json_pack("{s:s, s:s, s:s}", "file", "data/tracks/KEN.001.v.webm",
					 "rule", "public/pictures", "schedule", "2026"),
				 INT64_C(1795341600123), &number),
		0);
	custody_free(custody);
	assert_int_equal(names_media_path(sealed.directory, "tracks/KEN.001.v", path), 0);
	assert_int_equal(unlink(path), 0);
}

static void pictures_that_were_deleted_are_told_by_the_line_that_says_so(void **state)
{
	size_t len;
	delete_pictures(sealed.signer);
	make_speech(1, NULL);
	struct verdict verdict = judge();
	assert_string_equal(verdict.first, "");
	assert_int_equal(verdict.report.deleted, 1);
	assert_int_equal(verdict.report.segments, 3);
	assert_non_null(strstr(verdict.notes_text, "tracks/KEN.001.v was deleted on 2026-11-22"));
	char *text = sealed_read(bundle, EXCERPT_PROOF, &len);
	assert_null(strstr(text, "case 7"));
	free(text);

	/* The line is of these pictures, and says nothing of the sound. */
	json_t *proof = proof_of();
	json_t *line = json_object_get(file_of(proof, 2), "deleted");
	assert_true(json_is_string(line));
	json_t *sound = json_pack("{s:s, s:O}", "file", "tracks/KEN.001.a", "deleted", line);
	assert_int_equal(json_array_set_new(json_object_get(proof, "files"), 1, sound), 0);
	write_proof(proof);
	char path[sizeof(bundle) + 32];
	(void)snprintf(path, sizeof(path), "%s/KEN.001.a.webm", bundle);
	assert_int_equal(unlink(path), 0);
	assert_string_equal(judge().first,
		"tracks/KEN.001.a is not here, and its line of custody.jsonl says nothing of it");
}

static void a_deletion_that_nobody_signed_proves_nothing(void **state)
{
	delete_pictures(NULL);
	make_speech(1, NULL);
	assert_non_null(
		strstr(judge().first, "the key that was given signed nothing that says why"));
}

static void what_is_missing_without_a_line_is_not_given_out_as_whole(void **state)
{
	struct excerpt_summary summary;
	char why[EXCERPT_WHY_LEN];
	char path[ARCHIVE_PATH_LEN];
	const struct excerpt_wish wish = { .speech = 1 };
	assert_int_equal(names_media_path(sealed.directory, "tracks/KEN.001.v", path), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(make(&wish, &summary, why), -EBADMSG);
	assert_string_equal(
		why, "tracks/KEN.001.v is missing, and nothing says that it was deleted");
}

static void times_are_those_of_the_octets(void **state)
{
	make_speech(1, NULL);
	json_t *proof = proof_of();
	json_t *clusters =
		json_object_get(json_array_get(json_object_get(proof, "files"), 1), "clusters");
	json_t *second = json_array_get(clusters, 1);
	assert_int_equal(json_object_set_new(second, "t0", json_integer(100)), 0);
	write_proof(proof);
	assert_non_null(strstr(judge().first, "is not of the time that its ledger says"));
}

static void whose_speech_it_is_cannot_be_said_otherwise(void **state)
{
	make_speech(1, NULL);
	json_t *proof = proof_of();
	json_t *speech = json_object_get(json_object_get(proof, "record"), "speech");
	assert_int_equal(json_object_set_new(speech, "name", json_string("France")), 0);
	write_proof(proof);
	assert_string_equal(
		judge().first, "proof.json does not say of the speech what the record says");

	/* Another speech of the same record, with these tracks. */
	make_speech(2, NULL);
	proof = proof_of();
	json_t *record = json_deep_copy(json_object_get(proof, "record"));
	json_decref(proof);
	make_speech(1, NULL);
	proof = proof_of();
	assert_int_equal(json_object_set_new(proof, "record", record), 0);
	assert_int_equal(json_object_set_new(proof, "from_ms", json_integer(7000)), 0);
	assert_int_equal(json_object_set_new(proof, "to_ms", json_integer(9000)), 0);
	write_proof(proof);
	assert_string_equal(judge().first, "tracks/KEN.001.a is not the speaker's, nor a channel");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		CASE(a_speech_is_all_its_tracks_and_says_whose_it_is),
		CASE(a_language_is_what_was_heard_in_it),
		CASE(what_is_not_there_is_refused_with_a_sentence),
		CASE(nothing_is_shown_of_what_is_encrypted_or_not_sealed),
		CASE(a_zip_has_the_same_files_in_one_folder),
		CASE(an_octet_changed_in_any_file_is_found),
		CASE(a_file_that_is_missing_or_too_many_is_found),
		CASE(without_a_head_or_a_session_it_says_what_is_missing),
		CASE(a_head_that_was_kept_is_the_one_that_is_there),
		CASE(a_cluster_left_out_between_two_is_found),
		CASE(a_speech_cut_off_at_either_end_is_found),
		CASE(times_that_are_all_shifted_are_found),
		CASE(the_clusters_of_another_speech_are_found),
		CASE(a_track_that_is_left_out_is_found),
		CASE(nobody_elses_ledger_is_given_out),
		CASE(pictures_that_were_deleted_are_told_by_the_line_that_says_so),
		CASE(a_deletion_that_nobody_signed_proves_nothing),
		CASE(what_is_missing_without_a_line_is_not_given_out_as_whole),
		CASE(times_are_those_of_the_octets),
		CASE(whose_speech_it_is_cannot_be_said_otherwise),
#undef CASE
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
