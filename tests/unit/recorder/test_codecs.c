/* Tracks of other codecs: when their files begin and end. */
#include "common/base/rand.h"
#include "recorder/archive/track/track.h"
#include "tests/support/clip.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define EPOCH INT64_C(1795305600000000)
#define FILES_MAX 12

/* A disk that keeps only what its files are called, a track on it, and what sends to that. */
struct rig {
	char paths[FILES_MAX][96];
	uint32_t opened;
	unsigned closed; /* lines "segment-closed" */
	int64_t received;
	struct disk disk;
	struct track_rules rules;
	struct clock_base clock;
	struct rs_rand rand;
	struct track *track;
	struct clip *clips[CLIP_CODECS];
	rs_time now;
	uint16_t seq;
	uint32_t rtp_ts;
	int64_t packets;
};

static int disk_open(
	void *ctx, uint32_t owner, const char *path, enum disk_open mode, uint32_t *out_file)
{
	struct rig *rig = ctx;
	assert_true(rig->opened < FILES_MAX);
	assert_true(
		rs_copy_text(rig->paths[rig->opened], sizeof(rig->paths[0]), path, strlen(path)));
	*out_file = rig->opened++;
	return 0;
}

static int disk_write(void *ctx, uint32_t file, uint64_t offset, const void *data, size_t len)
{
	return 0;
}

static int disk_sync(void *ctx, uint32_t file, uint64_t token)
{
	return 0;
}

static void disk_close(void *ctx, uint32_t file)
{
}

static int note(void *ctx, const char *type, json_t *payload)
{
	struct rig *rig = ctx;
	rig->closed += strcmp(type, "segment-closed") == 0 ? 1 : 0;
	rig->received += json_integer_value(json_object_get(payload, "received"));
	json_decref(payload);
	return 0;
}

static struct rig *rig_new(void)
{
	struct rig *rig = rs_zalloc(sizeof(*rig));
	assert_non_null(rig);
	const char *root = getenv("ROSTRUM_SOURCE_ROOT");
	for (unsigned i = 0; i < CLIP_CODECS; i++)
		rig->clips[i] = clip_load(root != NULL ? root : ".", (enum clip_codec)i);
	rig->disk = (struct disk){ .open = disk_open,
		.write = disk_write,
		.sync = disk_sync,
		.close = disk_close,
		.ctx = rig };
	rig->rules = (struct track_rules){ .cluster_ms = 1000,
		.cluster_max = CLIP_FRAME_MAX,
		.reorder_wait = RS_MS(500),
		.reorder_window = 64,
		.segment_ms = 1800000,
		.app = "test" };
	rs_rand_init_seed(&rig->rand, 1);
	const struct track_config config = { .rules = &rig->rules,
		.disk = &rig->disk,
		.directory = "/demo",
		.name = "KEN",
		.title = "KEN",
		.language = "und",
		.media = ARCHIVE_CAMERA,
		.first_segment = 1,
		.epoch_wall_us = EPOCH,
		.sender = &rig->clock,
		.rand = &rig->rand,
		.note = note,
		.ctx = rig };
	assert_int_equal(track_new(&config, &rig->track), 0);
	return rig;
}

static void rig_free(struct rig *rig)
{
	track_free(rig->track);
	for (unsigned i = 0; i < CLIP_CODECS; i++)
		rs_release(rig->clips[i]);
	rs_release(rig);
}

static void to_track(void *ctx, const uint8_t *payload, size_t len, bool marker)
{
	struct rig *rig = ctx;
	uint8_t data[1500];
	struct rs_writer w;
	rs_writer_init(&w, data, sizeof(data));
	rtp_write_header(&w, &(struct rtp_header){ .marker = marker,
				     .pt = 96,
				     .seq = rig->seq++,
				     .rtp_ts = rig->rtp_ts,
				     .ssrc = 1 });
	rs_write_bytes(&w, payload, len);
	assert_false(w.failed);
	assert_int_equal(track_recv_rtp(rig->track, data, w.len, EPOCH + rig->now, rig->now), 0);
	rig->packets++;
}

static void begin(struct rig *rig, enum clip_codec codec)
{
	assert_int_equal(track_begin(rig->track, clip_name(codec), 90000, rig->now), 0);
}

