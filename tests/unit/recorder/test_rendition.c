#include "recorder/webcast/master.h"
#include "recorder/webcast/rendition.h"

#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define FILES_MAX 64

/* A shelf in memory. */
struct cupboard {
	struct {
		char name[SHELF_NAME_LEN];
		char text[2048];
	} files[FILES_MAX];
	size_t n;
	int error;
	const char *fails_at; /* only there */
};

static size_t find(const struct cupboard *cupboard, const char *name)
{
	size_t i = 0;
	while (i < cupboard->n && strcmp(cupboard->files[i].name, name) != 0)
		i++;
	return i;
}

static int put(void *ctx, const char *name, const void *data, size_t len)
{
	struct cupboard *cupboard = ctx;
	if (cupboard->error < 0)
		return cupboard->error;
	if (cupboard->fails_at != NULL && strcmp(cupboard->fails_at, name) == 0)
		return -ENOSPC;
	const size_t i = find(cupboard, name);
	assert_true(i < FILES_MAX);
	cupboard->n += i == cupboard->n;
	(void)rs_set_text(cupboard->files[i].name, name);
	assert_true(
		rs_copy_text(cupboard->files[i].text, sizeof(cupboard->files[i].text), data, len));
	return 0;
}

static void drop(void *ctx, const char *name)
{
	struct cupboard *cupboard = ctx;
	const size_t i = find(cupboard, name);
	if (i < cupboard->n)
		cupboard->files[i] = cupboard->files[--cupboard->n];
}

static const char *text(const struct cupboard *cupboard, const char *name)
{
	const size_t i = find(cupboard, name);
	return i < cupboard->n ? cupboard->files[i].text : NULL;
}

static struct shelf shelf_of(struct cupboard *cupboard)
{
	*cupboard = (struct cupboard){ .n = 0 };
	return (struct shelf){ .put = put, .drop = drop, .ctx = cupboard };
}

static const struct rendition_config config = { .folder = "a-fr",
	.ending = "m4s",
	.segment_ms = 2000,
	.window = 3,
	.base = 897000000,
	.started_ms = 1795305600123 };

static void add(struct rendition *rendition, const struct shelf *shelf, int64_t number)
{
	assert_int_equal(rendition_add(rendition, shelf, number, 2000, "x", 1), 0);
}

static void a_playlist_says_number_time_and_length_of_each(void **state)
{
	struct cupboard cupboard;
	const struct shelf shelf = shelf_of(&cupboard);
	struct rendition rendition;
	rendition_init(&rendition, &config);
	assert_int_equal(rendition_begin(&rendition, &shelf, "abc", 3), 0);
	add(&rendition, &shelf, 5);
	assert_int_equal(rendition_add(&rendition, &shelf, 6, 1250, "y", 1), 0);
	assert_int_equal(rendition_end(&rendition, &shelf), 0);
	/* The digest of "abc" is FIPS 180-4's. */
	assert_string_equal(text(&cupboard, "a-fr/index.m3u8"),
		"#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:2\n"
		"#EXT-X-MEDIA-SEQUENCE:897000005\n#EXT-X-INDEPENDENT-SEGMENTS\n"
		"#EXT-X-MAP:URI=\"init-ba7816bf8f01.mp4\"\n"
		"#EXT-X-PROGRAM-DATE-TIME:2026-11-22T00:00:10.123Z\n#EXTINF:2.000,\n897000005.m4s\n"
		"#EXT-X-PROGRAM-DATE-TIME:2026-11-22T00:00:12.123Z\n#EXTINF:1.250,\n897000006.m4s\n"
		"#EXT-X-ENDLIST\n");
	assert_string_equal(text(&cupboard, "a-fr/init-ba7816bf8f01.mp4"), "abc");
	assert_string_equal(text(&cupboard, "a-fr/897000006.m4s"), "y");
	add(&rendition, &shelf, 7); /* it has ended */
	assert_null(text(&cupboard, "a-fr/897000007.m4s"));
}

