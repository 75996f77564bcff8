/* sfu/demux/demux.h
 *
 * What kind of datagram is this, told by its first octets (RFC 7983 section 7, RFC 5761 section 4),
 * and for whom is it, when it is a first STUN request from an address nobody knows yet.
 * Pure functions; nothing allocates, nothing is verified here.
 */
#ifndef ROSTRUM_SFU_DEMUX_DEMUX_H
#define ROSTRUM_SFU_DEMUX_DEMUX_H

#include "common/base/mem.h"

enum demux_kind {
	DEMUX_UNKNOWN, /* drop and count */
	DEMUX_STUN,
	DEMUX_DTLS,
	DEMUX_RTP,
	DEMUX_RTCP,
};

enum demux_kind demux_classify(const uint8_t *data, size_t len);

/* The part of a STUN message's USERNAME before the colon: the receiver's own ufrag. The view points
 * into the datagram. 0, -EBADMSG (no well-formed STUN), or -ENOENT (no USERNAME, or no colon). */
int demux_stun_username(
	const uint8_t *data, size_t len, const char **out_ufrag_view, size_t *out_len) RS_MUST_USE;

#endif
