/* sfu/srtp/gcm.h
 *
 * Sealing of RTP by AES in Galois mode (RFC 7714) with OpenSSL: one cipher context, keyed once, for
 * all streams (SSRCs) sent to a peer; a packet costs an initialisation vector and its octets.
 * Debian's libsrtp does the same by NSS, which makes a context a packet.
 *
 * The nonce rule of RFC 7714 section 8.4: the same SSRC and packet index may be sealed twice only if
 * the packet is the same to the last octet. So a stream's roll-over counter is kept as long as the
 * key, and a number far behind is refused. Not thread safe; allocates in gcm_new() alone.
 */
#ifndef ROSTRUM_SFU_SRTP_GCM_H
#define ROSTRUM_SFU_SRTP_GCM_H

#include "common/base/mem.h"

#define GCM_SALT_LEN 12
#define GCM_TAG_LEN 16

struct gcm;

struct gcm_config {
	const uint8_t *master_view; /* master key, then GCM_SALT_LEN octets of master salt */
	size_t key_len;             /* of the key alone: 16 or 32 octets */
	size_t max_streams;         /* SSRCs */
	uint64_t window;            /* packets a stream's number may lie behind its highest */
};

/* Derives the session's key and salt (RFC 3711 section 4.3, RFC 7714 section 11), which alone are kept.
 * 0, -EINVAL (key_len, max_streams is 0) or -ENOMEM. */
int gcm_new(const struct gcm_config *config, struct gcm **out_gcm) RS_MUST_USE;
/* Born with session key and salt, as RFC 7714 section 16 gives them: `master_view` is those. */
int gcm_new_session(const struct gcm_config *config, struct gcm **out_gcm) RS_MUST_USE;
/* NULL is fine; wipes the key. Returns NULL. */
struct gcm *gcm_free(struct gcm *gcm);

/* Seals the packet in `data` into `out`, which holds len + GCM_TAG_LEN octets and is `data` itself or
 * does not overlap it. 0, -EBADMSG (no RTP), -EALREADY (its number is older than the window), -E2BIG
 * (one SSRC too many), -EPROTO (the key is used up: 2^48 packets), -EIO (OpenSSL is broken). */
int gcm_seal(struct gcm *gcm, const uint8_t *data, size_t len, uint8_t *out) RS_MUST_USE;

#endif
