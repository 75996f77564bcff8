/* The programme of a meeting on virtual time, read back block by block. */
#include "recorder/programme/programme.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/clip.h"
#include "tests/support/memory_disk.h"
#include "tests/support/oom.h"

#define BLOCK_MAX 65536
#define STARTED_US INT64_C(1795305600123000)
#define TOC_20 0x78
#define SOUND_LEN 80
#define PICTURE_LEN 1000

static struct memory_disk memory;

static const struct archive_channel french = { .id = "fr",
	.language = "fr",
	.name = "Fran\xc3\xa7"
		"ais" };

static int birth(struct programme **out)
{
	const struct programme_config config = { .disk = &memory.disk,
		.owner = 3,
		.directory = "/archive/demo",
		.ending = "",
		.app = "test",
		.channels = &french,
		.n_channels = 1,
		.started_us = STARTED_US,
		.cluster_ms = 1000,
		.cluster_max = BLOCK_MAX,
		.way = PRESS_AT_ONCE };
	return programme_new(&config, out);
}

static int setup(void **state)
{
	struct programme *programme = NULL;
	memory_disk_init(&memory);
	const int err = birth(&programme);
	*state = programme;
	return err;
}

static int teardown(void **state)
{
	*state = programme_free(*state);
	memory_disk_done(&memory);
	return 0;
}

/* Packets of 20 ms in session time [from, to). */
static void speak(struct programme *programme, const char *channel, int64_t from_ms, int64_t to_ms)
{
	static const uint8_t data[SOUND_LEN] = { TOC_20 };
	const struct depay_frame frame = {
		.data = data, .len = sizeof(data), .ticks = 960, .key = true, .channels = 1
	};
	for (int64_t t = from_ms; t < to_ms; t += 20)
		programme_frame(programme, &(struct programme_frame){ .name = channel,
						   .media = ARCHIVE_CHANNEL,
						   .codec = DEPAY_OPUS,
						   .frame = &frame,
						   .time_ms = t });
}

static void show(struct programme *programme, const char *source, int64_t time_ms, bool key,
	enum depay_codec codec)
{
	static uint8_t data[PICTURE_LEN];
	data[0] = (uint8_t)source[0];
	const struct depay_frame frame = { .data = data,
		.len = sizeof(data),
		.key = key,
		.width = key ? 640 : 0,
		.height = key ? 360 : 0 };
	programme_frame(programme, &(struct programme_frame){ .name = source,
					   .media = ARCHIVE_CAMERA,
					   .codec = codec,
					   .frame = &frame,
					   .time_ms = time_ms });
}

/* Both at once, as they come from a meeting: 25 pictures a second, the first a key frame if so wished. */
static void run(
	struct programme *programme, const char *camera, bool key, int64_t from_ms, int64_t to_ms)
{
	for (int64_t t = from_ms; t < to_ms; t += 40) {
		speak(programme, "floor", t, t + 40);
		speak(programme, "fr", t + 7, t + 47);
		if (camera != NULL)
			show(programme, camera, t + 3, key && t == from_ms, DEPAY_VP8);
	}
}

struct seen {
	unsigned sounds;
	unsigned silent;
	unsigned pictures;
	unsigned keys;
	int64_t end; /* of the sound, samples */
	int64_t first_picture_ms;
	int64_t last_picture_ms;
	uint8_t last_picture; /* whose */
	struct reel_head head;
};

