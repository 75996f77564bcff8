/* common/evidence/excerpt.h
 *
 * A part of an archive, which shows without the rest that it is part of what was recorded: clusters of some tracks, and
 * for each the way from its digest to a signed head of the tree (merkle.h). Either what one track has of a time, or one
 * speech of the record: the speaker's microphone and camera, those of the room they sat in, what it delivered late of that time
 * among them, and the floor or a language as it was heard meanwhile.
 *
 *   proof.json            what is there (FORMAT.md of recorder/archive)
 *   KEN.001.a.webm …      head of a segment and the clusters asked for; plays by itself
 *   session.json          octets of the session's, whose digest the signature covers
 *   tree-head.json        the head, with tree-head.sig and tree-head.tsr where the session was sealed
 *   recorder.pub          the key
 *   index.json            of a speech: the record, which says whose it is
 *   manifest-sha512.txt   of a speech, with manifest.sig and manifest.tsr: covers index.json and the ledgers
 *   KEN.001.a.idx.jsonl … of a speech: every ledger of its tracks (ledger.h), those without a cluster of its time as well
 *
 * Proven are the octets of the clusters and their places in their segment. Of a speech also what the record says of it, when each cluster
 * was recorded, and that none of its time was left out, but for what was deleted by a schedule: that is told. Of a part of a track times
 * are not proven: the session may go on, and its ledgers are not signed yet. Never proven are the first octets of a media file, which say
 * how to play it.
 *
 * Blocking file I/O; allocates as much as ledgers, heads and record take; for tools and services' worker threads.
 */
#ifndef ROSTRUM_COMMON_EVIDENCE_EXCERPT_H
#define ROSTRUM_COMMON_EVIDENCE_EXCERPT_H

#include "common/base/mem.h"

#define EXCERPT_FORMAT "rostrum-proof/1"
#define EXCERPT_WHY_LEN 256
#define EXCERPT_PROOF "proof.json"
/* What the record says of the meeting a speech was made in. */
#define EXCERPT_MEETING_KEYS                                                \
	{                                                                   \
		"session", "meeting", "title", "symbol", "class", "started" \
	}

struct excerpt_wish {
	uint32_t speech; /* number in the record; 0 = none, then `track` and the times count */
	const char *
		language; /* of a speech: the channel beside the speaker's own tracks; NULL = the floor, where it was recorded */
	const char *track; /* "KEN", "fr"; every medium of it is taken */
	int64_t from_ms;   /* session time; clusters that reach into it are taken whole */
	int64_t to_ms;
	uint64_t octets_max; /* of media; 0 = any */
};

/* Where the files go, one after the other. Each call: 0 or a negative errno, which ends the excerpt. */
struct excerpt_out {
	int (*begin)(void *ctx, const char *name);
	int (*write)(void *ctx, const void *data, size_t len);
	int (*end)(void *ctx);
	void *ctx;
};

struct excerpt_summary {
	uint64_t files; /* of media */
	uint64_t clusters;
	uint64_t octets;
};

/* 0; -ENOENT (no such track or speech, nothing of it at that time, or nothing signed); -EBADMSG (heads, ledgers or record
 * contradict each other or themselves; of a speech, something is missing or not signed yet); -E2BIG (more than octets_max); -EACCES (the session is encrypted); another negative
 * errno of the file system or of `out`; -ENOMEM. What was given to `out` until then is of no use. `why` is a sentence. */
int excerpt_make(const char *directory, const struct excerpt_wish *wish,
	const struct excerpt_out *out, struct excerpt_summary *out_summary,
	char why[EXCERPT_WHY_LEN]) RS_MUST_USE;
/* The same into files of a new directory; `to` must not exist, and what was made until an error stays. */
int excerpt_to_folder(const char *directory, const struct excerpt_wish *wish, const char *to,
	struct excerpt_summary *out_summary, char why[EXCERPT_WHY_LEN]) RS_MUST_USE;
/* The same into a file open for writing, empty: a ZIP archive (zip.h). */
struct excerpt_zip {
	int fd;             /* borrowed */
	const char *folder; /* in which all lies */
	int64_t wall_ms;    /* when the files are said to be made */
};
int excerpt_to_zip(const char *directory, const struct excerpt_wish *wish,
	const struct excerpt_zip *to, struct excerpt_summary *out_summary,
	char why[EXCERPT_WHY_LEN]) RS_MUST_USE;

#endif
