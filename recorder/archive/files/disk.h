/* recorder/archive/files/disk.h
 *
 * Port for what is written while recording. Calls return at once; the work is done in order,
 * elsewhere: over all files of an owner, and nothing any more after what failed, since a signed head
 * (session/proof.h) may not reach the disk before what it covers. An error met there concerns everything of the same owner and is told to the archive
 * by archive_disk_failed(); what a sync made durable is told by archive_disk_synced().
 */
#ifndef ROSTRUM_RECORDER_ARCHIVE_FILES_DISK_H
#define ROSTRUM_RECORDER_ARCHIVE_FILES_DISK_H

#include "common/base/mem.h"

enum disk_open {
	DISK_CREATE, /* the file must not exist */
	DISK_EXTEND, /* the file may exist; it keeps what it has */
};

/* Each returns 0, -EAGAIN (too much is waiting, or too many files are open), -EINVAL (path too
 * long) or -ENOMEM. Owners are told apart by numbers from 1. */
struct disk {
	/* *out_file names the file from now on. `path` is copied. */
	int (*open)(void *ctx, uint32_t owner, const char *path, enum disk_open how,
		uint32_t *out_file);
	int (*write)(void *ctx, uint32_t file, uint64_t offset, const void *data, size_t len);
	/* All written before is to be durable; `token` comes back when it is. 0 = do not tell. */
	int (*sync)(void *ctx, uint32_t file, uint64_t token);
	/* Syncs and closes; the name is then void. Cannot be refused. */
	void (*close)(void *ctx, uint32_t file);
	void *ctx;
};

#endif
