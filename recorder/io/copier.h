/* recorder/io/copier.h
 *
 * The second copy of the archives, in another directory, on a thread of its own that never holds up the first: what was written is
 * brought there every few seconds, growing files as well; files that rest are read back and compared by their SHA-512. It takes
 * up where it left off, after an outage of the other side and after a restart.
 *
 * The other directory has to hold a file COPIER_MARK, so that the empty directory of a mount that is not there is not taken for it. What
 * was verified is noted there in COPIER_NOTES, a file a session: digest, size, time of the last change, path. Nothing is ever
 * removed from the copy by it, but a file that it has just made while its original was taken out of the archives (second.h).
 */
#ifndef ROSTRUM_RECORDER_IO_COPIER_H
#define ROSTRUM_RECORDER_IO_COPIER_H

#include "common/base/time.h"
#include "recorder/archive/custody/second.h"
#include "recorder/control/room.h"

#define COPIER_MARK SECOND_MARK
#define COPIER_NOTES SECOND_NOTES
/* Files it keeps account of; beyond that it says so. */
#define COPIER_FILES_MAX 200000

struct copier;

struct copier_config {
	const char
		*root; /* of the archives; borrowed as `copy` is, for as long as the process runs */
	const char *copy;
	uint64_t rate;   /* octets a second it reads of the archives at most; not 0 */
	rs_time every;   /* between two rounds */
	rs_time rests;   /* a file that did not change for so long is verified */
	rs_time answers; /* the other side is away when nothing moved for so long */
};

/* Starts the thread. 0, -EINVAL, -ENOMEM or -EAGAIN (no thread). */
int copier_new(const struct copier_config *config, struct copier **out_copier) RS_MUST_USE;
/* Ends the thread; one that hangs in a mount that does not answer is left behind after two seconds, with its memory: the process ends. */
struct copier *copier_free(struct copier *copier);
/* Leave the disk alone for a while, or go on. */
void copier_hold(struct copier *copier, bool hold);
/* How it stands. */
void copier_state(struct copier *copier, rs_time now, struct room_copy *out_state);

#endif
