/* recorder/archive/files/lock.h
 *
 * Who has a session: flock(2) on its directory, gone with the process that took it. Recorders share it, since within
 * one of them a session may be written, closed and gone on with at the same time; who repairs has it alone.
 * A file system without such locks is taken as it is: nobody is kept out then.
 */
#ifndef ROSTRUM_RECORDER_ARCHIVE_FILES_LOCK_H
#define ROSTRUM_RECORDER_ARCHIVE_FILES_LOCK_H

#include "common/base/mem.h"

enum lock_mode {
	LOCK_SHARED, /* a recorder */
	LOCK_ALONE,  /* a repair */
};

/* 0 and lock_done() is owed for *out_lock (-1 = nothing is held, since there are no locks here); -EBUSY (somebody
 * else has it); -ENOENT or another error of opening the directory. Does not wait. */
int lock_take(const char *directory, enum lock_mode mode, int *out_lock) RS_MUST_USE;
void lock_done(int lock);

#endif