static void old_segments_leave_the_playlist_and_then_the_shelf(void **state)
{
	struct cupboard cupboard;
	const struct shelf shelf = shelf_of(&cupboard);
	struct rendition rendition;
	rendition_init(&rendition, &config);
	for (int64_t number = 0; number < 20; number++)
		add(&rendition, &shelf, number);
	const char *playlist = text(&cupboard, "a-fr/index.m3u8");
	assert_non_null(strstr(playlist, "#EXT-X-MEDIA-SEQUENCE:897000017\n"));
	assert_null(strstr(playlist, "897000016.m4s"));
	assert_non_null(strstr(playlist, "897000019.m4s"));
	/* Whoever has an older playlist still finds what it names. */
	assert_non_null(text(&cupboard, "a-fr/897000013.m4s"));
	assert_null(text(&cupboard, "a-fr/897000012.m4s"));
	assert_int_equal(cupboard.n, 7 + 1);
	add(&rendition, &shelf, 19); /* that one is there */
	assert_int_equal(cupboard.n, 7 + 1);
}

static void an_earlier_run_is_gone_on_with(void **state)
{
	struct cupboard cupboard;
	const struct shelf shelf = shelf_of(&cupboard);
	struct rendition rendition;
	rendition_init(&rendition, &config);
	assert_int_equal(rendition_next(&rendition), -1);
	rendition_resume(&rendition, 897000003, 897000004, 6, "init-ba7816bf8f01.mp4");
	assert_int_equal(rendition_next(&rendition), 10);
	assert_int_equal(rendition_begin(&rendition, &shelf, "abc", 3), 0);
	assert_int_equal(cupboard.n, 0); /* the same one is there */
	add(&rendition, &shelf, 10);
	assert_non_null(
		strstr(text(&cupboard, "a-fr/index.m3u8"), "#EXT-X-MEDIA-SEQUENCE:897000008\n"));
	/* What is of before the session is none of its segments. */
	rendition_init(&rendition, &config);
	rendition_resume(&rendition, 896999000, 896999990, 6, "");
	assert_int_equal(rendition_next(&rendition), -1);
}

static void behind_a_gap_the_playlist_begins_anew(void **state)
{
	struct cupboard cupboard;
	const struct shelf shelf = shelf_of(&cupboard);
	struct rendition rendition;
	rendition_init(&rendition, &config);
	assert_int_equal(rendition_begin(&rendition, &shelf, "abc", 3), 0);
	for (int64_t number = 0; number < 5; number++)
		add(&rendition, &shelf, number);
	add(&rendition, &shelf, 500);
	assert_non_null(
		strstr(text(&cupboard, "a-fr/index.m3u8"), "#EXT-X-MEDIA-SEQUENCE:897000500\n"));
	assert_null(strstr(text(&cupboard, "a-fr/index.m3u8"), "897000004"));
	assert_int_equal(cupboard.n, 3); /* init, playlist, segment */
	/* Other parameters: the same. */
	assert_int_equal(rendition_begin(&rendition, &shelf, "abd", 3), 0);
	assert_non_null(text(&cupboard, "a-fr/init-ba7816bf8f01.mp4"));
	assert_non_null(text(&cupboard, "a-fr/897000500.m4s"));
	add(&rendition, &shelf, 501);
	assert_null(text(&cupboard, "a-fr/init-ba7816bf8f01.mp4"));
	assert_null(text(&cupboard, "a-fr/897000500.m4s"));
	assert_null(strstr(text(&cupboard, "a-fr/index.m3u8"), "897000500"));
}

static void what_could_not_be_put_out_is_as_if_it_had_not_come(void **state)
{
	struct cupboard cupboard;
	const struct shelf shelf = shelf_of(&cupboard);
	struct rendition rendition;
	rendition_init(&rendition, &config);
	add(&rendition, &shelf, 1);
	cupboard.error = -ENOSPC;
	assert_int_equal(rendition_add(&rendition, &shelf, 2, 2000, "x", 1), -ENOSPC);
	assert_int_equal(rendition_next(&rendition), 2);
	cupboard.error = 0;
	add(&rendition, &shelf, 3);
	assert_null(strstr(text(&cupboard, "a-fr/index.m3u8"), "897000001"));
	assert_non_null(strstr(text(&cupboard, "a-fr/index.m3u8"), "897000003"));
}

