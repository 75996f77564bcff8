/* common/rtp/rtp.h
 *
 * RTP packets (RFC 3550 section 5.1) and their header extensions (RFC 8285, one- and two-byte
 * forms). Views look into the caller's bytes; nothing allocates.
 */
#ifndef ROSTRUM_COMMON_RTP_RTP_H
#define ROSTRUM_COMMON_RTP_RTP_H

#include "common/base/bytes.h"
#include "common/base/mem.h"

#define RTP_HEADER_LEN 12
#define RTP_CSRC_MAX 15
/* "Defined by profile" values of RFC 8285 section 4.1.2 (one-byte) and 4.1.3 (two-byte, low 4 bits free). */
#define RTP_EXT_ONE_BYTE 0xbede
#define RTP_EXT_TWO_BYTE 0x1000

struct rtp_packet {
	bool marker;
	uint8_t pt;
	uint16_t seq;
	uint32_t rtp_ts;
	uint32_t ssrc;
	uint8_t n_csrcs;
	uint32_t csrcs[RTP_CSRC_MAX];
	uint16_t ext_profile; /* 0 = no extension */
	const uint8_t *ext_view;
	size_t ext_len;
	const uint8_t *payload_view; /* without padding */
	size_t payload_len;
	uint8_t padding; /* octets of padding, its count included */
	size_t header_len;
};

/* 0 or -EBADMSG (version, lengths that do not fit). Elements of the extension are checked when walked. */
int rtp_parse(const uint8_t *data, size_t len, struct rtp_packet *out_packet) RS_MUST_USE;
/* RTP and RTCP on one port (RFC 5761 section 4): true for the packet types of RTCP. */
bool rtp_is_rtcp(const uint8_t *data, size_t len);

/* One element of a header extension. */
struct rtp_ext {
	uint8_t id;
	uint8_t len; /* 0 to 255; never 0 in the one-byte form */
	const uint8_t *data_view;
};

/* Walk over the elements: start with *cursor = 0. 1 and *out_ext, 0 at the end, -EBADMSG when an
 * element does not fit. A profile that is not RFC 8285 has no elements. */
int rtp_ext_next(
	const struct rtp_packet *packet, size_t *cursor, struct rtp_ext *out_ext) RS_MUST_USE;
/* First element of that id, or false. Id 0 is never found. */
bool rtp_ext_find(const struct rtp_packet *packet, uint8_t id, struct rtp_ext *out_ext);

#define RTP_EXTS_MAX 16

/* What rtp_write_header() writes. */
struct rtp_header {
	bool marker;
	bool padding;
	uint8_t pt;
	uint16_t seq;
	uint32_t rtp_ts;
	uint32_t ssrc;
	uint8_t n_csrcs;
	uint32_t csrcs[RTP_CSRC_MAX];
	uint8_t n_exts;
	struct rtp_ext exts[RTP_EXTS_MAX]; /* id 1 to 255 */
};

/* Header and extension (one-byte form if every element allows it, else two-byte), ready for the payload.
 * Whether it fitted is in writer->failed. */
void rtp_write_header(struct rs_writer *writer, const struct rtp_header *header);

/* In-place changes of a packet that rtp_parse() accepted. */
void rtp_set_pt(uint8_t *data, uint8_t pt);
void rtp_set_marker(uint8_t *data, bool marker);
void rtp_set_seq(uint8_t *data, uint16_t seq);
void rtp_set_ts(uint8_t *data, uint32_t rtp_ts);
void rtp_set_ssrc(uint8_t *data, uint32_t ssrc);

#endif
