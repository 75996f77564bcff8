/* tests/integration/late_programme.c
 *
 * The programme with what arrived late, made of real files: where nothing arrived late its pictures are those of the programme that
 * was made before, octet for octet, and none of them is coded again; and what is seen at the seams is whole.
 */
#include "recorder/programme/remake.h"

#include "common/base/hash.h"
#include "recorder/programme/original.h"
#include "recorder/transcode/screen.h"
#include "tests/support/clip.h"
#include "tests/support/session_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define PICTURE_MS 40
#define END_MS 40000
#define LATE_FROM_MS 13000
#define LATE_TO_MS 16000
/* Its camera's first key frame was delivered then. */
#define LATE_KEY_MS 13480
/* A programme's pictures can be gone on with from there: it has a key frame at least so often. */
#define KEY_MS PRESS_KEY_MS
#define PICTURES_MAX (END_MS / PICTURE_MS + 1)

struct picture_seen {
	int64_t time_ms;
	bool key;
	uint8_t octets[RS_SHA256_LEN];
	uint8_t shown[RS_SHA256_LEN]; /* decoded */
};

struct seen {
	size_t n;
	enum depay_codec codec;
	struct picture_seen all[PICTURES_MAX];
};

struct rig {
	char directory[64];
	struct session_files files;
	struct clip *clips[CLIP_CODECS];
	uint8_t frame[CLIP_FRAME_MAX];
	const struct clip *shown; /* of the segment that is written */
	struct seen whole;
	struct seen late;
};

static struct session_frame silence(void *ctx, unsigned n, int64_t time_ms)
{
	static const uint8_t data[] = { 0xF8, 0xFF, 0xFE }; /* 20 ms */
	return (struct session_frame){ .key = true, .data = data, .len = sizeof(data) };
}

static struct session_frame picture(void *ctx, unsigned n, int64_t time_ms)
{
	struct rig *rig = ctx;
	const size_t len = clip_stored(rig->shown, n % CLIP_FRAMES, rig->frame);
	return (struct session_frame){
		.key = n % CLIP_KEY_EVERY == 0, .data = rig->frame, .len = len
	};
}

static void add_sound(
	struct rig *rig, const char *name, bool delivered, int64_t from_ms, int64_t to_ms)
{
	session_files_segment(
		&rig->files, &(struct session_segment){ .name = name,
				     .media = delivered ? ARCHIVE_MICROPHONE : ARCHIVE_CHANNEL,
				     .codec = DEPAY_OPUS,
				     .number = delivered ? 2 : 1,
				     .delivered = delivered,
				     .from_ms = from_ms,
				     .to_ms = to_ms,
				     .step_ms = 20,
				     .frame = silence });
}

static void add_camera(struct rig *rig, const char *name, uint32_t number, enum clip_codec codec,
	bool delivered, int64_t from_ms, int64_t to_ms)
{
	static const enum depay_codec codecs[CLIP_CODECS] = {
		[CLIP_VP9] = DEPAY_VP9, [CLIP_H264] = DEPAY_H264, [CLIP_AV1] = DEPAY_AV1
	};
	rig->shown = rig->clips[codec];
	session_files_segment(&rig->files, &(struct session_segment){ .name = name,
						   .media = ARCHIVE_CAMERA,
						   .codec = codecs[codec],
						   .number = number,
						   .delivered = delivered,
						   .from_ms = from_ms,
						   .to_ms = to_ms,
						   .step_ms = PICTURE_MS,
						   .width = CLIP_WIDTH,
						   .height = CLIP_HEIGHT,
						   .frame = picture,
						   .ctx = rig });
}

static void path_of(const struct rig *rig, bool late, char out[ARCHIVE_PATH_LEN])
{
	char file[NAMES_FILE_LEN];
	if (late)
		names_programme_late(file);
	else
		names_programme(NAMES_FLOOR, file);
	assert_int_equal(names_file_path(rig->directory, file, "", out), 0);
}

static void hash_planes(const struct canvas_image *image, uint8_t out[RS_SHA256_LEN])
{
	static uint8_t luma[CLIP_WIDTH * CLIP_HEIGHT];
	assert_int_equal(image->width, CLIP_WIDTH);
	assert_int_equal(image->height, CLIP_HEIGHT);
	for (size_t y = 0; y < CLIP_HEIGHT; y++)
		memcpy(luma + y * CLIP_WIDTH, image->planes[0] + y * (size_t)image->strides[0],
			CLIP_WIDTH);
	rs_sha256(luma, sizeof(luma), out);
}

