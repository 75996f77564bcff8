/* What a room sends, and what it hears, by the real codecs. */
#include "common/base/rand.h"
#include "common/rtp/vp8.h"
#include "tests/support/oom.h"
#include "tools/roombox/hear/playout.h"
#include "tools/roombox/media/picture.h"
#include "tools/roombox/media/sink.h"
#include "tools/roombox/media/sound.h"
#include "tools/roombox/media/wav.h"
#include "tools/roombox/send/ladder.h"
#include "tools/roombox/send/microphone.h"

#include <opus/opus.h>
#include <vpx/vp8dx.h>
#include <vpx/vpx_decoder.h>

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

#define HZ 48000
#define TONE 1000.0

static const struct jitter_config waits = { .least = RS_MS(20), .most = RS_MS(400) };

/* --- sound --- */

/* A microphone in one room, a loudspeaker in another. */
struct line {
	struct sound *sound;
	struct microphone *microphone;
	struct playout *playout;
	double sender_ppm;
	uint32_t sent;
	uint32_t lose_every; /* 0 = nothing is lost */
	uint64_t blocks;
	uint8_t level;
};

static void line_init(struct line *line)
{
	char why[SPEC_WHY_LEN];
	*line = (struct line){ .blocks = 0 };
	assert_int_equal(
		sound_new("gen:tone,hz=1000,level=-20", false, NULL, &line->sound, why), 0);
	assert_int_equal(microphone_new(64000, &line->microphone), 0);
	assert_int_equal(playout_new(&waits, &line->playout), 0);
}

static void line_done(struct line *line)
{
	sound_free(line->sound);
	microphone_free(line->microphone);
	playout_free(line->playout);
}

static void line_send(struct line *line, rs_time now)
{
	int16_t samples[MICROPHONE_FRAME];
	uint8_t packet[MICROPHONE_PACKET_MAX];
	const rs_time due = (rs_time)(20000.0 * line->sent / (1 + line->sender_ppm * 1e-6));
	if (due > now)
		return;
	sound_read(line->sound, samples, MICROPHONE_FRAME);
	const size_t len = microphone_encode(line->microphone, samples, packet, &line->level);
	const uint32_t number = line->sent++;
	if (line->lose_every > 0 && number % line->lose_every == line->lose_every - 1)
		return;
	assert_int_equal(playout_put(line->playout, (uint16_t)number, number * MICROPHONE_FRAME,
				 packet, len, due),
		0);
}

/* The next block; false = silence. */
static bool line_pull(struct line *line, int16_t out[PLAYOUT_BLOCK])
{
	const rs_time now = RS_MS(10) * (rs_time)line->blocks++;
	line_send(line, now);
	return playout_pull(line->playout, now, out);
}

/* A sine obeys x[n+1] = 2 cos(w) x[n] - x[n-1]: the most that any three samples are off, of full scale. */
static double worst_kink(const int16_t *samples, size_t n, double hz)
{
	const double turn = 2 * cos(2 * M_PI * hz / HZ);
	double worst = 0;
	for (size_t i = 1; i + 1 < n; i++)
		worst = fmax(worst, fabs(samples[i + 1] - turn * samples[i] + samples[i - 1]));
	return worst / 32768;
}

static double level_at(const int16_t *samples, size_t n, double hz)
{
	double re = 0;
	double im = 0;
	for (size_t i = 0; i < n; i++) {
		const double window = 1 - cos(2 * M_PI * (double)i / (double)n);
		re += window * samples[i] * cos(2 * M_PI * hz * (double)i / HZ);
		im += window * samples[i] * sin(2 * M_PI * hz * (double)i / HZ);
	}
	return 20 * log10(2 * hypot(re, im) / (double)n / 32768 + 1e-9);
}

static void check_clock(double ppm)
{
	static int16_t heard[8 * HZ];
	struct line line;
	line_init(&line);
	line.sender_ppm = ppm;
	size_t n = 0;
	for (unsigned i = 0; i < 1000; i++) {
		int16_t block[PLAYOUT_BLOCK];
		const bool sounds = line_pull(&line, block);
		assert_true(sounds || i < 10);
		if (i >= 200) {
			memcpy(heard + n, block, sizeof(block));
			n += PLAYOUT_BLOCK;
		}
	}
	assert_int_equal(line.level, 23); /* a sine's root mean square is 3 dB below its peak */
	assert_int_equal(playout_stats(line.playout)->concealed, 0);
	const double level = level_at(heard + n - HZ / 4, HZ / 4, TONE);
	const double kink = worst_kink(heard, n, TONE);
	print_message("measured: %+.0f ppm: %.1f dB, kink %.5f\n", ppm, level, kink);
	/* A sample left out or doubled would be 0.013. */
	assert_true(kink < 0.004);
	assert_true(level > -21.5 && level < -19);
	line_done(&line);
}

