/* A packet as one receiver gets it: its payload type, its extension ids, its slot's numbers. */
#include <string.h>

#include "sfu/router/router_priv.h"

static void add_ext(struct rtp_header *header, uint8_t id, const uint8_t *data, size_t len)
{
	if (id != 0 && len > 0)
		header->exts[header->n_exts++] =
			(struct rtp_ext){ .id = id, .len = (uint8_t)len, .data_view = data };
}

static void write_head(struct rs_writer *writer, const struct slot *slot,
	const struct publish *publish, const struct packet *packet, const struct rewrite_out *out,
	bool rtx, bool red)
{
	const struct router_ext *ids = &slot->spec.ext;
	struct rtp_header header = {
		.marker = packet->marker,
		.pt = rtx   ? slot->spec.rtx_pt
		      : red ? slot->spec.red_pt
			    : slot->spec.pt,
		.seq = rtx ? slot->rtx_seq : out->seq,
		.rtp_ts = out->rtp_ts,
		.ssrc = rtx ? slot->spec.rtx_ssrc : slot->spec.ssrc,
		.n_csrcs = 1,
		.csrcs = { publish->spec.csrc },
	};
	uint8_t mid[ROUTER_MID_MAX];
	const size_t mid_len = strlen(slot->mid.s);

	memcpy(mid, slot->mid.s, mid_len);
	add_ext(&header, ids->mid, mid, mid_len);
	if (packet->has_level)
		add_ext(&header, ids->level, &packet->level, 1);
	add_ext(&header, ids->abs_capture, packet->abs_capture, packet->abs_capture_len);
	rtp_write_header(writer, &header);
}

/* The PictureID always goes out in 15 bits: sources differ, a receiver's stream may not. */
static void write_payload(struct rs_writer *writer, const struct slot *slot,
	const struct packet *packet, const struct rewrite_out *out)
{
	const uint8_t *payload = packet->data + packet->payload_at;
	struct vp8_descriptor vp8 = packet->vp8;

	if (slot->spec.codec == ROUTER_VP8 && !packet->empty) {
		if (vp8.picture_id_bits > 0)
			vp8.picture_id_bits = 15;
		vp8.picture_id = out->picture;
		vp8.tl0_pic_idx = out->tl0;
		vp8_write(writer, &vp8);
	}
	rs_write_bytes(writer, payload + packet->vp8.len, packet->payload_len - packet->vp8.len);
}

/* As write_payload(), with packets before it. Not written when one of those is no longer kept. */
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

void slot_send(struct router *router, struct slot *slot, const struct publish *publish,
	const struct packet *packet, const struct rewrite_out *out, bool rtx)
{
	const uint8_t red = resend_red(slot, out->seq);
	uint8_t data[ROUTER_PACKET_MAX + 64];
	struct rs_writer writer;

	rs_writer_init(&writer, data, sizeof(data));
	write_head(&writer, slot, publish, packet, out, rtx, red != 0);
	if (rtx) { /* RFC 4588 section 4: the original sequence number leads the payload */
		slot->rtx_seq++;
		rs_write_u16(&writer, out->seq);
	}
	if (red != 0)
		write_red(&writer, slot, publish, packet, out, red);
	else
		write_payload(&writer, slot, packet, out);
	if (writer.failed || writer.len > ROUTER_PACKET_MAX)
		return;
	slot->packets++;
	slot->octets += (uint32_t)packet->payload_len;
	if (slot->peer == NULL)
		tap_channel_packet(router, slot, data, writer.len, packet->arrival);
	else
		emit_rtp(router, slot->peer, data, writer.len);
}
