#include "recorder/mux/reel.h"

#include "common/base/buf.h"
#include "common/base/bytes.h"

#include <errno.h>
#include <string.h>

/* RFC 8794 section 11.2 and RFC 9559 section 5. */
enum {
	ID_EBML = 0x1A45DFA3,
	ID_SEGMENT = 0x18538067,
	ID_INFO = 0x1549A966,
	ID_DURATION = 0x4489,
	ID_TRACKS = 0x1654AE6B,
	ID_TRACK_ENTRY = 0xAE,
	ID_CODEC_ID = 0x86,
	ID_VIDEO = 0xE0,
	ID_PIXEL_WIDTH = 0xB0,
	ID_PIXEL_HEIGHT = 0xBA,
	ID_CLUSTER = 0x1F43B675,
	ID_TIMESTAMP = 0xE7,
	ID_SIMPLE_BLOCK = 0xA3,
};

/* An id of four octets and a size of eight. */
#define ELEMENT_HEAD_MAX 12
/* Track number (one octet, as ours are), time and flags. */
#define BLOCK_HEAD_LEN 4
#define NUMBER_MAX 8
#define CODEC_MAX 16
/* Elements before a cluster's time: Void or CRC-32. */
#define BEFORE_TIME_MAX 4

struct element {
	uint32_t id;
	uint64_t data_at;
	uint64_t len; /* 0 when unknown */
	bool unknown;
};

struct reel {
	struct reel_port port;
	size_t block_max;
	struct reel_head head;
	uint64_t at; /* of the next element */
	int64_t cluster_ms;
	struct rs_buf block;
};

/* EBML's variable-size integer at data[0]; 0 = it does not fit into `len` or four or eight octets. */
static size_t vint_len(uint8_t first, size_t max)
{
	const size_t len = first != 0 ? (size_t)__builtin_clz(first) - 24 + 1 : 0;
	return len <= max ? len : 0;
}

static uint64_t big_endian(const uint8_t *data, size_t len)
{
	uint64_t value = 0;
	for (size_t i = 0; i < len; i++)
		value = value << 8 | data[i];
	return value;
}

/* 1; 0 where the file ends, be it within the head; -EBADMSG; or the port's error. */
static int read_element(const struct reel *reel, struct element *out)
{
	uint8_t head[ELEMENT_HEAD_MAX] = { 0 };
	const int64_t n = reel->port.read(reel->port.ctx, reel->at, head, sizeof(head));
	if (n <= 0)
		return (int)n;
	const size_t id_len = vint_len(head[0], 4);
	if (id_len == 0)
		return -EBADMSG;
	const size_t size_len = vint_len(head[id_len], 8);
	if ((int64_t)(id_len + 1) > n)
		return 0;
	if (size_len == 0)
		return -EBADMSG;
	if ((int64_t)(id_len + size_len) > n)
		return 0;
	const uint64_t mask = (UINT64_C(1) << 7 * size_len) - 1;
	const uint64_t size = big_endian(head + id_len, size_len) & mask;
	*out = (struct element){ .id = (uint32_t)big_endian(head, id_len),
		.data_at = reel->at + id_len + size_len,
		.len = size == mask ? 0 : size,
		.unknown = size == mask };
	/* No file is as large, and sums stay in range. */
	return out->len > INT64_MAX / 2 ? -EBADMSG : 1;
}

/* As read_element(). */
static int read_number(const struct reel *reel, const struct element *element, uint64_t *out)
{
	uint8_t data[NUMBER_MAX];
	if (element->unknown || element->len > sizeof(data))
		return -EBADMSG;
	const int64_t n =
		reel->port.read(reel->port.ctx, element->data_at, data, (size_t)element->len);
	if (n < (int64_t)element->len)
		return n < 0 ? (int)n : 0;
	*out = big_endian(data, (size_t)element->len);
	return 1;
}

