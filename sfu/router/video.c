#include "sfu/router/video.h"

#include <errno.h>

#include "common/rtp/av1.h"
#include "common/rtp/h264.h"
#include "sfu/router/router_priv.h"

static int64_t picture_unwrap(const struct track *track, uint16_t picture, unsigned bits)
{
	const int64_t size = (int64_t)1 << bits;

	if (track->picture < 0)
		return picture;
	int64_t ahead = (picture - track->picture) & (size - 1);
	if (ahead >= size / 2)
		ahead -= size;
	return track->picture + ahead;
}

static void note_picture(
	struct track *track, struct packet *packet, uint16_t picture, unsigned bits)
{
	packet->video.has_picture = bits > 0;
	if (bits == 0)
		return;
	packet->video.picture = picture_unwrap(track, picture, bits);
	if (packet->video.picture > track->picture || packet->keyframe)
		track->picture = packet->video.picture;
}

static uint8_t tid_within(uint8_t tid)
{
	return tid < TEMPORAL_ALL ? tid : TEMPORAL_ALL;
}

static int parse_vp8(struct track *track, struct packet *packet)
{
	const uint8_t *payload = packet->data + packet->payload_at;
	struct vp8_descriptor *vp8 = &packet->video.vp8;
	uint16_t width;
	uint16_t height;

	if (vp8_parse(payload, packet->payload_len, vp8) < 0)
		return -EBADMSG;
	packet->keyframe = vp8_is_keyframe(payload, packet->payload_len, vp8);
	packet->video.has_tl0 = vp8->has_tl0;
	packet->video.tl0 = vp8->tl0_pic_idx;
	packet->video.tid = vp8->has_tid ? tid_within(vp8->tid) : 0;
	packet->video.sync = vp8->layer_sync;
	note_picture(track, packet, vp8->picture_id, vp8->picture_id_bits);
	if (packet->keyframe &&
		vp8_keyframe_size(payload, packet->payload_len, vp8, &width, &height) == 0)
		track->height = height;
	return 0;
}

static int parse_vp9(struct track *track, struct packet *packet)
{
	struct vp9_descriptor *vp9 = &packet->video.vp9;

	if (vp9_parse(packet->data + packet->payload_at, packet->payload_len, vp9) < 0)
		return -EBADMSG;
	packet->keyframe = vp9_is_keyframe(vp9);
	packet->video.has_tl0 = vp9->has_tl0;
	packet->video.tl0 = vp9->tl0_pic_idx;
	packet->video.tid = tid_within(vp9->tid);
	packet->video.switch_up = vp9->switch_up;
	note_picture(track, packet, vp9->picture_id, vp9->picture_id_bits);
	if (packet->keyframe && vp9->height > 0)
		track->height = vp9->height;
	return 0;
}

/* A decoder needs the parameters first. Where an encoder sends them in band, a receiver that began with the picture behind
 * them, since they came late, would see nothing. */
static int parse_h264(struct track *track, struct packet *packet)
{
	struct h264_content content;

	if (h264_parse(packet->data + packet->payload_at, packet->payload_len, &content) < 0)
		return -EBADMSG;
	track->parameters_in_band = track->parameters_in_band || content.parameters;
	packet->keyframe = track->parameters_in_band ? content.parameters : content.idr;
	return 0;
}

int video_parse(struct track *track, struct packet *packet)
{
	packet->video = (struct video){ .codec = track->publish->spec.codec };
	switch (track->publish->spec.codec) {
	case ROUTER_OPUS:
		return 0;
	case ROUTER_VP8:
		return parse_vp8(track, packet);
	case ROUTER_VP9:
		return parse_vp9(track, packet);
	case ROUTER_H264:
		return parse_h264(track, packet);
	case ROUTER_AV1:
		return av1_parse(
			packet->data + packet->payload_at, packet->payload_len, &packet->keyframe);
	}
	return 0;
}

void video_number(const struct packet *packet, struct rewrite_in *in)
{
	const struct video *video = &packet->video;

	in->has_picture = video->has_picture;
	in->picture = video->picture;
	in->has_tl0 = video->has_tl0;
	in->tl0 = video->tl0;
	in->has_keyidx = video->vp8.has_keyidx;
	in->keyidx = video->vp8.keyidx;
}

struct temporal_in video_temporal(const struct packet *packet)
{
	return (struct temporal_in){
		.rtp_ts = packet->rtp_ts,
		.tid = packet->video.tid,
		.sync = packet->video.sync,
		.switch_up = packet->video.switch_up,
		.keyframe = packet->keyframe,
	};
}

/* The PictureID always goes out in 15 bits: sources differ, a receiver's stream may not. */
static void write_vp8(
	struct rs_writer *writer, const struct packet *packet, const struct rewrite_out *out)
{
	struct vp8_descriptor vp8 = packet->video.vp8;

	if (vp8.picture_id_bits > 0)
		vp8.picture_id_bits = 15;
	vp8.picture_id = out->picture;
	vp8.tl0_pic_idx = out->tl0;
	vp8.keyidx = out->keyidx;
	vp8_write(writer, &vp8);
	rs_write_bytes(
		writer, packet->data + packet->payload_at + vp8.len, packet->payload_len - vp8.len);
}

static void write_vp9(
	struct rs_writer *writer, const struct packet *packet, const struct rewrite_out *out)
{
	uint8_t *payload = writer->data + writer->len;

	rs_write_bytes(writer, packet->data + packet->payload_at, packet->payload_len);
	if (!writer->failed)
		vp9_patch(payload, &packet->video.vp9, out->picture, out->tl0);
}

void video_write(
	struct rs_writer *writer, const struct packet *packet, const struct rewrite_out *out)
{
	if (packet->empty)
		return;
	switch (packet->video.codec) {
	case ROUTER_VP8:
		write_vp8(writer, packet, out);
		return;
	case ROUTER_VP9:
		write_vp9(writer, packet, out);
		return;
	case ROUTER_OPUS:
	case ROUTER_H264:
	case ROUTER_AV1:
		rs_write_bytes(writer, packet->data + packet->payload_at, packet->payload_len);
		return;
	}
}
