#include "tests/support/tap_media.h"

#include "common/rtp/rtp.h"
#include "common/rtp/vp8.h"

#include <math.h>
#include <opus.h>
#include <stdlib.h>
#include <string.h>
#include <vpx/vp8cx.h>
#include <vpx/vpx_encoder.h>

#define RATE 48000
#define SAMPLES 960
#define WIDTH 320
#define HEIGHT 180
#define CHUNK 1000 /* octets of a frame in one packet */

struct tap_media {
	uint32_t ssrc;
	uint16_t seq;
	uint32_t rtp_ts;
	/* sound */
	OpusEncoder *opus;
	unsigned hz;
	uint64_t sample;
	/* picture */
	vpx_codec_ctx_t vpx;
	vpx_image_t *image;
	uint64_t frame;
	uint16_t picture_id;
	bool want_key;
	struct clip *clip;
};

/* Where the payloads of a clip's frame go. */
struct onward {
	struct tap_media *media;
	tap_media_sink *sink;
	void *ctx;
};

static struct tap_media *make(uint32_t ssrc)
{
	struct tap_media *media = rs_zalloc(sizeof(*media));
	if (media == NULL)
		abort();
	media->ssrc = ssrc;
	media->seq = (uint16_t)(65500 + ssrc); /* wraps soon */
	media->rtp_ts = 0xFFFF0000U + ssrc;
	return media;
}

struct tap_media *tap_media_tone(unsigned hz, uint32_t ssrc)
{
	struct tap_media *media = make(ssrc);
	int err;
	media->hz = hz;
	media->opus = opus_encoder_create(RATE, 1, OPUS_APPLICATION_VOIP, &err);
	/* A constant tone is all prediction: whoever joins or loses a packet would hear nothing for seconds. */
	if (media->opus == NULL ||
		opus_encoder_ctl(media->opus, OPUS_SET_BITRATE(48000)) != OPUS_OK ||
		opus_encoder_ctl(media->opus, OPUS_SET_PREDICTION_DISABLED(1)) != OPUS_OK)
		abort();
	return media;
}

struct tap_media *tap_media_picture(uint32_t ssrc)
{
	struct tap_media *media = make(ssrc);
	vpx_codec_enc_cfg_t config;
	if (vpx_codec_enc_config_default(vpx_codec_vp8_cx(), &config, 0) != VPX_CODEC_OK)
		abort();
	config.g_w = WIDTH;
	config.g_h = HEIGHT;
	config.g_timebase = (vpx_rational_t){ 1, 90000 };
	config.rc_target_bitrate = 300;
	config.g_error_resilient = 1;
	config.g_lag_in_frames = 0;
	config.kf_mode = VPX_KF_DISABLED;
	config.rc_end_usage = VPX_CBR;
	if (vpx_codec_enc_init(&media->vpx, vpx_codec_vp8_cx(), &config, 0) != VPX_CODEC_OK)
		abort();
	(void)vpx_codec_control(&media->vpx, VP8E_SET_CPUUSED, -12); /* speed only */
	media->image = vpx_img_alloc(NULL, VPX_IMG_FMT_I420, WIDTH, HEIGHT, 16);
	if (media->image == NULL)
		abort();
	media->want_key = true;
	return media;
}

struct tap_media *tap_media_clip(const char *root, enum clip_codec codec, uint32_t ssrc)
{
	struct tap_media *media = make(ssrc);
	media->clip = clip_load(root, codec);
	return media;
}

struct tap_media *tap_media_free(struct tap_media *media)
{
	if (media == NULL)
		return NULL;
	if (media->opus != NULL)
		opus_encoder_destroy(media->opus);
	if (media->image != NULL) {
		vpx_img_free(media->image);
		(void)vpx_codec_destroy(&media->vpx); /* nothing is left to say */
	}
	rs_release(media->clip);
	return rs_release(media);
}

uint32_t tap_media_clock(const struct tap_media *media)
{
	return media->opus != NULL ? RATE : 90000;
}

int64_t tap_media_interval(const struct tap_media *media)
{
	return media->opus != NULL ? 20000 : 40000;
}

uint32_t tap_media_rtp_ts(const struct tap_media *media)
{
	return media->rtp_ts;
}

void tap_media_want_key(struct tap_media *media)
{
	media->want_key = true;
}