static void play(struct rig *rig, enum clip_codec codec, unsigned frames)
{
	for (unsigned i = 0; i < frames; i++) {
		clip_send(rig->clips[codec], i % CLIP_FRAMES, 1200, to_track, rig);
		rig->now += RS_MS(40);
		rig->rtp_ts += 3600;
	}
}

static void assert_files(const struct rig *rig, unsigned n, const char *const names[])
{
	assert_int_equal(rig->opened, 2 * n);
	for (unsigned i = 0; i < n; i++)
		assert_string_equal(rig->paths[2 * i] + strlen("/demo/data/tracks/"), names[i]);
}

static void each_codec_has_its_container(void **state)
{
	static const char *const names[CLIP_CODECS] = { "KEN.001.v.webm", "KEN.001.v.mkv",
		"KEN.001.v.mkv" };
	for (unsigned codec = 0; codec < CLIP_CODECS; codec++) {
		struct rig *rig = rig_new();
		begin(rig, (enum clip_codec)codec);
		assert_true(track_wants_key(rig->track));
		play(rig, (enum clip_codec)codec, 100); /* with the same parameters every time */
		assert_false(track_wants_key(rig->track));
		assert_int_equal(track_finish(rig->track, rig->now), 0);
		assert_files(rig, 1, &names[codec]);
		assert_int_equal(rig->closed, 1);
		assert_int_equal(rig->received, rig->packets);
		rig_free(rig);
	}
}

static void a_source_that_comes_back_with_another_codec_gets_another_file(void **state)
{
	static const char *const names[] = { "KEN.001.v.webm", "KEN.002.v.mkv", "KEN.003.v.mkv" };
	struct rig *rig = rig_new();
	begin(rig, CLIP_VP9);
	play(rig, CLIP_VP9, 10);
	begin(rig, CLIP_AV1);
	play(rig, CLIP_AV1, 10);
	begin(rig, CLIP_AV1); /* the same one again: the file goes on */
	play(rig, CLIP_AV1, 10);
	begin(rig, CLIP_H264);
	play(rig, CLIP_H264, 10);
	assert_int_equal(track_finish(rig->track, rig->now), 0);
	assert_files(rig, 3, names);
	assert_int_equal(rig->closed, 3);
	assert_int_equal(rig->received, rig->packets);
	rig_free(rig);
}

/* A camera that is switched to another size sends other parameter sets. */
static void other_parameter_sets_begin_another_file(void **state)
{
	static const char *const names[] = { "KEN.001.v.mkv", "KEN.002.v.mkv", "KEN.003.v.mkv" };
	static const uint8_t key[] = { 0x78, 0, 7, 0x67, 0x42, 0x00, 0x0a, 0xf8, 0x41, 0xa2, 0, 4,
		0x68, 0xce, 0x38, 0x80, 0, 3, 0x65, 0x88, 0x84 };
	struct rig *rig = rig_new();
	begin(rig, CLIP_H264);
	play(rig, CLIP_H264, 30);
	to_track(rig, key, sizeof(key), true);
	rig->rtp_ts += 3600;
	rig->now += RS_MS(40);
	to_track(rig, key, sizeof(key), true); /* the same: the file goes on */
	rig->rtp_ts += 3600;
	rig->now += RS_MS(40);
	play(rig, CLIP_H264, 30);
	assert_int_equal(track_finish(rig->track, rig->now), 0);
	assert_files(rig, 3, names);
	assert_int_equal(rig->received, rig->packets);
	rig_free(rig);
}

static void sound_is_no_picture_and_the_other_way_round(void **state)
{
	struct rig *rig = rig_new();
	assert_int_equal(track_begin(rig->track, "opus", 48000, 0), -EOPNOTSUPP);
	assert_int_equal(track_begin(rig->track, "H265", 90000, 0), -EOPNOTSUPP);
	assert_int_equal(track_begin(rig->track, "AV1", 48000, 0), -EINVAL);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_codec_has_its_container),
		cmocka_unit_test(a_source_that_comes_back_with_another_codec_gets_another_file),
		cmocka_unit_test(other_parameter_sets_begin_another_file),
		cmocka_unit_test(sound_is_no_picture_and_the_other_way_round),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
