/* recorder/archive/track/late_tracks.h
 *
 * The tracks of what was delivered after an outage, beside those of what came live. What an archive drives them by; what is put into
 * them is session/late.c's. Not thread safe.
 */
#ifndef ROSTRUM_RECORDER_ARCHIVE_TRACK_LATE_TRACKS_H
#define ROSTRUM_RECORDER_ARCHIVE_TRACK_LATE_TRACKS_H

#include "recorder/archive/track/track.h"

#define LATE_TRACKS_MAX 32
/* Tokens of syncs that are ours: no event has such a number. */
#define LATE_TOKEN (UINT64_C(1) << 63)

/* One source in one medium. */
struct late_track {
	char name[RS_NAME_MAX + 1];
	enum archive_media media;
	struct track *track;
	struct clock_base clock;
	uint32_t ssrc;   /* of the stream that is begun; 0 = none is */
	int64_t time_us; /* session time of the last packet of the file that is written */
	bool was_shut;   /* the packet before was left out */
};

struct late {
	struct late_track list[LATE_TRACKS_MAX];
	size_t n;
	uint64_t asked; /* the last token */
	uint64_t durable;
};

/* NULL is fine in all of them: nothing was delivered. Returns NULL. */
struct late *late_tracks_free(struct late *late);
/* As archive_tick() and archive_close() have it. 0 or an error of writing. */
int late_tracks_tick(struct late *late, rs_time now) RS_MUST_USE;
int late_tracks_finish(struct late *late, rs_time now) RS_MUST_USE;
rs_time late_tracks_deadline(const struct late *late);

#endif