/* Read a file back: sound follows sound to the sample, blocks are in order of time. */
static struct seen look(const char *file)
{
	struct seen seen = { 0 };
	struct memory_file *found = memory_disk_find(&memory, file);
	assert_non_null(found);
	const struct reel_port port = memory_file_port(found);
	struct reel *reel = NULL;
	struct reel_block block;
	int64_t last_ms = 0;
	int got;
	assert_int_equal(reel_new(&port, BLOCK_MAX, &reel), 0);
	seen.head = *reel_head(reel);
	while ((got = reel_next(reel, &block)) == 1) {
		assert_true(block.time_ms >= last_ms);
		last_ms = block.time_ms;
		if (block.track == 2) {
			seen.first_picture_ms =
				seen.pictures == 0 ? block.time_ms : seen.first_picture_ms;
			seen.last_picture_ms = block.time_ms;
			seen.pictures++;
			seen.keys += block.key;
			seen.last_picture = block.data[0];
			continue;
		}
		uint32_t samples = 0;
		assert_int_equal(opus_duration(block.data, block.len, &samples), 0);
		assert_int_equal(block.time_ms, seen.end / STRIP_SAMPLES_A_MS);
		seen.end += samples;
		*(block.len == OPUS_SILENCE_LEN ? &seen.silent : &seen.sounds) += 1;
	}
	assert_int_equal(got, 0);
	reel_free(reel);
	return seen;
}

/* How far the sound of a file goes that is still being written; -1: nothing is in it. */
static int64_t written_ms(const char *file)
{
	struct memory_file *found = memory_disk_find(&memory, file);
	assert_non_null(found);
	const struct reel_port port = memory_file_port(found);
	struct reel *reel = NULL;
	struct reel_block block;
	int64_t until_ms = -1;
	if (reel_new(&port, BLOCK_MAX, &reel) < 0)
		return -1;
	while (reel_next(reel, &block) == 1)
		if (block.track == 1)
			until_ms = block.time_ms + 20;
	reel_free(reel);
	return until_ms;
}

static void each_language_has_the_whole_meeting_and_who_speaks(void **state)
{
	struct programme *programme = *state;
	programme_show(programme, "KEN", 2000);
	run(programme, NULL, false, 1000, 2000);
	run(programme, "KEN", true, 2000, 10000);
	assert_int_equal(programme_close(programme, 12000, 0), 0);

	const struct seen floor = look("channels/floor.webm");
	const struct seen fr = look("channels/fr.webm");
	assert_true(floor.head.finished && fr.head.finished);
	assert_int_equal(floor.end, 12000 * STRIP_SAMPLES_A_MS);
	assert_int_equal(floor.head.duration_ms, 12000);
	assert_int_equal(floor.sounds, 450);
	assert_int_equal(floor.silent, 150);
	assert_int_equal((floor.sounds + floor.silent) * 20, floor.head.duration_ms);
	assert_in_range(
		fr.end, (int64_t)11995 * STRIP_SAMPLES_A_MS, (int64_t)12000 * STRIP_SAMPLES_A_MS);
	assert_int_equal(fr.sounds, 450);
	assert_true(floor.pictures == 200 && fr.pictures == 200);
	assert_true(floor.first_picture_ms == 2003 && fr.first_picture_ms == 2003);
	assert_true(floor.head.width == 640 && floor.head.height == 360);
	for (size_t i = 0; i < memory.n_files; i++)
		assert_false(memory.files[i].closed); /* until it is freed */
}

static void nobody_with_a_camera_means_no_picture(void **state)
{
	struct programme *programme = *state;
	run(programme, NULL, false, 0, 5000);
	show(programme, "KEN", 1000, true, DEPAY_VP8); /* seen by nobody */
	assert_int_equal(programme_close(programme, 5000, 0), 0);
	const struct seen floor = look("channels/floor.webm");
	assert_int_equal(floor.pictures, 0);
	assert_int_equal(floor.head.width, 0);
}

