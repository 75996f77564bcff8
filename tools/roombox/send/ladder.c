#include "tools/roombox/send/ladder.h"

#include "common/rtp/vp8.h"

#include <vpx/vp8cx.h>
#include <vpx/vpx_encoder.h>

#include <libyuv/scale.h>

#include <errno.h>
#include <string.h>

#define FPS_MAX 60U
#define BPS_MIN 20000U
#define BPS_MAX 20000000U
#define SIDE_MIN 16U
/* Faster settings are no faster at 720p; slower ones cost three times as much in three sizes. */
#define CPU_USED (-8)
#define DROP_AT 30 /* per cent of the buffer */
#define QUANTIZER_MIN 2
#define QUANTIZER_MAX 56
#define HZ 90000
/* Between two pictures: longer than that it was left out. */
#define REST RS_MS(500)
#define PICTURE_ID_MASK 0x7FFF

/* Three temporal layers in four pictures: 0 2 1 2. */
#define PATTERN 4U
#define LAST_ALONE (VP8_EFLAG_NO_REF_GF | VP8_EFLAG_NO_REF_ARF)
#define KEEPS_NOTHING                                                         \
	(VP8_EFLAG_NO_UPD_LAST | VP8_EFLAG_NO_UPD_GF | VP8_EFLAG_NO_UPD_ARF | \
		VP8_EFLAG_NO_UPD_ENTROPY)

static const struct step {
	uint8_t temporal;
	bool layer_sync; /* needs nothing but the layer 0 */
	bool non_reference;
	vpx_enc_frame_flags_t flags;
} steps[PATTERN] = {
	{ 0, false, false, LAST_ALONE | VP8_EFLAG_NO_UPD_GF | VP8_EFLAG_NO_UPD_ARF },
	{ 2, true, true, LAST_ALONE | KEEPS_NOTHING },
	{ 1, true, false,
		LAST_ALONE | VP8_EFLAG_NO_UPD_LAST | VP8_EFLAG_NO_UPD_ARF |
			VP8_EFLAG_NO_UPD_ENTROPY },
	{ 2, false, true, VP8_EFLAG_NO_REF_ARF | KEEPS_NOTHING },
};

struct layer {
	bool made;
	vpx_codec_ctx_t codec;
	vpx_image_t *scaled; /* NULL: as large as the picture */
	unsigned width;
	unsigned height;
	unsigned source_width; /* that it was made for */
	unsigned source_height;
	bool keyframe_wanted;
	unsigned step;
	rs_time first_at; /* the encoder's time began */
	rs_time last_at;
	vpx_codec_pts_t last_pts;
	uint16_t picture_id;
	uint8_t tl0_pic_idx;
};

struct ladder {
	struct ladder_config config;
	struct layer layers[LADDER_LAYERS];
};

int ladder_new(const struct ladder_config *config, struct ladder **out_ladder)
{
	if (config->fps == 0 || config->fps > FPS_MAX)
		return -EINVAL;
	for (size_t i = 0; i < LADDER_LAYERS; i++) {
		if (config->bitrates_bps[i] < BPS_MIN || config->bitrates_bps[i] > BPS_MAX)
			return -EINVAL;
	}
	struct ladder *ladder = rs_zalloc(sizeof(*ladder));
	if (ladder == NULL)
		return -ENOMEM;
	ladder->config = *config;
	*out_ladder = ladder;
	return 0;
}

static void layer_done(struct layer *layer)
{
	if (layer->made)
		(void)vpx_codec_destroy(&layer->codec); /* it was made */
	layer->made = false;
	vpx_img_free(layer->scaled);
	layer->scaled = NULL;
}

struct ladder *ladder_free(struct ladder *ladder)
{
	for (size_t i = 0; ladder != NULL && i < LADDER_LAYERS; i++)
		layer_done(&ladder->layers[i]);
	return rs_release(ladder);
}

void ladder_keyframe(struct ladder *ladder, size_t layer)
{
	ladder->layers[layer].keyframe_wanted = true;
}

/* --- Making an encoder --- */

