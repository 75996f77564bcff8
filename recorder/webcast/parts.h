/* recorder/webcast/parts.h
 *
 * The programme of one language as it is written, over all files it is written into: its own, and a part for each time that the
 * recording went on after its recorder was stopped or killed. Blocking file I/O, as in tail.h.
 */
#ifndef ROSTRUM_RECORDER_WEBCAST_PARTS_H
#define ROSTRUM_RECORDER_WEBCAST_PARTS_H

#include "common/evidence/names.h"
#include "recorder/webcast/tail.h"

/* Must not move while it is open. */
struct parts {
	char session[ARCHIVE_PATH_LEN];
	char id[RS_NAME_MAX + 1];
	struct tail_reel files[2]; /* of the part that is read, and where the next one is tried */
	size_t current;
	uint32_t part;   /* number of the one that is read, from 1; 0 = none */
	int64_t from_ms; /* what lies before may be passed over */
};

/* The first of `n` parts that is there, of what is closed. `from_ms`: clusters of before are passed over. 0; -ENOENT, -EBADMSG (none is there yet); -EINVAL
 * (names too long); or as tail_reel_open(). */
int parts_open(struct parts *parts, const char *session, const char *id, uint32_t n,
	int64_t from_ms) RS_MUST_USE;
/* Closed, so that it may be opened, or closed again. */
void parts_init(struct parts *parts);
void parts_close(struct parts *parts);
/* As reel_next(), over all of `n` parts: where one ends the next one goes on, if there is one. */
int parts_next(struct parts *parts, uint32_t n, struct reel_block *out_block);
/* The block just got is not wanted now: the next call gives it again. */
void parts_hold(struct parts *parts);
/* What the head of the part that is read says now. 0 or as tail_reel_open(). */
int parts_head(const struct parts *parts, struct reel_head *out_head) RS_MUST_USE;

#endif
