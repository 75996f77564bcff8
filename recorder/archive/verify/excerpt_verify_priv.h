/* recorder/archive/verify/excerpt_verify_priv.h
 *
 * An excerpt being judged by excerpt_verify.c: excerpt_head.c has the head, excerpt_record.c what the record says of a speech,
 * excerpt_complete.c what its ledgers do, excerpt_clusters.c the media. Each asks those before it, at most.
 */
#ifndef ROSTRUM_RECORDER_ARCHIVE_VERIFY_EXCERPT_VERIFY_PRIV_H
#define ROSTRUM_RECORDER_ARCHIVE_VERIFY_EXCERPT_VERIFY_PRIV_H

#include "common/evidence/heads.h"
#include "common/evidence/ledger.h"
#include "recorder/archive/verify/excerpt_verify.h"
#include "recorder/archive/verify/verify_priv.h"

/* What has to be there of a segment, as its ledger says. */
struct excerpt_ledger {
	char file[NAMES_FILE_LEN];
	struct ledger_line *lines; /* of the speech's time */
	size_t n;
	bool seen; /* proof.json has it */
};

struct checking {
	struct verify verify;
	struct head head;
	struct lines session;
	char session_sha256[CHAIN_HASH_LEN];
	bool speech; /* then there is a ledger of each segment in it */
	struct excerpt_ledger *ledgers;
	size_t n_ledgers;
};

/* A small file of the directory: the archive's are called as in it, without their folder (names_file()). 0 or an error of lines_open(). */
int excerpt_load(const struct verify *verify, const char *name, struct lines *out) RS_MUST_USE;
/* Loads session.json and the head. 0; -EBADMSG (there is no signed head, which is told); -ENOMEM or an error of the file system. */
int excerpt_check_head(struct checking *checking) RS_MUST_USE;
/* Whether `signed_place` is there and a signature of `subject` by the head's key: 1, or 0 (absent, or no such signature, which is
 * told). -ENOMEM or an error of the file system. */
int excerpt_check_signature(struct checking *checking, enum names_place signed_place,
	const struct lines *subject) RS_MUST_USE;
/* The time stamp of `subject`, where there is one; its absence is noted. 0 or an error. */
int excerpt_check_stamp(struct checking *checking, enum names_place stamped_place,
	enum names_place place, const struct lines *subject) RS_MUST_USE;
/* Whether a segment ("tracks/KEN.001.a") is of whoever made this speech of the record: their own, or the room's they sat in. */
bool excerpt_is_speakers(const json_t *speech, const char *segment);
/* Read the ledgers of a speech, which the manifest has to cover. 0 (problems are told), -ENOMEM or an error of the file system.
 * excerpt_ledgers_done() is owed in any case. */
int excerpt_load_ledgers(
	struct checking *checking, const struct lines *manifest, const json_t *proof) RS_MUST_USE;
void excerpt_ledgers_done(struct checking *checking);
/* That of a segment; NULL = there is none. */
struct excerpt_ledger *excerpt_ledger(const struct checking *checking, const char *file);
/* Whether a file of the directory is one of them. */
bool excerpt_is_ledger(const struct checking *checking, const char *name);
/* Tells which of them have something of the speech that nothing in proof.json stands for. */
void excerpt_check_whole(struct checking *checking);
/* A segment of which proof.json says that it was deleted, and by which line. 0 (problems are told) or -ENOMEM. */
int excerpt_check_deleted(
	struct checking *checking, const char *segment, const json_t *said) RS_MUST_USE;
/* The media that proof.json lists under "files". 0 (problems are told) or -ENOMEM. */
int excerpt_check_files(struct checking *checking, const json_t *files) RS_MUST_USE;
/* What proof.json says of a speech stands in the record, and that is covered by the signed manifest; loads the ledgers. 0 (problems are
 * told) or an error. */
int excerpt_check_record(struct checking *checking, const json_t *proof) RS_MUST_USE;

#endif