/* All pictures of a programme, decoded from the first to the last as a player does. */
static void see(const struct rig *rig, bool late, struct seen *out)
{
	char path[ARCHIVE_PATH_LEN];
	struct original *file = NULL;
	struct screen *screen = NULL;
	struct picture one;
	struct canvas_image image;
	path_of(rig, late, path);
	assert_int_equal(original_new(path, &file), 0);
	assert_int_equal(screen_new(&screen), 0);
	*out = (struct seen){ .codec = original_codec(file) };
	int got;
	while ((got = original_next(file, INT64_MAX, &one)) == 1) {
		assert_true(out->n < PICTURES_MAX);
		struct picture_seen *seen = &out->all[out->n++];
		seen->time_ms = one.time_ms;
		seen->key = one.key;
		rs_sha256(one.data, one.len, seen->octets);
		assert_int_equal(screen_decode(screen, one.codec == DEPAY_VP8 ? MUX_VP8 : MUX_VP9,
					 one.data, one.len, &image),
			1);
		hash_planes(&image, seen->shown);
	}
	assert_int_equal(got, 0);
	screen_free(screen);
	original_free(file);
}

static uint64_t make(struct rig *rig, bool late)
{
	const struct remake how = { .ctx = NULL };
	struct remake_result result = { .unreadable = 1 };
	assert_int_equal(
		(late ? programme_make_late : programme_remake)(rig->directory, &how, &result), 0);
	assert_int_equal(result.unreadable, 0);
	assert_true(late ? programme_late_is_current(rig->directory)
			 : programme_is_current(rig->directory));
	see(rig, late, late ? &rig->late : &rig->whole);
	return result.recoded;
}

static const struct picture_seen *find(const struct seen *seen, int64_t time_ms)
{
	static const struct picture_seen none = { .time_ms = -1 };
	for (size_t i = 0; i < seen->n; i++)
		if (seen->all[i].time_ms == time_ms)
			return &seen->all[i];
	return &none;
}

static bool is_outside(int64_t time_ms, int64_t back_ms)
{
	return time_ms < LATE_FROM_MS || time_ms >= back_ms;
}

/* When the programme of before is gone on with: at its first key frame behind the stretch. */
static int64_t back_at(const struct rig *rig)
{
	for (size_t i = 0; i < rig->whole.n; i++)
		if (rig->whole.all[i].key && rig->whole.all[i].time_ms >= LATE_TO_MS)
			return rig->whole.all[i].time_ms;
	fail();
	return 0;
}

static size_t count_outside(const struct seen *seen, int64_t back_ms)
{
	size_t n = 0;
	for (size_t i = 0; i < seen->n; i++)
		n += is_outside(seen->all[i].time_ms, back_ms) ? 1 : 0;
	return n;
}

/* Before the stretch, and from a key frame behind it on, the same pictures: as they lie in the file, and as they are seen. */
static void assert_same_outside(const struct rig *rig, int64_t back_ms)
{
	assert_int_equal(rig->late.codec, rig->whole.codec);
	assert_int_equal(count_outside(&rig->late, back_ms), count_outside(&rig->whole, back_ms));
	for (size_t i = 0; i < rig->whole.n; i++) {
		const struct picture_seen *before = &rig->whole.all[i];
		const struct picture_seen *after = find(&rig->late, before->time_ms);
		if (!is_outside(before->time_ms, back_ms))
			continue;
		assert_int_equal(after->time_ms, before->time_ms);
		assert_int_equal(after->key, before->key);
		assert_memory_equal(after->octets, before->octets, RS_SHA256_LEN);
		assert_memory_equal(after->shown, before->shown, RS_SHA256_LEN);
	}
}

static size_t count(const struct seen *seen, int64_t from_ms, int64_t to_ms)
{
	size_t n = 0;
	for (size_t i = 0; i < seen->n; i++)
		n += seen->all[i].time_ms >= from_ms && seen->all[i].time_ms < to_ms ? 1 : 0;
	return n;
}

static int open_rig(void **state)
{
	const char *root = getenv("ROSTRUM_SOURCE_ROOT");
	struct rig *rig = calloc(1, sizeof(*rig));
	assert_non_null(rig);
	(void)snprintf(rig->directory, sizeof(rig->directory), "/tmp/rostrum-late-XXXXXX");
	assert_non_null(mkdtemp(rig->directory));
	for (int i = 0; i < CLIP_CODECS; i++)
		rig->clips[i] = clip_load(root != NULL ? root : ".", (enum clip_codec)i);
	session_files_begin(&rig->files, rig->directory, NULL, 0);
	add_sound(rig, NAMES_FLOOR, false, 0, END_MS);
	*state = rig;
	return 0;
}