static void the_picture_changes_with_the_speaker_at_a_key_frame(void **state)
{
	struct programme *programme = *state;
	programme_show(programme, "KEN", 0);
	run(programme, "KEN", true, 0, 4000);
	assert_false(programme_wants_key(programme, "KEN"));
	programme_show(programme, "FRA", 4000);
	assert_true(programme_wants_key(programme, "FRA"));
	assert_false(programme_wants_key(programme, "KEN"));
	run(programme, "FRA", false, 4000, 4400); /* before her key frame the last picture stands */
	show(programme, "KEN", 4403, true, DEPAY_VP8);
	run(programme, "FRA", true, 4400, 6000);
	show(programme, "KEN", 3999, false, DEPAY_VP8); /* overtaken */
	assert_false(programme_wants_key(programme, "FRA"));
	programme_show(programme, "", 6000);
	run(programme, "FRA", false, 6000, 8000);
	assert_int_equal(programme_close(programme, 8000, 0), 0);

	const struct seen seen = look("channels/fr.webm");
	assert_int_equal(seen.pictures, 100 + 40);
	assert_int_equal(seen.keys, 2);
	assert_int_equal(seen.last_picture, 'F');
	assert_int_equal(seen.last_picture_ms, 5963);
	assert_int_equal(programme_pictures(programme)->dropped, 10 + 1);
}

static void a_place_to_jump_to_is_asked_for_now_and_then(void **state)
{
	struct programme *programme = *state;
	programme_show(programme, "KEN", 0);
	run(programme, "KEN", true, 0, 9900);
	assert_false(programme_wants_key(programme, "KEN"));
	run(programme, "KEN", false, 9900, 10200);
	assert_true(programme_wants_key(programme, "KEN"));
	show(programme, "KEN", 10210, true, DEPAY_VP8);
	assert_false(programme_wants_key(programme, "KEN"));
}

static void what_cannot_be_decoded_is_left_out_and_told_of_once(void **state)
{
	struct programme *programme = *state;
	char source[RS_NAME_MAX + 1];
	enum depay_codec codec;
	programme_show(programme, "KEN", 0);
	run(programme, "KEN", true, 0, 1000);
	assert_false(programme_poll_foreign(programme, source, &codec));
	programme_show(programme, "FRA", 1000);
	show(programme, "FRA", 1000, true, DEPAY_H264);
	show(programme, "FRA", 1040, false, DEPAY_H264);
	assert_true(programme_poll_foreign(programme, source, &codec));
	assert_string_equal(source, "FRA");
	assert_int_equal(codec, DEPAY_H264);
	assert_false(programme_poll_foreign(programme, source, &codec));
	assert_false(programme_wants_key(programme, "FRA")); /* it would be for nothing */
	assert_int_equal(programme_close(programme, 2000, 0), 0);
	assert_int_equal(look("channels/fr.webm").pictures, 25);
}

/* A clip of 24 pictures at 25 a second, from that time on, with sound beside. */
static void play(struct programme *programme, const char *source, enum clip_codec codec,
	enum depay_codec as, int64_t from_ms)
{
	const char *root = getenv("ROSTRUM_SOURCE_ROOT");
	struct clip *clip = clip_load(root != NULL ? root : ".", codec);
	for (unsigned n = 0; n < CLIP_FRAMES; n++) {
		uint8_t data[CLIP_FRAME_MAX];
		const bool key = n % CLIP_KEY_EVERY == 0;
		const struct depay_frame frame = { .data = data,
			.len = clip_stored(clip, n, data),
			.key = key,
			.width = key ? CLIP_WIDTH : 0,
			.height = key ? CLIP_HEIGHT : 0 };
		const int64_t time_ms = from_ms + 40 * (int64_t)n;
		speak(programme, "floor", time_ms, time_ms + 40);
		speak(programme, "fr", time_ms, time_ms + 40);
		programme_frame(programme, &(struct programme_frame){ .name = source,
						   .media = ARCHIVE_CAMERA,
						   .codec = as,
						   .frame = &frame,
						   .time_ms = time_ms });
	}
	rs_release(clip);
}

