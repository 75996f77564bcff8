/* signaling/archive/shelf.h
 *
 * The archive's directory as it lies on a disk that may be slow, far away or gone. Every step of a path is opened by itself:
 * nothing that is a symbolic link is followed, no name that begins with a dot is looked at, nothing but a regular file is opened.
 * Blocks as long as the disk does: for worker threads.
 */
#ifndef ROSTRUM_SIGNALING_ARCHIVE_SHELF_H
#define ROSTRUM_SIGNALING_ARCHIVE_SHELF_H

#include "signaling/archive/catalogue.h"

/* Directories that one scan looks at; what is beyond is not found. */
#define SHELF_SESSIONS_MAX 100000
/* An entity tag with its quotes. */
#define SHELF_TAG_LEN 80

struct shelf_file {
	int fd; /* owned by whoever asked */
	uint64_t octets;
	int64_t modified_s;
	char tag[SHELF_TAG_LEN]; /* changes with the content */
};

/* Open data/`file` of a recording. 0; -ENOENT: not there, or none that may be opened; -EIO. */
int shelf_open(const char *root, const char *directory, const char *file,
	struct shelf_file *out_file) RS_MUST_USE;

/* Open the file that this path (steps with a slash between two) leads to from `root`. As shelf_open(). */
int shelf_open_path(const char *root, const char *path, struct shelf_file *out_file) RS_MUST_USE;

struct shelf_report {
	uint32_t taken;     /* new, or changed */
	uint32_t forgotten; /* no longer there */
	uint32_t refused;   /* an index that is none, newly seen */
	uint32_t twice;     /* a session that is there already */
	char error
		[CATALOGUE_ERROR_LEN]; /* of the last that was refused, with its directory; empty = none */
};

/* Look through the directory and bring the catalogue up to date; `*stop` (from any thread) ends it early. Where the directory cannot
 * be read nothing is forgotten. 0, -ENOENT (no such directory), -EIO (catalogue or disk), -ENOMEM. */
int shelf_scan(const char *root, struct catalogue *catalogue, const bool *stop,
	struct shelf_report *out_report) RS_MUST_USE;

#endif
