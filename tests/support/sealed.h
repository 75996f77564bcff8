/* tests/support/sealed.h
 *
 * A small session on the disk as a recorder leaves it: essence with ledgers, a tree with one signed head, a record with three
 * speeches, sealed. Anything amiss fails the running test.
 *
 *   0 to 10 s   channels/floor, channels/fr
 *   2 to 6 s    tracks/KEN: microphone and camera; speech 1, of Kenya
 *   7 to 9 s    tracks/FRA: microphone; speech 2, of France
 *   20 to 22 s  speech 3, of nobody who was recorded
 */
#ifndef ROSTRUM_TESTS_SUPPORT_SEALED_H
#define ROSTRUM_TESTS_SUPPORT_SEALED_H

#include "common/base/sign.h"

#define SEALED_LEN 256 /* of a directory's name */

struct sealed {
	char root[SEALED_LEN];      /* to be removed by sealed_done() */
	char directory[SEALED_LEN]; /* of the session, below it */
	struct rs_signer *signer;
};

/* In a folder of its own. `class` stands in session.json and in the record. */
void sealed_make(struct sealed *sealed, const char *class);
/* The same in `directory`, which must not exist; there is nothing to be done with it. */
void sealed_make_at(const char *directory, const char *class);
void sealed_done(struct sealed *sealed);
/* A file below `directory`, whole; the caller frees it. */
char *sealed_read(const char *directory, const char *name, size_t *out_len);
void sealed_write(const char *directory, const char *name, const void *data, size_t len);

#endif
