/* recorder/programme/original.h
 *
 * The pictures of a programme that is whole, one after the other, for a programme that takes them over as they are. Blocking file
 * I/O; not thread safe. Allocates at birth and for the largest picture.
 */
#ifndef ROSTRUM_RECORDER_PROGRAMME_ORIGINAL_H
#define ROSTRUM_RECORDER_PROGRAMME_ORIGINAL_H

#include "recorder/programme/pictures.h"

struct original;

/* 0; -ENOENT (it has no pictures, or of a codec that programmes are not made in); -EBADMSG (no WebM); -ENOMEM; or an error of the
 * file system. */
int original_new(const char *path, struct original **out_original) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct original *original_free(struct original *original);
/* Of all of them. */
enum depay_codec original_codec(const struct original *original);
/* 1 and the next picture, as long as its time is not after `until_ms`, which lives until the next call; 0; -EBADMSG, -ENOMEM or an
 * error of the file system: there will be no more. */
int original_next(
	struct original *original, int64_t until_ms, struct picture *out_picture) RS_MUST_USE;

#endif
