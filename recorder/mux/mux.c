#include "recorder/mux/mux.h"

#include "common/base/buf.h"
#include "recorder/mux/ebml.h"
#include "recorder/mux/mux_priv.h"

#include <errno.h>
#include <string.h>
#include <zlib.h>

/* Layout of a cluster's beginning: id (4), size (8), CRC-32 or its place (6). */
#define CLUSTER_PATCH_AT 4
#define CLUSTER_PATCH_LEN 14
#define CLUSTER_BODY_AT (CLUSTER_PATCH_AT + CLUSTER_PATCH_LEN)
#define CRC_LEN 6
/* Octets a SimpleBlock needs beside its data, at most: id, size (8), track, time (2), flags. */
#define BLOCK_OVERHEAD 13
/* Octets a cluster needs beside its blocks, at most: the beginning and its Timestamp. */
#define CLUSTER_OVERHEAD 32

static bool config_valid(const struct mux_config *config)
{
	if (config->track_uid == 0 || config->cluster_ms < 100 || config->cluster_ms > 30000)
		return false;
	if (config->cluster_max == 0 || strlen(config->title) > MUX_TEXT_MAX ||
		strlen(config->app) > MUX_TEXT_MAX || strlen(config->language) != 3)
		return false;
	if (config->codec == MUX_OPUS)
		return config->channels == 1 || config->channels == 2;
	const bool needs_config = config->codec == MUX_H264 || config->codec == MUX_AV1;
	return config->width != 0 && config->height != 0 && !config->picture_later &&
	       config->config_len <= MUX_CONFIG_MAX && (config->config_len > 0) == needs_config;
}

int mux_new(const struct mux_config *config, const struct mux_port *port, struct mux **out_mux)
{
	if (!config_valid(config))
		return -EINVAL;
	struct mux *mux = rs_zalloc(sizeof(*mux));
	if (mux == NULL)
		return -ENOMEM;

	mux->port = *port;
	mux->video = config->codec != MUX_OPUS;
	mux->cluster_ms = config->cluster_ms;
	mux->cluster_max = config->cluster_max;
	mux->undigested = config->undigested;
	rs_buf_init(&mux->cluster, 2 * config->cluster_max + BLOCK_OVERHEAD + CLUSTER_OVERHEAD);
	const int err = mux_head_build(mux, config);
	if (err < 0) {
		mux_free(mux);
		return err;
	}
	*out_mux = mux;
	return 0;
}

struct mux *mux_free(struct mux *mux)
{
	if (mux == NULL)
		return NULL;
	rs_buf_done(&mux->cluster);
	rs_release(mux->cues);
	return rs_release(mux);
}

void mux_freep(struct mux **mux)
{
	*mux = mux_free(*mux);
}

static int put(struct mux *mux, uint64_t offset, const void *data, size_t len)
{
	const int err = mux->port.write(mux->port.ctx, offset, data, len);
	if (err < 0) {
		mux->broken = true;
		return err;
	}
	if (offset + len > mux->size)
		mux->size = offset + len;
	return 0;
}

/* Keep a place to jump to. A table that is full or out of memory only makes seeking coarser. */
static void add_cue(struct mux *mux, int64_t time_ms, uint8_t track)
{
	const struct mux_cue *last = mux->cue_count > 0 ? &mux->cues[mux->cue_count - 1] : NULL;
	if (last != NULL && last->track == track && time_ms - last->time_ms < MUX_CUE_MIN_MS)
		return;
	if (rs_grow(&mux->cues, mux->cue_count, MUX_CUES_MAX, sizeof(*mux->cues)) < 0)
		return;
	mux->cues[mux->cue_count++] =
		(struct mux_cue){ .time_ms = time_ms, .track = track, .offset = mux->cluster_at };
}

static uint8_t track_of(const struct mux_block *block)
{
	return block->picture ? MUX_PICTURE_NUMBER : MUX_TRACK_NUMBER;
}

/* Where somebody who jumps can begin: at key frames, and at any sound while no picture moves. */
static bool is_place_to_jump(const struct mux *mux, const struct mux_block *block, int64_t time_ms)
{
	if (block->picture)
		return block->key;
	return !mux->picture_begun || time_ms - mux->picture_ms > MUX_PICTURE_STANDS_MS;
}

static int append_room(struct rs_buf *buf, size_t cap, struct rs_writer *out_writer)
{
	uint8_t *room = rs_buf_room(buf, cap);
	if (room == NULL)
		return -ENOMEM;
	rs_writer_init(out_writer, room, cap);
	return 0;
}

