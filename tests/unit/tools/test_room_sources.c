#include "tests/support/oom.h"
#include "tools/roombox/media/picture.h"
#include "tools/roombox/media/sound.h"
#include "tools/roombox/media/wav.h"
#include "tools/roombox/media/y4m.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK 480

/* --- specs --- */

static void a_spec_is_read_or_its_fault_is_named(void **state)
{
	struct spec spec;
	char why[SPEC_WHY_LEN];
	assert_int_equal(spec_parse("gen:tone,hz=440,level=-12", &spec, why), 0);
	assert_int_equal(spec.kind, SPEC_GEN);
	assert_string_equal(spec.name, "tone");
	assert_int_equal(spec.n_numbers, 2);
	assert_int_equal(spec.numbers[1].value, -12);
	assert_int_equal(spec_parse("file:a,b=c d.WAV", &spec, why), 0);
	assert_string_equal(spec.name, "a,b=c d.WAV");
	assert_true(spec_ends(&spec, ".wav"));
	assert_int_equal(spec_parse("null:", &spec, why), 0);

	static const char *const bad[] = { "", "tone", "gen:", "gen:,hz=1", "gen:tone,",
		"gen:tone,hz", "gen:tone,=1", "gen:tone,hz=", "gen:tone,hz=1.5",
		"gen:tone,hz=99999999999", "file:", "null:x", "gen:tone,a-key-too-long--=1",
		"gen:tone,a=1,a=1,a=1,a=1,a=1,a=1,a=1,a=1,a=1" };
	for (size_t i = 0; i < RS_ARRAY_LEN(bad); i++) {
		assert_int_equal(spec_parse(bad[i], &spec, why), -EBADMSG);
		assert_non_null(strstr(why, bad[i]));
	}
}

static void check_refused(const char *text, int err, const char *said)
{
	struct sound *sound = NULL;
	char why[SPEC_WHY_LEN] = "";
	assert_int_equal(sound_new(text, false, NULL, &sound, why), err);
	assert_non_null(strstr(why, said));
	assert_null(sound);
}

static void a_sound_that_is_none_is_refused_in_words(void **state)
{
	check_refused("gen:hum", -EINVAL, "gen:hum: there is no such sound");
	check_refused("gen:tone,hz=0", -EINVAL, "gen:tone: hz is to be from 20 to 20000");
	check_refused("gen:tone,loud=1", -EINVAL, "\"loud\" is not known");
	check_refused("gen:silence,level=0", -EINVAL, "\"level\" is not known");
	check_refused("file:x.mp3", -EINVAL, "no sound comes from there");
	check_refused("file:/nowhere/x.wav", -EIO, "/nowhere/x.wav: No such file");
	check_refused("null:", -EINVAL, "no sound comes from there");
}

/* --- sound --- */

static double level_of(const int16_t *samples, size_t n, double hz)
{
	double re = 0;
	double im = 0;
	for (size_t i = 0; i < n; i++) {
		re += samples[i] * cos(2 * M_PI * hz * (double)i / SOUND_HZ);
		im += samples[i] * sin(2 * M_PI * hz * (double)i / SOUND_HZ);
	}
	return 20 * log10(2 * hypot(re, im) / (double)n / 32767 + 1e-9);
}

static void a_tone_has_its_pitch_and_its_level(void **state)
{
	static int16_t samples[SOUND_HZ];
	char why[SPEC_WHY_LEN];
	struct sound *sound = NULL;
	assert_int_equal(sound_new("gen:tone,hz=440,level=-12", false, NULL, &sound, why), 0);
	assert_int_equal(sound->channels, 1);
	for (size_t i = 0; i < SOUND_HZ; i += BLOCK)
		sound_read(sound, samples + i, BLOCK);
	const double level = level_of(samples, SOUND_HZ, 440);
	assert_true(level > -12.1 && level < -11.9);
	assert_true(level_of(samples, SOUND_HZ, 441) < -80);
	sound_free(sound);
}

static void a_chirp_goes_from_one_pitch_to_the_other_and_again(void **state)
{
	static int16_t samples[SOUND_HZ / 5];
	char why[SPEC_WHY_LEN];
	struct sound *sound = NULL;
	assert_int_equal(
		sound_new("gen:chirp,from=1000,to=3000,ms=100,level=-6", false, NULL, &sound, why),
		0);
	sound_read(sound, samples, RS_ARRAY_LEN(samples));
	for (size_t again = 0; again < 2; again++) {
		const int16_t *from = samples + again * SOUND_HZ / 10;
		assert_true(level_of(from, 480, 1100) > -12);
		assert_true(level_of(from, 480, 2900) < -25);
		assert_true(level_of(from + 4320, 480, 2900) > -12);
		assert_true(level_of(from + 4320, 480, 1100) < -25);
	}
	sound_free(sound);
}

