/* recorder/archive/session/witness.h
 *
 * Stands between an archive and its disk: passes everything on as it is, and takes each line of a
 * ledger on its way into the tree whose heads are signed (heads.h). What is signed is so what the
 * disk was told to keep, whichever part of the recorder wrote it.
 *
 * Not thread safe. Allocates at birth only, and what heads_add() does.
 */
#ifndef ROSTRUM_RECORDER_ARCHIVE_SESSION_WITNESS_H
#define ROSTRUM_RECORDER_ARCHIVE_SESSION_WITNESS_H

#include "common/evidence/heads.h"
#include "recorder/archive/files/disk.h"

struct witness;

struct witness_config {
	const struct disk *disk; /* borrowed; what everything is passed on to */
	struct heads *heads;     /* borrowed */
	const char *directory;   /* of the session; copied. Ledgers lie below its data/ */
	size_t ledgers_max;      /* ledgers open at the same time, at most; at least 1 */
	const rs_time *now;      /* borrowed; of the call being served */
	/* As many clusters wait as may: write a line. 0 or an error, which the write then gives back.
	 * May use the disk below, not this one. */
	int (*sign)(void *ctx);
	void *ctx;
};

/* 0, -EINVAL (no ledger may be open, or the directory is too long) or -ENOMEM. */
int witness_new(const struct witness_config *config, struct witness **out_witness) RS_MUST_USE;
/* NULL is fine. Returns NULL. Closes no file. */
struct witness *witness_free(struct witness *witness);
void witness_freep(struct witness **witness);
/* The port to write through, valid as long as the witness. Beyond what files/disk.h says, open() of a ledger
 * gives -EAGAIN when ledgers_max are open, and write() of one -EBADMSG (not one line that follows),
 * -ENOMEM, or the error of sign(). */
const struct disk *witness_disk(const struct witness *witness);
/* Have the disk make durable what the open ledgers were given so far. 0 or its error. */
int witness_sync(const struct witness *witness) RS_MUST_USE;

#endif
