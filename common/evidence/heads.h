/* common/evidence/heads.h
 *
 * heads.jsonl: what the tree over all clusters (merkle.h) looked like from minute to minute, signed
 * with the key of the site. A chain of lines as in chain.h, of type "tree-head"; each payload:
 *
 *   {"size":120,"root":"<64 hex>","added":[["channels/fr.001.a",0,60,"<64 hex>"],
 *    ["tracks/KEN.001.a",0,60,"<64 hex>"]],"events":[41,"<64 hex>"],"key":"<64 hex>","sig":"<128 hex>"}
 *
 * `size` and `root` are those of the tree, `added` its leaves since the line before in their order
 * (file, number of the first cluster, how many, head of a tree over these alone: it tells which
 * file was changed), `events` the last line of events.jsonl at that time
 * and its digest. `sig` is the signature of `key` over this text, each line with its newline:
 *
 *   rostrum tree head 1
 *   <SHA-256 of session.json>
 *   <seq> <utc>                 of this line
 *   <size> <root>
 *   <events: number> <digest>
 *   <prev>                      of this line
 *
 * A machine: no file and no clock. Not thread safe. Allocates as clusters are added, up to the limit.
 */
#ifndef ROSTRUM_COMMON_EVIDENCE_HEADS_H
#define ROSTRUM_COMMON_EVIDENCE_HEADS_H

#include "common/base/sign.h"
#include "common/base/time.h"
#include "common/evidence/chain.h"
#include "common/evidence/merkle.h"

#include <jansson.h>

struct heads;

struct heads_config {
	const struct rs_signer *signer; /* borrowed */
	const char *session_sha256;     /* 64 hex digits; copied */
	rs_time interval;   /* a cluster is signed for this long after it came, at latest */
	size_t pending_max; /* clusters between two lines, at least 1 */
};

#define HEADS_TYPE "tree-head"

/* 0, -EINVAL (limit or digest), or -ENOMEM. */
int heads_new(const struct heads_config *config, struct heads **out_heads) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct heads *heads_free(struct heads *heads);
void heads_freep(struct heads **heads);

/* Go on behind lines that were written before: where they end, and the tree they tell of. At birth only. */
void heads_resume(struct heads *heads, const struct chain *chain, const struct merkle_tree *tree);
/* A cluster was closed. 0; -E2BIG (pending_max wait: write a line first); -EINVAL (its file's name); -ENOMEM. */
int heads_add(struct heads *heads, const struct merkle_cluster *cluster, rs_time now) RS_MUST_USE;
/* When the next line is due: at once when pending_max wait, RS_TIME_NEVER when none does. */
rs_time heads_deadline(const struct heads *heads);
/* Append the next line to `out`, also when nothing was added. `events` is where events.jsonl stands.
 * 0, -E2BIG or -ENOMEM; then nothing changed. */
int heads_write(struct heads *heads, const struct chain *events, int64_t wall_ms,
	struct rs_buf *out) RS_MUST_USE;

/* A line read back. */
struct head {
	uint64_t size;
	struct merkle_hash root;
	uint64_t events_seq;
	char events_sum[CHAIN_HASH_LEN];
	uint8_t key[RS_SIGN_PUBLIC_LEN]; /* whether it is the site's is for the caller to know */
	json_t *added;                   /* owned */
};

/* Some clusters of one file, in a row. */
struct head_run {
	const char *file; /* as long as the head lives */
	uint32_t first;
	uint32_t n;              /* at least 1 */
	struct merkle_hash root; /* of a tree over these clusters alone */
};

/* The line after those read so far, of the session with that digest. 0; -EBADMSG (no such line);
 * -EPROTO (does not follow), -EACCES (not signed so): `why` then says what. Only with 0 is there a
 * head, and head_done() owed. -ENOMEM. */
int head_read(struct chain *chain, const struct line *line, const char *session_sha256,
	struct head *out_head, const char **why) RS_MUST_USE;
void head_done(struct head *head);
size_t head_runs(const struct head *head);
/* `i` below head_runs(). */
struct head_run head_run(const struct head *head, size_t i);

#endif
