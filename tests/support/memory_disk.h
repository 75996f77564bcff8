/* tests/support/memory_disk.h
 *
 * The disk port in memory: files by the order they were made in, and a port to read them back with
 * recorder/mux/reel.h. Aborts where a real one could only fail.
 */
#ifndef ROSTRUM_TESTS_SUPPORT_MEMORY_DISK_H
#define ROSTRUM_TESTS_SUPPORT_MEMORY_DISK_H

#include "common/base/buf.h"
#include "recorder/archive/files/disk.h"
#include "recorder/mux/reel.h"

#define MEMORY_DISK_FILES 8

struct memory_file {
	char path[160];
	struct rs_buf data;
	bool closed;
};

struct memory_disk {
	struct disk disk;
	struct memory_file files[MEMORY_DISK_FILES];
	size_t n_files;
	unsigned syncs;
	int error; /* what the next write says */
};

void memory_disk_init(struct memory_disk *memory);
void memory_disk_done(struct memory_disk *memory);
/* The file whose path ends so, or NULL. */
struct memory_file *memory_disk_find(struct memory_disk *memory, const char *ending);
struct reel_port memory_file_port(struct memory_file *file);

#endif
