/* H.264, RFC 6184: single units, STAP-A and FU-A into access units whose units have their length before them. */
#include "common/rtp/h264.h"
#include "recorder/depay/bits.h"
#include "recorder/depay/depay_priv.h"

#include <errno.h>
#include <string.h>

/* nal_unit_type: ITU-T H.264 table 7-1 and RFC 6184 section 5.2. */
enum {
	UNIT_SLICE = 1,
	UNIT_IDR = 5,
	UNIT_SPS = 7,
	UNIT_PPS = 8,
	UNIT_LAST = 23, /* of those a decoder knows */
	UNIT_STAP_A = 24,
	UNIT_FU_A = 28,
};
#define TYPE_MASK 0x1f
#define FU_START 0x80
#define FU_END 0x40
#define LENGTH_LEN 4

/* Whether an access unit may begin with this unit: anything but a slice that is not the first
 * (first_mb_in_slice is 0 exactly when the bit behind the header is set, section 7.3.3). */
static bool may_start(unsigned type, const uint8_t *body, size_t len)
{
	if (type < UNIT_SLICE || type > UNIT_IDR)
		return true;
	return len > 0 && (body[0] & 0x80) != 0;
}

static int look(const struct depay_picture *picture, const struct depay_packet *packet,
	struct look *out_look)
{
	struct h264_content content;
	const uint8_t *p = packet->payload;
	const unsigned type = p[0] & TYPE_MASK;
	struct look found = { .skip = 1 };
	if (h264_parse(p, packet->len, &content) < 0)
		return -EBADMSG;
	if (type == UNIT_STAP_A) {
		found.starts =
			packet->len > 4 && may_start(p[3] & TYPE_MASK, p + 4, packet->len - 4);
	} else if (type == UNIT_FU_A) {
		if (packet->len < 3)
			return -EBADMSG;
		found.starts = (p[1] & FU_START) != 0 &&
			       may_start(p[1] & TYPE_MASK, p + 2, packet->len - 2);
		found.skip = 2;
	} else if (type == 0 || type > UNIT_LAST) {
		return -EBADMSG; /* packetisation mode 2, which nobody offers */
	} else {
		found.starts = may_start(type, p + 1, packet->len - 1);
	}
	found.key = content.parameters || content.idr;
	*out_look = found;
	return 0;
}

static void keep_sps(struct depay_avc *avc, const uint8_t *unit, size_t len)
{
	if (len == avc->sps_len && memcmp(unit, avc->sps, len) == 0)
		return;
	memcpy(avc->sps, unit, len);
	avc->sps_len = len;
	avc->n_pps = 0; /* they belong to another one */
}

static int keep_pps(struct depay_avc *avc, const uint8_t *unit, size_t len)
{
	struct bits bits;
	bits_init(&bits, unit + 1, len - 1);
	const uint32_t id = bits_ue(&bits);
	unsigned i = 0;
	while (i < avc->n_pps && avc->pps[i].id != id)
		i++;
	if (bits.failed || i == DEPAY_PPS_COUNT)
		return -EBADMSG;
	avc->pps[i].id = id;
	avc->pps[i].len = len;
	memcpy(avc->pps[i].data, unit, len);
	if (i == avc->n_pps)
		avc->n_pps++;
	return 0;
}

/* A whole unit is in the frame, behind its length. */
static int note_unit(struct depay_picture *picture, const uint8_t *unit, size_t len)
{
	struct depay_avc *avc = &picture->avc;
	const unsigned type = unit[0] & TYPE_MASK;
	if (type == UNIT_IDR)
		avc->idr = true;
	if (type == UNIT_SPS) {
		if (len < 4 || len > DEPAY_SPS_MAX)
			return -EBADMSG;
		avc->parameters = true;
		keep_sps(avc, unit, len);
	}
	if (type == UNIT_PPS) {
		if (len < 2 || len > DEPAY_PPS_MAX)
			return -EBADMSG;
		return keep_pps(avc, unit, len);
	}
	return 0;
}