/* --- WAVE --- */

static void a_head_is_read_as_it_was_written(void **state)
{
	uint8_t head[WAV_HEAD_LEN];
	struct wav wav;
	const char *why = NULL;
	wav_head_write(6, 12 * 7, head);
	assert_int_equal(wav_head_parse(head, sizeof(head), &wav, &why), 0);
	assert_int_equal(wav.channels, 6);
	assert_int_equal(wav.data_at, WAV_HEAD_LEN);
	assert_int_equal(wav.data_len, 12 * 7);
	for (size_t len = 0; len < sizeof(head); len++)
		assert_int_equal(wav_head_parse(head, len, &wav, &why), -EBADMSG);
	wav_head_write(2, UINT64_MAX, head);
	assert_int_equal(wav_head_parse(head, sizeof(head), &wav, &why), 0);
	assert_int_equal(wav.data_len % 4, 0);
	assert_true(wav.data_len > UINT32_MAX - 64);
}

static void other_formats_are_refused(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
		int err;
	} changes[] = { { 0, 'X', -EBADMSG }, { 8, 'X', -EBADMSG }, { 20, 3, -EOPNOTSUPP },
		{ 22, 0, -EOPNOTSUPP }, { 22, 65, -EOPNOTSUPP }, { 24, 0x44, -EOPNOTSUPP },
		{ 34, 24, -EOPNOTSUPP }, { 36, 'X', -EBADMSG } };
	for (size_t i = 0; i < RS_ARRAY_LEN(changes); i++) {
		uint8_t head[WAV_HEAD_LEN];
		struct wav wav;
		const char *why = NULL;
		wav_head_write(1, 100, head);
		head[changes[i].at] = changes[i].value;
		assert_int_equal(wav_head_parse(head, sizeof(head), &wav, &why), changes[i].err);
		assert_non_null(why);
	}
}

/* A file of its own, removed by the caller. */
static void write_file(char path[64], const char *suffix, const void *data, size_t len)
{
	(void)snprintf(path, 64, "/tmp/rostrum-room-XXXXXX%s", suffix);
	const int fd = mkstemps(path, (int)strlen(suffix));
	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), (ssize_t)len);
	(void)close(fd);
}

/* Three frames of two channels: 1 and -1, 2 and -2, 3 and -3. */
static struct sound *three_frames(bool loop, uint64_t said_len)
{
	uint8_t file[WAV_HEAD_LEN + 12];
	const int16_t samples[] = { 1, -1, 2, -2, 3, -3 };
	char path[64];
	char spec[80];
	char why[SPEC_WHY_LEN];
	struct sound *sound = NULL;
	wav_head_write(2, said_len, file);
	memcpy(file + WAV_HEAD_LEN, samples, sizeof(samples));
	write_file(path, ".wav", file, sizeof(file));
	(void)snprintf(spec, sizeof(spec), "file:%s", path);
	assert_int_equal(sound_new(spec, loop, NULL, &sound, why), 0);
	(void)unlink(path);
	assert_int_equal(sound->channels, 2);
	return sound;
}

static void a_file_ends_in_silence(void **state)
{
	static const int16_t expected[] = { 1, -1, 2, -2, 3, -3, 0, 0, 0, 0 };
	int16_t read[10];
	struct sound *sound = three_frames(false, 12);
	memset(read, 7, sizeof(read));
	sound_read(sound, read, 5);
	assert_memory_equal(read, expected, sizeof(read));
	sound_read(sound, read, 1);
	assert_int_equal(read[0], 0);
	sound_free(sound);
}

static void a_file_begins_anew_whatever_its_head_says(void **state)
{
	static const int16_t expected[] = { 1, -1, 2, -2, 3, -3, 1, -1, 2, -2 };
	/* As it is; not known; more than there is. */
	static const uint64_t lens[] = { 12, 0, 4000 };
	for (size_t i = 0; i < RS_ARRAY_LEN(lens); i++) {
		int16_t read[10];
		struct sound *sound = three_frames(true, lens[i]);
		sound_read(sound, read, 5);
		assert_memory_equal(read, expected, sizeof(read));
		sound_free(sound);
	}
}

