/* recorder/depay/depay_priv.h
 *
 * The two codecs behind depay.c.
 */
#ifndef ROSTRUM_RECORDER_DEPAY_DEPAY_PRIV_H
#define ROSTRUM_RECORDER_DEPAY_DEPAY_PRIV_H

#include "common/base/buf.h"
#include "recorder/depay/depay.h"

#define OPUS_SILENCE_LEN 3

struct depay_sound {
	bool begun;
	int64_t next_rtp_ts; /* where the last packet ends; silence is made from here on */
	int64_t fill_until;
	uint8_t silence[OPUS_SILENCE_LEN];
	struct depay_frame frame; /* the packet that came in */
	bool frame_waits;
};

struct depay_picture {
	bool waiting_key;
	bool assembling;
	bool complete;
	bool key;
	int64_t rtp_ts;
	uint16_t width;
	uint16_t height;
	uint32_t packets; /* in the frame so far */
	struct rs_buf data;
};

struct depay {
	struct depay_config config;
	struct depay_stats stats;
	struct depay_sound sound;
	struct depay_picture picture;
};

int depay_sound_recv(struct depay *depay, const struct depay_packet *packet) RS_MUST_USE;
int depay_sound_poll(struct depay *depay, struct depay_frame *out_frame);
int depay_picture_recv(struct depay *depay, const struct depay_packet *packet) RS_MUST_USE;
int depay_picture_poll(struct depay *depay, struct depay_frame *out_frame);

#endif
