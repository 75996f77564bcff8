/* What the archive's page reads from a disk: the index of a recording, its captions, and words as they are looked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "signaling/archive/access.h"
#include "signaling/archive/captions.h"
#include "signaling/archive/fold.h"
#include "signaling/archive/recording.h"
#include "tests/support/examples.h"
#include "tests/support/oom.h"

#define HEAD                                                                                \
	"\"format\":\"rostrum-index/1\",\"session\":\"s1\",\"meeting\":\"demo\",\"title\":" \
	"\"Second Committee\",\"class\":\"public\",\"started_ms\":1795305600123,"           \
	"\"duration_ms\":10800000"

static const char whole[] =
	"{" HEAD ",\"symbol\":\"A/C.2/81/SR.7\",\"languages\":[{\"id\":\"floor\",\"file\":"
	"\"channels/floor.webm\"},{\"id\":\"fr\",\"language\":\"fr\",\"name\":\"Français\","
	"\"file\":\"channels/fr.webm\"}],\"items\":[{\"item\":2,\"title\":\"Oceans\",\"from_ms\":0,"
	"\"to_ms\":600000}],\"speeches\":[{\"n\":1,\"entry\":5,\"participant\":\"FRA\",\"name\":"
	"\"France\",\"delegation\":\"FRA\",\"person\":{\"name\":\"Ms. Martin\",\"rank\":\"minister\"},"
	"\"as\":\"main\",\"item\":2,\"language\":\"fr\",\"from_ms\":1000,\"to_ms\":61000,"
	"\"interrupted\":false}],\"decisions\":[{\"decision\":3,\"title\":\"L.7\",\"kind\":"
	"\"recorded\",\"at_ms\":5,\"result\":\"adopted\",\"totals\":{\"yes\":9,\"no\":0,\"abstain\":1}}],"
	"\"points\":[{\"participant\":\"KEN\",\"at_ms\":7,\"ruling\":\"upheld\"}],\"captions\":"
	"[{\"language\":\"fr\",\"file\":\"text/captions.fr.vtt\"}],\"gaps\":[{\"from_ms\":1,\"to_ms\":2,"
	"\"what\":\"recorder restarted\"}],\"late\":\"channels/floor.late.webm\"}";

static int parse(const char *text, char error[RECORDING_ERROR_LEN])
{
	struct recording *recording = NULL;
	error[0] = '\0';
	const int err = recording_parse(text, strlen(text), &recording, error);
	recording_free(recording);
	return err;
}

static void everything_of_an_index_is_read(void **state)
{
	char error[RECORDING_ERROR_LEN];
	struct recording *recording = NULL;
	assert_int_equal(recording_parse(whole, strlen(whole), &recording, error), 0);
	assert_string_equal(recording->session, "s1");
	assert_string_equal(recording->symbol, "A/C.2/81/SR.7");
	assert_int_equal(recording->duration_ms, 10800000);
	assert_int_equal(recording->n_languages, 2);
	assert_string_equal(recording->languages[1].file, "channels/fr.webm");
	assert_int_equal(recording->n_speeches, 1);
	assert_string_equal(recording->speeches[0].person, "Ms. Martin");
	assert_int_equal(recording->speeches[0].to_ms, 61000);
	assert_string_equal(recording->items[0].title, "Oceans");
	assert_string_equal(recording->decisions[0].title, "L.7");
	assert_string_equal(recording->captions[0].file, "text/captions.fr.vtt");
	assert_int_equal(recording->n_late, 1);
	assert_string_equal(recording->late.id, "floor");
	assert_string_equal(recording->late.file, "channels/floor.late.webm");
	/* Pages get the whole of it. */
	assert_non_null(strstr(recording->json, "\"ruling\":\"upheld\""));
	recording_free(recording);
}

/* What the recorder's own paper shows is what is read here. */
static void the_example_of_the_recorder_is_read(void **state)
{
	size_t len;
	char error[RECORDING_ERROR_LEN];
	struct recording *recording = NULL;
	char *text = examples_read("recorder/record/example/index.json", &len);
	assert_int_equal(recording_parse(text, len, &recording, error), 0);
	assert_true(recording->n_speeches >= 3);
	assert_true(recording->speeches[0].presiding);
	assert_string_equal(recording->speeches[0].name, "Ms. Ingrid Halvorsen, Chair");
	recording_free(recording);
	free(text);
}

static void every_beginning_of_an_index_is_none(void **state)
{
	char error[RECORDING_ERROR_LEN];
	struct recording *recording = NULL;
	for (size_t len = 0; len < sizeof(whole) - 1; len++)
		assert_int_equal(recording_parse(whole, len, &recording, error), -EBADMSG);
}

