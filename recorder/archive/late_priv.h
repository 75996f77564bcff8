/* recorder/archive/late_priv.h
 *
 * What the parts of late delivery share: late.c (what comes), late_recall.c (what is there).
 */
#ifndef ROSTRUM_RECORDER_ARCHIVE_LATE_PRIV_H
#define ROSTRUM_RECORDER_ARCHIVE_LATE_PRIV_H

#include "recorder/archive/archive_priv.h"
#include "recorder/archive/late.h"

/* One source in one medium. */
struct late_track {
	char name[RS_NAME_MAX + 1];
	enum archive_media media;
	struct track *track;
	struct clock_base clock;
	uint32_t ssrc; /* of the stream that is begun; 0 = none is */
	bool was_shut; /* the packet before was left out */
};

struct late {
	struct late_track list[LATE_TRACKS_MAX];
	size_t n;
	uint64_t asked; /* the last token */
	uint64_t durable;
};

/* Tokens of syncs that are ours: no event has such a number. */
#define LATE_TOKEN (UINT64_C(1) << 63)

/* Read back what a track has, of an archive that was gone on with: streams that came live into `live`, what was delivered into
 * `late`. Blocking. 0, -ENOMEM, or the file system's error. */
int late_recall(const struct session *session, const char *name, enum archive_media media,
	struct streams *live, struct streams *late) RS_MUST_USE;
struct late *late_segment_free(struct late *late);
/* As archive_tick() and archive_close() have it. 0 or an error of writing. */
int late_segment_tick(struct late *late, rs_time now) RS_MUST_USE;
int late_segment_finish(struct late *late, rs_time now) RS_MUST_USE;
rs_time late_segment_deadline(const struct late *late);

#endif
