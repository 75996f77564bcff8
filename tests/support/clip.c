#include "tests/support/clip.h"

#include "common/base/bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNITS_MAX 16
#define PAYLOAD_MAX 1400

/* A NAL unit or an OBU of a frame; an OBU without its size. */
struct unit {
	size_t len;
	uint8_t data[CLIP_FRAME_MAX];
};

struct units {
	size_t n;
	struct unit all[UNITS_MAX];
};

static void must(bool holds)
{
	if (!holds)
		abort();
}

const char *clip_name(enum clip_codec codec)
{
	static const char *const names[CLIP_CODECS] = { "VP9", "H264", "AV1" };
	return names[codec];
}

/* IVF: a head of 32 octets; before each frame its length and time, little endian. */
struct clip *clip_load(const char *root, enum clip_codec codec)
{
	static const char *const files[CLIP_CODECS] = { "vp9.ivf", "h264.ivf", "av1.ivf" };
	char path[1024];
	(void)snprintf(path, sizeof(path), "%s/tests/support/clips/%s", root, files[codec]);
	FILE *file = fopen(path, "rb");
	struct clip *clip = rs_zalloc(sizeof(*clip));
	must(file != NULL && clip != NULL && fseek(file, 32, SEEK_SET) == 0);
	clip->codec = codec;
	for (unsigned i = 0; i < CLIP_FRAMES; i++) {
		uint8_t head[12];
		must(fread(head, 1, sizeof(head), file) == sizeof(head));
		clip->frames[i].len = head[0] | (size_t)head[1] << 8;
		must(head[2] == 0 && clip->frames[i].len <= CLIP_FRAME_MAX);
		must(fread(clip->frames[i].data, 1, clip->frames[i].len, file) ==
			clip->frames[i].len);
	}
	must(fclose(file) == 0);
	return clip;
}

static void add(struct units *units, const uint8_t *data, size_t len)
{
	must(units->n < UNITS_MAX && len <= CLIP_FRAME_MAX);
	struct unit *unit = &units->all[units->n++];
	unit->len = len;
	memcpy(unit->data, data, len);
}

/* Units between start codes (ITU-T H.264 annex B). */
static void split_h264(const uint8_t *data, size_t len, struct units *out)
{
	size_t from = 0;
	for (size_t i = 0; i <= len; i++) {
		const bool code =
			i + 3 <= len && data[i] == 0 && data[i + 1] == 0 && data[i + 2] == 1;
		if (!code && i < len)
			continue;
		size_t to = i;
		while (to > from && data[to - 1] == 0)
			to--; /* the fourth octet of a start code */
		if (from > 0 && to > from)
			add(out, data + from, to - from);
		from = i + 3;
		i += 2;
	}
}

/* OBUs with a size each (AV1 specification section 5.3); the delimiter does not travel. */
static void split_av1(const uint8_t *data, size_t len, struct units *out)
{
	struct rs_reader reader;
	rs_reader_init(&reader, data, len);
	while (rs_reader_left(&reader) > 0) {
		const uint8_t head = rs_read_u8(&reader);
		must((head & 0x06) == 0x02); /* a size, no extension */
		size_t size = 0;
		uint8_t octet;
		unsigned shift = 0;
		do {
			octet = rs_read_u8(&reader);
			size |= (size_t)(octet & 0x7f) << shift;
			shift += 7;
		} while ((octet & 0x80) != 0);
		const uint8_t *body = rs_read_view(&reader, size);
		must(!reader.failed && size < CLIP_FRAME_MAX);
		if ((head >> 3 & 0x0f) == 2)
			continue;
		uint8_t obu[CLIP_FRAME_MAX] = { head & (uint8_t)~0x02 };
		memcpy(obu + 1, body, size);
		add(out, obu, size + 1);
	}
}

static struct units *split(const struct clip *clip, unsigned n)
{
	struct units *units = rs_zalloc(sizeof(*units));
	must(units != NULL && n < CLIP_FRAMES);
	if (clip->codec == CLIP_H264)
		split_h264(clip->frames[n].data, clip->frames[n].len, units);
	else if (clip->codec == CLIP_AV1)
		split_av1(clip->frames[n].data, clip->frames[n].len, units);
	else
		add(units, clip->frames[n].data, clip->frames[n].len);
	must(units->n > 0);
	return units;
}

static void put_leb128(struct rs_writer *w, size_t value)
{
	for (; value > 0x7f; value >>= 7)
		rs_write_u8(w, (uint8_t)(0x80 | (value & 0x7f)));
	rs_write_u8(w, (uint8_t)value);
}

/* I with 15 bits of PictureID, P, B, E; no layers. */
static void send_vp9(const struct clip *clip, unsigned n, size_t max, clip_sink *sink, void *ctx)
{
	const uint8_t *data = clip->frames[n].data;
	const size_t len = clip->frames[n].len;
	const uint8_t inter = n % CLIP_KEY_EVERY == 0 ? 0 : 0x40;
	for (size_t at = 0; at < len;) {
		const size_t part = len - at < max - 3 ? len - at : max - 3;
		uint8_t payload[PAYLOAD_MAX];
		struct rs_writer w;
		rs_writer_init(&w, payload, sizeof(payload));
		const bool last = at + part == len;
		rs_write_u8(&w, (uint8_t)(0x80 | inter | (at == 0 ? 0x08 : 0) | (last ? 0x04 : 0)));
		rs_write_u16(&w, (uint16_t)(0x8000 | n));
		rs_write_bytes(&w, data + at, part);
		must(!w.failed);
		sink(ctx, payload, w.len, last);
		at += part;
	}
}

