/* sfu/router/video.h: what the router reads in a video payload and writes into it, codec by codec.
 *
 * VP8 is written anew with a 15-bit PictureID; VP9 keeps its descriptor, with other numbers in it; H.264 and AV1 go on
 * as they came.
 */
#ifndef ROSTRUM_SFU_ROUTER_VIDEO_H
#define ROSTRUM_SFU_ROUTER_VIDEO_H

#include "common/rtp/vp8.h"
#include "common/rtp/vp9.h"
#include "sfu/rewrite/rewrite.h"
#include "sfu/rewrite/temporal.h"
#include "sfu/router/router.h"

struct packet;
struct track;

/* The part of a packet that is a video frame's. All zero for sound. */
struct video {
	enum router_codec codec;
	struct vp8_descriptor vp8; /* of the codec's own, where it has one */
	struct vp9_descriptor vp9;
	bool has_picture;
	int64_t picture; /* unwrapped PictureID */
	bool has_tl0;
	uint8_t tl0;
	uint8_t tid;
	bool sync; /* see struct temporal_in */
	bool switch_up;
};

/* Fills packet->video and packet->keyframe, and what the track learns from them. 0 or -EBADMSG. */
int video_parse(struct track *track, struct packet *packet) RS_MUST_USE;
void video_number(const struct packet *packet, struct rewrite_in *in);
struct temporal_in video_temporal(const struct packet *packet);
/* The payload as it goes out under `out`. */
void video_write(
	struct rs_writer *writer, const struct packet *packet, const struct rewrite_out *out);

#endif