static int open_cluster(struct mux *mux, const struct mux_block *block, int64_t time_ms)
{
	struct rs_writer w;
	const int err = append_room(&mux->cluster, CLUSTER_OVERHEAD, &w);
	if (err < 0)
		return err;
	ebml_write_id(&w, MUX_ID_CLUSTER);
	rs_write_u64(&w, EBML_SIZE_UNKNOWN);
	ebml_write_void(&w, CRC_LEN);
	ebml_write_uint(&w, MUX_ID_TIMESTAMP, (uint64_t)time_ms);
	rs_buf_commit(&mux->cluster, w.len);

	mux->cluster_at = mux->size;
	mux->open = true;
	mux->current = (struct mux_cluster){ .number = mux->clusters,
		.offset = mux->cluster_at,
		.first_ms = time_ms,
		.last_ms = time_ms };
	mux->clusters++;
	if (is_place_to_jump(mux, block, time_ms))
		add_cue(mux, time_ms, track_of(block));
	return 0;
}

/* SimpleBlock, RFC 9559 section 10.2: track, time from the cluster's, flags, frame. */
static int append_block(struct mux *mux, const struct mux_block *block, int64_t time_ms)
{
	struct rs_writer w;
	const int err = append_room(&mux->cluster, block->len + BLOCK_OVERHEAD, &w);
	if (err < 0)
		return err;
	ebml_write_id(&w, MUX_ID_SIMPLE_BLOCK);
	ebml_write_size(&w, block->len + 4);
	rs_write_u8(&w, 0x80 | track_of(block));
	rs_write_u16(&w, (uint16_t)(time_ms - mux->current.first_ms));
	rs_write_u8(&w, block->key ? 0x80 : 0x00);
	rs_write_bytes(&w, block->data, block->len);
	rs_buf_commit(&mux->cluster, w.len);
	return 0;
}

static bool cluster_full(const struct mux *mux, const struct mux_block *block, int64_t time_ms)
{
	if ((mux->video || block->picture) && block->key)
		return true;
	return time_ms - mux->current.first_ms >= mux->cluster_ms ||
	       rs_buf_len(&mux->cluster) + block->len > mux->cluster_max + CLUSTER_OVERHEAD;
}

static int write_head(struct mux *mux)
{
	if (mux->size > 0)
		return 0;
	return put(mux, 0, mux->head, mux->head_len);
}

/* A picture begins with a key frame, and where there is a track for it. */
static bool may_begin(const struct mux *mux, const struct mux_block *block)
{
	if (block->picture)
		return mux->picture && (mux->picture_begun || block->key);
	return !mux->video || mux->clusters > 0 || block->key;
}

int mux_add_picture(struct mux *mux, const struct mux_config *picture)
{
	if (mux->broken || mux->finished)
		return -EPROTO;
	if (mux->picture)
		return -EEXIST;
	if (mux->picture_at == 0 || picture->codec == MUX_OPUS || !mux_is_webm(picture->codec) ||
		picture->width == 0 || picture->height == 0 || picture->track_uid == 0)
		return -EINVAL;
	int err = mux_head_add_picture(mux, picture);
	if (err < 0)
		return err;
	mux->picture = true;
	if (mux->size == 0)
		return 0; /* goes out with the head */
	return put(mux, mux->picture_at, mux->head + mux->picture_at, MUX_PICTURE_ROOM);
}

int mux_write_block(struct mux *mux, const struct mux_block *block)
{
	if (mux->broken || mux->finished)
		return -EPROTO;
	if (block->len > mux->cluster_max)
		return -E2BIG;
	if (!may_begin(mux, block))
		return -EPROTO;

	int64_t time_ms = block->time_ms > 0 ? block->time_ms : 0;
	if (time_ms < mux->last_ms)
		time_ms = mux->last_ms;
	int err = write_head(mux);
	if (err == 0 && mux->open && cluster_full(mux, block, time_ms))
		err = mux_close_cluster(mux);
	if (err == 0 && !mux->open)
		err = open_cluster(mux, block, time_ms);
	if (err < 0)
		return err;

	/* A new cluster's beginning goes out together with its first block. */
	const size_t from = mux->current.blocks == 0 ? 0 : rs_buf_len(&mux->cluster);
	err = append_block(mux, block, time_ms);
	if (err < 0) {
		mux->broken = true; /* the buffer no longer matches the file */
		return err;
	}
	mux->current.blocks++;
	mux->current.last_ms = time_ms;
	mux->last_ms = time_ms;
	if (block->picture) {
		mux->picture_begun = true;
		mux->picture_ms = time_ms;
	}
	if (time_ms * 1000 + block->duration_us > mux->end_us)
		mux->end_us = time_ms * 1000 + block->duration_us;
	return put(mux, mux->cluster_at + from, rs_buf_data(&mux->cluster) + from,
		rs_buf_len(&mux->cluster) - from);
}

