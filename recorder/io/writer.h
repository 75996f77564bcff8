/* recorder/io/writer.h
 *
 * The disk port on a thread of its own, so that a slow disk does not stop the taps: jobs go through
 * a bounded ring of octets in the order they were given. After the first error of an owner nothing
 * more of that owner is written; the others go on. A disk without room is no error while what comes can
 * wait in the ring: it is tried again until there is room, or until a file must be closed that finds no place
 * in the ring, or the end. One thread may call; `wake` is called from the writer's thread when there is
 * something to poll.
 */
#ifndef ROSTRUM_RECORDER_IO_WRITER_H
#define ROSTRUM_RECORDER_IO_WRITER_H

#include "recorder/archive/files/disk.h"

struct writer;

struct writer_config {
	size_t queue_max; /* octets that may wait, at least 64 KiB and one job with all its octets */
	uint32_t files_max;
	void (*wake)(void *ctx);
	void *ctx;
};

struct writer_result {
	uint32_t owner;
	int err;        /* negative errno: the owner's files are written no more; else 0 */
	uint64_t token; /* of a sync that is done */
	char path[256]; /* the file that failed, its end; "" otherwise */
};

/* Starts the thread. 0, -EINVAL, -ENOMEM or -EAGAIN (no thread). */
int writer_new(const struct writer_config *config, struct writer **out_writer) RS_MUST_USE;
/* Does what waits, then ends the thread. Results that were not polled are put into *out_failed (true
 * if any was an error), which may be NULL. Returns NULL. */
struct writer *writer_free(struct writer *writer, bool *out_failed);
/* The port; valid as long as the writer. */
const struct disk *writer_disk(struct writer *writer);
struct writer_state {
	size_t backlog;   /* octets that wait */
	uint64_t written; /* octets ever written */
	bool full;        /* the first of those that wait finds no room on the disk */
};
struct writer_state writer_state(struct writer *writer);
/* 1 and a result, or 0. */
int writer_poll(struct writer *writer, struct writer_result *out_result);

#endif
