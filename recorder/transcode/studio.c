#include "recorder/transcode/studio.h"

#include "recorder/fmp4/fmp4.h"
#include "recorder/transcode/coder.h"
#include "recorder/transcode/screen.h"

#include <errno.h>

#define NEVER INT64_MAX
#define TICKS_A_MS (FMP4_AVC_HZ / 1000)
#define INIT_MAX ((size_t)8 << 10)

struct studio {
	struct studio_config config;
	struct screen *screen;
	struct canvas canvas;
	struct coder *coder;
	struct canvas_image waiting; /* decoded and not on the canvas yet, when `waits` */
	bool waits;
	bool fresh; /* the canvas has what was not coded yet */
	bool hurry;
	int64_t shown_ms; /* since when who is seen is */
	int64_t card_ms;  /* when the card is, if no picture comes before; NEVER */

	int64_t number; /* of the segment that is filled */
	uint32_t place; /* of the next picture in it */
	uint32_t places;
	struct fmp4_sample *samples;
	int64_t *times; /* of them, in ticks from the session's beginning */
	size_t n;
	struct rs_buf data;
	struct rs_buf init;
	struct rs_buf out;
	struct studio_stats stats;
};

static int make(struct studio *studio)
{
	const struct studio_config *config = &studio->config;
	const struct coder_config coder = { .width = config->width,
		.height = config->height,
		.fps = config->fps,
		.bitrate_bps = config->bitrate_bps };
	studio->samples = rs_calloc(studio->places, sizeof(*studio->samples));
	studio->times = rs_calloc(studio->places, sizeof(*studio->times));
	if (studio->samples == NULL || studio->times == NULL)
		return -ENOMEM;
	int err = screen_new(&studio->screen);
	if (err == 0)
		err = canvas_init(&studio->canvas, config->width, config->height);
	if (err == 0)
		err = coder_new(&coder, &studio->coder);
	return err;
}

int studio_new(const struct studio_config *config, struct studio **out_studio)
{
	if (config->fps == 0 || config->fps > 60 || config->segment_ms < 100 ||
		config->segment_ms > 10000)
		return -EINVAL;
	struct studio *studio = rs_zalloc(sizeof(*studio));
	if (studio == NULL)
		return -ENOMEM;
	studio->config = *config;
	studio->places = (config->segment_ms * config->fps + 999) / 1000;
	studio->card_ms = NEVER;
	rs_buf_init(&studio->data, STUDIO_SEGMENT_MAX);
	rs_buf_init(&studio->init, INIT_MAX);
	rs_buf_init(&studio->out, STUDIO_SEGMENT_MAX + INIT_MAX);
	const int err = make(studio);
	if (err < 0) {
		studio_free(studio);
		return err;
	}
	canvas_card(&studio->canvas);
	*out_studio = studio;
	return 0;
}

struct studio *studio_free(struct studio *studio)
{
	if (studio == NULL)
		return NULL;
	screen_free(studio->screen);
	coder_free(studio->coder);
	canvas_done(&studio->canvas);
	rs_release(studio->samples);
	rs_release(studio->times);
	rs_buf_done(&studio->data);
	rs_buf_done(&studio->init);
	rs_buf_done(&studio->out);
	return rs_release(studio);
}

static void drop(struct studio *studio)
{
	studio->n = 0;
	studio->place = 0;
	rs_buf_consume(&studio->data, rs_buf_len(&studio->data));
}

void studio_begin(struct studio *studio, int64_t number)
{
	drop(studio);
	studio->number = number;
}

void studio_show(struct studio *studio, int64_t at_ms, bool somebody)
{
	studio->shown_ms = at_ms;
	studio->card_ms = somebody ? at_ms + STUDIO_PATIENCE_MS : at_ms;
}

void studio_hurry(struct studio *studio, bool hurry)
{
	studio->hurry = hurry;
}

static int64_t begins_at(const struct studio *studio)
{
	return studio->number * studio->config.segment_ms * TICKS_A_MS;
}

/* When the next picture is due, in ticks. */
static int64_t due_at(const struct studio *studio)
{
	return begins_at(studio) + (int64_t)studio->place * FMP4_AVC_HZ / studio->config.fps;
}

/* --- a segment is whole --- */

static int write_init(struct studio *studio, struct fmp4_track *out_track)
{
	*out_track = (struct fmp4_track){ .codec = FMP4_AVC,
		.language = "und",
		.width = studio->config.width,
		.height = studio->config.height };
	int err = coder_parameters(studio->coder, &out_track->sps, &out_track->sps_len,
		&out_track->pps, &out_track->pps_len);
	rs_buf_consume(&studio->init, rs_buf_len(&studio->init));
	if (err == 0)
		err = fmp4_write_init(out_track, &studio->init);
	return err;
}

/* A picture is seen until the next one, the last one to the end. Returns how many octets they have. */
static size_t settle_durations(struct studio *studio, int64_t end)
{
	size_t len = 0;
	for (size_t i = 0; i < studio->n; i++) {
		const int64_t until = i + 1 < studio->n ? studio->times[i + 1] : end;
		studio->samples[i].duration = (uint32_t)(until - studio->times[i]);
		len += studio->samples[i].len;
	}
	return len;
}

