/* sfu/dtls/dtls.h
 *
 * DTLS 1.2 (RFC 6347) with one peer, only to agree on SRTP keys (RFC 5764). The SFU is always the
 * passive side: who offers "actpass" or "active" is answered "passive" (RFC 8842 section 5.3).
 * OpenSSL does the protocol; datagrams go in and out of memory, flights are cut at DTLS_MTU octets.
 *
 * Time: OpenSSL's own retransmission timer reads the system's clock. It is armed for so long that
 * it never fires; instead the last flight is kept here and sent again, octet for octet, when our
 * own deadline passes without progress. A far end that had received a record drops the copy as a
 * replay (RFC 6347 section 4.1.2.6), one that had not goes on; and the last flight of all is
 * repeated by OpenSSL itself when the client repeats its own. So a handshake runs on virtual time.
 * Entropy is OpenSSL's own: keys are never reproducible.
 *
 * Not thread safe; ours is allocated in dtls_new(), OpenSSL allocates during the handshake.
 * Limits: DTLS_FLIGHT_MAX datagrams a flight, DTLS_REPEATS_MAX repetitions of it on our own account,
 * `handshake_timeout` in all. So who makes us speak to an address that does not answer gets little for it.
 */
#ifndef ROSTRUM_SFU_DTLS_DTLS_H
#define ROSTRUM_SFU_DTLS_DTLS_H

#include "common/base/mem.h"
#include "common/base/time.h"

#define DTLS_MTU 1200
#define DTLS_FLIGHT_MAX 6
/* Of one flight, while nothing new is heard; the far end's own repetitions are answered beside. */
#define DTLS_REPEATS_MAX 8
/* "AA:BB:…" of SHA-256 with its NUL. */
#define DTLS_FINGERPRINT_TEXT_LEN 96
#define DTLS_DIGEST_MAX 64
#define DTLS_KEY_MAX 32
#define DTLS_SALT_MAX 14

/* Our certificate (self-signed ECDSA P-256) and what all handshakes share. */
struct dtls_identity;

/* Makes a key and a certificate valid from a day before `wall_s` (seconds since 1970) for a year.
 * 0, -ENOMEM, or -EIO (OpenSSL refused). */
int dtls_identity_new(int64_t wall_s, struct dtls_identity **out_identity) RS_MUST_USE;
/* NULL is fine; must outlive every dtls made with it. Returns NULL. */
struct dtls_identity *dtls_identity_free(struct dtls_identity *identity);
/* SHA-256 of the certificate as SDP writes it (RFC 8122), without the hash's name. */
const char *dtls_identity_fingerprint(const struct dtls_identity *identity);

enum dtls_hash {
	DTLS_SHA256,
	DTLS_SHA384,
	DTLS_SHA512,
};

struct dtls_fingerprint {
	enum dtls_hash hash;
	uint8_t digest[DTLS_DIGEST_MAX];
};

/* "sha-256", "AA:BB:…" (either case). 0, -EOPNOTSUPP (another hash) or -EBADMSG. */
int dtls_fingerprint_parse(
	const char *hash, const char *text, struct dtls_fingerprint *out_fingerprint) RS_MUST_USE;

struct dtls_config {
	const struct dtls_identity *identity;
	struct dtls_fingerprint fingerprint; /* of the peer's certificate, told by signaling */
	rs_time retransmit_first;            /* us to the first retransmission, then doubled; > 0 */
	rs_time retransmit_most;   /* us, upper bound of the interval; >= retransmit_first */
	rs_time handshake_timeout; /* us from dtls_start() to DTLS_FAILED; > 0 */
};

/* RFC 7714 section 14.2, RFC 5764 section 4.1.2; the order is ours. */
enum dtls_srtp_profile {
	DTLS_AEAD_AES_128_GCM,
	DTLS_AEAD_AES_256_GCM,
	DTLS_AES128_CM_SHA1_80,
};

struct dtls_srtp_keys {
	enum dtls_srtp_profile profile;
	size_t key_len;
	size_t salt_len;
	uint8_t send_key[DTLS_KEY_MAX + DTLS_SALT_MAX]; /* key, then salt */
	uint8_t recv_key[DTLS_KEY_MAX + DTLS_SALT_MAX];
};

enum dtls_output_kind {
	DTLS_DATAGRAM,  /* send data */
	DTLS_CONNECTED, /* fingerprint verified, dtls_keys() has the keys */
	DTLS_CLOSED,    /* the peer said close_notify */
	DTLS_FAILED,    /* error says why; the object is dead */
};

struct dtls_output {
	enum dtls_output_kind kind;
	const uint8_t *data_view; /* DTLS_DATAGRAM; valid until the next call on the object */
	size_t len;
	int error; /* DTLS_FAILED: -EACCES fingerprint, -EOPNOTSUPP no common SRTP profile, -EPROTO
		    * OpenSSL or the peer gave up, -ETIMEDOUT */
};

struct dtls;

/* Copies the configuration, borrows the identity. 0, -EINVAL or -ENOMEM. */
int dtls_new(const struct dtls_config *config, struct dtls **out_dtls) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct dtls *dtls_free(struct dtls *dtls);
/* A path to the peer exists: the time-out starts. Later calls change nothing. */
void dtls_start(struct dtls *dtls, rs_time now);
/* One datagram of the peer's. 0, -EPROTO (dead already), -EBADMSG (not DTLS). Records that are
 * damaged or replayed are dropped without a word (RFC 6347 section 4.1.2.7). */
int dtls_recv(struct dtls *dtls, const uint8_t *data, size_t len, rs_time now) RS_MUST_USE;
/* Repeats the last flight when due; fails a handshake that lasts too long. */
void dtls_tick(struct dtls *dtls, rs_time now);
/* When dtls_tick() next matters. */
rs_time dtls_deadline(const struct dtls *dtls);
/* Takes one output: 1, or 0 = nothing. */
int dtls_poll(struct dtls *dtls, struct dtls_output *out_output);
/* Says close_notify (one datagram to poll) when connected; nothing else is sent afterwards. */
void dtls_close(struct dtls *dtls);
/* The keys, for the caller to wipe. 0, -EAGAIN before DTLS_CONNECTED,
 * -EOPNOTSUPP or -EPROTO when OpenSSL has none. */
int dtls_keys(const struct dtls *dtls, struct dtls_srtp_keys *out_keys) RS_MUST_USE;

#endif
