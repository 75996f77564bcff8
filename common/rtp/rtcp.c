#include "common/rtp/rtcp.h"

#include <errno.h>
#include <string.h>

#define SENDER_INFO_LEN 24 /* SSRC, NTP, RTP, packet and octet count */
#define REPORT_LEN 24

/* RFC 3550 section 6.4.1, the head all share:
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |V=2|P|  count  |      PT       |    length, words - 1          |
 */
int rtcp_next(const uint8_t *data, size_t len, size_t *cursor, struct rtcp_item *out_item)
{
	struct rs_reader reader;

	if (*cursor >= len)
		return 0;
	rs_reader_init(&reader, data + *cursor, len - *cursor);
	const uint8_t first = rs_read_u8(&reader);
	struct rtcp_item item = { .count = first & 0x1f, .type = rs_read_u8(&reader) };
	item.body_len = (size_t)rs_read_u16(&reader) * 4;
	item.body_view = rs_read_view(&reader, item.body_len);
	if (reader.failed || first >> 6 != 2)
		return -EBADMSG;
	if ((first & 0x20) != 0) {
		const uint8_t padding = item.body_len > 0 ? item.body_view[item.body_len - 1] : 0;
		if (padding == 0 || padding > item.body_len)
			return -EBADMSG;
		item.body_len -= padding;
	}
	*cursor += reader.pos;
	*out_item = item;
	return 1;
}

void rtcp_write_head(struct rs_writer *writer, uint8_t type, uint8_t count, size_t body_len)
{
	rs_write_u8(writer, (uint8_t)(2 << 6 | (count & 0x1f)));
	rs_write_u8(writer, type);
	rs_write_u16(writer, (uint16_t)(body_len / 4));
}

int rtcp_sr_parse(const struct rtcp_item *item, struct rtcp_sr *out_sr)
{
	struct rs_reader reader;
	struct rtcp_sr sr;

	if (item->type != RTCP_SR)
		return -EBADMSG;
	rs_reader_init(&reader, item->body_view, item->body_len);
	sr.ssrc = rs_read_u32(&reader);
	sr.ntp = rs_read_u64(&reader);
	sr.rtp_ts = rs_read_u32(&reader);
	sr.packets = rs_read_u32(&reader);
	sr.octets = rs_read_u32(&reader);
	if (reader.failed)
		return -EBADMSG;
	*out_sr = sr;
	return 0;
}

/* RFC 3550 section 6.4.1, report block. */
int rtcp_report_parse(const struct rtcp_item *item, size_t i, struct rtcp_report *out_report)
{
	struct rs_reader reader;
	struct rtcp_report report;

	if (item->type != RTCP_SR && item->type != RTCP_RR)
		return -EBADMSG;
	if (i >= item->count)
		return -ENOENT;
	rs_reader_init(&reader, item->body_view, item->body_len);
	rs_read_skip(&reader, (item->type == RTCP_SR ? SENDER_INFO_LEN : 4) + i * REPORT_LEN);
	report.ssrc = rs_read_u32(&reader);
	report.fraction_lost = rs_read_u8(&reader);
	const uint32_t lost = rs_read_u24(&reader);
	report.lost = (lost & 0x800000) != 0 ? (int32_t)lost - 0x1000000 : (int32_t)lost;
	report.highest_seq = rs_read_u32(&reader);
	report.jitter = rs_read_u32(&reader);
	report.last_sr = rs_read_u32(&reader);
	report.since_sr = rs_read_u32(&reader);
	if (reader.failed)
		return -EBADMSG;
	*out_report = report;
	return 0;
}

static void write_reports(
	struct rs_writer *writer, const struct rtcp_report *reports, size_t n_reports)
{
	for (size_t i = 0; i < n_reports; i++) {
		const struct rtcp_report *report = &reports[i];
		rs_write_u32(writer, report->ssrc);
		rs_write_u8(writer, report->fraction_lost);
		rs_write_u24(writer, (uint32_t)report->lost & 0xffffff);
		rs_write_u32(writer, report->highest_seq);
		rs_write_u32(writer, report->jitter);
		rs_write_u32(writer, report->last_sr);
		rs_write_u32(writer, report->since_sr);
	}
}

