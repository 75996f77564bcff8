/* H.264 by libopenh264. */
#include "common/base/bytes.h"
#include "recorder/depay/avc.h"
#include "recorder/transcode/screen_priv.h"

#include <errno.h>
#include <string.h>
#include <wels/codec_api.h>

/* H.264 table 7-1. */
enum {
	UNIT_SLICE = 1,
	UNIT_IDR = 5,
	UNIT_SPS = 7,
	UNIT_PPS = 8,
};
#define TYPE_MASK 0x1f
#define FRAME_MAX ((size_t)8 << 20)

struct h264 {
	ISVCDecoder *decoder;
	bool ready;     /* it was initialised */
	uint8_t *units; /* with start codes */
	size_t len;
	size_t cap;
};

static void close_h264(void *state)
{
	struct h264 *h264 = state;
	if (h264->ready)
		(void)(*h264->decoder)->Uninitialize(h264->decoder); /* always succeeds */
	if (h264->decoder != NULL)
		WelsDestroyDecoder(h264->decoder);
	rs_release(h264->units);
	rs_release(h264);
}

static int open_h264(enum mux_codec codec, void **out_state)
{
	/* Nothing is made up where something is missing: whoever gave it asks for a key frame. */
	const SDecodingParam config = { .eEcActiveIdc = ERROR_CON_DISABLE,
		.sVideoProperty = {
			.size = sizeof(SVideoProperty), .eVideoBsType = VIDEO_BITSTREAM_AVC } };
	int quiet = WELS_LOG_QUIET;
	struct h264 *h264 = rs_zalloc(sizeof(*h264));
	if (h264 == NULL)
		return -ENOMEM;
	if (WelsCreateDecoder(&h264->decoder) != 0)
		h264->decoder = NULL;
	if (h264->decoder != NULL) {
		(void)(*h264->decoder)
			->SetOption(h264->decoder, DECODER_OPTION_TRACE_LEVEL,
				&quiet); /* it would write to stderr */
		h264->ready = (*h264->decoder)->Initialize(h264->decoder, &config) == 0;
	}
	if (!h264->ready) {
		close_h264(h264);
		return -ENOMEM;
	}
	*out_state = h264;
	return 0;
}

/* A stranger's parameter set says how much room a decoder takes, which believes it. */
static bool is_bearable(const uint8_t *sps, size_t len)
{
	struct avc_need need;
	return avc_need(sps, len, &need) == 0 && need.plain &&
	       need.macroblocks <= SCREEN_MACROBLOCKS_MAX &&
	       (uint64_t)need.macroblocks * need.references <= SCREEN_KEPT_MACROBLOCKS_MAX;
}

/* Two zeros and less than a 2 are in no unit (section 7.4.1): a decoder would see the beginning of one that was not looked at. */
static bool hides_another(const uint8_t *unit, size_t len)
{
	for (size_t i = 2; i < len; i++)
		if (unit[i] < 2 && unit[i - 1] == 0 && unit[i - 2] == 0)
			return true;
	return false;
}

static int add_unit(struct h264 *h264, const uint8_t *unit, size_t len)
{
	static const uint8_t start[] = { 0, 0, 0, 1 };
	while (len > 0 && unit[len - 1] == 0)
		len--; /* padding */
	if (len < 2)
		return 0;
	const unsigned type = unit[0] & TYPE_MASK;
	if (type != UNIT_SLICE && type != UNIT_IDR && type != UNIT_SPS && type != UNIT_PPS)
		return 0; /* no picture hangs on any other */
	if (hides_another(unit, len) || (type == UNIT_SPS && !is_bearable(unit, len)))
		return -EBADMSG;
	memcpy(h264->units + h264->len, start, sizeof(start));
	memcpy(h264->units + h264->len + sizeof(start), unit, len);
	h264->len += sizeof(start) + len;
	return 0;
}

static int make_room(struct h264 *h264, size_t len)
{
	h264->len = 0;
	if (len <= h264->cap)
		return 0;
	rs_release(h264->units);
	h264->cap = 0;
	h264->units = rs_zalloc(len);
	if (h264->units == NULL)
		return -ENOMEM;
	h264->cap = len;
	return 0;
}

/* Lengths become start codes, which are as long. */
static int take_units(struct h264 *h264, const uint8_t *data, size_t len)
{
	struct rs_reader r;
	int err = len <= FRAME_MAX ? make_room(h264, len) : -EBADMSG;
	rs_reader_init(&r, data, len);
	for (unsigned n = 0; err == 0 && rs_reader_left(&r) > 0; n++) {
		const size_t unit_len = rs_read_u32(&r);
		const uint8_t *unit = rs_read_view(&r, unit_len);
		if (r.failed || n == SCREEN_UNITS_MAX)
			return -EBADMSG;
		err = add_unit(h264, unit, unit_len);
	}
	return err;
}

/* Above the baseline profile it waits for pictures that are to be seen earlier; no sender in real time has any. */
static void flush(struct h264 *h264, unsigned char *planes[3], SBufferInfo *info)
{
	ISVCDecoder *decoder = h264->decoder;
	int ends = 1;
	(void)(*decoder)->SetOption(
		decoder, DECODER_OPTION_END_OF_STREAM, &ends); /* both are known */
	(void)(*decoder)->FlushFrame(
		decoder, planes, info); /* the status says whether there was one */
	ends = 0;
	(void)(*decoder)->SetOption(decoder, DECODER_OPTION_END_OF_STREAM, &ends);
}

static int decode(void *state, const uint8_t *data, size_t len, struct canvas_image *out_image)
{
	struct h264 *h264 = state;
	unsigned char *planes[3] = { NULL };
	SBufferInfo info = { 0 };
	const int err = take_units(h264, data, len);
	if (err < 0 || h264->len == 0)
		return err;
	if ((*h264->decoder)
			->DecodeFrameNoDelay(h264->decoder, h264->units, (int)h264->len, planes,
				&info) != dsErrorFree)
		return -EBADMSG;
	if (info.iBufferStatus != 1)
		flush(h264, planes, &info);
	const SSysMEMBuffer *buffer = &info.UsrData.sSystemBuffer;
	if (info.iBufferStatus != 1 || planes[0] == NULL)
		return 0;
	if (buffer->iFormat != videoFormatI420 || buffer->iWidth <= 0 || buffer->iHeight <= 0)
		return -EBADMSG;
	*out_image = (struct canvas_image){ .planes = { planes[0], planes[1], planes[2] },
		.strides = { buffer->iStride[0], buffer->iStride[1], buffer->iStride[1] },
		.width = buffer->iWidth,
		.height = buffer->iHeight };
	return 1;
}

const struct screen_decoder screen_h264 = {
	.open = open_h264, .close = close_h264, .decode = decode, .resents = true
};
