/* tools/roombox/send/redundant.h
 *
 * Frames of sound that were sent once more with the frames behind them (RFC 2198), while packets are lost: the media server has them 20 ms
 * after the loss and not a round trip later, and a loss of what asks again costs nothing. An embedded value, zeroed at birth; allocates
 * nothing.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_SEND_REDUNDANT_H
#define ROSTRUM_TOOLS_ROOMBOX_SEND_REDUNDANT_H

#include "tools/client/sender.h"

/* Frames of before in a packet, at most. */
#define REDUNDANT_MOST 2U
/* A packet with them is no longer; those that would make it longer are left out, oldest first. */
#define REDUNDANT_PAYLOAD_MAX 1100U
/* A longer frame is not kept. */
#define REDUNDANT_FRAME_MAX 1023U

struct redundant {
	double loss; /* of 256, as reported; half of it is forgotten in seven seconds */
	size_t n;    /* kept */
	struct redundant_frame {
		uint32_t rtp_ts;
		size_t len;
		uint8_t data[REDUNDANT_FRAME_MAX];
	} frames[REDUNDANT_MOST]; /* newest first */
};

/* So many of 256 packets are lost, as is reported. Before each frame; how many frames of before are worth sending again. */
unsigned redundant_expect(struct redundant *redundant, uint8_t lost);
/* The payload of a frame with up to `n` of those before it, all of payload type `pt`: its length; 0 = there are none to send again,
 * so it goes by itself. */
size_t redundant_write(const struct redundant *redundant, unsigned n,
	const struct rtc_payload *frame, uint8_t pt, uint8_t out[REDUNDANT_PAYLOAD_MAX]);
/* That frame was sent, and is one of before. One that does not follow the last in time forgets what was. */
void redundant_keep(struct redundant *redundant, const struct rtc_payload *frame);

#endif
