#include "signaling/archive/bundle.h"

#include "common/evidence/excerpt.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define INDEX_FILE "record/index.json"
#define PATH_LEN 1024

_Static_assert(BUNDLE_WHY_LEN == EXCERPT_WHY_LEN, "its sentences are handed on");

/* A file without a name. */
static int open_scratch(const char *folder)
{
	char path[PATH_LEN];
	if (rs_format(path, sizeof(path), "%s/.proof-XXXXXX", folder) < 0)
		return -ENAMETOOLONG;
	const int fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	(void)unlink(path); /* it was just made */
	return fd;
}

/* Octets that may be written: meetings write to that disk, too. */
static uint64_t room_of(int fd)
{
	struct statvfs fs;
	if (fstatvfs(fd, &fs) < 0)
		return 0;
	return (uint64_t)fs.f_bavail * (uint64_t)fs.f_frsize / 4;
}

/* The record's entity tag, which speech of it, and how long it is: a signature or a time stamp that came later is one file more. */
static int tag(const struct bundle_wish *wish, uint64_t octets, char out[SHELF_TAG_LEN])
{
	struct shelf_file index;
	const int err = shelf_open(wish->root, wish->directory, INDEX_FILE, &index);
	if (err < 0)
		return err;
	(void)close(index.fd); /* read only */
	return rs_format(out, SHELF_TAG_LEN, "\"%" PRIu32 "-%.16s-%" PRIx64 "-%.*s\"", wish->speech,
		wish->language[0] != '\0' ? wish->language : "-", octets,
		(int)strcspn(index.tag + 1, "\""), index.tag + 1);
}

static int fill(const struct bundle_wish *wish, const char *directory, int fd,
	struct shelf_file *out_file, char why[BUNDLE_WHY_LEN])
{
	const uint64_t room = room_of(fd);
	const struct excerpt_wish what = { .speech = wish->speech,
		.language = wish->language[0] != '\0' ? wish->language : NULL,
		.octets_max = room < BUNDLE_OCTETS_MAX ? room + 1 : BUNDLE_OCTETS_MAX };
	const struct excerpt_zip to = {
		.fd = fd, .folder = wish->folder, .wall_ms = wish->started_ms
	};
	struct excerpt_summary summary;
	struct stat status;
	int err = excerpt_to_zip(directory, &what, &to, &summary, why);
	if (err == -E2BIG && room < BUNDLE_OCTETS_MAX)
		return -ENOSPC;
	if (err == 0 && fstat(fd, &status) < 0)
		err = -errno;
	if (err == 0) {
		out_file->octets = (uint64_t)status.st_size;
		out_file->modified_s = wish->started_ms / 1000;
	}
	return err;
}

int bundle_make(
	const struct bundle_wish *wish, struct shelf_file *out_file, char why[BUNDLE_WHY_LEN])
{
	char directory[PATH_LEN];
	struct shelf_file file = { .fd = -1 };
	(void)rs_copy_string(why, BUNDLE_WHY_LEN, "its record cannot be read"); /* fits */
	/* Whether that is a directory of ours, and no link elsewhere, is seen where the record is opened. */
	int err = tag(wish, 0, file.tag);
	if (err == 0)
		err = rs_format(directory, sizeof(directory), "%s/%s", wish->root, wish->directory);
	if (err < 0)
		return err;
	file.fd = open_scratch(wish->scratch);
	if (file.fd < 0) {
		(void)snprintf(why, BUNDLE_WHY_LEN, "%.180s: %.60s", wish->scratch,
			strerror(-file.fd)); /* may be cut */
		return file.fd;
	}
	err = fill(wish, directory, file.fd, &file, why);
	if (err == 0)
		err = tag(wish, file.octets, file.tag);
	if (err < 0)
		(void)close(file.fd); /* of no use any more */
	else
		*out_file = file;
	return err;
}
