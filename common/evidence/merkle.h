/* common/evidence/merkle.h
 *
 * One digest for every cluster of every track of a session: the Merkle tree of RFC 9162 section 2.1
 * over SHA-256. Whoever holds the digest of the whole (the head) can be shown with a few digests
 * that one cluster is in it (inclusion), or that an earlier head is a beginning of a later one
 * (consistency), without being given the rest.
 *
 *   leaf = SHA-256(0x00 || entry)     node = SHA-256(0x01 || left || right)     no leaf = SHA-256("")
 *
 * A tree that grows keeps one digest a level and nothing else. Proofs are made from all leaves, by
 * who has read the ledgers. Nothing here allocates; not thread safe.
 */
#ifndef ROSTRUM_COMMON_EVIDENCE_MERKLE_H
#define ROSTRUM_COMMON_EVIDENCE_MERKLE_H

#include "common/base/bytes.h"
#include "common/base/hash.h"
#include "common/evidence/names.h"

/* Levels of the largest tree: 2^40 clusters are thirty years of a thousand tracks. */
#define MERKLE_LEVELS 40
#define MERKLE_SIZE_MAX ((UINT64_C(1) << MERKLE_LEVELS) - 1)
/* Index, size and number of digests stand before the digests of a written inclusion proof. */
#define MERKLE_INCLUSION_MAX (8 + 8 + 1 + MERKLE_LEVELS * RS_SHA256_LEN)

struct merkle_hash {
	uint8_t octets[RS_SHA256_LEN];
};

/* --- leaves --- */

/* What the tree says of a cluster: the place the ledger gives it in its file, and its digest. */
struct merkle_cluster {
	const char *file; /* segment as names_segment() makes it: 1 to NAMES_FILE_LEN - 1 octets */
	uint32_t number;
	uint64_t offset; /* octets, as the length */
	uint64_t len;
	uint8_t sha256[RS_SHA256_LEN];
};

/* The leaf of any entry; `len` at most MERKLE_ENTRY_MAX (asserted). */
#define MERKLE_ENTRY_MAX (1 + NAMES_FILE_LEN + 4 + 8 + 8 + RS_SHA256_LEN)
struct merkle_hash merkle_leaf(const void *entry, size_t len);
/* The leaf of a cluster. Its entry:
 *
 *   length of file (8 bits) | file | number (32) | offset (64) | length (64) | SHA-256 (256)
 *
 * 0, or -EINVAL (length of `file`). */
int merkle_cluster_leaf(
	const struct merkle_cluster *cluster, struct merkle_hash *out_leaf) RS_MUST_USE;
/* The digest of two. */
struct merkle_hash merkle_node(const struct merkle_hash *left, const struct merkle_hash *right);
bool merkle_equal(const struct merkle_hash *a, const struct merkle_hash *b);

/* --- a tree that grows --- */

/* Zeroed = no leaf. peaks[k] is the digest of a full tree of 2^k leaves where bit k of `size` is set. */
struct merkle_tree {
	uint64_t size;
	struct merkle_hash peaks[MERKLE_LEVELS];
};

/* 0, or -E2BIG (MERKLE_SIZE_MAX leaves are in it); then nothing changed. */
int merkle_append(struct merkle_tree *tree, const struct merkle_hash *leaf) RS_MUST_USE;
struct merkle_hash merkle_root(const struct merkle_tree *tree);

/* --- proofs --- */

/* Digests from the leaf towards the head. A consistency proof has one more at most than an inclusion proof. */
struct merkle_proof {
	size_t n;
	struct merkle_hash path[MERKLE_LEVELS + 1];
};

/* That leaf `index` is in a tree of `size` leaves, RFC 9162 section 2.1.3.2; merkle_levels.h makes the proof. 0, or -EACCES (the proof does not lead from this leaf to this head). */
int merkle_check_inclusion(const struct merkle_proof *proof, uint64_t size, uint64_t index,
	const struct merkle_hash *leaf, const struct merkle_hash *root) RS_MUST_USE;

/* That the tree of the first `earlier` of these `size` leaves is a beginning of that of all, section
 * 2.1.4.1. Reads every leaf. 0, or -EINVAL (`earlier` is 0 or more than `size`, or `size` too large). */
int merkle_prove_consistency(const struct merkle_hash *leaves, uint64_t size, uint64_t earlier,
	struct merkle_proof *out_proof) RS_MUST_USE;
/* Section 2.1.4.2: 0, or -EACCES. Nothing can be shown of an empty tree: -EACCES. */
int merkle_check_consistency(const struct merkle_proof *proof, uint64_t earlier,
	const struct merkle_hash *earlier_root, uint64_t size,
	const struct merkle_hash *root) RS_MUST_USE;

/* An inclusion proof with the place it speaks of, in octets:
 *
 *   index (64 bits) | size (64) | n (8) | n digests (256 each)
 */
struct merkle_inclusion {
	uint64_t index;
	uint64_t size;
	struct merkle_proof proof;
};

/* All of `len` octets. 0, or -EBADMSG (cut short or too long, no such index, or not as many digests
 * as a path from there has). */
int merkle_inclusion_parse(
	const uint8_t *data, size_t len, struct merkle_inclusion *out_inclusion) RS_MUST_USE;
/* At most MERKLE_INCLUSION_MAX octets. */
void merkle_inclusion_write(struct rs_writer *writer, const struct merkle_inclusion *inclusion);

#endif
