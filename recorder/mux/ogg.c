#include "recorder/mux/ogg.h"

#include "common/base/bytes.h"
#include "common/rtp/opus.h"

#include <errno.h>
#include <string.h>

/* RFC 3533 section 6: a page has 27 octets, up to 255 lengths of up to 255 octets, and what they are lengths of. */
#define HEAD_LEN 27
#define LACES_MAX 255
#define LACE_MAX 255
#define BODY_MAX (LACES_MAX * LACE_MAX)
#define CRC_AT 22
#define FLAG_FIRST 0x02
#define FLAG_LAST 0x04
#define PAGE_SAMPLES 48000
/* Section 6, checksum: x^32 + x^26 + ..., from the highest bit on, not inverted. */
#define CRC_POLYNOMIAL 0x04c11db7u

struct ogg {
	struct mux_port port;
	uint64_t at;
	uint32_t serial;
	uint32_t sequence;
	uint64_t samples;
	/* the page being filled */
	uint64_t page_samples;
	size_t n_laces;
	size_t body_len;
	uint32_t crc_of[256];
	uint8_t page[HEAD_LEN + LACES_MAX + BODY_MAX];
	uint8_t laces[LACES_MAX];
	uint8_t body[BODY_MAX];
};

static void put16(struct rs_writer *writer, uint16_t value)
{
	rs_write_u8(writer, (uint8_t)value);
	rs_write_u8(writer, (uint8_t)(value >> 8));
}

static void put32(struct rs_writer *writer, uint32_t value)
{
	put16(writer, (uint16_t)value);
	put16(writer, (uint16_t)(value >> 16));
}

static void make_table(struct ogg *ogg)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t crc = i << 24;
		for (int bit = 0; bit < 8; bit++)
			crc = (crc & 0x80000000u) != 0 ? crc << 1 ^ CRC_POLYNOMIAL : crc << 1;
		ogg->crc_of[i] = crc;
	}
}

static int write_page(struct ogg *ogg, uint8_t flags, uint64_t granule)
{
	struct rs_writer writer;
	uint32_t crc = 0;
	rs_writer_init(&writer, ogg->page, sizeof(ogg->page));
	rs_write_bytes(&writer, "OggS", 4);
	rs_write_u8(&writer, 0); /* version */
	rs_write_u8(&writer, flags);
	put32(&writer, (uint32_t)granule);
	put32(&writer, (uint32_t)(granule >> 32));
	put32(&writer, ogg->serial);
	put32(&writer, ogg->sequence++);
	put32(&writer, 0); /* checksum: below */
	rs_write_u8(&writer, (uint8_t)ogg->n_laces);
	rs_write_bytes(&writer, ogg->laces, ogg->n_laces);
	rs_write_bytes(&writer, ogg->body, ogg->body_len);
	for (size_t i = 0; i < writer.len; i++)
		crc = crc << 8 ^ ogg->crc_of[(uint8_t)(crc >> 24) ^ ogg->page[i]];
	const size_t len = writer.len;
	rs_writer_init(&writer, ogg->page + CRC_AT, 4);
	put32(&writer, crc);
	const int err = ogg->port.write(ogg->port.ctx, ogg->at, ogg->page, len);
	ogg->at += len;
	ogg->n_laces = 0;
	ogg->body_len = 0;
	ogg->page_samples = 0;
	return err;
}

/* Lengths of 255 go on; one below ends the packet. */
static size_t laces_of(size_t len)
{
	return len / LACE_MAX + 1;
}

static void add_packet(struct ogg *ogg, const void *packet, size_t len)
{
	for (size_t i = 0; i < len / LACE_MAX; i++)
		ogg->laces[ogg->n_laces++] = LACE_MAX;
	ogg->laces[ogg->n_laces++] = (uint8_t)(len % LACE_MAX);
	memcpy(ogg->body + ogg->body_len, packet, len);
	ogg->body_len += len;
}

/* RFC 7845 section 5.1. */
static int write_head(struct ogg *ogg, const struct ogg_config *config)
{
	uint8_t head[19];
	struct rs_writer writer;
	rs_writer_init(&writer, head, sizeof(head));
	rs_write_bytes(&writer, "OpusHead", 8);
	rs_write_u8(&writer, 1); /* version */
	rs_write_u8(&writer, config->channels);
	put16(&writer, config->pre_skip);
	put32(&writer, 48000);   /* of what was coded, for people */
	put16(&writer, 0);       /* gain */
	rs_write_u8(&writer, 0); /* mapping family: mono or stereo */
	add_packet(ogg, head, sizeof(head));
	return write_page(ogg, FLAG_FIRST, 0);
}

static void put_text(struct rs_writer *writer, const char *text)
{
	put32(writer, (uint32_t)strlen(text));
	rs_write_bytes(writer, text, strlen(text));
}

/* RFC 7845 section 5.2. */
static int write_tags(struct ogg *ogg, const struct ogg_config *config)
{
	uint8_t tags[8 + (OGG_COMMENTS_MAX + 2) * (4 + OGG_COMMENT_LEN)];
	struct rs_writer writer;
	uint32_t n = 0;
	while (config->comments[n] != NULL && n < OGG_COMMENTS_MAX)
		n++;
	rs_writer_init(&writer, tags, sizeof(tags));
	rs_write_bytes(&writer, "OpusTags", 8);
	put_text(&writer, config->vendor);
	put32(&writer, n);
	for (uint32_t i = 0; i < n; i++)
		put_text(&writer, config->comments[i]);
	if (writer.failed)
		return -EINVAL;
	add_packet(ogg, tags, writer.len);
	return write_page(ogg, 0, 0);
}

int ogg_new(const struct ogg_config *config, const struct mux_port *port, struct ogg **out_ogg)
{
	if (config->channels < 1 || config->channels > 2)
		return -EINVAL;
	struct ogg *ogg = rs_zalloc(sizeof(*ogg));
	if (ogg == NULL)
		return -ENOMEM;
	ogg->port = *port;
	ogg->serial = config->serial;
	make_table(ogg);
	int err = write_head(ogg, config);
	if (err == 0)
		err = write_tags(ogg, config);
	if (err < 0) {
		ogg_free(ogg);
		return err;
	}
	*out_ogg = ogg;
	return 0;
}

struct ogg *ogg_free(struct ogg *ogg)
{
	return rs_release(ogg);
}

/* A page is written when the next packet comes, since the last one is marked. */
int ogg_write(struct ogg *ogg, const uint8_t *packet, size_t len)
{
	uint32_t samples;
	if (opus_duration(packet, len, &samples) < 0)
		return -EBADMSG;
	if (laces_of(len) > LACES_MAX)
		return -E2BIG;
	if (ogg->n_laces > 0 &&
		(ogg->page_samples >= PAGE_SAMPLES || ogg->n_laces + laces_of(len) > LACES_MAX)) {
		const int err = write_page(ogg, 0, ogg->samples);
		if (err < 0)
			return err;
	}
	add_packet(ogg, packet, len);
	ogg->page_samples += samples;
	ogg->samples += samples;
	return 0;
}

int ogg_finish(struct ogg *ogg, uint32_t cut)
{
	if (ogg->n_laces == 0)
		return -EPROTO;
	return write_page(ogg, FLAG_LAST, ogg->samples - (cut < ogg->samples ? cut : ogg->samples));
}

uint64_t ogg_samples(const struct ogg *ogg)
{
	return ogg->samples;
}
