/* The catalogue of the archive: what a directory of recordings becomes, and what is found in it, in all six languages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "signaling/archive/search.h"
#include "signaling/archive/shelf.h"

static char folder[64];
static char root[96];
static char database[96];
static const bool never_stop;
static const struct access_viewer viewer = {
	.role = ROLE_VIEWER, .meetings = { "demo" }, .n_meetings = 1
};
static const struct access_viewer chair = {
	.role = ROLE_CHAIR, .meetings = { "demo" }, .n_meetings = 1
};
static const struct access_viewer admin = { .role = ROLE_ADMIN };

static void write_file(const char *directory, const char *file, const char *text)
{
	static const char *const folders[] = { "", "/data", "/data/record", "/data/text",
		"/data/channels" };
	char path[512];
	for (size_t i = 0; i < RS_ARRAY_LEN(folders); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s%s", root, directory, folders[i]);
		(void)mkdir(path, 0750);
	}
	(void)snprintf(path, sizeof(path), "%s/%s/data/%s", root, directory, file);
	FILE *out = fopen(path, "wb");
	assert_non_null(out);
	assert_int_equal(fwrite(text, 1, strlen(text), out), strlen(text));
	assert_int_equal(fclose(out), 0);
}

/* A recording of `meeting` that began at `started_ms`; Kenya speaks from 0 to 60 s, France after it. */
static void write_recording(const char *directory, const char *meeting, const char *title,
	const char *class, int64_t started_ms)
{
	char index[4096];
	(void)snprintf(index, sizeof(index),
		"{\"format\":\"rostrum-index/1\",\"session\":\"%s-id\",\"meeting\":\"%s\",\"title\":\"%s\","
		"\"class\":\"%s\",\"started_ms\":%lld,\"duration_ms\":120000,\"languages\":[{\"id\":"
		"\"floor\",\"file\":\"channels/floor.webm\"},{\"id\":\"fr\",\"language\":\"fr\",\"file\":"
		"\"channels/fr.webm\"}],\"items\":[{\"item\":2,\"title\":\"Law of the sea\",\"from_ms\":0,"
		"\"to_ms\":60000},{\"item\":3,\"title\":\"Désarmement\",\"from_ms\":60000,\"to_ms\":120000}],"
		"\"speeches\":[{\"n\":1,\"participant\":\"KEN\",\"name\":\"Kenya\",\"delegation\":\"KEN\","
		"\"item\":2,\"language\":\"en\",\"from_ms\":0,\"to_ms\":60000},{\"n\":2,\"participant\":"
		"\"FRA\",\"name\":\"France\",\"delegation\":\"FRA\",\"person\":{\"name\":\"Hélène Martin\"},"
		"\"item\":3,\"language\":\"fr\",\"from_ms\":60000,\"to_ms\":120000}],\"captions\":["
		"{\"language\":\"en\",\"file\":\"text/captions.en.vtt\"}],"
		"\"late\":\"channels/floor.late.webm\"}",
		directory, meeting, title, class, (long long)started_ms);
	write_file(directory, "record/index.json", index);
}

static struct catalogue *open_catalogue(void)
{
	struct catalogue *catalogue = NULL;
	char error[CATALOGUE_ERROR_LEN];
	assert_int_equal(catalogue_open(database, &catalogue, error), 0);
	return catalogue;
}

static struct shelf_report scan(void)
{
	struct shelf_report report;
	struct catalogue *catalogue = open_catalogue();
	assert_int_equal(shelf_scan(root, catalogue, &never_stop, &report), 0);
	catalogue_free(catalogue);
	return report;
}

static const char *found_by(const struct search *search, const struct access_viewer *who)
{
	static char out[8192];
	struct rs_buf buf;
	struct catalogue *catalogue = NULL;
	struct search asked = *search;
	asked.limit = asked.limit == 0 ? 10 : asked.limit;
	rs_buf_init(&buf, sizeof(out) - 1);
	assert_int_equal(catalogue_open_reader(database, &catalogue), 0);
	assert_int_equal(search_run(catalogue, &asked, who, &buf), 0);
	catalogue_free(catalogue);
	memcpy(out, rs_buf_data(&buf), rs_buf_len(&buf));
	out[rs_buf_len(&buf)] = '\0';
	rs_buf_done(&buf);
	return out;
}

