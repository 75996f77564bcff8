#include "tests/support/marked.h"

#include "common/rtp/vp8.h"

#include <opus.h>
#include <stdlib.h>
#include <string.h>
#include <vpx/vp8cx.h>
#include <vpx/vp8dx.h>
#include <vpx/vpx_decoder.h>
#include <vpx/vpx_encoder.h>

#define PAYLOAD_MAX 1100
#define PACKET_MAX 400
#define BITRATE 32000
#define DECODED_MAX 5760 /* the longest packet there is, RFC 6716 section 3.1 */

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* --- Camera --- */

struct marked_camera {
	vpx_codec_ctx_t vpx;
	vpx_image_t *image;
	unsigned width;
	unsigned height;
	vpx_codec_pts_t at;
	const uint8_t *view; /* what was taken last */
	size_t len;
	uint16_t picture_id;
};

struct marked_camera *marked_camera_new(
	unsigned width, unsigned height, unsigned fps, unsigned kbit)
{
	struct marked_camera *camera = rs_zalloc(sizeof(*camera));
	vpx_codec_enc_cfg_t config;
	must(camera != NULL &&
		vpx_codec_enc_config_default(vpx_codec_vp8_cx(), &config, 0) == VPX_CODEC_OK);
	config.g_w = width;
	config.g_h = height;
	config.g_timebase = (vpx_rational_t){ 1, (int)fps };
	config.rc_target_bitrate = kbit;
	config.g_error_resilient = 1;
	config.g_lag_in_frames = 0;
	config.kf_mode = VPX_KF_DISABLED;
	config.rc_end_usage = VPX_CBR;
	must(vpx_codec_enc_init(&camera->vpx, vpx_codec_vp8_cx(), &config, 0) == VPX_CODEC_OK);
	must(vpx_codec_control(&camera->vpx, VP8E_SET_CPUUSED, -16) == VPX_CODEC_OK);
	camera->image = vpx_img_alloc(NULL, VPX_IMG_FMT_I420, width, height, 16);
	must(camera->image != NULL);
	camera->width = width;
	camera->height = height;
	return camera;
}

struct marked_camera *marked_camera_free(struct marked_camera *camera)
{
	if (camera == NULL)
		return NULL;
	vpx_img_free(camera->image);
	(void)vpx_codec_destroy(&camera->vpx); /* nothing is left to say */
	return rs_release(camera);
}

/* A slope that moves, under the bar; no colour. */
static void draw(struct marked_camera *camera, uint16_t number)
{
	uint8_t *luma = camera->image->planes[0];
	const size_t stride = (size_t)camera->image->stride[0];
	for (unsigned y = 0; y < camera->height; y++)
		for (unsigned x = 0; x < camera->width; x++)
			luma[y * stride + x] = (uint8_t)(x + y + 2U * number);
	marks_draw(luma, stride, camera->width, camera->height, number);
	for (unsigned plane = 1; plane < 3; plane++)
		for (unsigned y = 0; y < camera->height / 2; y++)
			memset(camera->image->planes[plane] +
					y * (size_t)camera->image->stride[plane],
				128, camera->width / 2);
}

void marked_camera_take(struct marked_camera *camera, uint16_t number, bool key,
	const uint8_t **out_view, size_t *out_len)
{
	draw(camera, number);
	must(vpx_codec_encode(&camera->vpx, camera->image, camera->at++, 1,
		     key ? VPX_EFLAG_FORCE_KF : 0, VPX_DL_REALTIME) == VPX_CODEC_OK);
	vpx_codec_iter_t iter = NULL;
	const vpx_codec_cx_pkt_t *packet = vpx_codec_get_cx_data(&camera->vpx, &iter);
	must(packet != NULL && packet->kind == VPX_CODEC_CX_FRAME_PKT);
	camera->view = packet->data.frame.buf;
	camera->len = packet->data.frame.sz;
	camera->picture_id = (camera->picture_id + 1) & 0x7FFF;
	*out_view = camera->view;
	*out_len = camera->len;
}

void marked_camera_send(
	const struct marked_camera *camera, size_t max, marked_sink *sink, void *ctx)
{
	must(max > VP8_DESCRIPTOR_MAX && max <= PAYLOAD_MAX);
	size_t n;
	for (size_t at = 0; at < camera->len; at += n) {
		const struct vp8_descriptor descriptor = {
			.start = at == 0, .picture_id_bits = 15, .picture_id = camera->picture_id
		};
		uint8_t payload[PAYLOAD_MAX];
		struct rs_writer w;
		rs_writer_init(&w, payload, max);
		vp8_write(&w, &descriptor);
		n = camera->len - at < max - w.len ? camera->len - at : max - w.len;
		rs_write_bytes(&w, camera->view + at, n);
		must(!w.failed);
		sink(ctx, payload, w.len, at + n == camera->len);
	}
}