static int64_t milliseconds(uint64_t bits, uint64_t len)
{
	double value = 0;
	if (len != sizeof(value))
		return 0;
	memcpy(&value, &bits, sizeof(value));
	return value > 0 && value < 1e12 ? (int64_t)value : 0;
}

static int take_number(struct reel *reel, const struct element *element)
{
	uint64_t value = 0;
	const int got = read_number(reel, element, &value);
	if (got <= 0)
		return got;
	switch (element->id) {
	case ID_DURATION:
		reel->head.duration_ms = milliseconds(value, element->len);
		break;
	case ID_PIXEL_WIDTH:
		reel->head.width = (uint16_t)value;
		break;
	case ID_PIXEL_HEIGHT:
		reel->head.height = (uint16_t)value;
		break;
	default:
		reel->cluster_ms = (int64_t)(value & INT32_MAX);
		break;
	}
	return 1;
}

/* As read_number(); of codecs that are no pictures nothing is kept. */
static int take_codec(struct reel *reel, const struct element *element)
{
	static const struct {
		const char *name;
		enum mux_codec codec;
	} known[] = { { "V_VP8", MUX_VP8 }, { "V_VP9", MUX_VP9 }, { "V_MPEG4/ISO/AVC", MUX_H264 },
		{ "V_AV1", MUX_AV1 } };
	char name[CODEC_MAX] = "";
	if (element->len >= sizeof(name))
		return 1;
	const int64_t n =
		reel->port.read(reel->port.ctx, element->data_at, name, (size_t)element->len);
	if (n < (int64_t)element->len)
		return n < 0 ? (int)n : 0;
	for (size_t i = 0; i < RS_ARRAY_LEN(known); i++)
		if (strcmp(known[i].name, name) == 0)
			reel->head.picture = known[i].codec;
	return 1;
}

static bool is_master(uint32_t id)
{
	return id == ID_SEGMENT || id == ID_INFO || id == ID_TRACKS || id == ID_TRACK_ENTRY ||
	       id == ID_VIDEO || id == ID_CLUSTER;
}

static bool is_number(uint32_t id)
{
	return id == ID_DURATION || id == ID_PIXEL_WIDTH || id == ID_PIXEL_HEIGHT ||
	       id == ID_TIMESTAMP;
}

/* Behind a master's head stand its children, behind them what follows it: both are simply next. */
static int step(struct reel *reel, struct element *out)
{
	int got = read_element(reel, out);
	if (got <= 0)
		return got;
	if (out->unknown && !is_master(out->id))
		return -EBADMSG;
	if (is_number(out->id))
		got = take_number(reel, out);
	else if (out->id == ID_CODEC_ID)
		got = take_codec(reel, out);
	if (got <= 0)
		return got; /* not all of it is there: it is read again */
	reel->at = out->data_at + (is_master(out->id) ? 0 : out->len);
	return got;
}

static int read_head(struct reel *reel)
{
	struct element element;
	int got = step(reel, &element);
	if (got <= 0 || element.id != ID_EBML)
		return got < 0 ? got : -EBADMSG;
	got = step(reel, &element);
	if (got <= 0 || element.id != ID_SEGMENT)
		return got < 0 ? got : -EBADMSG;
	reel->head.finished = !element.unknown;
	reel->head.end = element.data_at + element.len;
	for (;;) {
		const uint64_t at = reel->at;
		got = step(reel, &element);
		if (got <= 0)
			return got;
		if (element.id != ID_CLUSTER)
			continue;
		reel->at = at;
		return 0;
	}
}

int reel_new(const struct reel_port *port, size_t block_max, struct reel **out_reel)
{
	RS_CLEANUP(reel_freep) struct reel *reel = rs_zalloc(sizeof(*reel));
	if (reel == NULL)
		return -ENOMEM;
	reel->port = *port;
	reel->block_max = block_max;
	rs_buf_init(&reel->block, block_max + BLOCK_HEAD_LEN);
	const int err = read_head(reel);
	if (err < 0)
		return err;
	*out_reel = rs_steal(&reel);
	return 0;
}