static int total_of(const struct search *search, const struct access_viewer *who)
{
	const char *text = strstr(found_by(search, who), "\"total\":");
	assert_non_null(text);
	return atoi(text + strlen("\"total\":"));
}

static int make_folder(void **state)
{
	(void)snprintf(folder, sizeof(folder), "/tmp/rostrum-catalogue-XXXXXX");
	assert_non_null(mkdtemp(folder));
	(void)snprintf(root, sizeof(root), "%s/archive", folder);
	(void)snprintf(database, sizeof(database), "%s/archive.db", folder);
	return mkdir(root, 0750);
}

static int remove_folder(void **state)
{
	char command[128];
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command);
}

/* --- Taking in --- */

static void a_scan_takes_in_what_is_new_and_forgets_what_is_gone(void **state)
{
	write_recording("a", "demo", "First", "public", 1000);
	write_recording("b", "demo", "Second", "public", 2000);
	assert_int_equal(scan().taken, 2);
	assert_int_equal(scan().taken, 0);
	assert_int_equal(total_of(&(struct search){ .offset = 0 }, &viewer), 2);
	/* The newest first. */
	const char *found = found_by(&(struct search){ .offset = 0 }, &viewer);
	assert_true(strstr(found, "Second") < strstr(found, "First"));

	write_recording("a", "demo", "First, corrected", "public", 1000);
	assert_int_equal(scan().taken, 1);
	assert_int_equal(total_of(&(struct search){ .words = "corrected" }, &viewer), 1);
	assert_int_equal(total_of(&(struct search){ .offset = 0 }, &viewer), 2);

	char path[160];
	(void)snprintf(path, sizeof(path), "%s/b/data/record/index.json", root);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(scan().forgotten, 1);
	assert_int_equal(total_of(&(struct search){ .words = "Second" }, &viewer), 0);
}

static void a_bad_index_is_told_once_and_harms_nobody(void **state)
{
	write_recording("a", "demo", "Good", "public", 1000);
	write_file("b", "record/index.json", "{\"format\":\"rostrum-index/1\"}");
	const struct shelf_report first = scan();
	assert_int_equal(first.taken, 1);
	assert_int_equal(first.refused, 1);
	assert_non_null(strstr(first.error, "b: "));
	assert_int_equal(scan().refused, 0);
	assert_int_equal(total_of(&(struct search){ .offset = 0 }, &admin), 1);
}

static void a_session_that_lies_there_twice_is_there_once(void **state)
{
	write_recording("a", "demo", "Good", "public", 1000);
	assert_int_equal(scan().taken, 1);
	char command[400];
	(void)snprintf(command, sizeof(command), "cp -r '%s/a' '%s/copy'", root, root);
	assert_int_equal(system(command), 0);
	assert_int_equal(scan().twice, 1);
	assert_int_equal(total_of(&(struct search){ .offset = 0 }, &viewer), 1);
}

static void an_archive_that_is_away_is_not_forgotten(void **state)
{
	struct shelf_report report;
	char elsewhere[128];
	write_recording("a", "demo", "Good", "public", 1000);
	assert_int_equal(scan().taken, 1);
	(void)snprintf(elsewhere, sizeof(elsewhere), "%s.away", root);
	assert_int_equal(rename(root, elsewhere), 0);
	struct catalogue *catalogue = open_catalogue();
	assert_int_equal(shelf_scan(root, catalogue, &never_stop, &report), -ENOENT);
	catalogue_free(catalogue);
	assert_int_equal(total_of(&(struct search){ .offset = 0 }, &viewer), 1);
}

static void a_damaged_or_older_catalogue_is_made_anew(void **state)
{
	write_recording("a", "demo", "Good", "public", 1000);
	FILE *out = fopen(database, "wb");
	assert_non_null(out);
	for (size_t i = 0; i < 1000; i++)
		assert_true(fputs("no database", out) >= 0);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(scan().taken, 1);
	assert_int_equal(total_of(&(struct search){ .offset = 0 }, &viewer), 1);
}

