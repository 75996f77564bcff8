/* recorder/archive/files/digests.h
 *
 * Lists of SHA-512 digests as sha512sum and BagIt (RFC 8493 section 2.1.3) write them: 128 hex digits,
 * two spaces, a path below the session's directory, a newline. Paths here need no encoding, since
 * names.h allows neither "%" nor line breaks; others are refused.
 *
 * Not thread safe. Files are read blocking.
 */
#ifndef ROSTRUM_RECORDER_ARCHIVE_FILES_DIGESTS_H
#define ROSTRUM_RECORDER_ARCHIVE_FILES_DIGESTS_H

#include "common/base/buf.h"
#include "common/base/hash.h"
#include "common/evidence/lines.h"
#include "common/evidence/names.h"

#define DIGESTS_HEX_LEN (2 * RS_SHA512_LEN + 1)
/* Octets of a list: a session of a day with a thousand tracks has some 100,000 files at most. */
#define DIGESTS_MAX ((size_t)64 << 20)

/* A line read back. */
struct digests_line {
	char hex[DIGESTS_HEX_LEN]; /* lower case */
	char path[ARCHIVE_PATH_LEN];
};

/* Append a line. 0, -EINVAL (path cannot stand in a list), -E2BIG or -ENOMEM. */
int digests_write(struct rs_buf *out, const char *hex, const char *path) RS_MUST_USE;
/* 0 or -EBADMSG: no such line, or a path that leaves the directory. */
int digests_read(const struct line *line, struct digests_line *out_line) RS_MUST_USE;
/* SHA-512 of what is in memory. */
void digests_of(const void *data, size_t len, char out_hex[DIGESTS_HEX_LEN]);
/* SHA-512 of a whole file. `chunk` has DIGESTS_CHUNK octets. 0, a negative errno of the file system or -ENOMEM. */
#define DIGESTS_CHUNK ((size_t)256 << 10)
int digests_of_file(const char *path, uint8_t *chunk, char out_hex[DIGESTS_HEX_LEN],
	uint64_t *out_len) RS_MUST_USE;

#endif