static void send(struct tap_media *media, const uint8_t *descriptor, size_t descriptor_len,
	const uint8_t *data, size_t len, bool marker, tap_media_sink *sink, void *ctx)
{
	uint8_t packet[TAP_MEDIA_PACKET_MAX];
	struct rs_writer w;
	rs_writer_init(&w, packet, sizeof(packet));
	const struct rtp_header header = { .marker = marker,
		.pt = media->opus != NULL ? 111 : 96,
		.seq = media->seq++,
		.rtp_ts = media->rtp_ts,
		.ssrc = media->ssrc };
	rtp_write_header(&w, &header);
	rs_write_bytes(&w, descriptor, descriptor_len);
	rs_write_bytes(&w, data, len);
	if (w.failed)
		abort();
	sink(ctx, packet, w.len);
}

static void next_tone(struct tap_media *media, tap_media_sink *sink, void *ctx)
{
	int16_t pcm[SAMPLES];
	for (size_t i = 0; i < SAMPLES; i++) {
		const double phase = (double)(media->sample++ * media->hz % RATE) / RATE;
		pcm[i] = (int16_t)(16000 * sin(2 * M_PI * phase));
	}
	uint8_t data[CHUNK];
	const int n = opus_encode(media->opus, pcm, SAMPLES, data, sizeof(data));
	if (n <= 0)
		abort();
	send(media, NULL, 0, data, (size_t)n, false, sink, ctx);
}

static void draw(struct tap_media *media)
{
	for (unsigned y = 0; y < HEIGHT; y++)
		for (unsigned x = 0; x < WIDTH; x++)
			media->image->planes[0][y * (unsigned)media->image->stride[0] + x] =
				(uint8_t)(x + y + 4 * media->frame);
	for (unsigned plane = 1; plane < 3; plane++)
		for (unsigned y = 0; y < HEIGHT / 2; y++)
			memset(media->image->planes[plane] +
					y * (unsigned)media->image->stride[plane],
				128, WIDTH / 2);
}

static void send_frame(
	struct tap_media *media, const uint8_t *data, size_t len, tap_media_sink *sink, void *ctx)
{
	for (size_t at = 0; at < len; at += CHUNK) {
		const struct vp8_descriptor descriptor = {
			.start = at == 0, .picture_id_bits = 15, .picture_id = media->picture_id
		};
		uint8_t bytes[VP8_DESCRIPTOR_MAX];
		struct rs_writer w;
		rs_writer_init(&w, bytes, sizeof(bytes));
		vp8_write(&w, &descriptor);
		const size_t n = len - at < CHUNK ? len - at : CHUNK;
		send(media, bytes, w.len, data + at, n, at + n == len, sink, ctx);
	}
	media->picture_id = (media->picture_id + 1) & 0x7FFF;
}

static void next_picture(struct tap_media *media, tap_media_sink *sink, void *ctx)
{
	draw(media);
	const vpx_enc_frame_flags_t flags = media->want_key ? VPX_EFLAG_FORCE_KF : 0;
	media->want_key = false;
	if (vpx_codec_encode(&media->vpx, media->image, (vpx_codec_pts_t)(media->frame * 3600),
		    3600, flags, VPX_DL_REALTIME) != VPX_CODEC_OK)
		abort();
	media->frame++;
	vpx_codec_iter_t iter = NULL;
	const vpx_codec_cx_pkt_t *packet;
	while ((packet = vpx_codec_get_cx_data(&media->vpx, &iter)) != NULL)
		if (packet->kind == VPX_CODEC_CX_FRAME_PKT)
			send_frame(media, packet->data.frame.buf, packet->data.frame.sz, sink, ctx);
}

static void to_packet(void *ctx, const uint8_t *payload, size_t len, bool marker)
{
	const struct onward *onward = ctx;
	send(onward->media, NULL, 0, payload, len, marker, onward->sink, onward->ctx);
}

static void next_of_clip(struct tap_media *media, tap_media_sink *sink, void *ctx)
{
	struct onward onward = { .media = media, .sink = sink, .ctx = ctx };
	clip_send(media->clip, (unsigned)(media->frame++ % CLIP_FRAMES), CHUNK / 4, to_packet,
		&onward);
}

void tap_media_next(struct tap_media *media, tap_media_sink *sink, void *ctx)
{
	if (media->opus != NULL)
		next_tone(media, sink, ctx);
	else if (media->clip != NULL)
		next_of_clip(media, sink, ctx);
	else
		next_picture(media, sink, ctx);
	tap_media_skip(media);
}

void tap_media_skip(struct tap_media *media)
{
	media->rtp_ts += (uint32_t)(tap_media_interval(media) * tap_media_clock(media) / 1000000);
}