/* --- Finding --- */

static void words_of_all_six_languages_are_found(void **state)
{
	static const struct {
		const char *caption, *words;
	} cases[] = {
		{ "Climate change threatens small islands", "climate ISLAND" },
		{ "Le président désigné a été élu à l’unanimité", "president elu unanimite" },
		{ "La señora Presidenta pide la palabra", "senora presidenta" },
		{ "Предлагаем объявить её решение принятым", "решение ее" },
		{ "我们支持裁军和海洋法公约", "裁军 海洋法" },
		{ "نؤيد السَّلام والأمن الدوليين", "سلام امن" },
	};
	for (size_t i = 0; i < RS_ARRAY_LEN(cases); i++) {
		char vtt[512];
		char name[8];
		(void)snprintf(name, sizeof(name), "s%zu", i);
		(void)snprintf(vtt, sizeof(vtt), "WEBVTT\n\n00:10.000 --> 00:12.000\n%s\n",
			cases[i].caption);
		write_recording(name, "demo", "Meeting", "public", (int64_t)(1000 + i));
		write_file(name, "text/captions.en.vtt", vtt);
	}
	assert_int_equal(scan().taken, RS_ARRAY_LEN(cases));
	for (size_t i = 0; i < RS_ARRAY_LEN(cases); i++) {
		struct search search = { .limit = 10 };
		(void)rs_set_text(search.words, cases[i].words);
		const char *found = found_by(&search, &viewer);
		if (strstr(found, "\"total\":1}") == NULL ||
			strstr(found, cases[i].caption) == NULL)
			fail_msg("%s: %s", cases[i].words, found);
		assert_non_null(strstr(found, "\"at_ms\":10000"));
	}
	/* Neighbours in another order are other words. */
	assert_int_equal(total_of(&(struct search){ .words = "洋海" }, &viewer), 0);
}

static void what_was_said_is_found_by_who_said_it_and_about_what(void **state)
{
	write_recording("a", "demo", "Meeting", "public", 1000);
	write_file("a", "text/captions.en.vtt",
		"WEBVTT\n\n00:10.000 --> 00:12.000\nfisheries\n\n01:10.000 --> 01:12.000\nmissiles\n");
	assert_int_equal(scan().taken, 1);
	static const struct {
		struct search search;
		int total;
	} cases[] = {
		{ { .words = "fisheries" }, 1 },
		{ { .words = "fisheries", .delegation = "KEN" }, 1 },
		{ { .words = "fisheries", .delegation = "ken" }, 1 },
		{ { .words = "fisheries", .delegation = "FRA" }, 0 },
		{ { .words = "missiles", .speaker = "helene" }, 1 },
		{ { .words = "fisheries", .speaker = "helene" }, 0 },
		{ { .speaker = "MARTIN" }, 1 },
		{ { .speaker = "Kenya", .item = "law" }, 1 },
		{ { .speaker = "Kenya", .item = "desarmement" }, 0 },
		{ { .item = "3", .delegation = "FRA" }, 1 },
		{ { .item = "3", .delegation = "KEN" }, 0 },
		{ { .language = "fr" }, 1 },
		{ { .language = "ru" }, 0 },
		{ { .words = "fisheries", .language = "fr" }, 0 },
		{ { .words = "law sea" }, 1 },
		{ { .from_ms = 1000, .until_ms = 1001 }, 1 },
		{ { .from_ms = 1001 }, 0 },
		{ { .until_ms = 1000 }, 0 },
		{ { .words = "!?" }, 1 },
	};
	for (size_t i = 0; i < RS_ARRAY_LEN(cases); i++) {
		if (total_of(&cases[i].search, &viewer) != cases[i].total)
			fail_msg("case %zu: %s", i, found_by(&cases[i].search, &viewer));
	}
	/* A speech that fits is a place to go to. */
	assert_non_null(strstr(found_by(&(struct search){ .delegation = "FRA" }, &viewer),
		"\"hits\":[{\"kind\":\"speech\",\"at_ms\":60000,\"text\":\"France\",\"language\":\"fr\",\"speech\":2}]"));
}

