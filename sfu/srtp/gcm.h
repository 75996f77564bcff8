/* sfu/srtp/gcm.h
 *
 * SRTP and SRTCP by AES in Galois mode (RFC 7714) with OpenSSL, for one peer and one direction: a
 * cipher context stays keyed from packet to packet. libsrtp, which Debian builds on NSS, makes a
 * context a packet and keeps 20 KiB for each session; it is the oracle in tests.
 *
 * The nonce rule of RFC 7714 section 8.4: the same SSRC and packet index may be sealed twice only if
 * the packet is the same to the last octet. So a stream's roll-over counter is kept as long as the
 * key, and a number far behind is refused.
 *
 * Not thread safe. Allocates in gcm_new(), and for a stream whose first packet has proved authentic.
 */
#ifndef ROSTRUM_SFU_SRTP_GCM_H
#define ROSTRUM_SFU_SRTP_GCM_H

#include "common/base/mem.h"

#define GCM_KEY_MAX 32
#define GCM_SALT_LEN 12
#define GCM_TAG_LEN 16
/* Octets that sealing appends to RTCP: tag and index. */
#define GCM_RTCP_TRAILER 20
/* Packets a stream's number may lie behind its highest. RTCP is not resent. */
#define GCM_WINDOW 1024
#define GCM_RTCP_WINDOW 128
/* When opening, a new SSRC takes the place of the one not heard for the longest, once its first packet
 * has proved authentic. Of so many that gave way it is remembered how far they had come: nothing of
 * theirs is ever taken twice. After that a new SSRC is one too many. */
#define GCM_RETIRED_MAX 128

struct gcm;

struct gcm_config {
	const uint8_t *master_view; /* master key, then GCM_SALT_LEN octets of master salt */
	size_t key_len;             /* of the key alone: 16 or 32 octets */
	size_t max_streams;         /* SSRCs at a time, of RTP and RTCP together */
	bool opens;                 /* else it seals */
};

/* What packets are made with: RFC 3711 section 4.3. */
struct gcm_session {
	uint8_t key[GCM_KEY_MAX];
	uint8_t salt[GCM_SALT_LEN];
};

enum gcm_kind {
	GCM_RTP,
	GCM_RTCP,
	GCM_KINDS,
};

/* The session keys of `config` (RFC 7714 section 11). 0, -EINVAL (key_len) or -ENOMEM. */
int gcm_derive(
	const struct gcm_config *config, struct gcm_session out_sessions[GCM_KINDS]) RS_MUST_USE;
/* Copies the session keys; config->master_view is not looked at. 0, -EINVAL (key_len, max_streams is 0 or
 * above 65535) or -ENOMEM. */
int gcm_new(const struct gcm_config *config, const struct gcm_session sessions[GCM_KINDS],
	struct gcm **out_gcm) RS_MUST_USE;
/* NULL is fine; wipes the keys. Returns NULL. */
struct gcm *gcm_free(struct gcm *gcm);

/* Seals the packet in `data` into `out`, which holds len + GCM_TAG_LEN octets and is `data` itself or
 * does not overlap it. 0, -EBADMSG (no RTP), -EALREADY (its number is older than the window), -E2BIG
 * (one SSRC too many), -EPROTO (the key is used up: 2^48 packets), -EIO (OpenSSL is broken). */
int gcm_seal_rtp(struct gcm *gcm, const uint8_t *data, size_t len, uint8_t *out) RS_MUST_USE;
/* In place; `data` holds len + GCM_RTCP_TRAILER octets. Errors as above; 2^31 packets. */
int gcm_seal_rtcp(struct gcm *gcm, uint8_t *data, size_t len) RS_MUST_USE;

/* Has the processor fetch what sealing needs: step 0 the object, step 1 what it points to. Changes nothing. */
void gcm_fetch(const struct gcm *gcm, unsigned step);

/* In place; *len becomes the plain length. On an error the packet is garbage. 0, -EBADMSG (no RTP or
 * RTCP), -EACCES (not authentic), -EALREADY (seen before, or older than the window), -E2BIG (one SSRC
 * too many), -ENOMEM, -EIO. */
int gcm_open_rtp(struct gcm *gcm, uint8_t *data, size_t *len) RS_MUST_USE;
int gcm_open_rtcp(struct gcm *gcm, uint8_t *data, size_t *len) RS_MUST_USE;

#endif