static void send_fragments(
	const struct unit *unit, size_t max, bool last_unit, clip_sink *sink, void *ctx)
{
	for (size_t at = 1; at < unit->len;) {
		const size_t part = unit->len - at < max - 2 ? unit->len - at : max - 2;
		const bool last = at + part == unit->len;
		uint8_t payload[PAYLOAD_MAX];
		struct rs_writer w;
		rs_writer_init(&w, payload, sizeof(payload));
		rs_write_u8(&w, (uint8_t)((unit->data[0] & 0xe0) | 28));
		rs_write_u8(&w, (uint8_t)((unit->data[0] & 0x1f) | (at == 1 ? 0x80 : 0) |
					  (last ? 0x40 : 0)));
		rs_write_bytes(&w, unit->data + at, part);
		must(!w.failed);
		sink(ctx, payload, w.len, last && last_unit);
		at += part;
	}
}

/* As many units as fit go together; one that is too long is cut up. */
static void send_h264(const struct units *units, size_t max, clip_sink *sink, void *ctx)
{
	for (size_t i = 0; i < units->n;) {
		size_t n = 0;
		size_t len = 1;
		while (i + n < units->n && len + 2 + units->all[i + n].len <= max)
			len += 2 + units->all[i + n++].len;
		const bool last = i + (n > 0 ? n : 1) == units->n;
		if (n == 0 && units->all[i].len > max) {
			send_fragments(&units->all[i++], max, last, sink, ctx);
			continue;
		}
		if (n <= 1) {
			sink(ctx, units->all[i].data, units->all[i].len, last);
			i++;
			continue;
		}
		uint8_t payload[PAYLOAD_MAX];
		struct rs_writer w;
		rs_writer_init(&w, payload, sizeof(payload));
		rs_write_u8(&w, 0x60 | 24);
		for (size_t j = i; j < i + n; j++) {
			rs_write_u16(&w, (uint16_t)units->all[j].len);
			rs_write_bytes(&w, units->all[j].data, units->all[j].len);
		}
		must(!w.failed);
		sink(ctx, payload, w.len, last);
		i += n;
	}
}

/* Every element has its length before it (W = 0), but where one alone fills a packet (W = 1). */
static void send_av1(const struct units *units, bool key, size_t max, clip_sink *sink, void *ctx)
{
	size_t i = 0;
	size_t at = 0;
	for (bool first = true; i < units->n; first = false) {
		uint8_t payload[PAYLOAD_MAX];
		struct rs_writer w;
		rs_writer_init(&w, payload, max);
		uint8_t head = (uint8_t)((at > 0 ? 0x80 : 0) | (first && key ? 0x08 : 0));
		const size_t left = units->all[i].len - at;
		rs_write_u8(&w, head);
		if (left >= max - 1) {
			head |= 0x10;
			rs_write_bytes(&w, units->all[i].data + at, max - 1);
			at += max - 1;
			if (at < units->all[i].len)
				head |= 0x40;
		} else {
			for (; i < units->n; i++, at = 0) {
				const size_t len = units->all[i].len - at;
				if (w.len + 2 + len > max)
					break;
				put_leb128(&w, len);
				rs_write_bytes(&w, units->all[i].data + at, len);
			}
		}
		if (i < units->n && at == units->all[i].len) {
			i++;
			at = 0;
		}
		must(!w.failed && w.len > 1);
		payload[0] = head;
		sink(ctx, payload, w.len, i == units->n);
	}
}

void clip_send(const struct clip *clip, unsigned n, size_t max, clip_sink *sink, void *ctx)
{
	must(max >= 64 && max <= PAYLOAD_MAX);
	struct units *units = split(clip, n);
	if (clip->codec == CLIP_VP9)
		send_vp9(clip, n, max, sink, ctx);
	else if (clip->codec == CLIP_H264)
		send_h264(units, max, sink, ctx);
	else
		send_av1(units, n % CLIP_KEY_EVERY == 0, max, sink, ctx);
	rs_release(units);
}

size_t clip_stored(const struct clip *clip, unsigned n, uint8_t out[CLIP_FRAME_MAX])
{
	struct units *units = split(clip, n);
	struct rs_writer w;
	rs_writer_init(&w, out, CLIP_FRAME_MAX);
	for (size_t i = 0; i < units->n; i++) {
		const struct unit *unit = &units->all[i];
		size_t skip = 0;
		if (clip->codec == CLIP_H264)
			rs_write_u32(&w, (uint32_t)unit->len);
		if (clip->codec == CLIP_AV1) {
			rs_write_u8(&w, unit->data[0] | 0x02);
			put_leb128(&w, unit->len - 1);
			skip = 1;
		}
		rs_write_bytes(&w, unit->data + skip, unit->len - skip);
	}
	must(!w.failed);
	rs_release(units);
	return w.len;
}
