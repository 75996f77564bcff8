/* common/evidence/lines.h
 *
 * A file of lines, read whole: how archives are re-opened and verified. Blocking file I/O; used
 * when a recording begins and by tools, never while media flows.
 */
#ifndef ROSTRUM_COMMON_EVIDENCE_LINES_H
#define ROSTRUM_COMMON_EVIDENCE_LINES_H

#include "common/base/mem.h"

/* Largest file read: a day of lines for a busy meeting is some megabytes. */
#define LINES_MAX ((size_t)256 << 20)

struct lines {
	uint8_t *data;
	size_t len;
	size_t pos;
};

struct line {
	const char *text; /* without the newline; not NUL-terminated */
	size_t len;
	size_t offset; /* in the file */
	bool whole;    /* ended by a newline; only the last one may lack it */
};

/* 0, a negative errno of the file system, -E2BIG or -ENOMEM. */
int lines_open(struct lines *lines, const char *path) RS_MUST_USE;
void lines_done(struct lines *lines);
/* 1 and a line, or 0 at the end. */
int lines_next(struct lines *lines, struct line *out_line);

/* SHA-256 of part of a file, in hex. 0, a negative errno, or -ENODATA (the file is shorter). */
int lines_digest(int fd, uint64_t offset, uint64_t len, char out_hex[65]) RS_MUST_USE;

#endif