static int configure(const struct ladder *ladder, size_t at, vpx_codec_enc_cfg_t *cfg)
{
	const unsigned kbps = ladder->config.bitrates_bps[at] / 1000;
	if (vpx_codec_enc_config_default(vpx_codec_vp8_cx(), cfg, 0) != VPX_CODEC_OK)
		return -EIO;
	cfg->g_w = ladder->layers[at].width;
	cfg->g_h = ladder->layers[at].height;
	cfg->g_timebase = (vpx_rational_t){ 1, HZ };
	cfg->g_threads = 1;
	cfg->g_lag_in_frames = 0;
	cfg->g_error_resilient = VPX_ERROR_RESILIENT_DEFAULT;
	cfg->rc_end_usage = VPX_CBR;
	cfg->rc_target_bitrate = kbps;
	cfg->rc_dropframe_thresh = DROP_AT;
	cfg->rc_min_quantizer = QUANTIZER_MIN;
	cfg->rc_max_quantizer = QUANTIZER_MAX;
	cfg->kf_mode = VPX_KF_DISABLED;
	cfg->ts_number_layers = 3;
	cfg->ts_target_bitrate[0] = kbps * 40 / 100;
	cfg->ts_target_bitrate[1] = kbps * 60 / 100;
	cfg->ts_target_bitrate[2] = kbps;
	cfg->ts_rate_decimator[0] = 4;
	cfg->ts_rate_decimator[1] = 2;
	cfg->ts_rate_decimator[2] = 1;
	cfg->ts_periodicity = PATTERN;
	for (unsigned i = 0; i < PATTERN; i++)
		cfg->ts_layer_id[i] = steps[i].temporal;
	return 0;
}

/* The picture's shape at the layer's height, which is never above the picture's own. */
static void measure(struct layer *layer, size_t at, const struct picture *picture)
{
	const unsigned top = picture->height < LADDER_HEIGHT ? picture->height : LADDER_HEIGHT;
	const unsigned height = top >> (LADDER_LAYERS - 1 - at);
	const unsigned width = (unsigned)((uint64_t)picture->width * height / picture->height);
	layer->height = (height > SIDE_MIN ? height : SIDE_MIN) & ~1U;
	layer->width = (width > SIDE_MIN ? width : SIDE_MIN) & ~1U;
	layer->source_width = picture->width;
	layer->source_height = picture->height;
}

static int layer_make(struct ladder *ladder, size_t at, const struct picture *picture)
{
	struct layer *layer = &ladder->layers[at];
	vpx_codec_enc_cfg_t cfg;
	layer_done(layer);
	measure(layer, at, picture);
	const int err = configure(ladder, at, &cfg);
	if (err < 0)
		return err;
	if (layer->width != picture->width || layer->height != picture->height) {
		layer->scaled =
			vpx_img_alloc(NULL, VPX_IMG_FMT_I420, layer->width, layer->height, 16);
		if (layer->scaled == NULL)
			return -ENOMEM;
	}
	const vpx_codec_err_t failed =
		vpx_codec_enc_init(&layer->codec, vpx_codec_vp8_cx(), &cfg, 0);
	if (failed != VPX_CODEC_OK)
		return failed == VPX_CODEC_MEM_ERROR ? -ENOMEM : -EIO;
	layer->made = true;
	layer->keyframe_wanted = true;
	layer->last_pts = -1;
	return vpx_codec_control(&layer->codec, VP8E_SET_CPUUSED, CPU_USED) == VPX_CODEC_OK &&
			       vpx_codec_control(&layer->codec, VP8E_SET_STATIC_THRESHOLD, 1) ==
				       VPX_CODEC_OK
		       ? 0
		       : -EIO;
}

void ladder_set_bitrate(struct ladder *ladder, size_t at, uint32_t bps)
{
	struct layer *layer = &ladder->layers[at];
	vpx_codec_enc_cfg_t cfg;
	bps = bps < BPS_MIN ? BPS_MIN : bps > BPS_MAX ? BPS_MAX : bps;
	if (ladder->config.bitrates_bps[at] == bps)
		return;
	ladder->config.bitrates_bps[at] = bps;
	if (layer->made && configure(ladder, at, &cfg) == 0)
		(void)vpx_codec_enc_config_set(&layer->codec, &cfg); /* only rates differ */
}

/* --- Encoding --- */

/* The picture in the layer's size; `room` is filled where it need not be scaled. */
static vpx_image_t *fit(const struct layer *layer, const struct picture *picture, vpx_image_t *room)
{
	vpx_image_t *scaled = layer->scaled;
	if (scaled == NULL) {
		*room = (vpx_image_t){ .fmt = VPX_IMG_FMT_I420,
			.w = layer->width,
			.h = layer->height,
			.d_w = layer->width,
			.d_h = layer->height,
			.x_chroma_shift = 1,
			.y_chroma_shift = 1,
			.bps = 12 };
		for (unsigned i = 0; i < 3; i++) {
			/* libvpx reads only. */
			memcpy(&room->planes[i], &picture->planes[i], sizeof(room->planes[i]));
			room->stride[i] = (int)picture->strides[i];
		}
		return room;
	}
	(void)I420Scale(picture->planes[0], (int)picture->strides[0], picture->planes[1],
		(int)picture->strides[1], picture->planes[2], (int)picture->strides[2],
		(int)picture->width, (int)picture->height, scaled->planes[0], scaled->stride[0],
		scaled->planes[1], scaled->stride[1], scaled->planes[2], scaled->stride[2],
		(int)layer->width, (int)layer->height, kFilterBox); /* sizes were checked */
	return scaled;
}

