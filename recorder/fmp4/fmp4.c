#include "recorder/fmp4/fmp4.h"

#include "common/base/text.h"
#include "recorder/fmp4/box.h"

#include <errno.h>
#include <stdio.h>

/* All that a rendition begins with, but for its parameter sets. */
#define INIT_ROOM ((size_t)1024)
/* Packets of 20 ms a decoder hears before what it plays is right: 80 ms (RFC 7845 section 4.6). */
#define OPUS_ROLL (-4)

/* An empty table. */
static void write_none(struct rs_writer *w, const char type[4])
{
	const size_t box = box_open_full(w, type, 0, 0);
	rs_write_u32(w, 0);
	box_close(w, box);
}

static void write_matrix(struct rs_writer *w)
{
	static const uint32_t unity[9] = { 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000 };
	for (size_t i = 0; i < RS_ARRAY_LEN(unity); i++)
		rs_write_u32(w, unity[i]);
}

static uint32_t hz_of(enum fmp4_codec codec)
{
	return codec == FMP4_OPUS ? FMP4_OPUS_HZ : FMP4_AVC_HZ;
}

static void write_brands(struct rs_writer *w)
{
	const size_t box = box_open(w, "ftyp");
	box_text(w, "iso6");
	rs_write_u32(w, 0);
	box_text(w, "iso6cmfcmp41");
	box_close(w, box);
}

static void write_movie_head(struct rs_writer *w, const struct fmp4_track *track)
{
	const size_t box = box_open_full(w, "mvhd", 0, 0);
	rs_write_zero(w, 8); /* when it was made and changed: not said */
	rs_write_u32(w, hz_of(track->codec));
	rs_write_u32(w, 0);       /* duration: that of the fragments */
	rs_write_u32(w, 0x10000); /* rate 1 */
	rs_write_u16(w, 0x100);   /* volume 1 */
	rs_write_zero(w, 10);
	write_matrix(w);
	rs_write_zero(w, 24);
	rs_write_u32(w, BOX_TRACK_ID + 1);
	box_close(w, box);
}

static void write_track_head(struct rs_writer *w, const struct fmp4_track *track)
{
	const bool sound = track->codec == FMP4_OPUS;
	const size_t box = box_open_full(w, "tkhd", 0, 3); /* enabled, in the movie */
	rs_write_zero(w, 8);
	rs_write_u32(w, BOX_TRACK_ID);
	rs_write_zero(w, 8);
	rs_write_zero(w, 12); /* reserved, layer, group */
	rs_write_u16(w, sound ? 0x100 : 0);
	rs_write_zero(w, 2);
	write_matrix(w);
	rs_write_u32(w, sound ? 0 : (uint32_t)track->width << 16);
	rs_write_u32(w, sound ? 0 : (uint32_t)track->height << 16);
	box_close(w, box);
}

static void write_edits(struct rs_writer *w)
{
	const size_t edits = box_open(w, "edts");
	const size_t list = box_open_full(w, "elst", 0, 0);
	rs_write_u32(w, 1);
	rs_write_u32(w, 0); /* as long as the fragments are */
	rs_write_u32(w, FMP4_OPUS_PRE_SKIP);
	rs_write_u32(w, 0x10000);
	box_close(w, list);
	box_close(w, edits);
}

static void write_media_head(struct rs_writer *w, const struct fmp4_track *track)
{
	const char *l = track->language;
	const size_t box = box_open_full(w, "mdhd", 0, 0);
	rs_write_zero(w, 8);
	rs_write_u32(w, hz_of(track->codec));
	rs_write_u32(w, 0);
	rs_write_u16(w, (uint16_t)((l[0] - 0x60) << 10 | (l[1] - 0x60) << 5 | (l[2] - 0x60)));
	rs_write_u16(w, 0);
	box_close(w, box);
}

static void write_handler(struct rs_writer *w, bool sound)
{
	const size_t box = box_open_full(w, "hdlr", 0, 0);
	rs_write_u32(w, 0);
	box_text(w, sound ? "soun" : "vide");
	rs_write_zero(w, 12);
	box_text(w, sound ? "Sound" : "Picture");
	rs_write_u8(w, 0);
	box_close(w, box);
}

static void write_data_info(struct rs_writer *w)
{
	const size_t info = box_open(w, "dinf");
	const size_t references = box_open_full(w, "dref", 0, 0);
	rs_write_u32(w, 1);
	const size_t here = box_open_full(w, "url ", 0, 1); /* the same file */
	box_close(w, here);
	box_close(w, references);
	box_close(w, info);
}

/* Opus in ISOBMFF sections 4.3.1 and 4.3.2. */
static void write_opus_entry(struct rs_writer *w, const struct fmp4_track *track)
{
	const size_t entry = box_open(w, "Opus");
	rs_write_zero(w, 6);
	rs_write_u16(w, 1); /* data reference */
	rs_write_zero(w, 8);
	rs_write_u16(w, track->channels);
	rs_write_u16(w, 16); /* sample size, always */
	rs_write_zero(w, 4);
	rs_write_u32(w, (uint32_t)FMP4_OPUS_HZ << 16);
	const size_t config = box_open(w, "dOps");
	rs_write_u8(w, 0); /* version */
	rs_write_u8(w, track->channels);
	rs_write_u16(w, FMP4_OPUS_PRE_SKIP);
	rs_write_u32(w, FMP4_OPUS_HZ);
	rs_write_u16(w, 0); /* gain */
	rs_write_u8(w, 0);  /* mapping family: mono and stereo */
	box_close(w, config);
	box_close(w, entry);
}

