/* common/evidence/merkle_levels.h
 *
 * All nodes of a Merkle tree (merkle.h), from which inclusion is proven: made out of the leaves alone each proof
 * would read them all, which for a speech of a long meeting is minutes; out of this it is a few copies.
 *
 * Each level has a node for two of the one below; a last one that has no partner stands in the next as it is, which
 * gives the trees of RFC 9162 section 2.1.1. Memory: twice the leaves. Not thread safe.
 */
#ifndef ROSTRUM_COMMON_EVIDENCE_MERKLE_LEVELS_H
#define ROSTRUM_COMMON_EVIDENCE_MERKLE_LEVELS_H

#include "common/evidence/merkle.h"

struct merkle_levels;

/* Of `size` leaves, which are copied. 0, -EINVAL (no leaf, or more than MERKLE_SIZE_MAX) or -ENOMEM. */
int merkle_levels_new(const struct merkle_hash *leaves, uint64_t size,
	struct merkle_levels **out_levels) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct merkle_levels *merkle_levels_free(struct merkle_levels *levels);
/* That leaf `index` is in the tree, RFC 9162 section 2.1.3.1. 0, or -EINVAL (no such leaf). */
int merkle_levels_prove(const struct merkle_levels *levels, uint64_t index,
	struct merkle_proof *out_proof) RS_MUST_USE;

#endif
