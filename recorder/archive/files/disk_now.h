/* recorder/archive/files/disk_now.h
 *
 * The disk port for tools that add to an archive: what it is told is done before the call returns, and its error is
 * the call's. For the few files an archive without tracks keeps open. Blocking file I/O; not thread safe.
 */
#ifndef ROSTRUM_RECORDER_ARCHIVE_FILES_DISK_NOW_H
#define ROSTRUM_RECORDER_ARCHIVE_FILES_DISK_NOW_H

#include "recorder/archive/files/disk.h"

#define DISK_NOW_FILES 4

struct disk_now {
	struct disk disk;          /* the port, as long as this stays where it is */
	int files[DISK_NOW_FILES]; /* -1 = free */
};

void disk_now_init(struct disk_now *out_disk);
/* Closes what is open. */
void disk_now_done(struct disk_now *disk);

#endif
