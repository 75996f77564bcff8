/* recorder/mux/mux_priv.h
 *
 * What mux.c (blocks and clusters) and head.c (everything around them) share.
 */
#ifndef ROSTRUM_RECORDER_MUX_MUX_PRIV_H
#define ROSTRUM_RECORDER_MUX_MUX_PRIV_H

#include "common/base/buf.h"
#include "common/base/bytes.h"
#include "recorder/mux/mux.h"

/* Matroska ids, RFC 9559 section 5. */
#define MUX_ID_CRC32 0xBF
#define MUX_ID_CLUSTER 0x1F43B675
#define MUX_ID_TIMESTAMP 0xE7
#define MUX_ID_SIMPLE_BLOCK 0xA3

#define MUX_TRACK_NUMBER 1
#define MUX_PICTURE_NUMBER 2 /* beside sound */
/* Kept for the picture's TrackEntry. */
#define MUX_PICTURE_ROOM 200
/* A picture that stands still for longer is not what one jumps to: the sound is. */
#define MUX_PICTURE_STANDS_MS 2000
#define MUX_TEXT_MAX 128
#define MUX_HEAD_MAX (1024 + MUX_CONFIG_MAX)

/* Seeking finer than this gains nobody anything. */
#define MUX_CUE_MIN_MS 1000
/* 18 hours of one cue a second. */
#define MUX_CUES_MAX 65536
/* A CuePoint: two masters of five octets, time and position of at most ten each, track of three. */
#define MUX_CUE_LEN 40

struct mux_cue {
	int64_t time_ms;
	uint8_t track;
	uint64_t offset; /* of the cluster in the file */
};

struct mux {
	struct mux_port port;
	bool video;   /* the one track is a picture */
	bool picture; /* there is one beside the sound */
	bool picture_begun;
	int64_t picture_ms; /* its last block */
	bool open;          /* a cluster is being filled */
	bool broken;        /* the port failed */
	bool finished;      /* mux_finish() was called */
	uint32_t cluster_ms;
	size_t cluster_max;
	bool undigested;

	uint8_t head[MUX_HEAD_MAX]; /* everything before the first cluster */
	size_t head_len;
	size_t segment_at; /* where the Segment's size stands */
	size_t seek_at;    /* where the place for the SeekHead begins */
	size_t info_at;    /* where Info, Tracks and the place for Duration begin */
	size_t tracks_at;
	size_t picture_at; /* place for the picture's TrackEntry; 0 = none kept, or filled */
	size_t duration_at;

	uint64_t size; /* of the file */
	int64_t last_ms;
	int64_t end_us; /* end of the last block */

	uint32_t clusters; /* opened so far */
	uint64_t cluster_at;
	struct rs_buf cluster; /* the open cluster, from its id */
	struct mux_cluster current;
	struct mux_cluster closed;
	bool closed_waits;

	struct mux_cue *cues;
	size_t cue_count;
};

/* Fill mux->head from the configuration. 0, or -EINVAL when the texts are too long for it. */
int mux_head_build(struct mux *mux, const struct mux_config *config) RS_MUST_USE;
/* Fill the place kept for the picture in mux->head. 0 or -EINVAL (its title is too long). */
int mux_head_add_picture(struct mux *mux, const struct mux_config *picture) RS_MUST_USE;
/* Put SeekHead, Duration and the Segment's size into mux->head. cues_at 0 = there are none. */
void mux_head_patch(struct mux *mux, uint64_t cues_at, int64_t duration_ms);
/* The Cues element. */
void mux_cues_write(const struct mux *mux, struct rs_writer *writer);

#endif
