/* sfu/ice/stun.h
 *
 * STUN messages (RFC 8489) as far as ICE (RFC 8445) needs them: binding requests, indications and
 * responses. Parsing and writing are pure functions over the caller's buffers; nothing allocates.
 * Limit: messages of at most STUN_MAX_LEN octets.
 */
#ifndef ROSTRUM_SFU_ICE_STUN_H
#define ROSTRUM_SFU_ICE_STUN_H

#include "common/base/addr.h"

#define STUN_MAX_LEN 1500
#define STUN_HEADER_LEN 20
#define STUN_TXID_LEN 12
#define STUN_METHOD_BINDING 0x001
/* RFC 8489 section 14.3: a username is shorter than 509 octets. */
#define STUN_USERNAME_MAX 508
/* Unknown comprehension-required attributes that are reported; the rest are not listed. */
#define STUN_UNKNOWN_MAX 8

enum stun_class {
	STUN_REQUEST = 0,
	STUN_INDICATION = 1,
	STUN_SUCCESS = 2,
	STUN_ERROR = 3,
};

/* Who controls, as the sender of a check says it (RFC 8445 section 7.1.2). */
enum stun_role {
	STUN_ROLE_NONE,
	STUN_ROLE_CONTROLLING,
	STUN_ROLE_CONTROLLED,
};

/* Absent attributes are zero. */
struct stun_msg {
	enum stun_class class;
	uint16_t method; /* 12 bits */
	uint8_t txid[STUN_TXID_LEN];
	const char *username_view; /* USERNAME; NULL = absent; points into the parsed datagram */
	size_t username_len;
	bool has_priority;
	uint32_t priority; /* PRIORITY */
	bool use_candidate;
	enum stun_role role;
	uint64_t tie_breaker;  /* with role */
	struct rs_addr mapped; /* XOR-MAPPED-ADDRESS; family RS_ADDR_NONE = absent */
	uint16_t error_code;   /* ERROR-CODE, 300 to 699; 0 = absent */
	uint16_t
		unknown[STUN_UNKNOWN_MAX]; /* parsed: not understood; written: UNKNOWN-ATTRIBUTES */
	size_t unknown_count;
	size_t integrity_at; /* parsed: offset of MESSAGE-INTEGRITY, 0 = absent; ignored when written */
	bool has_fingerprint; /* parsed: present and right */
};

/* Reads a message and checks its FINGERPRINT if there is one. Attributes behind MESSAGE-INTEGRITY
 * are ignored but for FINGERPRINT (RFC 8489 section 14.5); of duplicates the first counts.
 * 0, or -EBADMSG: not one whole STUN message, a length that does not fit, a wrong fingerprint. */
int stun_parse(const uint8_t *data, size_t len, struct stun_msg *out_msg) RS_MUST_USE;

/* Checks MESSAGE-INTEGRITY of a message that stun_parse() took, with the short-term key.
 * 0, or -EACCES: absent or wrong. */
int stun_verify(const uint8_t *data, size_t len, const struct stun_msg *msg, const char *key,
	size_t key_len) RS_MUST_USE;

/* Writes a message with MESSAGE-INTEGRITY (unless key is NULL) and FINGERPRINT.
 * Returns its length, or -ENOSPC, or -EINVAL (username too long, error code out of range). */
int stun_write(const struct stun_msg *msg, const char *key, size_t key_len, uint8_t *out,
	size_t cap) RS_MUST_USE;

#endif
