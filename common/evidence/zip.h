/* common/evidence/zip.h
 *
 * A ZIP archive (PKWARE APPNOTE 6.3.3) of files that are stored as they are, into a file open for writing, for who has to hand
 * out several files as one that anybody can open. Names are UTF-8. No ZIP64: 65,535 files and 4 GiB at most, and refused beyond.
 *
 * Blocking file I/O; allocates the directory that stands at the end. Not thread safe.
 */
#ifndef ROSTRUM_COMMON_EVIDENCE_ZIP_H
#define ROSTRUM_COMMON_EVIDENCE_ZIP_H

#include "common/base/mem.h"

#define ZIP_NAME_MAX 512

struct zip;

/* Borrows `fd`, which is written from its beginning. All files lie in `folder` ("" = in none) and are of this time. 0, -EINVAL
 * (longer than ZIP_NAME_MAX) or -ENOMEM. */
int zip_new(int fd, const char *folder, int64_t wall_ms, struct zip **out_zip) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct zip *zip_free(struct zip *zip);
/* The next file; it is written by any number of zip_write() and ended by zip_end(). 0, -EINVAL (name), -E2BIG, -ENOMEM or the
 * file's errno; after an error the archive is of no use. */
int zip_begin(struct zip *zip, const char *name) RS_MUST_USE;
int zip_write(struct zip *zip, const void *data, size_t len) RS_MUST_USE;
int zip_end(struct zip *zip) RS_MUST_USE;
/* Nothing follows: writes the directory. As zip_begin(). */
int zip_finish(struct zip *zip) RS_MUST_USE;

#endif