static int emit(struct studio *studio, int64_t end)
{
	struct fmp4_track track;
	char codec[FMP4_CODEC_LEN];
	const size_t len = settle_durations(studio, end);
	const struct fmp4_fragment fragment = { .codec = FMP4_AVC,
		.sequence = (uint32_t)(studio->config.base + studio->number),
		.time = (uint64_t)studio->times[0],
		.samples = studio->samples,
		.n = studio->n,
		.data = rs_buf_data(&studio->data),
		.len = len };
	rs_buf_consume(&studio->out, rs_buf_len(&studio->out));
	int err = write_init(studio, &track);
	if (err == 0)
		err = fmp4_write_fragment(&fragment, &studio->out);
	if (err < 0)
		return err;
	fmp4_codec_name(&track, codec);
	const struct studio_segment segment = { .number = studio->number,
		.duration_ms = (end - begins_at(studio)) / TICKS_A_MS,
		.init = rs_buf_data(&studio->init),
		.init_len = rs_buf_len(&studio->init),
		.data = rs_buf_data(&studio->out),
		.len = rs_buf_len(&studio->out),
		.codec = codec };
	return studio->config.emit(studio->config.ctx, &segment);
}

/* One segment less is no reason to end the webcast. */
static int forgive(struct studio *studio, int err)
{
	if (err != -ENOMEM && err != -E2BIG)
		return err;
	studio->stats.lost++;
	return 0;
}

static int finish(struct studio *studio, int64_t end)
{
	/* Nothing of after the end is shown, should it have come sooner than the pictures of its time. */
	while (studio->n > 0 && studio->times[studio->n - 1] >= end)
		studio->n--;
	const int err = studio->n > 0 ? emit(studio, end) : 0;
	drop(studio);
	studio->number++;
	return forgive(studio, err);
}

/* --- pictures --- */

/* What is to be seen at this time is on the canvas. */
static void paint(struct studio *studio, int64_t at)
{
	if (studio->waits) {
		if (canvas_fit(&studio->canvas, &studio->waiting) == 0)
			studio->fresh = true;
		studio->waits = false;
	}
	if (studio->card_ms != NEVER && studio->card_ms * TICKS_A_MS <= at) {
		canvas_card(&studio->canvas);
		studio->fresh = true;
		studio->card_ms = NEVER;
	}
}

static int code(struct studio *studio, int64_t at)
{
	const size_t before = rs_buf_len(&studio->data);
	const bool key = studio->n == 0;
	const int err =
		coder_encode(studio->coder, &studio->canvas, at / TICKS_A_MS, key, &studio->data);
	if (err == -EIO) {
		studio->stats.damaged++;
		return 0;
	}
	if (err < 0)
		return err;
	studio->samples[studio->n] =
		(struct fmp4_sample){ .len = (uint32_t)(rs_buf_len(&studio->data) - before),
			.key = key };
	studio->times[studio->n++] = at;
	studio->stats.coded++;
	studio->fresh = false;
	return 0;
}

static int step(struct studio *studio)
{
	const int64_t at = due_at(studio);
	int err = 0;
	paint(studio, at);
	if (studio->n == 0 || (studio->fresh && !studio->hurry))
		err = code(studio, at);
	else if (studio->fresh)
		studio->stats.left_out++;
	if (err < 0) {
		drop(studio);
		studio->number++;
		return forgive(studio, err);
	}
	if (++studio->place < studio->places)
		return 0;
	return finish(
		studio, (studio->number + 1) * (int64_t)studio->config.segment_ms * TICKS_A_MS);
}

int studio_run(struct studio *studio, int64_t until_ms)
{
	int err = 0;
	while (err == 0 && due_at(studio) < until_ms * TICKS_A_MS)
		err = step(studio);
	return err;
}

int studio_picture(struct studio *studio, enum mux_codec codec, int64_t time_ms,
	const uint8_t *data, size_t len)
{
	const int err = studio_run(studio, time_ms);
	if (err < 0)
		return err;
	/* The planes of the one before are void. */
	if (studio->waits)
		paint(studio, time_ms * TICKS_A_MS);
	const int got = screen_decode(studio->screen, codec, data, len, &studio->waiting);
	if (got < 0)
		studio->stats.damaged++;
	if (got != 1)
		return 0;
	studio->waits = true;
	if (time_ms >= studio->shown_ms)
		studio->card_ms = NEVER;
	return 0;
}

int studio_end(struct studio *studio, int64_t end_ms)
{
	const int err = studio_run(studio, end_ms);
	if (err < 0 || studio->n == 0)
		return err;
	return finish(studio, end_ms * TICKS_A_MS);
}

int64_t studio_position(const struct studio *studio)
{
	return due_at(studio) / TICKS_A_MS;
}

const struct studio_stats *studio_stats(const struct studio *studio)
{
	return &studio->stats;
}
