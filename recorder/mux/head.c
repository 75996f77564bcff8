/* The parts of a WebM file that are not clusters. Places for what is known only at the end are
 * kept by Void elements of the exact length. */
#include "recorder/mux/ebml.h"
#include "recorder/mux/mux_priv.h"

#include <errno.h>
#include <string.h>

/* RFC 8794 section 11.2 and RFC 9559 section 5. */
enum {
	ID_EBML = 0x1A45DFA3,
	ID_EBML_VERSION = 0x4286,
	ID_EBML_READ_VERSION = 0x42F7,
	ID_EBML_MAX_ID = 0x42F2,
	ID_EBML_MAX_SIZE = 0x42F3,
	ID_DOC_TYPE = 0x4282,
	ID_DOC_TYPE_VERSION = 0x4287,
	ID_DOC_TYPE_READ_VERSION = 0x4285,
	ID_SEGMENT = 0x18538067,
	ID_SEEK_HEAD = 0x114D9B74,
	ID_SEEK = 0x4DBB,
	ID_SEEK_ID = 0x53AB,
	ID_SEEK_POSITION = 0x53AC,
	ID_INFO = 0x1549A966,
	ID_TIMESTAMP_SCALE = 0x2AD7B1,
	ID_DURATION = 0x4489,
	ID_DATE_UTC = 0x4461,
	ID_MUXING_APP = 0x4D80,
	ID_WRITING_APP = 0x5741,
	ID_TRACKS = 0x1654AE6B,
	ID_TRACK_ENTRY = 0xAE,
	ID_TRACK_NUMBER = 0xD7,
	ID_TRACK_UID = 0x73C5,
	ID_TRACK_TYPE = 0x83,
	ID_FLAG_LACING = 0x9C,
	ID_NAME = 0x536E,
	ID_LANGUAGE = 0x22B59C,
	ID_CODEC_ID = 0x86,
	ID_CODEC_PRIVATE = 0x63A2,
	ID_CODEC_DELAY = 0x56AA,
	ID_SEEK_PRE_ROLL = 0x56BB,
	ID_VIDEO = 0xE0,
	ID_PIXEL_WIDTH = 0xB0,
	ID_PIXEL_HEIGHT = 0xBA,
	ID_AUDIO = 0xE1,
	ID_SAMPLING_FREQUENCY = 0xB5,
	ID_CHANNELS = 0x9F,
	ID_CUES = 0x1C53BB6B,
	ID_CUE_POINT = 0xBB,
	ID_CUE_TIME = 0xB3,
	ID_CUE_TRACK_POSITIONS = 0xB7,
	ID_CUE_TRACK = 0xF7,
	ID_CUE_CLUSTER_POSITION = 0xF1,
};

#define SEEK_HEAD_ROOM 100
#define DURATION_ROOM 11
#define TRACK_TYPE_VIDEO 1
#define TRACK_TYPE_AUDIO 2
/* 2001-01-01T00:00:00 UTC in Unix time: the epoch of EBML dates. */
#define EBML_EPOCH_MS INT64_C(978307200000)

/* Opus in Matroska: 312 samples of 48 kHz pre-skip (6.5 ms), 80 ms to converge after a seek. */
#define OPUS_PRE_SKIP 312
#define OPUS_CODEC_DELAY_NS 6500000
#define OPUS_SEEK_PRE_ROLL_NS 80000000
#define OPUS_RATE 48000
#define OPUS_HEAD_LEN 19

bool mux_is_webm(enum mux_codec codec)
{
	return codec != MUX_H264 && codec != MUX_AV1;
}

static void write_ebml_header(struct rs_writer *w, bool webm)
{
	const size_t mark = ebml_open(w, ID_EBML);
	ebml_write_uint(w, ID_EBML_VERSION, 1);
	ebml_write_uint(w, ID_EBML_READ_VERSION, 1);
	ebml_write_uint(w, ID_EBML_MAX_ID, 4);
	ebml_write_uint(w, ID_EBML_MAX_SIZE, 8);
	ebml_write_text(w, ID_DOC_TYPE, webm ? "webm" : "matroska");
	ebml_write_uint(w, ID_DOC_TYPE_VERSION, 4);
	ebml_write_uint(w, ID_DOC_TYPE_READ_VERSION, 2);
	ebml_close(w, mark);
}

