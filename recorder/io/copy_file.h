/* recorder/io/copy_file.h
 *
 * One file and its copy on another file system: brought up to date, and compared. Blocking; what is the same already is not
 * written again, so that it goes on where it was left, also after a restart, and mends what differs.
 */
#ifndef ROSTRUM_RECORDER_IO_COPY_FILE_H
#define ROSTRUM_RECORDER_IO_COPY_FILE_H

#include "common/base/mem.h"
#include "recorder/archive/files/digests.h"

#define COPY_CHUNK ((size_t)128 << 10)

struct copy_way {
	const char *from;
	const char *to;
	uint8_t *chunks; /* 2 * COPY_CHUNK octets to work in */
	/* So many octets are about to be read: waits as long as it has to; false = leave off. */
	bool (*go)(void *ctx, size_t octets);
	void *ctx;
};

struct copy_done {
	uint64_t size;    /* of the source, as far as it was read */
	uint64_t written; /* octets that were new or others */
	bool own_fault;   /* an error is the source's, not the copy's */
	bool same;        /* copy_compare(): octet for octet the same digest */
	char sha512[DIGESTS_HEX_LEN];
};

/* Make the copy as the source is now, from `at` on; what is before is taken to be the same. Durable afterwards. 0; -ECANCELED (left
 * off); or a negative errno. `out_done` is set in any case. */
int copy_update(const struct copy_way *way, uint64_t at, struct copy_done *out_done) RS_MUST_USE;
/* Read both from the beginning and work out their digests; the copy is read from where it lies and not from memory, as far as
 * the system can be asked for that. Errors as above. */
int copy_compare(const struct copy_way *way, struct copy_done *out_done) RS_MUST_USE;

#endif
