/* recorder/archive/track/segment.h
 *
 * One file of a track being written: the WebM or Matroska and its ledger, side by side, cluster by cluster.
 * Not thread safe. Any error breaks the segment; what was written stays.
 */
#ifndef ROSTRUM_RECORDER_ARCHIVE_TRACK_SEGMENT_H
#define ROSTRUM_RECORDER_ARCHIVE_TRACK_SEGMENT_H

#include "common/base/time.h"
#include "common/evidence/names.h"
#include "recorder/archive/files/disk.h"
#include "recorder/archive/track/ledger_write.h"
#include "recorder/mux/mux.h"

#include <jansson.h>

struct segment;

struct segment_config {
	const struct disk *disk; /* borrowed */
	uint32_t owner;
	const char *directory;     /* of the session */
	const char *file;          /* as names_segment() makes it; copied */
	struct mux_config mux;     /* its texts are copied */
	int64_t origin_ms;         /* session time of the file's time 0 */
	struct ledger_state since; /* its counters stand in an earlier ledger */
	uint32_t idle_ms;          /* an open cluster is closed after this even if nothing comes */
};

/* A frame in session time, with the packets it stands for. */
struct segment_frame {
	struct mux_block block; /* time_ms is session time here */
	struct ledger_count count;
};

/* The end of a segment. */
struct segment_summary {
	struct mux_summary mux;
	uint32_t clusters;
	char ledger_sha256[LEDGER_HASH_LEN];
	struct ledger_count total;
};

/* Creates both files. 0, -EINVAL, -ENOMEM or the disk's error. */
int segment_new(const struct segment_config *config, struct segment **out_segment) RS_MUST_USE;
/* Closes the files as they are. */
struct segment *segment_free(struct segment *segment);
void segment_freep(struct segment **segment);
const char *segment_file(const struct segment *segment);

/* Append one frame. 0, -E2BIG (frame too large: left out and counted as dropped), -ENOMEM or the disk's error. */
int segment_write(struct segment *segment, const struct segment_frame *frame,
	const struct ledger_state *state, rs_time now) RS_MUST_USE;
/* Close the cluster that has been open for too long. As segment_write(). */
int segment_tick(
	struct segment *segment, const struct ledger_state *state, rs_time now) RS_MUST_USE;
/* The stream begins anew: close the open cluster; `rest` are packets that
 * brought no frame. As segment_write(). */
int segment_cut(struct segment *segment, const struct ledger_count *rest,
	const struct ledger_state *state) RS_MUST_USE;
/* All that was written is to be durable: the open cluster is closed, and `token` (not 0) comes back from the disk. As
 * segment_write(). */
int segment_sync(
	struct segment *segment, const struct ledger_state *state, uint64_t token) RS_MUST_USE;
rs_time segment_deadline(const struct segment *segment);
/* Write all that makes the file whole; `rest` as in segment_cut(). 0 or an error as above. */
int segment_finish(struct segment *segment, const struct ledger_count *rest,
	const struct ledger_state *state, struct segment_summary *out_summary) RS_MUST_USE;
/* The payload of "segment-closed". NULL = out of memory. */
json_t *segment_summary_json(const char *file, const struct segment_summary *summary);

#endif