static int append_unit(struct depay_picture *picture, const uint8_t *unit, size_t len)
{
	uint8_t length[LENGTH_LEN];
	struct rs_writer w;
	if (picture->avc.open || len == 0)
		return -EBADMSG;
	rs_writer_init(&w, length, sizeof(length));
	rs_write_u32(&w, (uint32_t)len);
	int err = rs_buf_append(&picture->data, length, sizeof(length));
	if (err == 0)
		err = rs_buf_append(&picture->data, unit, len);
	return err == 0 ? note_unit(picture, unit, len) : err;
}

/* RFC 6184 section 5.7.1: 16 bits of size before each unit. */
static int append_aggregate(struct depay_picture *picture, const struct depay_packet *packet)
{
	struct rs_reader reader;
	rs_reader_init(&reader, packet->payload + 1, packet->len - 1);
	while (rs_reader_left(&reader) > 0) {
		const size_t len = rs_read_u16(&reader);
		const uint8_t *unit = rs_read_view(&reader, len);
		if (unit == NULL)
			return -EBADMSG;
		if (len == 0)
			continue;
		const int err = append_unit(picture, unit, len);
		if (err < 0)
			return err;
	}
	return reader.failed ? -EBADMSG : 0;
}

/* Section 5.8: type and place are in the second octet; the first has the rest of the unit's header. */
static int append_fragment(struct depay_picture *picture, const struct depay_packet *packet)
{
	struct depay_avc *avc = &picture->avc;
	const uint8_t head = packet->payload[0];
	const uint8_t fragment = packet->payload[1];
	const bool starts = (fragment & FU_START) != 0;
	if (starts == avc->open)
		return -EBADMSG;
	int err = 0;
	if (starts) {
		const uint8_t begin[LENGTH_LEN + 1] = {
			[LENGTH_LEN] = (uint8_t)((head & ~TYPE_MASK) | (fragment & TYPE_MASK))
		};
		avc->unit_at = rs_buf_len(&picture->data);
		avc->open = true;
		err = rs_buf_append(&picture->data, begin, sizeof(begin));
	}
	if (err == 0)
		err = rs_buf_append(&picture->data, packet->payload + 2, packet->len - 2);
	if (err < 0 || (fragment & FU_END) == 0)
		return err;
	avc->open = false;
	uint8_t *unit = rs_buf_data(&picture->data) + avc->unit_at;
	const size_t len = rs_buf_len(&picture->data) - avc->unit_at - LENGTH_LEN;
	struct rs_writer w;
	rs_writer_init(&w, unit, LENGTH_LEN);
	rs_write_u32(&w, (uint32_t)len);
	return note_unit(picture, unit + LENGTH_LEN, len);
}

static int append(
	struct depay_picture *picture, const struct depay_packet *packet, const struct look *look)
{
	switch (packet->payload[0] & TYPE_MASK) {
	case UNIT_STAP_A:
		return append_aggregate(picture, packet);
	case UNIT_FU_A:
		return append_fragment(picture, packet);
	default:
		return append_unit(picture, packet->payload, packet->len);
	}
}

/* An IDR picture whose parameter sets are missing, though this encoder always sends them along, may
 * need others than those we have. */
static int finish(struct depay_picture *picture)
{
	struct depay_avc *avc = &picture->avc;
	picture->key = avc->idr && avc->sps_len > 0 && avc->n_pps > 0 &&
		       (avc->parameters || !avc->repeats);
	if (avc->open || rs_buf_len(&picture->data) == 0)
		return -EBADMSG;
	if (!picture->key)
		return 0;
	avc->repeats = avc->parameters;
	return avc_config(avc, picture->config, sizeof(picture->config), &picture->config_len,
		&picture->width, &picture->height);
}

const struct picture_format depay_h264 = { .look = look, .append = append, .finish = finish };
