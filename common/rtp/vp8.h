/* common/rtp/vp8.h
 *
 * VP8 over RTP: the payload descriptor (RFC 7741 section 4.2) and what the start of a key frame
 * says about its size (RFC 6386 section 9.1).
 */
#ifndef ROSTRUM_COMMON_RTP_VP8_H
#define ROSTRUM_COMMON_RTP_VP8_H

#include "common/base/bytes.h"
#include "common/base/mem.h"

/* Longest descriptor: X octet, extensions, 15-bit PictureID, TL0PICIDX, TID. */
#define VP8_DESCRIPTOR_MAX 6

struct vp8_descriptor {
	bool non_reference;      /* N: no later frame depends on this one */
	bool start;              /* S: first octet of a partition */
	uint8_t partition;       /* PID */
	uint8_t picture_id_bits; /* 0 (absent), 7 or 15 */
	uint16_t picture_id;
	bool has_tl0;
	uint8_t tl0_pic_idx;
	bool has_tid;
	uint8_t tid;
	bool layer_sync; /* Y */
	bool has_keyidx;
	uint8_t keyidx;
	size_t len; /* octets of the descriptor (parse only) */
};

/* The descriptor at the front of an RTP payload. 0 or -EBADMSG (cut short). */
int vp8_parse(
	const uint8_t *payload, size_t len, struct vp8_descriptor *out_descriptor) RS_MUST_USE;
/* Written in the shortest form that holds what is there. */
void vp8_write(struct rs_writer *writer, const struct vp8_descriptor *descriptor);

/* The payload begins a frame (S = 1, PID = 0). */
bool vp8_starts_frame(const struct vp8_descriptor *descriptor);
/* The payload begins a key frame. */
bool vp8_is_keyframe(const uint8_t *payload, size_t len, const struct vp8_descriptor *descriptor);
/* Size in pixels of the key frame this payload begins. 0 or -EBADMSG (not the start of one, cut short, bad start code). */
int vp8_keyframe_size(const uint8_t *payload, size_t len, const struct vp8_descriptor *descriptor,
	uint16_t *out_width, uint16_t *out_height) RS_MUST_USE;

#endif
