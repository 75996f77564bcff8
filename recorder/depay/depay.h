/* recorder/depay/depay.h
 *
 * RTP payloads of one track, in order, into frames of a file: Opus (RFC 7587), VP8 (RFC 7741), VP9
 * (RFC 9628), H.264 (RFC 6184, packetisation modes 0 and 1) and AV1 (AOM's payload format).
 *
 * Sound that is missing, whether it was lost or never sent (DTX), is filled with Opus silence, so
 * that a player that only counts samples stays in step. Pictures after a loss are dropped up to the
 * next key frame, since a decoder would show rubbish without saying so. Sans-I/O; one object a
 * track; not thread safe; allocates at birth and when the frame buffer grows.
 */
#ifndef ROSTRUM_RECORDER_DEPAY_DEPAY_H
#define ROSTRUM_RECORDER_DEPAY_DEPAY_H

#include "common/base/mem.h"

struct depay;

enum depay_codec {
	DEPAY_OPUS,
	DEPAY_VP8,
	DEPAY_VP9, /* spatial layers of one time are one frame, with a superframe index */
	DEPAY_H264, /* units with four octets of length before them; key = IDR with parameter sets known */
	DEPAY_AV1, /* temporal units of OBUs with sizes, without temporal delimiters */
	DEPAY_CODEC_COUNT,
};

/* Longest CodecPrivate: avcC with one SPS of 256 octets and four PPS of 128. */
#define DEPAY_CONFIG_MAX 1024

struct depay_config {
	enum depay_codec codec;
	int64_t fill_max; /* RTP ticks; longer silence stays a gap. Opus only */
	size_t frame_max; /* octets; a larger frame is dropped as if lost */
};

/* One RTP packet's payload, padding removed. */
struct depay_packet {
	const uint8_t *payload; /* looked at until depay_poll() has returned 0 */
	size_t len;
	int64_t rtp_ts; /* unwrapped */
	bool marker;
	bool after_loss; /* packets before this one never came */
	bool after_gap; /* packets before this one were not meant for us (a closed gate): no fill */
};

struct depay_frame {
	const uint8_t *data; /* until the next call */
	size_t len;
	int64_t rtp_ts;
	uint32_t ticks;   /* duration; 0 = not known (video) */
	bool key;         /* always true for Opus */
	bool synthetic;   /* silence made here */
	uint8_t channels; /* Opus */
	uint16_t width;   /* key frames of video, else 0 */
	uint16_t height;
	/* What a file of such frames has as CodecPrivate: key frames of H.264 (avcC) and AV1 (av1C). */
	const uint8_t *config; /* until the next call */
	size_t config_len;     /* 0 = none is needed */
};

struct depay_stats {
	uint64_t frames;    /* handed out, without synthetic ones */
	uint64_t synthetic; /* packets of silence made */
	uint64_t malformed; /* packets thrown away */
	uint64_t
		dropped; /* packets thrown away while waiting for a key frame, and broken frames' packets */
	uint64_t freezes; /* times a loss began such a wait */
};

/* "opus", "VP8", "VP9", "H264" and "AV1" as SDP has them, in any case. 0 or -EOPNOTSUPP. */
int depay_codec_parse(const char *name, enum depay_codec *out_codec) RS_MUST_USE;
/* The same in lower case. */
const char *depay_codec_name(enum depay_codec codec);

/* 0, -EINVAL or -ENOMEM. */
int depay_new(const struct depay_config *config, struct depay **out_depay) RS_MUST_USE;
struct depay *depay_free(struct depay *depay);
void depay_freep(struct depay **depay);

/* One packet, in order; poll until 0 before the next. 0, -EBADMSG (malformed: counted), -ENOMEM. */
int depay_recv(struct depay *depay, const struct depay_packet *packet) RS_MUST_USE;
/* 1 and a frame, or 0. */
int depay_poll(struct depay *depay, struct depay_frame *out_frame);
/* Video waits for a key frame: someone should ask for one. */
bool depay_wants_key(const struct depay *depay);
const struct depay_stats *depay_stats(const struct depay *depay);

#endif