static void describe(struct layer *layer, const struct step *step, const vpx_codec_cx_pkt_t *packet,
	struct ladder_frame *out_frame)
{
	layer->picture_id = (layer->picture_id + 1) & PICTURE_ID_MASK;
	if (step->temporal == 0)
		layer->tl0_pic_idx++;
	*out_frame = (struct ladder_frame){
		.data_view = packet->data.frame.buf,
		.len = packet->data.frame.sz,
		.keyframe = (packet->data.frame.flags & VPX_FRAME_IS_KEY) != 0,
		.temporal = step->temporal,
		.layer_sync = step->layer_sync,
		.non_reference = step->non_reference,
		.picture_id = layer->picture_id,
		.tl0_pic_idx = layer->tl0_pic_idx,
	};
	const size_t chunk = LADDER_PAYLOAD_MAX - VP8_DESCRIPTOR_MAX;
	out_frame->n_payloads = (out_frame->len + chunk - 1) / chunk;
}

/* A rest is left out of the encoder's time: libvpx takes it for a rate of pictures, and has none ever after. */
static vpx_codec_pts_t pts_of(struct layer *layer, rs_time at)
{
	if (layer->last_pts < 0 || at - layer->last_at > REST)
		layer->first_at = at - (layer->last_pts + HZ / FPS_MAX) * 100 / 9;
	layer->last_at = at;
	const vpx_codec_pts_t pts = (at - layer->first_at) * 9 / 100;
	return pts > layer->last_pts ? pts : layer->last_pts + 1;
}

int ladder_encode(struct ladder *ladder, size_t at, const struct picture *picture, rs_time taken,
	struct ladder_frame *out_frame)
{
	struct layer *layer = &ladder->layers[at];
	vpx_image_t room;
	if (picture->width == 0 || picture->height == 0)
		return -EINVAL;
	if (!layer->made || layer->source_width != picture->width ||
		layer->source_height != picture->height) {
		const int err = layer_make(ladder, at, picture);
		if (err < 0)
			return err;
	}
	if (layer->keyframe_wanted)
		layer->step = 0;
	const struct step *step = &steps[layer->step];
	const vpx_enc_frame_flags_t flags =
		layer->keyframe_wanted ? VPX_EFLAG_FORCE_KF : step->flags;
	const vpx_codec_pts_t pts = pts_of(layer, taken);
	if (vpx_codec_control(&layer->codec, VP8E_SET_TEMPORAL_LAYER_ID, step->temporal) !=
			VPX_CODEC_OK ||
		vpx_codec_encode(&layer->codec, fit(layer, picture, &room), pts,
			HZ / ladder->config.fps, flags, VPX_DL_REALTIME) != VPX_CODEC_OK)
		return -EIO;
	layer->last_pts = pts;
	vpx_codec_iter_t iter = NULL;
	const vpx_codec_cx_pkt_t *packet;
	while ((packet = vpx_codec_get_cx_data(&layer->codec, &iter)) != NULL) {
		if (packet->kind != VPX_CODEC_CX_FRAME_PKT)
			continue;
		describe(layer, step, packet, out_frame);
		layer->keyframe_wanted = false;
		layer->step = (layer->step + 1) % PATTERN;
		return 1;
	}
	return 0;
}

size_t ladder_payload(const struct ladder_frame *frame, size_t i, uint8_t out[LADDER_PAYLOAD_MAX])
{
	/* All of one size, but for rounding. */
	const size_t from = frame->len * i / frame->n_payloads;
	const size_t to = frame->len * (i + 1) / frame->n_payloads;
	const struct vp8_descriptor descriptor = {
		.non_reference = frame->non_reference,
		.start = i == 0,
		.picture_id_bits = 15,
		.picture_id = frame->picture_id,
		.has_tl0 = true,
		.tl0_pic_idx = frame->tl0_pic_idx,
		.has_tid = true,
		.tid = frame->temporal,
		.layer_sync = frame->layer_sync,
	};
	struct rs_writer writer;
	rs_writer_init(&writer, out, LADDER_PAYLOAD_MAX);
	vp8_write(&writer, &descriptor);
	rs_write_bytes(&writer, frame->data_view + from, to - from);
	return writer.len;
}