/* One write turns "unknown size, Void" into "size, CRC-32" (RFC 8794 section 11.3.1: little endian,
 * over everything in the master but itself). */
static void patch_cluster(struct mux *mux, uint8_t out[CLUSTER_PATCH_LEN])
{
	const uint8_t *data = rs_buf_data(&mux->cluster);
	const size_t len = rs_buf_len(&mux->cluster);
	const uint32_t crc = (uint32_t)crc32_z(
		crc32_z(0, NULL, 0), data + CLUSTER_BODY_AT, len - CLUSTER_BODY_AT);
	struct rs_writer w;
	rs_writer_init(&w, out, CLUSTER_PATCH_LEN);
	ebml_write_size8(&w, len - CLUSTER_PATCH_AT - 8);
	rs_write_u8(&w, MUX_ID_CRC32);
	ebml_write_size(&w, 4);
	for (unsigned shift = 0; shift < 32; shift += 8)
		rs_write_u8(&w, (uint8_t)(crc >> shift));
}

int mux_close_cluster(struct mux *mux)
{
	if (mux->broken || mux->finished)
		return -EPROTO;
	if (!mux->open)
		return 0;

	uint8_t patch[CLUSTER_PATCH_LEN];
	patch_cluster(mux, patch);
	memcpy(rs_buf_data(&mux->cluster) + CLUSTER_PATCH_AT, patch, sizeof(patch));
	const int err = put(mux, mux->cluster_at + CLUSTER_PATCH_AT, patch, sizeof(patch));
	if (err < 0)
		return err;

	mux->current.len = rs_buf_len(&mux->cluster);
	if (!mux->undigested)
		rs_sha256(
			rs_buf_data(&mux->cluster), rs_buf_len(&mux->cluster), mux->current.sha256);
	rs_buf_consume(&mux->cluster, rs_buf_len(&mux->cluster));
	mux->closed = mux->current;
	mux->closed_waits = true;
	mux->open = false;
	return 0;
}

int mux_poll_cluster(struct mux *mux, struct mux_cluster *out_cluster)
{
	if (!mux->closed_waits)
		return 0;
	*out_cluster = mux->closed;
	mux->closed_waits = false;
	return 1;
}

static int write_tail(struct mux *mux, struct mux_summary *summary)
{
	const size_t cap = MUX_CUE_LEN * mux->cue_count + 16;
	RS_CLEANUP(rs_releasep) uint8_t *tail = rs_zalloc(cap);
	if (tail == NULL)
		return -ENOMEM;
	struct rs_writer w;
	rs_writer_init(&w, tail, cap);
	if (mux->cue_count > 0) /* an empty Cues would be invalid */
		mux_cues_write(mux, &w);
	summary->tail_len = w.len;
	rs_sha256(tail, w.len, summary->tail_sha256);
	return w.len > 0 ? put(mux, mux->size, tail, w.len) : 0;
}

int mux_finish(struct mux *mux, struct mux_summary *out_summary)
{
	int err = mux_close_cluster(mux);
	if (err < 0)
		return err;
	struct mux_summary summary = { .head_len = mux->head_len };
	const uint64_t cues_at = mux->size;
	err = mux->size > 0 ? write_tail(mux, &summary) : write_head(mux);
	if (err < 0)
		return err;

	summary.duration_ms = (mux->end_us + 999) / 1000;
	mux_head_patch(mux, summary.tail_len > 0 ? cues_at : 0, summary.duration_ms);
	err = put(mux, 0, mux->head, mux->head_len);
	if (err < 0)
		return err;
	rs_sha256(mux->head, mux->head_len, summary.head_sha256);
	summary.size = mux->size;
	mux->finished = true;
	*out_summary = summary;
	return 0;
}

bool mux_cluster_open(const struct mux *mux, int64_t *out_first_ms)
{
	if (mux->open)
		*out_first_ms = mux->current.first_ms;
	return mux->open;
}
