#include "recorder/archive/track/segment.h"

#include <errno.h>
#include <string.h>

#define LEDGER_LINE_MAX 4096
/* The ledger can be made again from the media file: it need not be durable with each cluster. */
#define LEDGER_SYNC_EVERY 8

struct segment {
	const struct disk *disk;
	char file[NAMES_FILE_LEN];
	struct mux *mux;
	uint32_t media;
	uint32_t idx;
	bool media_open;
	bool idx_open;
	int64_t origin_ms;
	rs_time idle;
	rs_time opened; /* when the open cluster got its first block */
	struct ledger ledger;
	struct ledger_count cluster; /* of the frames in the open cluster */
	struct ledger_count total;
	struct ledger_state since; /* counters when the cluster began */
};

static int write_media(void *ctx, uint64_t offset, const void *data, size_t len)
{
	struct segment *segment = ctx;
	return segment->disk->write(segment->disk->ctx, segment->media, offset, data, len);
}

static int create(struct segment *segment, const struct segment_config *config, const char *ext,
	uint32_t *out_file)
{
	char path[ARCHIVE_PATH_LEN];
	if (names_file_path(config->directory, config->file, ext, path) < 0)
		return -EINVAL;
	return config->disk->open(config->disk->ctx, config->owner, path, DISK_CREATE, out_file);
}

int segment_new(const struct segment_config *config, struct segment **out_segment)
{
	RS_CLEANUP(segment_freep) struct segment *segment = rs_zalloc(sizeof(*segment));
	if (segment == NULL)
		return -ENOMEM;
	segment->disk = config->disk;
	segment->origin_ms = config->origin_ms;
	segment->since = config->since;
	segment->idle = RS_MS(config->idle_ms);
	(void)rs_copy_text(
		segment->file, sizeof(segment->file), config->file, strlen(config->file));
	ledger_init(&segment->ledger);

	const struct mux_port port = { .write = write_media, .ctx = segment };
	int err = mux_new(&config->mux, &port, &segment->mux);
	if (err == 0)
		err = create(segment, config, names_extension(mux_is_webm(config->mux.codec)),
			&segment->media);
	segment->media_open = err == 0;
	if (err == 0)
		err = create(segment, config, ".idx.jsonl", &segment->idx);
	segment->idx_open = segment->media_open && err == 0;
	if (err < 0)
		return err;
	*out_segment = rs_steal(&segment);
	return 0;
}

struct segment *segment_free(struct segment *segment)
{
	if (segment == NULL)
		return NULL;
	if (segment->media_open)
		segment->disk->close(segment->disk->ctx, segment->media);
	if (segment->idx_open)
		segment->disk->close(segment->disk->ctx, segment->idx);
	mux_free(segment->mux);
	return rs_release(segment);
}

void segment_freep(struct segment **segment)
{
	*segment = segment_free(*segment);
}

const char *segment_file(const struct segment *segment)
{
	return segment->file;
}

static int write_line(struct segment *segment, const struct mux_cluster *cluster,
	const struct ledger_state *state)
{
	struct ledger_state here = *state;
	here.duplicates -= segment->since.duplicates;
	here.late -= segment->since.late;
	struct rs_buf line;
	rs_buf_init(&line, LEDGER_LINE_MAX);
	const uint64_t at = segment->ledger.size;
	int err = ledger_write(
		&segment->ledger, cluster, segment->origin_ms, &segment->cluster, &here, &line);
	if (err == 0)
		err = segment->disk->write(segment->disk->ctx, segment->idx, at, rs_buf_data(&line),
			rs_buf_len(&line));
	rs_buf_done(&line);
	return err;
}

/* The cluster just closed, if one was, gets its line and is made durable. */
static int settle(struct segment *segment, const struct ledger_state *state)
{
	struct mux_cluster cluster;
	if (mux_poll_cluster(segment->mux, &cluster) == 0)
		return 0;
	int err = write_line(segment, &cluster, state);
	if (err == 0)
		err = segment->disk->sync(segment->disk->ctx, segment->media, 0);
	if (err == 0 && segment->ledger.clusters % LEDGER_SYNC_EVERY == 0)
		err = segment->disk->sync(segment->disk->ctx, segment->idx, 0);
	ledger_count_add(&segment->total, &segment->cluster);
	segment->cluster = (struct ledger_count){ 0 };
	segment->since = *state;
	return err;
}

