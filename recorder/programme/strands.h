/* recorder/programme/strands.h
 *
 * Segments of an archive read side by side, frame by frame, in order of session time. A file is opened when its time has come, so
 * that few are open at a time. Blocking file I/O; not thread safe; allocates with each track, and with each segment that was
 * delivered, up to STRANDS_MAX.
 */
#ifndef ROSTRUM_RECORDER_PROGRAMME_STRANDS_H
#define ROSTRUM_RECORDER_PROGRAMME_STRANDS_H

#include "recorder/mux/reel.h"
#include "recorder/programme/script.h"

#define STRANDS_MAX 4096
/* What a recorder writes (conf/README.md, record.*). */
#define STRANDS_BLOCK_MAX ((size_t)4 << 20)

struct strands;

/* Borrowed until the next call. */
struct strands_frame {
	size_t segment; /* of the script */
	const struct reel_head *head;
	const struct reel_block *block;
	int64_t time_ms; /* session time */
};

/* Those segments of the script that `wants` says yes to; directory and script are borrowed. 0, -E2BIG or -ENOMEM. */
int strands_new(const char *directory, const struct script *script,
	bool (*wants)(const struct script_segment *segment),
	struct strands **out_strands) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct strands *strands_free(struct strands *strands);
/* 1; 0 = there is no more; or -ENOMEM. */
int strands_next(struct strands *strands, struct strands_frame *out_frame) RS_MUST_USE;
/* Segments that are missing or no WebM: left out. */
uint64_t strands_unreadable(const struct strands *strands);
/* When a file ends, as its head says: -1 where that cannot be said, it was not finished, or not all of it is there. */
int64_t strands_length(const char *path);

#endif