static void a_tone_is_heard_without_a_click_whatever_the_clocks(void **state)
{
	check_clock(0);
	check_clock(200);
	check_clock(-200);
}

static double rms_of(const int16_t *samples, size_t n)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += (double)samples[i] * samples[i];
	return 10 * log10(sum / (double)n / 32768 / 32768 + 1e-12);
}

static void a_lost_packet_leaves_no_hole(void **state)
{
	struct line line;
	line_init(&line);
	line.lose_every = 20;
	for (unsigned i = 0; i < 1200; i++) {
		int16_t block[PLAYOUT_BLOCK];
		assert_true(line_pull(&line, block) || i < 10);
		if (i >= 800)
			assert_true(rms_of(block, PLAYOUT_BLOCK) > -40); /* the tone has -23 */
	}
	assert_true(playout_stats(line.playout)->recovered > 20);
	line_done(&line);
}

static void nothing_sent_is_silence_at_once(void **state)
{
	struct line line;
	int16_t block[PLAYOUT_BLOCK];
	line_init(&line);
	for (unsigned i = 0; i < 100; i++)
		(void)line_pull(&line, block);
	unsigned sounds = 0;
	for (unsigned i = 0; i < 100; i++)
		sounds += playout_pull(line.playout, RS_MS(10) * (rs_time)line.blocks++, block);
	assert_in_range(sounds, 2, 12);
	assert_int_equal(playout_stats(line.playout)->lost, 0);
	assert_int_equal(playout_stats(line.playout)->pauses, 1);
	line_done(&line);
}

static void what_is_no_opus_is_refused(void **state)
{
	struct playout *playout = NULL;
	const uint8_t bad[] = { 0xFF, 0xFF, 0xFF };
	assert_int_equal(playout_new(&waits, &playout), 0);
	assert_int_equal(playout_put(playout, 1, 1, bad, sizeof(bad), 0), -EBADMSG);
	assert_int_equal(playout_put(playout, 1, 1, bad, 0, 0), -EBADMSG);
	playout_free(playout);
}

static void silence_has_no_level(void **state)
{
	static const int16_t silence[MICROPHONE_FRAME];
	struct microphone *microphone = NULL;
	uint8_t packet[MICROPHONE_PACKET_MAX];
	uint8_t level = 0;
	assert_int_equal(microphone_new(48000, &microphone), 0);
	assert_true(microphone_encode(microphone, silence, packet, &level) > 0);
	assert_int_equal(level, 127);
	microphone_free(microphone);
	assert_int_equal(microphone_new(MICROPHONE_BPS_MIN - 1, &microphone), -EINVAL);
	assert_int_equal(microphone_new(MICROPHONE_BPS_MAX + 1, &microphone), -EINVAL);
}

/* How far what in-band FEC gives of each fifth frame is from the frame itself, as a share of its power; encoded for `lost` of 256. */
static double unlike(uint8_t lost)
{
	struct microphone *microphone = NULL;
	struct sound *sound = NULL;
	char why[SPEC_WHY_LEN];
	int opus_err;
	double power = 0;
	double error = 0;
	int16_t mended[MICROPHONE_FRAME] = { 0 };
	OpusDecoder *whole = opus_decoder_create(48000, 1, &opus_err);
	OpusDecoder *lossy = opus_decoder_create(48000, 1, &opus_err);
	assert_int_equal(microphone_new(64000, &microphone), 0);
	assert_int_equal(
		sound_new("gen:chirp,from=300,to=3000,ms=900", true, NULL, &sound, why), 0);
	for (unsigned n = 0; n < 3000; n++) {
		int16_t samples[MICROPHONE_FRAME];
		static int16_t before[MICROPHONE_FRAME];
		uint8_t packet[MICROPHONE_PACKET_MAX];
		uint8_t level;
		sound_read(sound, samples, MICROPHONE_FRAME);
		microphone_expect(microphone, lost);
		const opus_int32 len =
			(opus_int32)microphone_encode(microphone, samples, packet, &level);
		if (n % 5 == 1)
			(void)!opus_decode(lossy, packet, len, mended, MICROPHONE_FRAME, 1);
		for (size_t i = 0; i < MICROPHONE_FRAME && n % 5 == 1 && n > 2500; i++) {
			power += (double)before[i] * before[i];
			error += (double)(before[i] - mended[i]) * (before[i] - mended[i]);
		}
		(void)!opus_decode(whole, packet, len, before, MICROPHONE_FRAME, 0);
		if (n % 5 != 0)
			(void)!opus_decode(lossy, packet, len, samples, MICROPHONE_FRAME, 0);
	}
	opus_decoder_destroy(whole);
	opus_decoder_destroy(lossy);
	sound_free(sound);
	microphone_free(microphone);
	return error / power;
}

