#include "recorder/transcode/recoder.h"

#include "recorder/transcode/canvas.h"
#include "recorder/transcode/screen.h"

#include <errno.h>
#include <math.h>
#include <vpx/vp8cx.h>
#include <vpx/vpx_encoder.h>

/* Fixed speeds: none that follows a clock, so that the same pictures give the same file. */
#define VP8_SPEED (-10)
#define VP9_SPEED 9
/* 1280 x 720 at 1.5 Mbit/s. */
#define PIXELS_A_KBIT 614
#define KBIT_LEAST 150U
#define QUALITY_BEST 4
#define QUALITY_WORST 56
#define FRAME_MS 33
#define MS_A_SECOND 1000
/* The least canvas. */
#define SIDE_MIN 16

struct recoder {
	struct screen *screen;
	struct canvas canvas;
	vpx_codec_ctx_t encoder;
	bool open;
	enum mux_codec into;
	int64_t last_ms; /* of the encoder's pictures, which have to grow */
};

int recoder_new(struct recoder **out_recoder)
{
	struct recoder *recoder = rs_zalloc(sizeof(*recoder));
	if (recoder == NULL)
		return -ENOMEM;
	const int err = screen_new(&recoder->screen);
	if (err < 0) {
		rs_release(recoder);
		return err;
	}
	*out_recoder = recoder;
	return 0;
}

static void shut(struct recoder *recoder)
{
	if (recoder->open)
		(void)vpx_codec_destroy(&recoder->encoder); /* only fails where it is not open */
	recoder->open = false;
	canvas_done(&recoder->canvas);
}

struct recoder *recoder_free(struct recoder *recoder)
{
	if (recoder == NULL)
		return NULL;
	shut(recoder);
	screen_free(recoder->screen);
	return rs_release(recoder);
}

/* --- the size --- */

struct size {
	int width;
	int height;
};

static int even(double side)
{
	const int whole = (int)side & ~1;
	return whole < SIDE_MIN ? SIDE_MIN : whole;
}

static struct size size_for(const struct canvas_image *image)
{
	const double pixels = (double)image->width * image->height;
	const double less = pixels > RECODER_PIXELS_MAX ? sqrt(RECODER_PIXELS_MAX / pixels) : 1;
	return (struct size){ even(image->width * less), even(image->height * less) };
}

/* --- the encoder --- */

static vpx_codec_iface_t *interface_of(enum mux_codec into)
{
	return into == MUX_VP9 ? vpx_codec_vp9_cx() : vpx_codec_vp8_cx();
}

static int configure(struct recoder *recoder, enum mux_codec into, vpx_codec_enc_cfg_t *config)
{
	const struct canvas *canvas = &recoder->canvas;
	const unsigned kbit = (unsigned)(canvas->width * canvas->height / PIXELS_A_KBIT);
	if (vpx_codec_enc_config_default(interface_of(into), config, 0) != VPX_CODEC_OK)
		return -EIO;
	config->g_w = (unsigned)canvas->width;
	config->g_h = (unsigned)canvas->height;
	config->g_timebase = (vpx_rational_t){ 1, MS_A_SECOND };
	config->g_threads = 1;
	config->g_lag_in_frames = 0;
	config->rc_end_usage = VPX_CBR;
	config->rc_target_bitrate = kbit > KBIT_LEAST ? kbit : KBIT_LEAST;
	config->rc_min_quantizer = QUALITY_BEST;
	config->rc_max_quantizer = QUALITY_WORST;
	config->rc_dropframe_thresh = 0;   /* each picture is to be there */
	config->kf_mode = VPX_KF_DISABLED; /* they are asked for */
	return 0;
}

static int open_encoder(struct recoder *recoder, enum mux_codec into, struct size size)
{
	vpx_codec_enc_cfg_t config;
	shut(recoder);
	int err = canvas_init(&recoder->canvas, size.width, size.height);
	if (err == 0)
		err = configure(recoder, into, &config);
	if (err < 0)
		return err;
	if (vpx_codec_enc_init(&recoder->encoder, interface_of(into), &config, 0) != VPX_CODEC_OK)
		return -EIO;
	recoder->open = true;
	recoder->into = into;
	recoder->last_ms = INT64_MIN;
	const int speed = into == MUX_VP9 ? VP9_SPEED : VP8_SPEED;
	return vpx_codec_control(&recoder->encoder, VP8E_SET_CPUUSED, speed) == VPX_CODEC_OK ? 0
											     : -EIO;
}

static int encode(
	struct recoder *recoder, int64_t time_ms, bool key, struct recoder_picture *out_picture)
{
	const struct canvas *canvas = &recoder->canvas;
	const int64_t at_ms = time_ms > recoder->last_ms ? time_ms : recoder->last_ms + 1;
	vpx_image_t image;
	vpx_codec_iter_t iter = NULL;
	const vpx_codec_cx_pkt_t *packet;
	/* Rows of the canvas have no padding, and its planes lie one behind the other: as this takes them. */
	if (vpx_img_wrap(&image, VPX_IMG_FMT_I420, (unsigned)canvas->width,
		    (unsigned)canvas->height, 1, canvas->planes[0]) == NULL ||
		vpx_codec_encode(&recoder->encoder, &image, at_ms, FRAME_MS,
			key ? VPX_EFLAG_FORCE_KF : 0, VPX_DL_REALTIME) != VPX_CODEC_OK)
		return -EIO;
	recoder->last_ms = at_ms;
	while ((packet = vpx_codec_get_cx_data(&recoder->encoder, &iter)) != NULL) {
		if (packet->kind != VPX_CODEC_CX_FRAME_PKT)
			continue;
		*out_picture = (struct recoder_picture){ .codec = recoder->into,
			.time_ms = time_ms,
			.key = (packet->data.frame.flags & VPX_FRAME_IS_KEY) != 0,
			.width = (uint16_t)canvas->width,
			.height = (uint16_t)canvas->height,
			.data = packet->data.frame.buf,
			.len = packet->data.frame.sz };
		return 1;
	}
	return 0;
}

int recoder_turn(struct recoder *recoder, enum mux_codec into, enum recoder_how how,
	const struct recoder_picture *picture, struct recoder_picture *out_picture)
{
	struct canvas_image image;
	if (into != MUX_VP8 && into != MUX_VP9)
		return -EOPNOTSUPP;
	const int got =
		screen_decode(recoder->screen, picture->codec, picture->data, picture->len, &image);
	if (got <= 0 || how == RECODER_LOOK)
		return got < 0 ? got : 0;
	const struct size size = size_for(&image);
	int err = 0;
	if (!recoder->open || recoder->into != into || recoder->canvas.width != size.width ||
		recoder->canvas.height != size.height)
		err = open_encoder(recoder, into, size);
	if (err == 0)
		err = canvas_fit(&recoder->canvas, &image);
	if (err < 0) {
		shut(recoder);
		return err == -ENOMEM ? err : -EIO;
	}
	return encode(recoder, picture->time_ms, how == RECODER_KEY, out_picture);
}