static void who_sends_another_codec_is_seen_all_the_same(void **state)
{
	struct programme *programme = *state;
	char source[RS_NAME_MAX + 1];
	enum depay_codec codec;
	programme_show(programme, "HUN", 0);
	play(programme, "HUN", CLIP_H264, DEPAY_H264, 0);
	assert_false(programme_wants_key(programme, "HUN"));
	programme_show(programme, "CHE", 1000);
	play(programme, "CHE", CLIP_VP9, DEPAY_VP9, 1000);
	programme_show(programme, "KEN", 2000);
	run(programme, "KEN", true, 2000, 3000); /* the file's own codec: packets as they are */
	programme_show(programme, "HUN", 3000);
	assert_true(programme_wants_key(programme, "HUN"));
	play(programme, "HUN", CLIP_H264, DEPAY_H264, 3000);
	assert_false(programme_poll_foreign(programme, source, &codec));
	assert_int_equal(programme_close(programme, 4000, 0), 0);

	const struct seen seen = look("channels/fr.webm");
	assert_int_equal(seen.head.picture, MUX_VP8);
	assert_true(seen.head.width == CLIP_WIDTH && seen.head.height == CLIP_HEIGHT);
	assert_int_equal(seen.pictures, 3 * CLIP_FRAMES + 25);
	assert_int_equal(seen.keys, 4);
	assert_int_equal(seen.first_picture_ms, 0);
	assert_int_equal(seen.last_picture_ms, 3000 + 40 * (CLIP_FRAMES - 1));
	assert_int_equal(look("channels/floor.webm").pictures, 3 * CLIP_FRAMES + 25);
	assert_int_equal(programme_pictures(programme)->recoded, 3 * CLIP_FRAMES);
	assert_int_equal(programme_pictures(programme)->dropped, 0);
}

static void a_file_of_another_codec_gets_that(void **state)
{
	struct programme *programme = *state;
	programme_show(programme, "CHE", 0);
	play(programme, "CHE", CLIP_VP9, DEPAY_VP9, 0);
	programme_show(programme, "HUN", 1000);
	play(programme, "HUN", CLIP_H264, DEPAY_H264, 1000);
	assert_int_equal(programme_close(programme, 2000, 0), 0);
	const struct seen seen = look("channels/floor.webm");
	assert_int_equal(seen.head.picture, MUX_VP9);
	assert_int_equal(seen.pictures, 2 * CLIP_FRAMES);
	assert_int_equal(seen.keys, CLIP_FRAMES / CLIP_KEY_EVERY + 1);
}

/* Two tracks never bring the same moment at once. */
static void what_is_late_by_less_than_is_held_back_is_in_its_place(void **state)
{
	struct programme *programme = *state;
	for (int64_t t = 0; t < 20000; t += 1000) {
		speak(programme, "floor", t, t + 1000);
		if (t >= 2000)
			speak(programme, "fr", t - 2000, t - 1000);
	}
	speak(programme, "fr", 18000, 20000);
	assert_int_equal(programme_close(programme, 20000, 0), 0);
	assert_int_equal(look("channels/fr.webm").sounds, 1000);
	assert_int_equal(look("channels/fr.webm").silent, 0);
}

/* A recorder that was killed comes back: who follows the meeting live goes on from there. */
static void a_later_part_begins_where_the_session_is(void **state)
{
	const struct programme_config config = { .disk = &memory.disk,
		.owner = 3,
		.directory = "/archive/demo",
		.ending = "",
		.part = 2,
		.begins_ms = 60000,
		.app = "test",
		.channels = &french,
		.n_channels = 1,
		.started_us = STARTED_US,
		.cluster_ms = 1000,
		.cluster_max = BLOCK_MAX };
	struct programme *part = NULL;
	assert_int_equal(programme_new(&config, &part), 0);
	programme_show(part, "KEN", 59000);
	speak(part, "floor", 58000, 60000); /* what was on its way before */
	run(part, "KEN", true, 60000, 65000);
	assert_true(written_ms("channels/floor.002.webm") > 61000);
	assert_int_equal(programme_close(part, 65000, 0), 0);
	programme_free(part);

	struct memory_file *found = memory_disk_find(&memory, "channels/fr.002.webm");
	assert_non_null(found);
	const struct reel_port port = memory_file_port(found);
	struct reel *reel = NULL;
	struct reel_block block;
	assert_int_equal(reel_new(&port, BLOCK_MAX, &reel), 0);
	assert_int_equal(reel_next(reel, &block), 1);
	assert_int_equal(block.time_ms, 60000);
	unsigned sounds = 1;
	unsigned pictures = 0;
	while (reel_next(reel, &block) == 1)
		*(block.track == 1 ? &sounds : &pictures) += 1;
	assert_int_equal(sounds, 250);
	assert_int_equal(pictures, 125);
	reel_free(reel);
	assert_non_null(memory_disk_find(&memory, "channels/floor.002.webm"));
}

