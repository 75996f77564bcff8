/* VP8, RFC 7741: packets of one timestamp, from a start to the marker, are one frame. */
#include "common/rtp/vp8.h"
#include "recorder/depay/depay_priv.h"

#include <errno.h>

/* What was collected is worth nothing any more, nor is what refers to it. */
static void break_off(struct depay *depay, bool freeze)
{
	struct depay_picture *picture = &depay->picture;
	if (picture->assembling)
		depay->stats.dropped += picture->packets;
	picture->assembling = false;
	if (freeze && !picture->waiting_key)
		depay->stats.freezes++;
	picture->waiting_key = true;
}

static int begin(struct depay *depay, const struct depay_packet *packet,
	const struct vp8_descriptor *descriptor)
{
	struct depay_picture *picture = &depay->picture;
	picture->key = vp8_is_keyframe(packet->payload, packet->len, descriptor);
	picture->width = 0;
	picture->height = 0;
	if (picture->key) {
		const int err = vp8_keyframe_size(packet->payload, packet->len, descriptor,
			&picture->width, &picture->height);
		if (err < 0)
			return err;
		if (picture->width == 0 || picture->height == 0)
			return -EBADMSG;
	}
	picture->assembling = true;
	picture->packets = 0;
	picture->rtp_ts = packet->rtp_ts;
	rs_buf_consume(&picture->data, rs_buf_len(&picture->data));
	return 0;
}

static int append(struct depay *depay, const struct depay_packet *packet, size_t skip)
{
	struct depay_picture *picture = &depay->picture;
	const int err = rs_buf_append(&picture->data, packet->payload + skip, packet->len - skip);
	if (err < 0) {
		break_off(depay, true);
		depay->stats.dropped++;
		return err == -E2BIG ? -EBADMSG : err;
	}
	picture->packets++;
	if (!packet->marker)
		return 0;
	picture->assembling = false;
	picture->complete = true;
	if (picture->key)
		picture->waiting_key = false;
	return 0;
}

int depay_picture_recv(struct depay *depay, const struct depay_packet *packet)
{
	struct depay_picture *picture = &depay->picture;
	picture->complete = false;
	if (packet->after_loss || packet->after_gap)
		break_off(depay, packet->after_loss);
	if (packet->len == 0)
		return 0; /* padding alone */
	struct vp8_descriptor descriptor;
	int err = vp8_parse(packet->payload, packet->len, &descriptor);
	if (err < 0 || descriptor.len == packet->len) {
		break_off(depay, true);
		return -EBADMSG;
	}

	/* A frame goes on exactly while timestamp and place in it agree: else its end is missing. */
	const bool starts = vp8_starts_frame(&descriptor);
	if (picture->assembling && (starts || packet->rtp_ts != picture->rtp_ts))
		break_off(depay, true);
	if (starts && (!picture->waiting_key ||
			      vp8_is_keyframe(packet->payload, packet->len, &descriptor))) {
		err = begin(depay, packet, &descriptor);
		if (err < 0) {
			break_off(depay, true);
			return err;
		}
	}
	if (!picture->assembling) {
		break_off(depay, true);
		depay->stats.dropped++;
		return 0;
	}
	return append(depay, packet, descriptor.len);
}

int depay_picture_poll(struct depay *depay, struct depay_frame *out_frame)
{
	struct depay_picture *picture = &depay->picture;
	if (!picture->complete)
		return 0;
	picture->complete = false;
	*out_frame = (struct depay_frame){ .data = rs_buf_data(&picture->data),
		.len = rs_buf_len(&picture->data),
		.rtp_ts = picture->rtp_ts,
		.key = picture->key,
		.width = picture->width,
		.height = picture->height };
	return 1;
}
