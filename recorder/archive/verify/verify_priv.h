/* recorder/archive/verify/verify_priv.h
 *
 * What the parts of verification share: verify.c (events, session), segments.c (ledgers and media), custody.c (what was
 * deleted), tree.c (signed heads), attested.c (what attests a file as a whole),
 * bag.c (manifest, signature, time stamp).
 */
#ifndef ROSTRUM_RECORDER_ARCHIVE_VERIFY_VERIFY_PRIV_H
#define ROSTRUM_RECORDER_ARCHIVE_VERIFY_VERIFY_PRIV_H

#include "common/base/hash.h"
#include "common/evidence/chain.h"
#include "recorder/archive/custody/custody.h"
#include "recorder/archive/session/archive.h"
#include "recorder/archive/verify/late.h"
#include "recorder/archive/verify/verify.h"

struct verify {
	const char *directory;
	const struct archive_knowledge *options;
	const struct archive_sink *sink;
	uint64_t done; /* octets read, of `all` */
	uint64_t all;
	struct archive_report report;
	struct custody *custody; /* what was deleted since: custody_gone() */
	const char *custody_name;
	json_t *segments; /* file -> payload of the last line about it, with its type under "line" */
	char session_sha256[CHAIN_HASH_LEN]; /* of session.json, as the recording began with it */
	bool unsigned_repair; /* it was cut off, and closed by a repair that signed nothing */
	int64_t last_event;
	uint8_t event_hash[RS_SHA256_LEN]; /* of that event */
	struct lines heads;                /* heads.jsonl */
	json_t *sums;                      /* array: digest of each line of events.jsonl */
	struct verify_late late;           /* what was delivered after an outage */
};

void verify_problem(struct verify *verify, const char *file, const char *format, ...)
	RS_PRINTF(3, 4);
void verify_note(struct verify *verify, const char *file, const char *text);

/* That many octets more have been read. */
void verify_progress(struct verify *verify, uint64_t octets);

/* Whether `signature` is that of `subject` by `key`: 1, counted; 0, told of the file `name`; -ENOMEM. */
int verify_signature(struct verify *verify, const char *name, const struct lines *signature,
	const uint8_t key[RS_SIGN_PUBLIC_LEN], const struct lines *subject) RS_MUST_USE;
/* The same of an answer of a time-stamping authority; with 1, when that was. */
int verify_stamp(struct verify *verify, const char *name, const struct lines *answer,
	const struct lines *subject, int64_t *out_wall_ms) RS_MUST_USE;
/* What was deleted since, by which rule: so that it can be told from what was altered. And who says so. 0 or a negative errno. */
int verify_custody(struct verify *verify) RS_MUST_USE;
/* A file that is not there, of which `gone` says why: a note; where a key was given that did not sign that, a problem. */
void verify_gone(struct verify *verify, const char *file, const struct custody_fate *gone);
/* Each segment against its ledger and the line that ended it, and files nobody wrote down. As verify_tree(). */
int verify_segments(struct verify *verify) RS_MUST_USE;
/* Reads the heads before anything else, so that what they cover is there when it is read later, also while
 * the recording goes on. 0 or a negative errno. */
int verify_load_heads(struct verify *verify) RS_MUST_USE;
/* proof/heads.jsonl against ledgers and events. 0 or -ENOMEM or an error of the file system. */
int verify_tree(struct verify *verify) RS_MUST_USE;
/* Manifests, signatures and time stamps of a session that was sealed. As verify_tree(). */
int verify_bag(struct verify *verify) RS_MUST_USE;

#endif