/* --- Microphone --- */

struct marked_microphone {
	OpusEncoder *opus;
	struct marks_mouth *mouth;
	uint8_t packet[PACKET_MAX];
};

struct marked_microphone *marked_microphone_new(unsigned voice, uint16_t first)
{
	struct marked_microphone *microphone = rs_zalloc(sizeof(*microphone));
	int err;
	must(microphone != NULL);
	microphone->mouth = marks_mouth_new(voice, first);
	microphone->opus = opus_encoder_create(MARKS_RATE, 1, OPUS_APPLICATION_AUDIO, &err);
	must(microphone->opus != NULL);
	must(opus_encoder_ctl(microphone->opus, OPUS_SET_BITRATE(BITRATE)) == OPUS_OK);
	must(opus_encoder_ctl(microphone->opus, OPUS_SET_VBR(0)) == OPUS_OK);
	/* Costs a fifth, which counts where half an hour of it is made. */
	must(opus_encoder_ctl(microphone->opus, OPUS_SET_COMPLEXITY(0)) == OPUS_OK);
	must(opus_encoder_ctl(microphone->opus, OPUS_SET_SIGNAL(OPUS_SIGNAL_MUSIC)) == OPUS_OK);
	return microphone;
}

struct marked_microphone *marked_microphone_free(struct marked_microphone *microphone)
{
	if (microphone == NULL)
		return NULL;
	opus_encoder_destroy(microphone->opus);
	marks_mouth_free(microphone->mouth);
	return rs_release(microphone);
}

void marked_microphone_take(
	struct marked_microphone *microphone, const uint8_t **out_view, size_t *out_len)
{
	int16_t pcm[MARKED_SAMPLES];
	marks_say(microphone->mouth, pcm, MARKED_SAMPLES);
	const int len = opus_encode(microphone->opus, pcm, MARKED_SAMPLES, microphone->packet,
		sizeof(microphone->packet));
	must(len > 0);
	*out_view = microphone->packet;
	*out_len = (size_t)len;
}

/* --- Eye --- */

struct marked_eye {
	vpx_codec_ctx_t vpx;
};

struct marked_eye *marked_eye_new(void)
{
	struct marked_eye *eye = rs_zalloc(sizeof(*eye));
	must(eye != NULL &&
		vpx_codec_dec_init(&eye->vpx, vpx_codec_vp8_dx(), NULL, 0) == VPX_CODEC_OK);
	return eye;
}

struct marked_eye *marked_eye_free(struct marked_eye *eye)
{
	if (eye != NULL)
		(void)vpx_codec_destroy(&eye->vpx); /* nothing is left to say */
	return rs_release(eye);
}

int32_t marked_eye_look(struct marked_eye *eye, const uint8_t *data, size_t len)
{
	vpx_codec_iter_t iter = NULL;
	if (vpx_codec_decode(&eye->vpx, data, (unsigned)len, NULL, 0) != VPX_CODEC_OK)
		return -1;
	const vpx_image_t *image = vpx_codec_get_frame(&eye->vpx, &iter);
	if (image == NULL)
		return -1;
	return marks_see(image->planes[0], (size_t)image->stride[0], image->d_w, image->d_h);
}

/* --- Ear --- */

struct marked_ear {
	OpusDecoder *opus;
	struct marks_ear *ear;
};

struct marked_ear *marked_ear_new(unsigned voice, marks_hear_fn *hear, void *ctx)
{
	struct marked_ear *ear = rs_zalloc(sizeof(*ear));
	int err;
	must(ear != NULL);
	ear->opus = opus_decoder_create(MARKS_RATE, 1, &err);
	must(ear->opus != NULL);
	ear->ear = marks_ear_new(voice, hear, ctx);
	return ear;
}

struct marked_ear *marked_ear_free(struct marked_ear *ear)
{
	if (ear == NULL)
		return NULL;
	opus_decoder_destroy(ear->opus);
	marks_ear_free(ear->ear);
	return rs_release(ear);
}

void marked_ear_listen(struct marked_ear *ear, const uint8_t *data, size_t len)
{
	int16_t pcm[DECODED_MAX];
	const int n = opus_decode(ear->opus, data, (opus_int32)len, pcm, DECODED_MAX, 0);
	must(n > 0);
	marks_ear_push(ear->ear, pcm, (size_t)n);
}

void marked_ear_end(struct marked_ear *ear)
{
	static const int16_t silence[MARKS_RATE];
	marks_ear_push(ear->ear, silence, MARKS_RATE);
}