static void what_is_wrong_is_named(void **state)
{
	static const struct {
		const char *text, *named;
	} wrong[] = {
		{ "{}", "format" },
		{ "{\"format\":\"rostrum-index/2\"}", "format" },
		{ "{" HEAD ",\"languages\":[{\"id\":\"fr\",\"file\":\"channels/../../x.webm\"}]}",
			"languages[0].file" },
		{ "{" HEAD ",\"languages\":[{\"id\":\"fr\",\"file\":\"/etc/passwd\"}]}",
			"languages[0].file" },
		{ "{" HEAD ",\"languages\":[{\"id\":\"fr\",\"file\":\"channels/.fr.webm\"}]}",
			"languages[0].file" },
		{ "{" HEAD ",\"languages\":[{\"id\":\"../fr\",\"file\":\"channels/fr.webm\"}]}",
			"languages[0].id" },
		{ "{" HEAD ",\"captions\":[{\"language\":\"fr\",\"file\":\"channels/fr.webm\"}]}",
			"captions[0].file" },
		{ "{" HEAD ",\"speeches\":[{\"n\":1,\"from_ms\":2,\"to_ms\":1}]}",
			"speeches[0].to_ms" },
		{ "{" HEAD ",\"speeches\":[{\"n\":1,\"from_ms\":-2,\"to_ms\":1}]}",
			"speeches[0].from_ms" },
		{ "{" HEAD
		  ",\"items\":[{\"item\":1,\"title\":\"a\\u0007b\",\"from_ms\":1,\"to_ms\":2}]}",
			"items[0].title" },
		{ "{" HEAD ",\"delivered\":[{\"participant\":\"room\",\"from_ms\":2,\"to_ms\":1}]}",
			"delivered[0].to_ms" },
		{ "{" HEAD ",\"delivered\":[{\"participant\":\"a b\",\"from_ms\":1,\"to_ms\":2}]}",
			"delivered[0].participant" },
		{ "{" HEAD ",\"late\":\"channels/../../x.webm\"}", "late" },
		{ "{" HEAD ",\"late\":true}", "late" },
		{ "{" HEAD ",\"points\":[{\"participant\":\"a b\",\"at_ms\":2}]}",
			"points[0].participant" },
		{ "{" HEAD ",\"decisions\":[{\"at_ms\":2,\"totals\":{\"yes\":\"many\"}}]}",
			"decisions[0].totals.yes" },
	};
	char error[RECORDING_ERROR_LEN];
	for (size_t i = 0; i < RS_ARRAY_LEN(wrong); i++) {
		assert_int_equal(parse(wrong[i].text, error), -EBADMSG);
		if (strstr(error, wrong[i].named) == NULL)
			fail_msg("%s: \"%s\"", wrong[i].text, error);
	}
}

static void a_list_is_bounded(void **state)
{
	char error[RECORDING_ERROR_LEN];
	for (size_t n = RECORDING_LANGUAGES_MAX; n <= RECORDING_LANGUAGES_MAX + 1; n++) {
		struct rs_buf text;
		rs_buf_init(&text, (size_t)1 << 20);
		assert_int_equal(rs_buf_printf(&text, "{" HEAD ",\"languages\":["), 0);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(
				rs_buf_printf(&text,
					"%s{\"id\":\"l%zu\",\"file\":\"channels/l%zu.webm\"}",
					i > 0 ? "," : "", i, i),
				0);
		assert_int_equal(rs_buf_append(&text, "]}", 3), 0);
		assert_int_equal(parse((const char *)rs_buf_data(&text), error),
			n <= RECORDING_LANGUAGES_MAX ? 0 : -EBADMSG);
		rs_buf_done(&text);
	}
}

static int parse_once(void *ctx)
{
	char error[RECORDING_ERROR_LEN];
	return parse(ctx, error);
}

static void out_of_memory_an_index_is_not_read(void **state)
{
	check_oom(parse_once, (void *)(uintptr_t)whole);
}

/* --- Captions --- */

/* "1000-2000 text|..." */
static const char *cues_of(const char *text)
{
	static char out[4096];
	struct captions captions;
	struct captions_cue cue;
	size_t len = 0;
	out[0] = '\0';
	if (captions_begin(&captions, text, strlen(text)) < 0)
		return "none";
	while (captions_next(&captions, &cue))
		len += (size_t)snprintf(out + len, sizeof(out) - len, "%lld-%lld %s|",
			(long long)cue.from_ms, (long long)cue.to_ms, cue.text);
	return out;
}

static void cues_are_read_as_they_are_shown(void **state)
{
	assert_string_equal(
		cues_of("WEBVTT\n\n1\n00:01.000 --> 00:02.500 align:start\n<v Kenya>Thank <b>you</b>,\n"
			"Chair &amp; members\n\n01:00:00.000 --> 01:00:01.000\nBonjour\n"),
		"1000-2500 Thank you, Chair & members|3600000-3601000 Bonjour|");
	assert_string_equal(
		cues_of("\xef\xbb\xbfWEBVTT header\r\n\r\n00:00.000 --> 00:00.001\r\na\r\n"),
		"0-1 a|");
	/* A cue right behind another, one without words, one that ends before it begins, one that is cut. */
	assert_string_equal(
		cues_of("WEBVTT\n\n00:01.000 --> 00:02.000\na\n00:02.000 --> 00:03.000\nb\n\n"
			"00:03.000 --> 00:04.000\n<i></i>\n\n00:05.000 --> 00:04.000\nc\n\n"
			"00:61.000 --> 99:04.000\nd\n\n0:0:1.00 --> 1:00.000\ne\n"),
		"1000-2000 a|2000-3000 b|");
	assert_string_equal(cues_of("WEBVTTX\n\n00:01.000 --> 00:02.000\na\n"), "none");
	assert_string_equal(cues_of(""), "none");
}

