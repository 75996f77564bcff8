/* A packet as one receiver gets it: its payload type, its extension ids, its slot's numbers. */
#include <string.h>

#include "sfu/router/router_priv.h"

static void add_ext(struct rtp_header *header, uint8_t id, const uint8_t *data, size_t len)
{
	if (id != 0 && len > 0)
		header->exts[header->n_exts++] =
			(struct rtp_ext){ .id = id, .len = (uint8_t)len, .data_view = data };
}

bool slot_is_numbered(const struct slot *slot, const struct packet *packet)
{
	return slot->spec.ext.twcc != 0 && slot->spec.rtx_ssrc != 0 &&
	       slot_payload(slot, packet->video.codec)->rtx_pt != 0;
}

/* `twcc` holds the number while the header is written. */
static void add_number(
	struct rtp_header *header, uint8_t id, const uint16_t *number, uint8_t twcc[2])
{
	twcc[0] = (uint8_t)(*number >> 8);
	twcc[1] = (uint8_t)*number;
	add_ext(header, id, twcc, 2);
}

static void write_head(struct rs_writer *writer, const struct slot *slot,
	const struct publish *publish, const struct packet *packet, const struct rewrite_out *out,
	bool rtx, bool red, const uint16_t *number)
{
	const struct router_ext *ids = &slot->spec.ext;
	const struct router_payload *payload = slot_payload(slot, packet->video.codec);
	struct rtp_header header = {
		.marker = packet->marker && !out->hollow,
		.pt = rtx   ? payload->rtx_pt
		      : red ? slot->spec.red_pt
			    : payload->pt,
		.seq = rtx ? slot->rtx_seq : out->seq,
		.rtp_ts = out->rtp_ts,
		.ssrc = rtx ? slot->spec.rtx_ssrc : slot->spec.ssrc,
		.n_csrcs = 1,
		.csrcs = { publish->spec.csrc },
	};
	uint8_t mid[ROUTER_MID_MAX];
	const size_t mid_len = strlen(slot->mid.s);
	uint8_t twcc[2];

	memcpy(mid, slot->mid.s, mid_len);
	add_ext(&header, ids->mid, mid, mid_len);
	if (number != NULL && slot_is_numbered(slot, packet))
		add_number(&header, ids->twcc, number, twcc);
	if (packet->has_level)
		add_ext(&header, ids->level, &packet->level, 1);
	add_ext(&header, ids->abs_capture, packet->abs_capture, packet->abs_capture_len);
	rtp_write_header(writer, &header);
}

/* The payload, with those of packets before it. Not written when one of those is no longer kept. */
static void write_red(struct rs_writer *writer, const struct slot *slot,
	const struct publish *publish, const struct packet *packet, const struct rewrite_out *out,
	uint8_t mask)
{
	struct red red;

	if (red_gather(slot, publish, packet, out, mask, &red))
		red_write(writer, &red);
	else
		writer->failed = true;
}

size_t slot_write(struct router *router, struct slot *slot, const struct publish *publish,
	const struct packet *packet, const struct rewrite_out *out, bool rtx,
	const uint16_t *number)
{
	const uint8_t red = resend_red(slot, out->seq);
	uint8_t data[ROUTER_PACKET_MAX + 64];
	struct rs_writer writer;

	rs_writer_init(&writer, data, sizeof(data));
	write_head(&writer, slot, publish, packet, out, rtx, red != 0, number);
	if (rtx) { /* RFC 4588 section 4: the original sequence number leads the payload */
		slot->rtx_seq++;
		rs_write_u16(&writer, out->seq);
	}
	if (red != 0)
		write_red(&writer, slot, publish, packet, out, red);
	else if (!out->hollow)
		video_write(&writer, packet, out);
	if (writer.failed || writer.len > ROUTER_PACKET_MAX)
		return 0;
	router->counters.tx_red += red != 0;
	slot->packets++;
	slot->octets += (uint32_t)packet->payload_len;
	if (slot->peer == NULL)
		tap_channel_packet(router, slot, data, writer.len, packet->arrival);
	else
		emit_rtp(router, slot->peer, data, writer.len);
	return writer.len;
}

void slot_send(struct router *router, struct slot *slot, const struct publish *publish,
	struct packet *packet, const struct rewrite_out *out, bool rtx, rs_time now)
{
	if (slot->spec.video && slot->peer != NULL && slot->peer->egress != NULL) {
		egress_send(router, slot, publish, packet, out, rtx, now);
		return;
	}
	const size_t len = slot_write(router, slot, publish, packet, out, rtx, NULL);
	if (slot->peer != NULL && len > 0)
		slot->peer->audio_octets += (uint32_t)len + EGRESS_BELOW_RTP;
}

size_t slot_write_padding(
	struct router *router, struct slot *slot, uint8_t padding, uint16_t number)
{
	struct rtp_header header = {
		.padding = true,
		.pt = slot->spec.rtx_pt,
		.seq = slot->rtx_seq++,
		.ssrc = slot->spec.rtx_ssrc,
	};
	uint8_t twcc[2];
	uint8_t data[ROUTER_PACKET_MAX];
	struct rs_writer writer;

	rs_writer_init(&writer, data, sizeof(data));
	add_ext(&header, slot->spec.ext.mid, (const uint8_t *)slot->mid.s, strlen(slot->mid.s));
	add_number(&header, slot->spec.ext.twcc, &number, twcc);
	rtp_write_header(&writer, &header);
	rs_write_zero(&writer, padding - 1U);
	rs_write_u8(&writer, padding);
	if (writer.failed) {
		slot->rtx_seq--;
		return 0;
	}
	emit_rtp(router, slot->peer, data, writer.len);
	return writer.len;
}