static void a_file_without_a_frame_is_silent_and_ends_no_loop(void **state)
{
	uint8_t file[WAV_HEAD_LEN];
	char path[64];
	char spec[80];
	char why[SPEC_WHY_LEN];
	int16_t read[4] = { 9, 9, 9, 9 };
	struct sound *sound = NULL;
	wav_head_write(1, 100, file);
	write_file(path, ".wav", file, sizeof(file));
	(void)snprintf(spec, sizeof(spec), "file:%s", path);
	assert_int_equal(sound_new(spec, true, NULL, &sound, why), 0);
	(void)unlink(path);
	sound_read(sound, read, 4);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(read[i], 0);
	sound_free(sound);
}

/* --- pictures --- */

static void heads_of_pictures_are_read(void **state)
{
	static const struct {
		const char *line;
		int err;
	} lines[] = { { "YUV4MPEG2 W640 H360 F30000:1001 Ip A1:1 C420jpeg XYSCSS=420JPEG\n", 0 },
		{ "YUV4MPEG2 W640 H360 F25:1\n", 0 }, { "YUV4MPEG2 W640 H360 F25:1", -EBADMSG },
		{ "YUV4MPEG2 W640 H360\n", -EBADMSG }, { "YUV4MPEG W640 H360 F25:1\n", -EBADMSG },
		{ "YUV4MPEG2 W641 H360 F25:1\n", -EOPNOTSUPP },
		{ "YUV4MPEG2 W0 H360 F25:1\n", -EOPNOTSUPP },
		{ "YUV4MPEG2 W640 H4098 F25:1\n", -EOPNOTSUPP },
		{ "YUV4MPEG2 W640 H360 F25\n", -EOPNOTSUPP },
		{ "YUV4MPEG2 W640 H360 F0:1\n", -EOPNOTSUPP },
		{ "YUV4MPEG2 W640 H360 F25:0\n", -EOPNOTSUPP },
		{ "YUV4MPEG2 W640 H360 F240:1\n", -EOPNOTSUPP },
		{ "YUV4MPEG2 W640 H360 F25:1 C422\n", -EOPNOTSUPP },
		{ "YUV4MPEG2 W640 H360 F25:1 C420p10\n", -EOPNOTSUPP },
		{ "YUV4MPEG2 W640\nH360 F25:1\n", -EBADMSG }, { "\n", -EBADMSG },
		{ "", -EBADMSG } };
	for (size_t i = 0; i < RS_ARRAY_LEN(lines); i++) {
		struct y4m y4m;
		const char *why = NULL;
		assert_int_equal(y4m_head_parse(lines[i].line, strlen(lines[i].line), &y4m, &why),
			lines[i].err);
		if (lines[i].err == 0)
			assert_int_equal(y4m_frame_len(&y4m), 640 * 360 * 3 / 2);
	}
	assert_true(y4m_is_frame("FRAME\n", 6));
	assert_true(y4m_is_frame("FRAME Ip\n", 9));
	assert_false(y4m_is_frame("FRAMES\n", 7));
	assert_false(y4m_is_frame("FRAME", 5));
}

/* Three pictures of 2x2 at 10 a second; luma 1, 2, 3. */
static struct camera *three_pictures(bool loop)
{
	static const char head[] = "YUV4MPEG2 W2 H2 F10:1 C420jpeg\n";
	uint8_t file[128];
	size_t len = strlen(head);
	char path[64];
	char spec[80];
	char why[SPEC_WHY_LEN];
	struct camera *camera = NULL;
	memcpy(file, head, len);
	for (uint8_t i = 1; i <= 3; i++) {
		const uint8_t picture[] = { i, i, i, i, 128, 128 };
		memcpy(file + len, "FRAME\n", 6);
		memcpy(file + len + 6, picture, sizeof(picture));
		len += 6 + sizeof(picture);
	}
	write_file(path, ".y4m", file, len);
	(void)snprintf(spec, sizeof(spec), "file:%s", path);
	assert_int_equal(camera_new(spec, loop, NULL, &camera, why), 0);
	(void)unlink(path);
	return camera;
}

static unsigned luma_at(struct camera *camera, rs_time at)
{
	struct picture picture;
	return camera_read(camera, at, &picture) ? picture.planes[0][0] : 0;
}

