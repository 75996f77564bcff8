/* tools/roombox/send/ladder.h
 *
 * A camera as it is sent: one picture encoded as VP8 in up to three sizes (simulcast), each with three temporal layers, and cut
 * into RTP payloads (RFC 7741). A key frame is made when one is asked for, and never else. No I/O. Not thread safe.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_SEND_LADDER_H
#define ROSTRUM_TOOLS_ROOMBOX_SEND_LADDER_H

#include "tools/roombox/media/picture.h"

#define LADDER_LAYERS 3U
/* Octets of a payload, descriptor included. */
#define LADDER_PAYLOAD_MAX 1120U
#define LADDER_HEIGHT 720U /* of the largest layer; the next ones have half and a quarter */

struct ladder;

struct ladder_config {
	uint32_t fps;
	uint32_t bitrates_bps[LADDER_LAYERS]; /* smallest layer first */
};

/* A picture of one layer. */
struct ladder_frame {
	const uint8_t *data_view; /* until the layer is encoded again */
	size_t len;
	size_t n_payloads;
	bool keyframe;
	uint8_t temporal;
	bool layer_sync;
	bool non_reference;
	uint16_t picture_id;
	uint8_t tl0_pic_idx;
};

/* 0, -EINVAL (rates), -ENOMEM. Encoders are made when the first picture tells its size. */
int ladder_new(const struct ladder_config *config, struct ladder **out_ladder) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct ladder *ladder_free(struct ladder *ladder);
/* The next picture of that layer is a key frame. */
void ladder_keyframe(struct ladder *ladder, size_t layer);
/* From the next picture on that layer takes so much; what lies beyond what an encoder can do is brought within it. Cheap where nothing
 * changes. */
void ladder_set_bitrate(struct ladder *ladder, size_t layer, uint32_t bps);
/* Encode one layer of a picture that was taken at `at`. 1 and *out_frame; 0 = the encoder left it out to keep its bit rate; -EINVAL (a
 * picture without size), -ENOMEM, -EIO (libvpx). A picture of another size than the one before begins the layer anew. */
int ladder_encode(struct ladder *ladder, size_t layer, const struct picture *picture, rs_time at,
	struct ladder_frame *out_frame) RS_MUST_USE;
/* The i-th payload of a frame: its length. */
size_t ladder_payload(const struct ladder_frame *frame, size_t i, uint8_t out[LADDER_PAYLOAD_MAX]);

#endif
