/* sfu/srtp/srtp.h
 *
 * SRTP and SRTCP (RFC 3711, RFC 7714): Galois mode by OpenSSL (gcm.h), counter mode by libsrtp. One
 * object a peer and direction; each keeps the roll-over counter and replay window of every stream
 * (SSRC) it has seen, as long as it lives.
 * Not thread safe. A stream's state is allocated when its first packet has proved authentic, never
 * per packet. Limit: `max_streams` SSRCs; when opening in Galois mode, at a time: a new one takes the
 * place of the one not heard for the longest (gcm.h). Packets should lie at an address divisible by four.
 */
#ifndef ROSTRUM_SFU_SRTP_SRTP_H
#define ROSTRUM_SFU_SRTP_SRTP_H

#include "common/base/mem.h"

/* Octets that sealing appends at most: the tag; for RTCP also the index (RFC 3711 section 3.4). */
#define CRYPT_RTP_TRAILER 16
#define CRYPT_RTCP_TRAILER 20
/* Packets that may arrive late by this much: a burst of video is hundreds. */
#define CRYPT_REPLAY_WINDOW 1024
#define CRYPT_STREAMS_MAX 128

enum crypt_profile {
	CRYPT_AEAD_AES_128_GCM,
	CRYPT_AEAD_AES_256_GCM,
	CRYPT_AES128_CM_SHA1_80,
};

enum crypt_direction {
	CRYPT_OPEN, /* receive */
	CRYPT_SEAL, /* send */
};

struct crypt_config {
	enum crypt_profile profile;
	enum crypt_direction direction;
	const uint8_t *key_view; /* master key, then master salt, as long as the profile wants */
	size_t key_len;          /* both: 28, 44 or 30 octets */
	size_t max_streams;      /* 1 to CRYPT_STREAMS_MAX */
};

struct crypt;

/* libsrtp's global tables; before the first crypt_new(). Again is harmless. 0 or -EIO. */
int crypt_start(void) RS_MUST_USE;
/* Master key and salt of a profile, octets. */
size_t crypt_key_len(enum crypt_profile profile);
/* Copies the key. 0, -EINVAL (key length, max_streams), -ENOMEM, -EOPNOTSUPP (not in libsrtp). */
int crypt_new(const struct crypt_config *config, struct crypt **out_crypt) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct crypt *crypt_free(struct crypt *crypt);

/* Decrypt a packet in place; *len becomes the plain length. On an error the packet is garbage.
 * 0, -EBADMSG (no RTP), -EACCES (not authentic), -EALREADY (replay, or older than the window),
 * -E2BIG (one SSRC too many), -ENOMEM, -EPROTO (key used up). */
int crypt_open_rtp(struct crypt *crypt, uint8_t *data, size_t *len) RS_MUST_USE;
int crypt_open_rtcp(struct crypt *crypt, uint8_t *data, size_t *len) RS_MUST_USE;

/* Encrypt a packet from `data`, which stays as it is, into `out`, which is `data` itself or does not overlap it;
 * *out_len is longer by the trailer, for which `cap` must leave room.
 * Sealing a sequence number again is allowed for a retransmission only: the packet must be the
 * same to the last octet, or the keystream is spent twice.
 * 0, -ENOSPC, the errors above, and -EIO (OpenSSL is broken). */
int crypt_seal_rtp(struct crypt *crypt, const uint8_t *data, size_t len, uint8_t *out, size_t cap,
	size_t *out_len) RS_MUST_USE;
/* In place; *len grows by the trailer. */
int crypt_seal_rtcp(struct crypt *crypt, uint8_t *data, size_t *len, size_t cap) RS_MUST_USE;
/* Has the processor fetch what sealing needs: step 0 the object, steps 1 and 2 what the step before leads to. Changes nothing. */
void crypt_fetch(const struct crypt *crypt, unsigned step);

#endif