struct reel *reel_free(struct reel *reel)
{
	if (reel == NULL)
		return NULL;
	rs_buf_done(&reel->block);
	return rs_release(reel);
}

void reel_freep(struct reel **reel)
{
	*reel = reel_free(*reel);
}

const struct reel_head *reel_head(const struct reel *reel)
{
	return &reel->head;
}

/* As reel_next(). */
static int take_block(struct reel *reel, const struct element *element, struct reel_block *out)
{
	const size_t len = (size_t)element->len;
	rs_buf_consume(&reel->block, rs_buf_len(&reel->block));
	uint8_t *data = rs_buf_room(&reel->block, len);
	if (data == NULL)
		return -ENOMEM;
	const int64_t n = reel->port.read(reel->port.ctx, element->data_at, data, len);
	if (n < (int64_t)len)
		return n < 0 ? (int)n : 0; /* breaks off within the block */
	rs_buf_commit(&reel->block, len);
	struct rs_reader r;
	rs_reader_init(&r, data, len);
	const uint8_t track = rs_read_u8(&r);
	const int16_t offset = (int16_t)rs_read_u16(&r);
	const uint8_t flags = rs_read_u8(&r);
	if ((track & 0x80) == 0)
		return -EBADMSG;
	*out = (struct reel_block){ .track = track & 0x7F,
		.time_ms = reel->cluster_ms + offset,
		.key = (flags & 0x80) != 0,
		.data = data + BLOCK_HEAD_LEN,
		.len = len - BLOCK_HEAD_LEN };
	return 1;
}

int reel_next(struct reel *reel, struct reel_block *out_block)
{
	struct element element;
	for (;;) {
		const uint64_t at = reel->at;
		int got = step(reel, &element);
		if (got <= 0)
			return got;
		if (element.id != ID_SIMPLE_BLOCK || element.len < BLOCK_HEAD_LEN ||
			element.len > reel->block_max + BLOCK_HEAD_LEN)
			continue;
		got = take_block(reel, &element, out_block);
		if (got == 0)
			reel->at = at; /* the rest of it may come */
		return got;
	}
}

/* When the cluster at `at` begins, and what follows it if that can be known: 1; 0 (there is none, or it is not all there). */
static int peek_cluster(struct reel *reel, uint64_t at, int64_t *out_ms, uint64_t *out_next)
{
	const uint64_t stood = reel->at;
	struct element cluster = { .id = 0 };
	struct element child = { .id = 0 };
	reel->at = at;
	int got = read_element(reel, &cluster);
	if (got == 1 && cluster.id != ID_CLUSTER)
		got = 0;
	reel->at = cluster.data_at;
	for (int i = 0; i < BEFORE_TIME_MAX && got == 1 && child.id != ID_TIMESTAMP; i++) {
		got = read_element(reel, &child);
		reel->at = child.data_at + child.len;
	}
	uint64_t ms = 0;
	if (got == 1)
		got = child.id == ID_TIMESTAMP ? read_number(reel, &child, &ms) : 0;
	reel->at = stood;
	*out_ms = (int64_t)(ms & INT32_MAX);
	*out_next = got == 1 && !cluster.unknown ? cluster.data_at + cluster.len : 0;
	return got;
}

int reel_skip(struct reel *reel, int64_t time_ms)
{
	int64_t ms;
	int64_t next_ms;
	uint64_t next;
	uint64_t after;
	const int got = peek_cluster(reel, reel->at, &ms, &next);
	if (got != 1)
		return got < 0 ? got : -EPROTO;
	while (next != 0 && peek_cluster(reel, next, &next_ms, &after) == 1 && next_ms <= time_ms) {
		reel->at = next;
		next = after;
	}
	return 0;
}