int segment_write(struct segment *segment, const struct segment_frame *frame,
	const struct ledger_state *state, rs_time now)
{
	int64_t first_ms;
	const bool was_open = mux_cluster_open(segment->mux, &first_ms);
	const uint32_t closed_before = segment->ledger.clusters;
	struct mux_block block = frame->block;
	block.time_ms -= segment->origin_ms;
	int err = mux_write_block(segment->mux, &block);
	if (err == -E2BIG) {
		ledger_count_add(&segment->cluster, &frame->count);
		segment->cluster.dropped += frame->count.received;
		return err;
	}
	if (err == 0)
		err = settle(segment, state);
	if (err < 0)
		return err;
	ledger_count_add(&segment->cluster, &frame->count);
	if (!was_open || segment->ledger.clusters != closed_before)
		segment->opened = now;
	return 0;
}

int segment_tick(struct segment *segment, const struct ledger_state *state, rs_time now)
{
	if (now < segment_deadline(segment))
		return 0;
	const int err = mux_close_cluster(segment->mux);
	return err < 0 ? err : settle(segment, state);
}

/* Packets that brought no frame go into the last cluster, or where there is none only into the total. */
static void add_rest(struct segment *segment, const struct ledger_count *rest)
{
	int64_t first_ms;
	const bool open = mux_cluster_open(segment->mux, &first_ms);
	ledger_count_add(open ? &segment->cluster : &segment->total, rest);
}

int segment_cut(
	struct segment *segment, const struct ledger_count *rest, const struct ledger_state *state)
{
	add_rest(segment, rest);
	const int err = mux_close_cluster(segment->mux);
	if (err < 0)
		return err;
	const int settled = settle(segment, state);
	segment->since = (struct ledger_state){ 0 };
	return settled;
}

int segment_sync(struct segment *segment, const struct ledger_state *state, uint64_t token)
{
	int err = mux_close_cluster(segment->mux);
	if (err == 0)
		err = settle(segment, state);
	return err < 0 ? err : segment->disk->sync(segment->disk->ctx, segment->idx, token);
}

rs_time segment_deadline(const struct segment *segment)
{
	int64_t first_ms;
	if (!mux_cluster_open(segment->mux, &first_ms))
		return RS_TIME_NEVER;
	return segment->opened + segment->idle;
}

int segment_finish(struct segment *segment, const struct ledger_count *rest,
	const struct ledger_state *state, struct segment_summary *out_summary)
{
	struct segment_summary summary;
	add_rest(segment, rest);
	int err = mux_finish(segment->mux, &summary.mux);
	if (err == 0)
		err = settle(segment, state);
	if (err < 0)
		return err;
	summary.clusters = segment->ledger.clusters;
	memcpy(summary.ledger_sha256, segment->ledger.head, sizeof(summary.ledger_sha256));
	summary.total = segment->total;
	*out_summary = summary;
	return 0;
}

json_t *segment_summary_json(const char *file, const struct segment_summary *summary)
{
	char head[65];
	char tail[65];
	rs_hex_encode(summary->mux.head_sha256, RS_SHA256_LEN, head);
	rs_hex_encode(summary->mux.tail_sha256, RS_SHA256_LEN, tail);
	return json_pack("{s:s, s:I, s:I, s:I, s:s, s:I, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, "
			 "s:I, s:I}",
		"file", file, "size", (json_int_t)summary->mux.size, "clusters",
		(json_int_t)summary->clusters, "head_len", (json_int_t)summary->mux.head_len,
		"head_sha256", head, "tail_len", (json_int_t)summary->mux.tail_len, "tail_sha256",
		tail, "ledger_sha256", summary->ledger_sha256, "duration_ms",
		(json_int_t)summary->mux.duration_ms, "received",
		(json_int_t)summary->total.received, "lost", (json_int_t)summary->total.lost,
		"skipped", (json_int_t)summary->total.skipped, "synthetic",
		(json_int_t)summary->total.synthetic, "dropped", (json_int_t)summary->total.dropped,
		"freezes", (json_int_t)summary->total.freezes, "frozen_ms",
		(json_int_t)summary->total.frozen_ms);
}