static int close_rig(void **state)
{
	struct rig *rig = *state;
	char command[96];
	(void)snprintf(command, sizeof(command), "rm -rf %s", rig->directory); /* fits */
	assert_int_equal(system(command), 0);
	for (int i = 0; i < CLIP_CODECS; i++)
		rs_release(rig->clips[i]);
	free(rig);
	return 0;
}

/* KEN speaks, in a codec the programme does not have; while he does, a room says something that is delivered later. */
static void write_another_speaker(struct rig *rig, enum clip_codec speaker, enum clip_codec room)
{
	session_files_show(&rig->files, "KEN", 0);
	add_camera(rig, "KEN", 1, speaker, false, 0, END_MS);
	add_sound(rig, "room-1", true, LATE_FROM_MS, LATE_TO_MS);
	add_camera(rig, "room-1", 2, room, true, LATE_KEY_MS, LATE_TO_MS + 200);
	session_files_end(&rig->files, END_MS);
}

static void nothing_is_coded_again_but_what_arrived_late(void **state)
{
	struct rig *rig = *state;
	write_another_speaker(rig, CLIP_H264, CLIP_VP9);
	assert_int_equal(make(rig, false), END_MS / PICTURE_MS);
	const uint64_t recoded = make(rig, true);
	const int64_t back_ms = back_at(rig);
	assert_true(back_ms <= LATE_TO_MS + KEY_MS);
	assert_same_outside(rig, back_ms);
	/* Each of the room, and each of KEN from his first key frame on up to where there is one to go back to. */
	const size_t room = (LATE_TO_MS - LATE_KEY_MS) / PICTURE_MS;
	assert_int_equal(count(&rig->late, LATE_FROM_MS, LATE_TO_MS), room);
	assert_int_equal(recoded, room + count(&rig->late, LATE_TO_MS, back_ms));
	assert_true(count(&rig->late, LATE_TO_MS, back_ms) + CLIP_KEY_EVERY >=
		    (size_t)(back_ms - LATE_TO_MS) / PICTURE_MS);
	assert_true(find(&rig->late, LATE_KEY_MS)->key);
	assert_true(find(&rig->late, back_ms)->key);
}

/* Its line was lost while it spoke: what it still sent is seen until the first key frame that was delivered. */
static void who_speaks_and_loses_the_line_is_seen_on_either_side(void **state)
{
	struct rig *rig = *state;
	session_files_show(&rig->files, "room-1", 0);
	add_camera(rig, "room-1", 1, CLIP_H264, false, 0, LATE_FROM_MS + 200);
	add_sound(rig, "room-1", true, LATE_FROM_MS, LATE_TO_MS);
	add_camera(rig, "room-1", 2, CLIP_H264, true, LATE_KEY_MS, LATE_TO_MS);
	add_camera(rig, "room-1", 3, CLIP_H264, false, LATE_TO_MS + 400, END_MS);
	session_files_end(&rig->files, END_MS);
	make(rig, false);
	const uint64_t recoded = make(rig, true);
	const int64_t back_ms = back_at(rig);
	assert_same_outside(rig, back_ms);
	assert_int_equal(count(&rig->late, LATE_FROM_MS, LATE_KEY_MS), 200 / PICTURE_MS);
	assert_int_equal(count(&rig->late, LATE_KEY_MS, LATE_TO_MS),
		(LATE_TO_MS - LATE_KEY_MS) / PICTURE_MS);
	assert_int_equal(recoded, count(&rig->late, LATE_KEY_MS, back_ms));
	assert_true(recoded < (uint64_t)(LATE_TO_MS - LATE_KEY_MS + KEY_MS) / PICTURE_MS);
}

/* What arrived late is first seen, and in a codec that a programme would have begun in. */
static void the_codec_is_that_of_the_programme_of_before(void **state)
{
	struct rig *rig = *state;
	add_camera(rig, "KEN", 1, CLIP_H264, false, 0, END_MS);
	add_sound(rig, "room-1", true, LATE_FROM_MS, LATE_TO_MS);
	add_camera(rig, "room-1", 2, CLIP_VP9, true, LATE_KEY_MS, LATE_TO_MS);
	session_files_show(&rig->files, "KEN", LATE_TO_MS + 1000);
	session_files_end(&rig->files, END_MS);
	make(rig, false);
	assert_int_equal(rig->whole.codec, DEPAY_VP8);
	assert_int_equal(make(rig, true), (LATE_TO_MS - LATE_KEY_MS) / PICTURE_MS);
	assert_same_outside(rig, LATE_TO_MS);
}

