/* tools/loadgen/media.h
 *
 * What a scripted publisher sends: Opus packets of one size 50 times a second, and VP8 pictures at a
 * bit rate, cut into packets and paced as a browser paces them. The headers are right (Opus TOC, VP8
 * descriptor and key frame header), the rest is filling. Each packet ends with the time it is to be
 * sent, which players read to measure the way. An embedded value; it reads no clock.
 */
#ifndef ROSTRUM_TOOLS_LOADGEN_MEDIA_H
#define ROSTRUM_TOOLS_LOADGEN_MEDIA_H

#include "common/base/mem.h"
#include "common/base/time.h"
#include "tools/client/sdp.h"

#define MEDIA_STAMP_LEN 12
#define MEDIA_AUDIO_MIN (1 + MEDIA_STAMP_LEN)
#define MEDIA_AUDIO_MAX 1000
#define MEDIA_PAYLOAD_MAX 1200

struct media_config {
	size_t audio_len;   /* octets of a packet; 0 = none */
	uint32_t video_bps; /* of the highest layer; each one below has a quarter; 0 = none */
	uint32_t fps;
	size_t n_layers;           /* 1 to RTC_LAYERS_MAX */
	rs_time keyframe_interval; /* 0 = when asked only */
};

struct media_layer {
	uint16_t picture_id;
	uint8_t tl0_pic_idx;
	bool keyframe_due;
	rs_time frame_at; /* of the picture being sent, or the next */
	rs_time next_keyframe;
	rs_time paced_from; /* when its first packet leaves, behind the last of the picture before */
	size_t frame_len;   /* 0 = the picture was not begun */
	bool frame_is_key;
	size_t n_packets;
	size_t packet; /* next of the picture */
};

struct media {
	struct media_config config;
	rs_time start;
	rs_time audio_at;
	struct media_layer layers[RTC_LAYERS_MAX];
};

/* One packet that is due. */
struct media_packet {
	enum rtc_media media;
	size_t layer;
	bool marker;
	uint32_t rtp_ts; /* 48 kHz or 90 kHz, from 0 at media_init() */
	rs_time at;      /* the time of the picture or sound */
	size_t len;
	uint8_t payload[MEDIA_PAYLOAD_MAX];
};

/* The first packets are due at `now`. */
void media_init(struct media *media, const struct media_config *config, rs_time now);
/* Takes one packet due at `now`: true, or false = none. Falls behind by at most a second: what is older
 * is left out, as by a browser that slept. */
bool media_next(struct media *media, rs_time now, struct media_packet *out_packet);
/* The next picture of that layer is a key frame. */
void media_keyframe(struct media *media, size_t layer);

/* The time of sending, at the end of a payload of at least MEDIA_STAMP_LEN octets. */
void media_stamp(uint8_t *payload, size_t len, rs_time sent);
/* False when the payload does not end with a stamp. */
bool media_stamp_read(const uint8_t *payload, size_t len, rs_time *out_sent);

#endif