static size_t at_most(size_t n, size_t max)
{
	return n < max ? n : max;
}

void rtcp_write_sr(struct rs_writer *writer, const struct rtcp_sr *sr,
	const struct rtcp_report *reports, size_t n_reports)
{
	const size_t n = at_most(n_reports, RTCP_REPORTS_MAX);

	rtcp_write_head(writer, RTCP_SR, (uint8_t)n, SENDER_INFO_LEN + n * REPORT_LEN);
	rs_write_u32(writer, sr->ssrc);
	rs_write_u64(writer, sr->ntp);
	rs_write_u32(writer, sr->rtp_ts);
	rs_write_u32(writer, sr->packets);
	rs_write_u32(writer, sr->octets);
	write_reports(writer, reports, n);
}

void rtcp_write_rr(struct rs_writer *writer, uint32_t sender_ssrc,
	const struct rtcp_report *reports, size_t n_reports)
{
	const size_t n = at_most(n_reports, RTCP_REPORTS_MAX);

	rtcp_write_head(writer, RTCP_RR, (uint8_t)n, 4 + n * REPORT_LEN);
	rs_write_u32(writer, sender_ssrc);
	write_reports(writer, reports, n);
}

/* RFC 3550 section 6.5: SSRC, item 1 (CNAME), its length and text; the chunk ends with 1 to 4 zero octets. */
void rtcp_write_cname(struct rs_writer *writer, uint32_t ssrc, const char *cname)
{
	const size_t len = at_most(strlen(cname), 255);
	const size_t zeros = 4 - (2 + len) % 4;

	rtcp_write_head(writer, RTCP_SDES, 1, 4 + 2 + len + zeros);
	rs_write_u32(writer, ssrc);
	rs_write_u8(writer, 1);
	rs_write_u8(writer, (uint8_t)len);
	rs_write_bytes(writer, cname, len);
	rs_write_zero(writer, zeros);
}

/* RFC 3550 section 6.6: the count says how many SSRCs; a reason may follow them. */
int rtcp_bye_parse(const struct rtcp_item *item, size_t i, uint32_t *out_ssrc)
{
	struct rs_reader reader;

	if (item->type != RTCP_BYE)
		return -EBADMSG;
	if (i >= item->count)
		return -ENOENT;
	rs_reader_init(&reader, item->body_view, item->body_len);
	rs_read_skip(&reader, i * 4);
	const uint32_t ssrc = rs_read_u32(&reader);
	if (reader.failed)
		return -EBADMSG;
	*out_ssrc = ssrc;
	return 0;
}

int rtcp_feedback_parse(const struct rtcp_item *item, struct rtcp_feedback *out_feedback)
{
	struct rs_reader reader;
	struct rtcp_feedback feedback;

	if (item->type != RTCP_RTPFB && item->type != RTCP_PSFB)
		return -EBADMSG;
	rs_reader_init(&reader, item->body_view, item->body_len);
	feedback.sender_ssrc = rs_read_u32(&reader);
	feedback.media_ssrc = rs_read_u32(&reader);
	feedback.fci_len = rs_reader_left(&reader);
	feedback.fci_view = rs_read_view(&reader, feedback.fci_len);
	if (reader.failed)
		return -EBADMSG;
	*out_feedback = feedback;
	return 0;
}

/* RFC 4585 section 6.2.1: PID in 16 bits, bit mask of following lost packets in 16. */
int rtcp_nack_parse(
	const struct rtcp_feedback *feedback, size_t i, uint16_t *out_pid, uint16_t *out_blp)
{
	struct rs_reader reader;

	rs_reader_init(&reader, feedback->fci_view, feedback->fci_len);
	rs_read_skip(&reader, i * 4);
	const uint16_t pid = rs_read_u16(&reader);
	const uint16_t blp = rs_read_u16(&reader);
	if (reader.failed)
		return -ENOENT;
	*out_pid = pid;
	*out_blp = blp;
	return 0;
}

