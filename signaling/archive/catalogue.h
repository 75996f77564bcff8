/* signaling/archive/catalogue.h
 *
 * What can be found in the archive: one row a recording, one line for everything in it that can be looked for, in an SQLite
 * database with full-text search (FTS5). All of it is derived from the archives: where the file is absent, damaged or of another
 * version it is made anew, empty, and the next scan fills it.
 *
 * A handle belongs to one thread at a time. One that writes and any number that read may be open at once; each waits for the
 * others at most a few seconds. Calls read the disk: for worker threads, not for a loop.
 */
#ifndef ROSTRUM_SIGNALING_ARCHIVE_CATALOGUE_H
#define ROSTRUM_SIGNALING_ARCHIVE_CATALOGUE_H

#include "common/base/buf.h"
#include "signaling/archive/access.h"
#include "signaling/archive/recording.h"

#define CATALOGUE_DIRECTORY_MAX 160
#define CATALOGUE_ERROR_LEN 256

struct catalogue;

/* Where a recording lies, and what its index looked like from outside when it was read: another stamp, another content. */
struct catalogue_place {
	const char *directory; /* its name below the archive's */
	const char *stamp;
	int64_t scan; /* number of the scan that found it */
};

/* A file of captions that was read; NULL: it could not be. */
struct catalogue_text {
	const char *text;
	size_t len;
};

/* Open to write, made anew where that is needed. 0; -EIO with `error` set; -ENOMEM. */
int catalogue_open(const char *path, struct catalogue **out_catalogue,
	char error[CATALOGUE_ERROR_LEN]) RS_MUST_USE;
/* Open to read what catalogue_open() made. 0, -EIO or -ENOMEM. */
int catalogue_open_reader(const char *path, struct catalogue **out_catalogue) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct catalogue *catalogue_free(struct catalogue *catalogue);
void catalogue_freep(struct catalogue **catalogue);

/* --- Writing --- */

/* Was what lies there taken in, or refused, as it is now? Then it is marked as found by this scan: 1. 0: it is to be read. -EIO. */
int catalogue_knows(struct catalogue *catalogue, const struct catalogue_place *place) RS_MUST_USE;
/* Take a recording in, in place of what was known of that directory. `captions` has an element for each of recording->captions.
 * 0; -EEXIST: another directory holds this session, and stays; -EIO; -ENOMEM. */
int catalogue_put(struct catalogue *catalogue, const struct catalogue_place *place,
	const struct recording *recording, const struct catalogue_text *captions) RS_MUST_USE;
/* Remember that what lies there is of no use, so that it is not read again and again. 0, -EIO. */
int catalogue_refuse(struct catalogue *catalogue, const struct catalogue_place *place) RS_MUST_USE;
/* Forget everything that this scan did not find. How many, or -EIO. */
int catalogue_forget(struct catalogue *catalogue, int64_t scan) RS_MUST_USE;
/* The last scan's number; 0 = none yet. -EIO. */
int catalogue_last_scan(struct catalogue *catalogue, int64_t *out_scan) RS_MUST_USE;

/* --- Reading --- */

enum catalogue_kind {
	CATALOGUE_PROGRAMME,
	CATALOGUE_CAPTIONS,
	CATALOGUE_LATE, /* the floor's programme with what rooms delivered after an outage */
};

/* A file of a recording. */
struct catalogue_file {
	char directory[CATALOGUE_DIRECTORY_MAX + 1];
	char file[RECORDING_FILE_LEN];
	char meeting[RS_NAME_MAX + 1];
	char symbol[RECORDING_TEXT_MAX + 1]; /* empty = none */
	int64_t started_ms;
};

/* Append the index of a session, compact JSON, and say which meeting's it is. 0; -ENOENT: there is none, or none that this viewer may see; -EIO; -ENOMEM; -E2BIG. */
int catalogue_index(struct catalogue *catalogue, const char *session,
	const struct access_viewer *viewer, struct rs_buf *out,
	char out_meeting[RS_NAME_MAX + 1]) RS_MUST_USE;
/* Where the programme or the captions of a language lie. 0; -ENOENT as above, or no such language; -EIO. */
int catalogue_file(struct catalogue *catalogue, const char *session,
	const struct access_viewer *viewer, enum catalogue_kind kind, const char *language,
	struct catalogue_file *out_file) RS_MUST_USE;
/* Where a session lies; `file` is empty. 0; -ENOENT as catalogue_index(); -EIO. */
int catalogue_session(struct catalogue *catalogue, const char *session,
	const struct access_viewer *viewer, struct catalogue_file *out_file) RS_MUST_USE;

#endif
