/* recorder/archive/custody/custody_line.h
 *
 * Who says a line of custody.jsonl or audit.jsonl (custody.h): its payload may end with a key and a signature,
 *
 *   {"reason":"case 7","by":"clerk","signer":"<64 hex>","sig":"<128 hex>"}
 *
 * by Ed25519 over this text, each line of it with its line feed:
 *
 *   rostrum custody line 1
 *   <SHA-256 of session.json; of audit.jsonl 64 zeros>
 *   <seq> <utc> <type>
 *   <payload without ,"signer" and what follows, but for the last brace>
 *   <prev>
 *
 * So it can neither be moved to another session nor to another place. No I/O.
 */
#ifndef ROSTRUM_RECORDER_ARCHIVE_CUSTODY_CUSTODY_LINE_H
#define ROSTRUM_RECORDER_ARCHIVE_CUSTODY_CUSTODY_LINE_H

#include "common/base/sign.h"
#include "common/evidence/chain.h"

#include <jansson.h>

/* Octets of what custody_line_tell() writes, and a NUL. */
#define CUSTODY_TELL_LEN 512

/* What the text says beside the payload; all borrowed. */
struct custody_line {
	const char *subject; /* 64 hex digits */
	uint64_t seq;
	const char *utc;
	const char *type;
	const char *prev; /* 64 hex digits */
};

/* Append `payload` (a JSON object with a member or more, on one line) to `out`, with key and signature. 0, -EINVAL, -E2BIG or -ENOMEM. */
int custody_line_sign(const struct rs_signer *signer, const struct custody_line *line,
	const char *payload, size_t len, struct rs_buf *out) RS_MUST_USE;
/* 1: it is signed, by `out_key`; 0: it names no signer; -EACCES: the key it names did not sign this; -E2BIG or -ENOMEM. */
int custody_line_check(const struct custody_line *line, const char *payload, size_t len,
	uint8_t out_key[RS_SIGN_PUBLIC_LEN]) RS_MUST_USE;
/* What a line of type `deleted` or `erased` says became of its file, and whose signature it claims: a sentence without a subject. */
void custody_line_tell(
	const char *type, const char *utc, const json_t *payload, char out[CUSTODY_TELL_LEN]);

#endif
