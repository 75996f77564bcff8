/* common/control/frame.h
 *
 * The framing of control and tap streams (PROTOCOL.md section 1). Sans-I/O: octets are fed as they
 * come from the socket, whole frames are taken out. Not thread safe.
 */
#ifndef ROSTRUM_COMMON_CONTROL_FRAME_H
#define ROSTRUM_COMMON_CONTROL_FRAME_H

#include "common/base/buf.h"

enum frame_kind {
	FRAME_MESSAGE = 1, /* one JSON object */
	FRAME_PACKET = 2,  /* track, arrival, RTP packet */
	FRAME_LATE = 3,    /* ticket, a part of what was kept (late.h) */
};

#define FRAME_MESSAGE_MAX ((size_t)8 << 20)
#define FRAME_PACKET_MAX ((size_t)2048)
/* Of kind and body: the ticket, and LATE_PART_MAX octets of late.h. */
#define FRAME_LATE_MAX (((size_t)128 << 10) + 9)
/* Octets in front of a frame's body: length and kind. */
#define FRAME_HEADER_LEN 5
/* Octets in front of the RTP packet in a packet frame's body: track and arrival. */
#define FRAME_PACKET_HEADER_LEN 12

/* A frame taken out of a reader; `body` is valid until the reader is fed again. */
struct frame {
	enum frame_kind kind;
	const uint8_t *body;
	size_t len;
};

/* Body of a packet frame; `rtp` looks into the frame. */
struct frame_packet {
	uint32_t track;
	int64_t arrival_wall_us;
	const uint8_t *rtp;
	size_t rtp_len;
};

/* Body of a late frame; `part` looks into the frame. */
struct frame_late {
	uint64_t ticket;
	const uint8_t *part;
	size_t len;
};

struct frame_reader {
	struct rs_buf buf;
	size_t taken; /* octets of the frame handed out last, consumed at the next call */
};

void frame_reader_init(struct frame_reader *reader);
void frame_reader_done(struct frame_reader *reader);
/* Octets from the socket. 0, -E2BIG (more unread than the largest frame) or -ENOMEM. */
int frame_reader_feed(struct frame_reader *reader, const void *data, size_t len) RS_MUST_USE;
/* 1 and *out_frame, 0 when no whole frame is there yet, -EBADMSG (length 0 or over the limit, unknown kind): the stream is lost. */
int frame_reader_next(struct frame_reader *reader, struct frame *out_frame) RS_MUST_USE;

/* Append one frame to `out`. 0, -E2BIG (body over the kind's limit, or `out` full) or -ENOMEM; all or nothing. */
int frame_write_message(struct rs_buf *out, const char *json, size_t len) RS_MUST_USE;
int frame_write_packet(struct rs_buf *out, const struct frame_packet *packet) RS_MUST_USE;
int frame_write_late(struct rs_buf *out, const struct frame_late *late) RS_MUST_USE;
/* 0 or -EBADMSG (too short to hold an RTP header). */
int frame_packet_parse(
	const uint8_t *body, size_t len, struct frame_packet *out_packet) RS_MUST_USE;
/* 0 or -EBADMSG (no octet behind the ticket). */
int frame_late_parse(const uint8_t *body, size_t len, struct frame_late *out_late) RS_MUST_USE;

#endif
