/* recorder/archive/excerpt.h
 *
 * A part of one track in a directory of its own, which shows without the rest of the archive that it is part of
 * what was recorded: the clusters, and for each the way from its digest to a signed head of the tree (merkle.h).
 *
 *   proof.json       what is there (FORMAT.md)
 *   KEN.001.a.webm   head of the segment and the clusters asked for; plays by itself
 *   session.json     octets of the session's, whose digest the signature covers
 *   tree-head.json   the head, with tree-head.sig and tree-head.tsr where the session was sealed
 *   recorder.pub     the key
 *
 * Proven are the octets of the clusters and their places in their segment, not the first octets of the file,
 * which say how to play it, and not the times in proof.json, which repeat the ledger.
 *
 * Blocking file I/O; allocates; for tools and services' worker threads.
 */
#ifndef ROSTRUM_RECORDER_ARCHIVE_EXCERPT_H
#define ROSTRUM_RECORDER_ARCHIVE_EXCERPT_H

#include "recorder/archive/verify.h"

#define EXCERPT_FORMAT "rostrum-proof/1"
#define EXCERPT_WHY_LEN 256
#define EXCERPT_PROOF "proof.json"

struct excerpt_wish {
	const char *track; /* "KEN", "fr"; every medium of it is taken */
	int64_t from_ms;   /* session time; clusters that reach into it are taken whole */
	int64_t to_ms;
};

struct excerpt_summary {
	uint64_t files;
	uint64_t clusters;
	uint64_t octets;
};

/* `to` must not exist; it is made, and what was made until an error stays. 0; -ENOENT (no such track, nothing at that
 * time, or nothing signed of it); -EBADMSG (the archive's heads and ledgers contradict each other); another
 * negative errno; -ENOMEM. `why` is a sentence. */
int excerpt_make(const char *directory, const struct excerpt_wish *wish, const char *to,
	struct excerpt_summary *out_summary, char why[EXCERPT_WHY_LEN]) RS_MUST_USE;

/* Whether a directory holds one. */
bool excerpt_is(const char *directory);
/* As archive_verify(), of one. The report counts segments, clusters, octets, heads, signatures and stamps. */
int excerpt_verify(const char *directory, const struct archive_knowledge *knowledge,
	const struct archive_sink *sink, struct archive_report *out_report) RS_MUST_USE;

#endif