/* All that the playlist names is there, whatever could not be written. */
static void check_named(const struct cupboard *cupboard)
{
	const char *playlist = text(cupboard, "a-fr/index.m3u8");
	char name[SHELF_NAME_LEN];
	char line[160];
	assert_non_null(playlist);
	size_t len = 0;
	for (const char *at = playlist != NULL ? playlist : ""; *at != '\0'; at += len + 1) {
		len = strcspn(at, "\n");
		assert_true(rs_copy_text(line, sizeof(line), at, len));
		const char *init = strstr(line, "URI=\"");
		if (init != NULL)
			line[strlen(line) - 1] = '\0';
		else if (line[0] == '#')
			continue;
		assert_true(rs_format(name, sizeof(name), "a-fr/%s",
				    init != NULL ? init + strlen("URI=\"") : line) == 0);
		assert_non_null(text(cupboard, name));
	}
}

static void a_full_disk_takes_nothing_from_who_reads_the_playlist(void **state)
{
	struct cupboard cupboard;
	const struct shelf shelf = shelf_of(&cupboard);
	struct rendition rendition;
	rendition_init(&rendition, &config);
	assert_int_equal(rendition_begin(&rendition, &shelf, "abc", 3), 0);
	for (int64_t number = 0; number < 3; number++)
		add(&rendition, &shelf, number);
	/* There was room for other parameters, and for no segment; and for yet others. */
	assert_int_equal(rendition_begin(&rendition, &shelf, "abd", 3), 0);
	cupboard.error = -ENOSPC;
	assert_int_equal(rendition_add(&rendition, &shelf, 3, 2000, "x", 1), -ENOSPC);
	check_named(&cupboard);
	cupboard.error = 0;
	assert_int_equal(rendition_begin(&rendition, &shelf, "abe", 3), 0);
	check_named(&cupboard);
	/* For the segment, and not for the playlist. */
	cupboard.fails_at = "a-fr/index.m3u8";
	assert_int_equal(rendition_add(&rendition, &shelf, 4, 2000, "x", 1), -ENOSPC);
	assert_null(text(&cupboard, "a-fr/897000004.m4s"));
	check_named(&cupboard);
	cupboard.fails_at = NULL;
	add(&rendition, &shelf, 9);
	check_named(&cupboard);
	assert_int_equal(cupboard.n, 3); /* init, playlist, segment */
	/* Back to what it was in between. */
	assert_int_equal(rendition_begin(&rendition, &shelf, "abc", 3), 0);
	assert_int_equal(rendition_begin(&rendition, &shelf, "abe", 3), 0);
	add(&rendition, &shelf, 10);
	check_named(&cupboard);
}

/* --- what is read first --- */