/* ISO/IEC 14496-15 section 5.3.3.1.2; 4:2:0 with eight bits, so nothing follows the parameter sets. */
static void write_avc_config(struct rs_writer *w, const struct fmp4_track *track)
{
	const size_t config = box_open(w, "avcC");
	rs_write_u8(w, 1); /* version */
	rs_write_bytes(w, track->sps + 1, 3);
	rs_write_u8(w, 0xFF); /* lengths of four octets */
	rs_write_u8(w, 0xE1); /* one SPS */
	rs_write_u16(w, (uint16_t)track->sps_len);
	rs_write_bytes(w, track->sps, track->sps_len);
	rs_write_u8(w, 1);
	rs_write_u16(w, (uint16_t)track->pps_len);
	rs_write_bytes(w, track->pps, track->pps_len);
	box_close(w, config);
}

static void write_avc_entry(struct rs_writer *w, const struct fmp4_track *track)
{
	const size_t entry = box_open(w, "avc1");
	rs_write_zero(w, 6);
	rs_write_u16(w, 1);
	rs_write_zero(w, 16);
	rs_write_u16(w, track->width);
	rs_write_u16(w, track->height);
	rs_write_u32(w, 72 << 16); /* points an inch */
	rs_write_u32(w, 72 << 16);
	rs_write_zero(w, 4);
	rs_write_u16(w, 1);   /* frames a sample */
	rs_write_zero(w, 32); /* name of the compressor */
	rs_write_u16(w, 24);
	rs_write_u16(w, 0xFFFF);
	write_avc_config(w, track);
	box_close(w, entry);
}

/* Where a decoder is in step again (ISO/IEC 14496-12 section 10.1): what fragments refer to. */
static void write_roll(struct rs_writer *w)
{
	const size_t box = box_open_full(w, "sgpd", 1, 0);
	box_text(w, "roll");
	rs_write_u32(w, 2); /* octets of each */
	rs_write_u32(w, 1);
	rs_write_u16(w, (uint16_t)OPUS_ROLL);
	box_close(w, box);
}

static void write_table(struct rs_writer *w, const struct fmp4_track *track)
{
	const size_t table = box_open(w, "stbl");
	const size_t entries = box_open_full(w, "stsd", 0, 0);
	rs_write_u32(w, 1);
	if (track->codec == FMP4_OPUS)
		write_opus_entry(w, track);
	else
		write_avc_entry(w, track);
	box_close(w, entries);
	write_none(w, "stts");
	write_none(w, "stsc");
	const size_t sizes = box_open_full(w, "stsz", 0, 0);
	rs_write_zero(w, 8);
	box_close(w, sizes);
	write_none(w, "stco");
	if (track->codec == FMP4_OPUS)
		write_roll(w);
	box_close(w, table);
}

static void write_media(struct rs_writer *w, const struct fmp4_track *track)
{
	const bool sound = track->codec == FMP4_OPUS;
	const size_t media = box_open(w, "mdia");
	write_media_head(w, track);
	write_handler(w, sound);
	const size_t info = box_open(w, "minf");
	const size_t head = sound ? box_open_full(w, "smhd", 0, 0) : box_open_full(w, "vmhd", 0, 1);
	rs_write_zero(w, sound ? 4 : 8); /* balance; mode and colour */
	box_close(w, head);
	write_data_info(w);
	write_table(w, track);
	box_close(w, info);
	box_close(w, media);
}

static void write_track(struct rs_writer *w, const struct fmp4_track *track)
{
	const size_t box = box_open(w, "trak");
	write_track_head(w, track);
	if (track->codec == FMP4_OPUS)
		write_edits(w);
	write_media(w, track);
	box_close(w, box);
}

static void write_extends(struct rs_writer *w)
{
	const size_t extends = box_open(w, "mvex");
	const size_t track = box_open_full(w, "trex", 0, 0);
	rs_write_u32(w, BOX_TRACK_ID);
	rs_write_u32(w, 1);   /* sample description */
	rs_write_zero(w, 12); /* the rest is said by each fragment */
	box_close(w, track);
	box_close(w, extends);
}

static bool language_valid(const char *language)
{
	return strlen(language) == 3 && strspn(language, "abcdefghijklmnopqrstuvwxyz") == 3;
}

static bool track_valid(const struct fmp4_track *track)
{
	if (!language_valid(track->language))
		return false;
	if (track->codec == FMP4_OPUS)
		return track->channels == 1 || track->channels == 2;
	return track->width != 0 && track->height != 0 && track->sps_len >= 4 &&
	       track->pps_len >= 1 && track->sps_len <= FMP4_PARAMETERS_MAX &&
	       track->pps_len <= FMP4_PARAMETERS_MAX;
}

int fmp4_write_init(const struct fmp4_track *track, struct rs_buf *out)
{
	struct rs_writer w;
	if (!track_valid(track))
		return -EINVAL;
	const int err = box_room(out, INIT_ROOM + track->sps_len + track->pps_len, &w);
	if (err < 0)
		return err;
	write_brands(&w);
	const size_t movie = box_open(&w, "moov");
	write_movie_head(&w, track);
	write_track(&w, track);
	write_extends(&w);
	box_close(&w, movie);
	rs_buf_commit(out, w.len);
	return w.failed ? -EINVAL : 0;
}

void fmp4_codec_name(const struct fmp4_track *track, char out[FMP4_CODEC_LEN])
{
	char hex[7];
	if (track->codec == FMP4_OPUS) {
		(void)rs_copy_string(out, FMP4_CODEC_LEN, "opus"); /* fits */
		return;
	}
	rs_hex_encode(track->sps + 1, 3, hex);
	(void)snprintf(out, FMP4_CODEC_LEN, "avc1.%s", hex); /* fits */
}
