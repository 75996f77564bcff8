/* What an H.264 sequence parameter set says, ITU-T H.264 section 7.3.2.1.1, and avcC made of it. */
#include "recorder/depay/avc.h"

#include "recorder/depay/bits.h"
#include "recorder/depay/depay_priv.h"

#include <errno.h>

#define ORDER_FRAMES_MAX 255 /* num_ref_frames_in_pic_order_cnt_cycle */
#define MACROBLOCK 16

struct sps {
	unsigned profile;
	unsigned chroma_format;
	unsigned depth_luma;
	unsigned depth_chroma;
	uint32_t references;
	uint32_t macroblocks; /* before the edges are cut off */
	uint32_t width;
	uint32_t height;
};

/* Profiles that say more about colours (the list in section 7.3.2.1.1). */
static bool is_high(unsigned profile)
{
	static const uint8_t high[] = { 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134,
		135 };
	for (size_t i = 0; i < sizeof(high); i++)
		if (high[i] == profile)
			return true;
	return false;
}

/* Section 7.3.1: a 3 behind two zeros is not part of the payload. */
static size_t unescape(const uint8_t *data, size_t len, uint8_t out[DEPAY_SPS_MAX])
{
	size_t n = 0;
	unsigned zeros = 0;
	for (size_t i = 0; i < len; i++) {
		if (zeros >= 2 && data[i] == 3) {
			zeros = 0;
			continue;
		}
		zeros = data[i] == 0 ? zeros + 1 : 0;
		out[n++] = data[i];
	}
	return n;
}

/* Section 7.3.2.1.1.1. */
static void skip_scaling_list(struct bits *bits, unsigned size)
{
	int64_t last = 8;
	int64_t next = 8;
	for (unsigned i = 0; i < size && !bits->failed; i++) {
		if (next != 0)
			next = (last + bits_se(bits) + 256) % 256;
		last = next != 0 ? next : last;
	}
}

static void read_colours(struct bits *bits, struct sps *sps)
{
	sps->chroma_format = bits_ue(bits);
	if (sps->chroma_format == 3)
		(void)bits_one(bits); /* planes apart */
	sps->depth_luma = bits_ue(bits);
	sps->depth_chroma = bits_ue(bits);
	(void)bits_one(bits); /* lossless */
	if (bits_one(bits) == 0)
		return;
	const unsigned lists = sps->chroma_format != 3 ? 8 : 12;
	for (unsigned i = 0; i < lists; i++)
		if (bits_one(bits) != 0)
			skip_scaling_list(bits, i < 6 ? 16 : 64);
}

static void skip_order(struct bits *bits)
{
	(void)bits_ue(bits); /* bits of frame_num */
	const uint32_t type = bits_ue(bits);
	if (type == 0)
		(void)bits_ue(bits);
	if (type != 1)
		return;
	(void)bits_one(bits);
	(void)bits_se(bits);
	(void)bits_se(bits);
	const uint32_t frames = bits_ue(bits);
	if (frames > ORDER_FRAMES_MAX)
		bits->failed = true;
	for (uint32_t i = 0; i < frames && !bits->failed; i++)
		(void)bits_se(bits);
}

