/* tools/client/sender.h
 *
 * One outgoing RTP stream: headers with the extensions that were agreed, counts, and the sender
 * report (RFC 3550 section 6.4.1). An embedded value; it allocates nothing.
 */
#ifndef ROSTRUM_TOOLS_CLIENT_SENDER_H
#define ROSTRUM_TOOLS_CLIENT_SENDER_H

#include "common/base/time.h"
#include "common/rtp/rtcp.h"
#include "tools/client/sdp.h"

struct rtc_sender {
	uint32_t ssrc;
	uint32_t hz;
	uint16_t seq;      /* of the next packet */
	uint32_t ts_base;  /* added to the caller's timestamps */
	uint32_t rtx_ssrc; /* of what is sent again by RTX; 0 = it is sent as it was */
	uint16_t rtx_seq;  /* of the next of those */
	const char *rid;   /* NULL = no simulcast */
	uint64_t packets;
	uint64_t octets;  /* of payload */
	uint32_t last_ts; /* of the last packet, as the caller said it */
	rs_time last_at;  /* when that was */
};

/* What the caller says of a packet. */
struct rtc_payload {
	bool marker;
	uint32_t rtp_ts; /* in the stream's clock, from any start */
	bool red;        /* what is in it is redundant audio (RFC 2198), which was agreed */
	uint8_t level;   /* audio: -dBov, 0 (loudest) to 127 (RFC 6464) */
	rs_time at;      /* the time that rtp_ts stands for */
	const uint8_t *data_view;
	size_t len;
};

/* `first_seq` is below 2^15, or loss at the first wrap would end the stream (RFC 3711 section 3.3.1). */
void rtc_sender_init(struct rtc_sender *sender, uint32_t ssrc, uint32_t hz, uint16_t first_seq,
	uint32_t ts_base);
/* The plain packet, with the extensions of `agreed`; `transport_seq` is used if transport-wide
 * numbers are among them. Its length, or -ENOSPC. */
int rtc_sender_write(struct rtc_sender *sender, const struct rtc_agreed *agreed,
	const struct rtc_payload *payload, uint16_t transport_seq, uint8_t *out,
	size_t cap) RS_MUST_USE;
/* The RTX packet (RFC 4588 section 4) that carries a plain packet of this stream again; as rtc_sender_write(), and
 * -EBADMSG (`plain` is no packet). */
int rtc_sender_write_rtx(struct rtc_sender *sender, const struct rtc_agreed *agreed,
	const uint8_t *plain, size_t len, uint16_t transport_seq, uint8_t *out,
	size_t cap) RS_MUST_USE;
/* Padding of that stream (RFC 3550 section 5.1), for a look at what the line carries: `octets` of it, 1 to 255. As
 * rtc_sender_write(). */
int rtc_sender_write_padding(struct rtc_sender *sender, const struct rtc_agreed *agreed,
	uint8_t octets, uint16_t transport_seq, uint8_t *out, size_t cap) RS_MUST_USE;
/* A sender report for `now`, which is `wall_us` since 1970. False while nothing was sent. */
bool rtc_sender_report(
	const struct rtc_sender *sender, rs_time now, int64_t wall_us, struct rtcp_sr *out_sr);

#endif
