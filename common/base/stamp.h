/* common/base/stamp.h
 *
 * Time stamps of RFC 3161 by OpenSSL: what is asked of an authority, and whether what it answered says
 * that a digest existed at a time. Allocates; any thread.
 */
#ifndef ROSTRUM_COMMON_BASE_STAMP_H
#define ROSTRUM_COMMON_BASE_STAMP_H

#include "common/base/buf.h"
#include "common/base/hash.h"

#define RS_STAMP_NONCE_LEN 16
#define RS_STAMP_WHY_LEN 160

/* Append a TimeStampReq (section 2.4.1, DER) for a SHA-512 digest; the authority is asked to enclose its
 * certificate. 0, -E2BIG or -ENOMEM. */
int rs_stamp_request(const uint8_t sha512[RS_SHA512_LEN], const uint8_t nonce[RS_STAMP_NONCE_LEN],
	struct rs_buf *out) RS_MUST_USE;

/* Check a TimeStampResp (section 2.4.2, DER). `nonce`: of the request, or NULL = any. `ca_file`: PEM with the
 * certificates that are trusted, or NULL = whoever signed it, with the certificate that it encloses. They need not be
 * valid any more, but had to be when the stamp was made. 0 and the time it was made; -EBADMSG (no such answer), -EACCES
 * (refused by the authority, of another digest or nonce, not signed, or not by whom it should), -ENOENT (no certificate
 * in ca_file), -ENOMEM; `why` then says what. */
int rs_stamp_check(const uint8_t *response, size_t len, const uint8_t sha512[RS_SHA512_LEN],
	const uint8_t *nonce, const char *ca_file, int64_t *out_wall_ms,
	char why[RS_STAMP_WHY_LEN]) RS_MUST_USE;

#endif
