/* recorder/depay/depay_priv.h
 *
 * The codecs behind depay.c: sound.c, and picture.c with a format for each video codec.
 */
#ifndef ROSTRUM_RECORDER_DEPAY_DEPAY_PRIV_H
#define ROSTRUM_RECORDER_DEPAY_DEPAY_PRIV_H

#include "common/base/buf.h"
#include "common/base/bytes.h"
#include "common/rtp/opus.h"
#include "recorder/depay/depay.h"

/* VP9: spatial layers of one picture (RFC 9628 section 4.2: SID has three bits). */
#define DEPAY_LAYERS_MAX 8
/* H.264: parameter sets kept. More or longer ones are malformed to us. */
#define DEPAY_SPS_MAX 256
#define DEPAY_PPS_MAX 128
#define DEPAY_PPS_COUNT 4
/* AV1: a sequence header with its size before it. */
#define DEPAY_SEQUENCE_MAX 128

struct depay_sound {
	bool begun;
	int64_t next_rtp_ts; /* where the last packet ends; silence is made from here on */
	int64_t fill_until;
	uint8_t silence[OPUS_SILENCE_LEN];
	struct depay_frame frame; /* the packet that came in */
	bool frame_waits;
};

/* What a packet says of itself. */
struct look {
	bool starts; /* a frame begins here, or may where the format does not mark it */
	bool key;    /* and that may be a key frame */
	bool layer;  /* VP9: a spatial layer begins */
	uint16_t width;
	uint16_t height;
	size_t skip; /* octets before the codec's own */
};

struct depay_vp9_frame {
	unsigned layers;
	uint32_t sizes[DEPAY_LAYERS_MAX];
	uint16_t width; /* of the highest layer, 0 = not told */
	uint16_t height;
};

struct depay_avc {
	uint8_t sps[DEPAY_SPS_MAX];
	size_t sps_len; /* 0 = none came */
	struct {
		uint32_t id;
		uint8_t data[DEPAY_PPS_MAX];
		size_t len;
	} pps[DEPAY_PPS_COUNT];
	unsigned n_pps;
	bool repeats; /* the encoder sends the parameter sets with each picture to start at */

	bool idr; /* of the present access unit: what it holds */
	bool parameters;
	bool open; /* a fragmented unit, which begins here: */
	size_t unit_at;
};

struct depay_av1 {
	uint8_t sequence[DEPAY_SEQUENCE_MAX]; /* the OBU of the last sequence header */
	size_t sequence_len;
	uint8_t head[4]; /* of the CodecPrivate made of it */
	bool still;      /* reduced header: every frame is a key frame */
	uint16_t width;
	uint16_t height;

	bool has_sequence; /* of the present temporal unit: what it holds */
	bool has_frame;
	bool key;
	bool open; /* an OBU goes on in the next packet; it begins here: */
	size_t obu_at;
};

struct depay_picture {
	const struct picture_format *format;
	bool waiting_key;
	bool assembling;
	bool complete;
	bool key;
	int64_t rtp_ts;
	uint16_t width;
	uint16_t height;
	uint32_t packets; /* in the frame so far */
	struct rs_buf data;
	uint8_t config[DEPAY_CONFIG_MAX];
	size_t config_len;
	/* Came while the frame before it, which had no marker, was not yet taken. */
	struct depay_packet next;
	bool next_waits;
	struct depay_vp9_frame vp9;
	struct depay_avc avc;
	struct depay_av1 av1;
};

/* A video codec. All give 0 or -EBADMSG; appending also -E2BIG and -ENOMEM. */
struct picture_format {
	int (*look)(const struct depay_picture *picture, const struct depay_packet *packet,
		struct look *out_look) RS_MUST_USE;
	/* Put the packet's octets into the frame, in the form the file has them. */
	int (*append)(struct depay_picture *picture, const struct depay_packet *packet,
		const struct look *look) RS_MUST_USE;
	/* The frame is whole: is it a key frame, of what size, with what config? */
	int (*finish)(struct depay_picture *picture) RS_MUST_USE;
	/* Packets say exactly where frames begin. Where they do not, another timestamp ends a frame as
	 * well as a marker does. */
	bool marks_start;
};

extern const struct picture_format depay_vp8;
extern const struct picture_format depay_vp9;
extern const struct picture_format depay_h264;
extern const struct picture_format depay_av1;

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

/* AVCDecoderConfigurationRecord of the parameter sets (ISO/IEC 14496-15 section 5.3.3.1) and the size
 * in pixels. 0 or -EBADMSG. */
int avc_config(const struct depay_avc *avc, uint8_t *config, size_t cap, size_t *out_len,
	uint16_t *out_width, uint16_t *out_height) RS_MUST_USE;
/* Read a sequence header without its OBU header: the first octets of av1C, and the size. 0 or -EBADMSG. */
int av1_sequence_parse(struct depay_av1 *av1, const uint8_t *data, size_t len) RS_MUST_USE;

#endif
