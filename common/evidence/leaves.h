/* common/evidence/leaves.h
 *
 * The clusters of a session as its ledgers tell of them, and the tree over them as the signed heads
 * tell of it (heads.h): read back where a recording goes on, where an archive is verified and where a
 * proof is made. Blocking file I/O; allocates as much as there is to read.
 */
#ifndef ROSTRUM_COMMON_EVIDENCE_LEAVES_H
#define ROSTRUM_COMMON_EVIDENCE_LEAVES_H

#include "common/evidence/heads.h"
#include "common/evidence/merkle.h"

/* Clusters in one ledger, at most: thirty hours of one second each. */
#define LEAVES_MAX 108000

/* One cluster: a line of a ledger. */
struct leaf {
	uint64_t offset; /* in the file of the segment, octets, as the length */
	uint64_t len;
	int64_t t0_ms; /* session time */
	int64_t t1_ms;
	uint8_t sha256[RS_SHA256_LEN];
	struct merkle_hash hash;
	uint64_t index; /* in the tree, once a head has covered it */
};

struct leaves_file {
	char file[NAMES_FILE_LEN]; /* segment */
	struct leaf *at;
	uint32_t n;
	uint32_t taken; /* how many of them heads have covered so far */
};

struct leaves {
	struct leaves_file *files; /* in order of their names */
	size_t n;
	struct merkle_tree tree;   /* of what heads have covered so far */
	struct merkle_hash *order; /* its leaves */
};

/* Read every ledger of a session, each up to the first line that is none. 0, a negative errno of the
 * file system, -E2BIG or -ENOMEM. leaves_done() is owed in any case. */
int leaves_load(const char *directory, struct leaves *out_leaves) RS_MUST_USE;
void leaves_done(struct leaves *leaves);
/* What the tree takes in for a cluster of a segment. */
struct merkle_cluster leaves_cluster(
	const struct leaves_file *file, const struct leaf *leaf, uint32_t number);
/* NULL = no such ledger. */
struct leaves_file *leaves_find(const struct leaves *leaves, const char *file);

/* What a head says was added is added to the tree. 0; -EPROTO and what is wrong: `why`, and the segment
 * in `file` ("" = the head as such); or -ENOMEM. */
int leaves_take(struct leaves *leaves, const struct head *head, const char **why,
	char file[NAMES_FILE_LEN]) RS_MUST_USE;
#endif
