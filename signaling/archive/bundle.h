/* signaling/archive/bundle.h
 *
 * One speech of a recording with its proof (common/evidence/excerpt.h), as one ZIP archive in a file that has no name: it is gone
 * when it is closed, whatever becomes of the server. Blocks as long as the disk does: for worker threads.
 */
#ifndef ROSTRUM_SIGNALING_ARCHIVE_BUNDLE_H
#define ROSTRUM_SIGNALING_ARCHIVE_BUNDLE_H

#include "signaling/archive/shelf.h"

/* Octets of sound and pictures that are given out at once: an hour of them. What is longer is for who has the archive itself. */
#define BUNDLE_OCTETS_MAX ((uint64_t)1 << 30)
#define BUNDLE_WHY_LEN 256

struct bundle_wish {
	const char *root;      /* of the archive */
	const char *directory; /* below it, as the catalogue has it */
	const char *
		scratch; /* a folder for the file; no more than a quarter of what its disk has left is taken */
	const char *folder; /* in the ZIP archive */
	uint32_t speech;
	const char *language; /* empty = the floor */
	int64_t started_ms; /* of the recording: the time of the files, so that the same wish gives the same octets */
};

/* 0, and out_file->fd is the caller's; -ENOENT (no such speech or language, or none of it can be proven); -E2BIG (over
 * BUNDLE_OCTETS_MAX); -ENOSPC; -EBADMSG (the archive contradicts itself); another errno; -ENOMEM. `why` is a sentence for the log. */
int bundle_make(const struct bundle_wish *wish, struct shelf_file *out_file,
	char why[BUNDLE_WHY_LEN]) RS_MUST_USE;

#endif