static void the_master_playlist_names_what_there_is(void **state)
{
	static const struct archive_channel channels[] = { { .id = "fr",
		.language = "fr",
		.name = "Fran\xc3\xa7"
			"ais \"F\"\n" } };
	static const char captions[][MASTER_LANGUAGE_LEN] = { "fr", "en" };
	const struct master master = { .meeting = "demo",
		.session = "s",
		.title = "T",
		.channels = channels,
		.n_channels = 1,
		.captions = captions,
		.n_captions = 2,
		.picture_codec = "avc1.42c01f",
		.width = 1280,
		.height = 720,
		.fps = 25,
		.bitrate_bps = 1500000,
		.live = true,
		.started_ms = 5,
		.delay_ms = 3400,
		.updated_ms = 6,
		.left_out = 7 };
	struct rs_buf out;
	rs_buf_init(&out, MASTER_MAX);
	assert_int_equal(master_write_playlist(&master, &out), 0);
	assert_int_equal(rs_buf_append(&out, "", 1), 0);
	assert_string_equal((const char *)rs_buf_data(&out),
		"#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n"
		"#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"sound\",NAME=\"Floor\",DEFAULT=YES,AUTOSELECT=YES,CHANNELS=\"2\",URI=\"a-floor/index.m3u8\"\n"
		"#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"sound\",NAME=\"Fran\xc3\xa7"
		"ais F\",LANGUAGE=\"fr\",DEFAULT=NO,AUTOSELECT=YES,CHANNELS=\"2\",URI=\"a-fr/index.m3u8\"\n"
		"#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"captions\",NAME=\"Fran\xc3\xa7"
		"ais F\",LANGUAGE=\"fr\",DEFAULT=NO,AUTOSELECT=YES,FORCED=NO,URI=\"s-fr/index.m3u8\"\n"
		"#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"captions\",NAME=\"en\",LANGUAGE=\"en\",DEFAULT=NO,AUTOSELECT=YES,FORCED=NO,URI=\"s-en/index.m3u8\"\n"
		"#EXT-X-STREAM-INF:BANDWIDTH=3160000,AVERAGE-BANDWIDTH=1660000,CODECS=\"avc1.42c01f,opus\",RESOLUTION=1280x720,FRAME-RATE=25.000,AUDIO=\"sound\",SUBTITLES=\"captions\",CLOSED-CAPTIONS=NONE\n"
		"v/index.m3u8\n");
	rs_buf_consume(&out, rs_buf_len(&out));
	assert_int_equal(master_write_live(&master, &out), 0);
	assert_int_equal(rs_buf_append(&out, "", 1), 0);
	assert_string_equal((const char *)rs_buf_data(&out),
		"{\"format\":\"rostrum-webcast/1\",\"meeting\":\"demo\",\"session\":\"s\",\"title\":\"T\",\"live\":true,\"started_ms\":5,\"delay_ms\":3400,\"updated_ms\":6,\"pictures_left_out\":7,"
		"\"languages\":[{\"id\":\"floor\"},{\"id\":\"fr\",\"language\":\"fr\",\"name\":\"Fran\xc3\xa7"
		"ais \\\"F\\\"\\n\"}],\"captions\":[\"fr\",\"en\"]}");
	rs_buf_done(&out);
}

static void no_two_sounds_are_called_the_same(void **state)
{
	static const struct archive_channel channels[] = {
		{ .id = "fr", .language = "fr", .name = "Language" },
		{ .id = "fr-2", .language = "fr", .name = "Language" },
		{ .id = "en", .language = "en", .name = "" },
		{ .id = "es", .language = "es", .name = "Floor" },
	};
	static const char *const names[] = { "NAME=\"Language\"", "NAME=\"fr-2\"", "NAME=\"en\"",
		"NAME=\"es\"", "NAME=\"Floor\"" };
	const struct master master = { .meeting = "demo",
		.session = "s",
		.title = "T",
		.channels = channels,
		.n_channels = RS_ARRAY_LEN(channels),
		.picture_codec = "avc1.42c01f" };
	struct rs_buf out;
	(void)state;
	rs_buf_init(&out, MASTER_MAX);
	assert_int_equal(master_write_playlist(&master, &out), 0);
	assert_int_equal(rs_buf_append(&out, "", 1), 0);
	for (size_t i = 0; i < RS_ARRAY_LEN(names); i++) {
		const char *at = strstr((const char *)rs_buf_data(&out), names[i]);
		assert_non_null(at);
		assert_null(strstr(at + 1, names[i]));
	}
	rs_buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_playlist_says_number_time_and_length_of_each),
		cmocka_unit_test(old_segments_leave_the_playlist_and_then_the_shelf),
		cmocka_unit_test(an_earlier_run_is_gone_on_with),
		cmocka_unit_test(behind_a_gap_the_playlist_begins_anew),
		cmocka_unit_test(what_could_not_be_put_out_is_as_if_it_had_not_come),
		cmocka_unit_test(a_full_disk_takes_nothing_from_who_reads_the_playlist),
		cmocka_unit_test(the_master_playlist_names_what_there_is),
		cmocka_unit_test(no_two_sounds_are_called_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