static void what_listeners_lose_is_said_twice(void **state)
{
	const double without = unlike(0);
	const double with = unlike(64);
	print_message(
		"measured: a frame from the one behind it, against itself: %.2f where no loss is reported, %.2f for a quarter\n",
		without, with);
	assert_true(with < without / 2);
}

/* --- where it goes --- */

static void a_file_that_was_not_closed_is_whole_but_for_the_last_second(void **state)
{
	char path[] = "/tmp/rostrum-room-XXXXXX.wav";
	char spec[64];
	char why[SPEC_WHY_LEN];
	struct sink *sink = NULL;
	static int16_t frames[2 * PLAYOUT_BLOCK];
	const int fd = mkstemps(path, 4);
	assert_true(fd >= 0);
	(void)snprintf(spec, sizeof(spec), "file:%s", path);
	assert_int_equal(sink_new(spec, 2, NULL, &sink, why), 0);
	for (unsigned i = 0; i < 250; i++)
		assert_int_equal(sink_write(sink, frames, PLAYOUT_BLOCK), 0);
	uint8_t head[WAV_HEAD_LEN];
	struct wav wav;
	const char *fault;
	assert_int_equal(pread(fd, head, sizeof(head), 0), sizeof(head));
	assert_int_equal(wav_head_parse(head, sizeof(head), &wav, &fault), 0);
	assert_int_equal(wav.channels, 2);
	assert_int_equal(wav.data_len, 2 * HZ * 4);
	sink_free(sink);
	assert_int_equal(pread(fd, head, sizeof(head), 0), sizeof(head));
	assert_int_equal(wav_head_parse(head, sizeof(head), &wav, &fault), 0);
	assert_int_equal(wav.data_len, 250 * PLAYOUT_BLOCK * 4);
	(void)close(fd);
	(void)unlink(path);
}

static void sinks_that_are_none_are_refused_in_words(void **state)
{
	static const struct {
		const char *spec;
		int err;
		const char *said;
	} bad[] = { { "gen:tone", -EINVAL, "no sound goes there" },
		{ "nowhere", -EBADMSG, "nowhere" },
		{ "file:/nowhere/x.wav", -EIO, "No such file" } };
	for (size_t i = 0; i < RS_ARRAY_LEN(bad); i++) {
		struct sink *sink = NULL;
		char why[SPEC_WHY_LEN] = "";
		assert_int_equal(sink_new(bad[i].spec, 1, NULL, &sink, why), bad[i].err);
		assert_non_null(strstr(why, bad[i].said));
	}
}

/* --- pictures --- */

static const struct ladder_config rates = { .fps = 30,
	.bitrates_bps = { 150000, 400000, 1200000 } };

/* Encodes the bars, layer by layer, and decodes what was cut into payloads. */
struct show {
	struct camera *camera;
	struct ladder *ladder;
	vpx_codec_ctx_t decoder;
	struct picture picture;
	unsigned number;
};

static void show_init(struct show *show)
{
	char why[SPEC_WHY_LEN];
	*show = (struct show){ .number = 0 };
	assert_int_equal(
		camera_new("gen:bars,width=640,height=360", false, NULL, &show->camera, why), 0);
	assert_int_equal(ladder_new(&rates, &show->ladder), 0);
	assert_int_equal(vpx_codec_dec_init(&show->decoder, vpx_codec_vp8_dx(), NULL, 0), 0);
}

static void show_done(struct show *show)
{
	camera_free(show->camera);
	ladder_free(show->ladder);
	assert_int_equal(vpx_codec_destroy(&show->decoder), 0);
}

static int show_next(struct show *show, size_t layer, struct ladder_frame *out_frame)
{
	const rs_time at = RS_SEC(1) * show->number++ / 30 + 1;
	(void)camera_read(show->camera, at, &show->picture);
	return ladder_encode(show->ladder, layer, &show->picture, at, out_frame);
}

