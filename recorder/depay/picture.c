/* Pictures: packets of one timestamp are one frame. What refers to something lost is left out. */
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

static void begin(struct depay_picture *picture, const struct depay_packet *packet)
{
	picture->assembling = true;
	picture->packets = 0;
	picture->rtp_ts = packet->rtp_ts;
	picture->width = 0;
	picture->height = 0;
	rs_buf_consume(&picture->data, rs_buf_len(&picture->data));
	picture->avc.idr = false;
	picture->avc.parameters = false;
	picture->avc.open = false;
	picture->av1.has_sequence = false;
	picture->av1.has_frame = false;
	picture->av1.open = false;
}

/* The frame is whole; `malformed` = the packets of it that are counted so if it is not good. */
static int finish(struct depay *depay, uint32_t malformed)
{
	struct depay_picture *picture = &depay->picture;
	const int err = picture->format->finish(picture);
	if (err < 0) {
		picture->packets -= malformed;
		break_off(depay, true);
		return err == -E2BIG ? -EBADMSG : err;
	}
	if (picture->waiting_key && !picture->key) {
		break_off(depay, false);
		return 0;
	}
	picture->assembling = false;
	picture->complete = true;
	picture->waiting_key = false;
	return 0;
}

static int append(struct depay *depay, const struct depay_packet *packet, const struct look *look)
{
	struct depay_picture *picture = &depay->picture;
	const int err = picture->format->append(picture, packet, look);
	if (err < 0) {
		break_off(depay, true);
		return err == -E2BIG ? -EBADMSG : err;
	}
	picture->packets++;
	return packet->marker ? finish(depay, 1) : 0;
}

static int take(struct depay *depay, const struct depay_packet *packet)
{
	struct depay_picture *picture = &depay->picture;
	struct look look;
	const int err = picture->format->look(picture, packet, &look);
	if (err < 0) {
		break_off(depay, true);
		return err;
	}
	/* A frame goes on exactly while timestamp and place in it agree: else its end is missing. */
	const bool other = packet->rtp_ts != picture->rtp_ts;
	if (picture->assembling && (other || (look.starts && picture->format->marks_start)))
		break_off(depay, true);
	if (!picture->assembling) {
		if (!look.starts || (picture->waiting_key && !look.key)) {
			break_off(depay, true);
			depay->stats.dropped++;
			return 0;
		}
		begin(picture, packet);
	}
	return append(depay, packet, &look);
}

int depay_picture_recv(struct depay *depay, const struct depay_packet *packet)
{
	struct depay_picture *picture = &depay->picture;
	picture->complete = false;
	picture->next_waits = false;
	if (packet->after_loss || packet->after_gap)
		break_off(depay, packet->after_loss);
	if (packet->len == 0)
		return 0; /* padding alone */
	if (picture->assembling && !picture->format->marks_start &&
		packet->rtp_ts != picture->rtp_ts) {
		/* Nothing was lost, so what was collected is whole (RFC 6184 section 5.1). */
		const int err = finish(depay, 0);
		if (err == -ENOMEM)
			return err;
		if (picture->complete) {
			picture->next = *packet;
			picture->next_waits = true;
			return 0;
		}
	}
	return take(depay, packet);
}

static void hand_out(struct depay_picture *picture, struct depay_frame *out_frame)
{
	picture->complete = false;
	*out_frame = (struct depay_frame){ .data = rs_buf_data(&picture->data),
		.len = rs_buf_len(&picture->data),
		.rtp_ts = picture->rtp_ts,
		.key = picture->key,
		.width = picture->width,
		.height = picture->height,
		.config = picture->config,
		.config_len = picture->key ? picture->config_len : 0 };
}

int depay_picture_poll(struct depay *depay, struct depay_frame *out_frame)
{
	struct depay_picture *picture = &depay->picture;
	if (!picture->complete && picture->next_waits) {
		picture->next_waits = false;
		/* Out of memory is a loss here: nobody is left to be told. */
		depay->stats.malformed += take(depay, &picture->next) < 0 ? 1 : 0;
	}
	if (!picture->complete)
		return 0;
	hand_out(picture, out_frame);
	return 1;
}