static void read_size(struct bits *bits, struct sps *sps)
{
	const uint32_t columns = bits_ue(bits) + 1;
	const uint32_t rows = bits_ue(bits) + 1;
	const bool frames_only = bits_one(bits) != 0;
	if (!frames_only)
		(void)bits_one(bits);
	(void)bits_one(bits); /* inference of motion vectors */
	if (columns > UINT16_MAX / MACROBLOCK || rows > UINT16_MAX / MACROBLOCK / 2) {
		bits->failed = true;
		return;
	}
	sps->width = columns * MACROBLOCK;
	sps->height = rows * MACROBLOCK * (frames_only ? 1 : 2);
	sps->macroblocks = columns * rows * (frames_only ? 1 : 2);
	if (bits_one(bits) == 0)
		return;
	/* Cropping is in units of chroma samples, and of two rows where fields are coded. */
	const uint32_t unit_x = sps->chroma_format == 1 || sps->chroma_format == 2 ? 2 : 1;
	const uint32_t unit_y = (sps->chroma_format == 1 ? 2U : 1U) * (frames_only ? 1 : 2);
	const uint64_t x = (uint64_t)unit_x * ((uint64_t)bits_ue(bits) + bits_ue(bits));
	const uint64_t y = (uint64_t)unit_y * ((uint64_t)bits_ue(bits) + bits_ue(bits));
	if (x >= sps->width || y >= sps->height) {
		bits->failed = true;
		return;
	}
	sps->width -= (uint32_t)x;
	sps->height -= (uint32_t)y;
}

static int parse(const uint8_t *unit, size_t unit_len, struct sps *out)
{
	uint8_t payload[DEPAY_SPS_MAX];
	const size_t len = unescape(unit + 1, unit_len - 1, payload);
	struct bits bits;
	bits_init(&bits, payload, len);
	struct sps sps = { .profile = bits_read(&bits, 8), .chroma_format = 1 };
	(void)bits_read(&bits, 16); /* constraints, level */
	(void)bits_ue(&bits);       /* its id */
	if (is_high(sps.profile))
		read_colours(&bits, &sps);
	skip_order(&bits);
	sps.references = bits_ue(&bits);
	(void)bits_one(&bits); /* gaps in frame_num */
	read_size(&bits, &sps);
	if (bits.failed || sps.chroma_format > 3 || sps.depth_luma > 7 || sps.depth_chroma > 7)
		return -EBADMSG;
	*out = sps;
	return 0;
}

int avc_need(const uint8_t *sps, size_t len, struct avc_need *out_need)
{
	struct sps found;
	if (len < 4 || len > DEPAY_SPS_MAX || parse(sps, len, &found) < 0)
		return -EBADMSG;
	*out_need = (struct avc_need){ .macroblocks = found.macroblocks,
		.references = found.references,
		.plain = found.chroma_format == 1 && found.depth_luma == 0 &&
			 found.depth_chroma == 0 };
	return 0;
}

int avc_config(const struct depay_avc *avc, uint8_t *config, size_t cap, size_t *out_len,
	uint16_t *out_width, uint16_t *out_height)
{
	struct sps sps;
	if (parse(avc->sps, avc->sps_len, &sps) < 0)
		return -EBADMSG;
	struct rs_writer w;
	rs_writer_init(&w, config, cap);
	rs_write_u8(&w, 1);
	rs_write_bytes(&w, avc->sps + 1, 3); /* profile, constraints, level */
	rs_write_u8(&w, 0xFC | 3);           /* lengths of four octets */
	rs_write_u8(&w, 0xE0 | 1);
	rs_write_u16(&w, (uint16_t)avc->sps_len);
	rs_write_bytes(&w, avc->sps, avc->sps_len);
	rs_write_u8(&w, (uint8_t)avc->n_pps);
	for (unsigned i = 0; i < avc->n_pps; i++) {
		rs_write_u16(&w, (uint16_t)avc->pps[i].len);
		rs_write_bytes(&w, avc->pps[i].data, avc->pps[i].len);
	}
	if (sps.profile == 100 || sps.profile == 110 || sps.profile == 122 || sps.profile == 144) {
		rs_write_u8(&w, (uint8_t)(0xFC | sps.chroma_format));
		rs_write_u8(&w, (uint8_t)(0xF8 | sps.depth_luma));
		rs_write_u8(&w, (uint8_t)(0xF8 | sps.depth_chroma));
		rs_write_u8(&w, 0); /* no extensions of the parameter set */
	}
	if (w.failed)
		return -EBADMSG;
	*out_len = w.len;
	*out_width = (uint16_t)sps.width;
	*out_height = (uint16_t)sps.height;
	return 0;
}
