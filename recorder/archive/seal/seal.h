/* recorder/archive/seal/seal.h
 *
 * A closed session becomes a BagIt 1.0 bag (RFC 8493) where it lies: a SHA-512 manifest of all below
 * data/, signed (Ed25519) and stamped (RFC 3161), and tag files that say so.
 *
 *   manifest-sha512.txt      each file below data/
 *   proof/manifest.sig       signature of the manifest's octets; absent without a key
 *   proof/recorder.pub       the key it verifies with
 *   proof/manifest.tsr       what the time-stamping authority answered; absent without one
 *   proof/tree-head.json     the last signed head (heads.h), with .sig and .tsr as the manifest has them
 *   bag-info.txt bagit.txt   bag-info says whether there is a signature and a time stamp, or why not
 *   tagmanifest-sha512.txt   each of the above; written last: where it stands, the session is sealed
 *
 * Blocking file I/O, in any one thread: for a worker and for tools.
 */
#ifndef ROSTRUM_RECORDER_ARCHIVE_SEAL_SEAL_H
#define ROSTRUM_RECORDER_ARCHIVE_SEAL_SEAL_H

#include "common/base/buf.h"
#include "common/base/hash.h"
#include "common/base/sign.h"

#define SEAL_WHY_LEN 256
#define SEAL_TOKEN_MAX ((size_t)64 << 10)

struct seal_config {
	const char *software;
	const struct rs_signer *signer; /* NULL = none; used by one thread at a time */
	/* Have this digest stamped: the DER of a TimeStampResp, checked, into `out`. 0 or a negative errno and
	 * a sentence. NULL = no authority is configured. */
	int (*stamp)(void *ctx, const uint8_t sha512[RS_SHA512_LEN], struct rs_buf *out,
		char why[SEAL_WHY_LEN]);
	/* All is written and only to be given its name. 0 and release() follows, or -EAGAIN: the session goes
	 * on, nothing is sealed. Both NULL = nobody could object. */
	int (*hold)(void *ctx);
	void (*release)(void *ctx);
	void *ctx;
};

/* How it stands with the time stamps of a session that is sealed. */
enum seal_stamp {
	SEAL_STAMPED,
	SEAL_STAMP_OWED,  /* an authority was asked, and gave none */
	SEAL_STAMP_NEVER, /* none was configured */
};

/* Seal a session that is closed. One that has a manifest keeps it, and gets what is missing: a signature,
 * a time stamp. 0; -EAGAIN (held); another negative errno, and `why` names the file. A time stamp that
 * could not be had is no error: bag-info.txt and `why` say so ("" otherwise). */
int seal_make(const char *directory, const struct seal_config *config,
	char why[SEAL_WHY_LEN]) RS_MUST_USE;
/* Digests of the essence that is finished while the recording goes on (files that were rolled), so that
 * seal_make() is quick. `done` = false: stopped after some; call again. 0 or a negative errno. */
int seal_prepare(const char *directory, bool *out_done) RS_MUST_USE;
bool seal_is_made(const char *directory);
/* There is a manifest: what it tells of is not made anew any more. */
bool seal_is_begun(const char *directory);
/* Of one that is made. */
bool seal_is_signed(const char *directory);
enum seal_stamp seal_stamp(const char *directory);
/* The session goes on: what sealed it is no longer true and taken away, the manifest, its signature and its
 * time stamp being kept below proof/ under a number. 0 or a negative errno. */
int seal_break(const char *directory) RS_MUST_USE;

#endif