/* The frame out of its payloads again. */
static size_t join(const struct ladder_frame *frame, uint8_t *out)
{
	size_t len = 0;
	for (size_t i = 0; i < frame->n_payloads; i++) {
		uint8_t payload[LADDER_PAYLOAD_MAX];
		struct vp8_descriptor descriptor;
		const size_t n = ladder_payload(frame, i, payload);
		assert_int_equal(vp8_parse(payload, n, &descriptor), 0);
		assert_int_equal(descriptor.start, i == 0);
		assert_int_equal(descriptor.picture_id, frame->picture_id);
		assert_int_equal(descriptor.tid, frame->temporal);
		if (i == 0)
			assert_int_equal(vp8_is_keyframe(payload, n, &descriptor), frame->keyframe);
		memcpy(out + len, payload + descriptor.len, n - descriptor.len);
		len += n - descriptor.len;
	}
	assert_int_equal(len, frame->len);
	return len;
}

static void each_layer_is_a_picture_of_its_size(void **state)
{
	static uint8_t data[1 << 20];
	static const unsigned widths[] = { 160, 320, 640 };
	for (size_t layer = 0; layer < LADDER_LAYERS; layer++) {
		struct show show;
		struct ladder_frame frame;
		vpx_codec_iter_t iter = NULL;
		show_init(&show);
		assert_int_equal(show_next(&show, layer, &frame), 1);
		assert_true(frame.keyframe);
		const size_t len = join(&frame, data);
		assert_int_equal(vpx_codec_decode(&show.decoder, data, (unsigned)len, NULL, 0), 0);
		const vpx_image_t *image = vpx_codec_get_frame(&show.decoder, &iter);
		assert_non_null(image);
		assert_int_equal(image->d_w, widths[layer]);
		assert_int_equal(image->d_h, widths[layer] * 9 / 16);
		/* White at the left, black at the right, about. */
		assert_in_range(image->planes[0][0], 170, 190);
		assert_in_range(image->planes[0][image->d_w - 1], 10, 24);
		show_done(&show);
	}
}

static void a_picture_decodes_without_the_temporal_layers_above(void **state)
{
	static uint8_t data[1 << 20];
	for (uint8_t highest = 0; highest <= 2; highest++) {
		struct show show;
		struct ladder_frame frame;
		uint8_t pattern[8];
		unsigned n_shown = 0;
		show_init(&show);
		for (unsigned i = 0; i < 24; i++) {
			vpx_codec_iter_t iter = NULL;
			assert_int_equal(show_next(&show, 0, &frame), 1);
			pattern[i % 8] = frame.temporal;
			if (frame.temporal > highest)
				continue;
			const size_t len = join(&frame, data);
			assert_int_equal(
				vpx_codec_decode(&show.decoder, data, (unsigned)len, NULL, 0), 0);
			const vpx_image_t *image = vpx_codec_get_frame(&show.decoder, &iter);
			assert_non_null(image);
			assert_in_range(image->planes[0][0], 165, 195);
			n_shown++;
		}
		assert_memory_equal(pattern, "\0\2\1\2\0\2\1\2", 8);
		assert_int_equal(n_shown, highest == 0 ? 6 : highest == 1 ? 12 : 24);
		show_done(&show);
	}
}

static void a_key_frame_comes_when_it_is_asked_for(void **state)
{
	struct show show;
	struct ladder_frame frame;
	show_init(&show);
	for (unsigned i = 0; i < 40; i++) {
		if (i == 22)
			ladder_keyframe(show.ladder, 1);
		const uint8_t tl0_before = i > 0 ? frame.tl0_pic_idx : 0;
		assert_int_equal(show_next(&show, 1, &frame), 1);
		assert_int_equal(frame.keyframe, i == 0 || i == 22);
		if (i == 22) {
			assert_int_equal(frame.temporal, 0);
			assert_int_equal(frame.tl0_pic_idx, (uint8_t)(tl0_before + 1));
		}
	}
	show_done(&show);
}

static void a_picture_of_another_size_begins_anew(void **state)
{
	struct show show;
	struct ladder_frame frame;
	struct camera *other = NULL;
	char why[SPEC_WHY_LEN];
	show_init(&show);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(show_next(&show, 2, &frame), 1);
	const uint16_t id = frame.picture_id;
	assert_int_equal(camera_new("gen:bars,width=320,height=240", false, NULL, &other, why), 0);
	assert_true(camera_read(other, 0, &show.picture));
	assert_int_equal(ladder_encode(show.ladder, 2, &show.picture, RS_SEC(9), &frame), 1);
	assert_true(frame.keyframe);
	assert_int_equal(frame.picture_id, id + 1);
	camera_free(other);
	show_done(&show);
}

