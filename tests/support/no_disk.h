/* tests/support/no_disk.h
 *
 * A disk on which nothing can be opened: for machines that must live without one, and without touching a file.
 */
#ifndef ROSTRUM_TESTS_SUPPORT_NO_DISK_H
#define ROSTRUM_TESTS_SUPPORT_NO_DISK_H

#include "recorder/archive/files/disk.h"

#include <errno.h>

static int no_open(
	void *ctx, uint32_t owner, const char *path, enum disk_open how, uint32_t *out_file)
{
	return -EIO;
}

static int no_write(void *ctx, uint32_t file, uint64_t offset, const void *data, size_t len)
{
	return -EIO;
}

static int no_sync(void *ctx, uint32_t file, uint64_t token)
{
	return -EIO;
}

static void no_close(void *ctx, uint32_t file)
{
}

static const struct disk no_disk = {
	.open = no_open, .write = no_write, .sync = no_sync, .close = no_close
};

#endif