static void write_info(struct mux *mux, const struct mux_config *config, struct rs_writer *w)
{
	const size_t mark = ebml_open(w, ID_INFO);
	ebml_write_uint(w, ID_TIMESTAMP_SCALE, 1000000); /* ns: block times are ms */
	mux->duration_at = w->len;
	ebml_write_void(w, DURATION_ROOM);
	ebml_write_date(w, ID_DATE_UTC, (config->wall_ms - EBML_EPOCH_MS) * 1000000);
	ebml_write_text(w, ID_MUXING_APP, config->app);
	ebml_write_text(w, ID_WRITING_APP, config->app);
	ebml_close(w, mark);
}

/* "OpusHead", RFC 7845 section 5.1; numbers are little endian there. */
static void write_opus_head(struct rs_writer *w, uint8_t channels)
{
	uint8_t head[OPUS_HEAD_LEN];
	struct rs_writer h;
	rs_writer_init(&h, head, sizeof(head));
	rs_write_bytes(&h, "OpusHead", 8);
	rs_write_u8(&h, 1); /* version */
	rs_write_u8(&h, channels);
	rs_write_u8(&h, OPUS_PRE_SKIP & 0xFF);
	rs_write_u8(&h, OPUS_PRE_SKIP >> 8);
	rs_write_u8(&h, OPUS_RATE & 0xFF);
	rs_write_u8(&h, OPUS_RATE >> 8 & 0xFF);
	rs_write_zero(&h, 2); /* upper half of the rate */
	rs_write_zero(&h, 2); /* output gain */
	rs_write_u8(&h, 0);   /* channel mapping family */
	ebml_write_binary(w, ID_CODEC_PRIVATE, head, h.len);
}

/* An empty place of any size: a Void says at most 128 octets. */
static void write_room(struct rs_writer *w, size_t len)
{
	for (; len > 128; len -= 100)
		ebml_write_void(w, 100);
	ebml_write_void(w, len);
}

static void write_audio(struct rs_writer *w, const struct mux_config *config)
{
	ebml_write_text(w, ID_CODEC_ID, "A_OPUS");
	write_opus_head(w, config->channels);
	ebml_write_uint(w, ID_CODEC_DELAY, OPUS_CODEC_DELAY_NS);
	ebml_write_uint(w, ID_SEEK_PRE_ROLL, OPUS_SEEK_PRE_ROLL_NS);
	const size_t mark = ebml_open(w, ID_AUDIO);
	ebml_write_float(w, ID_SAMPLING_FREQUENCY, OPUS_RATE);
	ebml_write_uint(w, ID_CHANNELS, config->channels);
	ebml_close(w, mark);
}

static void write_video(struct rs_writer *w, const struct mux_config *config)
{
	static const char *const ids[] = { [MUX_VP8] = "V_VP8",
		[MUX_VP9] = "V_VP9",
		[MUX_H264] = "V_MPEG4/ISO/AVC",
		[MUX_AV1] = "V_AV1" };
	ebml_write_text(w, ID_CODEC_ID, ids[config->codec]);
	if (config->config_len > 0)
		ebml_write_binary(w, ID_CODEC_PRIVATE, config->config, config->config_len);
	const size_t mark = ebml_open(w, ID_VIDEO);
	ebml_write_uint(w, ID_PIXEL_WIDTH, config->width);
	ebml_write_uint(w, ID_PIXEL_HEIGHT, config->height);
	ebml_close(w, mark);
}

static void write_entry(struct rs_writer *w, const struct mux_config *config, unsigned number)
{
	const size_t entry = ebml_open(w, ID_TRACK_ENTRY);
	ebml_write_uint(w, ID_TRACK_NUMBER, number);
	ebml_write_uint(w, ID_TRACK_UID, config->track_uid);
	ebml_write_uint(
		w, ID_TRACK_TYPE, config->codec == MUX_OPUS ? TRACK_TYPE_AUDIO : TRACK_TYPE_VIDEO);
	ebml_write_uint(w, ID_FLAG_LACING, 0);
	ebml_write_text(w, ID_NAME, config->title);
	ebml_write_text(w, ID_LANGUAGE, config->language);
	if (config->codec == MUX_OPUS)
		write_audio(w, config);
	else
		write_video(w, config);
	ebml_close(w, entry);
}

