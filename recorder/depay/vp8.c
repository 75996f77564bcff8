/* VP8, RFC 7741: the descriptors say where a frame begins, the frame itself whether it is a key frame. */
#include "common/rtp/vp8.h"
#include "recorder/depay/depay_priv.h"

#include <errno.h>

static int look(const struct depay_picture *picture, const struct depay_packet *packet,
	struct look *out_look)
{
	struct vp8_descriptor descriptor;
	if (vp8_parse(packet->payload, packet->len, &descriptor) < 0 ||
		descriptor.len == packet->len)
		return -EBADMSG;
	*out_look = (struct look){ .starts = vp8_starts_frame(&descriptor),
		.key = vp8_is_keyframe(packet->payload, packet->len, &descriptor),
		.skip = descriptor.len };
	return 0;
}

static int append(
	struct depay_picture *picture, const struct depay_packet *packet, const struct look *look)
{
	return rs_buf_append(
		&picture->data, packet->payload + look->skip, packet->len - look->skip);
}

static int finish(struct depay_picture *picture)
{
	/* What was assembled is a payload without a descriptor. */
	const struct vp8_descriptor none = { .start = true };
	const uint8_t *data = rs_buf_data(&picture->data);
	const size_t len = rs_buf_len(&picture->data);
	picture->key = vp8_is_keyframe(data, len, &none);
	if (!picture->key)
		return 0;
	const int err = vp8_keyframe_size(data, len, &none, &picture->width, &picture->height);
	if (err < 0)
		return err;
	return picture->width != 0 && picture->height != 0 ? 0 : -EBADMSG;
}

const struct picture_format depay_vp8 = {
	.look = look, .append = append, .finish = finish, .marks_start = true
};