static void a_silent_hall_is_written_all_the_same(void **state)
{
	struct programme *programme = *state;
	programme_tick(programme, 29000);
	assert_int_equal(written_ms("channels/floor.webm"), -1);
	programme_tick(programme, programme_deadline(programme));
	programme_tick(programme, 300000);
	assert_int_equal(written_ms("channels/floor.webm"), 300000 - PROGRAMME_QUIET_MS);
	assert_true(programme_deadline(programme) > 300000);
	speak(programme, "floor", 299000, 300000);
	assert_int_equal(programme_close(programme, 300000, 0), 0);
	const struct seen seen = look("channels/floor.webm");
	assert_true(seen.sounds == 50 && seen.silent == 299 * 50);
}

/* A sender whose clock ran ahead takes nobody's future. */
static void time_does_not_run_ahead_of_the_clock(void **state)
{
	struct programme *programme = *state;
	programme_tick(programme, 1000);
	show(programme, "KEN", 3600000, true, DEPAY_VP8);
	speak(programme, "floor", 0, 2000);
	assert_int_equal(programme_close(programme, 2000, 0), 0);
	assert_int_equal(look("channels/floor.webm").sounds, 100);
}

static void a_disk_that_fails_ends_it_and_nothing_else(void **state)
{
	struct programme *programme = *state;
	run(programme, NULL, false, 0, 1000);
	memory.error = -ENOSPC;
	run(programme, NULL, false, 1000, 9000);
	assert_int_equal(programme_error(programme), -ENOSPC);
	assert_true(memory.files[0].closed && memory.files[1].closed);
	programme_show(programme, "KEN", 9000);
	assert_false(programme_wants_key(programme, "KEN"));
	run(programme, "KEN", true, 9000, 10000);
	programme_tick(programme, 100000);
	assert_int_equal(programme_close(programme, 10000, 0), -ENOSPC);
}

/* Without writing: a file that runs out of memory for its cues only becomes coarser to jump in. */
static int a_second(void *ctx)
{
	struct programme *programme = NULL;
	memory_disk_init(&memory);
	int err = birth(&programme);
	if (err == 0) {
		programme_show(programme, "KEN", 0);
		run(programme, "KEN", true, 0, 1000);
		err = programme_error(programme);
	}
	programme_free(programme);
	memory_disk_done(&memory);
	return err;
}

static void out_of_memory_is_an_error_and_no_leak(void **state)
{
	check_oom(a_second, NULL);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(each_language_has_the_whole_meeting_and_who_speaks),
		CASE(nobody_with_a_camera_means_no_picture),
		CASE(the_picture_changes_with_the_speaker_at_a_key_frame),
		CASE(a_place_to_jump_to_is_asked_for_now_and_then),
		CASE(what_cannot_be_decoded_is_left_out_and_told_of_once),
		CASE(who_sends_another_codec_is_seen_all_the_same),
		CASE(a_file_of_another_codec_gets_that),
		CASE(what_is_late_by_less_than_is_held_back_is_in_its_place),
		CASE(a_later_part_begins_where_the_session_is),
		CASE(a_silent_hall_is_written_all_the_same),
		CASE(time_does_not_run_ahead_of_the_clock),
		CASE(a_disk_that_fails_ends_it_and_nothing_else),
		cmocka_unit_test(out_of_memory_is_an_error_and_no_leak),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