/* A programme of VP9 whose speaker sends that: nothing needs a coder but the room. */
static void pictures_that_were_never_coded_again_are_taken_over_as_well(void **state)
{
	struct rig *rig = *state;
	write_another_speaker(rig, CLIP_VP9, CLIP_H264);
	assert_int_equal(make(rig, false), 0);
	assert_int_equal(make(rig, true), (LATE_TO_MS - LATE_KEY_MS) / PICTURE_MS);
	assert_same_outside(rig, back_at(rig));
}

/* The half of it that a disk lost. */
static void cut_in_half(const struct rig *rig)
{
	char path[ARCHIVE_PATH_LEN];
	struct stat st;
	path_of(rig, false, path);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(truncate(path, st.st_size / 2), 0);
}

/* As a kill leaves a file: it breaks off, and the Segment's size is not known (RFC 8794 section 6.2). */
static void cut_off(const struct rig *rig)
{
	static const uint8_t segment[] = { 0x18, 0x53, 0x80, 0x67 };
	static const uint8_t unknown[] = { 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF };
	char path[ARCHIVE_PATH_LEN];
	uint8_t head[128];
	path_of(rig, false, path);
	FILE *file = fopen(path, "r+");
	assert_non_null(file);
	assert_int_equal(fread(head, 1, sizeof(head), file), sizeof(head));
	const uint8_t *at = memmem(head, sizeof(head), segment, sizeof(segment));
	assert_non_null(at);
	assert_int_equal(fseek(file, at - head + (long)sizeof(segment), SEEK_SET), 0);
	assert_int_equal(fwrite(unknown, 1, sizeof(unknown), file), sizeof(unknown));
	assert_int_equal(fclose(file), 0);
	cut_in_half(rig);
}

static void without_a_whole_programme_all_is_made_of_the_cameras(void **state)
{
	struct rig *rig = *state;
	const size_t others = (END_MS - (LATE_TO_MS - LATE_FROM_MS)) / PICTURE_MS;
	write_another_speaker(rig, CLIP_H264, CLIP_H264);
	assert_true(make(rig, true) > others - CLIP_KEY_EVERY);
	make(rig, false);
	assert_true(make(rig, true) < others);
	cut_in_half(rig);
	assert_false(programme_is_current(rig->directory));
	assert_true(make(rig, true) > others - CLIP_KEY_EVERY);
	make(rig, false);
	cut_off(rig);
	assert_false(programme_is_current(rig->directory));
	assert_true(make(rig, true) > others - CLIP_KEY_EVERY);
}

/* As a power failure leaves what was not on the disk yet: as long as it was, and zeros. */
static void blank_second_half(const struct rig *rig)
{
	char path[ARCHIVE_PATH_LEN];
	struct stat st;
	path_of(rig, false, path);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(truncate(path, st.st_size / 2), 0);
	assert_int_equal(truncate(path, st.st_size), 0);
}

static void where_the_programme_breaks_off_cameras_go_on(void **state)
{
	struct rig *rig = *state;
	const struct remake how = { .ctx = NULL };
	struct remake_result result;
	write_another_speaker(rig, CLIP_H264, CLIP_VP9);
	make(rig, false);
	blank_second_half(rig);
	assert_int_equal(programme_make_late(rig->directory, &how, &result), 0);
	assert_int_equal(result.unreadable, 1);
	see(rig, true, &rig->late);
	assert_true(count(&rig->late, 0, END_MS) >
		    (END_MS - (LATE_KEY_MS - LATE_FROM_MS)) / PICTURE_MS - 3 * CLIP_KEY_EVERY);
	assert_int_equal(count(&rig->late, END_MS - 5000, END_MS), 5000 / PICTURE_MS);
	assert_true(result.recoded < END_MS * 3 / 4 / PICTURE_MS);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, open_rig, close_rig)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(nothing_is_coded_again_but_what_arrived_late),
		CASE(who_speaks_and_loses_the_line_is_seen_on_either_side),
		CASE(the_codec_is_that_of_the_programme_of_before),
		CASE(pictures_that_were_never_coded_again_are_taken_over_as_well),
		CASE(without_a_whole_programme_all_is_made_of_the_cameras),
		CASE(where_the_programme_breaks_off_cameras_go_on),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