/* Noise, so that the rate is what holds it back. */
static size_t octets_of(struct ladder *ladder, rs_time from, unsigned pictures, unsigned *out_made)
{
	static uint8_t planes[3][160 * 90];
	struct picture picture = { .width = 160,
		.height = 90,
		.planes = { planes[0], planes[1], planes[2] },
		.strides = { 160, 80, 80 } };
	struct rs_rand rand;
	size_t octets = 0;
	*out_made = 0;
	rs_rand_init_seed(&rand, 1);
	for (unsigned i = 0; i < pictures; i++) {
		struct ladder_frame frame;
		for (size_t k = 0; k < sizeof(planes[0]); k++)
			planes[0][k] = (uint8_t)(128 + rs_rand_below(&rand, 32));
		const int made = ladder_encode(
			ladder, 2, &picture, from + RS_SEC(1) * i / rates.fps, &frame);
		assert_true(made >= 0);
		*out_made += (unsigned)made;
		octets += made == 1 ? frame.len : 0;
	}
	return octets;
}

static void a_size_takes_what_it_is_told_and_goes_on_after_a_rest(void **state)
{
	struct ladder_config config = rates;
	struct ladder *ladder = NULL;
	unsigned made;
	config.bitrates_bps[2] = 800000;
	assert_int_equal(ladder_new(&config, &ladder), 0);
	const size_t before = octets_of(ladder, 0, 90, &made);
	assert_true(before > 200000);
	ladder_set_bitrate(ladder, 2, 300000);
	const size_t less = octets_of(ladder, RS_SEC(3), 90, &made);
	assert_true(less < before / 2);
	ladder_set_bitrate(ladder, 2, 800000);
	const size_t after = octets_of(ladder, RS_SEC(30), 90, &made);
	assert_true(after > less * 5 / 4); /* libvpx takes its time */
	assert_true(made > 80);
	assert_true(octets_of(ladder, RS_SEC(33), 90, &made) > before / 2);
	ladder_free(ladder);
}

static void rates_out_of_range_are_refused(void **state)
{
	struct ladder *ladder = NULL;
	struct ladder_config config = rates;
	config.fps = 0;
	assert_int_equal(ladder_new(&config, &ladder), -EINVAL);
	config = rates;
	config.bitrates_bps[1] = 1000;
	assert_int_equal(ladder_new(&config, &ladder), -EINVAL);
}

static int make_all(void *ctx)
{
	struct playout *playout = NULL;
	struct microphone *microphone = NULL;
	struct ladder *ladder = NULL;
	struct sink *sink = NULL;
	char why[SPEC_WHY_LEN];
	int err = playout_new(&waits, &playout);
	if (err == 0)
		err = microphone_new(48000, &microphone);
	if (err == 0)
		err = ladder_new(&rates, &ladder);
	if (err == 0)
		err = sink_new("null:", 2, NULL, &sink, why);
	playout_free(playout);
	microphone_free(microphone);
	ladder_free(ladder);
	sink_free(sink);
	return err;
}

static void memory_may_run_out(void **state)
{
	check_oom(make_all, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tone_is_heard_without_a_click_whatever_the_clocks),
		cmocka_unit_test(a_lost_packet_leaves_no_hole),
		cmocka_unit_test(nothing_sent_is_silence_at_once),
		cmocka_unit_test(what_is_no_opus_is_refused),
		cmocka_unit_test(silence_has_no_level),
		cmocka_unit_test(what_listeners_lose_is_said_twice),
		cmocka_unit_test(a_file_that_was_not_closed_is_whole_but_for_the_last_second),
		cmocka_unit_test(sinks_that_are_none_are_refused_in_words),
		cmocka_unit_test(each_layer_is_a_picture_of_its_size),
		cmocka_unit_test(a_picture_decodes_without_the_temporal_layers_above),
		cmocka_unit_test(a_key_frame_comes_when_it_is_asked_for),
		cmocka_unit_test(a_picture_of_another_size_begins_anew),
		cmocka_unit_test(a_size_takes_what_it_is_told_and_goes_on_after_a_rest),
		cmocka_unit_test(rates_out_of_range_are_refused),
		cmocka_unit_test(memory_may_run_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