static void a_file_is_paced_by_the_times_it_is_asked_for(void **state)
{
	struct camera *camera = three_pictures(false);
	assert_int_equal(luma_at(camera, 0), 1);
	assert_int_equal(luma_at(camera, RS_MS(99)), 0);
	assert_int_equal(luma_at(camera, RS_MS(100)), 2);
	assert_int_equal(luma_at(camera, RS_MS(350)), 3);
	assert_int_equal(luma_at(camera, RS_SEC(9)), 0);
	camera_free(camera);
	camera = three_pictures(true);
	assert_int_equal(luma_at(camera, RS_MS(200)), 3); /* those between were not asked for */
	assert_int_equal(luma_at(camera, RS_MS(300)), 1);
	assert_int_equal(luma_at(camera, RS_MS(500)), 3);
	/* Nobody looked for a while: it goes on where it was, and reads nothing of what was missed. */
	const unsigned before = luma_at(camera, RS_SEC(100));
	assert_int_equal(luma_at(camera, RS_MS(200100)), before % 3 + 1);
	camera_free(camera);
}

static void bars_have_their_colours_and_a_mark_that_moves(void **state)
{
	struct camera *camera = NULL;
	struct picture picture;
	uint8_t foot[320];
	char why[SPEC_WHY_LEN];
	assert_int_equal(
		camera_new("gen:bars,width=320,height=180,fps=10", false, NULL, &camera, why), 0);
	assert_true(camera_read(camera, 0, &picture));
	assert_int_equal(picture.width, 320);
	assert_int_equal(picture.height, 180);
	assert_int_equal(picture.planes[0][0], 180);  /* white */
	assert_int_equal(picture.planes[2][80], 198); /* the fifth, magenta */
	assert_int_equal(picture.planes[0][319], 16); /* black */
	memcpy(foot, picture.planes[0] + 179 * 320, sizeof(foot));
	assert_int_equal(foot[0], 235);
	assert_false(camera_read(camera, RS_MS(99), &picture));
	assert_true(camera_read(camera, RS_MS(100), &picture));
	assert_memory_not_equal(foot, picture.planes[0] + 179 * 320, sizeof(foot));
	camera_free(camera);
}

static void pictures_that_are_none_are_refused_in_words(void **state)
{
	static const struct {
		const char *spec;
		int err;
		const char *said;
	} bad[] = { { "gen:tone", -EINVAL, "there is no such picture" },
		{ "gen:bars,width=8", -EINVAL, "width is to be from 16" },
		{ "file:x.wav", -EINVAL, "no picture comes from there" },
		{ "file:/nowhere/x.y4m", -EIO, "No such file" }, { "bars", -EBADMSG, "\"bars\"" } };
	for (size_t i = 0; i < RS_ARRAY_LEN(bad); i++) {
		struct camera *camera = NULL;
		char why[SPEC_WHY_LEN] = "";
		assert_int_equal(camera_new(bad[i].spec, false, NULL, &camera, why), bad[i].err);
		assert_non_null(strstr(why, bad[i].said));
	}
}

static int open_all(void *ctx)
{
	char why[SPEC_WHY_LEN];
	struct sound *sound = NULL;
	struct camera *camera = NULL;
	int err = sound_new("gen:tone", false, NULL, &sound, why);
	if (err == 0)
		err = camera_new(ctx, false, NULL, &camera, why);
	sound_free(sound);
	camera_free(camera);
	return err;
}

static void memory_may_run_out(void **state)
{
	char bars[] = "gen:bars,width=16,height=16";
	check_oom(open_all, bars);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_spec_is_read_or_its_fault_is_named),
		cmocka_unit_test(a_sound_that_is_none_is_refused_in_words),
		cmocka_unit_test(a_tone_has_its_pitch_and_its_level),
		cmocka_unit_test(a_chirp_goes_from_one_pitch_to_the_other_and_again),
		cmocka_unit_test(a_head_is_read_as_it_was_written),
		cmocka_unit_test(other_formats_are_refused),
		cmocka_unit_test(a_file_ends_in_silence),
		cmocka_unit_test(a_file_begins_anew_whatever_its_head_says),
		cmocka_unit_test(a_file_without_a_frame_is_silent_and_ends_no_loop),
		cmocka_unit_test(heads_of_pictures_are_read),
		cmocka_unit_test(a_file_is_paced_by_the_times_it_is_asked_for),
		cmocka_unit_test(bars_have_their_colours_and_a_mark_that_moves),
		cmocka_unit_test(pictures_that_are_none_are_refused_in_words),
		cmocka_unit_test(memory_may_run_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
