/* common/rtp/twcc.h
 *
 * Transport-wide congestion control feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01
 * section 3.1), the FCI of an RTPFB of FMT 15.
 */
#ifndef ROSTRUM_COMMON_RTP_TWCC_H
#define ROSTRUM_COMMON_RTP_TWCC_H

#include "common/rtp/rtcp.h"

/* Most packets of one feedback that are read or written here. */
#define TWCC_PACKETS_MAX 512
/* Resolution of arrival times and of the reference time, us. */
#define TWCC_DELTA_US 250
#define TWCC_REFERENCE_US 64000

/* Arrival of a packet in units of TWCC_DELTA_US since the reference time; or lost. */
struct twcc_arrival {
	bool received;
	int32_t delta; /* to the packet received before it in the list (the first: to the reference time), -32768 to 32767 */
};

struct twcc_feedback {
	uint32_t sender_ssrc;
	uint32_t media_ssrc;
	uint16_t base_seq;  /* transport-wide number of arrivals[0] */
	uint32_t reference; /* 24 bits, units of TWCC_REFERENCE_US */
	uint8_t feedback_count;
	size_t n_packets;
	struct twcc_arrival arrivals[TWCC_PACKETS_MAX];
};

/* 0, or -EBADMSG (cut short, reserved symbol). Of a feedback on more than TWCC_PACKETS_MAX packets the first are taken. */
int twcc_parse(
	const struct rtcp_feedback *feedback, struct twcc_feedback *out_feedback) RS_MUST_USE;
/* The whole RTCP packet, padded to words. `n_packets` is 1 to TWCC_PACKETS_MAX; whether it fitted is in writer->failed. */
void twcc_write(struct rs_writer *writer, const struct twcc_feedback *feedback);

#endif
