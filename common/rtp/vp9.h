/* common/rtp/vp9.h
 *
 * VP9 over RTP: the payload descriptor (RFC 9628 section 4.2), as far as forwarding needs it.
 */
#ifndef ROSTRUM_COMMON_RTP_VP9_H
#define ROSTRUM_COMMON_RTP_VP9_H

#include "common/base/bytes.h"
#include "common/base/mem.h"

struct vp9_descriptor {
	bool inter;              /* P: the picture depends on earlier ones */
	bool flexible;           /* F */
	bool start;              /* B: first packet of a frame of one spatial layer */
	bool end;                /* E: last packet of one */
	uint8_t picture_id_bits; /* 0 (absent), 7 or 15 */
	uint16_t picture_id;
	bool has_layers;  /* L: the next four are there */
	uint8_t tid;      /* 0 to 7 */
	bool switch_up;   /* U: frames of higher temporal layers may be taken from here on */
	uint8_t sid;      /* 0 to 7 */
	bool inter_layer; /* D: depends on the next lower spatial layer of this picture */
	bool has_tl0;     /* with layers and not flexible */
	uint8_t tl0_pic_idx;
	uint16_t
		width; /* of the highest spatial layer, where the scalability structure tells; 0 = it does not */
	uint16_t height;
	size_t len; /* octets of the descriptor */
};

/* The descriptor at the front of an RTP payload. 0 or -EBADMSG (cut short, or more references than allowed). */
int vp9_parse(
	const uint8_t *payload, size_t len, struct vp9_descriptor *out_descriptor) RS_MUST_USE;
/* Put another PictureID and TL0PICIDX in place of those `descriptor` was parsed from; the field widths stay. What is
 * absent is left alone. */
void vp9_patch(uint8_t *payload, const struct vp9_descriptor *descriptor, uint16_t picture_id,
	uint8_t tl0_pic_idx);
/* The payload begins a picture that needs no other: a receiver can start here. */
bool vp9_is_keyframe(const struct vp9_descriptor *descriptor);

#endif
