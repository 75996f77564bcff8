/* recorder/archive/session/late.h
 *
 * What a meeting room kept while its line was lost, and delivered afterwards (common/control/PROTOCOL.md section 5): it goes into
 * segments of its own in the session that runs, whose ledgers and `segment-opened` say `"delivered":true`, at the times it was
 * said. What is there already, live or from a part that was sent before, is left out; so a part may come again. Where a recorder was
 * restarted, what is there is read back from the ledgers.
 *
 * Part of an archive: not thread safe; its errors make the archive fail. Limit: LATE_TRACKS_MAX tracks.
 */
#ifndef ROSTRUM_RECORDER_ARCHIVE_SESSION_LATE_H
#define ROSTRUM_RECORDER_ARCHIVE_SESSION_LATE_H

#include "recorder/archive/session/archive.h"
#include "recorder/archive/track/late_tracks.h"

/* When the source was open, at most so many stretches. */
#define LATE_SPANS_MAX 64

struct late_span {
	int64_t from_us; /* wall clock */
	int64_t to_us;
};

struct late_part {
	const char *source; /* a name */
	const char *outage; /* whose part it is; a name */
	uint32_t number;    /* from 1 */
	uint32_t parts;
	int64_t from_us; /* of the outage, wall clock */
	int64_t to_us;
	int64_t shift_us; /* our clock - that of the times in the part */
	struct late_span open[LATE_SPANS_MAX];
	size_t n_open;
	const uint8_t *data; /* records of common/control/late.h */
	size_t len;
};

/* Where the packets of a part went. */
struct late_count {
	uint32_t kept;
	uint32_t had;    /* they were there */
	uint32_t shut;   /* said while the source was not open */
	uint32_t before; /* said before the session began */
};

/* Take a part. 0: all of it is with the disk, and durable once archive_late_durable() reaches *out_token (0: it is already).
 * -EBADMSG (malformed: nothing of it was taken); -ENOENT (all of it was said before this session: nothing was taken); -E2BIG (too many
 * tracks); or the archive failed. */
int archive_late(struct archive *archive, const struct late_part *part, struct archive_now when,
	struct late_count *out_count, uint64_t *out_token) RS_MUST_USE;
/* Tokens up to this one are done. */
uint64_t archive_late_durable(const struct archive *archive);

#endif