static void write_tracks(struct mux *mux, const struct mux_config *config, struct rs_writer *w)
{
	const size_t tracks = ebml_open(w, ID_TRACKS);
	write_entry(w, config, MUX_TRACK_NUMBER);
	if (config->picture_later) {
		mux->picture_at = w->len;
		write_room(w, MUX_PICTURE_ROOM);
	}
	ebml_close(w, tracks);
}

int mux_head_add_picture(struct mux *mux, const struct mux_config *picture)
{
	uint8_t room[MUX_PICTURE_ROOM];
	struct rs_writer w;
	rs_writer_init(&w, room, sizeof(room));
	write_entry(&w, picture, MUX_PICTURE_NUMBER);
	if (w.failed || MUX_PICTURE_ROOM - w.len < 2)
		return -EINVAL;
	write_room(&w, MUX_PICTURE_ROOM - w.len);
	memcpy(mux->head + mux->picture_at, room, sizeof(room));
	return 0;
}

int mux_head_build(struct mux *mux, const struct mux_config *config)
{
	struct rs_writer w;
	rs_writer_init(&w, mux->head, sizeof(mux->head));
	write_ebml_header(&w, mux_is_webm(config->codec));
	ebml_write_id(&w, ID_SEGMENT);
	mux->segment_at = w.len;
	rs_write_u64(&w, EBML_SIZE_UNKNOWN);
	mux->seek_at = w.len;
	ebml_write_void(&w, SEEK_HEAD_ROOM);
	mux->info_at = w.len;
	write_info(mux, config, &w);
	mux->tracks_at = w.len;
	write_tracks(mux, config, &w);
	mux->head_len = w.len;
	return w.failed ? -EINVAL : 0;
}

/* Positions count from the first octet of the Segment's data (RFC 9559 section 16). */
static uint64_t segment_data_at(const struct mux *mux)
{
	return mux->segment_at + 8;
}

static void write_seek(struct rs_writer *w, uint32_t id, uint64_t position)
{
	uint8_t id_bytes[4];
	struct rs_writer i;
	rs_writer_init(&i, id_bytes, sizeof(id_bytes));
	rs_write_u32(&i, id);
	const size_t mark = ebml_open(w, ID_SEEK);
	ebml_write_binary(w, ID_SEEK_ID, id_bytes, sizeof(id_bytes));
	ebml_write_uint(w, ID_SEEK_POSITION, position);
	ebml_close(w, mark);
}

void mux_head_patch(struct mux *mux, uint64_t cues_at, int64_t duration_ms)
{
	struct rs_writer w;
	rs_writer_init(&w, mux->head + mux->segment_at, 8);
	ebml_write_size8(&w, mux->size > mux->head_len ? mux->size - segment_data_at(mux)
						       : mux->head_len - segment_data_at(mux));

	rs_writer_init(&w, mux->head + mux->seek_at, SEEK_HEAD_ROOM);
	const size_t mark = ebml_open(&w, ID_SEEK_HEAD);
	write_seek(&w, ID_INFO, mux->info_at - segment_data_at(mux));
	write_seek(&w, ID_TRACKS, mux->tracks_at - segment_data_at(mux));
	if (cues_at > 0)
		write_seek(&w, ID_CUES, cues_at - segment_data_at(mux));
	ebml_close(&w, mark);
	ebml_write_void(&w, SEEK_HEAD_ROOM - w.len);

	rs_writer_init(&w, mux->head + mux->duration_at, DURATION_ROOM);
	ebml_write_float(&w, ID_DURATION, (double)duration_ms);
}

void mux_cues_write(const struct mux *mux, struct rs_writer *writer)
{
	const size_t cues = ebml_open(writer, ID_CUES);
	for (size_t i = 0; i < mux->cue_count; i++) {
		const size_t point = ebml_open(writer, ID_CUE_POINT);
		ebml_write_uint(writer, ID_CUE_TIME, (uint64_t)mux->cues[i].time_ms);
		const size_t where = ebml_open(writer, ID_CUE_TRACK_POSITIONS);
		ebml_write_uint(writer, ID_CUE_TRACK, mux->cues[i].track);
		ebml_write_uint(writer, ID_CUE_CLUSTER_POSITION,
			mux->cues[i].offset - segment_data_at(mux));
		ebml_close(writer, where);
		ebml_close(writer, point);
	}
	ebml_close(writer, cues);
}