/* Entries the sequence numbers fold into: one covers its PID and the 16 after it. Written when there is a writer. */
static size_t fold_nacks(struct rs_writer *writer, const uint16_t *seqs, size_t n_seqs)
{
	size_t entries = 0;

	for (size_t i = 0; i < n_seqs; entries++) {
		const uint16_t pid = seqs[i++];
		uint16_t blp = 0;
		for (; i < n_seqs && (uint16_t)(seqs[i] - pid) <= 16; i++) {
			const unsigned ahead = (uint16_t)(seqs[i] - pid);
			if (ahead > 0)
				blp = (uint16_t)(blp | 1U << (ahead - 1));
		}
		if (writer != NULL) {
			rs_write_u16(writer, pid);
			rs_write_u16(writer, blp);
		}
	}
	return entries;
}

void rtcp_write_nack(struct rs_writer *writer, uint32_t sender_ssrc, uint32_t media_ssrc,
	const uint16_t *seqs, size_t n_seqs)
{
	rtcp_write_head(writer, RTCP_RTPFB, RTCP_FMT_NACK, 8 + fold_nacks(NULL, seqs, n_seqs) * 4);
	rs_write_u32(writer, sender_ssrc);
	rs_write_u32(writer, media_ssrc);
	(void)fold_nacks(writer, seqs, n_seqs); /* counted above */
}

void rtcp_write_pli(struct rs_writer *writer, uint32_t sender_ssrc, uint32_t media_ssrc)
{
	rtcp_write_head(writer, RTCP_PSFB, RTCP_FMT_PLI, 8);
	rs_write_u32(writer, sender_ssrc);
	rs_write_u32(writer, media_ssrc);
}

/* RFC 5104 section 4.3.1.1: SSRC, command number, 24 reserved bits. */
int rtcp_fir_parse(
	const struct rtcp_feedback *feedback, size_t i, uint32_t *out_ssrc, uint8_t *out_seq)
{
	struct rs_reader reader;

	rs_reader_init(&reader, feedback->fci_view, feedback->fci_len);
	rs_read_skip(&reader, i * 8);
	const uint32_t ssrc = rs_read_u32(&reader);
	const uint8_t seq = rs_read_u8(&reader);
	rs_read_skip(&reader, 3);
	if (reader.failed)
		return -ENOENT;
	*out_ssrc = ssrc;
	*out_seq = seq;
	return 0;
}

void rtcp_write_fir(
	struct rs_writer *writer, uint32_t sender_ssrc, uint32_t media_ssrc, uint8_t command)
{
	rtcp_write_head(writer, RTCP_PSFB, RTCP_FMT_FIR, 16);
	rs_write_u32(writer, sender_ssrc);
	rs_write_u32(writer, 0); /* section 4.3.1.2: unused */
	rs_write_u32(writer, media_ssrc);
	rs_write_u8(writer, command);
	rs_write_zero(writer, 3);
}

/* |'R' 'E' 'M' 'B'| number of SSRCs | 6 bits exponent | 18 bits mantissa | SSRCs ... */
int rtcp_remb_parse(const struct rtcp_feedback *feedback, uint32_t *out_bps)
{
	struct rs_reader reader;

	rs_reader_init(&reader, feedback->fci_view, feedback->fci_len);
	const uint32_t name = rs_read_u32(&reader);
	const uint8_t n_ssrcs = rs_read_u8(&reader);
	const uint32_t value = rs_read_u24(&reader);
	rs_read_skip(&reader, n_ssrcs * 4U);
	if (reader.failed || name != 0x52454d42)
		return -EBADMSG;
	const unsigned exponent = value >> 18;
	const uint64_t mantissa = value & 0x3ffff;
	const bool large = exponent > 32 || mantissa << exponent > UINT32_MAX;
	*out_bps = large ? UINT32_MAX : (uint32_t)(mantissa << exponent);
	return 0;
}
