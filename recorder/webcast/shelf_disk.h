/* recorder/webcast/shelf_disk.h
 *
 * The shelf as a directory: a file is written beside its place and renamed, so that whoever reads it, a web server, sees all of it
 * or none. Blocking file I/O. Nothing is made durable: after the power was gone there is nobody who would want it.
 */
#ifndef ROSTRUM_RECORDER_WEBCAST_SHELF_DISK_H
#define ROSTRUM_RECORDER_WEBCAST_SHELF_DISK_H

#include "recorder/webcast/shelf.h"

#define SHELF_PATH_LEN 4096

struct shelf_disk {
	char directory[SHELF_PATH_LEN - SHELF_NAME_LEN - 8];
	struct shelf shelf;
};

/* `directory` is made if its parent exists. 0, -EINVAL (too long) or a negative errno. */
int shelf_disk_init(struct shelf_disk *disk, const char *directory) RS_MUST_USE;

/* What is in a folder: the run of segments with the highest numbers, and the init beside them. */
struct shelf_found {
	int64_t oldest; /* of all segments */
	int64_t first;  /* of those that follow one another up to the last, `n` of them */
	uint32_t n;
	char init[32]; /* "" = none, or more than one */
};

/* `ending` without a dot. 0 (also where there is nothing) or a negative errno. */
int shelf_disk_look(const struct shelf_disk *disk, const char *folder, const char *ending,
	struct shelf_found *out_found) RS_MUST_USE;
/* Take away all that is there, the directory itself too; what is not of a webcast's form stays. */
void shelf_disk_clear(const struct shelf_disk *disk);

#endif
