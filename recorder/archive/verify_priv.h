/* recorder/archive/verify_priv.h
 *
 * What the parts of verification share: verify.c (events, segments), verify_tree.c (signed heads),
 * verify_bag.c (manifest, signature, time stamp).
 */
#ifndef ROSTRUM_RECORDER_ARCHIVE_VERIFY_PRIV_H
#define ROSTRUM_RECORDER_ARCHIVE_VERIFY_PRIV_H

#include "common/base/hash.h"
#include "recorder/archive/archive.h"
#include "recorder/archive/chain.h"
#include "recorder/archive/custody.h"
#include "recorder/archive/verify.h"

struct verify {
	const char *directory;
	const struct archive_knowledge *options;
	const struct archive_sink *sink;
	uint64_t done; /* octets read, of `all` */
	uint64_t all;
	struct archive_report report;
	struct custody *custody; /* what was deleted since: custody_gone() */
	json_t *segments; /* file -> payload of the last line about it, with its type under "line" */
	char session_sha256[CHAIN_HASH_LEN]; /* of session.json, as the recording began with it */
	bool unsigned_repair; /* it was cut off, and closed by a repair that signed nothing */
	int64_t last_event;
	uint8_t event_hash[RS_SHA256_LEN]; /* of that event */
	struct lines heads;                /* heads.jsonl */
	json_t *sums;                      /* array: digest of each line of events.jsonl */
};

void verify_problem(struct verify *verify, const char *file, const char *format, ...)
	RS_PRINTF(3, 4);
void verify_note(struct verify *verify, const char *file, const char *text);

/* That many octets more have been read. */
void verify_progress(struct verify *verify, uint64_t octets);

/* Reads the heads before anything else, so that what they cover is there when it is read later, also while
 * the recording goes on. 0 or a negative errno. */
int verify_load_heads(struct verify *verify) RS_MUST_USE;
/* proof/heads.jsonl against ledgers and events. 0 or -ENOMEM or an error of the file system. */
int verify_tree(struct verify *verify) RS_MUST_USE;
/* Manifests, signatures and time stamps of a session that was sealed. As verify_tree(). */
int verify_bag(struct verify *verify) RS_MUST_USE;

#endif