static void a_cue_without_an_end_is_cut_at_a_letter(void **state)
{
	static char text[4 * CAPTIONS_TEXT_MAX];
	struct captions captions;
	struct captions_cue cue;
	size_t len = (size_t)snprintf(text, sizeof(text), "WEBVTT\n\n00:01.000 --> 00:02.000\nx");
	while (len + 3 < sizeof(text))
		len += (size_t)snprintf(text + len, sizeof(text) - len, "ж");
	assert_int_equal(captions_begin(&captions, text, strlen(text)), 0);
	assert_true(captions_next(&captions, &cue));
	assert_true(rs_utf8_valid(cue.text, strlen(cue.text)));
	assert_true(strlen(cue.text) > CAPTIONS_TEXT_MAX - 8);
	assert_false(captions_next(&captions, &cue));
}

/* --- Words --- */

static const char *folded(const char *text, int fold(const char *text, struct rs_buf *out))
{
	static char out[1024];
	struct rs_buf buf;
	rs_buf_init(&buf, sizeof(out) - 1);
	assert_int_equal(fold(text, &buf), 0);
	memcpy(out, rs_buf_len(&buf) > 0 ? (const char *)rs_buf_data(&buf) : "", rs_buf_len(&buf));
	out[rs_buf_len(&buf)] = '\0';
	rs_buf_done(&buf);
	return out;
}

static void chinese_is_split_into_its_characters(void **state)
{
	assert_string_equal(folded("海洋和2026年", fold_text), "海 洋 和 2026 年 ");
	assert_string_equal(folded("海洋 Kenya", fold_question), "\"海 洋\" AND \"Kenya\"*");
}

static void forms_of_an_arabic_word_are_one(void **state)
{
	char word[64];
	(void)strcpy(word, folded("سلام", fold_text));
	static const char *const forms[] = { "السلام", "والسلام", "بالسلام", "للسلام", "سَلَام",
		"ســلام" };
	for (size_t i = 0; i < RS_ARRAY_LEN(forms); i++)
		assert_string_equal(folded(forms[i], fold_text), word);
	/* No article: too little would be left. */
	assert_string_equal(folded("ال", fold_text), "ال ");
	(void)strcpy(word, folded("إلى", fold_text));
	assert_string_equal(folded("الي", fold_text), word);
}

static void a_question_has_no_syntax(void **state)
{
	assert_string_equal(folded("a\" OR b* NEAR(c", fold_question),
		"\"a\"* AND \"OR\"* AND \"b\"* AND \"NEAR\"* AND \"c\"*");
	assert_string_equal(folded(" \"'()*:^-+ ", fold_question), "");
	assert_string_equal(folded("\xff\xc3", fold_question), "");
	/* More words than are looked for. */
	const char *many = folded("a a a a a a a a a a a a a a a a b", fold_question);
	assert_null(strchr(many, 'b'));
}

/* --- Who may see what --- */

static void public_is_for_all_and_the_rest_for_those_who_answer_for_it(void **state)
{
	for (size_t role = 0; role < ROLE_COUNT; role++) {
		const bool answers =
			role == ROLE_SECRETARIAT || role == ROLE_CHAIR || role == ROLE_ADMIN;
		const struct access_viewer viewer = {
			.role = (enum role)role, .meetings = { "demo" }, .n_meetings = 1
		};
		assert_true(access_allows(&viewer, VISIBILITY_PUBLIC, "demo"));
		assert_true(access_allows(&viewer, VISIBILITY_PUBLIC, "other"));
		for (size_t class = VISIBILITY_PRIVATE; class < VISIBILITY_COUNT; class ++) {
			assert_int_equal(
				access_allows(&viewer, (enum visibility) class, "demo"), answers);
			assert_int_equal(access_allows(&viewer, (enum visibility) class, "other"),
				role == ROLE_ADMIN);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_of_an_index_is_read),
		cmocka_unit_test(the_example_of_the_recorder_is_read),
		cmocka_unit_test(every_beginning_of_an_index_is_none),
		cmocka_unit_test(what_is_wrong_is_named),
		cmocka_unit_test(a_list_is_bounded),
		cmocka_unit_test(out_of_memory_an_index_is_not_read),
		cmocka_unit_test(cues_are_read_as_they_are_shown),
		cmocka_unit_test(a_cue_without_an_end_is_cut_at_a_letter),
		cmocka_unit_test(chinese_is_split_into_its_characters),
		cmocka_unit_test(forms_of_an_arabic_word_are_one),
		cmocka_unit_test(a_question_has_no_syntax),
		cmocka_unit_test(public_is_for_all_and_the_rest_for_those_who_answer_for_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