/* Between speeches the chair speaks, whose own lasts as long as the sitting; the record gives it no delegation. */
static void what_nobody_else_said_was_said_by_the_chair(void **state)
{
	write_file("a", "record/index.json",
		"{\"format\":\"rostrum-index/1\",\"session\":\"demo-20261122T100000Z-k3Jd92ms\",\"meeting\":"
		"\"demo\",\"title\":\"Meeting\",\"class\":\"public\",\"started_ms\":1,\"duration_ms\":90000,"
		"\"speeches\":[{\"n\":1,\"participant\":\"chair\",\"person\":{\"name\":\"Ms. Halvorsen\"},\"as\":"
		"\"presiding\",\"from_ms\":0,\"to_ms\":90000},{\"n\":2,\"participant\":\"KEN\",\"name\":\"Kenya\","
		"\"delegation\":\"KEN\",\"from_ms\":10000,\"to_ms\":20000}],\"captions\":[{\"language\":\"en\","
		"\"file\":\"text/captions.en.vtt\"}]}");
	write_file("a", "text/captions.en.vtt",
		"WEBVTT\n\n00:01.000 --> 00:02.000\nwelcome\n\n00:11.000 --> 00:12.000\nthanks\n\n"
		"00:30.000 --> 00:31.000\nadjourned\n");
	assert_int_equal(scan().taken, 1);
	assert_int_equal(
		total_of(&(struct search){ .words = "welcome", .speaker = "Halvorsen" }, &viewer),
		1);
	assert_int_equal(
		total_of(&(struct search){ .words = "thanks", .speaker = "Halvorsen" }, &viewer),
		0);
	assert_int_equal(
		total_of(&(struct search){ .words = "thanks", .speaker = "Kenya" }, &viewer), 1);
	assert_int_equal(
		total_of(&(struct search){ .words = "adjourned", .speaker = "Halvorsen" }, &viewer),
		1);
	assert_non_null(strstr(found_by(&(struct search){ .speaker = "chair" }, &viewer),
		"\"text\":\"Ms. Halvorsen\""));
}

static void what_is_found_comes_in_pages(void **state)
{
	for (int i = 0; i < 5; i++) {
		char name[8];
		(void)snprintf(name, sizeof(name), "m%d", i);
		write_recording(name, "demo", name, "public", 1000 + i);
	}
	assert_int_equal(scan().taken, 5);
	const char *page = found_by(&(struct search){ .offset = 4, .limit = 2 }, &viewer);
	assert_non_null(strstr(page, "\"session\":\"m0-id\""));
	assert_null(strstr(page, "\"session\":\"m1-id\""));
	assert_non_null(strstr(page, "\"total\":5"));
}

/* --- Who may see it --- */

static void what_was_not_public_is_found_by_nobody_else(void **state)
{
	struct catalogue *catalogue = NULL;
	struct catalogue_file file;
	char meeting[RS_NAME_MAX + 1];
	struct rs_buf out;
	write_recording("open", "demo", "Open", "public", 1000);
	write_recording("shut", "demo", "Shut", "closed-members", 2000);
	write_recording("other", "elsewhere", "Other", "private", 3000);
	assert_int_equal(scan().taken, 3);
	const struct search all = { .limit = 10 };
	assert_int_equal(total_of(&all, &viewer), 1);
	assert_int_equal(total_of(&all, &chair), 2);
	assert_int_equal(total_of(&all, &admin), 3);
	assert_int_equal(total_of(&(struct search){ .words = "Shut" }, &viewer), 0);

	assert_int_equal(catalogue_open_reader(database, &catalogue), 0);
	rs_buf_init(&out, (size_t)1 << 20);
	assert_int_equal(catalogue_index(catalogue, "shut-id", &viewer, &out, meeting), -ENOENT);
	assert_int_equal(catalogue_index(catalogue, "shut-id", &chair, &out, meeting), 0);
	assert_string_equal(meeting, "demo");
	assert_int_equal(catalogue_index(catalogue, "other-id", &chair, &out, meeting), -ENOENT);
	assert_int_equal(catalogue_index(catalogue, "nothing", &admin, &out, meeting), -ENOENT);
	assert_int_equal(
		catalogue_file(catalogue, "shut-id", &viewer, CATALOGUE_PROGRAMME, "fr", &file),
		-ENOENT);
	assert_int_equal(
		catalogue_file(catalogue, "shut-id", &chair, CATALOGUE_PROGRAMME, "fr", &file), 0);
	assert_string_equal(file.file, "channels/fr.webm");
	assert_string_equal(file.directory, "shut");
	assert_int_equal(
		catalogue_file(catalogue, "shut-id", &chair, CATALOGUE_CAPTIONS, "fr", &file),
		-ENOENT);
	assert_int_equal(
		catalogue_file(catalogue, "shut-id", &chair, CATALOGUE_CAPTIONS, "en", &file), 0);
	assert_int_equal(
		catalogue_file(catalogue, "shut-id", &viewer, CATALOGUE_LATE, "floor", &file),
		-ENOENT);
	assert_int_equal(
		catalogue_file(catalogue, "shut-id", &chair, CATALOGUE_LATE, "floor", &file), 0);
	assert_string_equal(file.file, "channels/floor.late.webm");
	assert_int_equal(
		catalogue_file(catalogue, "shut-id", &chair, CATALOGUE_LATE, "fr", &file), -ENOENT);
	rs_buf_done(&out);
	catalogue_free(catalogue);
}

