/* recorder/webcast/tail.h
 *
 * Files of an archive that are still written: lines that are added, and blocks of a WebM (mux/reel.h). Blocking file I/O
 * of what is in the system's memory as a rule, since it was written a moment ago.
 */
#ifndef ROSTRUM_RECORDER_WEBCAST_TAIL_H
#define ROSTRUM_RECORDER_WEBCAST_TAIL_H

#include "common/base/buf.h"
#include "recorder/mux/reel.h"

/* The longest line that is looked at; longer ones are passed over. */
#define TAIL_LINE_MAX ((size_t)1 << 20)
/* The largest block, as the recorder's largest picture. */
#define TAIL_BLOCK_MAX ((size_t)16 << 20)

struct tail {
	int fd; /* -1 = not open */
	uint64_t at;
	struct rs_buf line;
	size_t taken; /* octets of `line` handed out last */
	bool skips;   /* within a line that is too long */
};

/* 0 or a negative errno; -ENOENT: not there yet. */
int tail_open(struct tail *tail, const char *path) RS_MUST_USE;
/* What was never opened may be closed. */
void tail_close(struct tail *tail);
/* 1 and a whole line without its newline, until the next call; 0: no more has come; or a negative errno. */
int tail_next(struct tail *tail, const char **out_text, size_t *out_len);

/* A WebM that grows. It must not move while it is open. */
struct tail_reel {
	int fd; /* -1 = not open */
	struct reel *reel;
	bool held; /* `block` was taken back and comes again */
	struct reel_block block;
};

/* 0; -ENOENT, -EBADMSG: not there, or no WebM, yet; or another negative errno. */
int tail_reel_open(struct tail_reel *tail, const char *path) RS_MUST_USE;
void tail_reel_close(struct tail_reel *tail);
/* As reel_next(). */
int tail_reel_next(struct tail_reel *tail, struct reel_block *out_block);
/* The block just got is not wanted now: the next call gives it again. */
void tail_reel_hold(struct tail_reel *tail);
/* What the head of the file says now. 0 or as tail_reel_open(). */
int tail_reel_head(const struct tail_reel *tail, struct reel_head *out_head) RS_MUST_USE;

#endif
