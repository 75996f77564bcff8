#include "tools/client/sender.h"

#include "common/rtp/ntp.h"
#include "common/rtp/rtp.h"

#include <errno.h>
#include <string.h>

void rtc_sender_init(
	struct rtc_sender *sender, uint32_t ssrc, uint32_t hz, uint16_t first_seq, uint32_t ts_base)
{
	*sender = (struct rtc_sender){
		.ssrc = ssrc,
		.hz = hz,
		.seq = first_seq,
		.ts_base = ts_base,
	};
}

static void ext_add(struct rtp_header *header, uint8_t id, const void *data, size_t len)
{
	if (id != 0)
		header->exts[header->n_exts++] =
			(struct rtp_ext){ .id = id, .len = (uint8_t)len, .data_view = data };
}

int rtc_sender_write(struct rtc_sender *sender, const struct rtc_agreed *agreed,
	const struct rtc_payload *payload, uint16_t transport_seq, uint8_t *out, size_t cap)
{
	struct rtp_header header = {
		.marker = payload->marker,
		.pt = payload->red ? agreed->red_pt : agreed->pt,
		.seq = sender->seq,
		.rtp_ts = sender->ts_base + payload->rtp_ts,
		.ssrc = sender->ssrc,
	};
	const uint8_t level = (uint8_t)(payload->level | (payload->level < 127 ? 0x80 : 0));
	const uint8_t number[2] = { (uint8_t)(transport_seq >> 8), (uint8_t)transport_seq };
	ext_add(&header, agreed->ext_mid, agreed->mid, strlen(agreed->mid));
	if (agreed->media == RTC_AUDIO)
		ext_add(&header, agreed->ext_level, &level, sizeof(level));
	if (sender->rid != NULL)
		ext_add(&header, agreed->ext_rid, sender->rid, strlen(sender->rid));
	ext_add(&header, agreed->ext_twcc, number, sizeof(number));

	struct rs_writer writer;
	rs_writer_init(&writer, out, cap);
	rtp_write_header(&writer, &header);
	rs_write_bytes(&writer, payload->data_view, payload->len);
	if (writer.failed)
		return -ENOSPC;
	sender->seq++;
	sender->packets++;
	sender->octets += payload->len;
	sender->last_ts = payload->rtp_ts;
	sender->last_at = payload->at;
	return (int)writer.len;
}

/* The header of a packet of the RTX stream. */
static struct rtp_header rtx_header(
	const struct rtc_sender *sender, const struct rtc_agreed *agreed, const uint8_t number[2])
{
	struct rtp_header header = {
		.pt = agreed->rtx_pt,
		.seq = sender->rtx_seq,
		.ssrc = sender->rtx_ssrc,
	};
	ext_add(&header, agreed->ext_mid, agreed->mid, strlen(agreed->mid));
	if (sender->rid != NULL)
		ext_add(&header, agreed->ext_repaired, sender->rid, strlen(sender->rid));
	ext_add(&header, agreed->ext_twcc, number, 2);
	return header;
}

int rtc_sender_write_rtx(struct rtc_sender *sender, const struct rtc_agreed *agreed,
	const uint8_t *plain, size_t len, uint16_t transport_seq, uint8_t *out, size_t cap)
{
	struct rtp_packet packet;
	const int err = rtp_parse(plain, len, &packet);
	if (err < 0)
		return err;
	const uint8_t number[2] = { (uint8_t)(transport_seq >> 8), (uint8_t)transport_seq };
	struct rtp_header header = rtx_header(sender, agreed, number);
	header.marker = packet.marker;
	header.rtp_ts = packet.rtp_ts;

	struct rs_writer writer;
	rs_writer_init(&writer, out, cap);
	rtp_write_header(&writer, &header);
	rs_write_u16(&writer, packet.seq);
	rs_write_bytes(&writer, packet.payload_view, packet.payload_len);
	if (writer.failed)
		return -ENOSPC;
	sender->rtx_seq++;
	return (int)writer.len;
}

int rtc_sender_write_padding(struct rtc_sender *sender, const struct rtc_agreed *agreed,
	uint8_t octets, uint16_t transport_seq, uint8_t *out, size_t cap)
{
	const uint8_t number[2] = { (uint8_t)(transport_seq >> 8), (uint8_t)transport_seq };
	struct rtp_header header = rtx_header(sender, agreed, number);
	header.padding = true;
	header.rtp_ts = sender->ts_base + sender->last_ts;

	struct rs_writer writer;
	rs_writer_init(&writer, out, cap);
	rtp_write_header(&writer, &header);
	rs_write_zero(&writer, octets - 1U);
	rs_write_u8(&writer, octets);
	if (writer.failed)
		return -ENOSPC;
	sender->rtx_seq++;
	return (int)writer.len;
}

bool rtc_sender_report(
	const struct rtc_sender *sender, rs_time now, int64_t wall_us, struct rtcp_sr *out_sr)
{
	if (sender->packets == 0)
		return false;
	const int64_t since = rtp_ticks_from_us(now - sender->last_at, sender->hz);
	*out_sr = (struct rtcp_sr){
		.ssrc = sender->ssrc,
		.ntp = ntp_from_wall_us(wall_us),
		.rtp_ts = sender->ts_base + sender->last_ts + (uint32_t)since,
		.packets = (uint32_t)sender->packets,
		.octets = (uint32_t)sender->octets,
	};
	return true;
}