/* --- Files --- */

static int open_err(const char *directory, const char *file)
{
	struct shelf_file opened;
	const int err = shelf_open(root, directory, file, &opened);
	if (err == 0)
		(void)close(opened.fd);
	return err;
}

static void no_link_no_dot_and_no_way_up_is_followed(void **state)
{
	char from[200];
	char to[200];
	write_recording("a", "demo", "Good", "public", 1000);
	write_file("a", "channels/floor.webm", "media");
	write_file("a", "channels/.hidden.webm", "media");
	assert_int_equal(open_err("a", "channels/floor.webm"), 0);
	assert_int_equal(open_err("a", "channels/fr.webm"), -ENOENT);
	assert_int_equal(open_err("a", "channels/.hidden.webm"), -ENOENT);
	assert_int_equal(open_err("a", "channels/../channels/floor.webm"), -ENOENT);
	assert_int_equal(open_err("..", "channels/floor.webm"), -ENOENT);
	assert_int_equal(open_err("a", "channels"), -ENOENT);
	assert_int_equal(open_err("a", "channels//floor.webm"), -ENOENT);
	/* A link to a file, to a folder of it, to a whole recording. */
	(void)snprintf(from, sizeof(from), "%s/a/data/channels/floor.webm", root);
	(void)snprintf(to, sizeof(to), "%s/a/data/channels/link.webm", root);
	assert_int_equal(symlink(from, to), 0);
	assert_int_equal(open_err("a", "channels/link.webm"), -ENOENT);
	(void)snprintf(to, sizeof(to), "%s/a/data/linked", root);
	assert_int_equal(symlink("channels", to), 0);
	assert_int_equal(open_err("a", "linked/floor.webm"), -ENOENT);
	(void)snprintf(to, sizeof(to), "%s/b", root);
	assert_int_equal(symlink("a", to), 0);
	assert_int_equal(open_err("b", "channels/floor.webm"), -ENOENT);
	assert_int_equal(scan().taken, 1);
}

#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_A_FOLDER(a_scan_takes_in_what_is_new_and_forgets_what_is_gone),
		IN_A_FOLDER(a_bad_index_is_told_once_and_harms_nobody),
		IN_A_FOLDER(a_session_that_lies_there_twice_is_there_once),
		IN_A_FOLDER(an_archive_that_is_away_is_not_forgotten),
		IN_A_FOLDER(a_damaged_or_older_catalogue_is_made_anew),
		IN_A_FOLDER(words_of_all_six_languages_are_found),
		IN_A_FOLDER(what_was_said_is_found_by_who_said_it_and_about_what),
		IN_A_FOLDER(what_nobody_else_said_was_said_by_the_chair),
		IN_A_FOLDER(what_is_found_comes_in_pages),
		IN_A_FOLDER(what_was_not_public_is_found_by_nobody_else),
		IN_A_FOLDER(no_link_no_dot_and_no_way_up_is_followed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
