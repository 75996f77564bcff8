/* recorder/io/authority.h
 *
 * A time-stamping authority asked over HTTP (RFC 3161 section 3.4). Blocking: for a worker's thread.
 */
#ifndef ROSTRUM_RECORDER_IO_AUTHORITY_H
#define ROSTRUM_RECORDER_IO_AUTHORITY_H

#include "recorder/archive/seal/seal.h"

/* Texts are borrowed. */
struct authority {
	const char *url;     /* http: or https: */
	const char *ca_file; /* PEM of certificates its stamps must lead to; "" = any are taken */
	uint32_t timeout_ms;
};

/* Once, before any thread asks. 0 or -ENOMEM. */
int authority_init(void) RS_MUST_USE;
/* Whether `url` may be asked: http or https, with a host. */
bool authority_url_valid(const char *url);
/* As seal_config's stamp(); `ctx` is the authority. The answer is checked before it is given back. */
int authority_stamp(void *ctx, const uint8_t sha512[RS_SHA512_LEN], struct rs_buf *out,
	char why[SEAL_WHY_LEN]) RS_MUST_USE;

#endif
