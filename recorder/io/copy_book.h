/* recorder/io/copy_book.h
 *
 * What is known of the files of the second copy: how far each was brought over, and which were verified. The latter is noted beside the
 * copy, a file a session below COPIER_NOTES (copier.h), so that it is known after a restart as well:
 *
 *   SHA-512 size time-of-the-last-change-in-ns path-below-the-session
 *
 * Blocking. One thread.
 */
#ifndef ROSTRUM_RECORDER_IO_COPY_BOOK_H
#define ROSTRUM_RECORDER_IO_COPY_BOOK_H

#include "common/base/mem.h"

struct copy_book;

/* A file below the root. */
struct copy_entry {
	struct copy_entry *next;
	/* As it was one and two rounds ago: before the older one nothing changes any more while it grows. */
	uint64_t sizes[2];
	uint64_t size; /* as verified, with `mtime_ns` */
	int64_t mtime_ns;
	bool verified;
	bool seen;   /* that the copy is still there was looked at since the start */
	bool warned; /* that it differed */
	char path[]; /* "SESSION/data/…"; of the session itself "SESSION/" */
};

/* `max` entries at most. 0 or -ENOMEM. */
int copy_book_new(size_t max, struct copy_book **out_book) RS_MUST_USE;
struct copy_book *copy_book_free(struct copy_book *book);
/* The entry of a file, made if there is none. 0, -E2BIG or -ENOMEM. */
int copy_book_entry(
	struct copy_book *book, const char *path, struct copy_entry **out_entry) RS_MUST_USE;
/* Take what was noted of a session in the folder `notes`. Lines that are none, as a torn last one, are passed over. */
void copy_book_read(struct copy_book *book, const char *notes, const char *session);
/* One such line of a session, its newline included; it is cut up. 0 and the entry; -EBADMSG; -E2BIG or -ENOMEM. */
int copy_book_take(
	struct copy_book *book, const char *session, char *line, struct copy_entry **out_entry);
/* Note a verified file. What could not be noted is verified again after a restart. */
void copy_book_note(const struct copy_entry *entry, const char *notes, const char *sha512);

#endif
