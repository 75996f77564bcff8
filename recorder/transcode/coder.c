#include "recorder/transcode/coder.h"

#include "common/base/bytes.h"

#include <errno.h>
#include <string.h>
#include <wels/codec_api.h>

/* H.264 table 7-1. */
enum {
	UNIT_SPS = 7,
	UNIT_PPS = 8,
};

struct parameters {
	uint8_t data[CODER_PARAMETERS_MAX];
	size_t len;
};

struct coder {
	ISVCEncoder *encoder;
	bool ready; /* it was initialised */
	struct parameters sps;
	struct parameters pps;
};

static void fill_layer(SSpatialLayerConfig *layer, const struct coder_config *config)
{
	layer->iVideoWidth = config->width;
	layer->iVideoHeight = config->height;
	layer->fFrameRate = (float)config->fps;
	layer->iSpatialBitrate = (int)config->bitrate_bps;
	layer->iMaxSpatialBitrate = UNSPECIFIED_BIT_RATE;
	layer->uiProfileIdc = PRO_BASELINE;
	/* As canvas.h has them, and cameras send them: players take what is not said for that of television in HD. */
	layer->bVideoSignalTypePresent = true;
	layer->uiVideoFormat = VF_UNDEF;
	layer->bFullRange = false;
	layer->bColorDescriptionPresent = true;
	layer->uiColorPrimaries = CP_SMPTE170M;
	layer->uiTransferCharacteristics = TRC_SMPTE170M;
	layer->uiColorMatrix = CM_SMPTE170M;
	layer->sSliceArgument.uiSliceMode = SM_SINGLE_SLICE;
}

static int initialise(ISVCEncoder *encoder, const struct coder_config *config)
{
	SEncParamExt params;
	int quiet = WELS_LOG_QUIET;
	(void)(*encoder)->SetOption(
		encoder, ENCODER_OPTION_TRACE_LEVEL, &quiet); /* it would write to stderr */
	if ((*encoder)->GetDefaultParams(encoder, &params) != cmResultSuccess)
		return -EINVAL;
	params.iUsageType = CAMERA_VIDEO_REAL_TIME;
	params.iPicWidth = config->width;
	params.iPicHeight = config->height;
	params.iTargetBitrate = (int)config->bitrate_bps;
	params.iMaxBitrate = UNSPECIFIED_BIT_RATE;
	params.fMaxFrameRate = (float)config->fps;
	params.iRCMode = RC_BITRATE_MODE;
	params.iComplexityMode = LOW_COMPLEXITY;
	params.iMultipleThreadIdc = 1;
	params.uiIntraPeriod = 0; /* they are asked for */
	params.eSpsPpsIdStrategy = CONSTANT_ID;
	params.bEnableFrameSkip = false; /* a segment has to begin with a picture */
	params.iSpatialLayerNum = 1;
	params.iTemporalLayerNum = 1;
	fill_layer(&params.sSpatialLayers[0], config);
	return (*encoder)->InitializeExt(encoder, &params) == cmResultSuccess ? 0 : -EINVAL;
}

int coder_new(const struct coder_config *config, struct coder **out_coder)
{
	struct coder *coder = rs_zalloc(sizeof(*coder));
	if (coder == NULL)
		return -ENOMEM;
	if (WelsCreateSVCEncoder(&coder->encoder) != 0 || coder->encoder == NULL) {
		coder->encoder = NULL;
		coder_free(coder);
		return -ENOMEM;
	}
	const int err = initialise(coder->encoder, config);
	coder->ready = err == 0;
	if (err < 0) {
		coder_free(coder);
		return err;
	}
	*out_coder = coder;
	return 0;
}

struct coder *coder_free(struct coder *coder)
{
	if (coder == NULL)
		return NULL;
	if (coder->ready)
		(void)(*coder->encoder)->Uninitialize(coder->encoder); /* always succeeds */
	if (coder->encoder != NULL)
		WelsDestroySVCEncoder(coder->encoder);
	return rs_release(coder);
}

static void keep(struct parameters *parameters, const uint8_t *unit, size_t len)
{
	if (len > sizeof(parameters->data))
		return;
	memcpy(parameters->data, unit, len);
	parameters->len = len;
}

static int append_unit(struct rs_buf *out, const uint8_t *unit, size_t len)
{
	uint8_t *room = rs_buf_room(out, 4 + len);
	if (room == NULL)
		return -ENOMEM;
	struct rs_writer w;
	rs_writer_init(&w, room, 4 + len);
	rs_write_u32(&w, (uint32_t)len);
	rs_write_bytes(&w, unit, len);
	rs_buf_commit(out, w.len);
	return 0;
}

/* A unit with its start code: zeros and a one (H.264 annex B). */
static int take_unit(struct coder *coder, const uint8_t *unit, size_t len, struct rs_buf *out)
{
	while (len > 0 && *unit == 0) {
		unit++;
		len--;
	}
	if (len < 2)
		return -EIO;
	unit++;
	len--;
	switch (unit[0] & 0x1F) {
	case UNIT_SPS:
		keep(&coder->sps, unit, len);
		return 0;
	case UNIT_PPS:
		keep(&coder->pps, unit, len);
		return 0;
	default:
		return append_unit(out, unit, len);
	}
}

static int take_layer(struct coder *coder, const SLayerBSInfo *layer, struct rs_buf *out)
{
	const uint8_t *at = layer->pBsBuf;
	int err = 0;
	for (int i = 0; i < layer->iNalCount && err == 0; i++) {
		const size_t len = (size_t)layer->pNalLengthInByte[i];
		err = take_unit(coder, at, len, out);
		at += len;
	}
	return err;
}

int coder_encode(struct coder *coder, const struct canvas *canvas, int64_t time_ms, bool key,
	struct rs_buf *out)
{
	const SSourcePicture picture = { .iColorFormat = videoFormatI420,
		.iStride = { canvas->width, canvas->width / 2, canvas->width / 2 },
		.pData = { canvas->planes[0], canvas->planes[1], canvas->planes[2] },
		.iPicWidth = canvas->width,
		.iPicHeight = canvas->height,
		.uiTimeStamp = time_ms };
	SFrameBSInfo info = { 0 };
	if (key && (*coder->encoder)->ForceIntraFrame(coder->encoder, true) != 0)
		return -EIO;
	if ((*coder->encoder)->EncodeFrame(coder->encoder, &picture, &info) != cmResultSuccess ||
		info.eFrameType == videoFrameTypeInvalid || info.eFrameType == videoFrameTypeSkip ||
		(key && info.eFrameType != videoFrameTypeIDR))
		return -EIO;
	int err = 0;
	for (int i = 0; i < info.iLayerNum && err == 0; i++)
		err = take_layer(coder, &info.sLayerInfo[i], out);
	return err;
}

int coder_parameters(const struct coder *coder, const uint8_t **out_sps, size_t *out_sps_len,
	const uint8_t **out_pps, size_t *out_pps_len)
{
	if (coder->sps.len == 0 || coder->pps.len == 0)
		return -ENOENT;
	*out_sps = coder->sps.data;
	*out_sps_len = coder->sps.len;
	*out_pps = coder->pps.data;
	*out_pps_len = coder->pps.len;
	return 0;
}
