/* common/rtp/rtcp.h
 *
 * RTCP: compound packets, sender and receiver reports, SDES CNAME, BYE (RFC 3550 section 6), NACK and
 * PLI (RFC 4585), FIR (RFC 5104). Transport-wide feedback is in twcc.h. Reduced-size compounds
 * (RFC 5506) are taken. Views look into the caller's bytes; nothing allocates.
 */
#ifndef ROSTRUM_COMMON_RTP_RTCP_H
#define ROSTRUM_COMMON_RTP_RTCP_H

#include "common/base/bytes.h"
#include "common/base/mem.h"

enum rtcp_type {
	RTCP_SR = 200,
	RTCP_RR = 201,
	RTCP_SDES = 202,
	RTCP_BYE = 203,
	RTCP_RTPFB = 205,
	RTCP_PSFB = 206,
};

/* FMT values of RTPFB and PSFB. */
#define RTCP_FMT_NACK 1
#define RTCP_FMT_TWCC 15
#define RTCP_FMT_PLI 1
#define RTCP_FMT_FIR 4
#define RTCP_FMT_ALFB 15 /* application layer feedback, RFC 4585 section 6.4: REMB */

/* One packet of a compound. */
struct rtcp_item {
	uint8_t type;             /* enum rtcp_type, or another number */
	uint8_t count;            /* RC, SC or FMT */
	const uint8_t *body_view; /* after the common header, without padding */
	size_t body_len;
};

/* Walk over a compound: start with *cursor = 0. 1 and *out_item, 0 at the end, -EBADMSG when the rest does not parse. */
int rtcp_next(
	const uint8_t *data, size_t len, size_t *cursor, struct rtcp_item *out_item) RS_MUST_USE;

struct rtcp_sr {
	uint32_t ssrc;
	uint64_t ntp;
	uint32_t rtp_ts;
	uint32_t packets;
	uint32_t octets;
};

/* A report block: what one receiver says of one SSRC. */
struct rtcp_report {
	uint32_t ssrc;
	uint8_t fraction_lost; /* of 256, since the last report */
	int32_t lost;          /* in all, 24 bits */
	uint32_t highest_seq;  /* with the count of cycles above 16 bits */
	uint32_t jitter;       /* ticks */
	uint32_t last_sr;      /* middle of the NTP time of the last SR; 0 = none */
	uint32_t since_sr;     /* 1/65536 s since then */
};

/* Items of other types: -EBADMSG. */
int rtcp_sr_parse(const struct rtcp_item *item, struct rtcp_sr *out_sr) RS_MUST_USE;
/* The i-th report block of an SR or RR: 0, -ENOENT (no more) or -EBADMSG. */
int rtcp_report_parse(
	const struct rtcp_item *item, size_t i, struct rtcp_report *out_report) RS_MUST_USE;
/* The i-th SSRC of a BYE: 0, -ENOENT (no more) or -EBADMSG. */
int rtcp_bye_parse(const struct rtcp_item *item, size_t i, uint32_t *out_ssrc) RS_MUST_USE;

/* RFC 4585 section 6.1: any RTPFB or PSFB. */
struct rtcp_feedback {
	uint32_t sender_ssrc;
	uint32_t media_ssrc;
	const uint8_t *fci_view;
	size_t fci_len;
};

int rtcp_feedback_parse(
	const struct rtcp_item *item, struct rtcp_feedback *out_feedback) RS_MUST_USE;
/* The i-th PID and BLP of a NACK: 0 or -ENOENT. Bit b of *out_blp stands for PID + b + 1. */
int rtcp_nack_parse(const struct rtcp_feedback *feedback, size_t i, uint16_t *out_pid,
	uint16_t *out_blp) RS_MUST_USE;
/* The i-th SSRC and command number of an FIR: 0 or -ENOENT. */
int rtcp_fir_parse(const struct rtcp_feedback *feedback, size_t i, uint32_t *out_ssrc,
	uint8_t *out_seq) RS_MUST_USE;
/* Receiver Estimated Maximum Bitrate, draft-alvestrand-rmcat-remb-03 section 2.2, bit/s (UINT32_MAX when it is more).
 * 0 or -EBADMSG (other application layer feedback, or cut short). */
int rtcp_remb_parse(const struct rtcp_feedback *feedback, uint32_t *out_bps) RS_MUST_USE;

/* Writers append one packet; whether it fitted is in writer->failed. */
#define RTCP_REPORTS_MAX 31
void rtcp_write_sr(struct rs_writer *writer, const struct rtcp_sr *sr,
	const struct rtcp_report *reports, size_t n_reports);
void rtcp_write_rr(struct rs_writer *writer, uint32_t sender_ssrc,
	const struct rtcp_report *reports, size_t n_reports);
/* One chunk with a CNAME of at most 255 octets. */
void rtcp_write_cname(struct rs_writer *writer, uint32_t ssrc, const char *cname);
/* `seqs` in ascending order on the circle; neighbours share a BLP. */
void rtcp_write_nack(struct rs_writer *writer, uint32_t sender_ssrc, uint32_t media_ssrc,
	const uint16_t *seqs, size_t n_seqs);
void rtcp_write_pli(struct rs_writer *writer, uint32_t sender_ssrc, uint32_t media_ssrc);
/* Full intra request (RFC 5104 section 4.3.1); the same `command` again repeats it. */
void rtcp_write_fir(
	struct rs_writer *writer, uint32_t sender_ssrc, uint32_t media_ssrc, uint8_t command);

/* Common header of a packet of `body_len` octets (a multiple of 4) to follow. */
void rtcp_write_head(struct rs_writer *writer, uint8_t type, uint8_t count, size_t body_len);

#endif
